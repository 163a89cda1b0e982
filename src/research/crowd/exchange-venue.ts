/** The simulated exchange as a bot's venue: commands arrive some time later, and so do their answers and the account's own stream. */
import type { RequestAccount } from '../../domain/actions.js';
import type { CommandRefused, EngineEvent, RefusalCode } from '../../domain/events.js';
import type { Call, FillReport, VenueCommand, VenueOrder } from '../../domain/order.js';
import type { Venue } from '../../domain/ports.js';
import { later, type DurationUs, type EpochUs } from '../../domain/units.js';
import type { Exchange } from '../../exchange/core/exchange.js';
import type { ExchangeEvent, FillView, OrderView } from '../../exchange/core/types.js';
import type { AccountId, Refusal } from '../../exchange/core/words.js';
import { TICKER } from './crowd-world.js';
import { Delayed } from './delayed.js';
import { MARKET, type PublicFeed } from './public-feed.js';

const SUBACCOUNT = 0;

export class ExchangeVenue implements Venue {
  readonly line = new Delayed<() => void>();

  constructor(
    private readonly exchange: Exchange,
    private readonly account: AccountId,
    private readonly feed: PublicFeed,
    private readonly delay: DurationUs,
    private readonly now: () => EpochUs,
  ) {
    exchange.onEvent((event) => this.#hear(event));
  }

  send(call: Call): void {
    for (const command of call.commands) this.#later(() => this.#carryOut(command));
  }

  readAccount(request: RequestAccount): void {
    this.#later(() => this.#read(request));
  }

  requestSnapshot(): void {
    this.#later(() => this.feed.snapshot());
  }

  #later(run: () => void): void {
    this.line.push(later(this.now(), this.delay), run);
  }

  #carryOut(command: VenueCommand): void {
    const { exchange, account } = this;
    const address = 'orderId' in command ? { orderId: command.orderId, subaccount: SUBACCOUNT, shard: null, ticker: TICKER } : null;
    const at = this.feed.arrival();
    const { clientId } = command;
    switch (command.type) {
      case 'place': {
        const { side, price, quantity, timeInForce, selfTrade, postOnly, reduceOnly, cancelOnPause, expiresAt } = command;
        const order = { side, price, quantity, timeInForce, selfTrade, postOnly, reduceOnly, cancelOnPause, expiresAt };
        const answer = exchange.createOrder(account, {
          ...order,
          ticker: TICKER,
          clientOrderId: clientId,
          group: null,
          subaccount: SUBACCOUNT,
          shard: null,
        });
        if (!answer.ok) return this.#refuse(command, answer.refusal);
        const { orderId, filled, remaining } = answer;
        return this.feed.tell({ type: 'order-accepted', at, clientId, orderId, filled, remaining, exchangeAt: answer.at });
      }
      case 'amend': {
        const { orderId, side, price, total, expiresAt } = command;
        const answer = exchange.amendOrder(account, {
          orderId,
          side,
          price,
          total,
          subaccount: SUBACCOUNT,
          shard: null,
          ticker: TICKER,
          clientOrderId: null,
          updatedClientOrderId: null,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
        if (!answer.ok) return this.#refuse(command, answer.refusal);
        return this.feed.tell({
          type: 'order-amended',
          at,
          clientId,
          orderId,
          remaining: answer.sizeChanged ? answer.remaining : null,
        });
      }
      case 'decrease': {
        const answer = exchange.decreaseOrder(account, { ...(address as NonNullable<typeof address>), reduceTo: command.remaining });
        if (!answer.ok) return this.#refuse(command, answer.refusal);
        return this.feed.tell({ type: 'order-amended', at, clientId, orderId: command.orderId, remaining: answer.remaining });
      }
      case 'cancel': {
        const answer = exchange.cancelOrder(account, address as NonNullable<typeof address>);
        if (!answer.ok) return this.#refuse(command, answer.refusal);
        return this.feed.tell({ type: 'order-cancelled', at, clientId, orderId: command.orderId, reducedBy: answer.reducedBy });
      }
    }
  }

  #refuse({ type, clientId }: VenueCommand, refusal: Refusal): void {
    const told: CommandRefused = {
      type: 'command-refused',
      at: this.feed.arrival(),
      command: type,
      clientId,
      code: codeOf(refusal),
      detail: refusal.details ?? refusal.message,
    };
    this.feed.tell(told);
  }

  #read({ request, fillsSince, scope }: RequestAccount): void {
    const { exchange, account } = this;
    const fills = fillsSince === 0 ? [] : exchange.fills(account, { since: fillsSince });
    const told: EngineEvent = {
      type: 'account-reading',
      at: this.feed.arrival(),
      request,
      ...(scope === undefined ? {} : { scope }),
      complete: true,
      validUntil: exchange.userDataTimestamp(account),
      resting: exchange.orders(account, { status: 'resting' }).map(orderOf),
      positions: exchange.positions(account).markets.map(({ quantity, cost, realized, fees }) => ({
        market: MARKET,
        position: quantity,
        cost,
        realized,
        fees,
      })),
      fills: fills.map(fillOf),
      balance: exchange.balance(account).balance,
      foreign: 0,
    };
    this.feed.tell(told);
  }

  #hear(event: ExchangeEvent): void {
    const at = this.feed.arrival();
    if (event.type === 'fill' && event.account === this.account)
      this.feed.tell({ type: 'fill', at, source: 'stream', fill: fillOf(event.fill) });
    if (event.type === 'order' && event.account === this.account)
      this.feed.tell({ type: 'order-update', at, order: orderOf(event.order), reason: event.reason });
  }
}

const STATUS = { resting: 'resting', canceled: 'cancelled', executed: 'executed' } as const;

const orderOf = (view: OrderView): VenueOrder => ({
  orderId: view.orderId,
  clientId: view.clientOrderId,
  market: MARKET,
  side: view.side,
  price: view.price,
  initial: view.initial,
  filled: view.filled,
  remaining: view.remaining,
  status: STATUS[view.status],
  expiresAt: view.expiresAt,
  group: view.group,
  updatedAt: view.updatedAt,
});

export const fillOf = (view: FillView): FillReport => ({
  fillId: view.tradeId,
  orderId: view.orderId,
  clientId: view.clientOrderId,
  market: MARKET,
  side: view.side,
  price: view.price,
  quantity: view.quantity,
  fee: view.fee,
  role: view.role,
  positionAfter: view.positionAfter,
  exchangeAt: view.at,
});

const CODES: Readonly<Record<string, RefusalCode>> = {
  invalid_price: 'invalid-price',
  insufficient_balance: 'insufficient-balance',
  order_already_exists: 'duplicate-client-id',
  market_inactive: 'market-inactive',
  not_found: 'not-found',
  trading_is_paused: 'paused',
  exchange_is_paused: 'paused',
};

const codeOf = ({ code, details }: Refusal): RefusalCode => (details === 'post only cross' ? 'post-only-cross' : (CODES[code] ?? 'other'));
