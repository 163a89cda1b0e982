import { afterEach, describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { price, quantity, seconds, millis } from '../../../src/domain/units.js';
import type { StubAnswer, StubHandler, StubRequest } from '../../support/http-stub.js';
import { amend, cancel, decrease, place, restWorld, type RestWorld, type RestWorldOptions } from '../../support/rest-world.js';

const worlds: RestWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});
const world = async (handler: StubHandler, options: RestWorldOptions = {}): Promise<RestWorld> => {
  const made = await restWorld(handler, options);
  worlds.push(made);
  return made;
};

interface Item {
  readonly client_order_id?: string;
  readonly order_id?: string;
}
const placed = (item: Item): object => ({
  order_id: `v-${item.client_order_id}`,
  client_order_id: item.client_order_id,
  fill_count: '0.00',
  remaining_count: '10.00',
  ts_ms: 1_795_296_000_001,
});
const cancelled = (id: string | undefined): object => ({ order_id: id, reduced_by: '10.00', ts_ms: 1_795_296_000_001 });

/** An exchange that accepts everything. */
const willing: StubHandler = (request) => {
  const items = (request.body as { orders?: Item[] } | null)?.orders ?? [];
  const id = request.path.split('/')[6];
  if (request.path.endsWith('/orders')) return { status: 201, body: placed(request.body as Item) };
  if (request.path.endsWith('/amend') || request.path.endsWith('/decrease'))
    return { status: 200, body: { order_id: id, remaining_count: '5.00' } };
  if (request.path.endsWith('/batched') && request.method === 'POST') return { status: 201, body: { orders: items.map(placed) } };
  if (request.path.endsWith('/batched')) return { status: 200, body: { orders: items.map((item) => cancelled(item.order_id)) } };
  return { status: 200, body: cancelled(id) };
};
const always =
  (answer: StubAnswer): StubHandler =>
  () =>
    answer;

/** A fact in a few words. */
const brief = (fact: EngineEvent): string => {
  switch (fact.type) {
    case 'order-accepted':
    case 'order-amended':
    case 'order-cancelled':
      return `${fact.clientId} ${fact.type} ${fact.orderId}`;
    case 'command-refused':
      return `${fact.clientId} ${fact.command} ${fact.code}`;
    case 'command-unknown':
      return `${fact.clientId} ${fact.command} unknown`;
    default:
      return fact.type;
  }
};
const told = async (from: RestWorld, count: number): Promise<string[]> => (await from.told(count)).map(brief).sort();
const routes = (requests: readonly StubRequest[]): string[] =>
  requests.map(({ method, path }) => `${method} ${path.replace('/trade-api/v2/portfolio/events', '')}`);

