/**
 * Takes resting orders off the exchange and proves that they are gone, from outside the engine: for the kill switch, for `cancel-all` and for the end after a
 * fault of ours. Order groups go first, because one trigger takes all orders of a group and lets no new one in; what remains is cancelled in pieces that the
 * account can pay. Nothing is believed gone before two readings in a row say so that are, by the exchange's own word, younger than our last command.
 */
import { describe } from '../../connector/rest-result.js';
import type { RestApi } from '../../connector/rest-api.js';
import type { RestOrder } from '../../connector/rest-portfolio.js';
import type { Throttle } from '../../connector/throttle.js';
import type { OrderGroupId, VenueOrderId } from '../../domain/ids.js';
import type { Clock, Timers } from '../../domain/ports.js';
import { between, later, millis, seconds, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../../domain/units.js';
import { cancelInPieces, isGone } from './cancel-pieces.js';

/** A list proves something once the exchange says that it is valid this long after our last cancel: covers a small difference of clocks. */
const PROOF_MARGIN = millis(250);

export interface SweepParts {
  readonly api: Pick<RestApi, 'account' | 'trading'>;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How far the exchange's clock is ahead of ours, to about a second; null where nobody knows. */
  readonly clockOffset: () => DurationUs | null;
  /** Resolves once the account's limits are known, so that the first pieces fit its bucket. */
  readonly ready?: Promise<void>;
}

export interface SweepOrder {
  /** Our orders begin with it and a hyphen. */
  readonly prefix: string;
  /** `own`: nobody else's order is touched. `everything`: every order of the subaccount, whoever placed it. */
  readonly reach: 'own' | 'everything';
  /** A triggered group takes no new order until it is reset; `leave` cancels its orders one by one instead. */
  readonly groups: 'trigger' | 'leave';
  readonly patience: DurationUs;
}

export interface SweepReport {
  /** Proven: nothing that was wanted gone rests. */
  readonly clear: boolean;
  /** Orders that were seen resting, and those of others that were left alone. */
  readonly found: number;
  readonly foreign: number;
  readonly groupsTriggered: number;
  /** What the last list still showed; empty also where no list could be read. */
  readonly left: readonly RestOrder[];
  /** False where no list could be read at all: then nothing is known. */
  readonly listed: boolean;
  /** The last thing that went wrong, for people. */
  readonly problem: string | null;
  /** From the beginning to the first list, and to the first reading that proves that nothing is left. */
  readonly listedMs: number | null;
  readonly goneMs: number | null;
  readonly elapsedMs: number;
}

const READ_AGAIN = millis(250);
const PROOFS_WANTED = 2;
/** The exchange's `date` header is good to half a second: a smaller difference of clocks is none. */
const OFFSET_NOISE = seconds(1);
const HALF_SECOND = millis(500);
const KEY_REFUSED = new Set([401, 403]);
/** A key that was refused so often in a row is not let in by asking again. */
const READS_REFUSED_MAX = 3;

export const isOurs = (order: Pick<RestOrder, 'clientId'>, prefix: string): boolean => order.clientId?.startsWith(`${prefix}-`) === true;

export const sweep = (parts: SweepParts, order: SweepOrder): Promise<SweepReport> => new Sweep(parts, order).run();

interface Reading {
  readonly orders: readonly RestOrder[];
  /** Up to when the exchange vouches for the list; UNKNOWN_TIME where it did not say. */
  readonly validUntil: EpochUs;
}

class Sweep {
  readonly #startedAt: EpochUs;
  readonly #seen = new Set<VenueOrderId>();
  /** By the exchange's own answer these are gone: a list that still shows one of them is old. */
  readonly #answered = new Set<VenueOrderId>();
  readonly #triggered = new Set<OrderGroupId>();
  #triggers = 0;
  /** What the exchange vouches for up to a moment later than this has seen all our commands. */
  #provenAfter: EpochUs = UNKNOWN_TIME;
  #proofs = 0;
  #left: readonly RestOrder[] = [];
  #foreign = 0;
  #listedAt: EpochUs | null = null;
  #goneAt: EpochUs | null = null;
  #problem: string | null = null;
  #readsRefused = 0;

  constructor(
    private readonly parts: SweepParts,
    private readonly order: SweepOrder,
  ) {
    this.#startedAt = parts.clock.now();
  }

  async run(): Promise<SweepReport> {
    const deadline = later(this.#startedAt, this.order.patience);
    if (this.order.reach === 'everything') await this.#askForEverything();
    // The first list is for speed: what it shows is acted upon, proof comes with those after it.
    for (let first = true; ; first = false) {
      const reading = await this.#read(first ? 'at once' : 'with proof');
      // No list from before this moment proves anything.
      if (first) this.#commandEnded();
      if (reading !== null) await this.#judge(reading);
      const hopeless = this.#readsRefused >= READS_REFUSED_MAX || this.parts.clock.now() > deadline;
      if (this.#proofs >= PROOFS_WANTED || hopeless) break;
      await this.#pause();
    }
    return this.#report();
  }

  async #read(how: 'at once' | 'with proof'): Promise<Reading | null> {
    const { account } = this.parts.api;
    // Read before the list, so that it holds for all of it; it only grows.
    const asOf = how === 'with proof' ? await account.userDataTimestamp() : null;
    const [orders] = await Promise.all([account.orders('resting'), this.parts.ready]);
    if (asOf !== null && asOf.kind !== 'ok') this.#problem = describe(asOf);
    if (orders.kind === 'ok') {
      this.#readsRefused = 0;
      return { orders: orders.value, validUntil: asOf?.kind === 'ok' ? asOf.value : UNKNOWN_TIME };
    }
    if (orders.kind === 'refused' && KEY_REFUSED.has(orders.status)) this.#readsRefused++;
    this.#problem = describe(orders);
    return null;
  }

  async #judge({ orders, validUntil }: Reading): Promise<void> {
    this.#listedAt ??= this.parts.clock.now();
    const resting = orders.filter((order) => order.status !== 'cancelled' && order.status !== 'executed');
    const wanted = resting.filter((order) => this.order.reach === 'everything' || isOurs(order, this.order.prefix));
    const proven = validUntil !== UNKNOWN_TIME && validUntil >= later(this.#provenAfter, PROOF_MARGIN);
    this.#left = wanted;
    this.#foreign = resting.length - wanted.length;
    for (const order of wanted) this.#seen.add(order.orderId);
    if (wanted.length === 0) {
      this.#proofs = proven ? this.#proofs + 1 : 0;
      if (this.#proofs > 0) this.#goneAt ??= this.parts.clock.now();
      return;
    }
    this.#proofs = 0;
    this.#goneAt = null;
    // A fresh list has the last word: what was answered as gone and is still there is asked for again.
    if (proven) this.#answered.clear();
    await this.#remove(wanted, resting);
  }

  async #remove(wanted: readonly RestOrder[], resting: readonly RestOrder[]): Promise<void> {
    const groups = this.order.groups === 'trigger' ? this.#groupsOf(wanted, resting) : new Map<OrderGroupId, number>();
    const single = wanted.filter(({ orderId, group }) => !this.#answered.has(orderId) && (group === null || !groups.has(group)));
    await Promise.all([...[...groups].map(([id, shard]) => this.#trigger(id, shard)), this.#cancel(single)]);
  }

  /** Groups that hold orders of ours and nobody else's. Each is triggered once: what is left of it afterwards is cancelled by id. */
  #groupsOf(wanted: readonly RestOrder[], resting: readonly RestOrder[]): Map<OrderGroupId, number> {
    const groups = new Map<OrderGroupId, number>();
    for (const { group, shard } of wanted) if (group !== null && !this.#triggered.has(group)) groups.set(group, shard);
    const named = new Set(wanted.map((order) => order.orderId));
    for (const { group, orderId } of resting) if (group !== null && !named.has(orderId)) groups.delete(group);
    return groups;
  }

  async #trigger(id: OrderGroupId, shard: number): Promise<void> {
    this.#triggered.add(id);
    const result = await this.parts.api.trading.triggerGroup(id, shard);
    this.#commandEnded();
    if (result.kind === 'ok') this.#triggers++;
    else this.#problem = `order group ${id}: ${describe(result)}`;
  }

  async #cancel(orders: readonly RestOrder[]): Promise<void> {
    if (orders.length === 0) return;
    for (const { order, result } of await cancelInPieces({ trading: this.parts.api.trading, throttle: this.parts.throttle }, orders)) {
      if (isGone(result)) this.#answered.add(order.orderId);
      else if (result.kind !== 'ok') this.#problem = `${order.ticker}: ${describe(result)}`;
    }
    this.#commandEnded();
  }

  /** Every group and every order of the subaccount, without looking first. */
  async #askForEverything(): Promise<void> {
    const { account, trading } = this.parts.api;
    const triggers = async (): Promise<void> => {
      const groups = await account.groups();
      if (groups.kind === 'ok') await Promise.all(groups.value.map(({ id, shard }) => this.#trigger(id, shard)));
      else this.#problem = `order groups: ${describe(groups)}`;
    };
    const [all] = await Promise.all([trading.cancelAll(), triggers()]);
    this.#commandEnded();
    if (all.kind !== 'ok') this.#problem = `cancel of everything: ${describe(all)}`;
  }

  /** Whatever was asked for has happened by now, by the exchange's clock as far as we can tell. */
  #commandEnded(): void {
    const offset = this.parts.clockOffset();
    const shift = offset === null || Math.abs(offset) <= OFFSET_NOISE ? 0 : offset + HALF_SECOND;
    this.#provenAfter = later(this.parts.clock.now(), shift as DurationUs);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.parts.timers.after(READ_AGAIN, resolve));
  }

  #report(): SweepReport {
    const since = (at: EpochUs | null): number | null => (at === null ? null : Math.round(between(this.#startedAt, at) / 1000));
    const clear = this.#proofs >= PROOFS_WANTED;
    return {
      clear,
      found: this.#seen.size,
      foreign: this.#foreign,
      groupsTriggered: this.#triggers,
      left: clear ? [] : this.#left,
      listed: this.#listedAt !== null,
      problem: clear ? null : this.#problem,
      listedMs: since(this.#listedAt),
      goneMs: since(this.#goneAt),
      elapsedMs: since(this.parts.clock.now()) ?? 0,
    };
  }
}
