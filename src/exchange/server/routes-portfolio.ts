/** Balance, positions, fills, settlements (reference 5.2). */
import { eventTicker, ticker, venueOrderId } from '../../domain/ids.js';
import { balanceBody, eventPositionBody, fillBody, positionBody, restingValueBody, settlementBody } from './encode-account.js';
import { pageBody, pageOf } from './pages.js';
import { notFound, ok, refusal, ReplyError, type Reply } from './replies.js';
import { given, subaccountOrAll, subaccountOrPrimary, type Route, type SignedCall } from './routes.js';
import { fromUnixSeconds } from './times.js';
import type { EpochUs } from '../../domain/units.js';

const LIMIT = { max: 1000, default: 100 };
const TICKERS_MAX = 100;

const times = (call: SignedCall): { readonly since?: EpochUs; readonly until?: EpochUs } => {
  const since = call.query.integer('min_ts');
  const until = call.query.integer('max_ts');
  return {
    ...given('since', since === null ? null : fromUnixSeconds(since)),
    ...given('until', until === null ? null : fromUnixSeconds(until)),
  };
};

const getBalance = (call: SignedCall): Reply => {
  const shard = call.query.integer('exchange_index');
  return ok(balanceBody(call.services.exchange.balance(call.account, { subaccount: subaccountOrPrimary(call), ...given('shard', shard) })));
};

/** Over all subaccounts, or the one the key is locked to. */
const getRestingValue = ({ services, account, key }: SignedCall): Reply => {
  const numbers = key.subaccount === null ? services.subaccounts.of(account) : [key.subaccount];
  return ok(restingValueBody(numbers.map((subaccount) => services.exchange.balance(account, { subaccount }))));
};

const COUNT_WORDS = ['position', 'total_traded'];

const getPositions = (call: SignedCall): Reply => {
  const { query, services, account } = call;
  const limit = query.limit(LIMIT);
  const settlement = query.oneOf('settlement_status', ['unsettled', 'settled', 'all']) as 'unsettled' | 'settled' | 'all' | null;
  const market = query.text('ticker');
  const event = query.text('event_ticker');
  const filter = {
    ...given('ticker', market === null ? null : ticker(market)),
    ...given('event', event === null ? null : eventTicker(event)),
    ...given('shard', query.integer('exchange_index')),
    ...given('settlement', settlement),
    subaccount: subaccountOrPrimary(call),
  };
  const counts = query.list('count_filter');
  if (!counts.every((word) => COUNT_WORDS.includes(word))) throw new ReplyError(refusal(400, 'bad_request', 'invalid count filter'));
  const { markets, events } = services.exchange.positions(account, filter);
  const wanted = markets.filter(
    (position) => (!counts.includes('position') || position.quantity !== 0) && (!counts.includes('total_traded') || position.traded !== 0),
  );
  const page = pageOf(wanted, limit, query.text('cursor'), (position) => position.ticker);
  return ok({ cursor: page.cursor, event_positions: events.map(eventPositionBody), market_positions: page.items.map(positionBody) });
};

const getFills = (call: SignedCall): Reply => {
  const { query, services, account } = call;
  const limit = query.limit(LIMIT);
  const tickers = query.list('ticker');
  if (tickers.length > TICKERS_MAX) throw new ReplyError(refusal(400, 'bad_request', `at most ${TICKERS_MAX} tickers`));
  const order = query.text('order_id');
  const fills = services.exchange.fills(account, {
    ...given('tickers', tickers.length === 0 ? null : tickers.map(ticker)),
    ...given('orderId', order === null ? null : venueOrderId(order)),
    ...times(call),
    ...given('subaccount', subaccountOrAll(call)),
    ...given('shard', query.integer('exchange_index')),
  });
  // A trade between two own orders has two fills of one id.
  return ok(
    pageBody(
      'fills',
      pageOf(fills, limit, query.text('cursor'), (fill) => `${fill.tradeId}/${fill.orderId}`),
      fillBody,
    ),
  );
};

const getSettlements = (call: SignedCall): Reply => {
  const { query, services, account } = call;
  const limit = query.limit(LIMIT);
  const market = query.text('ticker');
  const event = query.text('event_ticker');
  const settlements = services.exchange.settlements(account, {
    ...given('ticker', market === null ? null : ticker(market)),
    ...given('event', event === null ? null : eventTicker(event)),
    ...times(call),
    ...given('subaccount', subaccountOrAll(call)),
    ...given('shard', query.integer('exchange_index')),
  });
  return ok(
    pageBody(
      'settlements',
      pageOf(settlements, limit, query.text('cursor'), (s) => `${s.ticker}/${s.subaccount}`),
      settlementBody,
    ),
  );
};

/** Nothing of a young exchange has moved to the historical tier yet: every list there is empty. */
const emptyHistory =
  (name: string, more: { readonly [key: string]: readonly [] } = {}): ((call: SignedCall) => Reply) =>
  (call) => {
    call.query.limit(LIMIT);
    return ok({ cursor: '', [name]: [], ...more });
  };

export const PORTFOLIO_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: '/portfolio/balance', operation: 'GetBalance', access: 'read', handle: getBalance },
  {
    method: 'GET',
    pattern: '/portfolio/summary/total_resting_order_value',
    operation: 'GetPortfolioRestingOrderTotalValue',
    access: 'read',
    handle: getRestingValue,
  },
  { method: 'GET', pattern: '/portfolio/positions', operation: 'GetPositions', access: 'read', handle: getPositions },
  { method: 'GET', pattern: '/portfolio/fills', operation: 'GetFills', access: 'read', handle: getFills },
  { method: 'GET', pattern: '/portfolio/settlements', operation: 'GetSettlements', access: 'read', handle: getSettlements },
  { method: 'GET', pattern: '/portfolio/deposits', operation: 'GetDeposits', access: 'read', handle: emptyHistory('deposits') },
  { method: 'GET', pattern: '/portfolio/withdrawals', operation: 'GetWithdrawals', access: 'read', handle: emptyHistory('withdrawals') },
  { method: 'GET', pattern: '/historical/orders', operation: 'GetHistoricalOrders', access: 'read', handle: emptyHistory('orders') },
  { method: 'GET', pattern: '/historical/fills', operation: 'GetHistoricalFills', access: 'read', handle: emptyHistory('fills') },
  {
    method: 'GET',
    pattern: '/historical/positions',
    operation: 'GetHistoricalPositions',
    access: 'read',
    handle: emptyHistory('market_positions', { event_positions: [] }),
  },
  { method: 'GET', pattern: '/historical/markets/:ticker', operation: 'GetHistoricalMarket', access: 'public', handle: () => notFound },
];