describe('a call of single commands', () => {
  test('becomes one request and one fact per command, cancels first', async () => {
    const here = await world(willing, { cancelReserve: 0.2 });
    here.send('single', place(1), amend(2), decrease(3), cancel(4), place(5, { market: marketIndex(1), side: 'ask' }));
    expect(await told(here, 5)).toEqual([
      'kmm-1-1 order-accepted v-kmm-1-1',
      'kmm-1-2 order-amended v2',
      'kmm-1-3 order-amended v3',
      'kmm-1-4 order-cancelled v4',
      'kmm-1-5 order-accepted v-kmm-1-5',
    ]);
    expect(routes(here.stub.requests).sort()).toEqual([
      'DELETE /orders/v4',
      'POST /orders',
      'POST /orders',
      'POST /orders/v2/amend',
      'POST /orders/v3/decrease',
    ]);
    expect(here.facts.find((fact) => fact.type === 'order-accepted')).toEqual({
      type: 'order-accepted',
      at: here.time.now(),
      clientId: 'kmm-1-1',
      orderId: 'v-kmm-1-1',
      filled: quantity(0),
      remaining: quantity(1000),
      exchangeAt: 1_795_296_000_001_000,
    });
  });

  test('names shard and subaccount in every request', async () => {
    const here = await world(willing, { subaccount: 7 });
    const second = { market: marketIndex(1) };
    here.send('single', place(1, second), cancel(4, second), amend(2), decrease(3));
    await here.told(4);
    const told = new Map(here.stub.requests.map((request) => [request.path.split('/').at(-1), request]));
    expect(told.get('orders')?.body).toMatchObject({ ticker: 'KXB-1', exchange_index: 2, subaccount: 7 });
    expect(told.get('v4')?.query.toString()).toBe('subaccount=7&exchange_index=2');
    expect(told.get('amend')?.query.toString()).toBe('subaccount=7');
    expect(told.get('amend')?.body).toMatchObject({ ticker: 'KXA-1', exchange_index: 0, count: '10.00' });
    expect(told.get('decrease')?.body).toEqual({ reduce_to: '5.00', exchange_index: 0, market_ticker: 'KXA-1' });
    expect(told.get('decrease')?.query.toString()).toBe('subaccount=7');
  });

  test('puts all its requests on the wire before any answer comes', async () => {
    const here = await world(always('hang'));
    here.send('single', place(1), place(2), cancel(3), cancel(4));
    await here.stub.arrived(4);
    expect(here.facts).toEqual([]);
  });

  test('leaves orders alone that the last gate refuses', async () => {
    const here = await world(willing);
    here.send('single', place(1, { quantity: quantity(10_001) }), place(2, { price: price(4350) }), place(3));
    expect(await told(here, 3)).toEqual(['kmm-1-1 place not-sent', 'kmm-1-2 place not-sent', 'kmm-1-3 order-accepted v-kmm-1-3']);
    here.kill();
    here.send('single', place(4), amend(5), cancel(6), decrease(7));
    expect((await told(here, 7)).slice(3)).toEqual([
      'kmm-1-4 place not-sent',
      'kmm-1-5 amend not-sent',
      'kmm-1-6 order-cancelled v6',
      'kmm-1-7 order-amended v7',
    ]);
    expect(here.stub.requests).toHaveLength(3);
  });

  const error = (code: string, details?: string): object => ({ error: { code, message: code, details } });
  test.each<[string, StubAnswer, string]>([
    ['a post-only cross', { status: 400, body: error('invalid_order', 'post only cross') }, 'place post-only-cross'],
    ['a used id', { status: 409, body: error('order_already_exists') }, 'place duplicate-client-id'],
    ['a fill-or-kill that found too little', { status: 409, body: error('fill_or_kill_insufficient_resting_volume') }, 'place unfilled'],
    ['a key without right', { status: 403, text: 'no' }, 'place forbidden'],
    ['a lost key', { status: 401, body: error('authentication_error', 'NOT_FOUND') }, 'place unauthorized'],
    ['a closed market', { status: 400, body: error('market_inactive') }, 'place market-inactive'],
    ['408', { status: 408 }, 'place unknown'],
    ['500', { status: 500, text: 'x' }, 'place unknown'],
    ['503', { status: 503, body: error('service_unavailable') }, 'place unknown'],
    ['504', { status: 504 }, 'place unknown'],
    ['a dropped connection', 'reset', 'place unknown'],
    ['201 that cannot be read', { status: 201, text: '{"order' }, 'place unknown'],
    ['201 with nothing in it', { status: 201 }, 'place unknown'],
    ['201 without an order id', { status: 201, body: { fill_count: '0.00', remaining_count: '10.00' } }, 'place unknown'],
    ['201 for another order', { status: 201, body: placed({ client_order_id: 'kmm-1-9' }) }, 'place unknown'],
    ['201 with more than was ordered', { status: 201, body: { ...placed({}), remaining_count: '99.00' } }, 'place unknown'],
  ])('tells %s as exactly one fact', async (_, answer, fact) => {
    const here = await world(always(answer));
    here.send('single', place(1));
    expect(await told(here, 1)).toEqual([`kmm-1-1 ${fact}`]);
  });

  test('tells a timeout as unknown, with what was waited for', async () => {
    const here = await world(always('hang'));
    here.send('single', place(1), cancel(2));
    await here.stub.arrived(2);
    here.time.advance(seconds(3));
    expect(await told(here, 2)).toEqual(['kmm-1-1 place unknown', 'kmm-1-2 cancel unknown']);
    expect(here.facts[0]).toMatchObject({ reason: 'no answer within 3000 ms' });
  });

  test('tells a cancel of a dead order as not found', async () => {
    const here = await world(always({ status: 404, body: error('not_found') }));
    here.send('single', cancel(1));
    expect(await told(here, 1)).toEqual(['kmm-1-1 cancel not-found']);
    expect(here.facts[0]).toMatchObject({ detail: 'HTTP 404: not_found' });
  });

  test('tells an answer about another order as unknown', async () => {
    const here = await world(always({ status: 200, body: { order_id: 'v9', reduced_by: '1.00', remaining_count: '1.00' } }));
    here.send('single', cancel(1), amend(2), decrease(3));
    expect(await told(here, 3)).toEqual(['kmm-1-1 cancel unknown', 'kmm-1-2 amend unknown', 'kmm-1-3 decrease unknown']);
  });

  test('tells a 429 as a refusal and a pause, and spends nothing more until tokens are back', async () => {
    const here = await world(always({ status: 429, body: { error: 'too many requests' } }));
    here.send('single', place(1));
    expect(await told(here, 2)).toEqual(['kmm-1-1 place rate-limited', 'rate-limited']);
    here.stub.handler = willing;
    here.send('single', place(2));
    expect(await told(here, 3)).toEqual(['kmm-1-1 place rate-limited', 'kmm-1-2 place not-sent', 'rate-limited']);
    expect(here.stub.requests).toHaveLength(1);
  });

  test('refuses orders without tokens here, while cancels wait for theirs', async () => {
    const here = await world(willing);
    for (let i = 0; i < 10; i++) here.send('single', place(i));
    here.send('single', place(10), cancel(11));
    await here.told(11);
    expect(here.facts.filter((fact) => fact.type === 'command-refused').map(brief)).toEqual(['kmm-1-10 place not-sent']);
    here.send('single', place(12, { market: marketIndex(1) }));
    await here.told(12);
    here.time.advance(millis(20));
    expect((await here.told(13)).map(brief).at(-1)).toBe('kmm-1-11 order-cancelled v11');
    expect(here.facts.some((fact) => brief(fact) === 'kmm-1-12 order-accepted v-kmm-1-12')).toBe(true);
  });

  test('holds tokens back so that cancels leave at once even after a burst of orders', async () => {
    const here = await world(willing, { cancelReserve: 0.2 });
    for (let i = 0; i < 20; i++) here.send('single', place(i));
    here.send('single', ...[30, 31, 32, 33, 34, 35, 36, 37, 38, 39].map((n) => cancel(n)));
    await here.told(30);
    const words = here.facts.map(brief);
    expect(words.filter((word) => word.includes('order-accepted'))).toHaveLength(8);
    expect(words.filter((word) => word.includes('order-cancelled'))).toHaveLength(10);
    expect(words.filter((word) => word.includes('not-sent'))).toHaveLength(12);
  });

  test('gives a cancel back when no tokens came for too long', async () => {
    const here = await world(willing);
    const empty = (): void => here.throttle.writeRefused({ mode: 'single', shard: 0 });
    empty();
    here.send('single', cancel(1));
    for (let i = 0; i < 501; i++) {
      here.time.advance(millis(10));
      empty();
    }
    expect(await told(here, 1)).toEqual(['kmm-1-1 cancel not-sent']);
    expect(here.stub.requests).toEqual([]);
  });
});

