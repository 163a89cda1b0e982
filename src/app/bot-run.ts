/**
 * One bot running: engine, loop, journal, tape, log, screen and summary joined. The worlds (live, playback) bring venue, feed and clock and offer the facts.
 */
import type { Halt, Stopped } from '../domain/actions.js';
import type { EngineEvent, MarketListed } from '../domain/events.js';
import type { Market } from '../domain/market.js';
import { marketIndex } from '../domain/ids.js';
import type { Feed, Offer, Venue } from '../domain/ports.js';
import { between, monoNs, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs, type MonoNs } from '../domain/units.js';
import type { Environment } from '../domain/settings.js';
import type { LogLevel } from '../cli/command.js';
import { ExitCode } from '../cli/exit-codes.js';
import type { Output } from '../cli/output.js';
import type { Engine } from '../engine/engine.js';
import { Loop, type Observer } from '../engine/loop.js';
import { Backlog } from '../logger/backlog.js';
import { DecisionHash } from '../logger/decision-hash.js';
import { GroupCommit, type Durability } from '../logger/durability.js';
import { Journal, type JournalPlace } from '../logger/journal.js';
import { openLogger, type Logger } from '../logger/logger.js';
import { StatusModel, type CompanionStanding, type Surroundings } from '../screen/status-model.js';
import { BUILD } from './build.js';
import { RunConsole, type ConsoleMode } from './console.js';
import { makeEngine, type EngineRecipe } from './engine-recipe.js';
import type { Host } from './host.js';
import { Latency } from './latency.js';
import { writeSummary } from './run-files.js';
import { SideRecords } from './side-records.js';
import { summaryOf } from './summary.js';

/** What the records of a run lie on, and its time. */
export type RunHost = Pick<Host, 'clock' | 'files' | 'journal' | 'startWriter' | 'startWriterHere'>;

export interface RunOptions {
  readonly env: Environment;
  readonly seed: string;
  readonly folder: string;
  readonly recipe: EngineRecipe;
  readonly strategyName: string;
  readonly host: RunHost;
  readonly output: Output;
  readonly logLevel: LogLevel;
  readonly segmentBytes: number;
  /** What orders wait for; playback waits for nothing. */
  readonly durability: Durability;
  readonly tape: { readonly bytes: number; readonly rows: number; readonly logBytes: number; readonly logsKept: number };
  /** No new orders while tape and fills are further behind; 0 for any distance. */
  readonly tapeBehindMax: DurationUs;
  /** Orders and changes of state alone on the console, and tables of both beside the tape; absent: the screen. */
  readonly console?: ConsoleMode;
  /** A decision slower than this is told, at most every ten seconds. */
  readonly warnLatency: DurationUs;
  /** Fills that the tape of the run before has: one that is booked again is not told again. */
  readonly taped?: ReadonlySet<string>;
}

/** What the world knows about its feed. */
export interface FeedNumbers {
  readonly frames: number;
  readonly gaps: number;
  readonly privateNotBooked: number;
}

/** Somebody who hears every fact after the run has acted on it, and ends with it. Must not throw and must not wait; hot facts are lent. */
export interface Companion {
  heard(event: EngineEvent): void;
  standing(): CompanionStanding;
  /** @returns its part of the summary */
  finish(): Promise<Record<string, unknown>>;
}

const WARN_SPACING = seconds(10);

export class BotRun {
  readonly engine: Engine;
  readonly model = new StatusModel();
  readonly #options: RunOptions;
  readonly #hash: DecisionHash;
  readonly #latency = new Latency();
  readonly #console: RunConsole;
  readonly #side: SideRecords | null;
  readonly #journal: Journal;
  readonly #logger: Logger;
  readonly #backlog = new Backlog();
  #tapeOk = true;
  readonly #startedAt: EpochUs;
  readonly #onHalt: (halt: Halt) => void;
  readonly #stopped: Promise<Stopped>;
  #hasStopped = false;
  #hasFinished = false;
  /** Where the journal stood when it was last handed over whole. */
  #place: JournalPlace | null = null;
  #tellStopped: (stopped: Stopped) => void = () => {};
  #warnedAt: EpochUs = UNKNOWN_TIME;
  #loop: Loop | null = null;
  #companion: Companion | null = null;
  readonly #commit: GroupCommit | null;
  /** What waits until the journal up to a mark is on the platter. */
  #waiting: { readonly mark: number; readonly run: () => void } | null = null;
  #receivedNs: MonoNs = monoNs(0);

