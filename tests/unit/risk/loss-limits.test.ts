import { expect, test } from 'vitest';
import { marketIndex } from '../../../src/domain/ids.js';
import { parseCash } from '../../../src/domain/units.js';
import { LossLimits } from '../../../src/risk/loss-limits.js';

const limits = (): LossLimits =>
  new LossLimits({ lossMaxSession: parseCash('50'), lossMaxPerMarket: parseCash('20'), drawdownMax: parseCash('60') });
const ONE = marketIndex(0);

test('a loss just inside the limit is none, at the limit it is', () => {
  const losses = limits();
  expect(losses.observe(parseCash('-49.999999'))).toBeNull();
  expect(losses.observe(parseCash('-50'))).toMatchObject({ code: 'loss-session', text: expect.stringContaining('-50.000000') });
});

test('a breach is told once and stays, whatever the result does', () => {
  const losses = limits();
  losses.observe(parseCash('-50'));
  expect([losses.observe(parseCash('-70')), losses.observe(parseCash('100')), losses.breach?.code]).toEqual([null, null, 'loss-session']);
});

test('a fall from the best result is a drawdown, even while the session is ahead', () => {
  const losses = limits();
  expect([losses.observe(parseCash('80')), losses.observe(parseCash('20.000001'))]).toEqual([null, null]);
  expect(losses.observe(parseCash('20'))?.code).toBe('drawdown');
  expect(losses.peak).toBe(parseCash('80'));
});

test('each market latches for itself', () => {
  const losses = limits();
  expect(losses.observeMarket(ONE, parseCash('-20'))?.code).toBe('loss-market');
  expect(losses.observeMarket(ONE, parseCash('-30'))).toBeNull();
  expect([losses.breachOf(ONE)?.code, losses.breachOf(marketIndex(1)), losses.breach]).toEqual(['loss-market', null, null]);
});

test('cleared by a person it starts again from the present result', () => {
  const losses = limits();
  losses.observe(parseCash('80'));
  losses.observe(parseCash('10'));
  losses.observeMarket(ONE, parseCash('-20'));
  losses.clear(parseCash('10'));
  expect([losses.breach, losses.breachOf(ONE), losses.observe(parseCash('10'))]).toEqual([null, null, null]);
  expect(losses.observe(parseCash('-50'))?.code).toBe('loss-session');
});

test('what earlier runs of the session lost is counted, and their best result is what it falls from', () => {
  const losses = limits();
  losses.carry({ realized: parseCash('-40'), peak: parseCash('5') });
  expect(losses.observe(parseCash('-4.99'))).toBeNull();
  expect(losses.peak).toBe(parseCash('5'));
  expect(losses.observe(parseCash('-5.01'))).toBeNull();
  expect(losses.observe(parseCash('-10'))).toMatchObject({ code: 'loss-session', text: expect.stringContaining('-50.000000') as string });
  const fallen = limits();
  fallen.carry({ realized: parseCash('10'), peak: parseCash('55') });
  expect(fallen.observe(parseCash('-15'))?.code).toBe('drawdown');
});
