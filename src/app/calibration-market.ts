/** One market of recorded runs, as estimators want it: its mids on a regular grid, where our quotes rested and what filled them, how deep takers reached. */
import type { Booked, Decision } from '../domain/actions.js';
import type { Estimate } from '../domain/estimates.js';
import type { PublicTrade } from '../domain/events.js';
import type { Market } from '../domain/market.js';
import { between, later, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs, type Price } from '../domain/units.js';
import { PROBABILITY_HIGH, PROBABILITY_LOW, SPREAD_MAX } from '../estimators/belief-volatility.js';
import { beliefOf, CHANGES_MIN } from '../estimators/belief-series.js';
import { sidesOf } from '../estimators/fill-intensity.js';
import { fitFills } from '../estimators/fill-fit.js';
import { JUMP_DEVIATIONS } from '../estimators/jumps.js';
import { LiveTakers } from '../estimators/live-takers.js';
import { logOdds, stepInLogOdds } from '../estimators/log-odds.js';
import { OwnQuotes } from '../estimators/own-quotes.js';

/** Without a decision for so long nothing is known of the market: a row comes every second. */
const HOLE = seconds(10);
/** Changes closer together than this are mostly the bounce of the quotes. */
const STEP_MIN = 5;
/** About a change per three samples. */
const SAMPLES_PER_CHANGE = 3;
/** Fewer fills tell nothing that is worth writing down. */
export const FILLS_MIN = 20;
/** Where sides are told apart, before kappa is known. */
const USUAL_DECAY = 60;

export interface MarketCalibration {
  readonly ticker: string;
  /** Of a book with both sides, a spread of at most ten cents and a mid between 3 and 97. */
  readonly hours: number;
  readonly changes: number;
  readonly sampleSeconds: number;
  /** sigma_b per square root of a second, or why there is none. */
  readonly volatility: Estimate | null;
  readonly jumps: number;
  /** lambda_J per second, s_J. */
  readonly jumpRate: Estimate | null;
  readonly jumpSize: Estimate | null;
  /** In whole orders. */
  readonly fills: number;
  /** Of quotes of both sides. */
  readonly quotedHours: number;
  /** kappa per dollar, A per second and side. */
  readonly decay: Estimate | null;
  readonly intensity: Estimate | null;
  /** Takers of others, and kappa by how far they reached. */
  readonly takers: number;
  readonly takerDecay: Estimate | null;
  /** What is missing, and why. */
  readonly notes: readonly string[];
}

/** Mids as they changed, without a hole between them. */
interface Stretch {
  readonly at: EpochUs[];
  readonly probability: number[];
  end: EpochUs;
}

export class MarketFold {
  market: Market;
  readonly #quotes = new OwnQuotes();
  readonly #takers = new LiveTakers();
  readonly #stretches: Stretch[] = [];
  #open: Stretch | null = null;
  #seenAt: EpochUs = UNKNOWN_TIME;
  #bestBid: Price | null = null;
  #bestAsk: Price | null = null;

  constructor(market: Market) {
    this.market = market;
  }

