/** What a route is: its place, who may call it, what it draws from the budget, and how it answers. Handlers are synchronous and touch no network. */
import type { EpochUs } from '../../domain/units.js';
import type { Exchange } from '../core/exchange.js';
import type { AccountId, Refusal } from '../core/words.js';
import type { ApiKey, KeyRing } from './auth.js';
import type { Budget, WriteScope } from './budget.js';
import type { Candles } from './candles.js';
import { errorBody } from './encode-account.js';
import type { Body, BodyRules } from './go-json.js';
import type { Query } from './query.js';
import type { Subaccounts } from './subaccounts.js';
import { notFound, refusal, ReplyError, type Reply } from './replies.js';

/** What handlers work with. */
export interface Services {
  readonly exchange: Exchange;
  readonly candles: Candles;
  readonly keys: KeyRing<AccountId>;
  readonly budgetOf: (account: AccountId) => Budget;
  readonly subaccounts: Subaccounts;
}

export interface PublicCall {
  readonly services: Services;
  readonly args: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly now: EpochUs;
}

export interface SignedCall extends PublicCall {
  readonly key: ApiKey<AccountId>;
  readonly account: AccountId;
}

export interface Charge {
  readonly cost: number;
  /** Which write buckets pay; null: the read bucket. */
  readonly scope: WriteScope | null;
}

interface RoutePlace {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/trade-api/v2`; `:name` is an argument. */
  readonly pattern: string;
  /** The exchange's name of the call, which its complaints carry. */
  readonly operation: string;
  readonly body?: BodyRules;
}

export interface PublicRoute extends RoutePlace {
  readonly access: 'public';
  readonly handle: (call: PublicCall) => Reply;
}

export interface SignedRoute extends RoutePlace {
  readonly access: 'read' | 'write';
  /** What the call costs where that is not simply the route's cost from the read or the unscoped write bucket. */
  readonly charge?: (call: SignedCall, cost: number) => Charge;
  readonly handle: (call: SignedCall) => Reply;
}

export type Route = PublicRoute | SignedRoute;

export const forbidden = refusal(403, 'forbidden');

/** The matching engine's refusal as an answer. */
export const refused = (why: Refusal): Reply => ({ status: why.status, body: { error: errorBody(why) } });

const SUBACCOUNT_MAX = 63;

/** Checks a subaccount that was named against the key's own. Omitted and the key not locked: null. */
const permitted = (call: SignedCall, named: number | null): number | null => {
  const own = call.key.subaccount;
  if (named === null) return own;
  if (named < 0 || named > SUBACCOUNT_MAX) throw new ReplyError(refusal(400, 'invalid_parameters', 'subaccount must be between 0 and 63'));
  if (own !== null && named !== own) throw new ReplyError(forbidden);
  if (!call.services.subaccounts.has(call.account, named)) throw new ReplyError(notFound);
  return named;
};

/** Subaccount of a read where an omitted one means all: null is all. */
export const subaccountOrAll = (call: SignedCall): number | null => permitted(call, call.query.integer('subaccount'));
/** Subaccount from the query where an omitted one means the primary. */
export const subaccountOrPrimary = (call: SignedCall): number => subaccountOrAll(call) ?? 0;
/** Subaccount from a request body; an omitted one means the primary. */
export const subaccountOfBody = (call: SignedCall, body: Body): number => permitted(call, body.number('subaccount')) ?? 0;

/** An `exchange_index`, with -1 and absence both meaning "find it by ticker". */
export const explicitShard = (index: number | null): number | null => (index === null || index < 0 ? null : index);

/** Leaves out what is null: optional parts of a filter are absent, not undefined. */
export const given = <Key extends string, Value>(key: Key, value: Value | null): { readonly [K in Key]?: Value } =>
  (value === null ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
