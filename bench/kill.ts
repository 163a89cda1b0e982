/**
 * The kill switch with 200 resting orders: from the trigger until the requests that remove them all have been written to a socket, and until none rests. The bot is the
 * program itself, the exchange the simulated one on loopback with its real rate limits; both share this process, so each pays for the other's work.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Access } from '../src/app/access.js';
import { NOTHING } from '../src/app/carried.js';
import { runLive } from '../src/app/live-world.js';
import { makeRunFolder } from '../src/app/run-files.js';
import { StateFiles } from '../src/app/state-files.js';
import { SystemClock } from '../src/app/system-clock.js';
import { systemHost } from '../src/app/system-host.js';
import type { Output } from '../src/cli/output.js';
import { mergeConfig } from '../src/config/merge.js';
import { toSettings } from '../src/config/to-settings.js';
import { loadPrivateKey } from '../src/connector/keys.js';
import { clientOrderId, ticker, type Ticker } from '../src/domain/ids.js';
import { quantity, price } from '../src/domain/units.js';
import { defaultWorld } from '../src/exchange/core/default-world.js';
import type { World } from '../src/exchange/core/types.js';
import type { Tier } from '../src/exchange/server/budget.js';
import { NO_LATENCY } from '../src/exchange/server/latency.js';
import { startExchangeServer, type RunningExchange } from '../src/exchange/server/server.js';
import { scaled, type Bench } from './bench.js';
import { benchRecipe } from './recipe.js';
import { atMost, type Row, type Verdict } from './report.js';

const ORDERS = 200;
const nothing = (): void => {};
const SILENT: Output = { out: nothing, err: nothing, json: nothing, draw: nothing, isTty: false, columns: 80, rows: 24 };

interface Killing {
  readonly orders: number;
  /** Requests that remove orders. */
  readonly requests: number;
  readonly handedMs: number;
  readonly goneMs: number;
  /** Orders that the exchange took in after the trigger. */
  readonly newOrders: number;
  readonly exitCode: number;
}

const CASES = [
  { tier: 'advanced', groups: true },
  { tier: 'basic', groups: true },
  { tier: 'advanced', groups: false },
  { tier: 'basic', groups: false },
] as const;

export const killBench: Bench = {
  name: 'kill',
  what: `kill switch with ${ORDERS} resting orders on two shards, over loopback`,
  run: async (options) => {
    const rows: Row[] = [];
    const verdicts: Verdict[] = [];
    const notes: string[] = ['times of bot and exchange together: they share one thread here'];
    for (const { tier, groups } of CASES) {
      const found = await kill(tier, groups, scaled(ORDERS, options, 4));
      options.tick();
      const name = `${tier}, ${groups ? 'order groups' : 'single cancels in batches'}`;
      rows.push({ label: `${name}: all requests at the socket`, unit: 'ms', best: found.handedMs });
      rows.push({ label: `${name}: nothing rests`, unit: 'ms', best: found.goneMs });
      notes.push(
        `${name}: ${found.orders} orders, ${found.requests} requests, ${found.newOrders} new orders after the trigger, exit code ${found.exitCode}`,
      );
      if (!groups) continue;
      verdicts.push({ what: `${name}: all requests at the socket`, value: found.handedMs, unit: 'ms', goal: atMost(50) });
      verdicts.push({ what: `${name}: nothing rests`, value: found.goneMs, unit: 'ms', goal: atMost(2000) });
      verdicts.push({ what: `${name}: new orders after the trigger`, value: found.newOrders, unit: '', goal: atMost(0) });
    }
    return { name: 'kill', what: killBench.what, rows, verdicts, notes };
  },
};

