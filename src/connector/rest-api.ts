/** The exchange's REST interface as typed calls, in three groups. */
import { AccountCalls } from './account-calls.js';
import { MarketCalls } from './market-calls.js';
import { RestCaller, type ApiSettings } from './rest-caller.js';
import type { RestClient } from './rest.js';
import type { Throttle } from './throttle.js';
import { TradingCalls } from './trading-calls.js';

export interface RestApi {
  readonly trading: TradingCalls;
  readonly account: AccountCalls;
  readonly markets: MarketCalls;
}

export const DEFAULT_API: ApiSettings = { subaccount: 0, pagesMax: 200 };

/** All calls over one client and one budget. */
export const restApi = (client: RestClient, throttle: Throttle, settings: ApiSettings = DEFAULT_API): RestApi => {
  const caller = new RestCaller(client, throttle, settings);
  return { trading: new TradingCalls(caller), account: new AccountCalls(caller), markets: new MarketCalls(caller) };
};
