import { describe, expect, test } from 'vitest';
import { ticker, type VenueOrderId } from '../../../../src/domain/ids.js';
import { cash, epochUs, later, quantity, seconds, type EpochUs } from '../../../../src/domain/units.js';
import { defaultSettings } from '../../../../src/exchange/core/default-world.js';
import { Exchange } from '../../../../src/exchange/core/exchange.js';
import { truthLine } from '../../../../src/exchange/core/truth.js';
import type { ExchangeEvent, ExchangeSettings } from '../../../../src/exchange/core/types.js';
import { DEFAULT_CROWD, paced, type CrowdSettings } from '../../../../src/exchange/crowd/settings.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';

const START = epochUs(1_795_273_200_000_000);

interface Run {
  readonly exchange: Exchange;
  readonly events: ExchangeEvent[];
}

const open = (seed: string, changes: Partial<ExchangeSettings> = {}): Run => {
  const exchange = new Exchange(defaultSettings(seed, START, changes));
  const events: ExchangeEvent[] = [];
  exchange.onEvent((event) => events.push(event));
  return { exchange, events };
};

const truth = ({ events }: Run): string[] => events.flatMap((event) => truthLine(event, START) ?? []);
const to = (s: number): EpochUs => later(START, seconds(s));

/** A plain maker: ten contracts on both sides of the mid of every market, renewed twice a second. */
const makeMarkets = ({ exchange }: Run, how: { until: number; every: number; halfSpread: number }, me: AccountId): void => {
  const { until, every, halfSpread } = how;
  const live = new Map<string, VenueOrderId>();
  for (let s = every; s <= until; s += every) {
    exchange.advance(to(s));
    for (const { ticker, grid, ticks, shard } of exchange.markets()) {
      if (ticks.bid === null || ticks.ask === null) continue;
      const mid = (ticks.bid + ticks.ask) / 2;
      for (const side of ['bid', 'ask'] as const) {
        const old = live.get(ticker + side);
        if (old !== undefined) exchange.cancelOrder(me, { orderId: old, subaccount: 0, shard, ticker: null });
        const price = side === 'bid' ? grid.floor(mid - halfSpread) : grid.ceil(mid + halfSpread);
        if (price === null) continue;
        const answer = exchange.createOrder(me, {
          ticker,
          side,
          price,
          quantity: quantity(1000),
          timeInForce: 'good-till-cancelled',
          selfTrade: 'maker',
          clientOrderId: null,
          expiresAt: null,
          postOnly: true,
          reduceOnly: false,
          cancelOnPause: false,
          group: null,
          subaccount: 0,
          shard,
        });
        if (answer.ok) live.set(ticker + side, answer.orderId);
      }
    }
  }
};

const join = ({ exchange }: Run): AccountId =>
  exchange.openAccount({ name: 'bot', precision: cash(100), deposits: [0, 2].map((shard) => ({ shard, amount: cash(10_000_000_000) })) });

describe('one seed', () => {
  test('gives the same truth, byte for byte, and another seed another', () => {
    const run = (seed: string): string[] => {
      const world = open(seed);
      world.exchange.advance(to(120));
      return truth(world);
    };
    const first = run('one');
    expect(first.length).toBeGreaterThan(500);
    expect(run('one')).toEqual(first);
    expect(run('two')).not.toEqual(first);
  });

  test('gives the same truth whether time leaps or creeps', () => {
    const leap = open('steps');
    leap.exchange.advance(to(60));
    const creep = open('steps');
    for (let us = 0; us < 60_000_000; us += 7_919) creep.exchange.advance(epochUs(START + us));
    creep.exchange.advance(to(60));
    expect(truth(creep)).toEqual(truth(leap));
  });

  test('gives the same takers, at the same times with the same prices and sizes, with and without a bot among them', () => {
    const takers = (withBot: boolean): string[] => {
      const world = open('intent');
      const me = join(world);
      if (withBot) makeMarkets(world, { until: 60, every: 0.5, halfSpread: 200 }, me);
      else world.exchange.advance(to(60));
      const seen = new Map<VenueOrderId, string>();
      for (const event of world.events) {
        // The crowd's first account is that of the takers who know nothing: every one of their intentions becomes an order.
        if (event.type !== 'order' || event.account !== noise(world) || seen.has(event.order.orderId)) continue;
        seen.set(
          event.order.orderId,
          `${event.at - START} ${event.order.ticker} ${event.order.side} ${event.order.price} ${event.order.initial}`,
        );
      }
      return [...seen.values()];
    };
    const alone = takers(false);
    expect(alone.length).toBeGreaterThan(200);
    expect(takers(true)).toEqual(alone);
  });

  const noise = ({ events }: Run): AccountId | undefined => {
    for (const event of events)
      if (event.type === 'order' && event.order.status === 'canceled' && event.order.createdAt === event.order.updatedAt)
        return event.account;
    return undefined;
  };
});

