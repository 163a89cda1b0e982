/** What must hold when there are many markets: no step takes them all at once, none is forgotten, and losses add up. */
import { describe, expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { millis, parseCash, seconds } from '../../../src/domain/units.js';
import { TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { RISK } from '../../support/settings.js';

const many = (count: number) => Array.from({ length: count }, (_, i) => market({ ticker: ticker(`KXMANY-26NOV21-T${i}`) }));

describe('rows that are due because time has passed', () => {
  const told = (bot: TestBot): number[] => bot.steps.map(({ actions }) => actions.filter((action) => action.type === 'decision').length);

  test('of 500 markets no step tells more than 200, and every market is told within a second and three ticks', () => {
    const bot = new TestBot({ markets: many(500) });
    for (const state of bot.engine.state.markets) bot.book(state.index, [[45, 100]], [[55, 100]]);
    bot.pass(seconds(2));
    bot.steps.length = 0;
    bot.decisions.length = 0;
    bot.pass(seconds(1));
    bot.pass(millis(300));
    expect(Math.max(...told(bot))).toBeLessThanOrEqual(200);
    expect(new Set(bot.decisions.map((decision) => decision.market)).size).toBe(500);
  });
});

test('losses of several markets add up to the limit of the session', () => {
  const limits = { ...RISK, lossMaxSession: parseCash('7.5'), lossMaxPerMarket: parseCash('100'), drawdownMax: parseCash('100') };
  const bot = new TestBot({ markets: many(3), parts: { risk: limits } }).start();
  // Every market is filled on the way down and loses more than $2: two stay within the limit, three do not.
  for (const index of [0, 1, 2]) bot.trade(index, 'ask', 40, 500);
  for (const index of [0, 1]) bot.book(index, [[25, 100]], [[35, 100]]).pass(millis(100));
  expect(bot.halts).toEqual([]);
  bot.book(2, [[25, 100]], [[35, 100]]).pass(seconds(2));
  expect(bot.halts).toMatchObject([{ code: 'loss-session' }]);
});
