/**
 * A whole bot against a local exchange in virtual time: the production session, REST venue, engine and loop. The test stands in the wire: every frame and every
 * body passes through its hands. Whatever the bot does is held against the mirror at once.
 */
import { DOCUMENTED_COSTS } from '../../src/connector/endpoint-costs.js';
import { LastGate } from '../../src/connector/last-gate.js';
import { MarketRegister } from '../../src/connector/market-table.js';
import { RateBudget } from '../../src/connector/rate-budget.js';
import { restApi } from '../../src/connector/rest-api.js';
import { classify, type RestResult } from '../../src/connector/rest-result.js';
import { RestVenue } from '../../src/connector/rest-venue.js';
import type { RestClient, RestRequest } from '../../src/connector/rest.js';
import { SESSION_DEFAULTS, type SessionAction, type SessionEvent } from '../../src/connector/session-types.js';
import { Session } from '../../src/connector/session.js';
import { Throttle } from '../../src/connector/throttle.js';
import type { AccountReading, EngineEvent } from '../../src/domain/events.js';
import { ClientIds, marketIndex } from '../../src/domain/ids.js';
import type { Call } from '../../src/domain/order.js';
import { durationUs, epochUs, millis, price, quantity, seconds, type EpochUs } from '../../src/domain/units.js';
import { Engine } from '../../src/engine/engine.js';
import { Loop } from '../../src/engine/loop.js';
import { makeStrategy } from '../../src/strategy/strategies.js';
import { FakeTime } from '../support/fake-time.js';
import { ENGINE, EXECUTION, FIXED, RISK, UNPROTECTED, ESTIMATORS } from '../support/settings.js';
import { LocalExchange } from './local-exchange.js';
import { Mirror } from './mirror.js';
import { readNaively } from './naive-frame.js';

/** Noon, some day in November 2026. */
const START = epochUs(1_795_262_400_000_000);
const TICK = millis(100);
const AMPLE = { refillPerSecond: 100_000, capacity: 100_000 };

/** What becomes of a body on its way to the bot. */
export type BodyHand = (
  request: RestRequest,
  answer: { readonly status: number; readonly text: string },
) => { readonly status: number; readonly text: string };

/** What one frame led to. */
export interface Outcome {
  readonly facts: readonly EngineEvent[];
  readonly orders: number;
  /** False where the socket was not open: the frame came from nowhere and was not looked at. */
  readonly heard: boolean;
  /** Names of the counters that it raised, `frames` aside. */
  readonly counted: readonly string[];
}

export class BotWorld {
  readonly time = new FakeTime(START);
  readonly peer: LocalExchange;
  readonly register: MarketRegister;
  readonly mirror: Mirror;
  readonly session: Session;
  readonly engine: Engine;
  readonly readings: AccountReading[] = [];
  readonly halts: string[] = [];
  /** Placements and amends sent so far. */
  orders = 0;
  bodyHand: BodyHand = (_, answer) => answer;
  readonly #loop: Loop;
  readonly #venue: RestVenue;
  #facts: EngineEvent[] = [];
  #frame: Uint8Array = new Uint8Array(0);
  #connecting = false;
  /** REST calls whose answer has not been told. */
  #riding = 0;

