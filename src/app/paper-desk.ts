/** A bot's place at a paper venue that sees a public feed: facts come in their order, paper answers at their moments, time is that of the facts. */
import { SeededChance } from '../domain/chance.js';
import { isPrivateFact, type EngineEvent } from '../domain/events.js';
import { DIRECT_MEMBER_ROUNDING } from '../domain/fees.js';
import type { Offer } from '../domain/ports.js';
import { later, millis, seconds, type EpochUs } from '../domain/units.js';
import type { PaperVenueSettings } from '../config/settings.js';
import { PaperVenue } from '../paper/paper-venue.js';
import { Playback } from '../replay/playback.js';

export interface DeskParts {
  readonly paper: PaperVenueSettings;
  readonly seed: string;
  readonly startAt: EpochUs;
  /** `recorded`: ticks come with the facts. */
  readonly ticks: 'made' | 'recorded';
  /** The bot's door. */
  readonly offer: Offer;
  readonly setTime: (at: EpochUs) => void;
}

/** Time of the feed that a stop may take; more than the slowest paper venue needs. */
const END_MARGIN = seconds(600);
const END_STEP = millis(100);

export class PaperDesk {
  readonly venue: PaperVenue;
  readonly #playback: Playback;
  readonly #offer: Offer;

  constructor({ paper, seed, startAt, ticks, offer, setTime }: DeskParts) {
    this.venue = paperVenueOf(paper, seed, startAt);
    this.#offer = offer;
    this.#playback = new Playback({ paper: this.venue, offer, setTime }, startAt, ticks);
  }

  get now(): EpochUs {
    return this.#playback.now;
  }

  /** Lets time pass: paper answers, ticks. */
  passTo(at: EpochUs): void {
    this.#playback.passTo(at);
  }

  /** One public fact, which may be lent: nothing keeps it. */
  offer(event: EngineEvent): void {
    this.venue.observe(event);
    this.#offer(event);
  }

  /** All facts of this moment have been told. */
  settle(): void {
    this.#playback.settle();
  }

  tick(at: EpochUs): void {
    this.#playback.tick(at);
  }

  /** One fact of a recorded feed, its ticks and ends of batches included. */
  tell(event: EngineEvent): void {
    if (event.type === 'tick') return this.tick(event.at);
    this.passTo(event.at);
    if (event.type === 'batch-end') this.settle();
    else this.offer(event);
  }

  /** Asks the bot to stop, and lets time pass until it has. */
  stop(reason: string, hasStopped: () => boolean): void {
    this.#playback.makeTicks();
    this.#offer({ type: 'control', at: this.now, command: 'stop', reason });
    const latest = later(this.now, END_MARGIN);
    while (!hasStopped() && this.now < latest) this.#playback.passTo(later(this.now, END_STEP));
  }
}

/** Facts that belong to a run and not to the market: its own orders, its account, its storage, what a person told it. Another bot on the same feed has its own. */
export const isOfTheRun = (event: EngineEvent): boolean =>
  isPrivateFact(event) || event.type === 'rate-limited' || event.type === 'write-budget' || event.type === 'storage';

/** The one way in which paper venues of feeds are made: the same settings and seed fill alike everywhere. */
export const paperVenueOf = (paper: PaperVenueSettings, seed: string, startAt: EpochUs): PaperVenue =>
  new PaperVenue({ ...paper, rounding: DIRECT_MEMBER_ROUNDING }, new SeededChance(0, `${seed} paper`), startAt);
