/** One shard's order group, told in steps: what it asks next, and what it makes of answers that come late, wrong or never. */
import { describe, expect, test } from 'vitest';
import type { GroupAsk } from '../../../src/domain/actions.js';
import type { GroupAnswer, ListedGroup } from '../../../src/domain/events.js';
import { orderGroupId, type OrderGroupId } from '../../../src/domain/ids.js';
import { epochUs, parseQuantity, seconds, type EpochUs } from '../../../src/domain/units.js';
import { ShardGroup, type GroupNews } from '../../../src/engine/shard-group.js';

const LIMIT = parseQuantity('100');
const TERMS = { limit: LIMIT, coolOff: seconds(15), triggersMax: 3, triggersWithin: seconds(600) };
const G = orderGroupId('g');
const OTHER = orderGroupId('other');
const at = (s: number): EpochUs => epochUs(1_795_000_000_000_000 + seconds(s));
const listed = (group: OrderGroupId, changes: Partial<ListedGroup> = {}): ListedGroup => ({
  group,
  shard: 2,
  limit: LIMIT,
  active: true,
  ...changes,
});

class Bench {
  readonly of: ShardGroup;
  occupied = false;
  mayOpen = true;
  readonly seen = new Set<OrderGroupId>([OTHER]);
  #request = 0;

  constructor(
    known: { readonly group: OrderGroupId; readonly limit: typeof LIMIT } | null = null,
    earlier: { readonly trips: readonly EpochUs[]; readonly held: boolean } = { trips: [], held: false },
  ) {
    this.of = new ShardGroup(2, TERMS, known, earlier);
  }

  /** What is asked at a moment, in words; it is then on its way. */
  asks(s: number): string | null {
    const ask = this.of.next({ now: at(s), mayOpen: this.mayOpen, isOccupied: () => this.occupied });
    return this.send(ask, s);
  }

