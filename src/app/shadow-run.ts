/**
 * A second set of parameters beside a run: an engine of its own on the same feed, with fills on paper and records in the folder `shadow` of the run. It cannot send:
 * the only venue it has is a paper one. It is told every public fact after the run has acted on it, keeps a copy and steps later, in small portions, so that nothing of
 * the run waits for it. Its decisions depend on the facts alone, not on when it got round to them.
 */
import { join } from 'node:path';
import type { Settings } from '../config/settings.js';
import type { EngineEvent } from '../domain/events.js';
import type { Clock, Timers } from '../domain/ports.js';
import { later, millis, seconds, UNKNOWN_TIME, type Cash, type EpochUs, type MonoNs } from '../domain/units.js';
import type { Output } from '../cli/output.js';
import type { CompanionStanding } from '../screen/status-model.js';
import { BotRun, type Companion } from './bot-run.js';
import type { Host } from './host.js';
import { PairedSpans } from './paired-spans.js';
import { isOfTheRun, PaperDesk } from './paper-desk.js';
import { recipeOf } from './run-settings.js';

/** What a shadow needs of the run that it stands beside. */
export type Accompanied = Pick<BotRun, 'id' | 'folder' | 'model' | 'say' | 'accompany'>;

export interface ShadowParts {
  /** Where the parameters come from, for people. */
  readonly file: string;
  readonly settings: Settings;
  readonly seed: string;
  readonly host: Pick<Host, 'clock' | 'files' | 'journal' | 'startWriter' | 'startWriterHere'>;
  /** null: it steps at once, in a world whose time waits. */
  readonly timers: Timers | null;
}

/** Facts taken in one portion: well below a millisecond. */
const PORTION = 64;
/** More than this is not caught up with: the shadow ends and says so. */
const WAITING_MAX = 200_000;
/** So many taken facts are let go at a time. */
const FORGET_AT = 4096;
const SPAN = seconds(10);
const PORTION_GAP = millis(1);

const SILENT: Output = {
  out: () => undefined,
  err: () => undefined,
  json: () => undefined,
  draw: () => undefined,
  isTty: false,
  columns: 80,
  rows: 24,
};

/** The time of the facts; latency is measured by the real clock. */
class FactClock implements Clock {
  at: EpochUs;
  constructor(private readonly real: Clock) {
    this.at = real.now();
  }
  now(): EpochUs {
    return this.at;
  }
  wall(): EpochUs {
    return this.at;
  }
  monoNs(): MonoNs {
    return this.real.monoNs();
  }
}

export class ShadowRun implements Companion {
  readonly #spans = new PairedSpans(SPAN);
  readonly #clock: FactClock;
  readonly #folder: string;
  /** null while its files are opened. */
  #shadow: BotRun | null = null;
  #desk: PaperDesk | null = null;
  #waiting: EngineEvent[] = [];
  #from = 0;
  #isDue = false;
  #behindMax = 0;
  /** Results of the run at the ends of spans that the shadow has not come to. */
  readonly #runNets: Cash[] = [];
  #runSpanEnd: EpochUs = UNKNOWN_TIME;
  #spanEnd: EpochUs = UNKNOWN_TIME;
  /** Why it ended before the run, or null. */
  #ended: string | null = null;

  private constructor(
    private readonly run: Accompanied,
    private readonly parts: ShadowParts,
  ) {
    this.#clock = new FactClock(parts.host.clock);
    this.#folder = join(run.folder, 'shadow');
  }

  /** Puts a shadow beside a run that has not begun. Resolves once it steps; what is told before that waits. */
  static async attach(run: Accompanied, parts: ShadowParts): Promise<void> {
    const shadow = new ShadowRun(run, parts);
    run.accompany(shadow);
    try {
      await shadow.#open();
    } catch (error) {
      shadow.#end(`its files cannot be opened (${textOf(error)})`);
    }
  }

