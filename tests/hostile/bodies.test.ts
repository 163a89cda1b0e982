/** Mutated REST bodies through every typed call, and through the readings of the account on which the bot stakes its orders. */
import { expect, test } from 'vitest';
import { DOCUMENTED_COSTS } from '../../src/connector/endpoint-costs.js';
import { toMarket } from '../../src/connector/market-catalog.js';
import { loadCatalog } from '../../src/connector/catalog-loader.js';
import { RateBudget } from '../../src/connector/rate-budget.js';
import { restApi, type RestApi } from '../../src/connector/rest-api.js';
import { classify, type RestResult, type Result } from '../../src/connector/rest-result.js';
import type { RestClient, RestRequest } from '../../src/connector/rest.js';
import { Throttle } from '../../src/connector/throttle.js';
import { TradingError } from '../../src/domain/errors.js';
import { durationUs, price, quantity } from '../../src/domain/units.js';
import { FakeTime } from '../support/fake-time.js';
import { amend, cancel, decrease, place } from '../support/rest-world.js';
import { BotWorld } from './bot-world.js';
import { HeapWatch, run, SEED, share, TEST_TIMEOUT } from './campaign.js';
import { mutate } from './mutations.js';
import { Random } from './random.js';

const AMPLE = { refillPerSecond: 1e9, capacity: 1e9 };

/** A bot that has traded for a while: its exchange's answers are the corpus. */
const seasoned = async (): Promise<BotWorld> => {
  const world = new BotWorld('bodies');
  for (let tick = 0; tick < 120; tick++) {
    world.tick();
    for (let frame = world.nextFrame(); frame !== null; frame = world.nextFrame()) world.deliver(frame);
    await world.rest();
  }
  return world;
};

const world = await seasoned();
const market = world.register.markets[0];
if (market === undefined) throw new Error('no market');
const resting = world.peer.exchange.orders(world.peer.account)[0];
if (resting === undefined) throw new Error('the bot of the corpus has no order');
const order = { ...cancel(1), orderId: resting.orderId, clientId: resting.clientOrderId ?? cancel(1).clientId };
const group = world.peer.exchange.createGroup(world.peer.account, { subaccount: 0, shard: market.shard, limit: quantity(100_000) });
if (!group.ok) throw new Error('no order group');

type Call = (api: RestApi) => Promise<Result<unknown>>;

/** Every call there is. Writes that would change the corpus are told what such a write is answered. */
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['place', (api) => api.trading.place(place(1), market)],
  ['place batch', (api) => api.trading.placeBatch([place(1), place(2)], () => market)],
  ['amend', (api) => api.trading.amend({ ...amend(1), orderId: resting.orderId }, market)],
  ['decrease', (api) => api.trading.decrease({ ...decrease(1), orderId: resting.orderId }, market)],
  ['cancel', (api) => api.trading.cancel(order, market)],
  ['cancel batch', (api) => api.trading.cancelBatch([order, cancel(2)], () => market)],
  ['cancel all', (api) => api.trading.cancelAll()],
  ['cancel order', (api) => api.trading.cancelOrder({ orderId: resting.orderId, shard: market.shard, subaccount: 0 })],
  ['create group', (api) => api.trading.createGroup(market.shard, quantity(1000))],
  ['order', (api) => api.account.order(resting.orderId)],
  ['orders', (api) => api.account.orders()],
  ['fills', (api) => api.account.fills(null)],
  ['positions', (api) => api.account.positions()],
  ['settlements', (api) => api.account.settlements()],
  ['balance', (api) => api.account.balance()],
  ['queue positions', (api) => api.account.queuePositions([market.ticker])],
  ['queue position', (api) => api.account.queuePosition(resting.orderId)],
  ['user data timestamp', (api) => api.account.userDataTimestamp()],
  ['limits', (api) => api.account.limits()],
  ['costs', (api) => api.account.costs()],
  ['groups', (api) => api.account.groups()],
  ['group', (api) => api.account.group(group.group, market.shard)],
  ['markets', (api) => api.markets.markets({ tickers: [market.ticker] })],
  ['market', (api) => api.markets.market(market.ticker)],
  ['book', (api) => api.markets.orderbook(market.ticker, price(10_000))],
  ['books', (api) => api.markets.orderbooks([market.ticker], () => price(10_000))],
  ['trades', (api) => api.markets.trades(market.ticker)],
  ['event', (api) => api.markets.event(market.event)],
  ['events', (api) => api.markets.events(market.series)],
  ['series', (api) => api.markets.series(market.series)],
  ['series list', (api) => api.markets.seriesList()],
  ['fee changes', (api) => api.markets.feeChanges(market.series)],
  ['exchange state', (api) => api.markets.exchangeState()],
  ['exchange schedule', (api) => api.markets.exchangeSchedule()],
  ['catalog', async (api) => ({ kind: 'ok', status: 200, value: await loadCatalog(api.markets, [market.ticker]) })],
]);

