/** A REST venue joined to an HTTP stub: everything between a command and its fact is real, only the exchange is played by the test. */
import { DOCUMENTED_COSTS } from '../../src/connector/endpoint-costs.js';
import { LastGate } from '../../src/connector/last-gate.js';
import { MarketRegister } from '../../src/connector/market-table.js';
import { BASIC_LIMITS, RateBudget, type AccountLimits } from '../../src/connector/rate-budget.js';
import { restApi, type RestApi } from '../../src/connector/rest-api.js';
import { RestVenue } from '../../src/connector/rest-venue.js';
import { DEFAULT_REST, RestClient } from '../../src/connector/rest.js';
import { Throttle } from '../../src/connector/throttle.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { clientOrderId, marketIndex, ticker, venueOrderId } from '../../src/domain/ids.js';
import type { Amend, Approved, Call, Cancel, Decrease, Place, VenueCommand } from '../../src/domain/order.js';
import { durationUs, price, quantity } from '../../src/domain/units.js';
import { FakeTime } from './fake-time.js';
import { httpStub, type HttpStub, type StubHandler } from './http-stub.js';
import { market } from './markets.js';

export interface RestWorld {
  readonly time: FakeTime;
  readonly stub: HttpStub;
  readonly client: RestClient;
  readonly throttle: Throttle;
  readonly api: RestApi;
  readonly venue: RestVenue;
  readonly facts: EngineEvent[];
  /** Sends commands as one call, as risk would have approved them. */
  readonly send: (mode: Call['mode'], ...commands: VenueCommand[]) => void;
  /** Resolves when `count` facts have been offered. */
  readonly told: (count: number) => Promise<EngineEvent[]>;
  readonly kill: () => void;
  readonly close: () => Promise<void>;
}

export interface RestWorldOptions {
  readonly limits?: AccountLimits;
  readonly cancelReserve?: number;
  readonly batchMax?: number;
  readonly subaccount?: number;
  readonly pagesMax?: number;
}

/** Two markets: index 0 on shard 0, index 1 on shard 2. */
export const restWorld = async (handler: StubHandler, options: RestWorldOptions = {}): Promise<RestWorld> => {
  const time = new FakeTime();
  const stub = await httpStub(handler);
  const client = new RestClient(stub.url, 'custom', { clock: time, timers: time, signer: null, settings: DEFAULT_REST });
  const settings = { cancelReserve: options.cancelReserve ?? 0, lag: durationUs(0) };
  const throttle = new Throttle(new RateBudget(options.limits ?? BASIC_LIMITS, DOCUMENTED_COSTS, settings, time.now()), time, time);
  const api = restApi(client, throttle, { subaccount: options.subaccount ?? 0, pagesMax: options.pagesMax ?? 5 });
  const table = new MarketRegister([market({ ticker: ticker('KXA-1') }), market({ ticker: ticker('KXB-1'), shard: 2 })]);
  let killed = false;
  const gateSettings = {
    orderSizeMax: quantity(10_000),
    amendTotalMax: quantity(10_000),
    band: { low: price(100), high: price(9900) },
    ordersPerSecondMax: 400,
  };
  const gate = new LastGate(gateSettings, () => killed);
  const facts: EngineEvent[] = [];
  const waiting: { readonly count: number; readonly resolve: (facts: EngineEvent[]) => void }[] = [];
  const offer = (event: EngineEvent): void => {
    facts.push(event);
    for (const each of waiting) if (facts.length >= each.count) each.resolve(facts);
  };
  const venue = new RestVenue({ api, throttle, table, gate, offer, clock: time, batchMax: options.batchMax ?? 20 });
  return {
    time,
    stub,
    client,
    throttle,
    api,
    venue,
    facts,
    send: (mode, ...commands) => venue.send({ mode, commands: commands as Approved<VenueCommand>[] }),
    told: (count) => (facts.length >= count ? Promise.resolve(facts) : new Promise((resolve) => waiting.push({ count, resolve }))),
    kill: () => {
      killed = true;
    },
    close: async () => {
      await client.close();
      await stub.close();
    },
  };
};

export const place = (n: number, changes: Partial<Place> = {}): Place => ({
  type: 'place',
  clientId: clientOrderId(`kmm-1-${n}`),
  market: marketIndex(0),
  side: 'bid',
  price: price(4300),
  quantity: quantity(1000),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: true,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
  ...changes,
});

const names = (n: number): { clientId: Place['clientId']; orderId: Cancel['orderId']; market: Place['market'] } => ({
  clientId: clientOrderId(`kmm-1-${n}`),
  orderId: venueOrderId(`v${n}`),
  market: marketIndex(0),
});
export const cancel = (n: number, changes: Partial<Cancel> = {}): Cancel => ({ type: 'cancel', ...names(n), ...changes });
export const decrease = (n: number): Decrease => ({ type: 'decrease', ...names(n), remaining: quantity(500) });
export const amend = (n: number): Amend => ({ type: 'amend', ...names(n), side: 'bid', price: price(4400), total: quantity(1000) });
