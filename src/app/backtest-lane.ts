/**
 * One bot of a backtest: the production loop, engine and paper venue on facts that somebody else reads, with its records in memory. Several lanes can share one
 * source, each with settings of its own; they do not see each other.
 */
import type { EngineEvent } from '../domain/events.js';
import type { Clock } from '../domain/ports.js';
import { monoNs, subtractCash, ZERO_CASH, type Cash, type EpochUs, type MonoNs } from '../domain/units.js';
import type { EngineAction, Halt, Say } from '../domain/actions.js';
import type { Call } from '../domain/order.js';
import type { Settings } from '../config/settings.js';
import type { Engine } from '../engine/engine.js';
import { Loop, type Observer, type Recorder } from '../engine/loop.js';
import { DecisionHash } from '../logger/decision-hash.js';
import { ItemSource } from '../replay/run-items.js';
import { RunCurves, type RunReport } from '../report/run-report.js';
import { makeEngine } from './engine-recipe.js';
import { PaperDesk } from './paper-desk.js';
import { paperRunId, recipeOf } from './run-settings.js';

/** Equal spans of time that results are cut into, for comparing runs with each other. */
export interface BlockGrid {
  readonly start: EpochUs;
  /** Microseconds. */
  readonly width: number;
  readonly count: number;
}

export interface LaneSettings {
  readonly settings: Settings;
  readonly seed: string;
  readonly startAt: EpochUs;
  readonly ticks: 'made' | 'recorded';
  readonly blocks: BlockGrid;
  /** Nothing is quoted before; the facts before it teach the estimators. null: from the first book on. */
  readonly tradeFrom: EpochUs | null;
}

/** What a lane leaves. Plain data: it passes between threads. */
export interface LaneResult {
  readonly report: RunReport;
  /** Net result within each block; their sum is the net result of the whole. */
  readonly blocks: readonly Cash[];
  readonly decisionHash: string;
  readonly decisions: number;
  readonly placed: number;
  readonly changed: number;
  readonly cancelled: number;
  readonly refused: number;
  /** Orders on the paper book that the stop did not clear. */
  readonly left: number;
  readonly halted: { readonly code: string; readonly text: string } | null;
  /** Warnings and errors by their code. */
  readonly troubles: readonly { readonly code: string; readonly count: number; readonly first: string }[];
}

/** Recorded time for everything; nothing of ours is measured here. */
class RecordedClock implements Clock {
  at: EpochUs;
  constructor(at: EpochUs) {
    this.at = at;
  }
  now(): EpochUs {
    return this.at;
  }
  wall(): EpochUs {
    return this.at;
  }
  monoNs(): MonoNs {
    return monoNs(0);
  }
}

const NOT_KEPT: Recorder = { event: () => undefined, actions: () => undefined, flush: () => undefined };

export class BacktestLane {
  readonly #engine: Engine;
  readonly #loop: Loop;
  readonly #desk: PaperDesk;
  readonly #clock: RecordedClock;
  readonly #hash: DecisionHash;
  readonly #items = new ItemSource({ bookHasOwnOrders: false });
  readonly #curves = new RunCurves();
  readonly #blocks: BlockNets;
  readonly #tradeFrom: EpochUs | null;
  #waits: boolean;
  #stopped = false;
  #halt: Halt | null = null;
  readonly #sent = { place: 0, amend: 0, decrease: 0, cancel: 0 };
  #refused = 0;
  readonly #troubles = new Map<string, { count: number; readonly first: string }>();

