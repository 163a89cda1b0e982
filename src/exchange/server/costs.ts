/** What a call costs in tokens. The table that charges is the table that `GET /account/endpoint_costs` answers, so the two cannot disagree. */

export const DEFAULT_COST = 10;

export interface EndpointCost {
  readonly method: string;
  /** With the full prefix, and `:name` for a path argument, as the exchange writes it. */
  readonly path: string;
  readonly cost: number;
}

const PREFIX = '/trade-api/v2';

/** Only the exceptions from the default (reference section 7). Per item for the two batches. */
export const ENDPOINT_COSTS: readonly EndpointCost[] = [
  { method: 'POST', path: `${PREFIX}/account/api_usage_level/upgrade`, cost: 30 },
  { method: 'GET', path: `${PREFIX}/cfbenchmarks`, cost: 50 },
  { method: 'GET', path: `${PREFIX}/cfbenchmarks/*endpoint`, cost: 50 },
  { method: 'POST', path: `${PREFIX}/communications/quotes`, cost: 2 },
  { method: 'DELETE', path: `${PREFIX}/communications/quotes/:quote_id`, cost: 2 },
  { method: 'DELETE', path: `${PREFIX}/portfolio/events/orders`, cost: 2 },
  { method: 'DELETE', path: `${PREFIX}/portfolio/events/orders/:order_id`, cost: 2 },
  { method: 'DELETE', path: `${PREFIX}/portfolio/events/orders/batched`, cost: 2 },
  { method: 'GET', path: `${PREFIX}/portfolio/orders/:order_id`, cost: 2 },
];

const byRoute = new Map(ENDPOINT_COSTS.map(({ method, path, cost }) => [`${method} ${path}`, cost]));

/** Cost of a route by method and pattern below the prefix, such as `DELETE /portfolio/events/orders/:order_id`. */
export const costOf = (method: string, pattern: string): number => byRoute.get(`${method} ${PREFIX}${pattern}`) ?? DEFAULT_COST;
