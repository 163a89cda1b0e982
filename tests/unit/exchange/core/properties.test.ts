/** What must hold for every sequence of commands, checked against a naive matching engine and against the ledger's own audit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { venueOrderId, type VenueOrderId } from '../../../../src/domain/ids.js';
import type { BookSide } from '../../../../src/domain/market.js';
import { cash, later, price, quantity, seconds } from '../../../../src/domain/units.js';
import { truthLine } from '../../../../src/exchange/core/truth.js';
import type { ExchangeEvent } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { A, cents, Floor, lots, nth, START, usd } from './floor.js';

type Step =
  | { readonly do: 'place'; readonly who: number; readonly side: BookSide; readonly c: number; readonly n: number; readonly ioc: boolean }
  | { readonly do: 'amend'; readonly pick: number; readonly c: number; readonly n: number }
  | { readonly do: 'decrease'; readonly pick: number; readonly n: number }
  | { readonly do: 'cancel'; readonly pick: number };

const who = fc.nat(2);
const c = fc.integer({ min: 44, max: 56 });
const n = fc.integer({ min: 1, max: 12 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('place' as const),
        who,
        side: fc.constantFrom<BookSide>('bid', 'ask'),
        c,
        n,
        ioc: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('amend' as const), pick: fc.nat(), c, n }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('decrease' as const), pick: fc.nat(), n }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat() }) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** One order of the naive book. */
interface Plain {
  readonly tag: number;
  readonly who: number;
  readonly side: BookSide;
  c: number;
  left: number;
  filled: number;
}

/** The oracle: a flat list in order of arrival, searched from the front. Own orders meet as `taker-at-cross`. */
class NaiveBook {
  orders: Plain[] = [];
  readonly trades: string[] = [];

  enter(order: Plain, ioc: boolean): void {
    for (;;) {
      const better = (a: Plain, b: Plain): boolean => (order.side === 'bid' ? a.c < b.c : a.c > b.c);
      let best: Plain | null = null;
      for (const other of this.orders) {
        const meets = other.side !== order.side && (order.side === 'bid' ? other.c <= order.c : other.c >= order.c);
        if (meets && (best === null || better(other, best))) best = other;
      }
      if (best === null || order.left === 0) break;
      if (best.who === order.who) return;
      const size = Math.min(best.left, order.left);
      for (const party of [best, order]) {
        party.left -= size;
        party.filled += size;
      }
      this.trades.push(`${order.tag} ${best.tag} ${best.c} ${size}`);
      if (best.left === 0) this.orders = this.orders.filter((other) => other !== best);
    }
    if (order.left > 0 && !ioc) this.orders.push(order);
  }

  remove(order: Plain): void {
    this.orders = this.orders.filter((other) => other !== order);
  }
}

/** Plays the steps on the exchange and on the oracle side by side. */
const play = (list: readonly Step[]): { floor: Floor; naive: NaiveBook; trades: string[]; ids: Map<number, VenueOrderId> } => {
  const floor = new Floor({ fees: 'quadratic_with_maker_fees' });
  const accounts = [floor.account(), floor.account(), floor.account()];
  const naive = new NaiveBook();
  const ids = new Map<number, VenueOrderId>();
  const tags = new Map<VenueOrderId, number>();
  const trades: string[] = [];
  floor.exchange.onEvent((event) => {
    if (event.type !== 'order' || event.order.status === 'canceled') return;
    if (!tags.has(event.order.orderId)) {
      tags.set(event.order.orderId, next);
      ids.set(next, event.order.orderId);
    }
  });
  let makerTag = 0;
  let maker = '';
  floor.exchange.onEvent((event) => {
    if (event.type !== 'fill') return;
    const tag = tags.get(event.fill.orderId) ?? next;
    if (event.fill.role === 'maker') [makerTag, maker] = [tag, `${event.fill.price / 100} ${event.fill.quantity / 100}`];
    else trades.push(`${tag} ${makerTag} ${maker}`);
  });
  let next = 0;
  for (const step of list) {
    next++;
    if (step.do === 'place') {
      floor.send(nth(accounts, step.who), step.side, step.c, step.n, {
        timeInForce: step.ioc ? 'immediate-or-cancel' : 'good-till-cancelled',
      });
      naive.enter({ tag: next, who: step.who, side: step.side, c: step.c, left: step.n, filled: 0 }, step.ioc);
      continue;
    }
    const plain = naive.orders[step.pick % Math.max(naive.orders.length, 1)];
    if (plain === undefined) continue;
    const address = floor.address(ids.get(plain.tag) ?? venueOrderId('none'));
    const account = nth(accounts, plain.who);
    if (step.do === 'cancel') {
      floor.exchange.cancelOrder(account, address);
      naive.remove(plain);
    } else if (step.do === 'decrease') {
      floor.exchange.decreaseOrder(account, { ...address, reduceBy: lots(step.n) });
      plain.left = Math.max(plain.left - step.n, 0);
      if (plain.left === 0) naive.remove(plain);
    } else {
      floor.exchange.amendOrder(account, {
        ...address,
        ticker: A,
        side: plain.side,
        price: cents(step.c),
        total: lots(plain.filled + step.n),
        clientOrderId: null,
        updatedClientOrderId: null,
      });
      const stays = step.c === plain.c && step.n <= plain.left;
      plain.c = step.c;
      plain.left = step.n;
      if (!stays) {
        naive.remove(plain);
        naive.enter(plain, false);
      }
    }
  }
  return { floor, naive, trades, ids };
};

