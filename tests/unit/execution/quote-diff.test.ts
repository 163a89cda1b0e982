import { describe, expect, test } from 'vitest';
import { ClientIds } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { VenueCommand } from '../../../src/domain/order.js';
import type { ExecutionSettings } from '../../../src/domain/settings.js';
import { formatPrice, formatQuantity, later, millis, seconds } from '../../../src/domain/units.js';
import type { Target } from '../../../src/domain/view.js';
import { Orders } from '../../../src/execution/orders.js';
import { QuoteDiff, cancelOf, type AmendPolicy, type Diff, type DiffInput } from '../../../src/execution/quote-diff.js';
import { ONE, accepted, amend, amended, at, cancel, cents, fill, id, lots, market, place, refused, unanswered } from './facts.js';

const SETTINGS: ExecutionSettings = {
  debounceTicks: 2,
  debounce: seconds(1),
  selfTrade: 'taker-at-cross',
  postOnly: true,
  cancelOnPause: true,
  orderLife: null,
};

interface Sketch {
  readonly bid?: readonly [at: number, size: number] | null;
  readonly ask?: readonly [at: number, size: number] | null;
  readonly fair?: number;
  readonly reservation?: number;
}

const WHY = { code: 'test', text: 'not wanted here' };

const target = (sketch: Sketch): Target => {
  const quote = (wanted: Sketch['bid']) =>
    wanted === undefined || wanted === null ? null : { price: cents(wanted[0]), size: lots(wanted[1]) };
  return {
    bid: quote(sketch.bid),
    ask: quote(sketch.ask),
    noBid: (sketch.bid ?? null) === null ? WHY : null,
    noAsk: (sketch.ask ?? null) === null ? WHY : null,
    fair: sketch.fair === undefined ? null : cents(sketch.fair),
    reservation: sketch.reservation === undefined ? null : cents(sketch.reservation),
  };
};

interface SetUp {
  readonly settings?: Partial<ExecutionSettings>;
  readonly amends?: AmendPolicy;
}

/** A diff over real orders, told in sketches. */
class Bench {
  readonly orders = new Orders({ prefix: 'kmm' });
  readonly diff: QuoteDiff;
  now = at(0);
  /** What new and amended orders are given. */
  expiresAt: DiffInput['expiresAt'] = null;

  constructor(setUp: SetUp = {}) {
    this.diff = new QuoteDiff({ ...SETTINGS, ...setUp.settings }, new ClientIds('kmm', 'r1', 100), setUp.amends ?? 'always');
  }

  /** Lets an order of ours rest. */
  rest(n: number, side: BookSide, price: number, size: number): this {
    this.orders.sent(place({ n, side, at: price, size }), this.now);
    this.orders.accepted(accepted(n, 0, size));
    return this;
  }

  run(sketch: Sketch, book: { readonly bestBid?: number; readonly bestAsk?: number; readonly group?: null } = {}): Diff {
    return this.diff.diff({
      index: ONE,
      market: market(),
      target: target(sketch),
      bids: this.orders.forMarket(ONE, 'bid'),
      asks: this.orders.forMarket(ONE, 'ask'),
      bestBid: book.bestBid === undefined ? null : cents(book.bestBid),
      bestAsk: book.bestAsk === undefined ? null : cents(book.bestAsk),
      now: this.now,
      group: null,
      expiresAt: this.expiresAt,
    });
  }

  wants(sketch: Sketch, book: { readonly bestBid?: number; readonly bestAsk?: number } = {}): readonly string[] {
    return this.run(sketch, book).commands.map(say);
  }

  pass(s: number): this {
    this.now = later(this.now, seconds(s));
    return this;
  }
}

const say = (command: VenueCommand): string => {
  switch (command.type) {
    case 'place':
      return `place ${command.side} ${formatQuantity(command.quantity)} @ ${formatPrice(command.price)}`;
    case 'amend':
      return `amend ${command.clientId} to ${formatQuantity(command.total)} @ ${formatPrice(command.price)}`;
    case 'decrease':
      return `decrease ${command.clientId} to ${formatQuantity(command.remaining)}`;
    case 'cancel':
      return `cancel ${command.clientId}`;
  }
};

