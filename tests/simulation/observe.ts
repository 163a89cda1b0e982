/** Notices the faults that nobody has to provoke: races and lags that happen by themselves, each where the bot meets it. */
import { seriesTicker } from '../../src/domain/ids.js';
import type { ExchangeEvent } from '../../src/exchange/core/types.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import type { FaultKind } from './catalogue.js';
import type { WireRequest } from './fates.js';
import type { SimulatedWorld } from './world.js';

interface Body {
  readonly [name: string]: unknown;
}

const bodyOf = (reply: Reply): Body => (typeof reply.body === 'object' && reply.body !== null ? (reply.body as Body) : {});
const isOrders = (request: WireRequest): boolean => request.path.includes('/portfolio/events/orders');

export class Observer {
  /** Creates that have no answer yet, by client id. */
  readonly #asked = new Set<string>();
  /** Amends under way, by order id, with whether a fill came in between. */
  readonly #amending = new Map<string, boolean>();
  readonly #positions = new Map<string, number>();

  constructor(private readonly world: SimulatedWorld) {}

  /** Only what this seed has drawn counts. */
  #feel(kind: FaultKind): void {
    if (this.world.misfortune.has(kind)) this.world.misfortune.feel(kind);
  }

  leaves(request: WireRequest): void {
    if (!isOrders(request)) return;
    for (const id of request.body.matchAll(/"client_order_id":"([^"]+)"/g)) this.#asked.add(id[1] as string);
    if (request.path.endsWith('/amend')) this.#amending.set(request.path.split('/').at(-2) as string, false);
  }

  happened(event: ExchangeEvent): void {
    const { world } = this;
    if (event.type === 'fill' && event.account === world.account) {
      const { orderId, quantity, fee, ticker, positionAfter } = event.fill;
      if (this.#amending.has(orderId)) this.#amending.set(orderId, true);
      if (quantity % 100 !== 0 || fee % 10_000 !== 0) this.#feel('f8-odd-units');
      const before = this.#positions.get(ticker) ?? 0;
      if (before * positionAfter < 0) this.#feel('f11-netting');
      this.#positions.set(ticker, positionAfter);
    }
    if (event.type === 'order' && event.account === world.account && event.reason === 'ExpiryCancel' && world.process !== null)
      this.#feel('c5-expiry-lapses');
  }

  answering(request: WireRequest, reply: Reply): void {
    if (isOrders(request)) this.#aboutOrders(request, reply);
    else if (request.method === 'GET' && reply.status === 200) this.#aboutReads(request, bodyOf(reply));
  }

  #aboutOrders(request: WireRequest, reply: Reply): void {
    const text = JSON.stringify(reply.body);
    for (const id of request.body.matchAll(/"client_order_id":"([^"]+)"/g)) this.#asked.delete(id[1] as string);
    if (request.method === 'DELETE' && reply.status === 404) this.#feel('x6-cancel-too-late');
    if (/post.only/i.test(text) && reply.status >= 400) this.#feel('x12-post-only-cross');
    if (/insufficient|balance_too_low/.test(text)) this.#feel('x13-no-money');
    if (request.path.endsWith('/batched') && /"error":\{/.test(text)) this.#feel('x8-batch-part');
    if (request.path.endsWith('/amend')) {
      const id = request.path.split('/').at(-2) as string;
      if (this.#amending.get(id) === true) this.#feel('x10-amend-race');
      this.#amending.delete(id);
    }
    if (reply.status === 201) {
      const id = bodyOf(reply)['order_id'];
      const remaining = bodyOf(reply)['remaining_count'];
      if (typeof id === 'string' && remaining !== '0.00' && ![...this.world.ledger.resting.keys()].some((orderId) => orderId === id))
        this.#feel('x4-filled-at-once');
    }
  }

  #aboutReads(request: WireRequest, body: Body): void {
    const { ledger } = this.world;
    if (body['cursor'] === '' && request.search.includes('cursor=') && request.path.includes('/portfolio')) this.#feel('x18-small-pages');
    if (request.path.endsWith('/portfolio/orders')) {
      const listed = new Set((body['orders'] as { order_id: string }[]).map((order) => order.order_id));
      if (
        body['cursor'] === '' &&
        !request.search.includes('cursor') &&
        (listed.size !== ledger.resting.size || [...ledger.resting.keys()].some((id) => !listed.has(id)))
      )
        this.#feel('x7-read-lag');
    }
    if (request.path.endsWith('/portfolio/positions')) {
      const listed = new Map(
        (body['market_positions'] as { ticker: string; position_fp: string }[]).map((each) => [each.ticker, Number(each.position_fp)]),
      );
      for (const [ticker, { position, determinedAt }] of ledger.markets)
        if (determinedAt === null && Math.round((listed.get(ticker) ?? 0) * 100) !== position) this.#feel('f7-positions-stale');
    }
  }

  told(frame: string): void {
    if (!frame.startsWith('{"type":"fill"')) return;
    const id = /"client_order_id":"([^"]*)"/.exec(frame)?.[1] ?? '';
    if (this.#asked.has(id)) this.#feel('f4-fill-first');
    if (!id.startsWith('kmm-')) this.#feel('f5-unknown-fill');
    if (this.world.feesChanged && /"fee_cost":"0\.0*[1-9]/.test(frame)) this.#feel('f9-other-fee');
  }
}

/** Fees change without a word. */
export const changeFees = (world: SimulatedWorld): void => {
  for (const { ticker, fees } of world.exchange.series())
    world.exchange.act({
      type: 'series-fees',
      series: seriesTicker(ticker),
      fees: {
        type: 'quadratic_with_maker_fees',
        multiplierMicros: world.feesChanged ? fees.multiplierMicros : fees.multiplierMicros * 2,
      },
    });
  world.feesChanged = true;
};
