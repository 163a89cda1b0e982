/** What the engine lets the estimators see. */
import { describe, expect, test } from 'vitest';
import { priorEstimates } from '../../../src/estimators/priors.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import type { EstimatorSettings } from '../../../src/domain/settings.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { millis, seconds } from '../../../src/domain/units.js';
import type { MarketView } from '../../../src/domain/view.js';
import { Fixed } from '../../../src/strategy/fixed.js';
import { TestBot, type BotOptions } from '../../support/bot.js';
import { ESTIMATORS, FIXED } from '../../support/settings.js';

const LEARNING: EstimatorSettings = {
  ...ESTIMATORS,
  belief: { ...ESTIMATORS.belief, learn: true },
  fills: { ...ESTIMATORS.fills, learn: true, fromTrades: true },
};

/** A bot whose strategy keeps what it was shown. */
const watched = (estimators: EstimatorSettings): { readonly bot: TestBot; readonly views: MarketView[] } => {
  const views: MarketView[] = [];
  const maker = new Fixed(FIXED as Extract<typeof FIXED, { readonly name: 'fixed' }>);
  const strategy = { name: 'fixed', quote: (view: MarketView) => (views.push(view), maker.quote(view)) };
  const options: BotOptions = { parts: { estimators, strategy } };
  return { bot: new TestBot(options).start(), views };
};

/** The best bid comes and goes, so that the mid moves by a cent every few seconds. */
const stir = (bot: TestBot, rounds: number): void => {
  for (let i = 0; i < rounds; i++) {
    bot.delta(0, 'bid', 47, i % 2 === 0 ? 50 : -50);
    bot.pass(seconds(6));
  }
};

describe('a strategy', () => {
  test('sees the priors from its first quote on', () => {
    const { views } = watched(LEARNING);
    expect(views[0]?.estimates).toEqual(priorEstimates(LEARNING));
  });

  test('sees what was learnt of the volatility, with its error', () => {
    const { bot, views } = watched(LEARNING);
    stir(bot, 20);
    const { value, error } = views.at(-1)?.estimates.beliefVolatility ?? { value: NaN, error: null };
    // A cent at 46 to 51 cents every six seconds: 0.04 / sqrt(6), much of it still the prior of 1/60.
    expect(value).toBeGreaterThan(0.0125);
    expect(value).toBeLessThan(0.0167);
    expect(error).toBeGreaterThan(0);
  });

  test('sees the priors for ever where nothing is to be learnt', () => {
    const { bot, views } = watched(ESTIMATORS);
    stir(bot, 20);
    bot.trade(0, 'ask', 40, 500).pass(seconds(120));
    expect(views.at(-1)?.estimates).toEqual(priorEstimates(ESTIMATORS));
  });
});

describe('fills of ours', () => {
  test('and the time without them become A', () => {
    const { bot, views } = watched(LEARNING);
    bot.pass(seconds(300));
    bot.delta(0, 'bid', 46, 1);
    const still = views.at(-1)?.estimates.fillIntensity.value ?? NaN;
    // Both quotes two cents away: e^(-1.2) of 600 side seconds, on top of a prior of 50 fills in 1000 seconds.
    expect(still).toBeCloseTo(50 / (1000 + 600 * Math.exp(-1.2)), 3);
    bot.trade(0, 'ask', 40, 500).pass(millis(600));
    bot.delta(0, 'bid', 46, 1);
    const filled = views.at(-1)?.estimates;
    expect(filled?.fillIntensity.value).toBeCloseTo(still * (51 / 50), 3);
    expect(filled?.fillDecay.error).not.toBeNull();
  });

  test('count as the part of the order that was filled', () => {
    const { bot } = watched(LEARNING);
    bot.pass(seconds(1));
    bot.trade(0, 'ask', 47, 4);
    const after = bot.engine.state.markets[0]?.estimates.value.fillIntensity.value ?? NaN;
    expect(bot.engine.state.inventory.position(marketIndex(0))).toBe(400);
    expect(after).toBeGreaterThan(0.05);
    expect(after).toBeLessThan(0.0505);
  });
});

describe('a lost book', () => {
  test('leaves no move across the hole', () => {
    const { bot } = watched(LEARNING);
    const market = bot.engine.state.markets[0];
    bot.pass(seconds(10));
    const before = market?.estimates.value.beliefVolatility.value;
    bot.give({ type: 'book-lost', at: bot.now, market: marketIndex(0), reason: 'sequence-gap' }).settle();
    bot.pass(seconds(1));
    bot.book(0, [[75, 100]], [[79, 100]]);
    bot.pass(millis(900));
    expect(market?.estimates.value.beliefVolatility.value).toBe(before);
  });
});

describe('microprice and order flow, where they are to be learnt', () => {
  const CLOSE: EstimatorSettings = { ...LEARNING, microprice: 'stoikov', flowAlpha: { learn: true, horizon: seconds(2) } };

  test('are seen by the strategy: half-way to the weighted mid at first', () => {
    const { bot, views } = watched(CLOSE);
    bot.delta(0, 'bid', 45, 200);
    const { mid, microprice } = views.at(-1) ?? { mid: null, microprice: null };
    // 300 bid at 45, 100 offered at 55: weighted 52.5.
    expect([mid, microprice]).toEqual([5000, 5125]);
  });

  test('move fair value once the flow of one span has foretold the next, and never by more than half the spread', () => {
    const { bot, views } = watched(CLOSE);
    // Bids swell, a higher bid follows in the next span, and then both go.
    for (let i = 0; i < 50; i++) {
      bot.delta(0, 'bid', 45, 400).pass(seconds(2));
      bot.delta(0, 'bid', 48, 50).pass(seconds(2));
      bot.delta(0, 'bid', 48, -50).delta(0, 'bid', 45, -400).pass(seconds(2));
    }
    const alphas = views.map(({ alpha }) => alpha);
    expect(alphas.some((alpha) => alpha !== 0)).toBe(true);
    expect(views.every(({ alpha, bestBid, bestAsk }) => Math.abs(alpha) <= ((bestAsk ?? 0) - (bestBid ?? 0)) / 2)).toBe(true);
  });

  test('are the weighted mid and nothing where they are not', () => {
    const { bot, views } = watched(LEARNING);
    bot.delta(0, 'bid', 45, 200);
    expect([views.at(-1)?.microprice, views.at(-1)?.alpha]).toEqual([5250, 0]);
  });
});

test('the same facts give the same estimates and decisions again', () => {
  const { bot } = watched(LEARNING);
  stir(bot, 10);
  bot.trade(0, 'ask', 40, 500).pass(seconds(90));
  const twin = new TestBot({ parts: { estimators: LEARNING } });
  const events: EngineEvent[] = bot.steps.map(({ event }) => event);
  for (const event of events) if (event.type !== 'market-listed') twin.engine.step(event);
  expect(twin.engine.state.markets[0]?.estimates.value).not.toEqual(priorEstimates(LEARNING));
  expect(twin.engine.state.markets[0]?.estimates.value).toEqual(bot.engine.state.markets[0]?.estimates.value);
  expect(twin.engine.stateHash()).toBe(bot.engine.stateHash());
});
