/** The account's rate limits and prices of calls, learnt from the exchange and never assumed for longer than needed. Reference, section 7. */
import type { WriteBudget } from '../domain/events.js';
import type { EpochUs } from '../domain/units.js';
import { EndpointCosts } from './endpoint-costs.js';
import type { AccountLimits } from './rate-budget.js';
import { CALLS } from './rest-calls.js';
import { fieldsOf, inner, itemsOf, timeOf } from './rest-decode.js';
import type { BucketLimit } from './token-bucket.js';
import type { Fields } from './wire-fields.js';

const bucketOf = (fields: Fields): BucketLimit => ({
  refillPerSecond: tokens(fields, 'refill_rate'),
  capacity: tokens(fields, 'bucket_capacity'),
});

const tokens = (fields: Fields, name: string): number => {
  const count = fields.count(name);
  return count > 0 ? count : fields.refuse(name, 'a number of tokens above 0');
};

export const decodeLimits = (body: unknown): AccountLimits => {
  const fields = fieldsOf(body, 'account limits');
  return { tier: fields.text('usage_tier'), read: bucketOf(inner(fields, 'read')), write: bucketOf(inner(fields, 'write')) };
};

export const decodeCosts = (body: unknown): EndpointCosts => {
  const fields = fieldsOf(body, 'endpoint costs');
  const exceptions = itemsOf(fields, 'endpoint_costs', (item) => ({
    method: item.text('method'),
    path: item.text('path'),
    cost: item.count('cost'),
  }));
  return new EndpointCosts(fields.count('default_cost'), exceptions);
};

/** Up to when reads of balance, orders, fills and positions are valid. */
export const decodeAsOf = (body: unknown): EpochUs => timeOf(fieldsOf(body, 'user data timestamp'), 'as_of_time');

/** One API key of the account: never its secret, which the exchange does not have. */
export interface ApiKeyFacts {
  readonly keyId: string;
  /** `read`, `write`, and narrower ones such as `write::trade`. */
  readonly scopes: readonly string[];
  /** The one subaccount it may act on; null: all. */
  readonly subaccount: number | null;
}

export const decodeApiKey = (fields: Fields): ApiKeyFacts => ({
  keyId: fields.text('api_key_id'),
  scopes: fields.list('scopes').map((scope) => (typeof scope === 'string' ? scope : fields.refuse('scopes', 'a list of texts'))),
  subaccount: fields.has('subaccount') ? fields.count('subaccount') : null,
});

/** The budget as a fact for the engine. */
export const writeBudgetFact = (limits: AccountLimits, costs: EndpointCosts, at: EpochUs): WriteBudget => ({
  type: 'write-budget',
  at,
  refillPerSecond: limits.write.refillPerSecond,
  capacity: limits.write.capacity,
  createCost: costs.of(...CALLS.create),
  amendCost: costs.of(...CALLS.amend),
  cancelCost: costs.of(...CALLS.cancel),
});
