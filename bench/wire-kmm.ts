/** The program's own hot path as it trades live: feed, session, loop, engine, journal, tape, last gate, budget, pooled signatures, warm connections. */
import type { Output } from '../src/cli/output.js';
import { BotRun } from '../src/app/bot-run.js';
import { SystemClock, systemChance, systemTimers } from '../src/app/system-clock.js';
import { systemHost } from '../src/app/system-host.js';
import { DOCUMENTED_COSTS } from '../src/connector/endpoint-costs.js';
import { WebSocketFeed } from '../src/connector/feed.js';
import { parsePrivateKey } from '../src/connector/keys.js';
import { LastGate } from '../src/connector/last-gate.js';
import { MarketRegister } from '../src/connector/market-table.js';
import { RateBudget } from '../src/connector/rate-budget.js';
import { restApi, type RestApi } from '../src/connector/rest-api.js';
import { CONSTANT_WRITES } from '../src/connector/rest-calls.js';
import { RestVenue } from '../src/connector/rest-venue.js';
import { DEFAULT_REST, RestClient } from '../src/connector/rest.js';
import { SESSION_DEFAULTS } from '../src/connector/session-types.js';
import { DEFAULT_POOL, PooledSigner } from '../src/connector/signature-pool.js';
import { Throttle } from '../src/connector/throttle.js';
import type { EngineEvent } from '../src/domain/events.js';
import { marketIndex } from '../src/domain/ids.js';
import type { Venue } from '../src/domain/ports.js';
import { millis, quantity, seconds } from '../src/domain/units.js';
import { readFileSync } from 'node:fs';
import { makeMarkets } from './markets.js';
import { readingOf } from './pipeline.js';
import { benchRecipe } from './recipe.js';
import { REST_PREFIX, type BotSetup } from './wire-types.js';

const nothing = (): void => {};
const SILENT: Output = { out: nothing, err: nothing, json: nothing, draw: nothing, isTty: false, columns: 80, rows: 24 };
const PLENTY = { refillPerSecond: 1e9, capacity: 1e9 };
const clock = new SystemClock();

export interface KmmRest {
  readonly api: RestApi;
  readonly throttle: Throttle;
  readonly rest: RestClient;
  readonly signer: PooledSigner;
}

/** REST as the program opens it, with a budget that never ends. @param orderConnections warm connections for orders */
export const openRest = (
  setup: Pick<BotSetup, 'rest' | 'key'>,
  ca: string | null,
  orderConnections = DEFAULT_REST.connections.order,
): KmmRest => {
  const key = parsePrivateKey(readFileSync(setup.key, 'utf8'));
  const paths = CONSTANT_WRITES.map(([method, path]) => ({ method, path: `${REST_PREFIX}${path}` }));
  const signer = new PooledSigner('bench', key, clock, paths, DEFAULT_POOL);
  const rest = new RestClient(setup.rest, 'custom', {
    clock,
    timers: systemTimers,
    signer,
    settings: { ...DEFAULT_REST, connections: { ...DEFAULT_REST.connections, order: orderConnections } },
    ...(ca === null ? {} : { ca }),
  });
  const budget = new RateBudget(
    { tier: 'bench', read: PLENTY, write: PLENTY },
    DOCUMENTED_COSTS,
    { cancelReserve: 0.2, lag: millis(50) },
    clock.now(),
  );
  const throttle = new Throttle(budget, clock, systemTimers);
  signer.start(systemTimers);
  rest.start();
  return { api: restApi(rest, throttle), throttle, rest, signer };
};

export const startKmm = async (setup: BotSetup, ca: string | null, ready: () => void): Promise<void> => {
  const { api, throttle, signer } = openRest(setup, ca);
  const register = new MarketRegister(makeMarkets(1));
  const recipe = benchRecipe();
  const bot = await BotRun.open(
    {
      env: 'custom',
      seed: '1',
      folder: setup.folder,
      recipe,
      strategyName: recipe.strategy.name,
      host: { ...systemHost(), clock },
      output: SILENT,
      logLevel: 'error',
      segmentBytes: 64 << 20,
      tape: { bytes: 256 << 20, rows: 1 << 16, logBytes: 32 << 20, logsKept: 3 },
      durability: 'kernel',
      tapeBehindMax: seconds(5),
      warnLatency: seconds(10),
    },
    nothing,
  );
  let batchOpen = false;
  // As the live world joins venue and bot: answers one by one, then one decision.
  const fromVenue = (event: EngineEvent): void => {
    bot.offer(event);
    if (batchOpen) return;
    batchOpen = true;
    queueMicrotask(() => {
      batchOpen = false;
      bot.offer({ type: 'batch-end', at: clock.now() });
    });
  };
  const gate = new LastGate(
    { orderSizeMax: quantity(100_000), amendTotalMax: quantity(1_000_000), band: recipe.risk.band, ordersPerSecondMax: 500 },
    () => false,
  );
  const rest = new RestVenue({ api, throttle, table: register, gate, offer: fromVenue, clock, batchMax: 20, orderPaths: signer });
  const venue: Venue = {
    send: (call) => rest.send(call),
    readAccount: (request) => setImmediate(() => fromVenue(readingOf(request.request, clock.now()))),
  };
  const feed: WebSocketFeed = new WebSocketFeed({
    url: setup.ws,
    headers: () => ({}),
    settings: SESSION_DEFAULTS,
    markets: register,
    chance: systemChance,
    clock,
    timers: systemTimers,
    offer: (event) => bot.offerReceived(event, feed.receivedNs),
    onReport: nothing,
    onRefused: nothing,
    ...(ca === null ? {} : { ca }),
  });
  bot.connect(venue, feed);
  bot.listMarkets(register.markets);
  bot.offer({ type: 'write-budget', at: clock.now(), ...PLENTY, createCost: 10, amendCost: 10, cancelCost: 2 });
  systemTimers.every(millis(100), () => {
    bot.offer({ type: 'tick', at: clock.now() });
    bot.flush();
  });
  feed.addMarkets([marketIndex(0)]);
  feed.start();
  const waiting = systemTimers.every(millis(100), () => {
    if (bot.engine.state.orders.openCount < 2) return;
    waiting.cancel();
    ready();
  });
};