describe('a call in a batch', () => {
  test('is one request for the cancels and one for the orders, cancels first', async () => {
    const here = await world(willing);
    here.send('batch', place(1), place(2, { market: marketIndex(1) }), cancel(3), cancel(4, { market: marketIndex(1) }), amend(5));
    expect(await told(here, 5)).toEqual([
      'kmm-1-1 order-accepted v-kmm-1-1',
      'kmm-1-2 order-accepted v-kmm-1-2',
      'kmm-1-3 order-cancelled v3',
      'kmm-1-4 order-cancelled v4',
      'kmm-1-5 order-amended v5',
    ]);
    expect(routes(here.stub.requests).sort()).toEqual(['DELETE /orders/batched', 'POST /orders/batched', 'POST /orders/v5/amend']);
    const cancels = here.stub.requests.find((request) => request.method === 'DELETE');
    expect(cancels?.body).toEqual({
      orders: [
        { order_id: 'v3', subaccount: 0, exchange_index: 0 },
        { order_id: 'v4', subaccount: 0, exchange_index: 2 },
      ],
    });
  });

  test('gives every item its own outcome', async () => {
    const here = await world((request) => {
      const error = { code: 'not_found', message: 'not found' };
      if (request.method === 'DELETE')
        return { status: 200, body: { orders: [cancelled('v2'), { order_id: 'v1', reduced_by: '0.00', error }, { order_id: 'v3' }] } };
      const post = { client_order_id: 'kmm-1-4', error: { code: 'invalid_order', message: 'x', details: 'post only cross' } };
      return { status: 201, body: { orders: [placed({ client_order_id: 'kmm-1-5' }), post] } };
    });
    here.send('batch', cancel(1), cancel(2), cancel(3), place(4), place(5), place(6));
    expect(await told(here, 6)).toEqual([
      'kmm-1-1 cancel not-found',
      'kmm-1-2 order-cancelled v2',
      'kmm-1-3 cancel unknown',
      'kmm-1-4 place post-only-cross',
      'kmm-1-5 order-accepted v-kmm-1-5',
      'kmm-1-6 place unknown',
    ]);
  });

  test.each<[string, StubAnswer, string, number]>([
    ['503', { status: 503 }, 'unknown', 0],
    ['a reset', 'reset', 'unknown', 0],
    ['201 without a list', { status: 201, body: {} }, 'unknown', 0],
    ['400', { status: 400, body: { msg: 'bad' } }, 'other', 0],
    ['429', { status: 429, body: { error: 'too many requests' } }, 'rate-limited', 1],
  ])('answered as a whole by %s tells every item of it', async (_, answer, word, pauses) => {
    const here = await world(always(answer));
    here.send('batch', place(1), place(2), place(3));
    const words = await told(here, 3 + pauses);
    expect(words.slice(0, 3)).toEqual([1, 2, 3].map((n) => `kmm-1-${n} place ${word}`));
    expect(here.facts.filter((fact) => fact.type === 'rate-limited')).toHaveLength(pauses);
  });

  test('sends as many orders as can be paid and refuses the others here', async () => {
    const here = await world(willing, { cancelReserve: 0.2 });
    here.send('batch', ...Array.from({ length: 12 }, (_, n) => place(n + 10)));
    await here.told(12);
    expect(here.facts.filter((fact) => fact.type === 'order-accepted')).toHaveLength(8);
    expect(here.facts.filter((fact) => fact.type === 'command-refused')).toHaveLength(4);
    expect(here.stub.requests).toHaveLength(1);
  });

  test('splits what is larger than the largest batch', async () => {
    const here = await world(willing, { batchMax: 4 });
    here.send('batch', ...Array.from({ length: 10 }, (_, n) => place(n + 10)));
    await here.told(10);
    expect(here.stub.requests.map((request) => (request.body as { orders: unknown[] }).orders.length).sort((a, b) => a - b)).toEqual([
      2, 4, 4,
    ]);
  });

  test('cancels 200 orders within the budget, in as little time as it allows', async () => {
    const here = await world(willing, { batchMax: 100 });
    here.send('batch', ...Array.from({ length: 200 }, (_, n) => cancel(n + 1)));
    // Time stands still until all that was sent has been answered.
    const quiet = async (): Promise<void> => {
      const items = (): number =>
        here.stub.requests.reduce((sum, request) => sum + (request.body as { orders: unknown[] }).orders.length, 0);
      while (here.stub.requests.length < here.client.counters.sent || items() > here.facts.length)
        await new Promise((resolve) => void setImmediate(resolve));
    };
    await quiet();
    expect(here.facts).toHaveLength(50);
    // 400 tokens: a full bucket of 100 at once, the others at 100 per second.
    for (let i = 0; i < 31; i++) {
      here.time.advance(millis(100));
      await quiet();
    }
    await here.told(200);
    expect(new Set(here.facts.map(brief)).size).toBe(200);
    expect(here.facts.every((fact) => fact.type === 'order-cancelled')).toBe(true);
  });
});

describe('an empty call', () => {
  test.each(['single', 'batch'] as const)('in mode %s sends nothing', async (mode) => {
    const here = await world(willing);
    here.send(mode);
    expect(here.stub.requests).toEqual([]);
  });
});