/** An api whose every request gets what `answer` says. */
const apiOf = (answer: (request: RestRequest) => RestResult): RestApi => {
  const time = new FakeTime();
  const limits = { tier: 'ample', read: AMPLE, write: AMPLE };
  const throttle = new Throttle(new RateBudget(limits, DOCUMENTED_COSTS, { cancelReserve: 0, lag: durationUs(0) }, time.now()), time, time);
  const client: Pick<RestClient, 'request'> = { request: (request) => Promise.resolve(answer(request)) };
  return restApi(client as RestClient, throttle, { subaccount: 0, pagesMax: 4 });
};

interface Answer {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** What the exchange answers to every call. */
const answersOf = async (): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (const [name, call] of CALLS) {
    const api = apiOf((request) => {
      const { status, text } = world.peer.answer(request);
      answers.push({ call: name, status, text });
      return classify(status, text);
    });
    await call(api);
  }
  return answers;
};

const ERRORS: readonly Omit<Answer, 'call'>[] = [
  { status: 400, text: '{"error":{"code":"invalid_order","message":"invalid order","details":"post only cross"}}' },
  { status: 400, text: '{"code":"bad_request","message":"bad request","details":"json: cannot unmarshal"}' },
  { status: 400, text: '{"msg":"limit must be at most 1000"}' },
  { status: 404, text: '{"error":{"code":"not_found","message":"not found"}}' },
  { status: 429, text: '{"error":"too many requests"}' },
  { status: 503, text: '{"error":{"code":"service_unavailable","message":"service unavailable"}}' },
];

