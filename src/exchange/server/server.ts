/** The simulated exchange on the network: REST and websocket on one port, with keys, budgets, latency and a clock that runs. */
import type { Server } from 'node:http';
import { epochUs, fromEpochMs, seconds, toEpochMs, type EpochUs } from '../../domain/units.js';
import { defaultSettings, defaultWorld } from '../core/default-world.js';
import { Exchange } from '../core/exchange.js';
import { indexWorld, together } from '../core/index-world.js';
import { Random } from '../core/random.js';
import type { World } from '../core/types.js';
import type { AccountId } from '../core/words.js';
import { openAccounts, type HandedKey } from './accounts.js';
import { Api, PREFIX } from './api.js';
import { KeyRing } from './auth.js';
import type { Budget } from './budget.js';
import { Candles } from './candles.js';
import { createHttpServer } from './http-server.js';
import { KeyFolder } from './keys.js';
import { MEASURED_LATENCY } from './latency.js';
import { ExchangeOptionError, ListenError, PortInUseError, type ExchangeServerOptions } from './options.js';
import { Subaccounts } from './subaccounts.js';
import type { ExchangeEvent } from '../core/types.js';
import { TruthFile } from './truth-files.js';
import { DelayTransit } from './transit.js';
import { WS_PATH, WsHub } from './ws-server.js';

export interface RunningExchange {
  /** `http://127.0.0.1:PORT/trade-api/v2` */
  readonly rest: string;
  /** `ws://127.0.0.1:PORT/trade-api/ws/v2` */
  readonly ws: string;
  readonly keys: readonly HandedKey[];
  readonly exchange: Exchange;
  /** Cuts every websocket connection, as an outage does. */
  cutStreams(): void;
  /** Ends all connections and removes the keys. */
  close(): Promise<void>;
}

const DEFAULTS = {
  seed: '1',
  host: '127.0.0.1',
  port: 0,
  tier: 'basic',
  keyType: 'rsa',
  /** Recorded: 5 s and 10 s pass, 30 s and more fail. */
  clockSkewMaxMs: 25_000,
  heartbeatMs: 10_000,
  unreadBytesMax: 4 * 1024 * 1024,
  /** Connections per account at the base, markets per subscription and session, commands per second: reference 8.1. */
  connectionsMax: 200,
  limits: { marketsPerSubscription: 500_000, commandsPerSecond: 10_000 },
} as const;

const PUMP_MS = 5;

/** Wall time at start plus monotonic time since: never steps back. */
const systemClock = (): { now(): EpochUs; wall(): EpochUs } => {
  const wallAtStart = Date.now();
  const monotonicAtStart = performance.now();
  return {
    now: () => epochUs(Math.floor((wallAtStart + performance.now() - monotonicAtStart) * 1000)),
    wall: () => fromEpochMs(Date.now()),
  };
};

const MINUTE = seconds(60);
/** Markets of the real exchange open and close on whole minutes. */
const wholeMinute = (at: EpochUs): EpochUs => epochUs(at - (at % MINUTE));

/** The first `count` markets of a world, with the events and series they need. */
const firstMarkets = (world: World, count: number): World => {
  if (!Number.isInteger(count) || count < 1 || count > world.markets.length)
    throw new ExchangeOptionError(`markets: expected a whole number from 1 to ${world.markets.length}, got ${count}`);
  const markets = world.markets.slice(0, count);
  const events = world.events.filter((event) => markets.some((market) => market.event === event.ticker));
  return { markets, events, series: world.series.filter((series) => events.some((event) => event.series === series.ticker)) };
};

const makeExchange = (options: ExchangeServerOptions, startAt: EpochUs, listener: (event: ExchangeEvent) => void): Exchange => {
  const world = options.core?.world ?? defaultWorld(wholeMinute(startAt));
  const chosen = options.markets === undefined ? world : firstMarkets(world, options.markets);
  return new Exchange(
    defaultSettings(options.seed ?? DEFAULTS.seed, startAt, {
      ...options.core,
      world: options.indexEvent === true ? together(chosen, indexWorld(options.seed ?? DEFAULTS.seed, startAt)) : chosen,
    }),
    listener,
  );
};

/** A fault of ours ends the process, unless the host wants to hear of it. */
const stopProcess = (error: unknown): void => {
  queueMicrotask(() => {
    throw error;
  });
};

