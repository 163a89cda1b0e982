/**
 * The order group of one shard, from its making to its trigger and back. The exchange cancels everything in a group when too much fills within 15 seconds, or when we say
 * so, and takes no order into it until it is reset. Knows what to ask next and what an answer means; sends nothing.
 */
import type { GroupAsk } from '../domain/actions.js';
import type { GroupAnswer } from '../domain/events.js';
import type { OrderGroupId } from '../domain/ids.js';
import { later, millis, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs, type Quantity } from '../domain/units.js';

/** Cancels of single orders wait so long for a trigger to be seen at work. */
const TRIGGER_GRACE = seconds(1);
/** An answer that does not come is counted as unknown. */
const ANSWER_WITHIN = seconds(10);
const RETRY_FIRST = millis(500);
const RETRY_MOST = seconds(30);
/** Reads lag writes by seconds: a list proves nothing about what was done so shortly before. */
const READ_LAG = seconds(6);
const ASK_AGAIN = seconds(2);
/** The stream tells of our own trigger so late at most. */
const ECHO_WITHIN = seconds(15);

export interface GroupTerms {
  readonly limit: Quantity;
  readonly coolOff: DurationUs;
  readonly triggersMax: number;
  readonly triggersWithin: DurationUs;
}

/** What else must be known to decide what to ask. */
export interface Situation {
  readonly now: EpochUs;
  /** Groups may be made, reset and looked up. */
  readonly mayOpen: boolean;
  /** Whether an own order may still rest in the group; asked only where it matters. */
  readonly isOccupied: (group: OrderGroupId) => boolean;
}

interface Pending {
  readonly request: number;
  readonly kind: GroupAnswer['kind'];
  readonly sentAt: EpochUs;
}

/** `tripped`: by the exchange. `held`: tripped too often, a person must look. */
export type GroupNews = 'ready' | 'tripped' | 'held' | 'missing' | 'failed';

export class ShardGroup {
  #group: OrderGroupId | null;
  /** Orders are taken into the group, as far as we know. */
  #open = false;
  #limit: Quantity | null;
  #held = false;
  #pending: Pending | null = null;
  #triggerWanted: boolean;
  #searches = false;
  #failures = 0;
  #retryAt: EpochUs = UNKNOWN_TIME;
  #openedAt: EpochUs = UNKNOWN_TIME;
  #shutUntil: EpochUs = UNKNOWN_TIME;
  #graceUntil: EpochUs = UNKNOWN_TIME;
  #echoUntil: EpochUs = UNKNOWN_TIME;
  #suspectedAt: EpochUs = UNKNOWN_TIME;
  #lookedAt: EpochUs = UNKNOWN_TIME;
  #trips: EpochUs[] = [];

  /**
   * @param known group of an earlier run: whatever it left in it is cancelled by a trigger, then the group is used again
   * @param earlier what the shard went through in earlier runs
   */
  constructor(
    readonly shard: number,
    private readonly terms: GroupTerms,
    known: { readonly group: OrderGroupId; readonly limit: Quantity } | null,
    earlier: { readonly trips: readonly EpochUs[]; readonly held: boolean } = { trips: [], held: false },
  ) {
    this.#trips = [...earlier.trips];
    this.#held = earlier.held;
    this.#group = known?.group ?? null;
    this.#limit = known?.limit ?? null;
    this.#triggerWanted = known !== null;
  }

  get id(): OrderGroupId | null {
    return this.#group;
  }
  /** The group that new orders belong to, or null. */
  get openId(): OrderGroupId | null {
    return this.#open ? this.#group : null;
  }
  get held(): boolean {
    return this.#held;
  }
  /** By the exchange, as far as they may still count. */
  get trips(): readonly EpochUs[] {
    return this.#trips;
  }
  get shutUntil(): EpochUs {
    return this.#shutUntil;
  }

  /** The exchange is cancelling what is in the group: cancels of single orders would only cost tokens. */
  isSweeping(now: EpochUs): boolean {
    return now < this.#graceUntil;
  }