  constructor({ settings, seed, startAt, ticks, blocks, tradeFrom }: LaneSettings) {
    const run = paperRunId(seed);
    this.#clock = new RecordedClock(startAt);
    this.#engine = makeEngine(recipeOf(settings, run, null, false));
    this.#hash = new DecisionHash(run);
    this.#blocks = new BlockNets(blocks);
    this.#tradeFrom = tradeFrom;
    this.#waits = tradeFrom !== null;
    this.#desk = new PaperDesk({
      paper: settings.paper,
      seed,
      startAt,
      ticks,
      offer: (event) => this.#loop.offer(event),
      setTime: (at) => void (this.#clock.at = at),
    });
    this.#loop = new Loop({
      engine: this.#engine,
      clock: this.#clock,
      recorder: NOT_KEPT,
      venue: this.#desk.venue,
      // A recording has the books that it has.
      feed: { requestSnapshot: () => undefined },
      observer: this.#observer(),
      receivedNs: () => monoNs(0),
    });
    if (this.#waits) this.#control('pause', 'the time to trade has not begun');
  }

  /** Lets time pass: paper answers, ticks. */
  passTo(at: EpochUs): void {
    if (this.#waits && this.#tradeFrom !== null && at >= this.#tradeFrom) {
      this.#desk.passTo(this.#tradeFrom);
      this.#waits = false;
      this.#control('resume', 'the time to trade has begun');
      this.#desk.settle();
    }
    this.#desk.passTo(at);
  }

  /** One public fact, which may be lent: nothing keeps it. */
  offer(event: EngineEvent): void {
    this.#desk.offer(event);
  }

  /** All facts of this moment have been told. */
  settle(): void {
    this.#desk.settle();
  }

  tick(at: EpochUs): void {
    this.passTo(at);
    this.#desk.tick(at);
  }

  /** Cancels everything, waits for the paper venue, and says how it went. */
  finish(reason: string): LaneResult {
    this.#desk.stop(reason, () => this.#stopped);
    const report = this.#curves.report();
    return {
      report,
      blocks: this.#blocks.changes(report.total.parts.net),
      decisionHash: this.#hash.digest(),
      decisions: this.#hash.decisions,
      placed: this.#sent.place,
      changed: this.#sent.amend + this.#sent.decrease,
      cancelled: this.#sent.cancel,
      refused: this.#refused,
      left: this.#engine.openOrders,
      halted: this.#halt === null ? null : { code: this.#halt.code, text: this.#halt.text },
      troubles: [...this.#troubles].map(([code, trouble]) => ({ code, ...trouble })),
    };
  }

  #control(command: 'pause' | 'resume', reason: string): void {
    this.#loop.offer({ type: 'control', at: this.#desk.now, command, reason });
  }

  #observer(): Observer {
    return {
      event: (event) => this.#hear(event),
      decision: () => undefined,
      booked: () => undefined,
      sent: (call) => this.#count(call),
      say: (say) => this.#say(say),
      halt: (halt) => void (this.#halt ??= halt),
      stopped: () => void (this.#stopped = true),
      stepped: (event, actions) => this.#answered(event, actions),
    };
  }

  #hear(event: EngineEvent): void {
    if (event.type === 'command-refused') this.#refused++;
    for (const item of this.#items.event(event))
      // Before its time nothing is judged, but prices are known and markets have names.
      if (!this.#waits || item.type === 'market') this.#curves.take(item);
  }

  #answered(event: EngineEvent, actions: readonly EngineAction[]): void {
    this.#hash.step(actions);
    if (this.#waits) return;
    for (const action of actions) for (const item of this.#items.action(action)) this.#curves.take(item);
    this.#blocks.add(event.at, this.#curves.net);
  }

  #count(call: Call): void {
    for (const command of call.commands) this.#sent[command.type]++;
  }

  #say({ severity, code, text }: Say): void {
    if (severity !== 'warn' && severity !== 'error') return;
    const known = this.#troubles.get(code);
    if (known === undefined) this.#troubles.set(code, { count: 1, first: text });
    else known.count++;
  }
}

/** The net result at the end of every block. */
class BlockNets {
  readonly #nets: (Cash | null)[];

  constructor(private readonly grid: BlockGrid) {
    this.#nets = Array.from({ length: grid.count }, () => null);
  }

  add(at: EpochUs, net: Cash): void {
    const { start, width, count } = this.grid;
    // What comes after the last block, such as the end of a stop, belongs to it.
    this.#nets[Math.min(count - 1, Math.max(0, Math.floor((at - start) / width)))] = net;
  }

  /** @param end the result of the whole, which the changes sum to */
  changes(end: Cash): readonly Cash[] {
    let before: Cash = ZERO_CASH;
    return this.#nets.map((net, i) => {
      const now = i === this.#nets.length - 1 ? end : (net ?? before);
      const change = subtractCash(now, before);
      before = now;
      return change;
    });
  }
}
