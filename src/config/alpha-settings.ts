/** The section `alpha` in domain units: what is trusted how far, and which feeds are to be started. */
import type { Ticker } from '../domain/ids.js';
import type { DurationUs } from '../domain/units.js';

/** How far one source is trusted. */
export interface SourceTrust {
  readonly ageMax: DurationUs;
  /** Most shift of fair value, in price units. */
  readonly shiftMax: number;
  readonly fade: 'drop' | 'linear';
}

export interface CryptoComSettings {
  readonly name: string;
  readonly url: string;
  readonly index: string;
  readonly value: { readonly channel: 'index' | 'book'; readonly instrument: string };
  readonly candleInstrument: string | null;
  readonly candlePeriod: '1m' | '5m' | '15m';
  readonly jumpMax: number;
  readonly spacing: DurationUs;
  readonly silenceAfter: DurationUs;
}

export interface PolymarketSettings {
  readonly name: string;
  readonly url: string;
  readonly markets: readonly { readonly ticker: Ticker; readonly token: string; readonly inverted: boolean }[];
  readonly price: 'mid' | 'microprice';
  readonly belief: { readonly confidenceMax: number; readonly spreadMax: number; readonly halfLife: number };
  readonly renewEvery: DurationUs;
  readonly silenceAfter: DurationUs;
}

export interface OddsSettings {
  readonly name: string;
  readonly url: string;
  readonly every: DurationUs;
  readonly timeout: DurationUs;
  readonly odds: 'american' | 'decimal' | 'probability';
  /** All outcomes of the event; those without a market of ours have no ticker. */
  readonly outcomes: readonly { readonly ticker: Ticker | null; readonly path: string }[];
  readonly margin: 'multiplicative' | 'power' | 'none';
  readonly timePath: string | null;
  readonly confidence: number;
  /** Header that carries a key, and the variable that holds it. */
  readonly key: { readonly header: string; readonly variable: string } | null;
}

export interface RedisSettings {
  readonly name: string;
  readonly url: string;
  readonly channel: string | null;
  readonly keys: readonly string[];
  readonly every: DurationUs;
  readonly format: 'json' | 'csv';
  readonly username: string | null;
  readonly passwordVariable: string | null;
}

export interface AlphaSettings {
  readonly file: string | null;
  readonly ageMax: DurationUs;
  /** Most shift of fair value by the file, in price units. */
  readonly shiftMax: number;
  readonly fade: 'drop' | 'linear';
  /** Most shift of fair value by all sources together, in price units. */
  readonly totalMax: number;
  /** By the name of the feed. */
  readonly sources: Readonly<Record<string, SourceTrust>>;
  readonly cfbenchmarks: readonly string[];
  readonly pyth: readonly string[];
  /** sigma per square root of a year, for indices of the exchange's own channels. */
  readonly volatilityPrior: number;
  readonly cryptoCom: readonly CryptoComSettings[];
  readonly polymarket: readonly PolymarketSettings[];
  readonly odds: readonly OddsSettings[];
  readonly redis: readonly RedisSettings[];
}
