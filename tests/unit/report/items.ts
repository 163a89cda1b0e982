/** Items of a run, made by hand: name what matters to the test. */
import type { Decision } from '../../../src/domain/actions.js';
import { eventTicker, fillId, marketIndex, ticker } from '../../../src/domain/ids.js';
import { addCash, cash, epochUs, price, quantity, subtractCash, type Cash } from '../../../src/domain/units.js';
import type { FillReport } from '../../../src/domain/order.js';
import { venueOrderId } from '../../../src/domain/ids.js';
import { Inventory, type Holding } from '../../../src/execution/inventory.js';
import type { FillMark, RunItem } from '../../../src/report/run-items.js';

export const START = 1_795_000_000_000_000;
export const NAME = ticker('KX-TOY');
export const atMs = (ms: number) => epochUs(START + ms * 1000);
const M = marketIndex(0);
/** A mid in cents as price units, which may end in a half. */
const units = (cents: number): number => Math.round(cents * 200) / 2;

export const listing = (name = NAME, parts: Partial<Extract<RunItem, { type: 'market' }>> = {}): RunItem => ({
  type: 'market',
  ticker: name,
  event: eventTicker('KX'),
  payout: price(10_000),
  exclusive: false,
  ...parts,
});

/** Of a name of its own: `fill` is an array method to the linter. */
const book = (inventory: Inventory, report: FillReport): Holding => inventory.fill(report);

/** A market with the account of the bot behind it: fills are booked as it books them. */
export class Books {
  readonly #inventory = new Inventory();
  #count = 0;
  constructor(readonly name = NAME) {}

  /** Sizes in contracts, prices in cents, fees in dollars. */
  fill(ms: number, side: 'bid' | 'ask', contracts: number, cents: number, fee = 0, parts: Partial<FillMark> = {}): RunItem {
    const before = this.#inventory.realized(M);
    const report: FillReport = {
      fillId: fillId(`f${++this.#count}`),
      orderId: venueOrderId('o'),
      clientId: null,
      market: M,
      side,
      price: price(Math.round(cents * 100)),
      quantity: quantity(Math.round(contracts * 100)),
      fee: cash(Math.round(fee * 1e6)),
      role: 'maker',
      positionAfter: null,
      exchangeAt: atMs(ms),
    };
    const { realized, position, cost } = book(this.#inventory, report);
    const { fillId: id, price: at, quantity: size, fee: charged, role } = report;
    const told = {
      fillId: id,
      side,
      price: at,
      quantity: size,
      fee: charged,
      role,
      realized: subtractCash(realized, before),
      position,
      cost,
    };
    return { type: 'fill', fill: { at: atMs(ms), ticker: this.name, isFirstOfOrder: true, ...told, ...parts } };
  }

  settle(ms: number, cents: number): RunItem {
    const value = price(Math.round(cents * 100));
    const booked = this.#inventory.settle(M, value, price(10_000));
    if (booked === null) throw new Error('settled already');
    const { position, cost } = this.#inventory.holding(M);
    const cause = booked.corrected ? 'settlement-corrected' : 'settled';
    const adjusted = { cause, position, cost, realized: booked.realized, fee: booked.fee } as const;
    return { type: 'adjusted', at: atMs(ms), ticker: this.name, adjusted, settlesAt: value };
  }

  /** Takes a position over from the exchange at a positive cost in dollars. */
  adopt(ms: number, contracts: number, dollars: number, cause: 'adopted' | 'drift' = 'adopted'): RunItem {
    this.#inventory.adopt({ market: M, position: quantity(contracts * 100), cost: cash(Math.round(dollars * 1e6)), payout: price(10_000) });
    const { position, cost } = this.#inventory.holding(M);
    const adjusted = { cause, position, cost, realized: cash(0), fee: cash(0) } as const;
    return { type: 'adjusted', at: atMs(ms), ticker: this.name, adjusted, settlesAt: null };
  }

  mid(ms: number, cents: number | null): RunItem {
    return { type: 'mid', at: atMs(ms), ticker: this.name, mid: cents === null ? null : units(cents) };
  }

  /** A row as the bot would tell it at this mid. */
  row(ms: number, cents: number | null, parts: Partial<Decision> = {}): RunItem {
    const mid = cents === null ? null : units(cents);
    const decision: Decision = {
      type: 'decision',
      market: M,
      at: atMs(ms),
      bestBid: null,
      bestAsk: null,
      mid,
      fair: mid,
      reservation: null,
      bid: price(4900),
      bidSize: quantity(100),
      ask: price(5100),
      askSize: quantity(100),
      noBid: null,
      noAsk: null,
      inventory: this.#inventory.position(M),
      unrealized: this.#inventory.unrealized(M, mid ?? 0),
      realized: this.#inventory.realized(M),
      fees: this.#inventory.fees(M),
      cause: 'quote',
      ...parts,
    };
    return { type: 'row', ticker: this.name, decision };
  }

  /** Realized and unrealized less fees at a mid in cents, from the bot's account. */
  net(cents: number): Cash {
    return this.#inventory.result(M, units(cents));
  }

  /** Money in and out and the position at a mid in cents: the other way to the same number. */
  worth(cents: number): Cash {
    return addCash(this.#inventory.cash(M), cash(Math.trunc(units(cents) * this.#inventory.position(M))));
  }
}
