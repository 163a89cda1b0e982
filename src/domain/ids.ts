/** Names of things. Each is its own type, so that a ticker can never stand where an order id is due. */

declare const id: unique symbol;
type Id<Name extends string> = string & { readonly [id]: Name };

export type Ticker = Id<'Ticker'>;
export type EventTicker = Id<'EventTicker'>;
export type SeriesTicker = Id<'SeriesTicker'>;
/** Our name for an order, made before sending. Never reused. */
export type ClientOrderId = Id<'ClientOrderId'>;
/** The exchange's name for an order. */
export type VenueOrderId = Id<'VenueOrderId'>;
/** One execution; unique per account, the same on stream and REST. */
export type FillId = Id<'FillId'>;
export type OrderGroupId = Id<'OrderGroupId'>;

declare const index: unique symbol;
/** Place of a market in the run's own table: 0, 1, 2 ... Flat arrays are indexed by it. */
export type MarketIndex = number & { readonly [index]: 'MarketIndex' };

export const ticker = (text: string): Ticker => text as Ticker;
export const eventTicker = (text: string): EventTicker => text as EventTicker;
export const seriesTicker = (text: string): SeriesTicker => text as SeriesTicker;
export const clientOrderId = (text: string): ClientOrderId => text as ClientOrderId;
export const venueOrderId = (text: string): VenueOrderId => text as VenueOrderId;
export const fillId = (text: string): FillId => text as FillId;
export const orderGroupId = (text: string): OrderGroupId => text as OrderGroupId;
export const marketIndex = (n: number): MarketIndex => n as MarketIndex;

/**
 * Makes client order ids `<prefix>-<run>-<counter>`: the prefix finds our own orders again after a crash, the run keeps two runs apart, the
 * counter keeps two orders apart. Deterministic: the run id comes from outside.
 */
export class ClientIds {
  #next: number;
  constructor(
    readonly prefix: string,
    readonly run: string,
    first = 1,
  ) {
    this.#next = first;
  }
  get issued(): number {
    return this.#next - 1;
  }
  next(): ClientOrderId {
    return clientOrderId(`${this.prefix}-${this.run}-${this.#next++}`);
  }
}

/** The counter at the end of one of our ids, or -1 where it is not one of ours. */
export const counterOf = (clientId: string): number => {
  const n = Number(clientId.slice(clientId.lastIndexOf('-') + 1));
  return Number.isSafeInteger(n) && n > 0 ? n : -1;
};
