/** Quotes after Gueant, Lehalle and Fernandez-Tapia: as Avellaneda-Stoikov, but made for a limit of inventory and, if wished, for no end. */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, price, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { GlftSolutions } from './glft-solutions.js';
import { closedDistances, glftCoefficients, type GlftInputs } from './models/glft.js';
import { makeTarget, refused } from './quote-rounding.js';
import { invalidEstimates, invalidVolatility, readView, tellInputs, timeToClose } from './reading.js';

const NEEDED = ['fillDecay', 'fillIntensity'] as const;

type Settings = Extract<StrategySettings, { readonly name: 'glft' }>;

/** Distances in dollars, and the part of each that is paid for waiting. */
interface Solution {
  readonly bid: number;
  readonly ask: number;
  readonly halfSpread: number;
  /** Whether a lot more, or less, stays within the bound. */
  readonly mayBuy: boolean;
  readonly maySell: boolean;
}

export class Glft implements Strategy {
  readonly name = 'glft';
  readonly #settings: Settings;
  readonly #lot: number;
  /** Q: whole lots within the bound. */
  readonly #lotsMax: number;
  readonly #solutions: GlftSolutions;

  constructor(settings: Settings) {
    assert(settings.riskAversion >= 0 && Number.isFinite(settings.riskAversion), 'risk aversion must be a finite number of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    assert(settings.inventoryMax >= settings.lot, 'inventory bound must be at least a lot');
    this.#settings = settings;
    this.#lot = contractsOf(settings.lot);
    this.#lotsMax = Math.floor(settings.inventoryMax / settings.lot);
    this.#solutions = new GlftSolutions(this.#lotsMax);
  }

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    trail?.step('mid', reading.mid, reading.mid);
    const { fair, contracts } = reading;
    const horizon = this.#horizon(view);
    const why = invalidVolatility(view) ?? invalidEstimates(view, NEEDED) ?? (typeof horizon === 'object' ? horizon : null);
    if (why !== null) return refused(why, fair, trail);
    const { bid, ask, halfSpread, mayBuy, maySell } = this.#solve(this.#inputs(view), contracts / this.#lot, horizon as number);
    const half = halfSpread * PRICE_PER_DOLLAR;
    const [low, high] = [fair - bid * PRICE_PER_DOLLAR, fair + ask * PRICE_PER_DOLLAR];
    const [bidWorth, askWorth] = [low + half, high - half];
    const reservation = (bidWorth + askWorth) / 2;
    if (trail !== undefined) {
      tellInputs(trail, view, NEEDED);
      trail.input('volatility', view.volatility, 'price units per square root of a second');
      trail.input('reservation price', reservation, 'price units');
      trail.step('alpha', fair, fair);
      trail.step('inventory', reservation, reservation);
      trail.step('lot', mayBuy ? bidWorth : null, maySell ? askWorth : null);
      trail.step('half-spread', mayBuy ? low : null, maySell ? high : null);
    }
    const wish = {
      fair,
      reservation,
      bid: mayBuy ? low : this.#atBound(contracts),
      ask: maySell ? high : this.#atBound(contracts),
      costs: 'added' as const,
      fills: { decay: view.estimates.fillDecay.value / PRICE_PER_DOLLAR, bidWorth, askWorth },
    };
    return makeTarget(wish, view, this.#settings, trail);
  }

  #inputs({ volatility, estimates }: MarketView): GlftInputs {
    return {
      riskAversion: this.#settings.riskAversion,
      fillDecay: estimates.fillDecay.value,
      lot: this.#lot,
      volatility: dollarsOfPrice(price(volatility)),
      fillIntensity: estimates.fillIntensity.value,
      utility: this.#settings.utility,
    };
  }

  /** Seconds that are left; infinite where the form does not ask; a reason where it does and nobody knows. */
  #horizon(view: MarketView): number | NoQuote {
    if (this.#settings.form !== 'finite') return Infinity;
    return timeToClose(view);
  }

  /**
   * Quotes between whole lots lie on the line between theirs; where a lot no longer fits below the bound they are those of the last place where it did.
   * @param lots inventory, any real number
   */
  #solve(inputs: GlftInputs, lots: number, horizon: number): Solution {
    const most = this.#lotsMax;
    const held = Math.max(-most, Math.min(most, lots));
    const [buyingAt, sellingAt] = [Math.min(held, most - 1), Math.max(held, 1 - most)];
    const room = { mayBuy: buyingAt === held, maySell: sellingAt === held };
    if (this.#settings.form === 'closed') {
      const { halfSpread } = glftCoefficients(inputs);
      const [bid, ask] = [closedDistances(inputs, buyingAt * this.#lot).bid, closedDistances(inputs, sellingAt * this.#lot).ask];
      return { bid, ask, halfSpread, ...room };
    }
    const { at, halfSpread } = this.#solutions.of(inputs, horizon);
    return { bid: along(buyingAt, (n) => at(n).bid), ask: along(sellingAt, (n) => at(n).ask), halfSpread, ...room };
  }

  #atBound(contracts: number): NoQuote {
    const most = this.#lotsMax * this.#lot;
    return {
      code: 'inventory-bound',
      text: `inventory ${contracts} leaves no room for a lot within the model's bound of ${most} contracts`,
    };
  }
}

/** A function of whole numbers, read between them; it must not be null at either. */
const along = (x: number, of: (n: number) => number | null): number => {
  const low = Math.floor(x);
  const below = of(low) ?? NaN;
  return x === low ? below : below + (x - low) * ((of(low + 1) ?? NaN) - below);
};
