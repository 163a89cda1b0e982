/**
 * KMM's simulated exchange without sockets: its own websocket session and its own REST routes, called directly. What it says is the corpus; what travels between
 * it and the bot is in the hands of the test.
 */
import type { Market } from '../../src/domain/market.js';
import type { RestRequest } from '../../src/connector/rest.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import { durationUs, parseCash, type EpochUs } from '../../src/domain/units.js';
import { defaultSettings } from '../../src/exchange/core/default-world.js';
import { Exchange } from '../../src/exchange/core/exchange.js';
import { DEFAULT_CROWD, paced } from '../../src/exchange/crowd/settings.js';
import { ROUTES } from '../../src/exchange/server/api.js';
import type { ApiKey } from '../../src/exchange/server/auth.js';
import { KeyRing } from '../../src/exchange/server/auth.js';
import { Budget } from '../../src/exchange/server/budget.js';
import { Candles } from '../../src/exchange/server/candles.js';
import { Body, readBody } from '../../src/exchange/server/go-json.js';
import { Query } from '../../src/exchange/server/query.js';
import { ReplyError, type Reply } from '../../src/exchange/server/replies.js';
import { Router } from '../../src/exchange/server/router.js';
import type { Services } from '../../src/exchange/server/routes.js';
import { Subaccounts } from '../../src/exchange/server/subaccounts.js';
import { WsSession } from '../../src/exchange/server/ws-session.js';
import { toEpochMs } from '../../src/domain/units.js';

const LIMITS = { marketsPerSubscription: 1000, commandsPerSecond: 10_000 };
/** A livelier crowd than the usual, so that a short time holds much. */
const PACE = 4;

export class LocalExchange {
  readonly exchange: Exchange;
  readonly account: AccountId;
  /** Frames on their way to the bot, oldest first. */
  readonly outbox: string[] = [];
  readonly #services: Services;
  readonly #router = new Router(ROUTES);
  readonly #key: ApiKey<AccountId>;
  #session: WsSession | null = null;

  constructor(seed: string, startAt: EpochUs) {
    const lag = durationUs(0);
    this.exchange = new Exchange(defaultSettings(seed, startAt, { crowd: paced(DEFAULT_CROWD, PACE), readLag: { min: lag, max: lag } }));
    const { exchange } = this;
    this.account = exchange.openAccount({
      name: 'bot',
      deposits: [0, 1, 2, 3].map((shard) => ({ shard, amount: parseCash('1000') })),
      precision: parseCash('0.0001'),
    });
    const candles = new Candles();
    for (const market of exchange.markets()) candles.begin(market);
    exchange.onEvent((event) => this.#session?.publish(event, this.nowMs));
    const budget = new Budget('prestige', 4, startAt);
    this.#services = { exchange, candles, keys: new KeyRing<AccountId>(1000), budgetOf: () => budget, subaccounts: new Subaccounts() };
    this.#key = {
      keyId: 'k',
      name: 'k',
      account: this.account,
      scopes: ['read', 'write'],
      subaccount: null,
    } as unknown as ApiKey<AccountId>;
  }

  get nowMs(): number {
    return toEpochMs(this.exchange.now);
  }

  /** Every market as the bot's catalog would describe it. */
  markets(): Market[] {
    return this.exchange.markets().map((view) => ({
      ticker: view.ticker,
      event: view.event,
      series: view.series,
      shard: view.shard,
      status: view.status,
      payout: view.payout,
      grid: view.grid,
      fees: view.fees,
      closesAt: view.closesAt,
      mutuallyExclusive: view.mutuallyExclusive,
      assumed: [],
    }));
  }

  // The stream.

  get isConnected(): boolean {
    return this.#session !== null;
  }

  connect(): void {
    this.outbox.length = 0;
    const { exchange, outbox } = this;
    const world = {
      market: exchange.market.bind(exchange),
      tickers: () => exchange.markets().map((market) => market.ticker),
      book: exchange.book.bind(exchange),
    };
    const session = new WsSession({ account: this.account, subaccount: null }, world, LIMITS, (frame) => {
      // What a former connection had to say reaches nobody.
      if (this.#session === session) outbox.push(frame);
      return true;
    });
    this.#session = session;
  }

  disconnect(): void {
    this.outbox.length = 0;
    this.#session = null;
  }

  hear(text: string): void {
    this.#session?.receive(text, this.nowMs);
  }

  // REST.

  /** Carries out one request as the server would, without signature and budget. */
  answer(request: RestRequest): { readonly status: number; readonly text: string } {
    const found = this.#router.find(request.method, request.path);
    if (found === null) return { status: 404, text: '404 page not found' };
    const { route, args } = found;
    const search = new URLSearchParams((request.query ?? []).map(([name, value]): [string, string] => [name, String(value)])).toString();
    const reply = replyOf(() => {
      const body = route.body === undefined ? new Body(new Map()) : readBody(JSON.stringify(request.body ?? {}), route.body);
      const call = { services: this.#services, args, query: new Query(search, route.operation), body, now: this.exchange.now };
      return route.access === 'public' ? route.handle(call) : route.handle({ ...call, key: this.#key, account: this.account });
    });
    return {
      status: reply.status,
      text: reply.body === null ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body),
    };
  }
}

const replyOf = (handle: () => Reply): Reply => {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    throw error;
  }
};
