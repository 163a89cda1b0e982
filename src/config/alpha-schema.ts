/** The section `alpha`: opinions and indices from outside, and where they come from. */
import type { z } from 'zod';
import { cents, choice, given, givenList, list, millis, optionalText, real, records, secondsField, section, text } from './fields.js';
import { indexFields } from './index-fields.js';

const PATH = { pattern: /^[^\n\0]{1,4096}$/, rule: 'a path' };
const NAME = { pattern: /^[a-z][a-z0-9-]{0,31}$/, rule: 'a name of small letters, digits and hyphens' };
const TICKER = '[A-Z0-9][A-Z0-9._-]{0,99}';
const INSTRUMENT = { pattern: /^[A-Za-z0-9._@-]{1,64}$/, rule: 'the name of an instrument, such as BTCUSD-INDEX' };
const INDEX = { pattern: /^[A-Za-z0-9._/-]{1,64}$/, rule: 'the name of an index' };
/** Places in JSON: see docs/signals.md. */
const BRACKET = String.raw`\[\d{1,6}\]|\['[^'\\\]]{1,100}'\]|\[\?@\.[A-Za-z0-9_-]{1,100}=='[^'\\\]]{0,100}'\]`;
const JSON_PATH = `([A-Za-z0-9_$-]{1,100}|${BRACKET})(\\.[A-Za-z0-9_$-]{1,100}|${BRACKET}){0,20}`;
const VARIABLE = {
  pattern: /^[A-Z_][A-Z0-9_]{0,99}$/,
  rule: 'the name of an environment variable, in capital letters; never the secret itself',
  hidden: true,
};
/** Credentials belong into neither the address nor its query. */
const addressOf = (schemes: string, rule: string) => ({
  pattern: new RegExp(`^(${schemes})://(?![^/]*@)(?!.*[?&][^=]*(key|token|secret|pass|auth|sig)[^=]*=)[^\\s]{1,500}$`, 'i'),
  rule: `${rule}, without user, password or key in it`,
  hidden: true,
});
const STREAM = addressOf('wss?', 'an address that begins with wss://, or ws:// to this machine');
const HTTP = addressOf('https?', 'an address that begins with https://, or http:// to this machine');
const REDIS = addressOf('rediss?', 'an address that begins with rediss://, or redis:// to this machine');

const bounds = (source: string, ageSeconds: number) => ({
  age_max_seconds: secondsField(`What ${source} said counts for nothing once it is older.`, {
    default: ageSeconds,
    low: 0.1,
    high: 86_400,
  }),
  shift_max_cents: cents(`Most that ${source} moves the fair value.`, { default: 1, low: 0, high: 50 }),
  fade: choice('drop: counts in full until it is too old; linear: fades evenly.', ['drop', 'linear'], 'drop'),
});
const confidence = (byDefault: number) =>
  real('Part of the difference to our own fair value that is believed at most.', 'of percent', { default: byDefault, low: 0, high: 100 });

const cryptoCom = records(
  'Indices from the public market data of the Crypto.com exchange.',
  {
    name: text('Of the feed.', 'crypto-com', NAME),
    url: text('Of the stream.', 'wss://stream.crypto.com/exchange/v1/market', STREAM),
    index: given('How alpha.indices and the records call it.', INDEX),
    value: choice('index takes the index channel of the instrument, book the middle of its book.', ['index', 'book'], 'index'),
    instrument: given('Such as BTCUSD-INDEX, or BTC_USD with value: book.', INSTRUMENT),
    candles_instrument: optionalText('Its candles tell the volatility.', INSTRUMENT),
    candles_period: choice('Length of a candle.', ['1m', '5m', '15m'], '1m'),
    jump_max_percent: real('A value that differs by more from the one before is believed when it is said three times.', 'of percent', {
      default: 10,
      low: 0.1,
      high: 100,
    }),
    spacing_ms: millis('Values are told at most this often.', { default: 100, low: 0, high: 60_000 }),
    silence_seconds: secondsField('Without a value for longer the connection is replaced.', { default: 15, low: 1, high: 3600 }),
  },
  { itemsMax: 8 },
);

const polymarket = records(
  'Books of Polymarket as opinions: one connection per entry.',
  {
    name: text('Of the feed, and of the source of its opinions.', 'polymarket', NAME),
    url: text('Of the stream.', 'wss://ws-subscriptions-clob.polymarket.com/ws/market', STREAM),
    markets: givenList('Which of their outcomes speaks of which of our markets.', {
      pattern: new RegExp(`^${TICKER}=(NO:)?\\d{1,80}$`),
      rule: 'TICKER=TOKEN, or TICKER=NO:TOKEN where their outcome is our NO',
      itemsMax: 200,
    }),
    price: choice('What of the book is taken for the probability.', ['mid', 'microprice'], 'microprice'),
    confidence_max_percent: confidence(50),
    spread_max_cents: cents('A book with this spread or a wider one has no opinion; below, confidence falls with the spread.', {
      default: 10,
      low: 0.1,
      high: 100,
    }),
    half_life_seconds: secondsField('Without a change of the book its opinion is believed half as much after this time.', {
      default: 120,
      low: 1,
      high: 86_400,
    }),
    ...bounds('this source', 15),
    silence_seconds: secondsField('Without a sign of life for longer the connection is replaced; they answer every ten seconds.', {
      default: 25,
      low: 11,
      high: 3600,
    }),
  },
  { itemsMax: 8 },
);

