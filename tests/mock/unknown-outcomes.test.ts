/** Placements whose answers are lost, with reads that lag: how long until the outcome is known, and that nothing is placed in its stead before. */
import { describe, expect, test } from 'vitest';
import { SeededChance } from '../../src/domain/chance.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { marketIndex, venueOrderId, type VenueOrderId } from '../../src/domain/ids.js';
import type { Place, VenueCommand } from '../../src/domain/order.js';
import {
  durationUs,
  later,
  millis,
  parseCash,
  quantity,
  seconds,
  toSeconds,
  type DurationUs,
  type EpochUs,
} from '../../src/domain/units.js';
import { TestBot } from '../support/bot.js';
import { ENGINE } from '../support/settings.js';

const M = marketIndex(0);

interface Order {
  readonly place: Place;
  readonly id: VenueOrderId;
  readonly bornAt: EpochUs;
  endedAt: EpochUs | null;
}

/** Log-normal: median 0.4 s, one in a hundred above 2 s, none above 5 s. */
const lagOf = (chance: SeededChance): DurationUs => {
  const normal = Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
  return seconds(Math.min(5, 0.4 * Math.exp(0.692 * normal)));
};

/** An exchange that loses answers and whose reads lag; each read shows the account as it was at the moment it is vouched for. */
class LaggingExchange {
  readonly bot: TestBot;
  readonly orders: Order[] = [];
  readonly sent: VenueCommand[] = [];
  readonly requests: { readonly at: EpochUs; readonly scope: string }[] = [];
  /** Answers to placements are lost with this chance, half of them after the order got in. */
  loss = 0;
  #asOf = 0;
  #later: { readonly at: EpochUs; readonly run: () => void }[] = [];
  #ids = 0;

  constructor(readonly chance: SeededChance) {
    this.bot = new TestBot({
      parts: { bookHasOwnOrders: true, engine: { ...ENGINE, fillsEvery: seconds(3), reconcileEvery: seconds(15) } },
      intercept: (_venue, offer) => ({
        send: (call) => call.commands.forEach((command) => this.#take(command, offer)),
        readAccount: ({ request, scope }) => {
          this.requests.push({ at: this.bot.now, scope: scope ?? 'all' });
          this.after(millis(30), () => {
            this.#asOf = Math.max(this.#asOf, this.bot.now - lagOf(this.chance));
            const asOf = this.#asOf as EpochUs;
            offer({
              type: 'account-reading',
              at: this.bot.now,
              request,
              complete: true,
              validUntil: asOf,
              resting: this.orders
                .filter(({ bornAt, endedAt }) => bornAt <= asOf && (endedAt === null || endedAt > asOf))
                .map(({ place, id }) => ({
                  orderId: id,
                  clientId: place.clientId,
                  market: M,
                  side: place.side,
                  price: place.price,
                  initial: place.quantity,
                  filled: quantity(0),
                  remaining: place.quantity,
                  status: 'resting',
                  expiresAt: null,
                  group: null,
                })),
              positions: [],
              fills: [],
              balance: parseCash('0'),
              foreign: 0,
              ...(scope === undefined ? {} : { scope }),
            });
          });
        },
      }),
    });
  }

  after(span: DurationUs, run: () => void): void {
    this.#later.push({ at: later(this.bot.now, span), run });
  }

  #take(command: VenueCommand, offer: (event: EngineEvent) => void): void {
    this.sent.push(command);
    const at = this.bot.now;
    if (command.type === 'cancel') {
      const order = this.orders.find(({ id }) => id === command.orderId);
      if (order !== undefined) order.endedAt = at;
      this.after(millis(20), () =>
        offer({
          type: 'order-cancelled',
          at: this.bot.now,
          clientId: command.clientId,
          orderId: command.orderId,
          reducedBy: quantity(1000),
        }),
      );
    }
    if (command.type !== 'place') return;
    const lost = this.chance.next() < this.loss;
    const gotIn = !lost || this.chance.next() < 0.5;
    const id = venueOrderId(`o${++this.#ids}`);
    if (gotIn) this.orders.push({ place: command, id, bornAt: at, endedAt: null });
    this.after(millis(20), () => {
      const now = this.bot.now;
      if (lost) offer({ type: 'command-unknown', at: now, command: 'place', clientId: command.clientId, reason: 'HTTP 503' });
      else
        offer({
          type: 'order-accepted',
          at: now,
          clientId: command.clientId,
          orderId: id,
          filled: quantity(0),
          remaining: command.quantity,
          exchangeAt: now,
        });
    });
  }

