/** The exchange's own doors without sockets: its routes, keys, budgets and stream sessions, as its server joins them. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { toEpochMs } from '../../src/domain/units.js';
import type { Exchange } from '../../src/exchange/core/exchange.js';
import type { ExchangeEvent } from '../../src/exchange/core/types.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import { Api, isReply, type Admitted, type ApiRequest } from '../../src/exchange/server/api.js';
import { KeyRing, type SignedHeaders, type Verdict } from '../../src/exchange/server/auth.js';
import { Budget, type Tier } from '../../src/exchange/server/budget.js';
import { Candles } from '../../src/exchange/server/candles.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import { Subaccounts } from '../../src/exchange/server/subaccounts.js';
import { WsSession, type SendFrame } from '../../src/exchange/server/ws-session.js';

export const KEY_ID = '11111111-2222-4333-8444-555555555555';
/** A door that refuses nobody. */
export const OPEN_DOOR = (): null => null;
export const WS_PATH = '/trade-api/ws/v2';

const SKEW_MAX_MS = 25_000;
/** One key for all worlds: what it signs is checked by a sum that costs nothing. */
const PUBLIC_KEY = createPublicKey(generateKeyPairSync('ed25519').privateKey);

/** Stands in for a signature: the text itself. */
export const sealOf = (text: Uint8Array): Buffer => Buffer.from(text);

export class ExchangeFront {
  readonly keys = new KeyRing<AccountId>(
    SKEW_MAX_MS,
    (_key, signed, signature) => Buffer.from(signature, 'base64').toString('latin1') === signed,
  );
  readonly #api: Api;
  readonly #sessions = new Set<WsSession>();
  /** Markets of whose books nothing is told. */
  readonly #silent = new Set<string>();
  #budget: Budget;

  constructor(
    private readonly exchange: Exchange,
    private readonly account: AccountId,
    tier: Tier,
  ) {
    this.#budget = this.#makeBudget(tier);
    this.letIn();
    const candles = new Candles();
    for (const market of exchange.markets()) candles.begin(market);
    this.#api = new Api({ exchange, candles, keys: this.keys, budgetOf: () => this.#budget, subaccounts: new Subaccounts() });
    exchange.onEvent((event) => this.#publish(event));
  }

  get tier(): Tier {
    return this.#budget.tier;
  }
  setTier(tier: Tier): void {
    this.#budget = this.#makeBudget(tier);
  }
  #makeBudget(tier: Tier): Budget {
    return new Budget(tier, Math.max(...this.exchange.exchangeStatus().map(({ shard }) => shard)) + 1, this.exchange.now);
  }

  /** The key of the bot is known, with the scopes given. */
  letIn(scopes: readonly ('read' | 'write')[] = ['read', 'write']): void {
    this.keys.add({ keyId: KEY_ID, name: 'bot', publicKey: PUBLIC_KEY, account: this.account, scopes, subaccount: null });
  }

  /** A request as it reached the exchange: carried out, or refused at the door. */
  serve(request: ApiRequest): Reply {
    const admitted: Admitted | Reply = this.#api.admit(request, this.exchange.now, this.wallMs);
    return isReply(admitted) ? admitted : admitted.run(this.exchange.now);
  }

  check(headers: SignedHeaders): Verdict<AccountId> {
    return this.keys.check({ headers, method: 'GET', path: WS_PATH, nowMs: this.wallMs });
  }

  openStream(send: SendFrame): WsSession {
    const { exchange } = this;
    const world = {
      market: (ticker: Parameters<Exchange['market']>[0]) => exchange.market(ticker),
      tickers: () => exchange.markets().map((market) => market.ticker),
      book: (ticker: Parameters<Exchange['book']>[0]) => exchange.book(ticker),
    };
    const session = new WsSession(
      { account: this.account, subaccount: null },
      world,
      { marketsPerSubscription: 10_000, commandsPerSecond: 10_000 },
      send,
    );
    this.#sessions.add(session);
    return session;
  }
  closeStream(session: WsSession): void {
    this.#sessions.delete(session);
  }

  silence(ticker: string, on: boolean): void {
    if (on) this.#silent.add(ticker);
    else this.#silent.delete(ticker);
  }

  get wallMs(): number {
    return toEpochMs(this.exchange.now);
  }

  #publish(event: ExchangeEvent): void {
    if (this.#sessions.size === 0) return;
    if (event.type === 'book' && this.#silent.has(event.ticker)) return;
    const now = this.wallMs;
    for (const session of this.#sessions) session.publish(event, now);
  }
}
