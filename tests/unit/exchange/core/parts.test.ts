/** The small parts: random streams, the timeline, the past of a value, the book. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationUs, epochUs, price, quantity, type Price, type Quantity } from '../../../../src/domain/units.js';
import type { BookSide } from '../../../../src/domain/market.js';
import { OrderBook } from '../../../../src/exchange/core/book.js';
import { defaultSettings, defaultWorld } from '../../../../src/exchange/core/default-world.js';
import { gridOf, STRUCTURE_NAMES } from '../../../../src/exchange/core/grids.js';
import { Lagged } from '../../../../src/exchange/core/lagged.js';
import { Random } from '../../../../src/exchange/core/random.js';
import { Timeline } from '../../../../src/exchange/core/timeline.js';
import { GRIDS, grid } from '../../../support/grids.js';
import { nth, START } from './floor.js';

describe('a random stream', () => {
  const first = (name: string): number[] => {
    const random = new Random(name);
    return Array.from({ length: 20 }, () => random.word());
  };

  test('is the same for the same name and another for another', () => {
    expect(first('a/b')).toEqual(first('a/b'));
    for (const other of ['a/c', 'b/a', 'a/b ', '']) expect(first(other)).not.toEqual(first('a/b'));
  });

  test('has the moments of its distributions', () => {
    const random = new Random('moments');
    const mean = (draw: () => number): number => Array.from({ length: 40_000 }, draw).reduce((sum, x) => sum + x, 0) / 40_000;
    expect(mean(() => random.next())).toBeCloseTo(0.5, 1);
    expect(Math.abs(mean(() => random.next()) - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean(() => random.exponential(3)) - 3)).toBeLessThan(0.1);
    expect(Math.abs(mean(() => random.normal()))).toBeLessThan(0.03);
    expect(Math.abs(mean(() => random.normal() ** 2) - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(() => random.whole(1, 6)) - 3.5)).toBeLessThan(0.05);
  });

  test('draws whole numbers from both ends and nowhere else', () => {
    const random = new Random('whole');
    expect(new Set(Array.from({ length: 500 }, () => random.whole(3, 5)))).toEqual(new Set([3, 4, 5]));
  });
});

test('the timeline gives back tasks by time, and in order of booking where times are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60, size: 'max' }), (times) => {
      const timeline = new Timeline();
      const ran: number[] = [];
      times.forEach((at, i) => timeline.book(epochUs(at), () => void ran.push(i)));
      while (timeline.size > 0) timeline.take().run();
      expect(ran).toEqual([...times.keys()].sort((a, b) => nth(times, a) - nth(times, b) || a - b));
      expect(timeline.nextAt).toBeNull();
    }),
  );
});

test('a past shows at every moment within its horizon what a full record shows', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 30, size: 'max' }), fc.nat(60), (gaps, horizon) => {
      const past = new Lagged<number>();
      const full: [at: number, value: number][] = [];
      let now = 0;
      gaps.forEach((gap, value) => {
        now += gap;
        past.record(epochUs(now), value, durationUs(horizon));
        full.push([now, value]);
        for (let asOf = Math.max(now - horizon, 0); asOf <= now; asOf++) {
          const expected = full.findLast(([at]) => at <= asOf)?.[1] ?? null;
          expect(past.at(epochUs(asOf))).toBe(expected);
        }
      });
    }),
    { numRuns: 60 },
  );
});

describe('the book', () => {
  const order = (side: BookSide, at: number, size: number): { side: BookSide; price: Price; remaining: Quantity } => ({
    side,
    price: price(at),
    remaining: quantity(size),
  });

  test('sorts both sides best first', () => {
    const book = new OrderBook();
    for (const at of [50, 70, 60]) for (const side of ['bid', 'ask'] as const) book.add(order(side, at + (side === 'ask' ? 100 : 0), 1));
    expect(book.view('bid').map((level) => level.price)).toEqual([70, 60, 50]);
    expect(book.view('ask').map((level) => level.price)).toEqual([150, 160, 170]);
  });

  test('notices orders that are not where they should be', () => {
    const book = new OrderBook<ReturnType<typeof order>>();
    const one = order('bid', 50, 1);
    expect(() => book.remove(one)).toThrow('does not rest');
    book.add(one);
    expect(() => book.add(one)).toThrow('rests twice');
    expect(() => book.resize(one, quantity(-1))).toThrow('has no size');
  });
});

test.each(STRUCTURE_NAMES)('the structure %s is the one of the exchange reference', (name) => {
  expect(Object.keys(GRIDS)).toContain(name);
  expect(gridOf(name).equals(grid(name))).toBe(true);
});

describe('the default world', () => {
  const world = defaultWorld(START);

  test('lists five open markets with real-looking names of the day', () => {
    expect(world.markets.map((market) => market.ticker)).toEqual([
      'KXHIGHNY-26NOV21-T51',
      'KXHIGHNY-26NOV21-B51.5',
      'KXHIGHNY-26NOV21-T52',
      'KXBTCD-26NOV2123-T91999.99',
      'KXCPI-26NOV-T0.2',
    ]);
    for (const market of world.markets) {
      expect(market.opensAt).toBeLessThan(START);
      expect(market.closesAt).toBeGreaterThan(START);
    }
  });

  test('has one exclusive event, one series with maker fees, three kinds of grid and a market on shard 2', () => {
    expect(world.events.filter((event) => event.mutuallyExclusive)).toHaveLength(1);
    expect(world.series.map((series) => series.fees.type)).toEqual(['quadratic', 'quadratic', 'quadratic_with_maker_fees']);
    expect(new Set(world.markets.map((market) => market.structure))).toEqual(
      new Set(['linear_cent', 'tapered_deci_cent', 'center_half_edge_deci_cent']),
    );
    expect(world.events.map((event) => event.shard)).toEqual([0, 2, 0]);
  });

  test('settings can be changed one by one', () => {
    const settings = defaultSettings('seed', START, { crowd: null, opensFor: durationUs(60_000_000) });
    expect(settings.crowd).toBeNull();
    expect(settings.world.markets[0]?.closesAt).toBe(START + 60_000_000);
  });
});
