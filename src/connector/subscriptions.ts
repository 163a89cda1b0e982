/** The channels of one connection: what was asked for, which subscription id it got, how far its numbers have come. Pure; commands leave through `send`. */
import type { DurationUs, EpochUs } from '../domain/units.js';
import { Sequence } from './sequence.js';
import { subscribeText, unsubscribeText, updateText, type Channel, type UpdateAction } from './wire-commands.js';
import type { NoSideConvention } from './wire-fields.js';

/** One channel. Its sid and its numbers live as long as the subscription. */
export interface Stream {
  readonly channel: Channel;
  /** Takes a list of markets. */
  readonly perMarket: boolean;
  readonly wanted: boolean;
  /** Without it the feed is not up: we would miss our own fills. */
  readonly required: boolean;
  phase: 'idle' | 'asked' | 'on' | 'ended' | 'refused';
  sid: number | null;
  sequence: Sequence;
  /** What the exchange has been asked for. */
  readonly tickers: Set<string>;
  /** asked: when the reply is overdue; ended: when to ask again. */
  deadline: number;
}

export interface PendingCommand {
  readonly stream: Stream;
  readonly action: 'subscribe' | 'unsubscribe' | UpdateAction;
}

export interface SubscriptionOptions {
  readonly wanted: readonly Channel[];
  readonly required: readonly Channel[];
  readonly noSide: NoSideConvention;
  /** What index channels are asked for. */
  readonly indices: ReadonlyMap<Channel, readonly string[]>;
  readonly replyWithin: DurationUs;
  readonly resubscribeAfter: DurationUs;
  readonly send: (text: string) => void;
}

const PER_MARKET: ReadonlySet<Channel> = new Set<Channel>(['orderbook_delta', 'trade', 'ticker']);
const CHANNELS: readonly Channel[] = [
  'fill',
  'user_orders',
  'market_positions',
  'order_group_updates',
  'market_lifecycle_v2',
  'cfbenchmarks_value',
  'pyth_value',
  'trade',
  'ticker',
  'orderbook_delta',
];

export class Subscriptions {
  readonly #streams: readonly Stream[];
  readonly #bySid = new Map<number, Stream>();
  readonly #pending = new Map<number, PendingCommand>();
  #nextId = 1;

