/** What must hold on paper whatever the market does and whatever we send. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { QUADRATIC } from '../../../src/domain/fees.js';
import { venueOrderId } from '../../../src/domain/ids.js';
import { opposite } from '../../../src/domain/market.js';
import { millis, parseCash, type EpochUs } from '../../../src/domain/units.js';
import type { CancelRule, FillModel } from '../../../src/paper/paper-settings.js';
import { PaperDesk } from './paper-desk.js';

const side = fc.constantFrom('bid' as const, 'ask' as const);
/** Bids from 42 downwards, asks from 43 upwards, and now and then one that crosses. */
const where = fc
  .record({ side, away: fc.integer({ min: -1, max: 3 }) })
  .map(({ side: of, away }) => ({ side: of, c: of === 'bid' ? 42 - away : 43 + away }));
const n = fc.integer({ min: 1, max: 60 });
const sized = <const Name extends string>(name: Name) =>
  fc.record({ at: where, n }).map(({ at, n: size }) => ({ do: name, ...at, n: size }));

type Move =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'delta' | 'trade' | 'print' | 'place' | 'take'; readonly side: 'bid' | 'ask'; readonly c: number; readonly n: number }
  | { readonly do: 'cancel' | 'decrease' | 'amend'; readonly number: number; readonly c: number; readonly n: number }
  | { readonly do: 'lost' | 'book' };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
  sized('delta'),
  sized('delta'),
  // The side of a trade is the taker's: he takes what rests on the other.
  sized('trade').map((each) => ({ ...each, side: opposite(each.side) })),
  sized('print').map((each) => ({ ...each, side: opposite(each.side) })),
  sized('place'),
  sized('place'),
  sized('take').map((each) => ({ ...each, side: opposite(each.side) })),
  fc
    .record({
      do: fc.constantFrom('cancel' as const, 'decrease' as const, 'amend' as const),
      number: fc.integer({ min: 1, max: 12 }),
      at: where,
      n,
    })
    .map(({ at, ...rest }) => ({ ...rest, c: at.c })),
  fc.record({ do: fc.constantFrom('lost' as const, 'book' as const) }),
);

/** The public book as plain numbers, so that nobody takes away what is not there. */
class Mirror {
  readonly #sizes = new Map<string, number>();

  reset(): void {
    this.#sizes.clear();
    this.#sizes.set('bid 40', 100).set('ask 45', 100);
  }

  add(of: 'bid' | 'ask', at: number, size: number): void {
    this.#sizes.set(`${of} ${at}`, (this.#sizes.get(`${of} ${at}`) ?? 0) + size);
  }

  /** @returns how much of it there was to take */
  take(of: 'bid' | 'ask', at: number, size: number): number {
    const there = Math.min(this.#sizes.get(`${of} ${at}`) ?? 0, size);
    this.add(of, at, -there);
    return there;
  }
}

interface Order {
  readonly side: 'bid' | 'ask';
  arrived: EpochUs;
  gone: EpochUs | null;
}

/** Follows the facts of a desk from its commands' arrival on. */
class Follower {
  readonly orders = new Map<string, Order>();
  cash = 0;
  position = 0;
  /** Contracts that orders at rest have traded since the last look. */
  maker = 0;
  fills = 0;

