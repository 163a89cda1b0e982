import { expect, test } from 'vitest';
import { GroupHolds, heldShards, knownTrips } from '../../../src/app/group-holds.js';
import { epochUs } from '../../../src/domain/units.js';

class Store {
  saved: object | null = null;
  saves = 0;
  groupHolds(): object | null {
    return this.saved;
  }
  saveGroupHolds(holds: object): void {
    this.saved = JSON.parse(JSON.stringify(holds)) as object;
    this.saves++;
  }
}

const TRIP = { shard: 2, trips: [epochUs(1_795_000_000_000_000)], held: false };

test('trips and holds are kept once each, and the next run knows them', () => {
  const store = new Store();
  const holds = new GroupHolds(store);
  holds.note([]);
  expect(store.saves).toBe(0);
  holds.note([TRIP]);
  holds.note([{ ...TRIP }]);
  expect(store.saves).toBe(1);
  expect(holds.isLifted).toBe(false);
  holds.note([{ ...TRIP, held: true }]);
  expect(knownTrips(store)).toEqual([{ ...TRIP, held: true }]);
  expect(heldShards(store)).toEqual([2]);
});

test('a hold that a person has taken off the disk is lifted, one that nobody had is not', () => {
  const store = new Store();
  const holds = new GroupHolds(store);
  holds.note([{ ...TRIP, held: true }]);
  expect(holds.isLifted).toBe(false);
  store.saved = null;
  expect(holds.isLifted).toBe(true);
  holds.note([]);
  expect(holds.isLifted).toBe(false);
});

test.each([
  [null],
  [{}],
  [{ shards: 3 }],
  [{ shards: [null, 7, { shard: 'x', trips: [], held: true }, { shard: 1, trips: ['y'], held: true }] }],
])('a file that is not right counts as none: %j', (saved) => {
  expect(knownTrips({ groupHolds: () => saved })).toEqual([]);
});
