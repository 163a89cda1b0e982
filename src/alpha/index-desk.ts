/** What contracts are worth by the index that they settle on. Keeps every index of the configuration and values any market with a strike, at any moment. */
import type { NoQuote } from '../domain/actions.js';
import type { IndexUpdate, IndexVolatility } from '../domain/events.js';
import type { SeriesTicker, Ticker } from '../domain/ids.js';
import type { Market, Strike } from '../domain/market.js';
import type { IndexMapping, IndexSettings } from '../domain/settings.js';
import { between, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Valuation } from '../domain/view.js';
import { IndexState, type Verdict, type Volatility } from './index-state.js';
import { beforeWindow, type AverageProgress } from './pricing/average.js';
import { valueStrike, type StrikeValue } from './pricing/strike-value.js';

/** No series settles on an index. */
export const NO_INDICES: IndexSettings = Object.freeze({
  mappings: Object.freeze([]),
  ageMax: 0 as DurationUs,
  volatilityAgeMax: 0 as DurationUs,
  jumpSigmasMax: Infinity,
  confidence: 0,
  shiftMax: 0,
});

/** The part of a valuation that stays as it is until the index speaks again. */
interface Kept {
  readonly market: Market;
  readonly version: number;
  readonly value: StrikeValue | NoQuote;
}

export class IndexDesk {
  readonly #settings: IndexSettings;
  readonly #mappings = new Map<SeriesTicker, IndexMapping>();
  readonly #indices = new Map<string, IndexState>();
  readonly #kept = new Map<Ticker, Kept>();

  constructor(settings: IndexSettings) {
    this.#settings = settings;
    for (const mapping of settings.mappings) {
      this.#mappings.set(mapping.series, mapping);
      if (!this.#indices.has(mapping.index)) this.#indices.set(mapping.index, new IndexState(mapping.index, settings));
    }
  }

  /** Index on which the contracts of a series settle, or null. */
  indexOf(series: SeriesTicker): string | null {
    return this.#mappings.get(series)?.index ?? null;
  }

  /** What is known of one index; undefined where no series settles on it. */
  index(name: string): IndexState | undefined {
    return this.#indices.get(name);
  }

  get indices(): Iterable<IndexState> {
    return this.#indices.values();
  }

  /** How far makers follow the value by the index, in price units: in part, and within its bound. @param mid in price units, or null */
  skew(probability: number, mid: number | null, payout: number): number {
    if (mid === null) return 0;
    const { confidence, shiftMax } = this.#settings;
    return Math.max(-shiftMax, Math.min(shiftMax, confidence * (probability * payout - mid)));
  }

  /** null for an index that no series settles on. */
  takeValue(update: IndexUpdate): Verdict | null {
    return this.#indices.get(update.index)?.takeValue(update) ?? null;
  }

  takeVolatility(update: IndexVolatility): Verdict | null {
    return this.#indices.get(update.index)?.takeVolatility(update) ?? null;
  }

  /**
   * What a YES contract is worth at `now`, or why that cannot be said; null where its series settles on no index.
   *
   * Everything is seen as of the index's last value: what has been read of an average, and how much time is left. How far the index may have moved since then is
   * part of the error: sqrt((vega * s_sigma)^2 + sigma_p^2 * age), with sigma_p the volatility of the probability itself.
   */
  value(market: Market, now: EpochUs): Valuation | NoQuote | null {
    const mapping = this.#mappings.get(market.series);
    if (mapping === undefined) return null;
    const state = this.#indices.get(mapping.index) as IndexState;
    const closed = this.#distrust(state, now);
    if (closed !== null) return closed;
    const value = this.#valueOf(market, mapping, state);
    if ('code' in value) return value;
    const { asOf } = state.last as NonNullable<IndexState['last']>;
    const volatility = state.volatility as Volatility;
    const age = Math.max(0, toSeconds(between(asOf, now)));
    return {
      probability: value.probability,
      standardError: Math.hypot(value.vega * volatility.error, value.priceVolatility * Math.sqrt(age)),
      beliefVolatility: value.beliefVolatility,
      asOf,
      source: `index ${state.name}`,
    };
  }

  /** Why the index says nothing at all now, or null. */
  #distrust(state: IndexState, now: EpochUs): NoQuote | null {
    const { name, last, volatility, suspect } = state;
    const { ageMax, volatilityAgeMax, jumpSigmasMax } = this.#settings;
    if (state.isBroken) return { code: 'index-invalid', text: `index ${name} spoke of no sensible number: waiting for the next` };
    if (last === null) return { code: 'no-index', text: `index ${name} has not spoken yet` };
    if (suspect !== null)
      return {
        code: 'index-jump',
        text: `index ${name} went from ${last.value} to ${suspect.value}, more than ${jumpSigmasMax} standard deviations: waiting for the next value`,
      };
    if (state.isStale(now))
      return { code: 'index-stale', text: `index ${name} is ${ageText(last.asOf, now)} old, limit ${spanText(ageMax)}` };
    if (volatility === null) return { code: 'no-volatility', text: `nobody has told the volatility of index ${name} yet` };
    if (between(volatility.asOf, now) > volatilityAgeMax)
      return {
        code: 'volatility-stale',
        text: `the volatility of index ${name} is ${ageText(volatility.asOf, now)} old, limit ${spanText(volatilityAgeMax)}`,
      };
    return null;
  }

