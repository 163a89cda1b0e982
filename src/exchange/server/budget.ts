/** One account's read and write budgets: tiers, capacities, and which write buckets a call draws on (reference section 7). */
import type { EpochUs } from '../../domain/units.js';
import { TokenBucket, type BucketTerms } from './token-bucket.js';

export const TIERS = {
  basic: { read: { refill: 200, capacity: 600 }, write: { refill: 100, capacity: 100 } },
  advanced: { read: { refill: 300, capacity: 900 }, write: { refill: 300, capacity: 900 } },
  expert: { read: { refill: 600, capacity: 600 }, write: { refill: 600, capacity: 1800 } },
  premier: { read: { refill: 1200, capacity: 1200 }, write: { refill: 1200, capacity: 3600 } },
  paragon: { read: { refill: 2400, capacity: 2400 }, write: { refill: 2400, capacity: 7200 } },
  prime: { read: { refill: 4800, capacity: 4800 }, write: { refill: 4800, capacity: 14_400 } },
  prestige: { read: { refill: 12_000, capacity: 12_000 }, write: { refill: 9600, capacity: 28_800 } },
} as const satisfies Record<string, { read: BucketTerms; write: BucketTerms }>;

export type Tier = keyof typeof TIERS;
export const isTier = (word: string): word is Tier => Object.hasOwn(TIERS, word);

/**
 * Which write buckets a call draws on: the account's unscoped one (batches, explicit shard 0, groups), one shard's own, or every shard's at once
 * (auto-routed single calls).
 */
export type WriteScope = 'unscoped' | 'every' | number;

/** Scope of a single order call, from its `exchange_index` and whether it can be routed by ticker. */
export const scopeOf = (exchangeIndex: number | null, routable: boolean): WriteScope => {
  if (exchangeIndex === null) return routable ? 'every' : 'unscoped';
  if (exchangeIndex < 0) return 'every';
  return exchangeIndex === 0 ? 'unscoped' : exchangeIndex;
};

export class Budget {
  readonly #read: TokenBucket;
  /** Index 0 is the unscoped bucket; shards from 1 have their own, each with the whole budget of the tier. */
  readonly #writes: readonly TokenBucket[];

  constructor(
    readonly tier: Tier,
    shards: number,
    now: EpochUs,
  ) {
    this.#read = new TokenBucket(TIERS[tier].read, now);
    this.#writes = Array.from({ length: Math.max(1, shards) }, () => new TokenBucket(TIERS[tier].write, now));
  }

  read(cost: number, now: EpochUs): boolean {
    return this.#read.take(cost, now);
  }

  /** All buckets of the scope pay, or none. A shard that does not exist has no bucket of its own and draws on the unscoped one. */
  write(cost: number, scope: WriteScope, now: EpochUs): boolean {
    const buckets = this.#bucketsOf(scope);
    if (!buckets.every((bucket) => bucket.has(cost, now))) return false;
    for (const bucket of buckets) bucket.take(cost, now);
    return true;
  }

  /** Tokens left: for tests and people. */
  levels(now: EpochUs): { readonly read: number; readonly write: readonly number[] } {
    return { read: this.#read.level(now), write: this.#writes.map((bucket) => bucket.level(now)) };
  }

  #bucketsOf(scope: WriteScope): readonly TokenBucket[] {
    if (scope === 'every') return this.#writes;
    const bucket = scope === 'unscoped' ? this.#writes[0] : (this.#writes[scope] ?? this.#writes[0]);
    return bucket === undefined ? [] : [bucket];
  }
}
