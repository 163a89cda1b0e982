/** Everything that is learnt of one market, fed with what happens there and asked for what is believed now. Knows no clock: every moment is an argument. */
import type { Estimate, MarketEstimates } from '../domain/estimates.js';
import type { Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import type { PriceGrid } from '../domain/price-grid.js';
import type { EstimatorSettings } from '../domain/settings.js';
import { between, seconds, toSeconds, UNKNOWN_TIME, type EpochUs, type Price } from '../domain/units.js';
import { BeliefVolatility } from './belief-volatility.js';
import { intensityOf } from './fill-intensity.js';
import { FlowAlpha } from './flow-alpha.js';
import { LiveMicroprice, type TopGlance } from './live-microprice.js';
import { LiveTakers } from './live-takers.js';
import { OwnQuotes } from './own-quotes.js';
import { priorEstimates } from './priors.js';

/** Without a fill the fit is made anew this often: rest without fills is information too. */
const REFIT: ReturnType<typeof seconds> = seconds(60);

/** The book as a person would state it, in price units; without our own orders. */
export interface BookGlance {
  /** null where a side is empty or the book is not known. */
  readonly mid: number | null;
  readonly spread: number;
  /** Step of the grid at the mid, and what a contract pays. */
  readonly tick: number;
  readonly payout: number;
}

/** Begins with the priors, which are in force from the first moment, and lets go of them at the pace the settings state. What is not to be learnt costs nothing. */
export class Estimates {
  readonly #settings: EstimatorSettings;
  readonly #belief: BeliefVolatility;
  readonly #quotes = new OwnQuotes();
  readonly #takers = new LiveTakers();
  readonly #microprice: LiveMicroprice | null;
  readonly #flow: FlowAlpha | null;
  readonly #learnsBelief: boolean;
  #value: MarketEstimates;
  #fittedAt: EpochUs = UNKNOWN_TIME;
  #fadedAt: EpochUs = UNKNOWN_TIME;

  constructor(settings: EstimatorSettings) {
    this.#settings = settings;
    this.#belief = new BeliefVolatility(settings);
    this.#microprice = settings.microprice === 'stoikov' ? new LiveMicroprice() : null;
    this.#flow = settings.flowAlpha.learn ? new FlowAlpha(settings.flowAlpha.horizon) : null;
    this.#learnsBelief = settings.belief.learn || settings.jumps.learn;
    this.#value = priorEstimates(settings);
  }

  /** The same object until something was learnt. */
  get value(): MarketEstimates {
    return this.#value;
  }

  /** Whether `observe` wants to look at the book now: where it does not, nothing need be computed for it. */
  isDue(at: EpochUs): boolean {
    return this.#learnsBelief && this.#belief.isDue(at);
  }

  /** The book is not known any more: a move across that hole has no known duration. */
  interrupt(): void {
    this.#belief.interrupt();
    this.#microprice?.interrupt();
    this.#flow?.interrupt();
  }

  get learnsMicroprice(): boolean {
    return this.#microprice !== null;
  }

  get learnsFlow(): boolean {
    return this.#flow !== null;
  }

  /** The top of the book has changed. */
  topped(top: TopGlance): void {
    this.#microprice?.observe(top);
  }

  /** Where the mid will be in the end, in price units; null where that is not to be learnt. */
  microprice(top: TopGlance): number | null {
    return this.#microprice?.value(top) ?? null;
  }

  /** The best levels of both sides have changed. @param microprice in price units; null where a side is empty */
  flowed(at: EpochUs, bids: readonly Level[], asks: readonly Level[], microprice: number | null): void {
    this.#flow?.observe(at, bids, asks, microprice);
  }

  /** Shift of fair value from order flow, in price units, at most `most` either way; 0 where it has not proven itself. */
  flowAlpha(at: EpochUs, most: number): number {
    return this.#flow?.value(at, most) ?? 0;
  }

  get learnsFills(): boolean {
    return this.#settings.fills.learn;
  }

  /** The book as it stands at `at`; stillness is information too. */
  observe(at: EpochUs, { mid, spread, tick, payout }: BookGlance): void {
    if (!this.#learnsBelief) return;
    const learnt = this.#belief.observe(at, mid === null ? null : mid / payout, spread / payout, tick / payout);
    if (!learnt) return;
    const { jumps, volatility } = this.#belief;
    this.#value = { ...this.#value, beliefVolatility: volatility, jumpRate: jumps.rate, jumpSize: jumps.size };
  }

  /**
   * Our quotes as they rest at `at`, and until the next call.
   * @param fair value from which their distance counts, in price units; null where there is none
   */
  quotes(at: EpochUs, fair: number | null, bid: Price | null, ask: Price | null): void {
    if (!this.#settings.fills.learn) return;
    this.#quotes.rest(at, fair, bid, ask);
    if (this.#fittedAt === UNKNOWN_TIME) this.#fittedAt = at;
    else if (between(this.#fittedAt, at) >= REFIT) this.#fit(at);
  }

  /** A quote of ours was filled. @param lots part of the order */
  filled(at: EpochUs, side: BookSide, filled: Price, lots: number): void {
    if (!this.#settings.fills.learn) return;
    this.#quotes.fill(at, side, filled, lots);
    this.#fit(at);
  }

  /**
   * Somebody traded.
   * @param side of the taker
   * @param touch best price on the other side before the trade; null where that is not known
   */
  traded(exchangeAt: EpochUs, side: BookSide, traded: Price, touch: Price | null, grid: PriceGrid): void {
    const { learn, fromTrades } = this.#settings.fills;
    if (learn && fromTrades) this.#takers.trade(exchangeAt, side, traded, touch, grid);
  }

  #fit(at: EpochUs): void {
    this.#quotes.count(at);
    this.#fade(at);
    this.#fittedAt = at;
    const { decay, intensity } = intensityOf(this.#quotes.bids.list(), this.#quotes.asks.list(), this.#prior());
    this.#value = { ...this.#value, fillDecay: decay, fillIntensity: intensity };
  }

  /** Takers seen in public may move the middle of the prior, for at most as much as the prior itself is worth: they wait in no queue, as we do. */
  #prior(): EstimatorSettings['fills'] {
    const { fills } = this.#settings;
    const seen: Estimate | null = fills.fromTrades ? this.#takers.decay : null;
    if (seen === null) return fills;
    const told = Math.min(fills.decayHigh, Math.max(fills.decayLow, seen.value));
    return { ...fills, decay: shrink(told, Math.min(this.#takers.count, fills.weight), fills.decay, fills.weight) };
  }

  #fade(at: EpochUs): void {
    if (this.#fadedAt !== UNKNOWN_TIME) {
      const span = toSeconds(between(this.#fadedAt, at));
      if (span > 0) this.#quotes.fade(Math.exp(-span / toSeconds(this.#settings.fills.memory)));
    }
    this.#fadedAt = at;
  }
}

/** (n kappa^ + n0 kappa0) / (n + n0): an estimate from n facts held against a prior worth n0 of them (quoting reference e.2). */
export const shrink = (found: number, facts: number, prior: number, weight: number): number =>
  facts + weight > 0 ? (facts * found + weight * prior) / (facts + weight) : prior;
