/** What goes into the tables besides the tape: valuations, orders and changes of state, as they happen. */
import type { Adjusted, Booked, EngineAction, Halt, Say, Stopped } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import type { ClientOrderId, MarketIndex } from '../domain/ids.js';
import type { Call, VenueCommand } from '../domain/order.js';
import { formatCash, formatPrice, formatQuantity, type EpochUs, type Price } from '../domain/units.js';
import type { Engine } from '../engine/engine.js';
import { sideLine, type SideRow, type SideTable } from '../logger/side-tables.js';
import { formatTime } from '../logger/time-text.js';

/** Words about single orders and about ourselves: the first stand in the table of orders, the others in the log. */
const NO_STATE = /^(ORDER_|OUTCOME_UNKNOWN|LATENCY|ASSUMED|FILL|LOGGER_)/;
/** Digits behind the point of numbers that are no money. */
const DIGITS = 6;

export class SideRecords {
  readonly #write: (table: SideTable, line: string) => void;
  readonly #engine: Engine;
  /** Why each market had no valuation at the last look. */
  readonly #missing = new Map<MarketIndex, string>();

  constructor(engine: Engine, write: (table: SideTable, line: string) => void) {
    this.#engine = engine;
    this.#write = write;
  }

  sent(call: Call): void {
    for (const command of call.commands) this.#order(command.market, orderRow(command));
  }

  say(say: Say): void {
    if (say.severity !== 'debug' && !NO_STATE.test(say.code)) this.#state({ what: say.code, detail: say.text });
  }

  booked(booked: Booked): void {
    const detail = `${booked.side} ${formatQuantity(booked.quantity)} at ${formatPrice(booked.price)}`;
    this.#holding('fill', booked.market, { position: formatQuantity(booked.position), cost: formatCash(booked.cost), detail });
  }

  halt(halt: Halt): void {
    this.#state({ what: 'halt', detail: `${halt.code}: ${halt.text}` });
  }

  stopped({ left }: Stopped): void {
    this.#state({ what: 'stopped', detail: left === 0 ? 'nothing of ours rests' : `${left} orders may still rest` });
  }

  stepped(event: EngineEvent, actions: readonly EngineAction[]): void {
    switch (event.type) {
      case 'index':
        this.#valuations(event.index);
        break;
      case 'order-accepted': {
        const { clientId, orderId, filled, remaining } = event;
        this.#answer(clientId, {
          what: 'accepted',
          order_id: orderId,
          filled: formatQuantity(filled),
          remaining: formatQuantity(remaining),
        });
        break;
      }
      case 'command-refused':
        this.#answer(event.clientId, { what: `${event.command}-refused`, detail: `${event.code}: ${event.detail}` });
        break;
      case 'command-unknown':
        this.#answer(event.clientId, { what: `${event.command}-unknown`, detail: event.reason });
        break;
      case 'order-amended':
        this.#answer(event.clientId, {
          what: 'amended',
          order_id: event.orderId,
          ...(event.remaining === null ? {} : { remaining: formatQuantity(event.remaining) }),
        });
        break;
      case 'order-cancelled':
        this.#answer(event.clientId, {
          what: 'cancelled',
          order_id: event.orderId,
          detail: `${formatQuantity(event.reducedBy)} taken out`,
        });
        break;
      default:
        break;
    }
    for (const action of actions) if (action.type === 'adjusted') this.#adjusted(action);
  }

  #adjusted({ cause, market, position, cost }: Adjusted): void {
    this.#holding(cause, market, { position: formatQuantity(position), cost: formatCash(cost) });
  }

  #holding(what: string, market: MarketIndex, row: SideRow<'state'>): void {
    const { inventory } = this.#engine.state;
    const sums = { realized_pnl: formatCash(inventory.realized(market)), fees: formatCash(inventory.fees(market)) };
    this.#state({ what, ticker: this.#ticker(market), ...sums, ...row });
  }

  #state(row: SideRow<'state'>): void {
    this.#write('state', sideLine('state', { ts: this.#now, ...row }));
  }

  #order(market: MarketIndex, row: SideRow<'orders'>): void {
    this.#write('orders', sideLine('orders', { ts: this.#now, ticker: this.#ticker(market), ...row }));
  }

  #answer(clientId: ClientOrderId, row: SideRow<'orders'>): void {
    const order = this.#engine.state.orders.find(clientId);
    const known =
      order === null
        ? {}
        : { ticker: this.#ticker(order.market), side: order.side, price: formatPrice(order.price), quantity: formatQuantity(order.total) };
    this.#write('orders', sideLine('orders', { ts: this.#now, ...known, client_order_id: clientId, ...row }));
  }

  /** A row per market that settles on the index: its value, or the reason why it has none, once. */
  #valuations(name: string): void {
    const { indexDesk, indexWatches, now } = this.#engine.state;
    const told = indexDesk.index(name);
    for (const { index, market, book, settled } of indexWatches.get(name)?.markets ?? []) {
      if (settled) continue;
      const value = indexDesk.value(market, now);
      if (value === null) continue;
      const common = {
        ts: this.#now,
        ticker: market.ticker,
        index: name,
        best_bid: priceText(book.bestBid()),
        best_ask: priceText(book.bestAsk()),
      };
      if ('code' in value) {
        if (this.#missing.get(index) === value.code) continue;
        this.#missing.set(index, value.code);
        this.#write('valuations', sideLine('valuations', { ...common, no_valuation: value.code }));
        continue;
      }
      this.#missing.delete(index);
      const row = {
        ...common,
        probability: value.probability.toFixed(DIGITS),
        standard_error: value.standardError.toFixed(DIGITS),
        belief_volatility: value.beliefVolatility === null ? '' : value.beliefVolatility.toPrecision(DIGITS),
        index_value: told?.last === null || told?.last === undefined ? '' : String(told.last.value),
        index_ts: formatTime(value.asOf),
        annual_volatility: told?.volatility?.annual.toPrecision(DIGITS) ?? '',
        volatility_error: told?.volatility?.error.toPrecision(DIGITS) ?? '',
      };
      this.#write('valuations', sideLine('valuations', row));
    }
  }

  get #now(): string {
    const { now }: { readonly now: EpochUs } = this.#engine.state;
    return formatTime(now);
  }

  #ticker(market: MarketIndex): string {
    return this.#engine.state.market(market).market.ticker;
  }
}

const priceText = (price: Price | null): string => (price === null ? '' : formatPrice(price));

const orderRow = (command: VenueCommand): SideRow<'orders'> => {
  const { clientId } = command;
  switch (command.type) {
    case 'place':
      return {
        what: 'place',
        side: command.side,
        price: formatPrice(command.price),
        quantity: formatQuantity(command.quantity),
        time_in_force: command.timeInForce,
        client_order_id: clientId,
        detail: command.postOnly ? 'post-only' : '',
      };
    case 'amend':
      return {
        what: 'amend',
        side: command.side,
        price: formatPrice(command.price),
        quantity: formatQuantity(command.total),
        client_order_id: clientId,
        order_id: command.orderId,
      };
    case 'decrease':
      return { what: 'decrease', remaining: formatQuantity(command.remaining), client_order_id: clientId, order_id: command.orderId };
    case 'cancel':
      return { what: 'cancel', client_order_id: clientId, order_id: command.orderId };
  }
};