describe('from nothing', () => {
  test('both sides are placed', () => {
    expect(new Bench().wants({ bid: [48, 10], ask: [52, 10] })).toEqual(['place bid 10.00 @ 0.4800', 'place ask 10.00 @ 0.5200']);
  });

  test('one side is placed where only one is wanted', () => {
    expect(new Bench().wants({ ask: [52, 10] })).toEqual(['place ask 10.00 @ 0.5200']);
  });

  test('orders carry the settings', () => {
    const bench = new Bench({ settings: { postOnly: false, cancelOnPause: false, selfTrade: 'maker' } });
    bench.expiresAt = at(60);
    expect(bench.run({ bid: [48, 10] }).commands[0]).toMatchObject({
      clientId: 'kmm-r1-100',
      timeInForce: 'good-till-cancelled',
      postOnly: false,
      cancelOnPause: false,
      selfTrade: 'maker',
      reduceOnly: false,
      expiresAt: at(60),
      group: null,
    });
  });
});

describe('what is as wanted', () => {
  test('is left alone', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'ask', 52, 10);
    expect(bench.run({ bid: [48, 10], ask: [52, 10] })).toEqual({ commands: [], dangerous: [], dueAt: null });
  });

  test('is left alone however soon it ends: renewals are paced elsewhere', () => {
    const bench = new Bench();
    bench.orders.sent({ ...place({ at: 48 }), expiresAt: at(60) }, bench.now);
    bench.orders.accepted(accepted(1, 0, 10));
    bench.expiresAt = at(119);
    expect(bench.pass(59).wants({ bid: [48, 10] })).toEqual([]);
    const [amend] = bench.run({ bid: [46, 10] }).commands;
    expect(amend).toMatchObject({ type: 'amend', price: cents(46), expiresAt: at(119) });
  });
});

describe('a smaller size at the same price', () => {
  test('is a decrease, after the debounce', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    expect(bench.run({ bid: [48, 6] })).toEqual({ commands: [], dangerous: [], dueAt: at(1) });
    expect(bench.pass(1).wants({ bid: [48, 6] })).toEqual(['decrease kmm-r1-1 to 6.00']);
  });
});

describe('a change of price or a larger size', () => {
  test('is one amend, its total counting what has filled', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.orders.filled(fill('f1', 3), at(1));
    expect(bench.wants({ bid: [45, 10] })).toEqual(['amend kmm-r1-1 to 13.00 @ 0.4500']);
  });

  test('is a cancel and a new order where amends are never used', () => {
    const bench = new Bench({ amends: 'never' }).rest(1, 'bid', 48, 10);
    expect(bench.wants({ bid: [45, 10] })).toEqual(['cancel kmm-r1-1', 'place bid 10.00 @ 0.4500']);
  });

  test.each([
    ['a bid that retreats is amended', 'bid', 48, 45, ['amend kmm-r1-1 to 10.00 @ 0.4500']],
    ['a bid that advances is placed anew, post-only', 'bid', 48, 51, ['cancel kmm-r1-1', 'place bid 10.00 @ 0.5100']],
    ['an ask that retreats is amended', 'ask', 52, 55, ['amend kmm-r1-1 to 10.00 @ 0.5500']],
    ['an ask that advances is placed anew, post-only', 'ask', 52, 49, ['cancel kmm-r1-1', 'place ask 10.00 @ 0.4900']],
  ] as const)('with amends for retreats only, %s', (_, side, from, to, expected) => {
    const bench = new Bench({ amends: 'retreat' }).rest(1, side, from, 10);
    expect(bench.wants(side === 'bid' ? { bid: [to, 10] } : { ask: [to, 10] })).toEqual(expected);
  });

  test('retreats by default where orders are post-only, and everywhere else too where they are not', () => {
    const orders = new Bench().rest(1, 'bid', 48, 10).orders;
    const types = [true, false].map((postOnly) => {
      const diff = new QuoteDiff({ ...SETTINGS, postOnly }, new ClientIds('kmm', 'r1', 100));
      const input = {
        index: ONE,
        market: market(),
        target: target({ bid: [51, 10] }),
        asks: [],
        bestBid: null,
        bestAsk: null,
        now: at(9),
        group: null,
        expiresAt: null,
      };
      return diff.diff({ ...input, bids: orders.forMarket(ONE, 'bid') }).commands.map((command) => command.type);
    });
    expect(types).toEqual([['cancel', 'place'], ['amend']]);
  });
});