  send(ask: GroupAsk | null, s: number): string | null {
    if (ask === null) return null;
    this.of.asked(++this.#request, ask.kind, at(s));
    return ask.kind;
  }

  answers(s: number, kind: GroupAnswer['kind'], changes: Partial<GroupAnswer> = {}): GroupNews | null {
    const group = kind === 'list' ? null : G;
    const told = { request: this.#request, shard: 2, kind, outcome: 'done', group, groups: [], detail: '', ...changes } as const;
    return this.of.answered({ type: 'group-answer', at: at(s), ...told }, this.seen, at(s));
  }

  /** Made and open. */
  open(s = 0): this {
    this.asks(s);
    this.answers(s, 'create');
    return this;
  }
}

describe('making a group', () => {
  test('is asked once, and the answer opens it', () => {
    const bench = new Bench();
    expect([bench.asks(0), bench.asks(1), bench.of.openId]).toEqual(['create', null, null]);
    expect([bench.answers(1, 'create'), bench.of.openId, bench.asks(2)]).toEqual(['ready', G, null]);
  });

  test('waits until it may', () => {
    const bench = new Bench();
    bench.mayOpen = false;
    expect(bench.asks(0)).toBeNull();
  });

  test('that is refused comes again after half a second, then one, two, and so on up to half a minute; it is told once', () => {
    const bench = new Bench();
    let now = 0;
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      expect(bench.asks(now)).toBe('create');
      expect(bench.answers(now, 'create', { outcome: 'refused', group: null })).toBe(i === 0 ? 'failed' : null);
      const asked = now;
      while (bench.of.next({ now: at(now), mayOpen: true, isOccupied: () => false }) === null) now += 0.5;
      waits.push(now - asked);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('without an answer for ten seconds is asked anew', () => {
    const bench = new Bench();
    bench.asks(0);
    expect([bench.asks(10), bench.asks(10.1)]).toEqual([null, 'create']);
  });

  test('that was answered after all counts, although something else was asked meanwhile', () => {
    const bench = new Bench();
    bench.asks(0);
    bench.asks(10.1);
    expect([bench.answers(11, 'create', { request: 1 }), bench.of.openId]).toEqual(['ready', G]);
  });

  test.each<[string, readonly ListedGroup[], OrderGroupId | null]>([
    ['ours', [listed(OTHER), listed(G)], G],
    ['known before', [listed(OTHER)], null],
    ['of another shard', [listed(G, { shard: 0 })], null],
    ['of another limit', [listed(G, { limit: parseQuantity('99') })], null],
    ['triggered', [listed(G, { active: false })], null],
    ['nowhere', [], null],
  ])('of unknown outcome is looked for: a group that is %s', (_, groups, found) => {
    const bench = new Bench();
    bench.asks(0);
    bench.answers(0, 'create', { outcome: 'unknown', group: null });
    expect([bench.asks(0.4), bench.asks(0.5)]).toEqual([null, 'list']);
    bench.answers(1, 'list', { groups });
    expect([bench.of.openId, bench.asks(2)]).toEqual([found, found === null ? 'create' : null]);
  });
});

describe('a group of an earlier run', () => {
  test('is triggered first, even before it may be opened, and reset once nothing is in it', () => {
    const bench = new Bench({ group: G, limit: LIMIT });
    bench.mayOpen = false;
    bench.occupied = true;
    expect([bench.asks(0), bench.answers(0, 'trigger'), bench.asks(1)]).toEqual(['trigger', null, null]);
    bench.mayOpen = true;
    expect(bench.asks(1)).toBeNull();
    bench.occupied = false;
    expect([bench.asks(2), bench.answers(2, 'reset'), bench.of.openId]).toEqual(['reset', 'ready', G]);
  });

  test('gets the present limit before it is reset', () => {
    const bench = new Bench({ group: G, limit: parseQuantity('7') });
    bench.asks(0);
    bench.answers(0, 'trigger');
    expect([bench.asks(1), bench.answers(1, 'limit'), bench.asks(1), bench.answers(1, 'reset')]).toEqual(['limit', null, 'reset', 'ready']);
  });

  test.each(['trigger', 'reset', 'limit'] as const)('that is not there any more at its %s is given up for a new one', (kind) => {
    const bench = new Bench({ group: G, limit: kind === 'limit' ? parseQuantity('7') : LIMIT });
    let now = 0;
    while (bench.asks(now) !== kind) bench.answers(now++, 'trigger');
    expect(bench.answers(now, kind, { outcome: 'missing' })).toBe('missing');
    expect([bench.of.id, bench.asks(now + 1)]).toEqual([null, 'create']);
  });
});

describe('a trigger of ours', () => {
  test('is asked at once, in place of whatever is under way, and only once', () => {
    const bench = new Bench().open();
    bench.of.suspect(at(10));
    expect(bench.asks(10)).toBe('list');
    expect([bench.send(bench.of.sweep(at(11)), 11), bench.of.sweep(at(11)), bench.of.openId]).toEqual(['trigger', null, null]);
    expect(bench.answers(11, 'list', { request: 2, groups: [listed(G, { active: false })] })).toBeNull();
    bench.answers(12, 'trigger');
    expect(bench.of.sweep(at(13))).toBeNull();
  });

  test('holds single cancels back for a second, or until it fails', () => {
    const bench = new Bench().open();
    bench.send(bench.of.sweep(at(10)), 10);
    expect([bench.of.isSweeping(at(10.9)), bench.of.isSweeping(at(11))]).toEqual([true, false]);
    bench.answers(10.1, 'trigger', { outcome: 'unknown' });
    expect(bench.of.isSweeping(at(10.2))).toBe(false);
    expect([bench.asks(10.5), bench.asks(10.6)]).toEqual([null, 'trigger']);
  });

  test('is no news when the stream tells it, however late; the next one is', () => {
    const bench = new Bench().open();
    bench.send(bench.of.sweep(at(10)), 10);
    bench.answers(10, 'trigger');
    bench.asks(11);
    bench.answers(11, 'reset');
    expect([bench.of.toldTriggered(at(14)), bench.of.openId, bench.of.toldTriggered(at(15))]).toEqual([null, G, 'tripped']);
  });

  test('of nothing is nothing', () => {
    expect(new Bench().of.sweep(at(0))).toBeNull();
  });
});

describe('a trigger of the exchange', () => {
  test('shuts for the cool-off, and until the orders are gone', () => {
    const bench = new Bench().open();
    bench.occupied = true;
    expect([bench.of.toldTriggered(at(20)), bench.of.openId, bench.of.shutUntil]).toEqual(['tripped', null, at(35)]);
    expect([bench.asks(34.9), bench.asks(35)]).toEqual([null, null]);
    bench.occupied = false;
    expect([bench.asks(34.9), bench.asks(35)]).toEqual([null, 'reset']);
  });

  test('told twice is one', () => {
    const bench = new Bench().open();
    expect([bench.of.toldTriggered(at(20)), bench.of.toldTriggered(at(20)), bench.of.tripped(at(20))]).toEqual(['tripped', null, null]);
  });

  const tripAt = (bench: Bench, s: number): GroupNews | null => {
    const news = bench.of.tripped(at(s));
    if (bench.asks(s + 15) === 'reset') bench.answers(s + 15, 'reset');
    return news;
  };

  test('holds after the third within the window, until a person resumes', () => {
    const bench = new Bench().open();
    expect([100, 300, 500].map((s) => tripAt(bench, s))).toEqual(['tripped', 'tripped', 'held']);
    expect([bench.asks(5000), bench.of.held]).toEqual([null, true]);
    expect([bench.of.resume(), bench.of.resume(), bench.asks(5000)]).toEqual([true, false, 'reset']);
    bench.answers(5000, 'reset');
    expect(tripAt(bench, 5001)).toBe('tripped');
  });

  test('long ago counts no more', () => {
    const bench = new Bench().open();
    expect([100, 300, 700, 1200].map((s) => tripAt(bench, s))).toEqual(['tripped', 'tripped', 'tripped', 'tripped']);
  });
});

describe('a suspicion', () => {
  test('is looked up for six seconds, since reads lag, then dropped', () => {
    const bench = new Bench().open();
    bench.of.suspect(at(20));
    const looks: number[] = [];
    for (let s = 20; s < 40; s += 0.5)
      if (bench.asks(s) === 'list') {
        looks.push(s);
        expect(bench.answers(s, 'list', { groups: [listed(G)] })).toBeNull();
      }
    expect(looks).toEqual([20, 22, 24, 26]);
    expect(bench.of.openId).toBe(G);
  });

  test.each<[string, readonly ListedGroup[], GroupNews | null]>([
    ['is triggered', [listed(G, { active: false })], 'tripped'],
    ['is gone', [listed(OTHER)], 'missing'],
    ['is as it should be', [listed(G)], null],
  ])('is answered by a list in which the group %s', (_, groups, news) => {
    const bench = new Bench().open();
    bench.of.suspect(at(20));
    bench.asks(20);
    expect(bench.answers(20, 'list', { groups })).toBe(news);
  });

  test('is not answered by a list so soon after the group was opened that it may be older', () => {
    const bench = new Bench().open(0);
    bench.of.suspect(at(3));
    bench.asks(3);
    expect(bench.answers(3, 'list', { groups: [] })).toBeNull();
    expect(bench.of.openId).toBe(G);
  });

  test('of a group that is shut anyway is none', () => {
    const bench = new Bench().open();
    bench.of.tripped(at(10));
    bench.of.suspect(at(11));
    expect(bench.asks(12)).toBeNull();
  });
});

test('a group that somebody deletes is replaced', () => {
  const bench = new Bench().open();
  expect([bench.of.toldDeleted(at(10)), bench.of.toldDeleted(at(10)), bench.of.id]).toEqual(['missing', null, null]);
  expect([bench.asks(10.1), bench.asks(10.5)]).toEqual([null, 'create']);
});

test('what an earlier run went through still counts: a hold stays, and one more trip holds where two were before', () => {
  const held = new ShardGroup(2, TERMS, { group: G, limit: LIMIT }, { trips: [at(0)], held: true });
  expect(held.next({ now: at(100), mayOpen: true, isOccupied: () => false })).toEqual({ kind: 'trigger', group: G });
  expect(held.held).toBe(true);
  expect(held.resume()).toBe(true);
  expect(held.trips).toEqual([]);
  const trips = [at(-700), at(-20), at(-10)];
  const bench = new Bench({ group: G, limit: LIMIT }, { trips, held: false });
  expect(bench.asks(0)).toBe('trigger');
  bench.answers(0.1, 'trigger');
  expect(bench.asks(1)).toBe('reset');
  bench.answers(1.1, 'reset');
  expect(bench.of.tripped(at(30))).toBe('held');
});
