/** Items of a whole bot on paper and of books made by hand: mids between decisions, our own orders taken out, orders and their places. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { epochUs, later, millis, price, quantity, seconds } from '../../../src/domain/units.js';
import { BookMids } from '../../../src/replay/book-mids.js';
import { itemsOfJournal, ItemSource } from '../../../src/replay/run-items.js';
import { JournalDamagedError } from '../../../src/logger/storage-errors.js';
import type { RunItem } from '../../../src/report/run-items.js';
import { reportOf } from '../../../src/report/run-report.js';
import { levels, START, TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';

const M = marketIndex(0);
const listed: EngineEvent = { type: 'market-listed', at: START, index: M, market: market() };
const snapshot = (bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): EngineEvent => ({
  type: 'book-snapshot',
  at: START,
  market: M,
  bids: levels(bids),
  asks: levels(asks),
  exchangeAt: START,
});
const midsOf = (mids: BookMids): (number | null)[] => [...mids.changes()].map(({ mid }) => mid);

describe('mids made again from the book', () => {
  test('are told once per change, and not at all for a change behind the top', () => {
    const mids = new BookMids(null);
    for (const event of [listed, snapshot([[45, 10]], [[55, 10]])]) mids.event(event);
    expect(midsOf(mids)).toEqual([5000]);
    const delta = (cents: number, contracts: number): EngineEvent => ({
      type: 'book-delta',
      at: START,
      market: M,
      side: 'bid',
      price: price(cents * 100),
      change: quantity(contracts * 100),
      exchangeAt: START,
    });
    mids.event(delta(44, 5));
    mids.event(delta(45, 5));
    expect(midsOf(mids)).toEqual([]);
    mids.event(delta(47, 5));
    expect(midsOf(mids)).toEqual([5100]);
  });

  test('leave our own orders out where the feed contains them', () => {
    const own = [{ side: 'bid' as const, price: price(4800), remaining: quantity(500) }];
    for (const [orders, mid] of [
      [() => own, 5000],
      [null, 5150],
    ] as const) {
      const mids = new BookMids(orders);
      for (const event of [listed, snapshot([[48, 5], [45, 10]], [[55, 10]])]) mids.event(event); // prettier-ignore
      expect(midsOf(mids)).toEqual([mid]);
    }
  });

  test('end with an empty side, a lost book and a dead feed, and come back with a snapshot', () => {
    const endings: EngineEvent[] = [
      snapshot([], [[55, 10]]),
      { type: 'book-lost', at: START, market: M, reason: 'sequence-gap' },
      { type: 'feed-down', at: START, reason: 'gone' },
    ];
    const mids = new BookMids(null);
    mids.event(listed);
    for (const ending of endings) {
      mids.event(snapshot([[45, 10]], [[55, 10]]));
      expect(midsOf(mids)).toEqual([5000]);
      mids.event(ending);
      expect(midsOf(mids)).toEqual([null]);
    }
  });
});

/** A bot that quotes, is hit on both sides, and whose market settles. */
const traded = (): { readonly bot: TestBot; readonly items: readonly RunItem[] } => {
  const bot = new TestBot();
  bot.give({ type: 'feed-up', at: bot.now });
  bot.book(0, [[45, 100]], [[55, 100]]);
  bot.pass(seconds(3));
  for (let i = 0; i < 12; i++) {
    // Prices beyond our quotes: what rests at ours has traded for certain.
    bot.trade(0, i % 3 === 0 ? 'bid' : 'ask', i % 3 === 0 ? 60 : 40, 150);
    bot.pass(seconds(2));
    bot.delta(0, 'bid', 46, i % 2 === 0 ? 20 : -20);
    bot.pass(millis(700));
  }
  bot.now = later(bot.now, seconds(1));
  bot.give({ type: 'market-changed', at: bot.now, market: M, settlesAt: price(10_000) }).settle();
  bot.pass(seconds(2));
  const source = new ItemSource({ bookHasOwnOrders: false });
  const items = bot.steps.flatMap(({ event, actions }) => [
    ...source.event(event),
    ...actions.flatMap((action) => [...source.action(action)]),
  ]);
  return { bot, items };
};

describe('the items of a whole bot', () => {
  const { bot, items } = traded();
  const report = reportOf(items);
  const { total } = report;

  test('make a report that ends where the bot stands, with no check broken', () => {
    const { realized, fees } = bot.engine.state.inventory.totals();
    expect(total.fills).toBeGreaterThan(5);
    expect(total.parts.net).toBe(realized - fees);
    expect(total.check).toMatchObject({ broken: 0 });
    expect(total.check.times).toBeGreaterThan(total.fills);
    expect(total.parts.settlement).not.toBe(0);
    expect(total.parts.inventory).not.toBe(0);
    expect(report.markets[0]).toMatchObject({ settledAt: 10_000, inventory: 0, settlementLoss: 0 });
  });

  test('count every order message and every place', () => {
    const commands = bot.calls.flatMap((call) => call.commands);
    const count = (type: string): number => commands.filter((command) => command.type === type).length;
    expect(total.quoting).toMatchObject({
      placed: count('place'),
      amended: count('amend'),
      decreased: count('decrease'),
      cancelled: count('cancel'),
    });
    expect(total.quoting.places).toBeGreaterThan(0);
    expect(total.quoting.messagesPerFill).toBeCloseTo(commands.length / total.fills, 9);
    expect(total.quoting.fillRatio).toBeGreaterThan(0);
    expect(total.quoting.fillRatio).toBeLessThanOrEqual(1);
  });

  test('tell mids that agree with those of the decisions', () => {
    let mid: number | null = null;
    let compared = 0;
    for (const item of items) {
      if (item.type === 'mid') mid = item.mid;
      if (item.type !== 'row' || item.decision.mid === null) continue;
      expect(item.decision.mid).toBe(mid);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

test('a position of an earlier run is taken over at its cost', () => {
  const source = new ItemSource({ bookHasOwnOrders: false });
  const carried: EngineEvent = {
    type: 'carried-over',
    at: epochUs(START),
    run: 'a',
    holdings: [{ market: M, position: quantity(1000), cost: 4_000_000 as never, countedAfter: START }],
    fills: [],
  };
  const batch: EngineEvent = { type: 'batch-end', at: START };
  const items = [listed, carried, snapshot([[45, 10]], [[55, 10]]), batch].flatMap((event) => [...source.event(event)]);
  expect(reportOf(items).total.parts).toMatchObject({ takenOver: 1_000_000, inventory: 0, net: 1_000_000 });
});

test('a record that is whole and makes no sense is a damaged journal, not a fault of the report', () => {
  const senseless = { type: 'actions', number: 7, actions: [{ type: 'send', call: {} } as never] } as const;
  expect(() => [...itemsOfJournal([senseless], { bookHasOwnOrders: true })]).toThrow(JournalDamagedError);
  expect(() => [...itemsOfJournal([senseless], { bookHasOwnOrders: true })]).toThrow(/at event 7/);
});