describe('a small change', () => {
  test('waits until its time has passed, measured from when it was first wanted', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    expect(bench.run({ bid: [49, 10] }).dueAt).toEqual(at(1));
    expect(bench.pass(0.5).run({ bid: [49, 10] }).dueAt).toEqual(at(1));
    expect(bench.pass(0.5).wants({ bid: [49, 10] })).toEqual(['amend kmm-r1-1 to 10.00 @ 0.4900']);
  });

  test.each([
    ['of the size is in time', { bid: [48, 6] }, ['decrease kmm-r1-1 to 6.00']],
    ['of the price is in time', { bid: [49, 10] }, ['amend kmm-r1-1 to 10.00 @ 0.4900']],
  ] as const)('that was carried out does not shorten the wait of the next: one %s', (_, sketch, commands) => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.run(sketch);
    expect(bench.pass(1).wants(sketch)).toEqual(commands);
    expect(bench.pass(0.1).run(sketch)).toMatchObject({ commands: [], dueAt: at(2.1) });
  });

  test('that is no longer wanted at all is forgotten', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.run({ bid: [49, 10] });
    bench.pass(0.5).run({});
    expect(bench.pass(0.5).run({ bid: [49, 10] })).toMatchObject({ commands: [], dueAt: at(2) });
  });

  test('that is undone in time costs nothing while the other side moves, and the next one waits anew', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'ask', 60, 10);
    bench.run({ bid: [49, 10], ask: [60, 10] });
    bench.pass(0.9).run({ bid: [48, 10], ask: [61, 10] });
    expect(bench.pass(0.2).run({ bid: [49, 10], ask: [60, 10] })).toMatchObject({ commands: [], dueAt: at(2.1) });
  });

  test('that is undone in time costs nothing, and the next one waits anew', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.run({ bid: [49, 10] });
    bench.pass(0.9).run({ bid: [48, 10] });
    expect(bench.pass(0.2).run({ bid: [49, 10] })).toMatchObject({ commands: [], dueAt: at(2.1) });
  });

  test('becomes large by the ticks that are configured', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    expect(bench.wants({ bid: [50, 10] })).toEqual(['amend kmm-r1-1 to 10.00 @ 0.5000']);
  });

  test('is not held where the debounce has no span', () => {
    const bench = new Bench({ settings: { debounce: millis(0) } }).rest(1, 'bid', 48, 10);
    expect(bench.wants({ bid: [49, 10] })).toEqual(['amend kmm-r1-1 to 10.00 @ 0.4900']);
  });
});

describe('a dangerous order never waits', () => {
  test('where its side is not wanted it is cancelled', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    expect(bench.run({})).toMatchObject({ commands: [{ type: 'cancel', clientId: id(1) }], dangerous: [id(1)] });
  });

  test.each([
    ['two ticks through the wanted bid', 'bid', 50, 48, {}, {}],
    ['one tick through it and above fair value', 'bid', 50, 49, { fair: 49.5 }, {}],
    ['one tick through it and above the reservation price', 'bid', 50, 49, { reservation: 49.5 }, {}],
    ['one tick through it and at the best ask', 'bid', 50, 49, {}, { bestAsk: 50 }],
    ['two ticks through the wanted ask', 'ask', 50, 52, {}, {}],
    ['one tick through it and below fair value', 'ask', 50, 51, { fair: 50.5 }, {}],
    ['one tick through it and below the reservation price', 'ask', 50, 51, { reservation: 50.5 }, {}],
    ['one tick through it and at the best bid', 'ask', 50, 51, {}, { bestBid: 50 }],
  ] as const)('where it rests %s', (_, side, works, wanted, centre, book) => {
    const bench = new Bench().rest(1, side, works, 10);
    const sketch = { ...(side === 'bid' ? { bid: [wanted, 10] as const } : { ask: [wanted, 10] as const }), ...centre };
    const result = bench.run(sketch, book);
    expect(result.dangerous).toEqual([id(1)]);
    expect(result.commands.map((command) => command.type)).toEqual(['amend']);
  });

  test('where it would meet the other side that we now want', () => {
    const bench = new Bench().rest(1, 'bid', 50, 10);
    const result = bench.run({ bid: [49, 10], ask: [50, 10] });
    expect(result.dangerous).toEqual([id(1)]);
    // The ask waits until the bid has moved away from its price.
    expect(result.commands.map(say)).toEqual(['amend kmm-r1-1 to 10.00 @ 0.4900']);
  });

  test('but one tick through the wanted price, and nothing else, is small', () => {
    const bench = new Bench().rest(1, 'bid', 50, 10);
    expect(bench.run({ bid: [49, 10], fair: 51, reservation: 51 }, { bestAsk: 52 })).toMatchObject({ commands: [], dangerous: [] });
  });

  test('and one that is less aggressive than wanted is never dangerous', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    expect(bench.run({ bid: [49, 10], fair: 40, reservation: 40 }).dangerous).toEqual([]);
  });
});

