/** One order against a small exchange whose answers, stream and fills reach us in any interleaving, some answers never. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountReading } from '../../../src/domain/events.js';
import { seconds, UNKNOWN_TIME } from '../../../src/domain/units.js';
import { Orders } from '../../../src/execution/orders.js';
import {
  ONE,
  accepted,
  amend,
  amended,
  at,
  cancel,
  cancelled,
  decrease,
  fill,
  id,
  lots,
  place,
  reading,
  refused,
  unanswered,
  update,
  venueOrder,
} from './facts.js';
import type { FillReport } from '../../../src/domain/order.js';

type Message = (orders: Orders, when: number) => void;
type Kind = 'place' | 'amend' | 'decrease' | 'cancel';

/** The truth: one order at an exchange, and the three roads on which word of it travels. */
class SmallExchange {
  status: 'none' | 'resting' | 'cancelled' | 'executed' = 'none';
  price = 50;
  total = 0;
  filled = 0;
  readonly fills: FillReport[] = [];
  /** Requests on their way to the exchange, answers on their way back: any order. Stream and fills: each in its own order. */
  readonly requests: (() => void)[] = [];
  readonly answers: Message[] = [];
  readonly stream: Message[] = [];
  readonly fillWords: Message[] = [];
  #fillCount = 0;

  constructor(
    private readonly hasStream: boolean,
    private readonly loses: () => boolean,
  ) {}

  get remaining(): number {
    return this.status === 'resting' ? this.total - this.filled : 0;
  }

  request(kind: Kind, price: number, size: number): void {
    this.requests.push(() => this.#process(kind, price, size));
  }

  trade(size: number): void {
    if (this.status !== 'resting') return;
    const taken = Math.min(size, this.remaining);
    this.filled += taken;
    if (this.filled === this.total) this.status = 'executed';
    const report = fill(`f${++this.#fillCount}`, taken, { clientId: this.#fillCount % 3 === 0 ? null : id(1) });
    this.fills.push(report);
    this.fillWords.push((orders, when) => void orders.filled(report, at(when)));
    if (this.#fillCount % 2 === 0) this.fillWords.push((orders, when) => void orders.filled(report, at(when)));
    this.#publish();
  }

  #publish(): void {
    if (!this.hasStream || this.status === 'none') return;
    const told = { status: this.status, at: this.price, filled: this.filled, remaining: this.remaining };
    this.stream.push((orders, when) => void orders.update(update(told, when)));
  }

  #answer(kind: Kind, answer: Message): void {
    this.answers.push(this.loses() ? (orders, when) => void orders.unknown(unanswered(1, kind, when)) : answer);
  }

  #process(kind: Kind, price: number, size: number): void {
    if (kind === 'place') {
      this.#place(price, size);
      return;
    }
    if (this.status !== 'resting') {
      this.#answer(kind, (orders, when) => void orders.refused(refused(1, kind, 'not-found', when)));
      return;
    }
    if (kind === 'cancel') {
      const reducedBy = this.remaining;
      this.status = 'cancelled';
      this.#answer(kind, (orders, when) => void orders.cancelled(cancelled(1, reducedBy, when)));
    } else if (kind === 'amend' && size <= this.filled) {
      this.#answer(kind, (orders, when) => void orders.refused(refused(1, kind, 'other', when)));
      return;
    } else {
      if (kind === 'amend') [this.price, this.total] = [price, size];
      else this.total = this.filled + Math.min(size, this.remaining);
      const left = this.remaining;
      this.#answer(kind, (orders, when) => void orders.amended(amended(1, left, when)));
    }
    this.#publish();
  }

  #place(price: number, size: number): void {
    if (price >= 54) {
      this.#answer('place', (orders, when) => void orders.refused(refused(1, 'place', 'post-only-cross', when)));
      return;
    }
    this.status = 'resting';
    this.price = price;
    // Now and then a part is cancelled on arrival.
    this.total = price === 46 ? size - 1 : size;
    const left = this.total;
    this.#answer('place', (orders, when) => void orders.accepted(accepted(1, 0, left, when)));
    this.#publish();
  }

  reading(validUntil: number): AccountReading {
    const told = venueOrder({ at: this.price, filled: this.filled, remaining: this.remaining });
    return reading({ validUntil: at(validUntil), resting: this.status === 'resting' ? [told] : [], fills: this.fills });
  }
}

interface Run {
  readonly choices: readonly number[];
  readonly lost: readonly boolean[];
  readonly hasStream: boolean;
}

const runs = fc.record({
  choices: fc.array(fc.nat({ max: 9999 }), { minLength: 5, maxLength: 60, size: 'max' }),
  lost: fc.array(
    fc.nat({ max: 3 }).map((n) => n === 0),
    { minLength: 1, maxLength: 8 },
  ),
  hasStream: fc.boolean(),
});

/** Lets us send something sensible for the phase the order is in. */
const act = (orders: Orders, exchange: SmallExchange, choice: number, when: number): void => {
  const order = orders.find(id(1));
  if (order === null) return;
  const price = 46 + (choice % 5);
  if (order.phase === 'resting' && choice % 3 === 0) {
    const total = 1 + (choice % 14);
    if (lots(total) <= order.booked || (lots(total) === order.total && price === 50)) return;
    orders.sent(amend(1, price, total), at(when));
    exchange.request('amend', price, total);
  } else if (order.phase === 'resting' && choice % 3 === 1) {
    const left = 1 + (choice % 4);
    if (lots(left) >= order.remaining) return;
    orders.sent(decrease(1, left), at(when));
    exchange.request('decrease', 0, left);
  } else if (order.cancellable && choice % 7 === 0) {
    orders.sent(cancel(1), at(when));
    exchange.request('cancel', 0, 0);
  }
};

