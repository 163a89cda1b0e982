/** The same distance on both sides of fair value, whatever we hold; fee and least edge come on top. A measure for cleverer strategies. */
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import { noTarget, type MarketView, type Strategy, type Target } from '../domain/view.js';
import { makeTarget } from './quote-rounding.js';
import { readView } from './reading.js';

type Settings = Extract<StrategySettings, { readonly name: 'symmetric' }>;

export class Symmetric implements Strategy {
  readonly name = 'symmetric';
  readonly #settings: Settings;

  constructor(settings: Settings) {
    assert(settings.halfSpread >= 0 && Number.isFinite(settings.halfSpread), 'half-spread must be a finite number of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    this.#settings = settings;
  }

  quote(view: MarketView): Target {
    const reading = readView(view);
    if ('code' in reading) return noTarget(reading);
    const { fair } = reading;
    const { halfSpread } = this.#settings;
    return makeTarget({ fair, reservation: fair, bid: fair - halfSpread, ask: fair + halfSpread, costs: 'added' }, view, this.#settings);
  }
}