  #valueOf(market: Market, mapping: IndexMapping, state: IndexState): StrikeValue | NoQuote {
    const kept = this.#kept.get(market.ticker);
    if (kept !== undefined && kept.version === state.version && kept.market === market) return kept.value;
    const value = priced(market, mapping, state);
    this.#kept.set(market.ticker, { market, version: state.version, value });
    return value;
  }
}

const priced = (market: Market, mapping: IndexMapping, state: IndexState): StrikeValue | NoQuote => {
  const { strike, closesAt, ticker } = market;
  if (strike === undefined)
    return { code: 'no-strike', text: `the exchange names no strike of ${ticker} that an index could be held against` };
  if (closesAt === null) return { code: 'no-close-time', text: `${ticker} states no close, so nobody knows when the index is read` };
  const last = state.last as NonNullable<IndexState['last']>;
  const progress = progressOf(state, mapping, closesAt, last.asOf);
  if (progress === null)
    return {
      code: 'index-gap',
      text: `index ${state.name} was not heard through the whole settlement window of ${ticker}: its average is not known`,
    };
  return valueStrike(asRuled(strike, mapping), {
    spot: last.value,
    volatility: (state.volatility as Volatility).annual,
    terms: { samples: mapping.samples, spacing: toSeconds(mapping.spacing) },
    progress,
  });
};

/** How far the average has come at a moment; null where a reading of it was missed. The close is taken down to a multiple of the spacing. */
const progressOf = (state: IndexState, { samples, spacing }: IndexMapping, closesAt: EpochUs, at: EpochUs): AverageProgress | null => {
  const lastSlot = Math.floor(closesAt / spacing);
  const firstSlot = lastSlot - samples + 1;
  const slot = Math.floor(at / spacing);
  if (slot < firstSlot) return beforeWindow({ samples, spacing: toSeconds(spacing) }, toSeconds((lastSlot * spacing - at) as DurationUs));
  const taken = state.window(spacing).sum(firstSlot, Math.min(slot, lastSlot));
  if (taken === null) return null;
  return { ...taken, untilNext: toSeconds(((slot + 1) * spacing - at) as DurationUs) };
};

const asRuled = (strike: Strike, { atStrike }: IndexMapping): Strike =>
  atStrike === 'as-listed' ? strike : { ...strike, floorStrict: atStrike === 'pays-not', capStrict: atStrike === 'pays-not' };

const spanText = (span: DurationUs): string => `${toSeconds(span).toFixed(1)} s`;
const ageText = (from: EpochUs, now: EpochUs): string => spanText(between(from, now));
