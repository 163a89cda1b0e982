/**
 * The prices a market allows, read from its `price_ranges` and from nothing else (a structure's name must never drive logic).
 * Every price has a level index, so that books and quotes are flat arrays.
 */
import { InvalidGridError } from './market-errors.js';
import { formatPrice, type Price } from './units.js';

/** Prices from `start` to `end` in steps of `step`; neighbouring bands share their border price. */
export interface PriceBand {
  readonly start: Price;
  readonly end: Price;
  readonly step: Price;
}

/** A hundred times what a dollar has at the finest step. Books are arrays of this length: a larger grid is a mistake, not a market. */
const LEVELS_MAX = 1_000_000;

/** Guards against float noise: 46.99999999999 ticks is meant to be 47. In price units. */
const GUARD = 1e-7;

export class PriceGrid {
  /** Lowest and highest price an order may have: 0 and the payout themselves are not order prices. */
  readonly lowest: Price;
  readonly highest: Price;
  /** Number of legal prices; level indices run from 0 (lowest) to levelCount - 1 (highest). */
  readonly levelCount: number;
  readonly bands: readonly PriceBand[];
  readonly #starts: number[] = [];
  readonly #steps: number[] = [];
  readonly #offsets: number[] = [];

  /** @throws InvalidGridError when the bands do not cover [0, payout] without hole or overlap in whole steps */
  constructor(
    bands: readonly PriceBand[],
    readonly payout: Price,
  ) {
    if (bands.length === 0) throw new InvalidGridError('no price ranges', 'at least one {start, end, step}');
    this.bands = [...bands].sort((a, b) => a.start - b.start);
    let expected = 0;
    let offset = 0;
    for (const band of this.bands) {
      if (band.start !== expected)
        throw new InvalidGridError(
          `band starts at ${formatPrice(band.start)}`,
          `bands that join: a start at ${formatPrice(expected as Price)}`,
        );
      if (!(band.step > 0) || band.end <= band.start || (band.end - band.start) % band.step !== 0)
        throw new InvalidGridError(
          `band ${formatPrice(band.start)}..${formatPrice(band.end)} step ${formatPrice(band.step)}`,
          'a positive step that divides its band',
        );
      this.#starts.push(band.start);
      this.#steps.push(band.step);
      this.#offsets.push(offset);
      offset += (band.end - band.start) / band.step;
      expected = band.end;
    }
    if (expected !== payout)
      throw new InvalidGridError(`bands end at ${formatPrice(expected as Price)}`, `bands up to the payout of ${formatPrice(payout)}`);
    this.levelCount = offset - 1;
    if (this.levelCount < 1) throw new InvalidGridError('no price between 0 and the payout', 'at least one legal price');
    if (this.levelCount > LEVELS_MAX) throw new InvalidGridError(`${this.levelCount} prices`, `at most ${LEVELS_MAX} legal prices`);
    this.lowest = this.priceAt(0);
    this.highest = this.priceAt(this.levelCount - 1);
  }

  #bandOf(p: number): number {
    let band = this.#starts.length - 1;
    while (band > 0 && p < (this.#starts[band] as number)) band--;
    return band;
  }

  /** Level index of a legal price, or -1 where the price is off the grid or out of range. */
  indexOf(p: Price): number {
    if (p <= 0 || p >= this.payout) return -1;
    const band = this.#bandOf(p);
    const steps = (p - (this.#starts[band] as number)) / (this.#steps[band] as number);
    return Number.isInteger(steps) ? (this.#offsets[band] as number) + steps - 1 : -1;
  }

  /** Price of a level index; the index must lie in [0, levelCount). */
  priceAt(index: number): Price {
    const step = index + 1;
    let band = this.#offsets.length - 1;
    while (band > 0 && step < (this.#offsets[band] as number)) band--;
    return ((this.#starts[band] as number) + (step - (this.#offsets[band] as number)) * (this.#steps[band] as number)) as Price;
  }

  has(p: Price): boolean {
    return this.indexOf(p) >= 0;
  }

  /** Highest legal price at or below a real-valued price in price units, or null below the lowest. Bids are rounded with this. */
  floor(value: number): Price | null {
    const guarded = value + GUARD;
    if (!(guarded >= this.lowest)) return null;
    if (guarded >= this.highest) return this.highest;
    const band = this.#bandOf(guarded);
    const start = this.#starts[band] as number;
    const step = this.#steps[band] as number;
    return (start + Math.floor((guarded - start) / step) * step) as Price;
  }

  /** Lowest legal price at or above a real-valued price in price units, or null above the highest. Asks are rounded with this. */
  ceil(value: number): Price | null {
    const guarded = value - GUARD;
    if (!(guarded <= this.highest)) return null;
    if (guarded <= this.lowest) return this.lowest;
    const band = this.#bandOf(guarded);
    const start = this.#starts[band] as number;
    const step = this.#steps[band] as number;
    return (start + Math.ceil((guarded - start) / step) * step) as Price;
  }

  /** The next legal price below, or null at the lowest. */
  previous(p: Price): Price | null {
    return this.floor(p - 1);
  }

  /** The next legal price above, or null at the highest. */
  next(p: Price): Price | null {
    return this.ceil(p + 1);
  }

  /** Number of ticks between two legal prices (positive where `to` is higher). */
  ticksBetween(from: Price, to: Price): number {
    return this.indexOf(to) - this.indexOf(from);
  }

  equals(other: PriceGrid): boolean {
    return (
      this.payout === other.payout &&
      this.bands.length === other.bands.length &&
      this.bands.every((band, i) => {
        const theirs = other.bands[i];
        return theirs !== undefined && band.start === theirs.start && band.end === theirs.end && band.step === theirs.step;
      })
    );
  }
}
