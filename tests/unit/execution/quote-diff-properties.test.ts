/** The difference, applied to a model of the exchange until nothing more is to do, reaches the target with no more calls than cancelling all and placing all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientIds } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { Place, VenueCommand } from '../../../src/domain/order.js';
import type { ExecutionSettings } from '../../../src/domain/settings.js';
import { durationUs, later, seconds, subtractQuantity, type EpochUs } from '../../../src/domain/units.js';
import type { Quote, Target } from '../../../src/domain/view.js';
import { Orders } from '../../../src/execution/orders.js';
import { QuoteDiff, type AmendPolicy } from '../../../src/execution/quote-diff.js';
import type { WorkingOrder } from '../../../src/execution/working-order.js';
import { ONE, at, cents, fill, lots, market, place } from './facts.js';
import { venueOrderId } from '../../../src/domain/ids.js';

const SETTINGS: ExecutionSettings = {
  debounceTicks: 2,
  debounce: seconds(1),
  selfTrade: 'taker-at-cross',
  postOnly: true,
  cancelOnPause: true,
  orderLife: null,
};
const SIDES = ['bid', 'ask'] as const;

/** Answers every command at once, as the exchange would. */
const carryOut = (orders: Orders, command: VenueCommand, now: EpochUs): void => {
  orders.sent(command, now);
  const orderId = command.type === 'place' ? venueOrderId(`v-${command.clientId}`) : command.orderId;
  const answer = { at: now, clientId: command.clientId, orderId };
  const before = orders.find(command.clientId);
  switch (command.type) {
    case 'place':
      orders.accepted({ type: 'order-accepted', ...answer, filled: lots(0), remaining: command.quantity, exchangeAt: now });
      return;
    case 'amend':
      orders.amended({ type: 'order-amended', ...answer, remaining: subtractQuantity(command.total, before?.filled ?? lots(0)) });
      return;
    case 'decrease':
      orders.amended({ type: 'order-amended', ...answer, remaining: command.remaining });
      return;
    case 'cancel':
      orders.cancelled({ type: 'order-cancelled', ...answer, reducedBy: before?.remaining ?? lots(0) });
      return;
  }
};

interface Working {
  readonly side: BookSide;
  readonly at: number;
  readonly size: number;
  readonly filled: number;
}

const working = (side: BookSide): fc.Arbitrary<Working> =>
  fc.record({
    side: fc.constant(side),
    at: side === 'bid' ? fc.integer({ min: 1, max: 49 }) : fc.integer({ min: 50, max: 99 }),
    size: fc.integer({ min: 1, max: 20 }),
    filled: fc.integer({ min: 0, max: 5 }),
  });

const wanted = fc
  .tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map(([bid, gap, bidSize, askSize]) => ({
    bid: { price: cents(bid), size: lots(bidSize) },
    ask: { price: cents(Math.min(99, bid + gap)), size: lots(askSize) },
  }));

const scenes = fc.record({
  works: fc
    .tuple(fc.array(working('bid'), { maxLength: 3 }), fc.array(working('ask'), { maxLength: 3 }))
    .map(([bids, asks]) => [...bids, ...asks]),
  wanted,
  sides: fc.constantFrom<readonly BookSide[]>(['bid', 'ask'], ['bid'], ['ask'], []),
  amends: fc.constantFrom<AmendPolicy>('never', 'retreat', 'always'),
  debounce: fc.constantFrom(0, 1),
});

interface Scene {
  readonly works: readonly Working[];
  readonly wanted: { readonly bid: Quote; readonly ask: Quote };
  readonly sides: readonly BookSide[];
  readonly amends: AmendPolicy;
  readonly debounce: number;
}

const WHY = { code: 'test', text: 'not wanted here' };
const targetOf = (scene: Scene): Target => ({
  bid: scene.sides.includes('bid') ? scene.wanted.bid : null,
  ask: scene.sides.includes('ask') ? scene.wanted.ask : null,
  noBid: scene.sides.includes('bid') ? null : WHY,
  noAsk: scene.sides.includes('ask') ? null : WHY,
  fair: null,
  reservation: null,
});

class Stage {
  readonly orders = new Orders({ prefix: 'kmm' });
  readonly diff: QuoteDiff;
  readonly target: Target;
  now = at(100);

  constructor(scene: Scene) {
    const settings = { ...SETTINGS, debounce: durationUs(scene.debounce * seconds(1)) };
    this.diff = new QuoteDiff(settings, new ClientIds('kmm', 'r1', 1000), scene.amends);
    this.target = targetOf(scene);
    for (const [n, order] of scene.works.entries()) {
      const size = order.size + order.filled;
      const command: Place = place({ n, side: order.side, at: order.at, size });
      carryOut(this.orders, command, at(1));
      if (order.filled === 0) continue;
      const report = fill(`f${n}`, order.filled, { n, side: order.side });
      this.orders.filled({ ...report, orderId: venueOrderId(`v-${command.clientId}`) }, at(2));
    }
  }

  own(side: BookSide): readonly WorkingOrder[] {
    return this.orders.forMarket(ONE, side);
  }

  next(): readonly VenueCommand[] {
    return this.diff.diff({
      index: ONE,
      market: market(),
      target: this.target,
      bids: this.own('bid'),
      asks: this.own('ask'),
      bestBid: null,
      bestAsk: null,
      now: this.now,
      group: null,
      expiresAt: null,
    }).commands;
  }

  /** Diffs and carries out until the target is reached. @returns all commands */
  settle(): readonly VenueCommand[] {
    const all: VenueCommand[] = [];
    for (let round = 0; round < 6; round++) {
      const commands = [...this.next()];
      for (const command of commands) carryOut(this.orders, command, this.now);
      all.push(...commands);
      this.now = later(this.now, seconds(2));
    }
    return all;
  }

  works(side: BookSide): readonly (readonly number[])[] {
    return this.own(side).map((order) => [order.price, order.remaining]);
  }
}

const rowsOf = (quote: Quote | null): readonly (readonly number[])[] => (quote === null ? [] : [[quote.price, quote.size]]);

/** Commands of cancelling everything and placing everything. */
const naive = (scene: Scene): number => scene.works.length + scene.sides.length;

describe('for any working orders and any target', () => {
  test('the commands lead to the target and then stop', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const stage = new Stage(scene);
        stage.settle();
        for (const side of SIDES) expect(stage.works(side)).toEqual(rowsOf(side === 'bid' ? stage.target.bid : stage.target.ask));
        expect(stage.next()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('there are never more of them than cancel all and place all would need', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        expect(new Stage(scene).settle().length).toBeLessThanOrEqual(naive(scene));
      }),
      { numRuns: 500 },
    );
  });

  test('a side has at most one order beside those that are being cancelled, and our own sides never meet', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const stage = new Stage({ ...scene, works: scene.works.slice(0, 1) });
        for (let round = 0; round < 4; round++) {
          // Nothing is answered: everything stays in flight.
          for (const command of stage.next()) stage.orders.sent(command, stage.now);
          for (const side of SIDES)
            expect(stage.own(side).filter((order) => order.phase !== 'pending-cancel').length).toBeLessThanOrEqual(1);
          for (const bid of stage.own('bid')) for (const ask of stage.own('ask')) expect(bid.worstPrice).toBeLessThan(ask.worstPrice);
          stage.now = later(stage.now, seconds(2));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('cancels go first, then decreases, amends and placements', () => {
    const rank = { cancel: 0, decrease: 1, amend: 2, place: 3 } as const;
    fc.assert(
      fc.property(scenes, (scene) => {
        const ranks = new Stage(scene).next().map((command) => rank[command.type]);
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
