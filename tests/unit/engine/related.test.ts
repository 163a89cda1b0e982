import { describe, expect, test } from 'vitest';
import { eventTicker, marketIndex, ticker } from '../../../src/domain/ids.js';
import type { Market, Strike } from '../../../src/domain/market.js';
import { parseQuantity } from '../../../src/domain/units.js';
import type { MarketView, RelatedMarkets, Strategy, Target } from '../../../src/domain/view.js';
import { Fixed } from '../../../src/strategy/fixed.js';
import { TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { FIXED } from '../../support/settings.js';

/** The fixed maker, which keeps what it was shown of related markets. */
class Looking implements Strategy {
  readonly name = 'looking';
  readonly seen = new Map<string, RelatedMarkets | null>();
  readonly #fixed = new Fixed(FIXED as Extract<typeof FIXED, { name: 'fixed' }>);
  constructor(readonly linksOutcomes: boolean) {}
  quote(view: MarketView): Target {
    this.seen.set(view.market.ticker, view.related);
    return this.#fixed.quote(view);
  }
}

const EVENT = eventTicker('KXE-26');
const above = (floor: number): Strike => ({ floor, floorStrict: true, cap: null, capStrict: false });
const named = (n: number, parts: Partial<Market>): Market => market({ ticker: ticker(`KXE-26-${n}`), event: EVENT, ...parts });
const exclusive = [1, 2, 3].map((n) => named(n, { mutuallyExclusive: true }));

/** Mids of 30, 50 and 20 cents. */
const shown = (markets: readonly Market[], links = true): { readonly bot: TestBot; readonly looking: Looking } => {
  const looking = new Looking(links);
  const bot = new TestBot({ parts: { strategy: looking }, markets }).start();
  for (const [i, mid] of [30, 50, 20].slice(0, markets.length).entries()) bot.book(i, [[mid - 5, 100]], [[mid + 5, 100]]);
  bot.pass(1_000_000 as never);
  return { bot, looking };
};

const of = ({ looking }: { readonly looking: Looking }, n: number): RelatedMarkets | null | undefined => looking.seen.get(`KXE-26-${n}`);

describe('markets of one event', () => {
  test('that exclude each other are shown together, with mids and positions', () => {
    const made = shown(exclusive);
    made.bot.trade(1, 'ask', 47, 10).pass(2_000_000 as never);
    expect(made.bot.engine.state.inventory.position(marketIndex(1))).toBe(parseQuantity('10'));
    expect(of(made, 3)).toMatchObject({ kind: 'exclusive', own: 2 });
    expect(of(made, 3)?.markets.map(({ probability }) => probability)).toEqual([0.3, 0.5, 0.2]);
    const held = [0, 1, 2].map((i) => made.bot.engine.state.inventory.position(marketIndex(i)) / parseQuantity('1'));
    expect(of(made, 3)?.markets.map(({ contracts }) => contracts)).toEqual(held);
    expect(held[1]).toBe(10);
  });

  test('about one number are shown in the order of their strikes', () => {
    const made = shown([named(1, { strike: above(20) }), named(2, { strike: above(10) }), named(3, { strike: above(30) })]);
    expect(of(made, 1)).toMatchObject({ kind: 'nested', own: 1 });
    expect(of(made, 1)?.markets.map(({ probability }) => probability)).toEqual([0.5, 0.3, 0.2]);
  });

  test.each<[string, Market[]]>([
    ['have nothing to do with each other', [named(1, {}), named(2, {})]],
    ['have the same strike twice', [named(1, { strike: above(10) }), named(2, { strike: above(10) })]],
    ['are not all above a strike', [named(1, { strike: above(10) }), named(2, { strike: { ...above(20), cap: 30 } })]],
    ['are of another event', [named(1, { mutuallyExclusive: true }), named(2, { mutuallyExclusive: true, event: eventTicker('KXF-26') })]],
  ])('stand alone where they %s', (_, markets) => {
    expect(of(shown(markets), 1)).toBeNull();
  });

  test('stand alone while one of them has no mid', () => {
    const made = shown(exclusive);
    made.bot.book(1, [], [[55, 100]]).pass(2_000_000 as never);
    expect([of(made, 1), of(made, 3)]).toEqual([null, null]);
  });

  test('are not put together for a strategy that does not look', () => {
    expect(of(shown(exclusive, false), 1)).toBeNull();
  });
});