/** One input: the call's name, the status, the body; cut at the first two newlines. */
const packed = (call: string, status: number, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${call}\n${status}\n`), body]);
const unpacked = (input: Buffer): { readonly call: Call; readonly status: number; readonly body: Buffer } => {
  const first = input.indexOf('\n');
  const second = input.indexOf('\n', first + 1);
  const call = CALLS.get(input.toString('latin1', 0, first));
  if (call === undefined || second < 0)
    return { call: async () => ({ kind: 'unknown', status: 0, reason: '' }), status: 500, body: Buffer.alloc(0) };
  return { call, status: Number(input.toString('latin1', first + 1, second)), body: input.subarray(second + 1) };
};

const AS_IT_CAME = new Set(['exchange schedule', 'market', 'markets', 'event', 'events', 'series', 'series list', 'catalog']);
const nameOf = (input: Buffer): string => input.toString('latin1', 0, Math.max(0, input.indexOf('\n')));

/** @throws Error for a number that is none, or not exact */
const assertSound = (value: unknown): void => {
  if (typeof value === 'number' && !(Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))))
    throw new Error(`a number that is none: ${value}`);
  if (value instanceof Map) for (const [key, inner] of value as ReadonlyMap<unknown, unknown>) assertSound([key, inner]);
  else if (Array.isArray(value)) value.forEach(assertSound);
};

test(
  'every call ends in one of three outcomes, whatever its answer is made of',
  async () => {
    const answers = await answersOf();
    const tally = await run({
      name: 'bodies',
      count: share(0.15),
      input: (random) => {
        const { call, status, text } = random.pick(answers);
        const base = random.oneIn(8) ? random.pick(ERRORS) : { status, text };
        const mixed = random.oneIn(10) ? random.pick([200, 201, 204, 301, 400, 401, 404, 408, 409, 429, 500, 503, 999]) : base.status;
        return packed(call, mixed, mutate(Buffer.from(base.text), random, Buffer.from(random.pick(answers).text)));
      },
      judge: async (input) => {
        const { call, status, body } = unpacked(input);
        // Only the mutated answer is given, to every page; a call that asks twice gets it twice.
        const api = apiOf(() => classify(status, body.toString('utf8')));
        try {
          const result = await call(api);
          // What is passed on as it came, for people or for the catalog, is not ours to judge.
          if (result.kind === 'ok' && !AS_IT_CAME.has(nameOf(input))) Object.values(result.value ?? {}).forEach(assertSound);
          return result.kind;
        } catch (error) {
          if (error instanceof TradingError) return 'typed error';
          throw error;
        }
      },
    });
    for (const word of ['ok', 'refused', 'unknown']) expect(tally.get(word)).toBeGreaterThan(share(0.15) / 100);
  },
  TEST_TIMEOUT,
);

test(
  'a market body makes a market or a typed error',
  async () => {
    const bodies = (
      await loadCatalog(
        apiOf((request) => {
          const { status, text } = world.peer.answer(request);
          return classify(status, text);
        }).markets,
        world.register.markets.map((each) => each.ticker),
      )
    ).bodies;
    const texts = bodies.map((body) => Buffer.from(JSON.stringify(body)));
    const tally = await run({
      name: 'markets',
      count: share(0.02),
      input: (random) => mutate(random.pick(texts), random, random.pick(texts)),
      judge: (bytes) => {
        let value: Parameters<typeof toMarket>[0];
        try {
          value = JSON.parse(bytes.toString('utf8')) as Parameters<typeof toMarket>[0];
        } catch {
          return 'no JSON';
        }
        // The caller's own part is sound: it comes from the configuration.
        if (typeof value !== 'object' || value === null || typeof value.ticker !== 'string') return 'no JSON';
        try {
          const made = toMarket(value, 'refuse');
          if (made.grid.levelCount > 1_000_000) throw new Error(`a grid of ${made.grid.levelCount} prices`);
          return 'market';
        } catch (error) {
          if (error instanceof TradingError) return 'typed error';
          throw error;
        }
      },
    });
    for (const word of ['market', 'typed error']) expect(tally.get(word)).toBeGreaterThan(share(0.02) / 100);
  },
  TEST_TIMEOUT,
);

const READINGS = ['/portfolio/orders', '/portfolio/positions', '/portfolio/fills', '/portfolio/balance', '/exchange/user_data_timestamp'];
const TAMPERED_PER_BOT = 40;
const TICKS_MAX = 600;
/** Five minutes: no clock is that wrong. */
const FAR_US = 300_000_000;

/** The life of a bot whose readings are tampered with. @throws Error for an order or a proof out of a reading that is none */
const liveOnBadReadings = async (number: number): Promise<{ readonly tampered: number; readonly complete: readonly boolean[] }> => {
  const random = new Random(SEED, `readings ${number}`);
  const bot = new BotWorld(`readings ${number}`);
  const texts: string[] = [];
  bot.bodyHand = (request, answer) => {
    if (texts.length >= TAMPERED_PER_BOT || !READINGS.includes(request.path) || !random.oneIn(2)) return answer;
    const text = mutate(Buffer.from(answer.text), random, Buffer.from(answer.text)).toString('utf8');
    texts.push(`${request.path}: ${text.slice(0, 300)}`);
    return { status: answer.status, text };
  };
  const assert = (sound: boolean, what: string): void => {
    if (!sound) throw new Error(`readings, seed ${SEED}, bot ${number}: ${what}\n${texts.join('\n')}`);
  };
  for (let tick = 0; tick < TICKS_MAX; tick++) {
    bot.tick();
    for (let frame = bot.nextFrame(); frame !== null; frame = bot.nextFrame()) bot.deliver(frame);
    await bot.rest();
    const trusted = bot.readings.some((reading) => reading.complete);
    assert(trusted || bot.orders === 0, 'orders left before any complete reading');
    assert(trusted || !bot.engine.state.adopted, 'an incomplete reading was adopted');
    assert(
      !bot.readings.some((reading) => reading.complete && reading.validUntil > bot.now + FAR_US),
      'a reading of the future proved something',
    );
    if (texts.length >= TAMPERED_PER_BOT) break;
  }
  return { tampered: texts.length, complete: bot.readings.map((reading) => reading.complete) };
};

test(
  'a reading of the account that cannot be read is never proof: no order leaves before a good one',
  async () => {
    const heap = new HeapWatch();
    const count = share(0.002);
    const complete: boolean[] = [];
    for (let done = 0, number = 0; done < count; number++) {
      const life = await liveOnBadReadings(number);
      complete.push(...life.complete);
      done += Math.max(1, life.tampered);
      if (number % 3 === 0) heap.sample();
    }
    heap.judge();
    expect(complete.filter((each) => !each).length).toBeGreaterThan(count / 10);
    expect(complete).toContain(true);
  },
  TEST_TIMEOUT,
);
