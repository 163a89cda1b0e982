/** What the engine does with facts about indices: whom it looks at, what a strategy sees, what people are told. */
import { describe, expect, test } from 'vitest';
import { seriesTicker, ticker } from '../../../src/domain/ids.js';
import type { Market } from '../../../src/domain/market.js';
import type { IndexSettings } from '../../../src/domain/settings.js';
import { later, millis, seconds } from '../../../src/domain/units.js';
import { noTarget, type MarketView, type Strategy } from '../../../src/domain/view.js';
import { START, TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';

const INDICES: IndexSettings = {
  mappings: [{ series: seriesTicker('KXBTCD'), index: 'BRTI', samples: 60, spacing: seconds(1), atStrike: 'as-listed' }],
  ageMax: seconds(2),
  volatilityAgeMax: seconds(3600),
  jumpSigmasMax: 20,
  confidence: 0.5,
  shiftMax: 200,
};
const above = (floor: number): Market =>
  market({
    ticker: ticker(`KXBTCD-26NOV2113-T${floor}`),
    series: seriesTicker('KXBTCD'),
    closesAt: later(START, seconds(3600)),
    determinesAt: later(START, seconds(3900)),
    strike: { floor, floorStrict: true, cap: null, capStrict: false },
  });

/** A bot of two markets on the index and one that is on none, and the views that its strategy was shown. */
class World {
  readonly views: MarketView[] = [];
  readonly bot: TestBot;
  constructor() {
    const strategy: Strategy = {
      name: 'onlooker',
      quote: (view) => {
        this.views.push(view);
        return noTarget({ code: 'onlooker', text: 'looks on' });
      },
    };
    this.bot = new TestBot({ parts: { indices: INDICES, strategy }, markets: [above(65000), above(65250), market()] }).start();
    this.bot.give({ type: 'index-volatility', at: this.bot.now, index: 'BRTI', annual: 0.55, error: 0.05, asOf: this.bot.now }).settle();
    this.views.length = 0;
  }
  index(value: number, late = 0): this {
    this.bot.give({ type: 'index', at: this.bot.now, index: 'BRTI', value, asOf: later(this.bot.now, seconds(-late)) }).settle();
    return this;
  }
  get seen(): string[] {
    return this.views.map((view) => `${view.market.ticker} ${view.valuation?.probability.toFixed(3) ?? view.noValuation?.code ?? 'none'}`);
  }
  codes(): string[] {
    return this.bot.said.map((say) => say.code).filter((code) => /^(INDEX|VOLATILITY)/.test(code));
  }
}

describe('an index moves', () => {
  test('every market that settles on it is decided with its valuation, and no other', () => {
    const world = new World().index(65000);
    expect(world.seen).toEqual(['KXBTCD-26NOV2113-T65000 0.499', 'KXBTCD-26NOV2113-T65250 0.255']);
  });

  test('an index that nothing settles on wakes nobody', () => {
    const world = new World();
    world.bot.give({ type: 'index', at: world.bot.now, index: 'ETH', value: 3000, asOf: world.bot.now }).settle();
    expect(world.seen).toEqual([]);
    expect(world.codes()).toEqual([]);
  });

  test('a market that has settled is left alone', () => {
    const world = new World();
    world.bot.give({ type: 'market-changed', at: world.bot.now, market: 0 as never, status: 'finalized', settlesAt: 0 as never }).settle();
    world.views.length = 0;
    expect(world.index(65000).seen).toEqual(['KXBTCD-26NOV2113-T65250 0.255']);
  });

  test('a market of no index has no valuation and no reason; one of an index settles at its close, whenever the result is told', () => {
    const world = new World();
    world.bot.delta(2, 'bid', 46, 10).delta(0, 'bid', 46, 10);
    expect(world.seen).toEqual(['KXTEST-26NOV21-A none', 'KXBTCD-26NOV2113-T65000 no-index']);
    const ofIndex = world.views.at(-1);
    expect(ofIndex?.secondsToSettlement).toBe(ofIndex?.secondsToClose);
  });

  test('a strike that becomes known later is valued from then on', () => {
    const world = new World();
    const { strike, ...unfixed } = above(64000);
    world.bot.give({ type: 'market-listed', at: world.bot.now, index: 3 as never, market: { ...unfixed, ticker: ticker('KXBTCD-15M') } });
    world.bot.book(3, [[45, 100]], [[55, 100]]);
    world.index(65000);
    expect(world.seen.at(-1)).toBe('KXBTCD-15M no-strike');
    world.bot.give({ type: 'market-changed', at: world.bot.now, market: 3 as never, ...(strike === undefined ? {} : { strike }) }).settle();
    expect(world.seen.at(-1)).toBe('KXBTCD-15M 0.996');
  });
});

describe('trouble is told once, and its end too', () => {
  test('silence is found by time alone, and the markets are decided without a valuation', () => {
    const world = new World().index(65000);
    world.views.length = 0;
    world.bot.pass(millis(2500));
    expect(world.codes()).toEqual(['INDEX_STALE']);
    expect(world.seen.slice(-2)).toEqual(['KXBTCD-26NOV2113-T65000 index-stale', 'KXBTCD-26NOV2113-T65250 index-stale']);
    world.index(65000);
    expect(world.codes()).toEqual(['INDEX_STALE', 'INDEX_OK']);
  });

  test('values that are none', () => {
    const world = new World().index(65000).index(NaN).index(-1).index(65000);
    expect(world.codes()).toEqual(['INDEX_INVALID', 'INDEX_OK']);
  });

  test('a value that is no number reads the same when the run is replayed, where the journal has null in its place', () => {
    const words = (value: number): string[] =>
      new World()
        .index(65000)
        .index(value)
        .bot.said.filter((say) => say.code === 'INDEX_INVALID')
        .map((say) => say.text);
    const [replayed] = words(JSON.parse(JSON.stringify(NaN)) as number);
    expect(words(NaN)).toEqual([replayed]);
    expect(words(Infinity)).toEqual([replayed]);
    expect(replayed).toContain('says no number');
  });

  test('a jump that the next value confirms', () => {
    const world = new World().index(65000).index(60000);
    expect(world.seen.slice(-2)).toEqual(['KXBTCD-26NOV2113-T65000 index-jump', 'KXBTCD-26NOV2113-T65250 index-jump']);
    world.index(60001);
    expect(world.codes()).toEqual(['INDEX_JUMP', 'INDEX_OK']);
  });

  test('a feed that goes backwards in time wakes nobody', () => {
    const world = new World().index(65000);
    world.views.length = 0;
    world.index(66000, 1).index(66000, 1);
    expect(world.codes()).toEqual(['INDEX_BACKWARDS']);
    expect(world.seen).toEqual([]);
  });

  test('a volatility that is none', () => {
    const world = new World();
    world.bot.give({ type: 'index-volatility', at: world.bot.now, index: 'BRTI', annual: NaN, error: 0, asOf: world.bot.now });
    expect(world.codes()).toEqual(['VOLATILITY_INVALID']);
  });
});
