import { PRICE_PER_DOLLAR } from '../../../src/domain/units.js';
import type { QuoteSettings } from '../../../src/domain/settings.js';
import { noTarget, type MarketView, type Strategy, type Target } from '../../../src/domain/view.js';
import { makeTarget } from '../../../src/strategy/quote-rounding.js';
import { readView } from '../../../src/strategy/reading.js';

export interface LeaningSettings extends QuoteSettings {
  /** Half of the spread, in dollars. */
  readonly halfSpread: number;
  /** How far both quotes move per contract held, in dollars. */
  readonly leanPerContract: number;
}

/** Quotes around the microprice and leans a fixed amount against every contract held. */
export class Leaning implements Strategy {
  readonly name = 'leaning';
  constructor(private readonly settings: LeaningSettings) {}

  quote(view: MarketView): Target {
    const reading = readView(view);
    if ('code' in reading) return noTarget(reading);
    const fair = (view.microprice ?? reading.mid) + view.alpha;
    const reservation = fair - reading.contracts * this.settings.leanPerContract * PRICE_PER_DOLLAR;
    const half = this.settings.halfSpread * PRICE_PER_DOLLAR;
    return makeTarget({ fair, reservation, bid: reservation - half, ask: reservation + half, costs: 'added' }, view, this.settings);
  }
}
