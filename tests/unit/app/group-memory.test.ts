import { describe, expect, test } from 'vitest';
import { GroupMemory, knownGroups } from '../../../src/app/group-memory.js';
import type { GroupAnswer } from '../../../src/domain/events.js';
import { orderGroupId } from '../../../src/domain/ids.js';
import { epochUs, parseQuantity } from '../../../src/domain/units.js';

const LIMIT = parseQuantity('250');
const answer = (kind: GroupAnswer['kind'], group: string | null, outcome: GroupAnswer['outcome'] = 'done'): GroupAnswer => ({
  type: 'group-answer',
  at: epochUs(0),
  request: 1,
  shard: 2,
  kind,
  outcome,
  group: group === null ? null : orderGroupId(group),
  groups: [],
  detail: '',
});

class Store {
  saved: object | null = null;
  saves = 0;
  orderGroups(): object | null {
    return this.saved;
  }
  saveOrderGroups(groups: object): void {
    this.saved = JSON.parse(JSON.stringify(groups)) as object;
    this.saves++;
  }
}

const idsOf = (store: Store): string[] => knownGroups(store).map(({ group, shard, limit }) => `${group} ${shard} ${limit}`);

describe('what the exchange answers', () => {
  test.each<[string, readonly GroupAnswer[], readonly string[]]>([
    ['a group that was made is kept', [answer('create', 'a')], ['a 2 25000']],
    ['one that is not there any more is forgotten', [answer('create', 'a'), answer('reset', 'a', 'missing')], []],
    ['one that was deleted too', [answer('create', 'a'), answer('delete', 'a')], []],
    [
      'what was not done changes nothing',
      [answer('create', 'a'), answer('delete', 'a', 'refused'), answer('reset', 'a', 'unknown')],
      ['a 2 25000'],
    ],
    ['a making that failed leaves nothing', [answer('create', null, 'refused'), answer('create', null, 'unknown')], []],
    ['a list says nothing of ours', [answer('list', null)], []],
    ['one that was found again is kept once it is used', [answer('trigger', 'b')], ['b 2 25000']],
  ])('%s', (_, answers, expected) => {
    const store = new Store();
    const memory = new GroupMemory(store, LIMIT);
    for (const each of answers) memory.note(each);
    expect(idsOf(store)).toEqual(expected);
    expect(new GroupMemory(store, LIMIT).groups).toEqual(memory.groups);
  });

  test('a new limit is kept, and nothing is written where nothing changes', () => {
    const store = new Store();
    new GroupMemory(store, parseQuantity('7')).note(answer('create', 'a'));
    const memory = new GroupMemory(store, LIMIT);
    memory.note(answer('trigger', 'a'));
    memory.note(answer('reset', 'a'));
    expect([idsOf(store), store.saves]).toEqual([['a 2 700'], 1]);
    memory.note(answer('limit', 'a'));
    expect([idsOf(store), store.saves]).toEqual([['a 2 25000'], 2]);
  });
});

test.each([
  ['no file', null],
  ['another shape', { groups: 'x' }],
  [
    'broken rows',
    { groups: [null, 1, {}, { group: '', shard: 0, limit: 1 }, { group: 'a', shard: 0.5, limit: 1 }, { group: 'a', shard: 0 }] },
  ],
])('%s counts as none', (_, saved) => {
  expect(knownGroups({ orderGroups: () => saved })).toEqual([]);
});