const takeAny = <T>(list: T[], choice: number): T | undefined => list.splice(choice % Math.max(1, list.length), 1)[0];

const assertSafe = (orders: Orders, exchange: SmallExchange): void => {
  const order = orders.find(id(1));
  const booked = order?.booked ?? 0;
  const mayStillArrive = lots(exchange.filled + exchange.remaining) - booked;
  expect(orders.exposure(ONE, 'bid')).toBeGreaterThanOrEqual(mayStillArrive);
  orders.assertConsistent();
};

const play = (run: Run): { readonly orders: Orders; readonly exchange: SmallExchange } => {
  const orders = new Orders({ prefix: 'kmm' });
  let answers = 0;
  const exchange = new SmallExchange(run.hasStream, () => run.lost[answers++ % run.lost.length] ?? false);
  const first = run.choices[0] ?? 0;
  const price = 46 + (first % 9);
  orders.sent(place({ at: price, size: 10 }), at(0));
  exchange.request('place', price, 10);
  let when = 0;
  for (const choice of run.choices) {
    when += 0.01;
    const pick = Math.floor(choice / 100) % 6;
    if (pick === 0) takeAny(exchange.requests, choice)?.();
    else if (pick === 1) takeAny(exchange.answers, choice)?.(orders, when);
    else if (pick === 2) exchange.stream.shift()?.(orders, when);
    else if (pick === 3) exchange.fillWords.shift()?.(orders, when);
    else if (pick === 4) exchange.trade(1 + (choice % 5));
    else act(orders, exchange, choice, when);
    assertSafe(orders, exchange);
  }
  for (const request of exchange.requests.splice(0)) request();
  deliverAll(orders, exchange, when);
  return { orders, exchange };
};

const deliverAll = (orders: Orders, exchange: SmallExchange, when: number): void => {
  for (let turn = 0; exchange.answers.length + exchange.stream.length + exchange.fillWords.length > 0; turn++) {
    const road = turn % 3;
    if (road === 0) exchange.answers.shift()?.(orders, when);
    else if (road === 1) exchange.stream.shift()?.(orders, when);
    else exchange.fillWords.shift()?.(orders, when);
    assertSafe(orders, exchange);
  }
};

describe('whatever the order in which word arrives', () => {
  test('the worst case is never less than what can still come, and a proven reading makes it exact', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { orders, exchange } = play(run);
        orders.timeouts(at(10), seconds(5));
        assertSafe(orders, exchange);
        orders.reconcile(exchange.reading(19), at(20), { margin: seconds(1), fillsSince: at(-10) });
        // An order that the first reading proved ended was ended by it: only a later one proves that no fill of it is missing.
        orders.reconcile(exchange.reading(29), at(30), { margin: seconds(1), fillsSince: at(-10) });
        orders.assertConsistent();
        const order = orders.find(id(1));
        const booked = exchange.fills.reduce((sum, report) => sum + report.quantity, 0);
        expect(orders.exposure(ONE, 'bid')).toBe(lots(exchange.remaining));
        expect(order?.phase).toBe(exchange.status === 'resting' ? 'resting' : 'done');
        if (exchange.status === 'resting')
          expect([order?.remaining, order?.total, order?.booked]).toEqual([lots(exchange.remaining), lots(exchange.total), booked]);
      }),
      { numRuns: 1500 },
    );
  });

  test('with the stream and without losses no reading is needed', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { orders, exchange } = play({ ...run, hasStream: true, lost: [false] });
        const order = orders.find(id(1));
        if (exchange.status === 'none') expect(order?.doneReason).toBe('rejected');
        else if (order?.phase !== 'unknown') {
          expect(orders.exposure(ONE, 'bid')).toBe(lots(exchange.remaining));
          expect(order?.phase).toBe(exchange.status === 'resting' ? 'resting' : 'done');
        } else expect(orders.exposure(ONE, 'bid')).toBeGreaterThanOrEqual(lots(exchange.remaining));
      }),
      { numRuns: 1500 },
    );
  });

  test('a reading that proves nothing changes no worst case', () => {
    fc.assert(
      fc.property(runs, fc.constantFrom('incomplete', 'unvouched', 'too old'), (run, flaw) => {
        const { orders, exchange } = play(run);
        orders.timeouts(at(10), seconds(5));
        const before = orders.exposure(ONE, 'bid');
        const told = exchange.reading(19);
        const flawed: AccountReading =
          flaw === 'incomplete'
            ? { ...told, complete: false, resting: [] }
            : { ...told, resting: [], validUntil: flaw === 'unvouched' ? UNKNOWN_TIME : at(-5) };
        orders.reconcile(flawed, at(20), { margin: seconds(1), fillsSince: at(-10) });
        expect(orders.exposure(ONE, 'bid')).toBe(before);
      }),
      { numRuns: 300 },
    );
  });
});