describe('the books', () => {
  test('have two sides in every market from the first moment, and keep them', () => {
    const { exchange } = open('sides');
    for (let s = 0; s <= 600; s++) {
      exchange.advance(to(s));
      for (const { ticks } of exchange.markets()) expect(ticks.bid !== null && ticks.ask !== null).toBe(true);
    }
  });

  test('stay away from the edges for hours', () => {
    const exchange = new Exchange(defaultSettings('hours', START));
    exchange.advance(to(7200));
    for (const { ticker, ticks } of exchange.markets()) {
      const fair = exchange.fair(ticker) ?? 0;
      expect(fair).toBeGreaterThan(0.04);
      expect(fair).toBeLessThan(0.96);
      expect(ticks.bid !== null && ticks.ask !== null).toBe(true);
    }
    exchange.audit();
  });

  test('change 10 to 40 times a second over all markets, and every market trades', () => {
    const world = open('rate');
    world.exchange.advance(to(300));
    const count = (type: ExchangeEvent['type']): number => world.events.filter((event) => event.type === type).length;
    expect(count('book') / 300).toBeGreaterThan(10);
    expect(count('book') / 300).toBeLessThan(40);
    for (const { ticks } of world.exchange.markets()) expect(ticks.volume).toBeGreaterThan(0);
  });

  test('change a tenth as often with a crowd at a tenth of its pace, around the same fair prices', () => {
    const count = (crowd: CrowdSettings): [changes: number, fair: number | null] => {
      const world = open('pace', { crowd });
      world.exchange.advance(to(300));
      return [world.events.filter((event) => event.type === 'book').length, world.exchange.fair(ticker('KXCPI-26NOV-T0.2'))];
    };
    const [full, fair] = count(DEFAULT_CROWD);
    const [tenth, same] = count(paced(DEFAULT_CROWD, 0.1));
    expect(tenth / full).toBeGreaterThan(0.05);
    expect(tenth / full).toBeLessThan(0.2);
    expect(same).toBe(fair);
  });

  test('lie around the fair price', () => {
    const { exchange } = open('centre');
    let sum = 0;
    let count = 0;
    for (let s = 10; s <= 600; s += 10) {
      exchange.advance(to(s));
      for (const { ticker, ticks } of exchange.markets()) {
        sum += ((ticks.bid ?? 0) + (ticks.ask ?? 0)) / 2 - (exchange.fair(ticker) ?? 0) * 10_000;
        count++;
      }
    }
    expect(Math.abs(sum / count)).toBeLessThan(30);
  });
});

describe('an exclusive event', () => {
  const exclusive = (exchange: Exchange): number[] =>
    exchange
      .markets()
      .filter((market) => market.mutuallyExclusive)
      .map((market) => exchange.fair(market.ticker) ?? Number.NaN);

  test('has fair prices that sum to 1 at all times', () => {
    const { exchange } = open('exclusive');
    for (let s = 0; s <= 300; s += 3) {
      exchange.advance(to(s));
      const fairs = exclusive(exchange);
      expect(fairs).toHaveLength(3);
      expect(fairs.reduce((sum, fair) => sum + fair, 0)).toBeCloseTo(1, 12);
    }
  });

  test('ends with exactly one YES; other markets end as their own path says', () => {
    const settings = defaultSettings('end', START, { opensFor: seconds(60) });
    const exchange = new Exchange(settings);
    exchange.advance(to(60 + 110 + 60));
    const results = exchange.markets().map((market) => [market.mutuallyExclusive, market.status, market.result] as const);
    expect(results.filter(([exclusive, , result]) => exclusive && result === 'yes')).toHaveLength(1);
    for (const [, status] of results) expect(status).toBe('finalized');
    exchange.audit();
    for (const market of exchange.markets()) expect(exchange.book(market.ticker)).toMatchObject({ bids: [], asks: [] });
  });
});

describe('a maker among the crowd', () => {
  /** What each fill of a plain maker was worth against the fair price of its moment, in price units. */
  const edgesOf = (halfSpread: number, until: number): number[] => {
    const world = open('maker');
    const me = join(world);
    const edges: number[] = [];
    const { exchange } = world;
    exchange.onEvent((event) => {
      if (event.type !== 'fill' || event.account !== me) return;
      const fair = (exchange.fair(event.fill.ticker) ?? 0) * 10_000;
      edges.push(event.fill.side === 'bid' ? fair - event.fill.price : event.fill.price - fair);
    });
    makeMarkets(world, { until, every: 0.5, halfSpread }, me);
    exchange.audit();
    return edges;
  };

  test.each([200, 300])('with a half-spread of %d price units is filled several times in ten seconds', (halfSpread) => {
    expect(edgesOf(halfSpread, 120).length / 12).toBeGreaterThan(3);
  });

  test('earns most of a wide spread and little of a narrow one: those who know take what is stale', () => {
    const mean = (edges: readonly number[]): number => edges.reduce((sum, edge) => sum + edge, 0) / edges.length;
    const losers = (edges: readonly number[]): number => edges.filter((edge) => edge < 0).length / edges.length;
    const [wide, narrow] = [edgesOf(200, 240), edgesOf(50, 240)];
    expect(mean(wide)).toBeGreaterThan(150);
    expect(mean(narrow)).toBeGreaterThan(0);
    expect(mean(narrow)).toBeLessThan(40);
    expect(losers(wide)).toBeLessThan(0.05);
    expect(losers(narrow)).toBeGreaterThan(0.2);
  });
});