  /** What to ask now, or null. The caller sends it under a number and tells by `asked`. */
  next(situation: Situation): GroupAsk | null {
    const { now, mayOpen, isOccupied } = situation;
    if (this.#pending !== null && now - this.#pending.sentAt <= ANSWER_WITHIN) return null;
    if (now < this.#retryAt) return null;
    if (this.#triggerWanted && this.#group !== null) return { kind: 'trigger', group: this.#group };
    if (!mayOpen || this.#held) return null;
    if (this.#group === null) return this.#searches ? { kind: 'list' } : this.#make(now);
    if (this.#open) return this.#mustLook(now) ? { kind: 'list' } : null;
    if (now < this.#shutUntil || isOccupied(this.#group)) return null;
    const { limit } = this.terms;
    return this.#limit === limit ? { kind: 'reset', group: this.#group } : { kind: 'limit', group: this.#group, limit };
  }

  #make(now: EpochUs): GroupAsk | null {
    return now < this.#shutUntil ? null : { kind: 'create', limit: this.terms.limit };
  }

  #mustLook(now: EpochUs): boolean {
    return this.#suspectedAt !== UNKNOWN_TIME && now - this.#lookedAt >= ASK_AGAIN;
  }

  asked(request: number, kind: GroupAnswer['kind'], now: EpochUs): void {
    this.#pending = { request, kind, sentAt: now };
    if (kind === 'list') this.#lookedAt = now;
    if (kind !== 'trigger') return;
    this.#open = false;
    this.#graceUntil = later(now, TRIGGER_GRACE);
    this.#echoUntil = later(now, ECHO_WITHIN);
  }

  /** Everything in the group is to be cancelled, at once. @returns what to ask, or null where that has been done or is under way */
  sweep(now: EpochUs): GroupAsk | null {
    if (this.#group === null || (!this.#open && !this.#triggerWanted)) return null;
    if (this.#pending?.kind === 'trigger' && now - this.#pending.sentAt <= ANSWER_WITHIN) return null;
    this.#triggerWanted = true;
    this.#open = false;
    return { kind: 'trigger', group: this.#group };
  }

  /** @returns what is worth telling, or null */
  answered(answer: GroupAnswer, known: ReadonlySet<OrderGroupId>, now: EpochUs): GroupNews | null {
    // A group that was made counts however late its answer is.
    const isLate = this.#pending?.request !== answer.request;
    if (isLate && (answer.kind !== 'create' || this.#group !== null)) return null;
    this.#pending = null;
    switch (answer.outcome) {
      case 'done':
        this.#failures = 0;
        return this.#done(answer, known, now);
      case 'missing':
        if (answer.group === null) break;
        this.#lose(now);
        return 'missing';
      case 'refused':
      case 'unknown':
        break;
    }
    if (answer.kind === 'create' && answer.outcome === 'unknown') this.#searches = true;
    // The exchange does not sweep for us: single cancels go at once.
    if (answer.kind === 'trigger') this.#graceUntil = now;
    this.#retryAt = later(now, Math.min(RETRY_FIRST * 2 ** Math.min(this.#failures, 16), RETRY_MOST) as DurationUs);
    return this.#failures++ === 0 ? 'failed' : null;
  }

  #done(answer: GroupAnswer, known: ReadonlySet<OrderGroupId>, now: EpochUs): GroupNews | null {
    switch (answer.kind) {
      case 'create':
        this.#group = answer.group;
        this.#limit = this.terms.limit;
        this.#searches = false;
        return this.#opens(now);
      case 'limit':
        this.#limit = this.terms.limit;
        return null;
      case 'trigger':
        this.#triggerWanted = false;
        return null;
      case 'reset':
        return this.#opens(now);
      case 'delete':
        return null;
      case 'list':
        return this.#group === null ? this.#find(answer, known, now) : this.#compare(answer, now);
    }
  }

  #opens(now: EpochUs): GroupNews | null {
    this.#open = this.#group !== null;
    this.#openedAt = now;
    this.#suspectedAt = UNKNOWN_TIME;
    return 'ready';
  }

  /** After a making without an answer: one that is as we wanted it, and that nobody knew before, is ours. */
  #find(answer: GroupAnswer, known: ReadonlySet<OrderGroupId>, now: EpochUs): GroupNews | null {
    this.#searches = false;
    const made = answer.groups.find(
      (each) => each.shard === this.shard && each.limit === this.terms.limit && each.active && !known.has(each.group),
    );
    if (made === undefined) return null;
    this.#group = made.group;
    this.#limit = made.limit;
    return this.#opens(now);
  }

  /** After a suspicion: does the exchange say that the group was triggered, or is gone? */
  #compare(answer: GroupAnswer, now: EpochUs): GroupNews | null {
    const listed = answer.groups.find((each) => each.group === this.#group);
    const isSettled = this.#lookedAt - this.#openedAt >= READ_LAG;
    if (this.#lookedAt - this.#suspectedAt >= READ_LAG) this.#suspectedAt = UNKNOWN_TIME;
    if (!isSettled || !this.#open) return null;
    if (listed === undefined) {
      this.#lose(now);
      return 'missing';
    }
    return listed.active ? null : this.tripped(now);
  }

  /** Something happened that a trigger explains: the group is looked up, more than once, since reads lag. */
  suspect(now: EpochUs): void {
    if (this.#open) this.#suspectedAt = now;
  }

  /** The stream tells that the group was triggered. */
  toldTriggered(now: EpochUs): GroupNews | null {
    const isEcho = now < this.#echoUntil;
    this.#echoUntil = UNKNOWN_TIME;
    return isEcho || !this.#open ? null : this.tripped(now);
  }

  /** Somebody has removed the group. */
  toldDeleted(now: EpochUs): GroupNews | null {
    if (this.#group === null) return null;
    this.#lose(now);
    return 'missing';
  }

  /** The exchange has triggered the group by itself. */
  tripped(now: EpochUs): GroupNews | null {
    if (!this.#open) return null;
    this.#open = false;
    this.#shutUntil = later(now, this.terms.coolOff);
    this.#graceUntil = later(now, TRIGGER_GRACE);
    this.#trips = this.#trips.filter((at) => now - at < this.terms.triggersWithin);
    this.#trips.push(now);
    this.#held = this.#trips.length >= this.terms.triggersMax;
    return this.#held ? 'held' : 'tripped';
  }

  /** A person has looked: a held group is taken up again. @returns whether it was held */
  resume(): boolean {
    const was = this.#held;
    this.#held = false;
    this.#trips = [];
    return was;
  }

  #lose(now: EpochUs): void {
    this.#group = null;
    this.#open = false;
    this.#triggerWanted = false;
    this.#graceUntil = now;
    this.#shutUntil = later(now, RETRY_FIRST);
  }
}
