/** Own orders of an earlier run in markets that this run does not quote: the engine never hears of them, so they are cancelled before it starts. */
import type { MarketTable } from '../connector/market-table.js';
import type { RestApi } from '../connector/rest-api.js';
import { must } from './exchange-client.js';

/** @param tell gets one line per order that was found */
export const sweepLeftovers = async (api: RestApi, table: MarketTable, prefix: string, tell: (text: string) => void): Promise<void> => {
  const resting = must('the resting orders', await api.account.orders('resting'));
  const left = resting.filter((order) => order.clientId?.startsWith(`${prefix}-`) === true && table.indexOf(order.ticker) === null);
  for (const { ticker, orderId, shard, subaccount } of left) {
    const result = await api.trading.cancelOrder({ orderId, shard, subaccount });
    const gone = result.kind === 'ok' || (result.kind === 'refused' && result.status === 404);
    tell(
      `An order of an earlier run rested in ${ticker}, which this run does not quote: ${gone ? 'cancelled' : 'it could not be cancelled'}.`,
    );
  }
};