test('every sequence of orders, amends and cancels trades exactly as a naive price-time book does', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { floor, naive, trades } = play(list);
      expect(trades).toEqual(naive.trades);
      const sum = (side: BookSide): [number, number][] => {
        const levels = new Map<number, number>();
        for (const order of naive.orders) if (order.side === side) levels.set(order.c, (levels.get(order.c) ?? 0) + order.left);
        return [...levels].sort((a, b) => (side === 'bid' ? b[0] - a[0] : a[0] - b[0]));
      };
      expect(floor.book()).toEqual({ bids: sum('bid'), asks: sum('ask') });
    }),
    { numRuns: 300 },
  );
});

test('every queue position is what the naive book says', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { floor, naive, ids } = play(list);
      for (const order of naive.orders) {
        const before = naive.orders.filter(
          (other) =>
            other.side === order.side &&
            (other.c === order.c
              ? naive.orders.indexOf(other) < naive.orders.indexOf(order)
              : order.side === 'bid'
                ? other.c > order.c
                : other.c < order.c),
        );
        const view = floor.events.find((event) => event.type === 'order' && event.order.orderId === ids.get(order.tag));
        if (view?.type !== 'order') throw new Error('a resting order was told');
        expect(floor.exchange.queuePosition(view.account, view.order.orderId)?.ahead).toBe(
          lots(before.reduce((total, other) => total + other.left, 0)),
        );
      }
    }),
    { numRuns: 100 },
  );
});

interface Wild {
  readonly who: number;
  readonly side: BookSide;
  readonly price: number;
  readonly size: number;
  readonly kind: 'gtc' | 'ioc' | 'fok' | 'post' | 'reduce';
  readonly stp: boolean;
  readonly pick: number;
  readonly after: 'nothing' | 'cancel' | 'amend' | 'all';
}

const wild = fc.array(
  fc.record<Wild>({
    who: fc.nat(3),
    side: fc.constantFrom<BookSide>('bid', 'ask'),
    price: fc.integer({ min: 1, max: 999 }),
    size: fc.integer({ min: 1, max: 3000 }),
    kind: fc.constantFrom('gtc', 'gtc', 'ioc', 'fok', 'post', 'reduce'),
    stp: fc.boolean(),
    pick: fc.nat(),
    after: fc.constantFrom('nothing', 'nothing', 'cancel', 'amend', 'all'),
  }),
  { minLength: 5, maxLength: 80, size: 'max' },
);

const POOR = [3, 8, 20, 200];