const listen = async (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PortInUseError(host, port, { cause: error })
          : new ListenError(host, port, error.message, { cause: error }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/**
 * Starts an exchange.
 * @throws PortInUseError, ListenError or ExchangeOptionError; nothing is left behind then
 */
export const startExchangeServer = async (options: ExchangeServerOptions = {}): Promise<RunningExchange> => {
  const clock = options.clock ?? systemClock();
  const opening: ExchangeEvent[] = [];
  let hear = (event: ExchangeEvent): void => void opening.push(event);
  const exchange = makeExchange(options, clock.now(), (event) => hear(event));
  // The opening is over once the exchange stands; what follows has listeners of its own.
  hear = () => {};
  const folder = await KeyFolder.open(options.keyFolder ?? null);
  try {
    return await open(options, clock, exchange, folder, opening);
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

const open = async (
  options: ExchangeServerOptions,
  clock: NonNullable<ExchangeServerOptions['clock']>,
  exchange: Exchange,
  folder: KeyFolder,
  opening: readonly ExchangeEvent[],
): Promise<RunningExchange> => {
  const keys = new KeyRing<AccountId>(options.clockSkewMaxMs ?? DEFAULTS.clockSkewMaxMs);
  const budgets = new Map<AccountId, Budget>();
  const subaccounts = new Subaccounts();
  const candles = new Candles();
  const handed = await openAccounts({ exchange, keys, folder, subaccounts, budgets }, options.accounts ?? [{}], {
    tier: options.tier ?? DEFAULTS.tier,
    keyType: options.keyType ?? DEFAULTS.keyType,
    now: clock.now(),
  });
  const budgetOf = (account: AccountId): Budget => {
    const budget = budgets.get(account);
    if (budget === undefined) throw new ExchangeOptionError(`account ${account} has no budget`);
    return budget;
  };

  const fault = options.onFault ?? stopProcess;
  const present = (): EpochUs => {
    const now = clock.now();
    if (now > exchange.now) exchange.advance(now);
    return exchange.now;
  };
  const truth = options.truthFile === undefined ? null : await TruthFile.open(options.truthFile, exchange.settings.startAt, fault);
  for (const event of opening) truth?.hear(event);
  const chance = new Random(`${options.seed ?? DEFAULTS.seed}/latency`);
  const transit = options.transit ?? new DelayTransit(options.latency ?? MEASURED_LATENCY, () => chance.next());
  const host = { transit, present, wallMs: () => toEpochMs(clock.wall()), fault, keys };

  const hub = new WsHub(
    {
      ...host,
      world: {
        market: (ticker) => exchange.market(ticker),
        tickers: () => exchange.markets().map((market) => market.ticker),
        book: (ticker) => exchange.book(ticker),
        indices: () => (exchange.settings.world.indices ?? []).map(({ id }) => id),
      },
    },
    {
      heartbeatMs: options.heartbeatMs ?? DEFAULTS.heartbeatMs,
      unreadBytesMax: options.unreadBytesMax ?? DEFAULTS.unreadBytesMax,
      connectionsMax: DEFAULTS.connectionsMax,
      limits: DEFAULTS.limits,
    },
  );
  for (const market of exchange.markets()) candles.begin(market);
  exchange.onEvent((event) => {
    truth?.hear(event);
    candles.hear(event);
    hub.publish(event);
  });

  const server = createHttpServer({ ...host, api: new Api({ exchange, candles, keys, budgetOf, subaccounts }) });
  server.on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head));
  const hostName = options.host ?? DEFAULTS.host;
  const port = await listen(server, hostName, options.port ?? DEFAULTS.port).catch(async (error: unknown) => {
    hub.close();
    await truth?.close();
    throw error;
  });
  const pump = setInterval(() => {
    try {
      present();
    } catch (error) {
      clearInterval(pump);
      fault(error);
    }
  }, PUMP_MS);

  const authority = hostName.includes(':') ? `[${hostName}]:${port}` : `${hostName}:${port}`;
  return {
    rest: `http://${authority}${PREFIX}`,
    ws: `ws://${authority}${WS_PATH}`,
    keys: handed,
    exchange,
    cutStreams: () => hub.cutAll(),
    close: async () => {
      clearInterval(pump);
      hub.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await truth?.close();
      await folder.remove();
    },
  };
};
