import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'csv-stringify/sync';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { openLogger } from '../../../src/logger/logger.js';
import { readTape, splitFields } from '../../../src/logger/tape-files.js';
import { TAPE_HEAD } from '../../../src/logger/tape-sink.js';
import { tapeRowOf } from '../../../src/logger/tape-row.js';
import { startInThread } from '../../../src/logger/worker-client.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { temporaryFolder } from './temporary.js';
import type { Decision } from '../../../src/domain/actions.js';

const decisionOf = (at: number): Decision => ({
  type: 'decision',
  market: marketIndex(0),
  at: epochUs(at),
  bestBid: price(4000),
  bestAsk: price(4100),
  mid: 4050,
  fair: null,
  reservation: null,
  bid: null,
  bidSize: quantity(0),
  ask: null,
  askSize: quantity(0),
  noBid: { code: 'STALE "DATA", old', text: '' },
  noAsk: null,
  inventory: quantity(0),
  unrealized: cash(0),
  realized: cash(0),
  fees: cash(0),
  cause: 'quote',
});

test('a tape over many files is read back as it was written', async () => {
  const dir = temporaryFolder();
  const logger = await openLogger({ dir, now: () => epochUs(0), start: startInThread, limits: { tapeBytes: 1000 } });
  logger.market(0, ticker('KX-Ä'));
  for (let at = 1; at <= 40; at++) {
    logger.tape(decisionOf(at), at);
    if (at % 4 === 0) await logger.flush();
  }
  await logger.close();
  expect(readdirSync(dir).filter((name) => name.startsWith('tape')).length).toBeGreaterThan(5);
  expect([...readTape(dir)]).toEqual(Array.from({ length: 40 }, (_, i) => tapeRowOf(decisionOf(i + 1), ticker('KX-Ä'), i + 1, i + 1)));
});

test('any fields survive quoting', () => {
  const field = fc.string({ unit: 'grapheme-ascii', maxLength: 8 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      fc.pre(fields.length > 1 || fields[0] !== '');
      expect(splitFields(stringify([fields]).slice(0, -1), 'x')).toEqual(fields);
    }),
  );
});

describe('what is no tape', () => {
  test('is refused with file and line', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'tape.csv'), 'ts,price\n1,2\n');
    expect(() => [...readTape(dir)]).toThrow('tape.csv:1');
    writeFileSync(join(dir, 'tape.csv'), `${TAPE_HEAD}a,b\n`);
    expect(() => [...readTape(dir)]).toThrow('tape.csv:2');
    writeFileSync(join(dir, 'tape.csv'), `${TAPE_HEAD}a,"b\n`);
    expect(() => [...readTape(dir)]).toThrow('quotes in pairs');
  });

  test('a folder that is absent is a typed refusal, an empty one has no rows', () => {
    const dir = temporaryFolder();
    expect([...readTape(dir)]).toEqual([]);
    expect(() => [...readTape(join(dir, 'absent'))]).toThrow('cannot list');
  });

  test('half a line at the end, as a crash leaves it, is no row', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'tape.csv'), `${TAPE_HEAD}2026-11-21T10:45`);
    expect([...readTape(dir)]).toEqual([]);
  });
});
