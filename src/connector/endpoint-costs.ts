/** What each call costs in tokens: a default, and exceptions by method and path as `GET /account/endpoint_costs` lists them. */
import type { HttpMethod } from './sign.js';

export interface EndpointCost {
  readonly method: string;
  /** With the prefix and with placeholders, for instance `/trade-api/v2/portfolio/events/orders/:order_id`. */
  readonly path: string;
  readonly cost: number;
}

const PREFIX = '/trade-api/v2';

/** `:order_id`, `{order_id}` and `*rest` all stand for one unknown part. */
const canonical = (path: string): string =>
  (path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path)
    .split('/')
    .map((part) => (/^[:*{]/.test(part) ? ':' : part))
    .join('/');

export class EndpointCosts {
  readonly #exceptions = new Map<string, number>();
  /** Answers given before: the templates are few and asked for with every order. */
  readonly #known = new Map<string, number>();

  constructor(
    readonly defaultCost: number,
    exceptions: Iterable<EndpointCost>,
  ) {
    for (const { method, path, cost } of exceptions) this.#exceptions.set(`${method.toUpperCase()} ${canonical(path)}`, cost);
  }

  /** Tokens of one call, or of one item of a batch. @param template path without prefix, placeholders written `:name` */
  of(method: HttpMethod, template: string): number {
    const name = `${method} ${template}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const cost = this.#exceptions.get(`${method} ${canonical(template)}`) ?? this.defaultCost;
    this.#known.set(name, cost);
    return cost;
  }
}

/** Costs in October 2026: what is assumed until the account has been asked. */
export const DOCUMENTED_COSTS = new EndpointCosts(10, [
  { method: 'DELETE', path: '/portfolio/events/orders/:order_id', cost: 2 },
  { method: 'DELETE', path: '/portfolio/events/orders/batched', cost: 2 },
  { method: 'DELETE', path: '/portfolio/events/orders', cost: 2 },
  { method: 'GET', path: '/portfolio/orders/:order_id', cost: 2 },
]);
