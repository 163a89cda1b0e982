/** An account played by the test behind an HTTP stub: orders, groups, lists that lag, and a clock of its own. */
import { toEpochMs, type DurationUs } from '../../src/domain/units.js';
import type { FakeTime } from './fake-time.js';
import type { StubAnswer, StubRequest } from './http-stub.js';

export interface StubOrder {
  readonly id: string;
  readonly clientId: string | null;
  readonly group: string | null;
  readonly shard: number;
  /** When it was cancelled, in microseconds; null while it rests. */
  gone: number | null;
}

export class StubAccount {
  readonly orders: StubOrder[] = [];
  /** Requests by kind, in order. */
  readonly calls: string[] = [];
  /** How old the lists are, how old the exchange says that they are, and how far its clock is ahead of ours. */
  lag = 0;
  statedLag: number | null = null;
  ahead = 0;
  /** Answers in the place of the usual one, by kind: taken once each. */
  readonly instead = new Map<string, StubAnswer[]>();

  constructor(private readonly time: Pick<FakeTime, 'now'>) {}

  add(count: number, parts: Partial<Pick<StubOrder, 'clientId' | 'group' | 'shard'>> = {}): void {
    for (let i = 0; i < count; i++) {
      const n = this.orders.length + 1;
      this.orders.push({ id: `v${n}`, clientId: `kmm-1-${n}`, group: null, shard: 0, ...parts, gone: null });
    }
  }

  get resting(): readonly StubOrder[] {
    return this.orders.filter((order) => order.gone === null);
  }

  count(kind: string): number {
    return this.calls.filter((call) => call === kind).length;
  }

  /** One more answer of this kind is another one. */
  answer(kind: string, answer: StubAnswer, times = 1): void {
    this.instead.set(kind, [...(this.instead.get(kind) ?? []), ...Array.from({ length: times }, () => answer)]);
  }

  readonly handle = (request: StubRequest): StubAnswer => {
    const kind = kindOf(request);
    this.calls.push(kind);
    const planted = this.instead.get(kind)?.shift();
    const answer = planted ?? this.#usual(kind, request);
    if (typeof answer === 'string' || 'cut' in answer) return answer;
    return { ...answer, headers: { date: new Date(this.#exchangeMs()).toUTCString() } };
  };

  #usual(kind: string, request: StubRequest): StubAnswer {
    switch (kind) {
      case 'list': {
        const seen = this.time.now() - this.lag;
        return { status: 200, body: { orders: this.orders.filter(({ gone }) => gone === null || gone > seen).map(bodyOf), cursor: '' } };
      }
      case 'as-of': {
        const at = this.#exchangeMs() - (this.statedLag ?? this.lag) / 1000;
        return { status: 200, body: { as_of_time: new Date(at).toISOString() } };
      }
      case 'batch': {
        const { orders } = request.body as { orders: { order_id: string }[] };
        return { status: 200, body: { orders: orders.map(({ order_id }) => this.#cancel(order_id)) } };
      }
      case 'single': {
        const answer = this.#cancel(request.path.split('/').at(-1) ?? '');
        return 'error' in answer ? { status: 404, body: answer } : { status: 200, body: answer };
      }
      case 'trigger': {
        const group = request.path.split('/').at(-2);
        for (const order of this.resting) if (order.group === group) order.gone = this.time.now();
        return { status: 200, body: {} };
      }
      case 'cancel-all':
        for (const order of this.resting) order.gone = this.time.now();
        return { status: 204 };
      default:
        return { status: 200, body: {} };
    }
  }

  #cancel(id: string): object {
    const order = this.resting.find((each) => each.id === id);
    if (order === undefined) return { order_id: id, reduced_by: '0.00', error: { code: 'not_found', message: 'not found' } };
    order.gone = this.time.now();
    return { order_id: id, reduced_by: '1.00', ts_ms: this.#exchangeMs() };
  }

  #exchangeMs(): number {
    return toEpochMs(this.time.now()) + this.ahead / 1000;
  }
}

const kindOf = ({ method, path }: StubRequest): string => {
  if (path.endsWith('/exchange/user_data_timestamp')) return 'as-of';
  if (path.endsWith('/trigger')) return 'trigger';
  if (path.endsWith('/order_groups')) return 'groups';
  if (method === 'GET') return path.endsWith('/portfolio/orders') ? 'list' : 'read';
  if (path.endsWith('/batched')) return 'batch';
  return path.endsWith('/portfolio/events/orders') ? 'cancel-all' : 'single';
};

const bodyOf = (order: StubOrder): object => ({
  order_id: order.id,
  client_order_id: order.clientId ?? '',
  ticker: 'KXA-1',
  status: 'resting',
  book_side: 'bid',
  yes_price_dollars: '0.0100',
  initial_count_fp: '1.00',
  fill_count_fp: '0.00',
  remaining_count_fp: '1.00',
  taker_fees_dollars: '0.000000',
  maker_fees_dollars: '0.000000',
  subaccount_number: 0,
  exchange_index: order.shard,
  ...(order.group === null ? {} : { order_group_id: order.group }),
});

/** Lets time pass, faster than the wall's, until the work is done. */
export const whileTimePasses = async <T>(time: FakeTime, step: DurationUs, work: Promise<T>): Promise<T> => {
  const state = { done: false };
  const finished = work.finally(() => {
    state.done = true;
  });
  while (!state.done) {
    await new Promise<void>((resolve) => void setTimeout(resolve, 1));
    if (!state.done) time.advance(step);
  }
  return finished;
};
