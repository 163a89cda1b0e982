/**
 * What the order groups of an account have been through: trips that still count, and shards that are held until a person has looked. Kept on disk, since a run that ends, by a
 * crash or by hand, must not be how a hold is lifted.
 */
import { epochUs } from '../domain/units.js';
import type { ShardTrips } from '../engine/order-groups.js';

/** Where they lie. `saveGroupHolds` throws where it cannot. */
export interface HoldStore {
  groupHolds(): object | null;
  saveGroupHolds(holds: object): void;
}

export class GroupHolds {
  #kept: readonly ShardTrips[];

  constructor(private readonly store: HoldStore) {
    this.#kept = knownTrips(store);
  }

  /** Keeps what differs from what is kept. @throws where it cannot be written */
  note(shards: readonly ShardTrips[]): void {
    if (isSame(shards, this.#kept)) return;
    this.store.saveGroupHolds({ shards });
    this.#kept = shards;
  }

  /** A person has lifted what this run holds. */
  get isLifted(): boolean {
    return isHolding(this.#kept) && !isHolding(knownTrips(this.store));
  }
}

/** Looked at several times a second. */
const isSame = (a: readonly ShardTrips[], b: readonly ShardTrips[]): boolean =>
  a.length === b.length &&
  a.every((one, i) => {
    const other = b[i] as ShardTrips;
    const { shard, held, trips } = one;
    return (
      shard === other.shard && held === other.held && trips.length === other.trips.length && trips.every((at, k) => at === other.trips[k])
    );
  });

const isHolding = (shards: readonly ShardTrips[]): boolean => shards.some(({ held }) => held);

/** What earlier runs have left. A file that is not right counts as none, since nobody could lift what it means. */
export const knownTrips = (store: Pick<HoldStore, 'groupHolds'>): readonly ShardTrips[] => {
  const { shards } = (store.groupHolds() ?? {}) as { shards?: unknown };
  return Array.isArray(shards) ? shards.flatMap(asTrips) : [];
};

/** Shards that wait for a person. */
export const heldShards = (store: Pick<HoldStore, 'groupHolds'>): readonly number[] =>
  knownTrips(store).flatMap(({ shard, held }) => (held ? [shard] : []));

const asTrips = (value: unknown): ShardTrips[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { shard, trips, held } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(shard) || typeof held !== 'boolean' || !Array.isArray(trips)) return [];
  return trips.every((at): at is number => Number.isSafeInteger(at)) ? [{ shard: shard as number, trips: trips.map(epochUs), held }] : [];
};
