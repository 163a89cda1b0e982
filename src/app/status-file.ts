/**
 * A running bot's picture of itself, written about once a second into the state folder, for `kmm status`, health checks and whoever else looks from outside. Its age
 * says whether the bot still turns: a process that hangs writes none. Fields may be added under the same version; readers ignore what they do not know.
 */
import { z } from 'zod';
import type { FeedStanding } from '../alpha/feeds/feed-port.js';
import type { SignalInForce } from '../alpha/signals.js';
import type { Decision, NoQuote } from '../domain/actions.js';
import {
  addCash,
  between,
  dollarsOfPrice,
  formatCash,
  formatPrice,
  formatQuantity,
  price,
  subtractCash,
  toEpochMs,
  type DurationUs,
  type EpochUs,
} from '../domain/units.js';
import { inTradeUnits } from '../screen/estimates-text.js';
import type { CompanionStanding, MarketLine, StatusModel, Surroundings } from '../screen/status-model.js';

export const STATUS_VERSION = 1;

const decimal = z.string().regex(/^-?\d{1,15}\.\d{1,6}$/);
const count = z.number().int().nonnegative();
const time = z.iso.datetime();
const milliseconds = z.number().nonnegative().nullable();

/** `error` is null where a value is a setting and nothing has been learnt. */
const estimate = z.object({ value: z.number(), error: z.number().nonnegative().nullable() });
const estimatesSchema = z.object({
  belief_volatility_per_sqrt_hour: estimate,
  jumps_per_hour: estimate,
  jump_size_log_odds: estimate,
  kappa_per_dollar: estimate,
  fills_per_minute: estimate,
});

const marketSchema = z.object({
  ticker: z.string(),
  /** Signed contracts, dollars per contract, dollars: decimal texts, so that nothing is rounded. */
  position: decimal,
  profit: decimal,
  best_bid: decimal.nullable(),
  best_ask: decimal.nullable(),
  bid: decimal.nullable(),
  bid_size: decimal,
  ask: decimal.nullable(),
  ask_size: decimal,
  /** Why a side is not quoted; null where it is. */
  no_bid: z.string().nullable(),
  no_ask: z.string().nullable(),
  decided_ms_ago: milliseconds,
  /** What is believed, with standard errors; null where it is not known, absent in what an older build wrote. */
  estimates: estimatesSchema.nullable().optional(),
  /** Opinions of outside sources that have not been withdrawn; absent in what an older build wrote. */
  signals: z
    .array(
      z.object({
        source: z.string(),
        /** What it adds to fair value now, before the bound of all sources together. */
        cents: z.number(),
        age_ms: z.number().nonnegative(),
        confidence: z.number(),
        probability: z.number().nullable(),
        stale: z.boolean(),
      }),
    )
    .optional(),
});

const feedSchema = z.object({
  name: z.string(),
  standing: z.enum(['starting', 'up', 'silent', 'stopped']),
  heard_ms_ago: milliseconds,
  good: count,
  bad: count,
  trouble: z.string().nullable(),
});

const statusSchema = z.object({
  schema_version: z.literal(STATUS_VERSION),
  at: time,
  /** How often it is written; absent in what an older build wrote. */
  every_ms: z.number().positive().optional(),
  pid: count,
  env: z.string(),
  run: z.string(),
  folder: z.string(),
  strategy: z.string(),
  standing: z.enum(['starting', 'trading', 'recovering', 'stopping', 'stopped', 'halted']),
  up_ms: z.number().nonnegative(),
  halt: z.object({ code: z.string(), text: z.string() }).nullable(),
  /** Realized plus unrealized less fees. */
  profit: decimal,
  fees: decimal,
  orders: z.object({ open: count, placed: count, changed: count, cancelled: count, refused: count, unknown: count }),
  fills: count,
  volume: decimal,
  feed: z.object({ frames: count, deltas: count, gaps: count, heard_ms_ago: milliseconds }),
  decided_ms_ago: milliseconds,
  latency_us: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  /** A second set of parameters on paper beside the run; absent where there is none. */
  shadow: z
    .object({
      strategy: z.string(),
      file: z.string(),
      profit: decimal.nullable(),
      fills: count,
      /** Result of the run less that of the shadow, in dollars, and its 95 % interval over `pairs` pairs of `pair_s` seconds. */
      difference_dollars: z.number(),
      interval_95: z.tuple([z.number(), z.number()]).nullable(),
      pairs: count,
      pair_s: z.number().nonnegative(),
      behind: count,
      ended: z.string().nullable(),
    })
    .optional(),
  /** The last warning or error. */
  trouble: z.string().nullable(),
  markets: z.array(marketSchema),
  /** Feeds outside the exchange; absent in what an older build wrote. */
  outside: z.array(feedSchema).optional(),
});

export type RunStatus = z.infer<typeof statusSchema>;
export type MarketStatus = z.infer<typeof marketSchema>;

export type SignalStatus = NonNullable<MarketStatus['signals']>[number];

