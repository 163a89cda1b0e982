/** The account's whole rate budget: which call draws how many tokens from which bucket, and what is held back for cancels. Sans-IO. */
import type { DurationUs, EpochUs } from '../domain/units.js';
import type { EndpointCosts } from './endpoint-costs.js';
import { TokenBucket, type BucketLimit } from './token-bucket.js';

export interface AccountLimits {
  /** The exchange's name of the tier, for people. */
  readonly tier: string;
  readonly read: BucketLimit;
  readonly write: BucketLimit;
}

/** The smallest tier: what is assumed until the account has been asked. */
export const BASIC_LIMITS: AccountLimits = {
  tier: 'basic',
  read: { refillPerSecond: 200, capacity: 200 },
  write: { refillPerSecond: 100, capacity: 100 },
};

export interface BudgetSettings {
  /** Part of every write bucket that only cancels may use, 0 to 1. */
  readonly cancelReserve: number;
  /** How unequally long two requests may travel. */
  readonly lag: DurationUs;
}

/** Where a write is charged. A single call with an explicit shard of 1 or more has that shard's bucket; shard 0 and every batch have the unscoped one. */
export type WriteRoute = { readonly mode: 'single'; readonly shard: number } | { readonly mode: 'batch' };

/** Bucket of a route: 0 is the unscoped one. */
export const bucketOf = (route: WriteRoute): number => (route.mode === 'batch' ? 0 : Math.max(0, route.shard));

export class RateBudget {
  readonly #read: TokenBucket;
  readonly #write = new Map<number, TokenBucket>();
  #limits: AccountLimits;

  constructor(
    limits: AccountLimits,
    public costs: EndpointCosts,
    private readonly settings: BudgetSettings,
    now: EpochUs,
  ) {
    this.#limits = limits;
    this.#read = new TokenBucket(limits.read, now, settings.lag);
  }

  get limits(): AccountLimits {
    return this.#limits;
  }

  /** New limits, as learnt from the account; costs may change with them. */
  learn(limits: AccountLimits, costs: EndpointCosts, now: EpochUs): void {
    this.#limits = limits;
    this.costs = costs;
    this.#read.reshape(limits.read, now);
    for (const bucket of this.#write.values()) bucket.reshape(limits.write, now);
  }

  tryRead(cost: number, now: EpochUs): boolean {
    return this.#read.tryTake(cost, now);
  }

  readReadyAt(cost: number, now: EpochUs): EpochUs | null {
    return this.#read.readyAt(cost, now);
  }

  drainRead(now: EpochUs): void {
    this.#read.drain(now);
  }

  /** Tokens for an order, an amend or anything else that may wait: the cancels' reserve stays behind. */
  tryWrite(route: WriteRoute, cost: number, now: EpochUs): boolean {
    return this.#bucket(route, now).tryTake(cost, now, this.reserve);
  }

  /** Tokens for a cancel: to the last one. */
  tryCancel(route: WriteRoute, cost: number, now: EpochUs): boolean {
    return this.#bucket(route, now).tryTake(cost, now);
  }

  writeReadyAt(route: WriteRoute, cost: number, now: EpochUs): EpochUs | null {
    return this.#bucket(route, now).readyAt(cost, now, this.reserve);
  }

  cancelReadyAt(route: WriteRoute, cost: number, now: EpochUs): EpochUs | null {
    return this.#bucket(route, now).readyAt(cost, now);
  }

  /** How many items of a given cost can be paid now, after the reserve. */
  affordable(route: WriteRoute, costEach: number, keepReserve: 'keep-reserve' | 'use-reserve', now: EpochUs): number {
    const tokens = this.#bucket(route, now).tokens(now) - (keepReserve === 'keep-reserve' ? this.reserve : 0);
    return costEach <= 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, Math.floor(tokens / costEach));
  }

  drainWrite(route: WriteRoute, now: EpochUs): void {
    this.#bucket(route, now).drain(now);
  }

  /** Tokens held back for cancels in each write bucket. */
  get reserve(): number {
    return Math.floor(this.#limits.write.capacity * this.settings.cancelReserve);
  }

  /** A shard's bucket comes into being, full, when it is first drawn on. */
  #bucket(route: WriteRoute, now: EpochUs): TokenBucket {
    const key = bucketOf(route);
    let bucket = this.#write.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#limits.write, now, this.settings.lag);
      this.#write.set(key, bucket);
    }
    return bucket;
  }
}
