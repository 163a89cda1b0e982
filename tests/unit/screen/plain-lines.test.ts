import { expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { later, millis, seconds } from '../../../src/domain/units.js';
import { fillLine, PlainLines, sayLine } from '../../../src/screen/plain-lines.js';
import { booked, decision, modelOf, NOW, without } from './records.js';

test('a market is spoken of when it is first quoted, and not again', () => {
  const lines = new PlainLines(modelOf(['KXA-1', 'KXB-1']));
  expect(lines.decision(decision(0, without('no book yet')))).toEqual([]);
  expect(lines.decision(decision(0))).toEqual(['[INFO] Quoting KXA-1: 0.4800 / 0.5250.']);
  expect(lines.decision(decision(0))).toEqual([]);
  expect(lines.decision(decision(1, { ask: null }))).toEqual(['[INFO] Quoting KXB-1: 0.4800 / none.']);
});

test('every ten seconds a line says how the run stands', () => {
  const lines = new PlainLines(modelOf(['KXA-1']));
  lines.decision(decision(0));
  expect(lines.decision(decision(0, { at: later(NOW, millis(9999)) }))).toEqual([]);
  const [line] = lines.decision(decision(0, { at: later(NOW, seconds(10)) }));
  expect(line).toBe('[INFO] trading: 0 placed, 0 changed, 0 cancelled, 0 fills, P&L 3.25 $.');
  expect(lines.decision(decision(0, { at: later(NOW, seconds(19)) }))).toEqual([]);
});

test('a fill says what, how much, at which price, and what we hold now', () => {
  expect(fillLine(booked(0), ticker('KXA-1'))).toBe('[INFO] Sold 2.00 KXA-1 at 0.5250, position -14.00.');
  expect(fillLine({ ...booked(0), side: 'bid' }, ticker('KXA-1'))).toContain('Bought 2.00');
});

test.each([
  ['info', '[INFO] x'],
  ['warn', '[WARNING] x'],
  ['error', '[ERROR] x'],
  ['debug', '[DEBUG] x'],
] as const)('%s is %s', (severity, line) => {
  expect(sayLine({ severity, text: 'x' })).toBe(line);
});

test('words of the exchange cannot steer the terminal or forge a line', () => {
  expect(sayLine({ severity: 'warn', text: 'no\n[INFO] all is well\x1b[2J' })).toBe('[WARNING] no [INFO] all is well [2J');
});
