/** Own orders of an earlier run in markets that this run does not quote: the engine never hears of them, so they are cancelled before it starts. */
import type { MarketTable } from '../connector/market-table.js';
import type { Throttle } from '../connector/throttle.js';
import type { RestApi } from '../connector/rest-api.js';
import { must } from './exchange-client.js';
import { cancelInPieces, isGone } from './sweep/cancel-pieces.js';
import { isOurs } from './sweep/sweep.js';

/** @param tell gets one line per order that was found */
export const sweepLeftovers = async (
  client: { readonly api: RestApi; readonly throttle: Throttle },
  table: MarketTable,
  prefix: string,
  tell: (text: string) => void,
): Promise<void> => {
  const { account, trading } = client.api;
  const resting = must('the resting orders', await account.orders('resting'));
  const left = resting.filter((order) => isOurs(order, prefix) && table.indexOf(order.ticker) === null);
  for (const { order, result } of await cancelInPieces({ trading, throttle: client.throttle }, left))
    tell(
      `An order of an earlier run rested in ${order.ticker}, which this run does not quote: ${isGone(result) ? 'cancelled' : 'it could not be cancelled'}.`,
    );
};
