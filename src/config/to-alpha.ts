/** From the words of the section `alpha` to domain units. */
import { ticker } from '../domain/ids.js';
import { dollarsOfPrice, durationUs, millis, seconds, type DurationUs } from '../domain/units.js';
import type { AlphaConfig } from './alpha-schema.js';
import type { AlphaSettings, CryptoComSettings, OddsSettings, PolymarketSettings, RedisSettings, SourceTrust } from './alpha-settings.js';
import { priceOfCents } from './exact-amounts.js';

const PERCENT = 100;
/** An unchanged opinion is repeated so often within the time for which it counts that one that is lost does not matter. */
const RENEWALS = 3;

/** @param alpha a checked section */
export const alphaOf = (alpha: AlphaConfig): AlphaSettings => ({
  file: alpha.file,
  ageMax: seconds(alpha.age_max_seconds),
  shiftMax: priceOfCents(alpha.shift_max_cents),
  fade: alpha.fade,
  totalMax: priceOfCents(alpha.total_max_cents),
  sources: Object.fromEntries([...alpha.polymarket, ...alpha.odds, ...alpha.redis].map((entry) => [entry.name, trustOf(entry)])),
  cfbenchmarks: alpha.cfbenchmarks_indices,
  pyth: alpha.pyth_underlyings,
  volatilityPrior: alpha.index_volatility_prior_percent / PERCENT,
  cryptoCom: alpha.crypto_com.map(cryptoComOf),
  polymarket: alpha.polymarket.map(polymarketOf),
  odds: alpha.odds.map(oddsOf),
  redis: alpha.redis.map(redisOf),
});

const trustOf = (entry: AlphaConfig['odds' | 'polymarket' | 'redis'][number]): SourceTrust => ({
  ageMax: seconds(entry.age_max_seconds),
  shiftMax: priceOfCents(entry.shift_max_cents),
  fade: entry.fade,
});

const cryptoComOf = (entry: AlphaConfig['crypto_com'][number]): CryptoComSettings => ({
  name: entry.name,
  url: entry.url,
  index: entry.index,
  value: { channel: entry.value, instrument: entry.instrument },
  candleInstrument: entry.candles_instrument,
  candlePeriod: entry.candles_period,
  jumpMax: entry.jump_max_percent / PERCENT,
  spacing: millis(entry.spacing_ms),
  silenceAfter: seconds(entry.silence_seconds),
});

const polymarketOf = (entry: AlphaConfig['polymarket'][number]): PolymarketSettings => ({
  name: entry.name,
  url: entry.url,
  markets: entry.markets.map((text) => {
    const [name, said] = halves(text);
    const inverted = said.startsWith('NO:');
    return { ticker: ticker(name), token: inverted ? said.slice(3) : said, inverted };
  }),
  price: entry.price,
  belief: {
    confidenceMax: entry.confidence_max_percent / PERCENT,
    spreadMax: dollarsOfPrice(priceOfCents(entry.spread_max_cents)),
    halfLife: entry.half_life_seconds,
  },
  renewEvery: partOf(seconds(entry.age_max_seconds)),
  silenceAfter: seconds(entry.silence_seconds),
});

const oddsOf = (entry: AlphaConfig['odds'][number]): OddsSettings => ({
  name: entry.name,
  url: entry.url,
  every: seconds(entry.every_seconds),
  timeout: millis(entry.timeout_ms),
  odds: entry.odds,
  outcomes: entry.outcomes.map((text) => {
    const [name, path] = halves(text);
    return { ticker: name === '-' ? null : ticker(name), path };
  }),
  margin: entry.margin,
  timePath: entry.time_path,
  confidence: entry.confidence_percent / PERCENT,
  key: entry.key_header === null || entry.key_env === null ? null : { header: entry.key_header, variable: entry.key_env },
});

const redisOf = (entry: AlphaConfig['redis'][number]): RedisSettings => ({
  name: entry.name,
  url: entry.url,
  channel: entry.channel,
  keys: entry.keys,
  every: seconds(entry.every_seconds),
  format: entry.format,
  username: entry.username,
  passwordVariable: entry.password_env,
});

const halves = (text: string): readonly [string, string] => {
  const split = text.indexOf('=');
  return [text.slice(0, split), text.slice(split + 1)];
};

const partOf = (span: DurationUs): DurationUs => durationUs(Math.ceil(span / RENEWALS));
