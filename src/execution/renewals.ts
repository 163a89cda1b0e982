/**
 * Rolling expiries: orders rest with a short life and are renewed while we live, so that what a dead process leaves is soon gone. Paces the renewals of each shard:
 *
 * - an order may be renewed once a quarter of its life has passed, the one that ends first goes first;
 * - they are spread so that a round takes half a life, and leave in no bursts;
 * - they never take more than their share of the shard's write bucket. Where that is not enough for everybody, lives get longer: new orders and renewals carry the longer
 *   expiry until there is room again.
 *
 * Knows no orders: the engine shows it expiries and asks.
 */
import { durationUs, epochUs, later, millis, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import type { WorkingOrder } from './working-order.js';

/** What one shard has to renew, and what pays for it. */
export interface RenewalLoad {
  /** Orders that rest there or soon will. */
  readonly orders: number;
  /** Tokens that the shard's write bucket gains per second. */
  readonly refillPerSecond: number;
  /** Tokens of one renewal. */
  readonly cost: number;
}

/** The life of a shard's orders has changed: for people. */
export interface LifeChange {
  readonly life: DurationUs;
  /** As configured. */
  readonly usual: DurationUs;
  readonly lengthened: boolean;
  /** Tokens per second that renewals at the usual life would take, and what they may take. */
  readonly needed: number;
  readonly allowed: number;
}

/** What was found on one shard at the last look at all orders: worked through tick by tick. */
export interface RenewalRound {
  /** Own orders there. */
  live: number;
  /** Orders that may be renewed, the one that ends first in front. */
  readonly eligible: WorkingOrder[];
  next: number;
}

interface Lane {
  life: DurationUs;
  /** Between two renewals where nothing is late, and where something is. */
  gap: number;
  leastGap: number;
  /** The moment up to which the renewals that have left use up what is allowed. */
  paidUntil: number;
  /** The life that was last told to people. */
  told: DurationUs;
}

/** Renewals must be through this long before the order ends: a refusal or an unanswered call can then be repeated. At most a quarter of the life. */
const MARGIN_MOST = seconds(5);
/** Lives are told in whole steps, or every order placed would change them. */
const STEP = seconds(5);
const LIFE_MOST = seconds(86_400);
/** Ticks come every 100 ms; what a late tick missed is made up for, a longer pause is not. */
const CATCH_UP = millis(200);
const SECOND = seconds(1);

export class Renewals {
  readonly #lanes = new Map<number, Lane>();

  /**
   * @param usual configured life of an order; null where orders do not expire
   * @param share part of a write bucket that renewals may use
   */
  constructor(
    private readonly usual: DurationUs | null,
    private readonly share: number,
  ) {}

  get on(): boolean {
    return this.usual !== null;
  }

  /** The life that orders of a shard get now; null where they do not expire. */
  lifeOf(shard: number): DurationUs | null {
    return this.usual === null ? null : (this.#lanes.get(shard)?.life ?? this.usual);
  }

  /** When an order placed or renewed now ends, in whole seconds of the exchange's clock; null where it does not. */
  expiry(shard: number, exchangeNow: EpochUs): EpochUs | null {
    const life = this.lifeOf(shard);
    return life === null ? null : wholeSecond(later(exchangeNow, life));
  }

  /** Takes a new load into account. @returns what to tell, where the life became longer than usual, much longer still, or the usual one again */
  observe(shard: number, load: RenewalLoad): LifeChange | null {
    if (this.usual === null) return null;
    const lane = this.#lane(shard, this.usual);
    const allowed = load.refillPerSecond * this.share;
    const each = (load.cost / Math.max(allowed, 1e-6)) * SECOND;
    const round = each * load.orders;
    const wanted = lifeFor(round, this.usual);
    // Shorter only where it is clearly enough, so that one order more or less does not change it back and forth.
    if (wanted > lane.life || wanted <= lane.life - 2 * STEP || wanted === this.usual) lane.life = wanted;
    lane.leastGap = each;
    lane.gap = Math.max(each, lane.life / 2 / Math.max(load.orders, 1));
    return this.#tell(lane, this.usual, load, allowed);
  }

  /** True where the order may be renewed: a quarter of the present life has passed. */
  isEligible(shard: number, expiresAt: EpochUs, exchangeNow: EpochUs): boolean {
    const life = this.lifeOf(shard);
    return life !== null && (expiresAt - exchangeNow) * 4 <= life * 3;
  }

  /**
   * True where one more renewal may leave now.
   * @param expiresAt end of the order that is next
   */
  mayRenew(shard: number, expiresAt: EpochUs, exchangeNow: EpochUs, now: EpochUs): boolean {
    const lane = this.#lanes.get(shard);
    return lane !== undefined && now >= lane.paidUntil + spacing(lane, expiresAt, exchangeNow);
  }

  /** It has left. @param expiresAt end of the order before it was renewed */
  renewed(shard: number, expiresAt: EpochUs, exchangeNow: EpochUs, now: EpochUs): void {
    const lane = this.#lanes.get(shard);
    if (lane === undefined) return;
    lane.paidUntil = Math.max(lane.paidUntil + spacing(lane, expiresAt, exchangeNow), now - CATCH_UP);
  }

  #lane(shard: number, usual: DurationUs): Lane {
    let lane = this.#lanes.get(shard);
    if (lane === undefined) {
      lane = { life: usual, gap: usual / 2, leastGap: usual / 2, paidUntil: UNKNOWN_TIME, told: usual };
      this.#lanes.set(shard, lane);
    }
    return lane;
  }

  #tell(lane: Lane, usual: DurationUs, load: RenewalLoad, allowed: number): LifeChange | null {
    const { life } = lane;
    const isNews = (life === usual) !== (lane.told === usual) || life > 1.5 * lane.told;
    if (!isNews) return null;
    lane.told = life;
    const needed = (load.orders * load.cost) / toSeconds(durationUs(usual / 2));
    return { life, usual, lengthened: life > usual, needed, allowed };
  }
}

/** Time between two renewals. Where little of the life is left, only the share of the bucket holds it back. */
const spacing = (lane: Lane, expiresAt: EpochUs, exchangeNow: EpochUs): number =>
  (expiresAt - exchangeNow) * 4 < lane.life ? lane.leastGap : lane.gap;

const marginOf = (life: number): number => Math.min(MARGIN_MOST, life / 4);

/** The life within which a round of renewals fits: it may begin at a quarter and must be through by the margin. */
const lifeFor = (round: number, usual: DurationUs): DurationUs => {
  if (round + marginOf(usual) <= usual * 0.75) return usual;
  const needed = ((round + MARGIN_MOST) * 4) / 3;
  return durationUs(Math.min(Math.max(usual, Math.ceil(needed / STEP) * STEP), LIFE_MOST));
};

/** As the exchange keeps it: a little early, never late. */
const wholeSecond = (at: EpochUs): EpochUs => epochUs(Math.floor(at / SECOND) * SECOND);
