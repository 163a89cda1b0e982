/** The REST half of the connector against the simulated exchange, which was written from the same documents and shares no code with it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SystemClock, systemTimers } from '../../src/app/system-clock.js';
import { loadCatalog } from '../../src/connector/catalog-loader.js';
import { DOCUMENTED_COSTS } from '../../src/connector/endpoint-costs.js';
import { loadPrivateKey } from '../../src/connector/keys.js';
import { LastGate } from '../../src/connector/last-gate.js';
import { MarketRegister } from '../../src/connector/market-table.js';
import { BASIC_LIMITS, RateBudget } from '../../src/connector/rate-budget.js';
import { restApi, type RestApi } from '../../src/connector/rest-api.js';
import type { Result } from '../../src/connector/rest-result.js';
import { RestVenue } from '../../src/connector/rest-venue.js';
import { RestClient } from '../../src/connector/rest.js';
import { DirectSigner } from '../../src/connector/sign.js';
import { Throttle } from '../../src/connector/throttle.js';
import type { AccountReading, EngineEvent, OrderAccepted } from '../../src/domain/events.js';
import { clientOrderId, type VenueOrderId } from '../../src/domain/ids.js';
import type { Approved, Call, Cancel, Place, VenueCommand } from '../../src/domain/order.js';
import { durationUs, price, quantity, UNKNOWN_TIME } from '../../src/domain/units.js';
import { startExchangeServer, type RunningExchange } from '../../src/exchange/server/server.js';

const DEAR = { price: price(9900), quantity: quantity(1_000_000) };

const valueOf = <T>(result: Result<T>): T => {
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
  return result.value;
};

describe.each(['ed25519', 'rsa'] as const)('the connector and the simulated exchange, with a key of %s', (keyType) => {
  let exchange: RunningExchange;
  let client: RestClient;
  let api: RestApi;
  let venue: RestVenue;
  let register: MarketRegister;
  const facts: EngineEvent[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  beforeAll(async () => {
    exchange = await startExchangeServer({ core: { crowd: null }, keyType, tier: 'prestige' });
    const clock = new SystemClock();
    const [handed] = exchange.keys;
    if (handed === undefined) throw new Error('no key');
    const signer = new DirectSigner(handed.keyId, loadPrivateKey(handed.privateKeyPath), clock);
    client = new RestClient(exchange.rest, 'sim', { clock, timers: systemTimers, signer });
    const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve: 0.2, lag: durationUs(0) }, clock.now());
    api = restApi(client, new Throttle(budget, clock, systemTimers));
    budget.learn(valueOf(await api.account.limits()), valueOf(await api.account.costs()), clock.now());
    const open = valueOf(await api.markets.markets({ status: 'open' })).map((market) => market.ticker);
    register = new MarketRegister((await loadCatalog(api.markets, open)).markets);
    const gateSettings = {
      orderSizeMax: quantity(1_000_000),
      amendTotalMax: quantity(100_000),
      band: { low: price(1), high: price(9999) },
      ordersPerSecondMax: 500,
    };
    const offer = (event: EngineEvent): void => {
      facts.push(event);
      for (const each of waiting) if (facts.length >= each.count) each.resolve();
    };
    const gate = new LastGate(gateSettings, () => false);
    venue = new RestVenue({ api, throttle: new Throttle(budget, clock, systemTimers), table: register, gate, offer, clock, batchMax: 20 });
  });
  afterAll(async () => {
    await client.close();
    await exchange.close();
  });

  const told = async (send: () => void, count: number): Promise<EngineEvent[]> => {
    const from = facts.length;
    send();
    await new Promise<void>((resolve) => {
      waiting.push({ count: from + count, resolve });
      if (facts.length >= from + count) resolve();
    });
    return facts.slice(from);
  };
  const call = (mode: Call['mode'], ...commands: VenueCommand[]): (() => void) => {
    return () => venue.send({ mode, commands: commands as Approved<VenueCommand>[] });
  };
  let n = 0;
  const place = (market: number, changes: Partial<Place> = {}): Place => ({
    type: 'place',
    clientId: clientOrderId(`kmm-${keyType}-${++n}`),
    market: market as Place['market'],
    side: 'bid',
    price: price(500),
    quantity: quantity(1050),
    timeInForce: 'good-till-cancelled',
    postOnly: true,
    reduceOnly: false,
    cancelOnPause: true,
    selfTrade: 'taker-at-cross',
    expiresAt: null,
    group: null,
    ...changes,
  });
  const cancelOf = (order: Place, orderId: VenueOrderId): Cancel => ({
    type: 'cancel',
    clientId: order.clientId,
    orderId,
    market: order.market,
  });
  const rest = async (order: Place): Promise<OrderAccepted> => {
    const [fact] = await told(call('single', order), 1);
    expect(fact).toMatchObject({ type: 'order-accepted', clientId: order.clientId });
    return fact as OrderAccepted;
  };
  const reading = async (): Promise<AccountReading> => {
    const [fact] = await told(() => venue.readAccount({ type: 'request-account', request: 1, fillsSince: UNKNOWN_TIME }), 1);
    return fact as AccountReading;
  };

  test('understand each other about every market', () => {
    expect(register.size).toBeGreaterThan(1);
    for (const market of register.markets) expect(market.assumed).toEqual([]);
    expect(new Set(register.markets.map((market) => market.shard)).size).toBeGreaterThan(1);
  });

  test('place, amend, decrease, see and cancel an order on every shard', async () => {
    const shards = new Map(register.markets.map((market, index) => [market.shard, index]));
    for (const index of shards.values()) {
      const order = place(index);
      const { orderId, filled, remaining } = await rest(order);
      expect([filled, remaining]).toEqual([0, 1050]);
      const names = { clientId: order.clientId, orderId, market: order.market };
      const [amended] = await told(call('single', { type: 'amend', ...names, side: 'bid', price: price(600), total: quantity(900) }), 1);
      expect(amended).toMatchObject({ type: 'order-amended', orderId, remaining: 900 });
      const [decreased] = await told(call('single', { type: 'decrease', ...names, remaining: quantity(150) }), 1);
      expect(decreased).toMatchObject({ type: 'order-amended', orderId, remaining: 150 });
      const seen = valueOf(await api.account.order(orderId));
      expect(seen).toMatchObject({ orderId, clientId: order.clientId, side: 'bid', price: 600, status: 'resting' });
      const [cancelled] = await told(call('single', cancelOf(order, orderId)), 1);
      expect(cancelled).toMatchObject({ type: 'order-cancelled', orderId, reducedBy: 150 });
      const [again] = await told(call('single', cancelOf(order, orderId)), 1);
      expect(again).toMatchObject({ type: 'command-refused', command: 'cancel', code: 'not-found' });
    }
  });

  test('tell refusals by their reason', async () => {
    const order = place(0);
    const { orderId } = await rest(order);
    const [twice] = await told(call('single', order), 1);
    expect(twice).toMatchObject({ type: 'command-refused', code: 'duplicate-client-id' });
    const [cross] = await told(call('single', place(0, { side: 'ask', price: price(500) })), 1);
    expect(cross).toMatchObject({ type: 'command-refused', code: 'post-only-cross' });
    const [kill] = await told(
      call('single', place(0, { side: 'ask', price: price(9900), timeInForce: 'fill-or-kill', postOnly: false })),
      1,
    );
    expect(kill).toMatchObject({ type: 'command-refused', code: 'unfilled' });
    // More than the opening cash of the shard, in two orders.
    const both = await told(call('single', place(0, DEAR), place(0, DEAR)), 2);
    expect(both.map((fact) => fact.type).sort()).toEqual(['command-refused', 'order-accepted']);
    expect(both).toContainEqual(expect.objectContaining({ type: 'command-refused', code: 'insufficient-balance' }));
    await told(call('single', cancelOf(order, orderId)), 1);
    await api.trading.cancelAll();
  });

  test('place and cancel in batches over several shards, each order with its own outcome', async () => {
    const last = register.size - 1;
    const used = place(0);
    await rest(used);
    const orders = [place(0), place(last), used, place(0, { price: price(700) })];
    const placed = await told(call('batch', ...orders), 4);
    expect(placed.map((fact) => fact.type)).toEqual(['order-accepted', 'order-accepted', 'command-refused', 'order-accepted']);
    const accepted = placed.filter((fact) => fact.type === 'order-accepted');
    const cancels = accepted.map((fact) => cancelOf(orders.find((order) => order.clientId === fact.clientId) ?? used, fact.orderId));
    const cancelled = await told(call('batch', ...cancels), 3);
    expect(cancelled.map((fact) => fact.type)).toEqual(['order-cancelled', 'order-cancelled', 'order-cancelled']);
    expect(valueOf(await api.trading.cancelAll())).toBeNull();
  });

  test('agree on what rests, once reads have caught up', async () => {
    const order = place(0, { price: price(300) });
    const { orderId, exchangeAt } = await rest(order);
    let seen = await reading();
    for (let i = 0; i < 200 && seen.validUntil < exchangeAt; i++) seen = await reading();
    expect(seen.complete).toBe(true);
    expect(seen.resting).toMatchObject([
      { orderId, clientId: order.clientId, price: 300, initial: 1050, remaining: 1050, status: 'resting' },
    ]);
    expect(seen.balance).toBeGreaterThan(0);
    await told(call('single', cancelOf(order, orderId)), 1);
  });

  test('stop a whole group of orders', async () => {
    const group = valueOf(await api.trading.createGroup(register.market(0 as Place['market']).shard, quantity(10_000)));
    await rest(place(0, { group }));
    expect(valueOf(await api.trading.triggerGroup(group, 0))).toBeNull();
    const [blocked] = await told(call('single', place(0, { group })), 1);
    expect(blocked).toMatchObject({ type: 'command-refused', command: 'place' });
    expect(valueOf(await api.trading.resetGroup(group, 0))).toBeNull();
    expect(valueOf(await api.trading.deleteGroup(group, 0))).toBeNull();
  });

  test('agree on every other thing that can be read', async () => {
    const [first] = register.markets;
    if (first === undefined) throw new Error('no market');
    expect(valueOf(await api.markets.orderbook(first.ticker, first.payout))).toHaveProperty('bids');
    expect(valueOf(await api.markets.orderbooks([first.ticker], () => first.payout)).has(first.ticker)).toBe(true);
    expect(valueOf(await api.markets.exchangeState()).shards.length).toBeGreaterThan(1);
    for (const read of [
      api.markets.trades(first.ticker),
      api.markets.events(first.series),
      api.markets.seriesList(),
      api.markets.feeChanges(first.series),
      api.account.positions(),
      api.account.fills(null),
      api.account.settlements(),
      api.account.groups(),
      api.account.queuePositions([first.ticker]),
    ])
      expect(Array.isArray(valueOf<unknown>(await read))).toBe(true);
    valueOf(await api.markets.exchangeSchedule());
    expect(valueOf(await api.account.balance()).byShard.size).toBeGreaterThan(1);
  });
});