describe('orders in flight', () => {
  test('a placement without an id is left, and nothing is placed beside it', () => {
    const bench = new Bench();
    bench.orders.sent(place({ at: 50 }), bench.now);
    expect(bench.wants({ bid: [45, 10] })).toEqual([]);
    expect(bench.wants({})).toEqual([]);
  });

  test('an amend in flight is left while it is harmless', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.orders.sent({ ...amend(1, 47, 10) }, bench.now);
    expect(bench.wants({ bid: [46, 10] }).concat(bench.wants({ bid: [49, 10] }))).toEqual([]);
  });

  test('an amend in flight to a price that is dangerous by now is cancelled', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.orders.sent(amend(1, 51, 10), bench.now);
    expect(bench.run({ bid: [48, 10] })).toMatchObject({ commands: [{ type: 'cancel' }], dangerous: [id(1)] });
  });

  test('an amend away from danger is left to arrive, and cancelled once its outcome is unknown', () => {
    const bench = new Bench().rest(1, 'bid', 52, 10);
    bench.orders.sent(amend(1, 48, 10), bench.now);
    expect(bench.wants({ bid: [48, 10] })).toEqual([]);
    bench.orders.unknown(unanswered(1, 'amend'));
    expect(bench.wants({ bid: [48, 10] })).toEqual(['cancel kmm-r1-1']);
  });

  test('the replacement of an order that is being cancelled may be placed, a third may not', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.orders.sent(cancel(1), bench.now);
    expect(bench.wants({ bid: [45, 10] })).toEqual(['place bid 10.00 @ 0.4500']);
    bench.orders.sent(place({ n: 2, at: 45 }), bench.now);
    expect(bench.wants({ bid: [40, 10] })).toEqual([]);
  });

  test('an unknown placement blocks its side, not the other', () => {
    const bench = new Bench();
    bench.orders.sent(place({ at: 48 }), bench.now);
    bench.orders.unknown(unanswered(1, 'place'));
    expect(bench.wants({ bid: [48, 10], ask: [52, 10] })).toEqual(['place ask 10.00 @ 0.5200']);
  });

  test('an order that the exchange calls gone is not cancelled again, and blocks its side until that is proven', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10);
    bench.orders.sent(cancel(1), bench.now);
    bench.orders.refused(refused(1, 'cancel', 'not-found'));
    expect(bench.pass(10).wants({ bid: [40, 10] })).toEqual([]);
    expect(bench.wants({})).toEqual([]);
  });

  test('each refusal of a cancel doubles the wait, up to four seconds', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).pass(5);
    const waits: number[] = [];
    for (let n = 1; n <= 7; n++) {
      bench.orders.sent(cancel(1), bench.now);
      bench.orders.refused({ ...refused(1, 'cancel', 'paused'), at: bench.now });
      let waited = 0;
      while (bench.wants({}).length === 0) {
        bench.pass(0.05);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });

  test('an unanswered cancel is not repeated at once either', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).pass(5);
    bench.orders.sent(cancel(1), bench.now);
    bench.orders.unknown(unanswered(1, 'cancel', 5));
    expect(bench.pass(0.2).wants({})).toEqual([]);
    expect(bench.pass(0.05).wants({})).toEqual(['cancel kmm-r1-1']);
  });

  test('an unknown order beside one that is being cancelled blocks its side', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'bid', 47, 10);
    bench.orders.sent(cancel(1), bench.now);
    bench.orders.sent(cancel(2), bench.now);
    expect(bench.wants({ bid: [40, 10] })).toEqual([]);
    bench.orders.unknown(unanswered(2, 'cancel'));
    expect(bench.pass(1).wants({ bid: [40, 10] })).toEqual(['cancel kmm-r1-2']);
  });

  test('a dangerous order in flight is named even where it cannot be cancelled yet', () => {
    const bench = new Bench();
    bench.orders.sent(place({ at: 50 }), bench.now);
    expect(bench.run({ bid: [45, 10] })).toEqual({ commands: [], dangerous: [id(1)], dueAt: null });
  });

  test('a refused cancel is tried again, but not at once', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).pass(5);
    bench.orders.sent(cancel(1), bench.now);
    bench.orders.refused(refused(1, 'cancel', 'paused', 5));
    expect(bench.pass(0.1).wants({})).toEqual([]);
    expect(bench.pass(0.2).wants({})).toEqual(['cancel kmm-r1-1']);
  });
});

