/** Calls about order groups: what is sent, and the one fact that comes back. */
import { afterEach, describe, expect, test } from 'vitest';
import { GroupDesk } from '../../../src/connector/group-desk.js';
import type { GroupAsk, GroupCall } from '../../../src/domain/actions.js';
import type { GroupAnswer } from '../../../src/domain/events.js';
import { orderGroupId } from '../../../src/domain/ids.js';
import { parseQuantity, seconds } from '../../../src/domain/units.js';
import type { StubAnswer } from '../../support/http-stub.js';
import { restWorld, type RestWorld } from '../../support/rest-world.js';

const G = orderGroupId('0b5f2c9a-6a3e-4d3b-8a71-2a1f2f7f9c10');
const worlds: RestWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const ask = async (wanted: GroupAsk, answer: StubAnswer): Promise<{ world: RestWorld; told: GroupAnswer }> => {
  const world = await restWorld(() => answer, { subaccount: 3 });
  worlds.push(world);
  const call: GroupCall = { type: 'group-call', request: 7, shard: 2, ask: wanted };
  world.venue.groups(call);
  const [fact] = await world.told(1);
  return { world, told: fact as GroupAnswer };
};

const ALL: readonly (readonly [ask: GroupAsk, route: string, body: unknown])[] = [
  [
    { kind: 'create', limit: parseQuantity('250') },
    'POST /order_groups/create?',
    { contracts_limit_fp: '250.00', subaccount: 3, exchange_index: 2 },
  ],
  [
    { kind: 'limit', group: G, limit: parseQuantity('0.5') },
    `PUT /order_groups/${G}/limit?subaccount=3&exchange_index=2`,
    { contracts_limit_fp: '0.50' },
  ],
  [{ kind: 'trigger', group: G }, `PUT /order_groups/${G}/trigger?subaccount=3&exchange_index=2`, {}],
  [{ kind: 'reset', group: G }, `PUT /order_groups/${G}/reset?subaccount=3&exchange_index=2`, {}],
  [{ kind: 'delete', group: G }, `DELETE /order_groups/${G}?subaccount=3&exchange_index=2`, null],
  [{ kind: 'list' }, 'GET /order_groups?subaccount=3', null],
];

describe.each(ALL)('%o', (wanted, route, body) => {
  const { kind } = wanted;
  const group = 'group' in wanted ? wanted.group : null;

  test('goes its way with shard and subaccount, and is told as done', async () => {
    const { world, told } = await ask(wanted, { status: 200, body: { order_group_id: G } });
    const [request] = world.stub.requests;
    expect(`${request?.method} ${request?.path.replace('/trade-api/v2/portfolio', '')}?${request?.query}`.replace(/\?$/, '?')).toBe(
      route.includes('?') ? route : `${route}?`,
    );
    expect(request?.body ?? null).toEqual(body);
    const made = kind === 'create' ? G : group;
    expect(told).toMatchObject({ type: 'group-answer', request: 7, shard: 2, kind, outcome: 'done', group: made, detail: '' });
  });

  test.each<[string, StubAnswer, GroupAnswer['outcome']]>([
    ['404', { status: 404, body: { error: { code: 'not_found', message: 'not found' } } }, 'missing'],
    ['400', { status: 400, body: { error: { code: 'invalid_parameters', message: 'no' } } }, 'refused'],
    ['429', { status: 429, body: { error: 'too many requests' } }, 'refused'],
    ['503', { status: 503 }, 'unknown'],
    ['a dropped connection', 'reset', 'unknown'],
  ])('%s is told once, with its meaning', async (_, answer, outcome) => {
    const { world, told } = await ask(wanted, answer);
    expect(told).toMatchObject({ kind, outcome, group });
    expect(told.detail).not.toBe('');
    expect(world.facts).toHaveLength(1);
  });
});

test('a list tells every group with shard, limit and whether it takes orders', async () => {
  const listed = { id: G, contracts_limit_fp: '250.00', is_auto_cancel_enabled: false, exchange_index: 2 };
  const { told } = await ask({ kind: 'list' }, { status: 200, body: { order_groups: [listed] } });
  expect(told.groups).toEqual([{ group: G, shard: 2, limit: parseQuantity('250'), active: false }]);
});

test('once orders are stopped a reset does not leave, nor does it open again what a trigger has shut', async () => {
  const world = await restWorld(() => ({ status: 200, body: {} }), { subaccount: 3 });
  worlds.push(world);
  world.client.stopOrders('killed');
  for (const kind of ['reset', 'trigger'] as const)
    world.venue.groups({ type: 'group-call', request: 1, shard: 2, ask: { kind, group: G } });
  const facts = (await world.told(2)) as GroupAnswer[];
  expect(facts.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual(['reset refused', 'trigger done']);
  expect(world.stub.requests.map((request) => request.path.split('/').at(-1))).toEqual(['trigger']);
});

test('a trigger leaves before the cancels that wait for tokens', async () => {
  const world = await restWorld(() => ({ status: 200, body: {} }));
  worlds.push(world);
  world.throttle.cancel(
    { mode: 'batch' },
    100,
    () => undefined,
    () => undefined,
  );
  const left: string[] = [];
  world.throttle.cancel(
    { mode: 'batch' },
    50,
    () => void left.push('cancel'),
    () => undefined,
  );
  world.venue.groups({ type: 'group-call', request: 1, shard: 0, ask: { kind: 'trigger', group: G } });
  world.time.advance(seconds(0.1));
  await world.told(1);
  expect([world.stub.requests.length, left]).toEqual([1, []]);
});

test('the trigger of every group that is known is kept signed', () => {
  const kept: string[] = [];
  const never = new Promise<never>(() => undefined);
  const trading = new Proxy({}, { get: () => () => never });
  const desk = new GroupDesk({
    api: { trading, account: trading } as never,
    offer: () => undefined,
    clock: { now: () => 0 as never },
    keepSigned: ({ method, path }) => void kept.push(`${method} ${path}`),
  });
  for (const kind of ['reset', 'trigger', 'trigger'] as const)
    desk.carryOut({ type: 'group-call', request: 1, shard: 0, ask: { kind, group: G } });
  expect(kept).toEqual([`PUT /trade-api/v2/portfolio/order_groups/${G}/trigger`]);
});
