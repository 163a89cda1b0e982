/**
 * Quotes after Avellaneda and Stoikov (2008), "High-frequency trading in a limit order book": lean against inventory, be paid for risk and for scarce takers.
 * Formula numbers are those of the quoting reference, section a.
 */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import type { Horizon, StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, price, PRICE_PER_DOLLAR } from '../domain/units.js';
import { noTarget, type MarketView, type Strategy, type Target } from '../domain/view.js';
import { makeTarget, type Wish } from './quote-rounding.js';
import { invalid, readView, type Reading } from './reading.js';

/** All in one unit system: prices and volatility in some money M, gamma and kappa per M. */
export interface ModelInputs {
  /** S: our estimate of the price. */
  readonly fair: number;
  /** q: contracts held, positive for long. */
  readonly inventory: number;
  /** gamma: absolute risk aversion, at least 0. */
  readonly riskAversion: number;
  /** kappa: how fast fills thin out with distance, positive. */
  readonly fillDecay: number;
  /** D: contracts per order, positive. */
  readonly lot: number;
}

export interface ModelQuotes {
  /** What a first small piece is worth to us either way: between the indifference prices of buying and of selling a lot. */
  readonly reservation: number;
  /** Null at the inventory bound of the infinite horizon. */
  readonly bid: number | null;
  readonly ask: number | null;
}

/** Below this ratio ln(1 + x) / x is 1 to the last digit, and x itself may be no more than a rounded nothing. */
const NEGLIGIBLE = 1e-15;

/** (1 / (gamma D)) ln(1 + gamma D / kappa): half the spread that fills alone call for; 1 / kappa for gamma = 0. */
export const staticHalfSpread = ({ riskAversion, fillDecay, lot }: Omit<ModelInputs, 'fair' | 'inventory'>): number => {
  const risk = riskAversion * lot;
  return risk < NEGLIGIBLE * fillDecay ? 1 / fillDecay : Math.log1p(risk / fillDecay) / risk;
};

/**
 * (a5): r = S - q gamma sigma^2 tau, spread = 2 h0 + gamma D sigma^2 tau. The horizon is the time to the close or, rolling, a constant.
 * @param inputs.volatility sigma, per square root of a second
 * @param inputs.horizon tau, in seconds
 */
export const finiteHorizonQuotes = (inputs: ModelInputs & { readonly volatility: number; readonly horizon: number }): ModelQuotes => {
  const riskPerContract = inputs.riskAversion * inputs.volatility ** 2 * inputs.horizon;
  const reservation = inputs.fair - inputs.inventory * riskPerContract;
  const halfSpread = staticHalfSpread(inputs) + (inputs.lot * riskPerContract) / 2;
  return { reservation, bid: reservation - halfSpread, ask: reservation + halfSpread };
};

/**
 * The infinite horizon, discounted by omega = gamma^2 sigma^2 (n_max + 1)^2 / 2 and counted in lots (n = q / D, gamma per lot). Volatility cancels out of
 * X = gamma^2 sigma^2 / (2 omega - gamma^2 n^2 sigma^2) = 1 / ((n_max + 1)^2 - n^2), and so the lean goes with 1 / gamma: this horizon
 * wants gamma * D near or above 1 per dollar, while the other two work with far less.
 *
 * The indifference price of one more lot falls to minus infinity at n_max: there is no bid, and no ask at -n_max. Beyond, the quotes stay those of the bound.
 *
 * The bid is (a6). The ask is the bid's mirror, which is what the authors' value function exp(-gamma q S) / (2 omega - gamma^2 q^2 sigma^2) gives; the
 * printed ask S + ln(1 + (1 - 2n) X) / gamma agrees with it to first order only and would go on selling beyond the bound.
 * @param inputs.riskAversion positive here
 * @param inputs.inventoryMax q_max in contracts, positive
 */
export const infiniteHorizonQuotes = (inputs: ModelInputs & { readonly inventoryMax: number }): ModelQuotes => {
  const { fair, lot } = inputs;
  const risk = inputs.riskAversion * lot;
  const most = inputs.inventoryMax / lot;
  const n = Math.max(-most, Math.min(most, inputs.inventory / lot));
  const x = 1 / ((most + 1) ** 2 - n * n);
  const half = staticHalfSpread(inputs);
  return {
    reservation: fair - (2 * n * x) / risk,
    bid: n < most ? fair + Math.log1p((-1 - 2 * n) * x) / risk - half : null,
    ask: n > -most ? fair - Math.log1p((-1 + 2 * n) * x) / risk + half : null,
  };
};

