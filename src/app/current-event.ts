/** Which market of a series is traded now: of the event that closes next, the strike nearest to the spot. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { RestApi } from '../connector/rest-api.js';
import { parseRfc3339 } from '../connector/wire-time.js';
import type { IndexUpdate } from '../domain/events.js';
import type { IndexMapping, IndexSettings } from '../domain/settings.js';
import { between, type DurationUs, type EpochUs } from '../domain/units.js';
import { must } from './exchange-client.js';

/** What is read of a market to choose it. */
export interface Candidate {
  readonly ticker: string;
  readonly event: string;
  readonly closesAt: EpochUs;
  /** Where the number is compared: of a range its middle. null where the exchange does not say. */
  readonly strike: number | null;
  /** Middle of the best quotes in dollars; null where a side is empty. */
  readonly mid: number | null;
}

export interface Chosen {
  readonly ticker: string;
  readonly event: string;
  readonly closesAt: EpochUs;
  /** For people. */
  readonly why: string;
}

/** What an index was last heard to be worth, for the series that settle on it. */
export class SpotBoard {
  readonly #mappings: readonly IndexMapping[];
  readonly #heard = new Map<string, IndexUpdate>();

  constructor(private readonly indices: Pick<IndexSettings, 'mappings' | 'ageMax'>) {
    this.#mappings = indices.mappings;
  }

  hear(fact: IndexUpdate): void {
    this.#heard.set(fact.index, fact);
  }

  /** null where the series settles on no index that is known, or its value is too old. */
  of(series: string, now: EpochUs): number | null {
    const mapping = this.#mappings.find((each) => each.series === series);
    const heard = mapping === undefined ? undefined : this.#heard.get(mapping.index);
    return heard === undefined || between(heard.asOf, now) > this.indices.ageMax ? null : heard.value;
  }
}

/**
 * @param spot null where nobody knows it: then the price nearest to 50 cents stands for it, where the market itself sees the spot
 * @param least an event that closes sooner is not begun any more
 * @returns null where no event qualifies
 */
export const nearestToSpot = (candidates: readonly Candidate[], spot: number | null, now: EpochUs, least: DurationUs): Chosen | null => {
  const open = candidates.filter(({ closesAt }) => between(now, closesAt) > least);
  const next = open.reduce<Candidate | null>((first, each) => (first === null || each.closesAt < first.closesAt ? each : first), null);
  if (next === null) return null;
  const ofEvent = open.filter(({ event }) => event === next.event);
  const bySpot = spot === null ? null : nearest(ofEvent, ({ strike }) => (strike === null ? null : Math.abs(strike - spot)));
  if (bySpot !== null && spot !== null) return chosen(bySpot, `its strike ${String(bySpot.strike)} is nearest to the spot of ${spot}`);
  const byPrice = nearest(ofEvent, ({ mid }) => (mid === null ? null : Math.abs(mid - 0.5)));
  if (byPrice === null) return null;
  return chosen(byPrice, `its price of ${((byPrice.mid ?? 0) * 100).toFixed(1)} cents is nearest to 50, and no spot is known`);
};

const chosen = ({ ticker, event, closesAt }: Candidate, why: string): Chosen => ({ ticker, event, closesAt, why });

const nearest = (candidates: readonly Candidate[], distance: (candidate: Candidate) => number | null): Candidate | null => {
  let best: { readonly candidate: Candidate; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const far = distance(candidate);
    if (far !== null && (best === null || far < best.distance)) best = { candidate, distance: far };
  }
  return best?.candidate ?? null;
};

/** Reads a market's body; null where it does not say when it closes. */
export const candidateOf = (body: Readonly<Record<string, unknown>>): Candidate | null => {
  const { ticker, event_ticker: event, close_time: closes } = body;
  const closesAt = typeof closes === 'string' ? parseRfc3339(closes) : null;
  if (typeof ticker !== 'string' || typeof event !== 'string' || closesAt === null) return null;
  return { ticker, event, closesAt, strike: strikeOf(body), mid: midOf(body) };
};

const strikeOf = ({ floor_strike: floor, cap_strike: cap }: Readonly<Record<string, unknown>>): number | null => {
  const known = [floor, cap].filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** An empty side is told as a bid of 0 or an ask of 1. */
const midOf = ({ yes_bid_dollars: bid, yes_ask_dollars: ask }: Readonly<Record<string, unknown>>): number | null => {
  const [low, high] = [Number(bid ?? Number.NaN), Number(ask ?? Number.NaN)];
  return low > 0 && high < 1 && low < high ? (low + high) / 2 : null;
};

/**
 * The market of `series` to trade now.
 * @returns null where none of its events is open for longer than `least`
 * @throws CommandFailure where the exchange does not answer or the series has no market
 */
export const currentMarket = async (
  api: Pick<RestApi, 'markets'>,
  series: string,
  spot: SpotBoard,
  now: EpochUs,
  least: DurationUs,
): Promise<Chosen | null> => {
  const open = must(`the open markets of ${series}`, await api.markets.markets({ series, status: 'open' }));
  const candidates = open.flatMap(({ body }) => candidateOf(body) ?? []);
  return nearestToSpot(candidates, spot.of(series, now), now, least);
};

export const nothingOpen = (series: string): CommandFailure =>
  new CommandFailure(ExitCode.refused, `series ${series} has no open event with a quoted market`, {
    fix: 'check the name of the series (--series), or wait until its next event opens',
  });
