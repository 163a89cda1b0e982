/** The plainest maker: mid minus and plus so much, deaf to inventory and opinion. It only keeps fee and least edge covered. */
import { assert } from '../domain/errors.js';
import type { StrategySettings } from '../domain/settings.js';
import type { MarketView, Strategy, Target, Trail } from '../domain/view.js';
import { makeTarget, refused } from './quote-rounding.js';
import { readView } from './reading.js';

type Settings = Extract<StrategySettings, { readonly name: 'fixed' }>;

export class Fixed implements Strategy {
  readonly name = 'fixed';
  readonly #settings: Settings;

  constructor(settings: Settings) {
    assert(settings.offset >= 0 && Number.isFinite(settings.offset), 'offset must be a finite price of at least 0');
    assert(settings.lot > 0, 'lot must be above 0');
    this.#settings = settings;
  }

  quote(view: MarketView, trail?: Trail): Target {
    const reading = readView(view);
    if ('code' in reading) return refused(reading, null, trail);
    const { mid } = reading;
    const { offset } = this.#settings;
    const [bid, ask] = [mid - offset, mid + offset];
    trail?.step('mid', mid, mid);
    trail?.step('offset', bid, ask);
    return makeTarget({ fair: mid, reservation: mid, bid, ask, costs: 'covered' }, view, this.#settings, trail);
  }
}