  constructor(private readonly options: SubscriptionOptions) {
    this.#streams = CHANNELS.map((channel) => ({
      channel,
      perMarket: PER_MARKET.has(channel),
      wanted: options.wanted.includes(channel),
      required: options.required.includes(channel),
      phase: 'idle',
      sid: null,
      sequence: new Sequence(),
      tickers: new Set(),
      deadline: Infinity,
    }));
  }

  channel(channel: Channel): Stream {
    return this.#streams.find((stream) => stream.channel === channel) as Stream;
  }

  bySid(sid: number): Stream | null {
    return this.#bySid.get(sid) ?? null;
  }

  /** Every required channel is on; `account` leaves the books out of the question. */
  ready(needed: 'all' | 'account'): boolean {
    return this.#streams.every((stream) => !stream.required || stream.phase === 'on' || (needed === 'account' && stream.perMarket));
  }

  /** Forgets the connection: ids, numbers and lists begin anew. */
  closed(): void {
    this.#bySid.clear();
    this.#pending.clear();
    this.#nextId = 1;
    for (const stream of this.#streams) reset(stream, 'idle');
  }

  /**
   * Brings every wanted channel to the wanted markets: subscribes, adds, removes. Private channels are asked for first, books last.
   * @returns the tickers whose books will come as snapshots because of this
   */
  sync(at: EpochUs, tickers: readonly string[]): readonly string[] {
    let fresh: readonly string[] = [];
    for (const stream of this.#streams) {
      if (!stream.wanted) continue;
      const asked = this.#syncStream(stream, at, tickers);
      if (stream.channel === 'orderbook_delta') fresh = asked;
    }
    return fresh;
  }

  #syncStream(stream: Stream, at: EpochUs, tickers: readonly string[]): readonly string[] {
    if (stream.phase === 'idle' || (stream.phase === 'ended' && at >= stream.deadline)) {
      if (stream.perMarket && tickers.length === 0) return [];
      return this.#subscribe(stream, at, tickers);
    }
    if (stream.phase !== 'on' || !stream.perMarket) return [];
    const wanted = new Set(tickers);
    const added = tickers.filter((ticker) => !stream.tickers.has(ticker));
    const removed = [...stream.tickers].filter((ticker) => !wanted.has(ticker));
    this.update(stream, 'add_markets', added);
    this.update(stream, 'delete_markets', removed);
    for (const ticker of added) stream.tickers.add(ticker);
    for (const ticker of removed) stream.tickers.delete(ticker);
    return added;
  }

  #subscribe(stream: Stream, at: EpochUs, tickers: readonly string[]): readonly string[] {
    reset(stream, 'asked');
    stream.deadline = at + this.options.replyWithin;
    if (stream.perMarket) for (const ticker of tickers) stream.tickers.add(ticker);
    const id = this.#issue(stream, 'subscribe');
    const { noSide, indices } = this.options;
    const wanted = indices.get(stream.channel) ?? [];
    this.options.send(subscribeText({ id, channel: stream.channel, tickers: stream.perMarket ? tickers : null, noSide, indices: wanted }));
    return tickers;
  }

  /** Sends an update of the stream's markets; nothing where the list is empty or the stream is off. */
  update(stream: Stream, action: UpdateAction, tickers: readonly string[]): void {
    if (tickers.length === 0 || stream.phase !== 'on' || stream.sid === null) return;
    this.options.send(updateText({ id: this.#issue(stream, action), sid: stream.sid, action, tickers }));
  }

  /** Ends a subscription from our side; it is asked for again a moment later. */
  restart(stream: Stream, at: EpochUs): void {
    if (stream.sid !== null) this.options.send(unsubscribeText(this.#issue(stream, 'unsubscribe'), stream.sid));
    this.ended(stream, at);
  }

  #issue(stream: Stream, action: PendingCommand['action']): number {
    const id = this.#nextId++;
    this.#pending.set(id, { stream, action });
    return id;
  }

  /** The command a reply answers, once. */
  answered(id: number | null): PendingCommand | null {
    const command = id === null ? undefined : this.#pending.get(id);
    if (command === undefined) return null;
    this.#pending.delete(id as number);
    return command;
  }

  /** A channel got its sid. A sid that is in use begins anew with it, as in recordings of several connections. */
  on(stream: Stream, sid: number): void {
    const holder = this.#bySid.get(sid);
    if (holder !== undefined && holder !== stream) reset(holder, 'idle');
    if (stream.sid !== null) this.#bySid.delete(stream.sid);
    stream.phase = 'on';
    stream.sid = sid;
    stream.sequence = new Sequence();
    stream.deadline = Infinity;
    this.#bySid.set(sid, stream);
  }

  /** The exchange (or we) ended the subscription: ask again after a moment. */
  ended(stream: Stream, at: EpochUs): void {
    if (stream.sid !== null) this.#bySid.delete(stream.sid);
    reset(stream, 'ended');
    stream.deadline = at + this.options.resubscribeAfter;
  }

  /** The exchange does not give us this channel. */
  refused(stream: Stream): void {
    reset(stream, 'refused');
  }

  /** Some subscription that ended is to be asked for again. */
  retryDue(at: EpochUs): boolean {
    return this.#streams.some((stream) => stream.wanted && stream.phase === 'ended' && at >= stream.deadline);
  }

  /** A channel whose reply is overdue, or null. */
  overdue(at: EpochUs): Stream | null {
    return this.#streams.find((stream) => stream.phase === 'asked' && at >= stream.deadline) ?? null;
  }
}

const reset = (stream: Stream, phase: Stream['phase']): void => {
  stream.phase = phase;
  stream.sid = null;
  stream.sequence = new Sequence();
  stream.tickers.clear();
  stream.deadline = Infinity;
};
