/** The same distance on both sides of fair value, whatever we hold; fee and least edge come on top. A measure for cleverer strategies. */
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { makeTarget, refused } from './quote-rounding.js';
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

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    const { mid, fair } = reading;
    const { halfSpread } = this.#settings;
    const [bid, ask] = [fair - halfSpread, fair + halfSpread];
    trail?.step('mid', mid, mid);
    trail?.step('alpha', fair, fair);
    trail?.step('half-spread', bid, ask);
    return makeTarget({ fair, reservation: fair, bid, ask, costs: 'added' }, view, this.#settings, trail);
  }
}