describe('several orders on one side', () => {
  test('the best match stays, the others go', () => {
    const bench = new Bench().rest(1, 'bid', 47, 10).rest(2, 'bid', 48, 10).rest(3, 'bid', 46, 10);
    const result = bench.run({ bid: [48, 10] });
    expect(result.commands.map(say)).toEqual(['cancel kmm-r1-1', 'cancel kmm-r1-3']);
    expect(result.dangerous).toEqual([id(1), id(3)]);
  });

  test('at one price the one that need not grow stays', () => {
    const bench = new Bench().rest(1, 'bid', 48, 4).rest(2, 'bid', 48, 10);
    expect(bench.wants({ bid: [48, 10] })).toEqual(['cancel kmm-r1-1']);
  });

  test('one that rests stays rather than one in flight, whatever their prices', () => {
    const bench = new Bench().rest(1, 'bid', 44, 10);
    bench.orders.sent(place({ n: 2, at: 48 }), bench.now);
    expect(bench.run({ bid: [48, 10] }).dangerous).toEqual([id(2)]);
  });

  test.each([
    ['the nearest price stays', [44, 46, 45], 48, 2],
    ['one behind the wanted price stays rather than one through it, even if that is nearer', [45, 49], 48, 1],
    ['the oldest of equals stays', [46, 46, 46], 48, 1],
    ['the wanted price stays rather than a nearer size', [48, 47], 48, 1],
  ] as const)('%s', (_, prices, wanted, kept) => {
    const bench = new Bench();
    for (const [i, price] of prices.entries()) bench.rest(i + 1, 'bid', price, 10);
    const { dangerous } = bench.run({ bid: [wanted, 10] });
    expect(dangerous).toEqual(prices.flatMap((_price, i) => (i + 1 === kept ? [] : [id(i + 1)])));
  });

  test.each([
    ['the nearest ask stays', [56, 54, 55], 52, 2],
    ['an ask behind the wanted price stays rather than one through it', [55, 51], 52, 1],
  ] as const)('%s', (_, prices, wanted, kept) => {
    const bench = new Bench();
    for (const [i, price] of prices.entries()) bench.rest(i + 1, 'ask', price, 10);
    const { dangerous } = bench.run({ ask: [wanted, 10] });
    expect(dangerous).toEqual(prices.flatMap((_price, i) => (i + 1 === kept ? [] : [id(i + 1)])));
  });

  test('the larger of two that need not both grow stays', () => {
    const bench = new Bench().rest(1, 'bid', 47, 4).rest(2, 'bid', 44, 10);
    expect(bench.run({ bid: [48, 10] }).dangerous).toEqual([id(1)]);
  });

  test('none is placed while more than one is still on its way out', () => {
    const bench = new Bench({ amends: 'never' }).rest(1, 'bid', 47, 10).rest(2, 'bid', 46, 10);
    expect(bench.wants({ bid: [40, 10] })).toEqual(['cancel kmm-r1-1', 'cancel kmm-r1-2']);
  });
});

