/** What every feed outside looks like to the run that started it, and what it needs of the world. */
import type { Severity } from '../../domain/actions.js';
import type { Chance, Clock, Offer, Timers } from '../../domain/ports.js';
import type { DurationUs } from '../../domain/units.js';

/** A word for people: when something begins to be wrong and when it is right again, never for every repetition. */
export interface FeedReport {
  readonly severity: Severity;
  readonly code: 'SIGNAL_FEED_UP' | 'SIGNAL_FEED_DOWN' | 'SIGNAL_FEED_SILENT' | 'SIGNAL_FEED_BAD';
  readonly text: string;
}

export interface FeedWorld {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  readonly offer: Offer;
  readonly report: (report: FeedReport) => void;
}

export interface FeedStanding {
  readonly name: string;
  /** `silent`: it does not answer, or says nothing that can be used. */
  readonly standing: 'starting' | 'up' | 'silent' | 'stopped';
  /** Since something of use was heard; null where nothing was yet. */
  readonly heardAgo: DurationUs | null;
  /** Frames or answers of use, and those that were passed over. */
  readonly good: number;
  readonly bad: number;
  /** What is wrong, or null. */
  readonly trouble: string | null;
}

/** A source of facts outside the exchange. None of it throws and nothing is offered before `start` or after `stop`. */
export interface OutsideFeed {
  readonly name: string;
  start(): void;
  stop(): void;
  standing(): FeedStanding;
}
