/** Traders who take: some know nothing, some know the fair price. */
import { durationUs, later, seconds, type EpochUs } from '../../domain/units.js';
import type { Random } from '../core/random.js';
import type { InformedSettings, NoiseSettings } from './settings.js';
import { contracts, priceUnits, take, type Stage, type Trader } from './stage.js';

const earlier = (at: EpochUs, span: number): EpochUs => later(at, durationUs(-seconds(span)));

/** Comes at random and accepts a price up to an exponential distance beyond fair: quotes at distance d are reached with exp(-d / reach). */
export class NoiseTaker implements Trader {
  constructor(
    private readonly stage: Stage,
    private readonly settings: NoiseSettings,
    private readonly random: Random,
  ) {}

  firstWake(): number {
    return this.random.exponential(1 / this.settings.perSecond);
  }

  wake(): number {
    const { stage, settings, random } = this;
    const side = random.next() < 0.5 ? 'bid' : 'ask';
    const reach = random.exponential(settings.reach);
    const whole = random.exponential(settings.size);
    const fraction = random.next();
    const size = contracts(whole, random.next() < settings.fractional ? fraction : null);
    const again = random.exponential(1 / settings.perSecond);

    const fair = stage.fair(stage.trading.now);
    const grid = stage.trading.grid(stage.ticker);
    const price = side === 'bid' ? grid.floor(priceUnits(fair + reach)) : grid.ceil(priceUnits(fair - reach));
    if (price !== null) stage.trading.createOrder(stage.account, take(stage, { side, price, quantity: size }));
    return again;
  }
}

/** Looks at the quotes now and then, with knowledge that is a moment old, and takes what is stale. */
export class InformedTaker implements Trader {
  constructor(
    private readonly stage: Stage,
    private readonly settings: InformedSettings,
    private readonly random: Random,
  ) {}

  firstWake(): number {
    return this.random.exponential(1 / this.settings.perSecond);
  }

  wake(): number {
    const { stage, settings, random } = this;
    const size = contracts(random.exponential(settings.size), null);
    const again = random.exponential(1 / settings.perSecond);

    const fair = stage.fair(earlier(stage.trading.now, settings.delay));
    const grid = stage.trading.grid(stage.ticker);
    const most = grid.floor(priceUnits(fair - settings.edge));
    const least = grid.ceil(priceUnits(fair + settings.edge));
    const ask = stage.trading.best(stage.ticker, 'ask');
    const bid = stage.trading.best(stage.ticker, 'bid');
    if (most !== null && ask !== null && ask.price <= most)
      stage.trading.createOrder(stage.account, take(stage, { side: 'bid', price: most, quantity: size }));
    else if (least !== null && bid !== null && bid.price >= least)
      stage.trading.createOrder(stage.account, take(stage, { side: 'ask', price: least, quantity: size }));
    return again;
  }
}
