/** All routes of the exchange, and the way of one request through them: route, signature, scope, body, budget, handler. Knows no socket. */
import type { EpochUs } from '../../domain/units.js';
import type { AccountId } from '../core/words.js';
import type { ApiKey, SignedHeaders } from './auth.js';
import { costOf } from './costs.js';
import { Body, readBody } from './go-json.js';
import { Query } from './query.js';
import { noContentType, noSuchPath, ReplyError, tooManyRequests, type Reply } from './replies.js';
import { Router } from './router.js';
import { forbidden, type Charge, type PublicRoute, type Route, type Services, type SignedCall, type SignedRoute } from './routes.js';
import { EVENT_ROUTES } from './routes-events.js';
import { EXCHANGE_ROUTES } from './routes-exchange.js';
import { GROUP_ROUTES } from './routes-groups.js';
import { MARKET_ROUTES } from './routes-markets.js';
import { ORDER_ROUTES } from './routes-orders.js';
import { PORTFOLIO_ROUTES } from './routes-portfolio.js';
import { SUBACCOUNT_ROUTES } from './routes-subaccounts.js';

export const PREFIX = '/trade-api/v2';

export const ROUTES: readonly Route[] = [
  ...ORDER_ROUTES,
  ...GROUP_ROUTES,
  ...PORTFOLIO_ROUTES,
  ...SUBACCOUNT_ROUTES,
  ...MARKET_ROUTES,
  ...EVENT_ROUTES,
  ...EXCHANGE_ROUTES,
];

export interface ApiRequest {
  readonly method: string;
  /** From the host root, still escaped, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly search: string;
  readonly headers: SignedHeaders;
  readonly contentType: string | null;
  readonly body: string;
}

/** A request that was let in: paid for, not yet carried out. Between both lies the way to the matching engine. */
export interface Admitted {
  readonly kind: 'public-read' | 'private-read' | 'write';
  readonly operation: string;
  run(now: EpochUs): Reply;
}

const NO_BODY = new Body(new Map());

const isReply = (result: Admitted | Reply): result is Reply => 'status' in result;
export { isReply };

export class Api {
  readonly #router = new Router(ROUTES);

  constructor(private readonly services: Services) {}

  /** Lets a request in, or says why not. Tokens are taken here. */
  admit(request: ApiRequest, now: EpochUs, wallMs: number): Admitted | Reply {
    const { path, search } = request;
    const found = path.startsWith(`${PREFIX}/`) ? this.#router.find(request.method, path.slice(PREFIX.length)) : null;
    if (found === null) return this.#astray(request, search);
    try {
      return this.#admit(request, found.route, found.args, now, wallMs);
    } catch (error) {
      if (error instanceof ReplyError) return error.reply;
      throw error;
    }
  }

  /** A trailing slash is sent on to the path without it. */
  #astray({ method, path }: ApiRequest, search: string): Reply {
    const shorter = path.replace(/\/+$/, '');
    if (shorter === path || this.#router.find(method, shorter.slice(PREFIX.length)) === null) return noSuchPath;
    return { status: 301, body: null, headers: { location: search === '' ? shorter : `${shorter}?${search}` } };
  }

  #admit(request: ApiRequest, route: Route, args: Readonly<Record<string, string>>, now: EpochUs, wallMs: number): Admitted {
    const key = this.#keyOf(request, route, wallMs);
    const query = new Query(request.search, route.operation);
    if (route.access === 'public') {
      if (key !== null) this.#pay(key, { cost: costOf(route.method, route.pattern), scope: null }, now);
      return this.#admitPublic(route, args, query, key);
    }
    if (key === null || (route.access === 'write' && !key.scopes.includes('write'))) throw new ReplyError(forbidden);
    const body = this.#bodyOf(request, route, key, now);
    const call: SignedCall = { services: this.services, args, query, body, now, key, account: key.account };
    const cost = costOf(route.method, route.pattern);
    const charge = route.charge?.(call, cost) ?? { cost, scope: route.access === 'write' ? 'unscoped' : null };
    this.#pay(key, charge, now);
    return {
      kind: route.access === 'write' ? 'write' : 'private-read',
      operation: route.operation,
      run: (later) => answer(() => route.handle({ ...call, now: later })),
    };
  }

  #admitPublic(route: PublicRoute, args: Readonly<Record<string, string>>, query: Query, key: ApiKey<AccountId> | null): Admitted {
    const signer = key === null ? {} : { key, account: key.account };
    return {
      kind: 'public-read',
      operation: route.operation,
      run: (now) => answer(() => route.handle({ services: this.services, args, query, body: NO_BODY, now, ...signer })),
    };
  }

  /** The key that signed, or null for an unsigned call of a public route. A signature that is there must be right. */
  #keyOf(request: ApiRequest, route: Route, wallMs: number): ApiKey<AccountId> | null {
    if (route.access === 'public' && request.headers.key === null) return null;
    const verdict = this.services.keys.check({ headers: request.headers, method: request.method, path: request.path, nowMs: wallMs });
    if (!verdict.ok) throw new ReplyError(verdict.reply);
    return verdict.key;
  }

  /** A body that cannot be read still costs tokens, or a broken client could knock for ever. */
  #bodyOf(request: ApiRequest, route: SignedRoute, key: ApiKey<AccountId>, now: EpochUs): Body {
    if (route.body === undefined) return NO_BODY;
    try {
      if (!(request.contentType ?? '').includes('json')) throw new ReplyError(noContentType);
      return readBody(request.body, route.body);
    } catch (error) {
      if (error instanceof ReplyError) this.#pay(key, { cost: costOf(route.method, route.pattern), scope: 'unscoped' }, now);
      throw error;
    }
  }

  #pay(key: ApiKey<AccountId>, charge: Charge, now: EpochUs): void {
    const budget = this.services.budgetOf(key.account);
    const paid = charge.scope === null ? budget.read(charge.cost, now) : budget.write(charge.cost, charge.scope, now);
    if (!paid) throw new ReplyError(tooManyRequests);
  }
}

/** Handlers refuse by throwing a reply; anything else they throw is a fault of ours and goes on upwards. */
const answer = (handle: () => Reply): Reply => {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    throw error;
  }
};