  take(facts: readonly EngineEvent[], sides: ReadonlyMap<string, 'bid' | 'ask'>): void {
    for (const fact of facts) {
      if (fact.type === 'order-accepted') {
        const placed = sides.get(fact.clientId);
        if (placed === undefined) throw new Error('an answer to nobody');
        this.orders.set(fact.orderId, { side: placed, arrived: fact.at, gone: null });
      } else if (fact.type === 'order-cancelled') (this.orders.get(fact.orderId) as Order).gone = fact.at;
      else if (fact.type === 'fill') {
        const { fill } = fact;
        const order = this.orders.get(fill.orderId);
        // Neither before it arrived nor after it was cancelled.
        if (order?.side !== fill.side || order.gone !== null || fact.at < order.arrived) throw new Error(`out of time: ${fill.fillId}`);
        const sign = fill.side === 'bid' ? 1 : -1;
        this.position += sign * fill.quantity;
        this.cash -= sign * fill.price * fill.quantity + fill.fee;
        if (fill.positionAfter !== this.position) throw new Error(`position ${fill.positionAfter}, counted ${this.position}`);
        this.fills++;
        if (fill.role === 'maker') this.maker += fill.quantity;
      }
    }
  }
}

test('no fill without volume, none out of time, places only get better, and every cent and contract is accounted for', () => {
  let fills = 0;
  fc.assert(
    fc.property(
      fc.constantFrom<FillModel>('optimistic', 'queue', 'pessimistic'),
      fc.constantFrom<CancelRule>('by-size', 'split', 'behind', 'ahead'),
      fc.constantFrom(0, 30),
      fc.array(move, { minLength: 10, maxLength: 120 }),
      (model, cancels, latency, moves) => {
        const balance = parseCash('100000');
        const desk = new PaperDesk({ fills: model, cancels, latency: millis(latency), balance }, { fees: QUADRATIC });
        const follower = new Follower();
        const sides = new Map<string, 'bid' | 'ask'>();
        const places = new Map<string, number>();
        let placed = 0;
        const mirror = new Mirror();
        mirror.reset();
        const look = (mayGrow: string | null): void => {
          follower.take(desk.facts.splice(0), sides);
          for (let i = 1; i <= placed; i++) {
            const id = `paper-${i}`;
            const ahead = desk.ahead(venueOrderId(id));
            if (ahead === null) places.delete(id);
            else {
              if (id !== mayGrow && latency === 0) expect(ahead).toBeLessThanOrEqual(places.get(id) ?? Infinity);
              places.set(id, ahead);
            }
          }
        };
        for (const each of moves) {
          follower.maker = 0;
          let volume = 0;
          let amended: string | null = null;
          switch (each.do) {
            case 'wait':
              desk.wait(each.ms);
              break;
            case 'delta':
              if (each.n % 2 === 0) {
                mirror.add(each.side, each.c, each.n);
                desk.delta(each.side, each.c, each.n);
                volume = each.n;
              } else {
                const gone = mirror.take(each.side, each.c, each.n);
                if (gone > 0) desk.delta(each.side, each.c, -gone);
              }
              break;
            case 'print':
              desk.trade(each.side, each.c, each.n);
              volume = each.n;
              break;
            case 'trade': {
              const resting = each.side === 'bid' ? 'ask' : 'bid';
              volume = mirror.take(resting, each.c, each.n);
              if (volume > 0) desk.delta(resting, each.c, -volume).trade(each.side, each.c, volume);
              break;
            }
            case 'place':
            case 'take':
              sides.set(`kmm-t-${++placed}`, each.side);
              if (each.do === 'place') desk.place(each.side, each.c, each.n);
              else desk.take(each.side, each.c, each.n);
              break;
            case 'cancel':
              desk.cancel(venueOrderId(`paper-${each.number}`));
              break;
            case 'decrease':
              desk.decrease(venueOrderId(`paper-${each.number}`), each.n);
              break;
            case 'amend':
              amended = `paper-${each.number}`;
              desk.amend(venueOrderId(amended), follower.orders.get(amended)?.side ?? 'bid', each.c, each.n);
              break;
            case 'lost':
              desk.lost();
              break;
            case 'book':
              mirror.reset();
              desk.book([[40, 100]], [[45, 100]]);
              volume = 200;
              break;
          }
          look(amended);
          expect(follower.maker).toBeLessThanOrEqual(volume * 100);
          const short = follower.position < 0 ? -follower.position * 10_000 : 0;
          expect(desk.venue.balance).toBe(balance + follower.cash - short);
        }
        fills += follower.fills;
      },
    ),
    { numRuns: 400, seed: 21 },
  );
  expect(fills).toBeGreaterThan(200);
});