  /** Another run begins: nothing is known of the time since the last. */
  interrupt(): void {
    if (this.#seenAt !== UNKNOWN_TIME) this.#quotes.rest(this.#seenAt, null, null, null);
    this.#close();
    this.#seenAt = UNKNOWN_TIME;
    this.#bestBid = null;
    this.#bestAsk = null;
  }

  decision(decision: Decision): void {
    const { at, mid, fair, bestBid, bestAsk } = decision;
    if (this.#seenAt !== UNKNOWN_TIME && between(this.#seenAt, at) > HOLE) this.interrupt();
    this.#seenAt = at;
    this.#bestBid = bestBid;
    this.#bestAsk = bestAsk;
    this.#quotes.rest(at, fair ?? mid, decision.bid, decision.ask);
    const { payout } = this.market;
    const probability = mid === null ? NaN : mid / payout;
    const spread = bestBid === null || bestAsk === null ? Infinity : (bestAsk - bestBid) / payout;
    if (probability >= PROBABILITY_LOW && probability <= PROBABILITY_HIGH && spread <= SPREAD_MAX) this.#see(at, probability);
    else this.#close();
  }

  /** @param lots part of its order */
  booked({ at, side, price, role }: Booked, lots: number): void {
    if (role === 'maker') this.#quotes.fill(at, side, price, lots);
  }

  trade({ exchangeAt, takerSide, price }: PublicTrade): void {
    const touch = takerSide === 'bid' ? this.#bestAsk : this.#bestBid;
    this.#takers.trade(exchangeAt, takerSide, price, touch, this.market.grid);
  }

  result(): MarketCalibration {
    const notes: string[] = [];
    return { ticker: this.market.ticker, ...this.#belief(notes), ...this.#fills(notes), ...this.#taken(), notes };
  }

  #see(at: EpochUs, probability: number): void {
    this.#open ??= { at: [], probability: [], end: at };
    const { at: times, probability: levels } = this.#open;
    this.#open.end = at;
    if (levels.at(-1) === probability) return;
    times.push(at);
    levels.push(probability);
  }

  #close(): void {
    if (this.#open !== null && this.#open.end > (this.#open.at[0] ?? this.#open.end)) this.#stretches.push(this.#open);
    this.#open = null;
  }

  #belief(
    notes: string[],
  ): Pick<MarketCalibration, 'hours' | 'changes' | 'sampleSeconds' | 'volatility' | 'jumps' | 'jumpRate' | 'jumpSize'> {
    const stretches = this.#open === null ? this.#stretches : [...this.#stretches, this.#open];
    const hours = stretches.reduce((sum, { at, end }) => sum + toSeconds(between(at[0] ?? end, end)), 0) / 3600;
    const step = Math.max(STEP_MIN, medianGap(stretches) / SAMPLES_PER_CHANGE);
    const runs = stretches.map((stretch) => sampled(stretch, seconds(step)));
    const changes = runs.reduce((sum, run) => sum + run.length, 0);
    const found = beliefOf(runs, step, JUMP_DEVIATIONS * this.#tickInLogOdds(stretches));
    const common = { hours, changes, sampleSeconds: step };
    if (found === null) {
      notes.push(`too few samples of the mid: ${changes} of ${CHANGES_MIN}`);
      return { ...common, volatility: null, jumps: 0, jumpRate: null, jumpSize: null };
    }
    const { jumps, jumpsBehind, volatility } = found;
    if (!(volatility.value > 0)) notes.push('the mid only bounced: no volatility is left');
    if (jumpsBehind === null) notes.push(`too few jumps: ${jumps.count} of 2`);
    return {
      ...common,
      volatility: volatility.value > 0 ? volatility : null,
      jumps: jumps.count,
      jumpRate: jumpsBehind?.rate ?? null,
      jumpSize: jumpsBehind?.size ?? null,
    };
  }

  /** One step of the grid where the mid was on average. */
  #tickInLogOdds(stretches: readonly Stretch[]): number {
    const levels = stretches.flatMap(({ probability }) => probability);
    if (levels.length === 0) return 0;
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    const { grid, payout } = this.market;
    const below = grid.floor(mean * payout) ?? grid.lowest;
    const above = grid.next(below);
    return above === null ? 0 : stepInLogOdds((above - below) / payout, mean);
  }

  #fills(notes: string[]): Pick<MarketCalibration, 'fills' | 'quotedHours' | 'decay' | 'intensity'> {
    const [bids, asks] = [this.#quotes.bids.list(), this.#quotes.asks.list()];
    const fills = this.#quotes.bids.fills + this.#quotes.asks.fills;
    const common = { fills, quotedHours: (this.#quotes.bids.seconds + this.#quotes.asks.seconds) / 3600 };
    const none = { ...common, decay: null, intensity: null };
    if (fills < FILLS_MIN) {
      notes.push(`too few fills: ${Number(fills.toFixed(1))} of ${FILLS_MIN}`);
      return none;
    }
    const fit = fitFills(sidesOf(bids, asks, USUAL_DECAY));
    const { decay } = fit ?? { decay: { value: NaN, error: null } };
    if (fit === null || decay.error === null || !(decay.value > decay.error)) {
      notes.push('fills at too few distances: kappa cannot be told from them');
      return none;
    }
    const sides = fit.intensities;
    return {
      ...common,
      decay,
      intensity: {
        value: sides.reduce((sum, { value }) => sum + value, 0) / sides.length,
        error: Math.hypot(...sides.map(({ error }) => error ?? 0)) / sides.length,
      },
    };
  }

  #taken(): Pick<MarketCalibration, 'takers' | 'takerDecay'> {
    return { takers: this.#takers.count, takerDecay: this.#takers.decay };
  }
}

/** Seconds between two changes of the mid, in the middle. */
const medianGap = (stretches: readonly Stretch[]): number => {
  const gaps = stretches.flatMap(({ at }) => at.slice(1).map((time, i) => toSeconds(between(at[i] ?? time, time))));
  return gaps.length === 0 ? 0 : (gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0);
};

/** Changes of the log-odds from one moment of the grid to the next, each at what was known last. */
const sampled = ({ at, probability, end }: Stretch, step: DurationUs): number[] => {
  const changes: number[] = [];
  let i = 0;
  let x = logOdds(probability[0] ?? NaN);
  for (let now = later(at[0] ?? end, step); now <= end; now = later(now, step)) {
    while (i + 1 < at.length && (at[i + 1] ?? end) <= now) i++;
    const next = logOdds(probability[i] ?? NaN);
    changes.push(next - x);
    x = next;
  }
  return changes;
};