const odds = records(
  'Odds of bookmakers, read again and again from an address that answers with JSON.',
  {
    name: given('Of the feed, and of the source of its opinions.', NAME),
    url: given('Of the answer.', HTTP),
    every_seconds: secondsField('It is asked this often.', { default: 10, low: 0.5, high: 3600 }),
    timeout_ms: millis('An answer that takes longer is given up.', { default: 3000, low: 100, high: 60_000 }),
    odds: choice('How odds are written: -150, 1.67 or 0.6.', ['american', 'decimal', 'probability'], 'american'),
    outcomes: givenList('All outcomes of the event, with the place of their odds; only together can the margin be taken out.', {
      pattern: new RegExp(`^(${TICKER}|-)=${JSON_PATH}$`),
      rule: 'TICKER=PATH such as KXA=events[0].odds[1].price, or -=PATH for an outcome without a market of ours',
      itemsMax: 50,
    }),
    margin: choice('How the margin of the bookmaker is taken out.', ['multiplicative', 'power', 'none'], 'multiplicative'),
    time_path: optionalText('Place of the time at which the odds were formed, in RFC 3339, seconds or milliseconds.', {
      pattern: new RegExp(`^${JSON_PATH}$`),
      rule: 'a path such as updated_at',
    }),
    confidence_percent: confidence(50),
    ...bounds('this source', 30),
    key_header: optionalText('Name of the header that carries a key.', {
      pattern: /^[A-Za-z][A-Za-z0-9-]{0,63}$/,
      rule: 'the name of a header',
    }),
    key_env: optionalText('Name of the environment variable that holds the key.', VARIABLE),
  },
  { itemsMax: 20 },
);

const redis = records(
  'Signals in Redis, in the text of the signal file. Needs the package @redis/client.',
  {
    name: text('Of the feed, and of the source of its signals.', 'redis', NAME),
    url: text('Of the server.', 'redis://127.0.0.1:6379', REDIS),
    channel: optionalText('Channel to listen to.', { pattern: /^[^\s]{1,200}$/, rule: 'the name of a channel' }),
    keys: list('Keys that are read again and again.', { pattern: /^[^\s]{1,200}$/, rule: 'the name of a key', itemsMax: 50 }),
    every_seconds: secondsField('Keys are read this often.', { default: 1, low: 0.1, high: 3600 }),
    format: choice('Of the text.', ['json', 'csv'], 'json'),
    ...bounds('this source', 5),
    username: optionalText('Where the server wants one.', { pattern: /^[^\s]{1,100}$/, rule: 'a name' }),
    password_env: optionalText('Name of the environment variable that holds the password.', VARIABLE),
  },
  { itemsMax: 4 },
);

export const alphaSection = section('Opinions from outside about where a price should be, and indices that contracts settle on.', {
  file: optionalText('File of signals that is read again whenever it changes.', PATH),
  age_max_seconds: secondsField('An older signal of the file counts for nothing.', { default: 5, low: 0.1, high: 86_400 }),
  shift_max_cents: cents('Most that a signal of the file moves the fair value.', { default: 2, low: 0, high: 50 }),
  fade: choice('drop: a signal of the file counts in full until it is too old; linear: it fades evenly.', ['drop', 'linear'], 'drop'),
  total_max_cents: cents('Most that all sources together move the fair value.', { default: 3, low: 0, high: 50 }),
  hosts_allowed: list('Hosts that feeds may connect to, besides this machine and the exchange.', {
    pattern: /^[A-Za-z0-9.-]{1,253}$/,
    rule: 'the name of a host, without address or port',
    itemsMax: 50,
    default: ['stream.crypto.com', 'ws-subscriptions-clob.polymarket.com'],
  }),
  ...indexFields,
  cfbenchmarks_indices: list("Indices of the exchange's own channel cfbenchmarks_value, such as BRTI.", { ...INDEX, itemsMax: 50 }),
  pyth_underlyings: list("Underlyings of the exchange's own channel pyth_value, such as Metal.XAU/USD.", { ...INDEX, itemsMax: 50 }),
  index_volatility_prior_percent: real(
    "Volatility per year of an index of the exchange's own channels before its values have said how much it moves.",
    'of percent',
    { default: 60, low: 1, high: 1000 },
  ),
  crypto_com: cryptoCom,
  polymarket,
  odds,
  redis,
});

export type AlphaConfig = z.output<typeof alphaSection>;