export interface StatusFacts {
  /** The system's time, by which a reader judges the age. */
  readonly wall: EpochUs;
  /** How often it is written. */
  readonly every: DurationUs;
  readonly pid: number;
  readonly run: string;
  readonly folder: string;
  /** Since the last frame of the feed; null where none has come. */
  readonly heardAgo: DurationUs | null;
  readonly outside: readonly FeedStanding[];
  /** Opinions on a market, by its ticker. */
  readonly signalsOn: (ticker: string) => readonly SignalInForce[];
}

/** What is written. */
export const statusOf = (model: StatusModel, around: Surroundings, facts: StatusFacts): RunStatus => {
  const c = model.counters;
  const { markets } = model;
  const ages = markets.flatMap(({ decision }) => (decision === null ? [] : [ageOf(decision, around.now)]));
  const trouble = model.notes.findLast(({ severity }) => severity !== 'info');
  const { p50, p99, max } = around.latencyUs;
  return {
    schema_version: STATUS_VERSION,
    at: new Date(toEpochMs(facts.wall)).toISOString(),
    every_ms: facts.every / 1000,
    pid: facts.pid,
    env: around.env,
    run: facts.run,
    folder: facts.folder,
    strategy: around.strategy,
    standing: model.standing,
    up_ms: inMillis(between(around.startedAt, around.now)),
    halt: model.halt === null ? null : { code: model.halt.code, text: model.halt.text },
    profit: formatCash(model.profit),
    fees: formatCash(model.fees),
    orders: {
      open: around.openOrders,
      placed: c.placed,
      changed: c.amended + c.decreased,
      cancelled: c.cancelled,
      refused: c.rejected,
      unknown: c.unknown,
    },
    fills: c.fills,
    volume: formatQuantity(c.volume),
    feed: {
      frames: around.frames,
      deltas: c.deltas,
      gaps: around.gaps,
      heard_ms_ago: facts.heardAgo === null ? null : inMillis(facts.heardAgo),
    },
    decided_ms_ago: ages.length === 0 ? null : Math.min(...ages),
    latency_us: { p50, p99, max },
    ...(around.shadow === undefined ? {} : { shadow: shadowOf(around.shadow) }),
    trouble: trouble?.text ?? null,
    markets: markets.map((line) => ({ ...marketOf(line, around), signals: facts.signalsOn(line.ticker).map(signalOf) })),
    outside: facts.outside.map(feedOf),
  };
};

const shadowOf = (standing: CompanionStanding): NonNullable<RunStatus['shadow']> => ({
  strategy: standing.strategy,
  file: standing.file,
  profit: standing.profit === null ? null : formatCash(standing.profit),
  fills: standing.fills,
  difference_dollars: standing.difference,
  interval_95: standing.interval === null ? null : [standing.interval.low, standing.interval.high],
  pairs: standing.groups,
  pair_s: standing.groupSeconds,
  behind: standing.behind,
  ended: standing.ended,
});

const NO_DECISION = 'waiting for its book';

const marketOf = ({ index, ticker, decision: d }: MarketLine, { now, estimates: estimatesOf }: Surroundings): MarketStatus => {
  const known = estimatesOf(index);
  const estimates = known === null ? null : inTradeUnits(known);
  const none = { best_bid: null, best_ask: null, bid: null, bid_size: '0.00', ask: null, ask_size: '0.00' };
  if (d === null)
    return {
      ticker,
      position: '0.00',
      profit: '0.000000',
      ...none,
      no_bid: NO_DECISION,
      no_ask: NO_DECISION,
      decided_ms_ago: null,
      estimates,
    };
  return {
    ticker,
    position: formatQuantity(d.inventory),
    profit: formatCash(subtractCash(addCash(d.realized, d.unrealized), d.fees)),
    best_bid: d.bestBid === null ? null : formatPrice(d.bestBid),
    best_ask: d.bestAsk === null ? null : formatPrice(d.bestAsk),
    bid: d.bid === null ? null : formatPrice(d.bid),
    bid_size: formatQuantity(d.bidSize),
    ask: d.ask === null ? null : formatPrice(d.ask),
    ask_size: formatQuantity(d.askSize),
    no_bid: d.bid === null ? reasonOf(d.noBid) : null,
    no_ask: d.ask === null ? reasonOf(d.noAsk) : null,
    decided_ms_ago: ageOf(d, now),
    estimates,
  };
};

const signalOf = ({ source, shift, age, confidence, probability, stale }: SignalInForce): SignalStatus => ({
  source,
  cents: rounded(dollarsOfPrice(price(shift)) * 100, 4),
  age_ms: inMillis(age),
  confidence: rounded(confidence, 4),
  probability: probability === null ? null : rounded(probability, 4),
  stale,
});

const feedOf = ({ name, standing, heardAgo, good, bad, trouble }: FeedStanding): NonNullable<RunStatus['outside']>[number] => ({
  name,
  standing,
  heard_ms_ago: heardAgo === null ? null : inMillis(heardAgo),
  good,
  bad,
  trouble,
});

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

const reasonOf = (why: NoQuote | null): string => why?.text ?? 'no reason told';
const ageOf = (decision: Decision, now: EpochUs): number => inMillis(between(decision.at, now));
const inMillis = (span: DurationUs): number => Math.max(0, Math.round(span / 1000));

/** What stands in a file, or null where it is none of ours: torn, of another version, or written by hand. */
export const readStatus = (text: string): RunStatus | null => {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
