/** Another market maker: several levels around its own, lagged idea of the fair price. */
import type { VenueOrderId } from '../../domain/ids.js';
import type { BookSide } from '../../domain/market.js';
import type { PriceGrid } from '../../domain/price-grid.js';
import { durationUs, later, quantity, seconds, type Price, type Quantity } from '../../domain/units.js';
import type { Random } from '../core/random.js';
import type { MakerSettings } from './settings.js';
import { contracts, priceUnits, offer, type Stage, type Trader } from './stage.js';

/** One order it wants to have resting. */
interface Slot {
  readonly side: BookSide;
  readonly level: number;
  orderId: VenueOrderId | null;
  price: Price | null;
  /** Filled so far plus resting, as last stated by the exchange's answers. */
  total: Quantity;
}

interface Wish {
  readonly slot: Slot;
  readonly price: Price | null;
  readonly size: Quantity;
  readonly replace: boolean;
}

export class Maker implements Trader {
  readonly #slots: readonly Slot[];
  #view: number | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly settings: MakerSettings,
    private readonly random: Random,
  ) {
    const slots: Slot[] = [];
    for (const side of ['bid', 'ask'] as const)
      for (let level = 0; level < settings.levels; level++) slots.push({ side, level, orderId: null, price: null, total: quantity(0) });
    this.#slots = slots;
  }

  /** Quotes stand from the first moment. */
  firstWake(): number {
    return 0;
  }

  wake(): number {
    const { stage, settings, random } = this;
    const error = settings.viewError * random.normal();
    const fair = stage.fair(later(stage.trading.now, durationUs(-seconds(settings.lag)))) + error;
    const grid = stage.trading.grid(stage.ticker);
    const wishes = this.#slots.map((slot) => this.#wish(slot, fair, grid));
    const again = random.exponential(settings.every);
    // When the market rises the asks get out of the way first, so that it never meets itself.
    const rising = this.#view === null || fair >= this.#view;
    this.#view = fair;
    for (const wish of wishes) if ((wish.slot.side === 'ask') === rising) this.#fulfil(wish);
    for (const wish of wishes) if ((wish.slot.side === 'ask') !== rising) this.#fulfil(wish);
    return again;
  }

  #wish(slot: Slot, fair: number, grid: PriceGrid): Wish {
    const { settings, random } = this;
    const size = contracts(settings.size * (0.5 + random.next()), null);
    const replace = random.next() < settings.replaceShare;
    const away = settings.halfSpread + slot.level * settings.spacing;
    const price = slot.side === 'bid' ? grid.floor(priceUnits(fair - away)) : grid.ceil(priceUnits(fair + away));
    return { slot, price, size, replace };
  }

  #fulfil({ slot, price, size, replace }: Wish): void {
    const resting = slot.orderId === null ? null : this.stage.trading.remaining(this.stage.account, slot.orderId);
    if (resting === null) slot.orderId = null;
    const enough = resting !== null && resting * 2 >= size;
    if (price === null) this.#withdraw(slot);
    else if (resting === null) this.#place(slot, price, size);
    else if (slot.price === price && enough) return;
    else if (replace) {
      this.#withdraw(slot);
      this.#place(slot, price, size);
    } else this.#amend(slot, price, quantity(slot.total - resting + size), resting);
  }

  #place(slot: Slot, price: Price, size: Quantity): void {
    const { stage } = this;
    const answer = stage.trading.createOrder(stage.account, offer(stage, { side: slot.side, price, quantity: size }));
    slot.orderId = answer.ok ? answer.orderId : null;
    slot.price = price;
    slot.total = size;
  }

  #withdraw(slot: Slot): void {
    const { stage } = this;
    const { orderId } = slot;
    if (orderId === null) return;
    stage.trading.cancelOrder(stage.account, { orderId, subaccount: 0, shard: stage.shard, ticker: null });
    slot.orderId = null;
  }

  /** Moves the order; where the exchange refuses (it would trade), the order goes, because its old price is stale. */
  #amend(slot: Slot, price: Price, total: Quantity, resting: Quantity): void {
    const { stage } = this;
    const { orderId } = slot;
    if (orderId === null || resting <= 0) return;
    const answer = stage.trading.amendOrder(stage.account, {
      orderId,
      subaccount: 0,
      shard: stage.shard,
      ticker: stage.ticker,
      side: slot.side,
      price,
      total,
      clientOrderId: null,
      updatedClientOrderId: null,
    });
    if (!answer.ok) return this.#withdraw(slot);
    slot.price = price;
    slot.total = total;
  }
}
