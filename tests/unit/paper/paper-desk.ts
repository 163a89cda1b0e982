/** A paper venue with one market, driven by hand: 40 bid, 45 asked, 100 contracts each, unless told otherwise. Prices in cents, sizes in contracts. */
import type { EngineEvent } from '../../../src/domain/events.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { Approved, Place, VenueCommand } from '../../../src/domain/order.js';
import { epochUs, later, millis, price, quantity, type EpochUs, type Price, type Quantity } from '../../../src/domain/units.js';
import type { PaperSettings } from '../../../src/paper/paper-settings.js';
import { PaperVenue } from '../../../src/paper/paper-venue.js';
import { levels } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { PAPER } from '../../support/settings.js';

export const M = marketIndex(0);
const T0 = epochUs(1_795_000_000_123_000);

export const cents = (c: number): Price => price(Math.round(c * 100));
export const lots = (n: number): Quantity => quantity(Math.round(n * 100));

export class PaperDesk {
  readonly venue: PaperVenue;
  readonly facts: EngineEvent[] = [];
  now: EpochUs = T0;
  #ids = 0;

  constructor(settings: Partial<PaperSettings> = {}, listed: Parameters<typeof market>[0] = {}) {
    this.venue = new PaperVenue({ ...PAPER, fills: 'queue', cancels: 'by-size', ...settings }, { next: () => 0.5 }, T0);
    this.venue.observe({ type: 'market-listed', at: T0, index: M, market: market(listed) });
    this.book([[40, 100]], [[45, 100]]);
  }

  /** Time passes. */
  wait(ms: number): this {
    this.now = later(this.now, millis(ms));
    this.#advance();
    return this;
  }

  hear(event: EngineEvent): this {
    this.#advance();
    this.venue.observe(event);
    this.#advance();
    return this;
  }

  book(bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): this {
    return this.hear({ type: 'book-snapshot', at: this.now, market: M, bids: levels(bids), asks: levels(asks), exchangeAt: this.now });
  }

  delta(side: BookSide, c: number, n: number): this {
    return this.hear({ type: 'book-delta', at: this.now, market: M, side, price: cents(c), change: lots(n), exchangeAt: this.now });
  }

  trade(takerSide: BookSide, c: number, n: number): this {
    return this.hear({ type: 'trade', at: this.now, market: M, takerSide, price: cents(c), quantity: lots(n), exchangeAt: this.now });
  }

  /** A trade as the exchange tells it: the reduction of the resting side, then the trade. */
  sale(c: number, n: number): this {
    return this.delta('bid', c, -n).trade('ask', c, n);
  }

  lost(): this {
    return this.hear({ type: 'book-lost', at: this.now, market: M, reason: 'sequence-gap' });
  }

  /** @returns the name of the order, `paper-1` and so on */
  place(side: BookSide, c: number, n: number, changes: Partial<Place> = {}): ReturnType<typeof venueOrderId> {
    this.send({
      type: 'place',
      clientId: clientOrderId(`kmm-t-${++this.#ids}`),
      market: M,
      side,
      price: cents(c),
      quantity: lots(n),
      timeInForce: 'good-till-cancelled',
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: false,
      selfTrade: 'taker-at-cross',
      expiresAt: null,
      group: null,
      ...changes,
    });
    return venueOrderId(`paper-${this.#ids}`);
  }

  take(side: BookSide, c: number, n: number, changes: Partial<Place> = {}): void {
    this.place(side, c, n, { postOnly: false, timeInForce: 'immediate-or-cancel', ...changes });
  }

  amend(orderId: ReturnType<typeof venueOrderId>, side: BookSide, c: number, total: number): void {
    this.send({ type: 'amend', clientId: clientOrderId('kmm-t-1'), orderId, market: M, side, price: cents(c), total: lots(total) });
  }

  decrease(orderId: ReturnType<typeof venueOrderId>, remaining: number): void {
    this.send({ type: 'decrease', clientId: clientOrderId('kmm-t-1'), orderId, market: M, remaining: lots(remaining) });
  }

  cancel(orderId: ReturnType<typeof venueOrderId>): void {
    this.send({ type: 'cancel', clientId: clientOrderId('kmm-t-1'), orderId, market: M });
  }

  send(command: VenueCommand): void {
    this.#advance();
    this.venue.send({ mode: 'single', commands: [command as Approved<VenueCommand>] });
    this.#advance();
  }

  /** Contracts of others ahead. */
  ahead(orderId: ReturnType<typeof venueOrderId>): number | null {
    const ahead = this.venue.ahead(M, orderId);
    return ahead === null ? null : ahead / 100;
  }

  /** Fills so far as `bid 5 at 41`, and forgets them. */
  fills(): string[] {
    return this.facts
      .splice(0)
      .flatMap((fact) => (fact.type === 'fill' ? [`${fact.fill.side} ${fact.fill.quantity / 100} at ${fact.fill.price / 100}`] : []));
  }

  /** Every fact so far but fills, by type or by what it refuses with. */
  answers(): string[] {
    return this.facts.splice(0).flatMap((fact) => {
      if (fact.type === 'fill') return [];
      return [fact.type === 'command-refused' ? fact.code : fact.type === 'order-update' ? `${fact.type} ${fact.reason}` : fact.type];
    });
  }

  #advance(): void {
    this.facts.push(...this.venue.advance(this.now));
  }
}