  constructor(seed: string) {
    this.peer = new LocalExchange(seed, START);
    const { time } = this;
    const markets = this.peer.markets();
    this.register = new MarketRegister(markets);
    this.mirror = new Mirror(markets.length);
    this.session = new Session({
      settings: {
        ...SESSION_DEFAULTS,
        noSide: 'no-price',
        ticker: true,
        stableAfter: durationUs(0),
        backoff: { first: millis(1), most: millis(50) },
      },
      markets: this.register,
      offer: (fact) => this.#fromSession(fact),
      chance: { next: () => 0.5 },
      resolveFees: (market, override) => ({
        type: override.type ?? market.fees.type,
        multiplierMicros: override.multiplierMicros ?? market.fees.multiplierMicros,
      }),
    });
    this.engine = new Engine({
      engine: { ...ENGINE, reconcileEvery: seconds(5) },
      execution: EXECUTION,
      risk: RISK,
      estimators: ESTIMATORS,
      signals: { ageMax: seconds(60), shiftMax: 500 },
      strategy: makeStrategy(FIXED),
      ids: new ClientIds(ENGINE.clientIdPrefix, 'hostile'),
      bookHasOwnOrders: true,
      killedBefore: null,
      protection: UNPROTECTED,
      knownGroups: [],
    });
    const limits = { tier: 'ample', read: AMPLE, write: AMPLE };
    const throttle = new Throttle(
      new RateBudget(limits, DOCUMENTED_COSTS, { cancelReserve: 0, lag: durationUs(0) }, time.now()),
      time,
      time,
    );
    const client: Pick<RestClient, 'request'> = { request: (request) => this.#request(request) };
    const gate = { orderSizeMax: quantity(100_000), amendTotalMax: quantity(100_000), band: { low: price(1), high: price(9999) } };
    this.#venue = new RestVenue({
      api: restApi(client as RestClient, throttle, { subaccount: 0, pagesMax: 5 }),
      throttle,
      table: this.register,
      gate: new LastGate({ ...gate, ordersPerSecondMax: 500 }, () => false),
      offer: (fact) => this.#fromVenue(fact),
      clock: time,
      batchMax: 20,
    });
    const nothing = (): void => {};
    this.#loop = new Loop({
      engine: this.engine,
      clock: time,
      recorder: { event: nothing, actions: nothing, flush: nothing },
      venue: { send: (call) => this.#send(call), readAccount: (request) => this.#venue.readAccount(request) },
      feed: { requestSnapshot: (market) => this.#step({ type: 'request-snapshot', at: this.now, market }) },
      observer: {
        event: nothing,
        decision: nothing,
        booked: nothing,
        sent: nothing,
        say: nothing,
        stopped: nothing,
        stepped: nothing,
        halt: (halt) => void this.halts.push(halt.text),
      },
      receivedNs: () => time.monoNs(),
    });
    for (const [i, market] of markets.entries()) this.#loop.offer({ type: 'market-listed', at: this.now, index: marketIndex(i), market });
    this.#step({ type: 'add-markets', at: this.now, markets: markets.map((_, i) => marketIndex(i)) });
    this.#step({ type: 'start', at: this.now });
  }

  get now(): EpochUs {
    return this.time.now();
  }

  /** One frame reaches the bot. */
  deliver(bytes: Uint8Array): Outcome {
    const before = { ...this.session.counters };
    const orders = this.orders;
    this.#facts = [];
    this.#frame = bytes;
    this.#step({ type: 'frame', at: this.now, bytes });
    this.#step({ type: 'read-end', at: this.now });
    this.#frame = new Uint8Array(0);
    const facts = this.#facts;
    for (const fact of facts) if ('market' in fact && typeof fact.market === 'number') this.compare(fact.market);
    const counted = Object.entries(this.session.counters)
      .filter(([name, count]) => name !== 'frames' && count !== before[name as keyof typeof before])
      .map(([name]) => name);
    return { facts, orders: this.orders - orders, heard: this.session.counters.frames > before.frames, counted };
  }

  /** The oldest frame on its way, taken out; null where there is none. */
  nextFrame(): Buffer | null {
    const frame = this.peer.outbox.shift();
    return frame === undefined ? null : Buffer.from(frame);
  }

  /** Time passes by one tick. What the exchange has to say meanwhile waits in its outbox. */
  tick(): void {
    this.time.advance(TICK);
    this.peer.exchange.advance(this.now);
    if (this.#connecting) {
      this.#connecting = false;
      this.peer.connect();
      this.#step({ type: 'opened', at: this.now });
    }
    this.#step({ type: 'tick', at: this.now });
    this.#loop.offer({ type: 'tick', at: this.now });
    this.#loop.offer({ type: 'batch-end', at: this.now });
  }

  /** Asks the exchange for every book anew. */
  askForBooks(): void {
    for (const { index } of this.engine.state.markets) this.#step({ type: 'request-snapshot', at: this.now, market: index });
  }

  /** Lets answers that are on their way arrive. */
  async rest(): Promise<void> {
    for (let rounds = 0; this.#riding > 0; rounds++) {
      if (rounds > 100) throw new Error('calls that never end');
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  compare(index: number): void {
    const state = this.engine.state.markets[index];
    if (state !== undefined) this.mirror.compare(state);
  }

  /** Every book as the exchange has it, and the bot trading or halted by name. @returns null, or what is not well */
  illness(): string | null {
    if (this.halts.length > 0) return null;
    if (!this.session.up) return 'the session is not up';
    const { recovery, markets } = this.engine.state;
    for (const { index, market, trust } of markets) {
      const view = this.peer.exchange.market(market.ticker);
      if (view?.status !== 'active') continue;
      if (trust.state !== 'good') return `${market.ticker} is ${trust.state} (${trust.reason})`;
      this.compare(index);
      const truth = this.peer.exchange.book(market.ticker);
      for (const side of ['bids', 'asks'] as const) {
        const told = JSON.stringify(this.mirror.levels(index, side === 'bids' ? 'bid' : 'ask'));
        if (told !== JSON.stringify(truth?.[side]))
          return `${market.ticker}: ${side} are ${told}, at the exchange ${JSON.stringify(truth?.[side])}`;
      }
    }
    return recovery.phase === 'trading' ? null : `recovery is ${recovery.phase}`;
  }

  #step(event: SessionEvent): void {
    for (const action of this.session.step(event)) this.#carryOut(action);
  }

  #carryOut(action: SessionAction): void {
    switch (action.type) {
      case 'connect':
        this.peer.disconnect();
        this.#connecting = true;
        return;
      case 'disconnect':
        this.peer.disconnect();
        this.#connecting = false;
        return;
      case 'send':
        this.peer.hear(action.text);
        return;
      case 'ping':
        this.#step({ type: 'heard', at: this.now });
        return;
      case 'report':
      case 'failed':
        return;
    }
  }

  #fromSession(fact: EngineEvent): void {
    this.#facts.push({ ...fact });
    const noSide = 'no-price';
    const payoutOf = (): number => 10_000;
    this.mirror.take(fact, () => readNaively(this.#frame, { noSide, payoutOf }));
    if (fact.type === 'market-changed') this.#keep(fact.market, fact);
    this.#loop.offer(fact);
  }

  /** The table that orders are written with follows every change, as in the live world. */
  #keep(index: number, { status, grid, closesAt, fees }: Extract<EngineEvent, { type: 'market-changed' }>): void {
    const before = this.register.market(marketIndex(index));
    this.register.add({
      ...before,
      ...(status === undefined ? {} : { status }),
      ...(grid === undefined ? {} : { grid }),
      ...(closesAt === undefined ? {} : { closesAt }),
      ...(fees === undefined ? {} : { fees }),
    });
  }

  #fromVenue(fact: EngineEvent): void {
    if (fact.type === 'account-reading') this.readings.push(fact);
    this.#loop.offer(fact);
    this.#loop.offer({ type: 'batch-end', at: this.now });
  }

  #send(call: Call): void {
    for (const command of call.commands) {
      if (command.type !== 'place' && command.type !== 'amend') continue;
      this.orders++;
      const state = this.engine.state.markets[command.market];
      if (state === undefined) throw new Error(`an order for market ${command.market}, which does not exist`);
      this.mirror.judge(command, state);
    }
    this.#venue.send(call);
  }

  async #request(request: RestRequest): Promise<RestResult> {
    this.#riding++;
    // One turn of the event loop: never within the step that asked.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const { status, text } = this.bodyHand(request, this.peer.answer(request));
    const result = classify(status, text);
    // The fact is told within this turn or the next.
    setImmediate(() => this.#riding--);
    return result;
  }
}