type Settings = Extract<StrategySettings, { readonly name: 'avellaneda-stoikov' }>;

export class AvellanedaStoikov implements Strategy {
  readonly name = 'avellaneda-stoikov';
  readonly #settings: Settings;
  readonly #lot: number;

  constructor(settings: Settings) {
    assert(settings.riskAversion >= 0 && Number.isFinite(settings.riskAversion), 'risk aversion must be a finite number of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    this.#settings = settings;
    this.#lot = contractsOf(settings.lot);
    const { horizon } = settings;
    if (horizon.kind === 'rolling') assert(horizon.seconds > 0 && Number.isFinite(horizon.seconds), 'horizon must be above 0 seconds');
    if (horizon.kind !== 'infinite') return;
    assert(horizon.inventoryMax > 0, 'inventory bound must be above 0');
    assert(settings.riskAversion > 0, 'the infinite horizon needs a risk aversion above 0');
  }

  quote(view: MarketView): Target {
    const reading = readView(view);
    if ('code' in reading) return noTarget(reading);
    if (!(view.volatility >= 0 && Number.isFinite(view.volatility)))
      return noTarget(invalid('volatility', view.volatility, 'a finite number of at least 0'), reading.fair);
    const fillDecay = view.estimates.fillDecay.value;
    if (!(fillDecay > 0 && Number.isFinite(fillDecay)))
      return noTarget(invalid('fill decay', fillDecay, 'a finite number above 0'), reading.fair);
    const quotes = this.#solve(reading, view);
    return 'code' in quotes ? noTarget(quotes, reading.fair) : makeTarget(this.#wish(quotes, reading.fair, view), view, this.#settings);
  }

  #solve(reading: Reading, view: MarketView): ModelQuotes | NoQuote {
    const { riskAversion, horizon } = this.#settings;
    const fillDecay = view.estimates.fillDecay.value;
    const lot = this.#lot;
    // The model is told in dollars, the view in price units: here they meet, and in #wish they part. Literals rather than spreads: those cost a microsecond.
    const fair = dollarsOfPrice(price(reading.fair));
    const inventory = reading.contracts;
    const seconds = secondsOf(horizon, view.secondsToClose);
    if (seconds === null) return infiniteHorizonQuotes({ fair, inventory, riskAversion, fillDecay, lot, inventoryMax: boundOf(horizon) });
    if (typeof seconds !== 'number') return seconds;
    const volatility = dollarsOfPrice(price(view.volatility));
    return finiteHorizonQuotes({ fair, inventory, riskAversion, fillDecay, lot, volatility, horizon: seconds });
  }

  #wish(quotes: ModelQuotes, fair: number, view: MarketView): Wish {
    return {
      fair,
      reservation: quotes.reservation * PRICE_PER_DOLLAR,
      bid: quotes.bid === null ? this.#atBound(view) : quotes.bid * PRICE_PER_DOLLAR,
      ask: quotes.ask === null ? this.#atBound(view) : quotes.ask * PRICE_PER_DOLLAR,
      costs: 'added',
    };
  }

  #atBound(view: MarketView): NoQuote {
    const held = contractsOf(view.inventory);
    return {
      code: 'inventory-bound',
      text: `inventory ${held} has reached the model's bound of ${boundOf(this.#settings.horizon)} contracts`,
    };
  }
}

/** Seconds that inventory is held for; null for ever; a reason where nobody can say. */
const secondsOf = (horizon: Horizon, secondsToClose: number | null): number | null | NoQuote => {
  switch (horizon.kind) {
    case 'finite':
      if (secondsToClose === null) return NO_CLOSE;
      return Number.isFinite(secondsToClose)
        ? Math.max(0, secondsToClose)
        : invalid('time to close', secondsToClose, 'a number of seconds');
    case 'rolling':
      return horizon.seconds;
    case 'infinite':
      return null;
  }
};

/** Contracts at which the model stops; only the infinite horizon has such a bound. */
const boundOf = (horizon: Horizon): number => (horizon.kind === 'infinite' ? contractsOf(horizon.inventoryMax) : Infinity);

const NO_CLOSE: NoQuote = {
  code: 'no-close-time',
  text: 'the finite horizon needs the time of the close, which this market does not state',
};
