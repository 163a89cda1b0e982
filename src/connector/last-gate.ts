/**
 * The last look at a command before it leaves the process. It has limits, counts and a reading of its own and knows nothing of the risk stage, so
 * that one error cannot open both. It refuses what would add risk; a cancel or a decrease always passes.
 */
import { assert } from '../domain/errors.js';
import type { Market } from '../domain/market.js';
import type { Amend, Place, VenueCommand } from '../domain/order.js';
import { formatPrice, formatQuantity, quantity, type EpochUs, type Price, type Quantity } from '../domain/units.js';

export interface GateSettings {
  readonly orderSizeMax: Quantity;
  /** Most that an amended order may come to, with what it has filled before. */
  readonly amendTotalMax: Quantity;
  readonly band: { readonly low: Price; readonly high: Price };
  /** Placements and amends in any one second. */
  readonly ordersPerSecondMax: number;
}

/** Beyond these no setting counts. 10,000 contracts are up to $10,000 in one order. */
export const CEILINGS = { orderSize: quantity(1_000_000), ordersPerSecond: 500 } as const;

const SECOND_US = 1_000_000;

export class LastGate {
  readonly #settings: GateSettings;
  /** Times of the last orders that passed, as a ring. */
  readonly #times: Float64Array;
  #next = 0;
  #refused = 0;

  /**
   * @param killed asked for every command: true while the kill latch is set
   */
  constructor(
    settings: GateSettings,
    private readonly killed: () => boolean,
  ) {
    assert(settings.orderSizeMax > 0 && settings.amendTotalMax > 0, 'last gate: sizes must be above 0');
    assert(settings.band.low <= settings.band.high, 'last gate: the band is upside down');
    assert(settings.ordersPerSecondMax >= 1, 'last gate: at least one order per second');
    this.#settings = {
      ...settings,
      orderSizeMax: Math.min(settings.orderSizeMax, CEILINGS.orderSize) as Quantity,
      amendTotalMax: Math.min(settings.amendTotalMax, 10 * CEILINGS.orderSize) as Quantity,
    };
    const rate = Math.min(Math.floor(settings.ordersPerSecondMax), CEILINGS.ordersPerSecond);
    this.#times = new Float64Array(rate).fill(Number.NEGATIVE_INFINITY);
  }

  /** Commands turned back so far. */
  get refused(): number {
    return this.#refused;
  }

  /** null where the command may leave, which then counts towards the rate; otherwise the reason, with number and limit. */
  check(command: VenueCommand, market: Market, now: EpochUs): string | null {
    if (command.type === 'cancel' || command.type === 'decrease') return null;
    const reason = this.#objection(command, market, now);
    if (reason === null) this.#count(now);
    else this.#refused++;
    return reason;
  }

  #objection(command: Place | Amend, market: Market, now: EpochUs): string | null {
    if (this.killed()) return 'the kill latch is set: nothing but cancels leaves';
    const { band } = this.#settings;
    const size = command.type === 'place' ? command.quantity : command.total;
    const sizeMax = command.type === 'place' ? this.#settings.orderSizeMax : this.#settings.amendTotalMax;
    if (!Number.isSafeInteger(size) || size <= 0) return `size ${size} is not a positive whole number of hundredths`;
    if (size > sizeMax) return `size ${formatQuantity(size)} is above the last gate's ${formatQuantity(sizeMax)}`;
    if (!market.grid.has(command.price)) return `price ${command.price} is not on the grid of ${market.ticker}`;
    if (command.price < band.low || command.price > band.high)
      return `price ${formatPrice(command.price)} is outside the last gate's band ${formatPrice(band.low)} to ${formatPrice(band.high)}`;
    const oldest = this.#times[this.#next] as number;
    if (now - oldest < SECOND_US) return `more than ${this.#times.length} orders within one second`;
    return null;
  }

  #count(now: EpochUs): void {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
  }
}
