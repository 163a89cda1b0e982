/** Avellaneda and Stoikov in log-odds: quotes that stay within 0 and 1, and lean most where the price is undecided. */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import { contractsOf, dollarsOfPrice, PRICE_PER_DOLLAR } from '../domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { shifted } from './models/bounded.js';
import { inside } from './models/log-odds.js';
import { logitQuotes } from './models/logit.js';
import { makeTarget, refused } from './quote-rounding.js';
import { invalidEstimates, readView, tellInputs, timeToClose, type Reading } from './reading.js';

const NEEDED = ['beliefVolatility', 'fillDecay'] as const;

type Settings = Extract<StrategySettings, { readonly name: 'logit' }>;

export class Logit implements Strategy {
  readonly name = 'logit';
  readonly #settings: Settings;
  readonly #lot: number;

  constructor(settings: Settings) {
    assert(settings.riskAversion >= 0 && Number.isFinite(settings.riskAversion), 'risk aversion must be a finite number of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    if (settings.horizon.kind === 'rolling')
      assert(settings.horizon.seconds > 0 && Number.isFinite(settings.horizon.seconds), 'horizon must be above 0 seconds');
    this.#settings = settings;
    this.#lot = contractsOf(settings.lot);
  }

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    trail?.step('mid', reading.mid, reading.mid);
    const horizon = this.#horizon(view);
    const why = invalidEstimates(view, NEEDED) ?? (typeof horizon === 'object' ? horizon : null);
    return why === null ? this.#solve(reading, horizon as number, view, trail) : refused(why, reading.fair, trail);
  }

  #solve({ mid, contracts }: Reading, horizon: number, view: MarketView, trail: Trail | undefined): Target {
    const { payout } = view.market;
    const { fillDecay, beliefVolatility } = view.estimates;
    const probability = shifted(mid / payout, view.alpha / payout);
    const p = inside(probability);
    const quotes = logitQuotes({
      probability,
      inventory: contracts,
      riskAversion: this.#settings.riskAversion,
      beliefVolatility: beliefVolatility.value,
      horizon,
      fillDecay: fillDecay.value * dollarsOfPrice(payout) * p * (1 - p),
      lot: this.#lot,
    });
    const [reservation, lotBid, lotAsk] = [quotes.reservation * payout, quotes.lotBid * payout, quotes.lotAsk * payout];
    const [bid, ask] = [quotes.bid * payout, quotes.ask * payout];
    const fair = probability * payout;
    if (trail !== undefined) {
      tellInputs(trail, view, NEEDED);
      trail.input('reservation price', reservation, 'price units');
      trail.step('alpha', fair, fair);
      trail.step('inventory', reservation, reservation);
      trail.step('lot', lotBid, lotAsk);
      trail.step('half-spread', bid, ask);
    }
    // A distance in log-odds is no single one in price: the two sides are paid differently for waiting.
    const decay = fillDecay.value / PRICE_PER_DOLLAR;
    return makeTarget(
      { fair, reservation, bid, ask, costs: 'added', fills: { decay, bidWorth: lotBid, askWorth: lotAsk } },
      view,
      this.#settings,
      trail,
    );
  }

  #horizon(view: MarketView): number | NoQuote {
    const { horizon } = this.#settings;
    if (horizon.kind === 'rolling') return horizon.seconds;
    return timeToClose(view);
  }
}