  private constructor(options: RunOptions, logger: Logger, onHalt: (halt: Halt) => void) {
    this.#options = options;
    this.#logger = logger;
    this.#onHalt = onHalt;
    this.engine = makeEngine(options.recipe);
    this.#hash = new DecisionHash(options.recipe.run);
    this.#console = new RunConsole(options.output, this.model, options.logLevel, options.console);
    const hasTables = options.recipe.indices !== undefined || options.console === 'trades';
    this.#side = hasTables ? new SideRecords(this.engine, (table, line) => logger.side(table, line)) : null;
    this.#startedAt = options.host.clock.now();
    this.#journal = new Journal(
      options.host.journal(options.folder, options.durability),
      {
        build: BUILD,
        run: options.recipe.run,
        created: this.#startedAt,
        environment: options.env,
        seed: options.seed,
        settings: options.recipe,
      },
      { segmentBytes: options.segmentBytes, bufferBytes: options.segmentBytes, durability: options.durability },
    );
    this.#commit = options.durability === 'power' ? new GroupCommit(this.#journal) : null;
    this.#stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  /** Opens the files of the run. @throws StorageError */
  static async open(options: RunOptions, onHalt: (halt: Halt) => void): Promise<BotRun> {
    const logger = await openLogger({
      dir: options.folder,
      now: () => options.host.clock.now(),
      ...(options.host.startWriter === undefined ? {} : { start: options.host.startWriter }),
      ...(options.host.startWriterHere === undefined ? {} : { startHere: options.host.startWriterHere }),
      limits: {
        tapeBytes: options.tape.bytes,
        ringRows: options.tape.rows,
        logBytes: options.tape.logBytes,
        logsKept: options.tape.logsKept,
        fillsUntil: options.durability === 'power' ? 'platter' : 'kernel',
      },
      onHealth: (ok, detail) =>
        options.output.err(ok ? '[INFO] Tape and log can be written again.' : `[ERROR] Tape and log cannot be written: ${detail}`),
      onNotice: (severity, _code, text) => {
        if (severity === 'error' || severity === 'warn') options.output.err(`[WARNING] ${text}`);
      },
    });
    return new BotRun(options, logger, onHalt);
  }

