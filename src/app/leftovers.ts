/** Own orders of an earlier run in markets that this run does not quote: the engine never hears of them, so they are cancelled before it starts. */
import type { MarketTable } from '../connector/market-table.js';
import type { RestApi } from '../connector/rest-api.js';
import { toMarket } from '../connector/market-catalog.js';
import { clientOrderId, marketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import { must } from './exchange-client.js';

/** @param tell gets one line per market where something was found */
export const sweepLeftovers = async (api: RestApi, table: MarketTable, prefix: string, tell: (text: string) => void): Promise<void> => {
  const resting = must('the resting orders', await api.account.orders('resting'));
  const left = resting.filter((order) => order.clientId?.startsWith(`${prefix}-`) === true && table.indexOf(order.ticker) === null);
  const markets = new Map<string, Market>();
  for (const order of left) {
    const market = markets.get(order.ticker) ?? (await describe(api, order.ticker));
    markets.set(order.ticker, market);
    const name = clientOrderId(order.clientId ?? order.orderId);
    const result = await api.trading.cancel({ type: 'cancel', clientId: name, orderId: order.orderId, market: marketIndex(0) }, market);
    const gone = result.kind === 'ok' || (result.kind === 'refused' && result.status === 404);
    tell(
      `An order of an earlier run rested in ${order.ticker}, which this run does not quote: ${gone ? 'cancelled' : 'it could not be cancelled'}.`,
    );
  }
};

const describe = async (api: RestApi, ticker: string): Promise<Market> => {
  const body = must(`market ${ticker}`, await api.markets.market(ticker)).body;
  return toMarket({ ticker, market: body, event: null, series: null }, 'allow');
};