  pass(span: DurationUs): this {
    const end = later(this.bot.now, span);
    while (this.bot.now < end) {
      this.bot.now = later(this.bot.now, millis(10));
      const due = this.#later.filter(({ at }) => at <= this.bot.now);
      this.#later = this.#later.filter(({ at }) => at > this.bot.now);
      for (const { run } of due) run();
      if (this.bot.now % 100_000 === 0) this.bot.give({ type: 'tick', at: this.bot.now });
      if (due.length > 0 || this.bot.now % 100_000 === 0) this.bot.settle();
    }
    return this;
  }

  start(): this {
    this.bot.give({ type: 'feed-up', at: this.bot.now }).settle();
    this.bot.book(0, [[45, 100]], [[55, 100]]);
    return this.pass(seconds(4));
  }
}

describe('outcomes that are not known', () => {
  const world = new LaggingExchange(new SeededChance(7)).start();
  const { outcomes, orders } = world.bot.engine.state;
  world.loss = 0.5;
  const doubles: string[] = [];
  for (let round = 0; round < 150; round++) {
    // The mid moves by more than any debounce: both quotes must be placed anew, as soon as they may.
    const mid = 40 + ((round * 7) % 20);
    world.bot.book(0, [[mid - 5, 100]], [[mid + 5, 100]]);
    world.pass(seconds(6));
    for (const side of ['bid', 'ask'] as const) {
      const real = world.orders.filter(({ place, endedAt }) => place.side === side && endedAt === null);
      const believed = orders.forMarket(M, side).length;
      if (real.length > Math.max(1, believed)) doubles.push(`round ${round}: ${real.length} ${side}s rest, ${believed} are known`);
    }
  }
  world.loss = 0;
  world.pass(seconds(30));

  test('are resolved within three seconds at the 99th percentile, and within ten at worst', () => {
    expect(outcomes.resolved).toBeGreaterThan(100);
    expect(outcomes.open).toBe(0);
    const spans = [...outcomes.spans].map(toSeconds).toSorted((a, b) => a - b);
    const p99 = spans[Math.floor(spans.length * 0.99)] as number;
    expect(p99).toBeLessThanOrEqual(3);
    expect(toSeconds(outcomes.longest)).toBeLessThanOrEqual(10);
  });

  test('leave no order behind that nobody knows, and none is placed in the stead of one that may rest', () => {
    expect(doubles).toEqual([]);
    const resting = world.orders.filter(({ endedAt }) => endedAt === null).map(({ place }) => place.clientId);
    expect(resting.toSorted()).toEqual(
      orders
        .live()
        .map((order) => order.clientId)
        .toSorted(),
    );
  });

  test('are looked up at once, by the cheap reading', () => {
    const unknown = world.bot.steps.find(({ event }) => event.type === 'command-unknown');
    expect(unknown?.actions).toContainEqual(expect.objectContaining({ type: 'request-account', scope: 'orders' }));
  });

  test('with nothing unknown the readings cost less than a twelfth of the smallest budget', () => {
    const from = world.bot.now;
    world.pass(seconds(60));
    const tokens = world.requests.filter(({ at }) => at > from).reduce((sum, { scope }) => sum + (scope === 'all' ? 50 : 30), 0);
    // Basic: 200 tokens a second.
    expect(tokens).toBeLessThanOrEqual((200 * 60) / 12);
  });
});

test('a fill that the stream lost is found within ten seconds, however the reads lag', () => {
  const world = new LaggingExchange(new SeededChance(3));
  expect(ENGINE.proofMargin).toBe(durationUs(250_000));
  world.start().pass(seconds(30));
  const light = world.requests.filter(({ scope }) => scope === 'orders').map(({ at }) => at);
  const gaps = world.requests.slice(1).map(({ at }, i) => toSeconds(durationUs(at - (world.requests[i]?.at ?? at))));
  expect(light.length).toBeGreaterThan(5);
  // Every reading lists fills: the distance of two, the worst lag of five seconds and the way of an answer lie within ten.
  expect(Math.max(...gaps) + 5 + 1).toBeLessThan(10);
});