/** Poor accounts of both kinds, prices over the whole grid, fractions, every kind of order. */
const rumble = (list: readonly Wild[], feeHold: 'none' | 'at-limit-price'): { floor: Floor; accounts: AccountId[] } => {
  const floor = new Floor({ structure: 'deci_cent', fees: 'quadratic_with_maker_fees', switches: { feeHold } });
  const accounts = POOR.map((dollars, i) => floor.account(dollars, `poor ${i}`, cash(i % 2 === 0 ? 100 : 10_000)));
  for (const step of list) {
    const account = nth(accounts, step.who);
    floor.exchange.createOrder(account, {
      ...floor.request(step.side, 50, 1),
      price: price(step.price * 10),
      quantity: quantity(step.size),
      timeInForce:
        step.kind === 'ioc' || step.kind === 'reduce'
          ? 'immediate-or-cancel'
          : step.kind === 'fok'
            ? 'fill-or-kill'
            : 'good-till-cancelled',
      postOnly: step.kind === 'post',
      reduceOnly: step.kind === 'reduce',
      selfTrade: step.stp ? 'maker' : 'taker-at-cross',
    });
    const mine = floor.exchange.orders(account, { status: 'resting' });
    const order = mine[step.pick % Math.max(mine.length, 1)];
    if (order === undefined) continue;
    if (step.after === 'cancel') floor.exchange.cancelOrder(account, floor.address(order.orderId));
    if (step.after === 'all') floor.exchange.cancelAll(account, null);
    if (step.after === 'amend')
      floor.exchange.amendOrder(account, {
        ...floor.address(order.orderId),
        ticker: A,
        side: order.side,
        price: price(step.price * 10),
        total: quantity(order.filled + step.size),
        clientOrderId: null,
        updatedClientOrderId: null,
      });
  }
  return { floor, accounts };
};

test.each(['none', 'at-limit-price'] as const)(
  'money is conserved and no book is crossed, whatever poor accounts try (fee hold: %s)',
  (feeHold) => {
    fc.assert(
      fc.property(wild, fc.constantFrom('yes', 'no', 'scalar'), fc.integer({ min: 0, max: 10_000 }), (list, kind, value) => {
        const { floor } = rumble(list, feeHold);
        floor.exchange.audit();
        floor.exchange.act({ type: 'determine', ticker: A, result: kind === 'scalar' ? { kind, value: price(value) } : { kind } });
        floor.pass(60);
        floor.exchange.audit();
      }),
      { numRuns: 150 },
    );
  },
);

test('what an account earned is its realized result less its fees, to the last millionth', () => {
  fc.assert(
    fc.property(wild, (list) => {
      const { floor, accounts } = rumble(list, 'at-limit-price');
      floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'yes' } });
      floor.pass(60);
      for (const [i, account] of accounts.entries()) {
        const [position] = floor.exchange.positions(account, { settlement: 'all' }).markets;
        const earned = (position?.realized ?? 0) - (position?.fees ?? 0);
        expect(floor.exchange.balance(account, { shard: 0 }).balance).toBe(usd(POOR[i] ?? 0) + earned);
      }
    }),
    { numRuns: 100 },
  );
});

test('time in one leap or in many steps gives the same expiries, closes and settlements', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ side: fc.constantFrom<BookSide>('bid', 'ask'), c, life: fc.integer({ min: 1, max: 5000 }) }), {
        maxLength: 12,
        size: 'max',
      }),
      fc.array(fc.integer({ min: 1, max: 900_000_000 }), { maxLength: 30, size: 'max' }),
      (orders, leaps) => {
        const run = (inSteps: boolean): string[] => {
          const floor = new Floor({ result: { kind: 'scalar', value: price(3333) } });
          const accounts = [floor.account(), floor.account()];
          for (const [i, order] of orders.entries())
            floor.send(nth(accounts, i % 2), order.side, order.c, 1, { expiresAt: later(START, seconds(order.life)) });
          if (inSteps) for (const leap of leaps) if (floor.exchange.now + leap < later(START, seconds(7200))) floor.pass(leap / 1e6);
          floor.exchange.advance(later(START, seconds(7200)));
          expect(floor.exchange.market(A)?.status).toBe('finalized');
          return floor.events.map((event: ExchangeEvent) => truthLine(event, START) ?? '');
        };
        expect(run(true)).toEqual(run(false));
      },
    ),
    { numRuns: 50 },
  );
});
