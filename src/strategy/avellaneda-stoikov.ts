/** Quotes after Avellaneda and Stoikov: lean against inventory, be paid for risk and for scarce takers. The model itself is in models/. */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import type { Horizon, StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, price, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { finiteHorizonQuotes, infiniteHorizonQuotes, type ModelQuotes } from './models/avellaneda-stoikov.js';
import { makeTarget, refused, type Wish } from './quote-rounding.js';
import { invalidEstimates, invalidVolatility, readView, tellInputs, timeToClose, type Reading } from './reading.js';

const NEEDED = ['fillDecay'] as const;

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

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    trail?.step('mid', reading.mid, reading.mid);
    const why = invalidVolatility(view) ?? invalidEstimates(view, NEEDED);
    if (why !== null) return refused(why, reading.fair, trail);
    const quotes = this.#solve(reading, view);
    if ('code' in quotes) return refused(quotes, reading.fair, trail);
    const wish = this.#wish(quotes, reading.fair, view);
    if (trail !== undefined) tell(wish, reading, view, trail);
    return makeTarget(wish, view, this.#settings, trail);
  }

  #solve(reading: Reading, view: MarketView): ModelQuotes | NoQuote {
    const { riskAversion, horizon } = this.#settings;
    const fillDecay = view.estimates.fillDecay.value;
    const lot = this.#lot;
    // The model is told in dollars, the view in price units: here they meet, and in #wish they part. Literals rather than spreads: those cost a microsecond.
    const fair = dollarsOfPrice(price(reading.fair));
    const inventory = reading.contracts;
    const seconds = secondsOf(horizon, view);
    if (seconds === null) return infiniteHorizonQuotes({ fair, inventory, riskAversion, fillDecay, lot, inventoryMax: boundOf(horizon) });
    if (typeof seconds !== 'number') return seconds;
    const volatility = dollarsOfPrice(price(view.volatility));
    return finiteHorizonQuotes({ fair, inventory, riskAversion, fillDecay, lot, volatility, horizon: seconds });
  }

  #wish({ reservation, bid, ask, halfSpread }: ModelQuotes, fair: number, view: MarketView): Wish {
    const worth = (at: number | null, distance: number): number => (at === null ? fair : (at + distance) * PRICE_PER_DOLLAR);
    return {
      fair,
      reservation: reservation * PRICE_PER_DOLLAR,
      bid: bid === null ? this.#atBound(view) : bid * PRICE_PER_DOLLAR,
      ask: ask === null ? this.#atBound(view) : ask * PRICE_PER_DOLLAR,
      costs: 'added',
      fills: {
        decay: view.estimates.fillDecay.value / PRICE_PER_DOLLAR,
        bidWorth: worth(bid, halfSpread),
        askWorth: worth(ask, -halfSpread),
      },
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

const tell = ({ reservation, bid, ask, fills }: Wish, { fair }: Reading, view: MarketView, trail: Trail): void => {
  tellInputs(trail, view, NEEDED);
  trail.input('volatility', view.volatility, 'price units per square root of a second');
  trail.input('reservation price', reservation, 'price units');
  trail.step('alpha', fair, fair);
  trail.step('inventory', reservation, reservation);
  const [low, high] = [typeof bid === 'number' ? bid : null, typeof ask === 'number' ? ask : null];
  trail.step('lot', low === null ? null : (fills?.bidWorth ?? null), high === null ? null : (fills?.askWorth ?? null));
  trail.step('half-spread', low, high);
};

/** Seconds that inventory is held for; null for ever; a reason where nobody can say. */
const secondsOf = (horizon: Horizon, view: MarketView): number | null | NoQuote => {
  switch (horizon.kind) {
    case 'finite':
      return timeToClose(view);
    case 'rolling':
      return horizon.seconds;
    case 'infinite':
      return null;
  }
};

/** Contracts at which the model stops; only the infinite horizon has such a bound. */
const boundOf = (horizon: Horizon): number => (horizon.kind === 'infinite' ? contractsOf(horizon.inventoryMax) : Infinity);