  /** Puts venue and feed in place; facts may be offered from then on. */
  connect(venue: Venue, feed: Feed): void {
    this.#loop = new Loop({
      engine: this.engine,
      clock: this.#options.host.clock,
      recorder: this.#journal,
      venue,
      feed,
      observer: this.#observe,
      receivedNs: () => this.#receivedNs,
      commit: this.#commit,
    });
  }

  /** The door for facts that were received just now. */
  readonly offer: Offer = (event: EngineEvent) => this.offerReceived(event, this.#options.host.clock.monoNs());

  /** The door for facts whose bytes arrived at `received`. */
  offerReceived(event: EngineEvent, received: MonoNs): void {
    this.#receivedNs = received;
    this.#loop?.offer(event);
    if (this.#companion !== null) this.#companion.heard(event);
  }

  /** Before the first fact: from then on it hears them all. */
  accompany(companion: Companion): void {
    this.#companion = companion;
  }

  get id(): string {
    return this.#options.recipe.run;
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** One market, as another run has listed it. */
  list(event: MarketListed): void {
    this.#logger.market(event.index, event.market.ticker);
    this.offer(event);
  }

  /** @param from index of the first of them: markets may join later */
  listMarkets(markets: readonly Market[], from = 0): void {
    for (const [i, market] of markets.entries()) {
      this.#logger.market(from + i, market.ticker);
      this.offer({ type: 'market-listed', at: this.#options.host.clock.now(), index: marketIndex(from + i), market });
    }
  }

  /** Hands buffered records to the kernel, and looks after the tape. */
  flush(): void {
    this.#loop?.flush();
    this.#watchTape();
    if (this.#waiting === null || (this.#commit?.proven ?? 0) < this.#waiting.mark) return;
    const { run } = this.#waiting;
    this.#waiting = null;
    run();
  }

  /** Runs it once everything recorded so far is as safe as orders have it: at once, or when the platter has answered. A later one takes its place. */
  onceSafe(run: () => void): void {
    const commit = this.#commit;
    if (commit === null || commit.proven >= commit.written) return run();
    this.#waiting = { mark: commit.written, run };
    commit.request();
  }

  /** Notes a digest of the state and hands everything over. @returns where the journal stands then, or null where it cannot be written or has a hole */
  recordedUpTo(): JournalPlace | null {
    if (!this.#hasFinished) {
      this.#journal.state(this.engine.stateHash());
      this.#loop?.flush();
      if (this.#journal.pendingBytes === 0) this.#place = this.#journal.place;
      else return null;
    }
    return this.#journal.dropped > 0 ? null : this.#place;
  }

  /** Every fill booked so far is on the tape. */
  get isTapeWhole(): boolean {
    return this.#logger.counters.waitingFills === 0;
  }

  /** A thread that hangs or a disk that crawls: what happens then would be known from the journal alone. */
  #watchTape(): void {
    const { rows, waitingRows } = this.#logger.counters;
    const behind = this.#backlog.behind(this.#options.host.clock.now(), rows, rows - waitingRows);
    const { tapeBehindMax } = this.#options;
    const ok = tapeBehindMax === 0 || behind <= tapeBehindMax;
    if (ok === this.#tapeOk) return;
    this.#tapeOk = ok;
    const detail = ok ? 'it has caught up' : `it is ${(behind / 1e6).toFixed(1)} s behind, limit ${(tapeBehindMax / 1e6).toFixed(1)} s`;
    this.offer({ type: 'storage', at: this.#options.host.clock.now(), ok, detail, of: 'tape' });
  }

  /** A line for log and console from outside the engine. */
  say(severity: 'debug' | 'info' | 'warn' | 'error', code: string, text: string): void {
    this.#observe.say({ type: 'say', severity, code, text });
  }

  paint(numbers: FeedNumbers): void {
    this.#console.paint(this.around(numbers));
  }

  /** What the world adds to the picture that the records give. */
  around(numbers: FeedNumbers): Surroundings {
    return {
      env: this.#options.env,
      strategy: this.#options.strategyName,
      now: this.#options.host.clock.now(),
      startedAt: this.#startedAt,
      frames: numbers.frames,
      gaps: numbers.gaps,
      droppedRows: this.#logger.counters.droppedRows,
      openOrders: this.engine.openOrders,
      latencyUs: this.#latency.summary(),
      estimates: (market) => this.engine.state.markets[market]?.estimates.value ?? null,
      ...(this.#companion === null ? {} : { shadow: this.#companion.standing() }),
    };
  }

  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  /** Resolves once the engine has stopped. */
  get stopped(): Promise<Stopped> {
    return this.#stopped;
  }

  /**
   * Closes all files and says how it went.
   * @param more what the world adds to the summary
   * @returns the summary, which also lies in `summary.json`
   */
  async finish(numbers: FeedNumbers, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.#console.leave();
    // While there is still a loop to hand the last records over.
    this.recordedUpTo();
    // A fact that comes from here on would be acted upon and on no record.
    this.#loop = null;
    // What the journal dropped while its disk refused is not in it, however well it ended.
    let complete = this.#journal.dropped === 0;
    this.#hasFinished = true;
    try {
      await this.#journal.sync();
      this.#journal.close();
    } catch (error) {
      complete = false;
      this.say('error', 'STORAGE', `The journal could not be closed (${textOf(error)}).`);
    }
    const companion = await this.#finishCompanion();
    const { droppedRows, droppedLines } = this.#logger.counters;
    const known = summaryOf({
      env: this.#options.env,
      seed: this.#options.seed,
      run: this.#options.recipe.run,
      folder: this.#options.folder,
      startedAt: this.#startedAt,
      endedAt: this.#options.host.clock.now(),
      engine: this.engine,
      model: this.model,
      hash: this.#hash,
      latency: this.#latency,
      frames: numbers.frames,
      sequenceGaps: numbers.gaps,
      privateNotBooked: numbers.privateNotBooked,
      droppedRows,
      droppedLines,
      openOrders: this.engine.openOrders,
    });
    const summary = { ...known, ...more, ...(companion === null ? {} : { shadow: companion }) };
    for (const close of [
      () => this.#logger.close(),
      async () => writeSummary(this.#options.host.files, this.#options.folder, { ...summary, records_complete: complete }),
    ])
      try {
        await close();
      } catch (error) {
        complete = false;
        this.#options.output.err(`[WARNING] The records of this run are not complete (${textOf(error)}).`);
      }
    return { ...summary, records_complete: complete };
  }

  async #finishCompanion(): Promise<Record<string, unknown> | null> {
    try {
      return this.#companion === null ? null : await this.#companion.finish();
    } catch (error) {
      this.say('warn', 'SHADOW', `The records of the shadow are not complete (${textOf(error)}).`);
      return { ended: textOf(error) };
    }
  }

  /**
   * How the program ends after `finish`.
   * @param left orders that may still rest at the exchange
   */
  exitCode(left: number, summary: Record<string, unknown>): ExitCode {
    if (left > 0) return ExitCode.ordersPossiblyLeft;
    if (this.model.halt !== null || this.#options.recipe.killedBefore !== null) return ExitCode.riskHalt;
    return summary['records_complete'] === true ? ExitCode.ok : ExitCode.storage;
  }

  readonly #observe: Observer = this.#observer();

  #observer(): Observer {
    return {
      event: (event) => this.model.event(event),
      decision: (decision, latencyNs) => {
        this.#logger.tape(decision, latencyNs);
        this.model.decision(decision);
        this.#console.decision(decision);
      },
      booked: (booked) => {
        this.model.booked(booked);
        this.#console.booked(booked);
        this.#side?.booked(booked);
        const ticker = this.model.ticker(booked.market);
        const isTaped = this.#options.taped?.has(booked.fillId) === true;
        if (ticker !== undefined && !isTaped) this.#logger.booked({ ticker, booked });
        this.#logger.log('info', 'FILL', `${booked.side} filled`, { ...booked });
      },
      sent: (call, latencyNs) => {
        this.#latency.record(latencyNs);
        this.model.sent(call);
        this.#console.sent(call);
        this.#side?.sent(call);
        if (latencyNs > this.#options.warnLatency * 1000) this.#warnLatency(latencyNs);
      },
      say: (say) => {
        this.#logger.log(say.severity, say.code, say.text);
        this.model.say(say);
        this.#console.say(say);
        this.#side?.say(say);
      },
      halt: (halt) => {
        this.model.halted(halt);
        this.#side?.halt(halt);
        this.#onHalt(halt);
      },
      stopped: (stopped) => {
        this.model.standing = this.model.halt === null ? 'stopped' : 'halted';
        this.#hasStopped = true;
        this.#side?.stopped(stopped);
        this.#tellStopped(stopped);
      },
      stepped: (event, actions) => {
        this.#hash.step(actions);
        this.#side?.stepped(event, actions);
        // An order cancelled with its whole group is told by no answer of its own: the engine knows.
        this.model.counters.cancelled = this.engine.state.orders.cancelledCount;
      },
    };
  }

  #warnLatency(latencyNs: number): void {
    const now = this.#options.host.clock.now();
    if (this.#warnedAt !== UNKNOWN_TIME && between(this.#warnedAt, now) < WARN_SPACING) return;
    this.#warnedAt = now;
    this.say('warn', 'LATENCY', `High latency detected: ${Math.round(latencyNs / 1e6)}ms.`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
