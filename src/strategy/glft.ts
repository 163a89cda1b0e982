/** Quotes after Gueant, Lehalle and Fernandez-Tapia: as Avellaneda-Stoikov, but made for a limit of inventory and, if wished, for no end. */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, price, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { GlftSolutions } from './glft-solutions.js';
import { closedDistances, type Distances, type GlftInputs } from './models/glft.js';
import { makeTarget, refused } from './quote-rounding.js';
import { invalidEstimates, invalidVolatility, readView, tellInputs, timeToClose } from './reading.js';

const NEEDED = ['fillDecay', 'fillIntensity'] as const;

type Settings = Extract<StrategySettings, { readonly name: 'glft' }>;

/** Distances in dollars, and the part of each that is paid for waiting. */
interface Solution extends Distances {
  readonly halfSpread: number;
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
    const { bid, ask, halfSpread } = this.#solve(this.#inputs(view), contracts / this.#lot, horizon as number);
    const half = halfSpread * PRICE_PER_DOLLAR;
    const [low, high] = [bid === null ? null : fair - bid * PRICE_PER_DOLLAR, ask === null ? null : fair + ask * PRICE_PER_DOLLAR];
    const [lotBid, lotAsk] = [low === null ? null : low + half, high === null ? null : high - half];
    const reservation = lotBid === null || lotAsk === null ? (lotBid ?? lotAsk ?? fair) : (lotBid + lotAsk) / 2;
    if (trail !== undefined) {
      tellInputs(trail, view, NEEDED);
      trail.input('volatility', view.volatility, 'price units per square root of a second');
      trail.input('reservation price', reservation, 'price units');
      trail.step('alpha', fair, fair);
      trail.step('inventory', reservation, reservation);
      trail.step('lot', lotBid, lotAsk);
      trail.step('half-spread', low, high);
    }
    const wish = {
      fair,
      reservation,
      bid: low ?? this.#atBound(contracts),
      ask: high ?? this.#atBound(contracts),
      costs: 'added' as const,
      fills: { decay: view.estimates.fillDecay.value / PRICE_PER_DOLLAR, bidWorth: lotBid ?? fair, askWorth: lotAsk ?? fair },
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

  /** @param lots inventory, any real number: quotes between whole lots lie on the line between theirs; beyond the bound they are those of the bound */
  #solve(inputs: GlftInputs, lots: number, horizon: number): Solution {
    const most = this.#lotsMax;
    const held = Math.max(-most, Math.min(most, lots));
    // A whole lot must fit below the bound, whatever the form.
    const [mayBuy, maySell] = [held <= most - 1, held >= 1 - most];
    if (this.#settings.form === 'closed') {
      const { bid, ask } = closedDistances(inputs, held * this.#lot);
      return { bid: mayBuy ? bid : null, ask: maySell ? ask : null, halfSpread: this.#solutions.halfSpread(inputs) };
    }
    const { at, halfSpread } = this.#solutions.of(inputs, horizon);
    const low = Math.floor(held);
    const part = held - low;
    const [below, above] = [at(low), at(part === 0 ? low : low + 1)];
    const between = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + part * (b - a));
    return { bid: mayBuy ? between(below.bid, above.bid) : null, ask: maySell ? between(below.ask, above.ask) : null, halfSpread };
  }

  #atBound(contracts: number): NoQuote {
    const most = this.#lotsMax * this.#lot;
    return {
      code: 'inventory-bound',
      text: `inventory ${contracts} leaves no room for a lot within the model's bound of ${most} contracts`,
    };
  }
}
