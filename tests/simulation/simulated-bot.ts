/** One process of the bot in virtual time: the production engine and loop, and a clock that may be wrong or stand still. */
import type { Booked, Decision, EngineAction, Say, Stopped } from '../../src/domain/actions.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { ClientIds, marketIndex } from '../../src/domain/ids.js';
import type { Market } from '../../src/domain/market.js';
import type { Call } from '../../src/domain/order.js';
import type { Feed, Venue } from '../../src/domain/ports.js';
import type { RiskSettings } from '../../src/domain/settings.js';
import { durationUs, later, monoNs, type DurationUs, type EpochUs } from '../../src/domain/units.js';
import { Engine } from '../../src/engine/engine.js';
import { Loop } from '../../src/engine/loop.js';
import { makeStrategy } from '../../src/strategy/strategies.js';
import { ENGINE, EXECUTION, FIXED, VOLATILITY } from '../support/settings.js';
import type { Judge } from './judge.js';
import type { UndatedFact } from './simulated-feed.js';

export interface BotParts {
  readonly run: string;
  readonly markets: readonly Market[];
  readonly risk: RiskSettings;
  readonly venue: Venue;
  readonly feed: Feed;
  readonly judge: Judge;
  readonly killedBefore: string | null;
  readonly trueNow: () => EpochUs;
  /** Exchange time plus this is the bot's time. */
  readonly clockError: DurationUs;
  readonly canWrite: () => boolean;
  /** Every step, for the trace. */
  readonly stepped: (event: EngineEvent, actions: readonly EngineAction[]) => void;
}

export class SimulatedBot {
  readonly engine: Engine;
  readonly booked: Booked[] = [];
  readonly decisions: (Decision | undefined)[] = [];
  stopped: Stopped | null = null;
  readonly #loop: Loop;
  readonly #parts: BotParts;
  readonly #waiting: UndatedFact[] = [];
  #standsStill = false;
  #isDead = false;
  #facts = 0;

  constructor(parts: BotParts) {
    this.#parts = parts;
    const { judge } = parts;
    this.engine = new Engine({
      engine: ENGINE,
      execution: EXECUTION,
      risk: parts.risk,
      volatility: VOLATILITY,
      signals: { ageMax: durationUs(60_000_000), shiftMax: 500 },
      strategy: makeStrategy(FIXED),
      ids: new ClientIds(ENGINE.clientIdPrefix, parts.run),
      bookHasOwnOrders: true,
      killedBefore: parts.killedBefore,
    });
    const nothing = (): void => {};
    this.#loop = new Loop({
      engine: this.engine,
      clock: { now: () => this.now, monoNs: () => monoNs(0), wall: () => this.now },
      recorder: {
        event: nothing,
        actions: nothing,
        flush: () => {
          if (!parts.canWrite()) throw new Error('no space left on device');
        },
      },
      venue: {
        send: (call: Call) => {
          judge.sends(call);
          parts.venue.send(call);
        },
        readAccount: (request) => parts.venue.readAccount(request),
      },
      feed: parts.feed,
      observer: {
        event: nothing,
        sent: nothing,
        halt: nothing,
        booked: (booked) => void this.booked.push(booked),
        decision: (decision) => void (this.decisions[decision.market] = decision),
        say: (_say: Say) => {},
        stopped: (stopped) => void (this.stopped = stopped),
        stepped: (event, actions) => {
          parts.stepped(event, actions);
          judge.did(actions);
        },
      },
      receivedNs: () => monoNs(0),
    });
    for (const [i, market] of parts.markets.entries()) this.#offer({ type: 'market-listed', index: marketIndex(i), market });
    // Ample: what is tested here is not the budget.
    this.#offer({ type: 'write-budget', refillPerSecond: 400, capacity: 800, createCost: 10, amendCost: 10, cancelCost: 2 });
  }

  get now(): EpochUs {
    return later(this.#parts.trueNow(), this.#parts.clockError);
  }

  /** A fact arrives now; while the process stands still it waits. */
  deliver(fact: UndatedFact): void {
    if (this.#standsStill) {
      this.#waiting.push(fact);
      return;
    }
    this.#offer(fact);
    this.#facts++;
  }

  /** Everything that came together has been told. @returns false where nothing had */
  endBatch(): boolean {
    if (this.#facts === 0 || this.#standsStill) return false;
    this.#facts = 0;
    this.#offer({ type: 'batch-end' });
    return true;
  }

  tick(): void {
    if (this.#standsStill) return;
    this.#offer({ type: 'tick' });
    this.#facts++;
    this.#loop.flush();
  }

  standStill(): void {
    this.#standsStill = true;
  }

  /** The process is gone: nothing reaches it any more. */
  die(): void {
    this.#isDead = true;
  }

  goOn(): void {
    if (this.#isDead) return;
    this.#standsStill = false;
    for (const fact of this.#waiting.splice(0)) this.deliver(fact);
    this.endBatch();
  }

  #offer(fact: UndatedFact): void {
    const event: EngineEvent = { ...fact, at: this.now };
    this.#parts.judge.tells(event);
    this.#loop.offer(event);
  }
}
