/**
 * A model of the account's write budget (exchange reference 7): token buckets that refill continuously. Single calls with a shard of 1 or more draw on that shard's
 * bucket; shard 0 and every batch draw on the unscoped bucket. Each bucket has the full budget. The exchange states no balance, so this is what we have sent,
 * counted from full; a 429 says that somebody else spends too and empties the model.
 *
 * Cancels pass as long as there is anything: placements, amends and decreases must leave enough to cancel what rests.
 */
import type { WriteBudget } from '../domain/events.js';
import type { Call, VenueCommand } from '../domain/order.js';
import { between, toSeconds, type EpochUs } from '../domain/units.js';

/** The bucket of shard 0 and of every batch. */
export const UNSCOPED = 0;

export type CommandKind = VenueCommand['type'];

/** Most of a bucket that is kept back for cancels, so that many resting orders cannot stop all quoting. */
const RESERVE_SHARE_MAX = 0.5;

/** Tier "basic" until the exchange has stated the account's own: the smallest there is. */
const UNSTATED = { refillPerSecond: 100, capacity: 100, createCost: 10, amendCost: 10, cancelCost: 2 } as const;

type Terms = Pick<WriteBudget, 'refillPerSecond' | 'capacity' | 'createCost' | 'amendCost' | 'cancelCost'>;

interface Bucket {
  tokens: number;
  at: EpochUs;
}

export interface Spend {
  readonly kind: CommandKind;
  /** Shard of the market. */
  readonly shard: number;
  readonly now: EpochUs;
}

export class WriteBudgets {
  #terms: Terms = UNSTATED;
  readonly #buckets = new Map<number, Bucket>();
  #groups = 0;

  /** The exchange has stated the budget. Buckets keep what is in them, at most the new capacity. */
  update(fact: WriteBudget): void {
    for (const bucket of this.#buckets.values()) {
      this.#refill(bucket, fact.at);
      bucket.tokens = Math.min(bucket.tokens, fact.capacity);
    }
    this.#terms = fact;
  }

  /** Tokens that every bucket gains per second. */
  get refillPerSecond(): number {
    return this.#terms.refillPerSecond;
  }

  /** Counts a call about an order group: no price of its own is stated, so it costs what most calls do, from the unscoped bucket. */
  takeForGroup(now: EpochUs): void {
    this.#bucket(UNSCOPED, now).tokens -= this.#terms.createCost;
  }

  cost(kind: CommandKind): number {
    switch (kind) {
      case 'place':
        return this.#terms.createCost;
      case 'amend':
      case 'decrease':
        return this.#terms.amendCost;
      case 'cancel':
        return this.#terms.cancelCost;
    }
  }

  /** Tokens in a bucket at a moment; never above capacity. */
  tokens(shard: number, now: EpochUs): number {
    const bucket = this.#buckets.get(shard);
    if (bucket === undefined) return this.#terms.capacity;
    this.#refill(bucket, now);
    return bucket.tokens;
  }

  /**
   * Whether a command may leave now as a single call.
   * @param resting own live orders whose cancels the reserve must be able to pay
   */
  affordable(spend: Spend, resting: number): boolean {
    const left = this.tokens(spend.shard, spend.now) - this.cost(spend.kind);
    return left >= (spend.kind === 'cancel' ? 0 : this.reserve(resting));
  }

  /** Tokens kept back for cancels, and for the calls that each remove a whole group. */
  reserve(resting: number): number {
    return Math.min(Math.max(resting * this.#terms.cancelCost, this.sweepReserve), this.#terms.capacity * RESERVE_SHARE_MAX);
  }

  /** Tokens of the unscoped bucket that only a trigger of order groups may use. */
  get sweepReserve(): number {
    return this.#groups * this.#terms.createCost;
  }

  /** So many order groups may have to be triggered at once. */
  keepForGroups(count: number): void {
    this.#groups = count;
  }

  /** Counts a single command as sent. A bucket may go below zero by cancels that could not wait; nothing else leaves until it is refilled. */
  take(spend: Spend): void {
    const bucket = this.#bucket(spend.shard, spend.now);
    bucket.tokens -= this.cost(spend.kind);
  }

  /** Moves the tokens of a batch from the shards' buckets, where `take` counted them, to the unscoped one. */
  batched(call: Call, shardOf: (command: VenueCommand) => number, now: EpochUs): void {
    if (call.mode !== 'batch') return;
    for (const command of call.commands) {
      const shard = shardOf(command);
      if (shard === UNSCOPED) continue;
      const cost = this.cost(command.type);
      const own = this.#bucket(shard, now);
      own.tokens = Math.min(this.#terms.capacity, own.tokens + cost);
      this.#bucket(UNSCOPED, now).tokens -= cost;
    }
  }

  /** HTTP 429: whatever we believed, nothing is left. */
  exhausted(now: EpochUs): void {
    this.#bucket(UNSCOPED, now);
    for (const bucket of this.#buckets.values()) {
      this.#refill(bucket, now);
      bucket.tokens = Math.min(bucket.tokens, 0);
    }
  }

  #bucket(shard: number, now: EpochUs): Bucket {
    let bucket = this.#buckets.get(shard);
    if (bucket === undefined) {
      bucket = { tokens: this.#terms.capacity, at: now };
      this.#buckets.set(shard, bucket);
    }
    this.#refill(bucket, now);
    return bucket;
  }

  #refill(bucket: Bucket, now: EpochUs): void {
    if (now <= bucket.at) return;
    const gained = toSeconds(between(bucket.at, now)) * this.#terms.refillPerSecond;
    bucket.tokens = Math.min(this.#terms.capacity, bucket.tokens + gained);
    bucket.at = now;
  }
}
