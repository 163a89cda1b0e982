/** A whole bot on a paper venue in virtual time: the production loop and engine, with facts given by hand. */
import type { Decision, EngineAction, Halt, Say, Stopped } from '../../src/domain/actions.js';
import { SeededChance } from '../../src/domain/chance.js';
import type { EngineEvent, Level } from '../../src/domain/events.js';
import { ClientIds, marketIndex } from '../../src/domain/ids.js';
import type { BookSide, Market } from '../../src/domain/market.js';
import type { Call, VenueCommand } from '../../src/domain/order.js';
import type { Venue } from '../../src/domain/ports.js';
import { durationUs, epochUs, later, millis, monoNs, price, quantity, type DurationUs, type EpochUs } from '../../src/domain/units.js';
import { Engine } from '../../src/engine/engine.js';
import type { EngineParts } from '../../src/engine/engine-state.js';
import { Loop, type Recorder } from '../../src/engine/loop.js';
import { PaperVenue } from '../../src/paper/paper-venue.js';
import { makeStrategy } from '../../src/strategy/strategies.js';
import { market } from './markets.js';
import { ENGINE, EXECUTION, FIXED, PAPER, RISK, UNPROTECTED, ESTIMATORS } from './settings.js';

/** Noon, some day in November 2026. */
export const START = epochUs(1_795_262_400_000_000);

export interface BotOptions {
  readonly parts?: Partial<EngineParts>;
  readonly markets?: readonly Market[];
  readonly recorder?: Recorder;
  /** Stands between the bot and its paper venue: may drop, delay or change what passes. */
  readonly intercept?: (venue: Venue, offer: (event: EngineEvent) => void) => Venue;
}

/** Levels in cents and whole contracts. */
export const levels = (pairs: readonly (readonly [cents: number, contracts: number])[]): Level[] =>
  pairs.map(([cents, contracts]) => ({ price: price(Math.round(cents * 100)), quantity: quantity(contracts * 100) }));

export class TestBot {
  readonly engine: Engine;
  readonly loop: Loop;
  readonly paper: PaperVenue;
  readonly said: Say[] = [];
  readonly decisions: Decision[] = [];
  readonly calls: Call[] = [];
  readonly halts: Halt[] = [];
  readonly steps: { readonly event: EngineEvent; readonly actions: readonly EngineAction[] }[] = [];
  stopped: Stopped | null = null;
  /** What keeping a halt fails with, or null. */
  failHalt: Error | null = null;
  snapshotsAsked = 0;
  now: EpochUs = START;

  constructor(options: BotOptions = {}) {
    this.engine = new Engine({
      engine: ENGINE,
      execution: EXECUTION,
      risk: RISK,
      estimators: ESTIMATORS,
      protection: UNPROTECTED,
      knownGroups: [],
      signals: { ageMax: durationUs(60_000_000), shiftMax: 500 },
      strategy: makeStrategy(FIXED),
      ids: new ClientIds('kmm', 'test'),
      bookHasOwnOrders: false,
      killedBefore: null,
      ...options.parts,
    });
    this.paper = new PaperVenue(PAPER, new SeededChance(1), START);
    const nothing = (): void => {};
    this.loop = new Loop({
      engine: this.engine,
      clock: { now: () => this.now, monoNs: () => monoNs(0), wall: () => this.now },
      recorder: options.recorder ?? { event: nothing, actions: nothing, flush: nothing },
      venue: options.intercept?.(this.paper, (event) => this.loop.offer(event)) ?? this.paper,
      feed: { requestSnapshot: () => void this.snapshotsAsked++ },
      observer: {
        event: nothing,
        booked: nothing,
        decision: (decision) => this.decisions.push(decision),
        sent: (call) => this.calls.push(call),
        say: (say) => this.said.push(say),
        halt: (halt) => {
          if (this.failHalt !== null) throw this.failHalt;
          this.halts.push(halt);
        },
        stopped: (stopped) => (this.stopped = stopped),
        stepped: (event, actions) => this.steps.push({ event: { ...event }, actions: [...actions] }),
      },
      receivedNs: () => monoNs(0),
    });
    for (const [i, each] of (options.markets ?? [market()]).entries())
      this.give({ type: 'market-listed', at: this.now, index: marketIndex(i), market: each });
  }

  /** Offers a fact to paper venue and bot, as the feed would. */
  give(event: EngineEvent): this {
    this.paper.observe(event);
    this.loop.offer(event);
    return this;
  }

  /** Lets what is due happen and ends the batch. */
  settle(): this {
    for (let rounds = 0; rounds < 20; rounds++) {
      this.give({ type: 'batch-end', at: this.now });
      const facts = this.paper.advance(this.now);
      if (facts.length === 0) return this;
      for (const fact of facts) this.loop.offer(fact);
    }
    throw new Error('the bot and its venue never come to rest');
  }

  /** Moves time on in ticks of 100 ms. */
  pass(span: DurationUs): this {
    const end = later(this.now, span);
    while (this.now < end) {
      this.now = later(this.now, millis(100));
      this.give({ type: 'tick', at: this.now });
      this.settle();
    }
    return this;
  }

  book(index: number, bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): this {
    return this.give({
      type: 'book-snapshot',
      at: this.now,
      market: marketIndex(index),
      bids: levels(bids),
      asks: levels(asks),
      exchangeAt: this.now,
    }).settle();
  }

  delta(index: number, side: BookSide, cents: number, contracts: number): this {
    return this.give({
      type: 'book-delta',
      at: this.now,
      market: marketIndex(index),
      side,
      price: price(Math.round(cents * 100)),
      change: quantity(contracts * 100),
      exchangeAt: this.now,
    }).settle();
  }

  trade(index: number, takerSide: BookSide, cents: number, contracts: number): this {
    return this.give({
      type: 'trade',
      at: this.now,
      market: marketIndex(index),
      takerSide,
      price: price(Math.round(cents * 100)),
      quantity: quantity(contracts * 100),
      exchangeAt: this.now,
    }).settle();
  }

  /** Feed up, a book of 45/55 in every market, the account read: quoting. */
  start(): this {
    this.give({ type: 'feed-up', at: this.now }).settle();
    for (const state of this.engine.state.markets) this.book(state.index, [[45, 100]], [[55, 100]]);
    return this.pass(millis(1000));
  }

  /** Our live quotes of a market in words, such as `48 x 10 / 52 x 10`. */
  quotes(index = 0): string {
    const side = (of: BookSide): string =>
      this.engine.state.orders
        .forMarket(marketIndex(index), of)
        .map((order) => `${order.price / 100} x ${order.remaining / 100}`)
        .join(' + ') || 'none';
    return `${side('bid')} / ${side('ask')}`;
  }

  get commands(): VenueCommand[] {
    return this.calls.flatMap((call) => [...call.commands]);
  }

  lastDecision(index = 0): Decision | undefined {
    return this.decisions.filter((decision) => decision.market === index).at(-1);
  }
}
