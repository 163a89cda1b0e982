/** What the clock alone forbids: windows of a calendar, the weekly pause, the last minutes before a close. */
import type { NoQuote } from '../domain/actions.js';
import { weeklyPause, type CalendarWindow, type Pause } from '../domain/calendar.js';
import type { Ticker } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { ScheduleSettings } from '../domain/settings.js';
import { between, later, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';

const NONE: readonly CalendarWindow[] = Object.freeze([]);

export class Schedule {
  readonly #settings: ScheduleSettings;
  readonly #windows = new Map<Ticker, readonly CalendarWindow[]>();
  #pause: Pause | null = null;

  constructor(settings: ScheduleSettings) {
    this.#settings = settings;
  }

  /** Why nothing may rest in the market now, or null. */
  shut(market: Market, now: EpochUs): NoQuote | null {
    const window = this.#windowAt(market, now, 'pull');
    if (window !== null) return { code: 'calendar', text: `${window.name}: nothing rests for ${left(now, window.to)} more` };
    const { weeklyPauseLead } = this.#settings;
    if (weeklyPauseLead === null) return null;
    const pause = this.#pauseAt(now);
    if (now < later(pause.from, -weeklyPauseLead as DurationUs)) return null;
    return {
      code: 'weekly-pause',
      text:
        now < pause.from
          ? `the weekly pause of the exchange begins in ${left(now, pause.from)}`
          : `the weekly pause of the exchange lasts ${left(now, pause.to)} more`,
    };
  }

  /** Why nothing may add to a position in the market now, or null. */
  reduceOnly(market: Market, now: EpochUs): NoQuote | null {
    const window = this.#windowAt(market, now, 'reduce-only');
    if (window !== null)
      return { code: 'reduce-only', text: `${window.name}: nothing adds to a position for ${left(now, window.to)} more` };
    const { reduceOnlyBefore } = this.#settings;
    const end = reduceOnlyBefore === 0 ? null : endOf(market);
    if (end === null || between(now, end) > reduceOnlyBefore) return null;
    return {
      code: 'reduce-only',
      text: `${now < end ? left(now, end) : 'no time'} to the end of this market: only what reduces is quoted (horizon.reduce_only_seconds)`,
    };
  }

  /** A number that changes whenever one of the answers above does: whoever keeps it knows when to ask again. */
  phase(market: Market, now: EpochUs): number {
    return (this.shut(market, now) === null ? 0 : 1) + (this.reduceOnly(market, now) === null ? 0 : 2);
  }

  #windowAt(market: Market, now: EpochUs, action: CalendarWindow['action']): CalendarWindow | null {
    for (const window of this.#windowsOf(market)) if (window.action === action && window.from <= now && now < window.to) return window;
    return null;
  }

  #windowsOf(market: Market): readonly CalendarWindow[] {
    if (this.#settings.calendar.length === 0) return NONE;
    let windows = this.#windows.get(market.ticker);
    if (windows === undefined) {
      windows = this.#settings.calendar.filter((window) => covers(window, market));
      this.#windows.set(market.ticker, windows);
    }
    return windows;
  }

  #pauseAt(now: EpochUs): Pause {
    if (this.#pause === null || now >= this.#pause.to) this.#pause = weeklyPause(now);
    return this.#pause;
  }
}

const covers = ({ series, events, tickers }: CalendarWindow, market: Market): boolean =>
  series.length + events.length + tickers.length === 0 ||
  series.includes(market.series) ||
  events.includes(market.event) ||
  tickers.includes(market.ticker);

/** The close, or the expected result where that is earlier: from then on the price may be known to others. */
const endOf = ({ closesAt, determinesAt }: Market): EpochUs | null => {
  if (closesAt === null || determinesAt === undefined) return determinesAt ?? closesAt;
  return determinesAt < closesAt ? determinesAt : closesAt;
};

const left = (now: EpochUs, to: EpochUs): string => `${toSeconds(between(now, to)).toFixed(0)} s`;