/** @param orders to rest before the kill: two for each market */
const kill = async (tier: Tier, groups: boolean, orders: number): Promise<Killing> => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  const exchange = await startExchangeServer({
    tier,
    latency: NO_LATENCY,
    accounts: [{}, { name: 'others' }],
    core: { crowd: null, world: worldOf(Math.ceil(orders / 2)) },
  });
  try {
    fillBooks(exchange);
    return await killOn(exchange, folder, groups, orders);
  } finally {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const killOn = async (exchange: RunningExchange, folder: string, groups: boolean, orders: number): Promise<Killing> => {
  const ended = startBot(exchange, folder, groups, orders);
  const [bot] = exchange.keys;
  if (bot === undefined) throw new Error('the exchange handed out no key');
  const resting = (): number => exchange.exchange.orders(bot.account, { status: 'resting' }).length;
  while (resting() < orders) await sleep(50);
  // The last placements are answered, and the budget has breathed.
  await sleep(1000);
  const seen = { orders: resting(), requests: 0, handedAt: 0, goneAt: 0, newOrders: 0 };
  const removing = /^(DELETE|PUT) .*\/(orders(\/[^/?]+)?|trigger)(\?|$)/;
  const onHeaders = (message: unknown): void => {
    const { method, path } = (message as { request: { method: string; path: string } }).request;
    if (!removing.test(`${method} ${path}`)) return;
    seen.requests++;
    seen.handedAt = performance.now();
  };
  const known = new Set(exchange.exchange.orders(bot.account, { status: 'resting' }).map((order) => order.orderId));
  exchange.exchange.onEvent((event) => {
    if (event.type !== 'order' || event.account !== bot.account) return;
    if (event.order.status !== 'resting') seen.goneAt = performance.now();
    else if (!known.has(event.order.orderId)) seen.newOrders++;
  });
  subscribe('undici:client:sendHeaders', onHeaders);
  try {
    const killedAt = performance.now();
    process.emit('SIGUSR2', 'SIGUSR2');
    const { exitCode } = await ended;
    if (resting() > 0) throw new Error(`${resting()} orders rest after the kill`);
    return { ...seen, handedMs: seen.handedAt - killedAt, goneMs: seen.goneAt - killedAt, exitCode };
  } finally {
    unsubscribe('undici:client:sendHeaders', onHeaders);
  }
};

const startBot = (exchange: RunningExchange, folder: string, groups: boolean, orders: number): ReturnType<typeof runLive> => {
  const [key] = exchange.keys;
  if (key === undefined) throw new Error('the exchange handed out no key');
  const settings = toSettings(mergeConfig({ file: null, variables: {}, overrides: [] }).config);
  const tickers = exchange.exchange.markets().map((market) => market.ticker);
  const recipe = benchRecipe();
  const host = systemHost();
  const access: Access = {
    env: 'custom',
    restUrl: exchange.rest,
    wsUrl: exchange.ws,
    keyId: key.keyId,
    key: loadPrivateKey(key.privateKeyPath),
    close: () => Promise.resolve(),
  };
  return runLive({
    context: { output: SILENT, logLevel: 'error', signal: new AbortController().signal },
    settings: { ...settings, environment: 'custom', markets: { tickers, events: [], series: [], marketsMax: orders } },
    access,
    host,
    state: StateFiles.forAccount(folder, 'custom', key.keyId, 0, host),
    carried: NOTHING,
    folder: makeRunFolder(host.files, folder, new Date(), 'custom'),
    recipe: {
      ...recipe,
      bookHasOwnOrders: true,
      protection: groups ? settings.protection : { ...settings.protection, groups: null },
    },
    seed: 'bench',
    duration: null,
  });
};

/** So many markets: copies of a weather market on shard 0 and of a crypto market on shard 2, in turns. */
const worldOf = (count: number): World => {
  const now = new SystemClock().now();
  const world = defaultWorld(now);
  const kinds = ['KXHIGHNY', 'KXBTCD'].map((name) => world.markets.find((market) => market.ticker.startsWith(name)));
  const markets = Array.from({ length: count }, (_, i) => {
    const kind = kinds[i % kinds.length];
    if (kind === undefined) throw new Error('the default world has other markets than expected');
    return { ...kind, ticker: ticker(`${kind.ticker}-N${i}`), structure: 'linear_cent', grid: (kinds[0] ?? kind).grid } as const;
  });
  return { ...world, markets };
};

/** Somebody else quotes every market from 40 to 60 cents. */
const fillBooks = ({ exchange, keys }: RunningExchange): void => {
  const other = keys[1];
  if (other === undefined) throw new Error('the exchange handed out no second key');
  const rest = (name: Ticker, side: 'bid' | 'ask', cents: number): void => {
    exchange.createOrder(other.account, {
      ticker: name,
      side,
      price: price(cents * 100),
      quantity: quantity(1000),
      timeInForce: 'good-till-cancelled',
      selfTrade: 'taker-at-cross',
      clientOrderId: clientOrderId(`${name}-${side}`),
      expiresAt: null,
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: false,
      group: null,
      subaccount: 0,
      shard: null,
    });
  };
  for (const market of exchange.markets()) {
    rest(market.ticker, 'bid', 40);
    rest(market.ticker, 'ask', 60);
  }
};