  heard(event: EngineEvent): void {
    if (this.#ended !== null || (event.type !== 'control' && isOfTheRun(event))) return;
    if (event.type === 'tick' && event.at >= this.#runSpanEnd) {
      this.#runSpanEnd = later(event.at, SPAN);
      this.#runNets.push(this.run.model.profit);
    }
    // The two hot facts are lent: their producer refills them.
    this.#waiting.push(event.type === 'book-delta' || event.type === 'trade' ? { ...event } : event);
    const behind = this.#waiting.length - this.#from;
    if (behind > this.#behindMax) this.#behindMax = behind;
    if (behind > WAITING_MAX) return this.#end(`it was ${behind} facts behind`);
    this.#ask(event);
  }

  standing(): CompanionStanding {
    const { difference, interval, groups, groupSeconds } = this.#spans.result();
    return {
      strategy: this.parts.settings.strategy.name,
      file: this.parts.file,
      profit: this.#shadow?.model.profit ?? null,
      fills: this.#shadow?.model.counters.fills ?? 0,
      difference,
      interval,
      groups,
      groupSeconds,
      behind: this.#waiting.length - this.#from,
      ended: this.#ended,
    };
  }

  /** Takes what still waits, stops, closes its files. @returns how the two compare, for the summary of the run */
  async finish(): Promise<Record<string, unknown>> {
    this.#take(Infinity);
    const [shadow, desk] = [this.#shadow, this.#desk];
    let summary: Record<string, unknown> = {};
    if (shadow !== null && desk !== null) {
      this.#guarded(() => desk.stop('the run is over', () => shadow.hasStopped));
      if (this.#ended === null) this.#spans.add(this.run.model.profit, shadow.model.profit);
      summary = await shadow.finish({ frames: 0, gaps: 0, privateNotBooked: 0 });
    }
    const { difference, interval, groups, groupSeconds } = this.#spans.result();
    return {
      file: this.parts.file,
      folder: this.#folder,
      strategy: this.parts.settings.strategy.name,
      ended: this.#ended,
      fills: summary['fills'] ?? 0,
      orders_placed: summary['orders_placed'] ?? 0,
      realized_pnl: summary['realized_pnl'] ?? null,
      unrealized_pnl: summary['unrealized_pnl'] ?? null,
      fees: summary['fees'] ?? null,
      decision_hash: summary['decision_hash'] ?? null,
      halted: summary['halted'] ?? null,
      // The run less its shadow.
      difference_dollars: difference,
      interval_95: interval === null ? null : [interval.low, interval.high],
      pairs: groups,
      pair_s: groupSeconds,
      behind_max: this.#behindMax,
    };
  }

  async #open(): Promise<void> {
    const { settings, seed, host } = this.parts;
    const { journal, logger } = settings;
    const shadow = await BotRun.open(
      {
        env: settings.environment,
        seed,
        folder: this.#folder,
        recipe: recipeOf(settings, `${this.run.id}s`, null, false),
        strategyName: settings.strategy.name,
        host: { ...host, clock: this.#clock },
        output: SILENT,
        logLevel: 'error',
        segmentBytes: journal.segmentBytes,
        durability: 'kernel',
        tape: { bytes: logger.tapeBytes, rows: logger.tapeRows, logBytes: logger.logBytes, logsKept: logger.logFilesKept },
        // What its records cannot keep up with is counted; the run has a rule of its own.
        tapeBehindMax: seconds(0),
        warnLatency: seconds(3600),
      },
      () => undefined,
    );
    const desk = new PaperDesk({
      paper: settings.paper,
      seed,
      startAt: this.#clock.at,
      ticks: 'recorded',
      offer: (event) => (event.type === 'market-listed' ? shadow.list(event) : shadow.offer(event)),
      setTime: (at) => void (this.#clock.at = at),
    });
    // The feed is the run's: it has the books that the run gets.
    shadow.connect(desk.venue, { requestSnapshot: () => undefined });
    this.#desk = desk;
    this.#shadow = shadow;
    this.#plan();
  }

  #ask(event: EngineEvent): void {
    if (event.type !== 'batch-end' && event.type !== 'tick') return;
    if (this.parts.timers === null) this.#take(Infinity);
    else this.#plan();
  }

  /** A turn of its own, after everything that is under way: what the run has sent has left by then. */
  #plan(): void {
    const { timers } = this.parts;
    if (timers === null || this.#isDue || this.#desk === null || this.#waiting.length === 0) return;
    this.#isDue = true;
    timers.after(PORTION_GAP, () => {
      this.#isDue = false;
      this.#take(PORTION);
      this.#shadow?.flush();
      this.#plan();
    });
  }

  #take(most: number): void {
    const [shadow, desk] = [this.#shadow, this.#desk];
    if (shadow === null || desk === null) return;
    this.#guarded(() => {
      const to = Math.min(this.#waiting.length, this.#from + most);
      for (; this.#from < to; this.#from++) {
        const event = this.#waiting[this.#from] as EngineEvent;
        desk.tell(event);
        if (event.type !== 'tick' || event.at < this.#spanEnd) continue;
        this.#spanEnd = later(event.at, SPAN);
        this.#spans.add(this.#runNets.shift() as Cash, shadow.model.profit);
      }
      if (this.#from < Math.min(this.#waiting.length, FORGET_AT)) return;
      this.#waiting = this.#waiting.slice(this.#from);
      this.#from = 0;
    });
  }

  /** A fault of the shadow is not one of the run. */
  #guarded(work: () => void): void {
    if (this.#ended !== null) return;
    try {
      work();
    } catch (error) {
      this.#end(`it failed (${textOf(error)})`);
    }
  }

  #end(why: string): void {
    this.#ended = why;
    this.#waiting = [];
    this.#from = 0;
    this.run.say('warn', 'SHADOW', `The shadow has ended: ${why}. The run goes on.`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