describe('our own other side', () => {
  test('a bid that would meet our resting ask waits until that has moved', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'ask', 52, 10);
    expect(bench.wants({ bid: [53, 10], ask: [56, 10] })).toEqual(['amend kmm-r1-2 to 10.00 @ 0.5600']);
    bench.orders.sent(amend(2, 56, 10, 'ask'), bench.now);
    expect(bench.wants({ bid: [53, 10], ask: [56, 10] })).toEqual([]);
    bench.orders.amended(amended(2, 10));
    expect(bench.wants({ bid: [53, 10], ask: [56, 10] })).toEqual(['amend kmm-r1-1 to 10.00 @ 0.5300']);
  });

  test('retreating amends go before advancing ones', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'ask', 52, 10);
    expect(bench.wants({ bid: [50, 10], ask: [54, 10] })).toEqual(['amend kmm-r1-2 to 10.00 @ 0.5400', 'amend kmm-r1-1 to 10.00 @ 0.5000']);
  });
});

describe('a price that was refused for crossing', () => {
  test('is not tried again for a second, nor anything more aggressive; behind it is free', () => {
    const bench = new Bench();
    bench.diff.noteCrossRefused(ONE, 'bid', cents(50), bench.now);
    expect(bench.run({ bid: [50, 10] })).toMatchObject({ commands: [], dueAt: at(1) });
    expect(bench.wants({ bid: [51, 10] })).toEqual([]);
    expect(bench.wants({ bid: [49, 10] })).toEqual(['place bid 10.00 @ 0.4900']);
    expect(bench.pass(1).wants({ bid: [50, 10] })).toEqual(['place bid 10.00 @ 0.5000']);
  });

  test('holds an ask and everything below it, on its own side of its own market alone', () => {
    const bench = new Bench();
    bench.diff.noteCrossRefused(ONE, 'ask', cents(52), bench.now);
    expect(bench.wants({ ask: [52, 10] }).concat(bench.wants({ ask: [51, 10] }))).toEqual([]);
    expect(bench.wants({ bid: [50, 10], ask: [53, 10] })).toEqual(['place bid 10.00 @ 0.5000', 'place ask 10.00 @ 0.5300']);
  });

  test('holds a dangerous order back from moving there: it is cancelled instead', () => {
    const bench = new Bench().rest(1, 'bid', 50, 10);
    bench.diff.noteCrossRefused(ONE, 'bid', cents(46), bench.now);
    expect(bench.run({ bid: [47, 10] })).toMatchObject({ commands: [{ type: 'cancel' }], dangerous: [id(1)], dueAt: at(1) });
  });

  test('is due together with what the debounce holds, whichever comes first', () => {
    const bench = new Bench().rest(1, 'ask', 60, 10);
    expect(bench.run({ ask: [61, 10] }).dueAt).toBe(at(1));
    bench.pass(0.5);
    bench.diff.noteCrossRefused(ONE, 'bid', cents(50), bench.now);
    expect(bench.run({ bid: [50, 10], ask: [61, 10] }).dueAt).toBe(at(1));
    bench.diff.noteCrossRefused(ONE, 'bid', cents(50), at(-0.2));
    expect(bench.run({ bid: [50, 10], ask: [61, 10] }).dueAt).toBe(at(0.8));
  });
});

describe('pulling', () => {
  test('cancels all that can be cancelled', () => {
    const bench = new Bench().rest(1, 'bid', 48, 10).rest(2, 'bid', 47, 10);
    bench.orders.sent(place({ n: 3, at: 46 }), bench.now);
    bench.orders.sent(cancel(2), bench.now);
    expect(bench.diff.pull(bench.orders.forMarket(ONE, 'bid'), bench.now).map(say)).toEqual(['cancel kmm-r1-1']);
  });

  test('cancelOf gives nothing for an order without an exchange id', () => {
    const bench = new Bench();
    expect(cancelOf(bench.orders.sent(place(), bench.now))).toBeNull();
  });
});
