/** The order groups of all shards: which one new orders belong to, which calls are due, and what answers and the stream's words mean for whom. */
import type { GroupAsk, GroupCall, NoQuote } from '../domain/actions.js';
import type { GroupAnswer, OrderGroupUpdate } from '../domain/events.js';
import type { OrderGroupId } from '../domain/ids.js';
import type { GroupSettings } from '../domain/settings.js';
import { later, seconds, toSeconds, UNKNOWN_TIME, type DurationUs, type EpochUs, type Quantity } from '../domain/units.js';
import { ShardGroup, type GroupNews } from './shard-group.js';

/** A group that an earlier run made and left for the next one. */
export interface KnownGroup {
  readonly group: OrderGroupId;
  readonly shard: number;
  readonly limit: Quantity;
}

/** Trips of a shard's group by the exchange that may still count, and whether it waits for a person. */
export interface ShardTrips {
  readonly shard: number;
  readonly trips: readonly EpochUs[];
  readonly held: boolean;
}

export interface Told {
  readonly of: ShardGroup;
  readonly news: GroupNews;
  readonly detail: string;
}

const LIST_AGAIN = seconds(2);
/** A group that is of no use any more is asked to go so often; one that stays is empty and harms nobody. */
const DELETIONS_MAX = 3;

interface Stray {
  readonly known: KnownGroup;
  tries: number;
  askedAt: EpochUs;
}

export class OrderGroups {
  readonly #shards = new Map<number, ShardGroup>();
  readonly #known: KnownGroup[];
  /** Groups that existed before we made any; null until they have been listed. */
  #seen: Set<OrderGroupId> | null = null;
  #listing: number | null = null;
  #listedAt: EpochUs = UNKNOWN_TIME;
  #strays: Stray[] | null = null;
  #requests = 0;

  constructor(
    private readonly settings: GroupSettings | null,
    private readonly limit: Quantity,
    known: readonly KnownGroup[],
    /** Of earlier runs. */
    private readonly earlier: readonly ShardTrips[] = [],
  ) {
    this.#known = [...known];
  }

  /** A market of this shard joins the run. */
  addShard(shard: number): void {
    if (this.settings === null || this.#shards.has(shard)) return;
    const at = this.#known.findIndex((each) => each.shard === shard);
    const [known] = at < 0 ? [] : this.#known.splice(at, 1);
    this.#shards.set(shard, new ShardGroup(shard, { ...this.settings, limit: this.limit }, known ?? null, this.#earlierOf(shard)));
  }

  #earlierOf(shard: number): ShardTrips | undefined {
    return this.earlier.find((each) => each.shard === shard);
  }

