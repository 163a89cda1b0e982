/**
 * A recording through the production pipeline: frames into the session, facts into the bot, orders onto paper. Time is recorded time, so the same file, settings
 * and seed give the same decisions at every speed.
 *
 * One turn per frame: what fell due on paper before the frame is told first (at its own moment), then the frame, then the end of the batch, then what the decisions
 * led to at once. In gaps of the recording ticks pass every 100 ms of recorded time, as they do live; the journal of a run has its own.
 */
import type { EngineEvent } from '../domain/events.js';
import { later, millis, type DurationUs, type EpochUs } from '../domain/units.js';
import type { PaperVenue } from '../paper/paper-venue.js';

/** What playback drives: the paper venue and the bot's door. */
export interface PlaybackParts {
  readonly paper: PaperVenue;
  readonly offer: (event: EngineEvent) => void;
  /** Sets the clock of the world. */
  readonly setTime: (at: EpochUs) => void;
}

const TICK: DurationUs = millis(100);
/** A hole in a recording longer than this is not ticked through: the feed was down, not quiet. */
const TICKED_GAP_MAX: DurationUs = millis(120_000);
/** Decisions lead to answers and those to decisions; more rounds than this at one moment is a fault of ours. */
const ROUNDS_MAX = 100;

export class Playback {
  #now: EpochUs;
  #nextTick: EpochUs;

  /** @param ticks `recorded`: they come with the facts, through `tick` */
  constructor(
    private readonly parts: PlaybackParts,
    startAt: EpochUs,
    private ticks: 'made' | 'recorded' = 'made',
  ) {
    this.#now = startAt;
    this.#nextTick = later(startAt, TICK);
    parts.setTime(startAt);
  }

  get now(): EpochUs {
    return this.#now;
  }

  /** What arrived together at one moment, which `tell` offers. Without a time it takes the present one. */
  batch(at: EpochUs | null, tell: (at: EpochUs) => void): void {
    this.passTo(at ?? this.#now);
    tell(this.#now);
    this.settle();
  }

  /** A recorded tick. */
  tick(at: EpochUs): void {
    this.passTo(at);
    this.parts.offer({ type: 'tick', at });
    this.settle();
  }

  /** The recording is over: from here on time passes by ticks of our own. */
  makeTicks(): void {
    this.ticks = 'made';
    this.#nextTick = later(this.#now, TICK);
  }

  /** Lets recorded time pass: paper answers at their moments and ticks in between. */
  passTo(at: EpochUs): void {
    if (at - this.#now > TICKED_GAP_MAX) this.#nextTick = later(at, -TICK as DurationUs);
    for (;;) {
      const due = this.parts.paper.nextDue;
      const tick = this.ticks === 'made' ? this.#nextTick : null;
      const next = due !== null && (tick === null || due < tick) ? due : tick;
      if (next === null || next > at) break;
      this.#moveTo(next);
      if (next === tick) {
        this.#nextTick = later(next, TICK);
        this.parts.offer({ type: 'tick', at: next });
      }
      this.settle();
    }
    this.#moveTo(at);
  }

  /** Ends the batch, and goes on until nothing is due at this moment. */
  settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      this.parts.offer({ type: 'batch-end', at: this.#now });
      const facts = this.parts.paper.advance(this.#now);
      if (facts.length === 0) return;
      for (const fact of facts) this.parts.offer(fact);
    }
    throw new Error('the bot and its paper venue never come to rest');
  }

  #moveTo(at: EpochUs): void {
    if (at <= this.#now) return;
    this.#now = at;
    this.parts.setTime(at);
  }
}
