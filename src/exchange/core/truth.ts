import type { EpochUs } from '../../domain/units.js';
import type { ExchangeEvent } from './types.js';

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** What is kept of an event, or null where the truth follows from the others: book and ticker from orders, positions from fills. */
const fieldsOf = (event: ExchangeEvent): Fields | null => {
  switch (event.type) {
    case 'order': {
      const { orderId, clientOrderId, account, subaccount, ticker, side, status, price, initial, filled, remaining, group } = event.order;
      const { reason } = event;
      return { orderId, clientOrderId, account, subaccount, ticker, side, status, price, initial, filled, remaining, group, reason };
    }
    case 'fill': {
      const { tradeId, orderId, clientOrderId, account, subaccount, ticker, side, price, quantity, role, fee, positionAfter } = event.fill;
      return { tradeId, orderId, clientOrderId, account, subaccount, ticker, side, price, quantity, role, fee, positionAfter };
    }
    case 'trade': {
      const { tradeId, ticker, price, quantity, takerSide } = event.trade;
      return { tradeId, ticker, price, quantity, takerSide };
    }
    case 'refused': {
      const { account, command, clientOrderId, refusal } = event;
      return { account, command, clientOrderId, status: refusal.status, code: refusal.code, details: refusal.details ?? null };
    }
    case 'group': {
      const { account, group, change, shard, subaccount, limit } = event;
      return { account, group, change, shard, subaccount, limit };
    }
    case 'settlement': {
      const { account, subaccount, ticker, result, value, yesQuantity, noQuantity, revenue, settlementFee } = event.settlement;
      return { account, subaccount, ticker, result, value, yesQuantity, noQuantity, revenue, settlementFee };
    }
    case 'lifecycle':
      return { ticker: event.market.ticker, change: event.change, status: event.market.status, value: event.market.settlementValue };
    case 'status':
      return { ticker: event.market.ticker, status: event.market.status };
    case 'event-fees':
      return { event: event.event, feeType: event.override?.type ?? null, multiplierMicros: event.override?.multiplierMicros ?? null };
    case 'exchange-status':
      return { shard: event.status.shard, exchangeActive: event.status.exchangeActive, tradingActive: event.status.tradingActive };
    case 'book':
    case 'ticker':
    case 'position':
    case 'event-created':
    case 'index':
      return null;
  }
};

/**
 * One line of the truth log: what the matching engine did, for judging a bot by the exchange's own ledger. Deterministic: `t` is microseconds since
 * the exchange started, prices are in 1e-4 dollar, quantities in hundredths of a contract, money in 1e-6 dollar. Without the line's end.
 * @returns null for events that the log leaves out
 */
export const truthLine = (event: ExchangeEvent, startAt: EpochUs): string | null => {
  const fields = fieldsOf(event);
  return fields === null ? null : JSON.stringify({ t: event.at - startAt, type: event.type, ...fields });
};
