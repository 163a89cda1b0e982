/**
 * The order groups that this account's runs have made. Groups have no names at the exchange, so their ids are kept beside the snapshot: the next run takes them up again
 * instead of leaving one more behind at every start.
 */
import type { GroupAnswer } from '../domain/events.js';
import { orderGroupId } from '../domain/ids.js';
import { quantity, type Quantity } from '../domain/units.js';
import type { KnownGroup } from '../engine/order-groups.js';

/** Where the list lies. `save` throws where it cannot. */
export interface GroupStore {
  orderGroups(): object | null;
  saveOrderGroups(groups: object): void;
}

export class GroupMemory {
  #groups: readonly KnownGroup[];

  /** @param limit what new groups are made with */
  constructor(
    private readonly store: GroupStore,
    private readonly limit: Quantity,
  ) {
    this.#groups = knownGroups(store);
  }

  get groups(): readonly KnownGroup[] {
    return this.#groups;
  }

  /** Keeps what an answer of the exchange says about a group of ours. @throws where it cannot be written */
  note({ kind, outcome, group, shard }: GroupAnswer): void {
    if (kind === 'list' || group === null) return;
    const known = this.#groups.find((each) => each.group === group);
    const isGone = outcome === 'missing' || (kind === 'delete' && outcome === 'done');
    const limit = kind === 'create' || kind === 'limit' ? this.limit : (known?.limit ?? this.limit);
    if (isGone ? known === undefined : outcome !== 'done' || known?.limit === limit) return;
    const others = this.#groups.filter((each) => each !== known);
    this.#groups = isGone ? others : [...others, { group, shard, limit }];
    this.store.saveOrderGroups({ groups: this.#groups });
  }
}

/** What earlier runs have left; a file that is not right counts as none. */
export const knownGroups = (store: Pick<GroupStore, 'orderGroups'>): readonly KnownGroup[] => {
  const { groups } = (store.orderGroups() ?? {}) as { groups?: unknown };
  return Array.isArray(groups) ? groups.flatMap(asKnown) : [];
};

const asKnown = (value: unknown): KnownGroup[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { group, shard, limit } = value as Record<string, unknown>;
  const whole = typeof group === 'string' && group !== '' && Number.isSafeInteger(shard) && Number.isSafeInteger(limit);
  return whole ? [{ group: orderGroupId(group), shard: shard as number, limit: quantity(limit as number) }] : [];
};