  /** What the next run must know; of shards that this one does not trade, what was known before. */
  get trips(): readonly ShardTrips[] {
    const elsewhere = this.earlier.filter(({ shard }) => !this.#shards.has(shard));
    const own = [...this.#shards.values()].filter(({ trips, held }) => held || trips.length > 0);
    return [...elsewhere, ...own.map(({ shard, trips, held }) => ({ shard, trips, held }))];
  }

  /** Shards that have, or shall have, a group. */
  get count(): number {
    return this.#shards.size;
  }

  /** The group that new orders of a shard belong to; null where they belong to none. */
  openId(shard: number): OrderGroupId | null {
    return this.#shards.get(shard)?.openId ?? null;
  }

  /** Why nothing is quoted in a shard, or null. */
  blocked(shard: number): NoQuote | null {
    const of = this.#shards.get(shard);
    if (of === undefined || of.openId !== null) return null;
    if (of.held)
      return {
        code: 'group-held',
        text: `the order group of shard ${shard} was triggered ${this.settings?.triggersMax ?? 0} times by our fills: look into it, then kmm kill --clear "what you found"`,
      };
    if (of.id === null)
      return this.settings?.required === true ? { code: 'no-group', text: `waiting for an order group on shard ${shard}` } : null;
    return { code: 'group-triggered', text: `the order group of shard ${shard} has cancelled everything in it and is not reset yet` };
  }

  /** The exchange is cancelling this group's orders: single cancels wait. */
  isSweeping(group: OrderGroupId | null, now: EpochUs): boolean {
    if (group === null) return false;
    for (const of of this.#shards.values()) if (of.id === group) return of.isSweeping(now);
    return false;
  }

  find(group: OrderGroupId): ShardGroup | null {
    for (const of of this.#shards.values()) if (of.id === group) return of;
    return null;
  }

  /** Calls that are due. `isOccupied` says whether own orders may still rest in a group. */
  due(now: EpochUs, mayOpen: boolean, isOccupied: (group: OrderGroupId) => boolean): GroupCall[] {
    const calls: GroupCall[] = [];
    if (this.settings === null) return calls;
    const mayMake = this.#seen !== null;
    for (const of of this.#shards.values()) {
      const ask = of.next({ now, mayOpen: mayOpen && (mayMake || of.id !== null), isOccupied });
      if (ask !== null) calls.push(this.#call(of, ask, now));
    }
    if (mayOpen && !mayMake && this.#lacksGroup()) this.#list(now, calls);
    if (mayOpen) this.#removeStrays(now, calls);
    return calls;
  }

  /** Triggers every group in which orders of ours may rest. */
  sweep(now: EpochUs, isWorthIt: (group: OrderGroupId) => boolean): GroupCall[] {
    const calls: GroupCall[] = [];
    for (const of of this.#shards.values()) {
      if (of.id === null || !isWorthIt(of.id)) continue;
      const ask = of.sweep(now);
      if (ask !== null) calls.push(this.#call(of, ask, now));
    }
    return calls;
  }

  answered(answer: GroupAnswer, now: EpochUs): Told | null {
    if (answer.request === this.#listing) {
      this.#listing = null;
      if (answer.outcome === 'done') this.#seen = new Set(answer.groups.map((each) => each.group));
      return null;
    }
    this.#strays = this.#strays?.filter(({ known }) => !isGone(answer, known)) ?? null;
    const of = this.#shards.get(answer.shard);
    if (of === undefined || answer.kind === 'delete') return null;
    const news = of.answered(answer, this.#seen ?? new Set(), now);
    if (of.id !== null) this.#seen?.add(of.id);
    return news === null ? null : { of, news, detail: answer.detail };
  }

  updated(update: OrderGroupUpdate, now: EpochUs): Told | null {
    const of = this.find(update.group);
    if (of === null) return null;
    const news = update.change === 'triggered' ? of.toldTriggered(now) : update.change === 'deleted' ? of.toldDeleted(now) : null;
    return news === null ? null : { of, news, detail: `told by the stream: ${update.change}` };
  }

  /** An order could not enter its group, for this was triggered without our having heard of it. */
  refused(group: OrderGroupId, detail: string, now: EpochUs): Told | null {
    const of = this.find(group);
    const news = of?.tripped(now) ?? null;
    return of === null || news === null ? null : { of, news, detail };
  }

  suspect(group: OrderGroupId | null, now: EpochUs): void {
    if (group !== null) this.find(group)?.suspect(now);
  }

  /** After a reconnect: what the stream would have told may have been missed. */
  suspectAll(now: EpochUs): void {
    for (const of of this.#shards.values()) of.suspect(now);
  }

  /** A person resumes. @returns shards whose groups were held */
  resume(): readonly number[] {
    return [...this.#shards.values()].filter((of) => of.resume()).map((of) => of.shard);
  }

  coolOff(): number {
    return toSeconds(this.settings?.coolOff ?? (0 as DurationUs));
  }

  #lacksGroup(): boolean {
    for (const of of this.#shards.values()) if (of.id === null) return true;
    return false;
  }

  #list(now: EpochUs, calls: GroupCall[]): void {
    if (this.#listedAt !== UNKNOWN_TIME && now < later(this.#listedAt, LIST_AGAIN)) return;
    this.#listedAt = now;
    this.#listing = ++this.#requests;
    calls.push({ type: 'group-call', request: this.#listing, shard: 0, ask: { kind: 'list' } });
  }

  /** Groups of earlier runs that no market of this run needs. */
  #removeStrays(now: EpochUs, calls: GroupCall[]): void {
    this.#strays ??= this.#known.map((known) => ({ known, tries: 0, askedAt: UNKNOWN_TIME }));
    for (const stray of this.#strays) {
      if (stray.tries >= DELETIONS_MAX || (stray.tries > 0 && now < later(stray.askedAt, seconds(10)))) continue;
      stray.tries++;
      stray.askedAt = now;
      const { group, shard } = stray.known;
      calls.push({ type: 'group-call', request: ++this.#requests, shard, ask: { kind: 'delete', group } });
    }
  }

  #call(of: ShardGroup, ask: GroupAsk, now: EpochUs): GroupCall {
    const request = ++this.#requests;
    of.asked(request, ask.kind, now);
    return { type: 'group-call', request, shard: of.shard, ask };
  }
}

const isGone = (answer: GroupAnswer, known: KnownGroup): boolean =>
  answer.kind === 'delete' && answer.group === known.group && (answer.outcome === 'done' || answer.outcome === 'missing');
