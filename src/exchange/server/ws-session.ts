/**
 * One websocket connection as a state machine: commands and exchange events in, text frames out. Knows no socket and no clock.
 * Sequence numbers count per subscription, over all its markets and over control replies that carry them (reference 8.4).
 */
import type { Ticker } from '../../domain/ids.js';
import type { BookView, ExchangeEvent, MarketView } from '../core/types.js';
import type { AccountId } from '../core/words.js';
import { marketIdOf } from './encode.js';
import type { Json } from './replies.js';
import {
  CHANNELS,
  ERROR_TEXTS,
  readCommand,
  type Channel,
  type Command,
  type ErrorCode,
  type MarketNames,
  type Subscribe,
  type UpdateIndices,
  type UpdateSubscription,
} from './ws-commands.js';
import {
  deltaMessage,
  eventFeeMessage,
  eventMessage,
  fillMessage,
  groupMessage,
  indexMessage,
  lifecycleMessage,
  orderMessage,
  positionMessage,
  snapshotMessage,
  tickerMessage,
  tradeMessage,
  type NoPrices,
} from './ws-encode.js';

/** What a session may ask the exchange. */
export interface SessionWorld {
  market(ticker: Ticker): MarketView | null;
  tickers(): readonly Ticker[];
  book(ticker: Ticker): BookView | null;
  /** Indices that are published; absent: none. */
  indices?(): readonly string[];
}

/** Who is connected. A key locked to a subaccount hears only of that one. */
export interface Listener {
  readonly account: AccountId;
  readonly subaccount: number | null;
}

export interface SessionLimits {
  readonly marketsPerSubscription: number;
  readonly commandsPerSecond: number;
}

/** What the shell does with a frame: `data` may be refused (returns false) when the reader is too slow; `control` is always taken. */
export type SendFrame = (frame: string, kind: 'data' | 'control') => boolean;

interface Subscription {
  readonly sid: number;
  readonly channel: Channel;
  /** null: all markets. */
  markets: Set<Ticker> | null;
  seq: number;
  readonly noPrices: NoPrices;
  readonly sendInitialSnapshot: boolean;
  readonly skipTickerAck: boolean;
  /** Of the index channel: which, or all. */
  readonly indices: Set<string>;
}

/** Channels whose messages are numbered; gaps on the others cannot be seen. */
const NUMBERED: ReadonlySet<Channel> = new Set<Channel>([
  'orderbook_delta',
  'trade',
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'communications',
  'order_group_updates',
  'cfbenchmarks_value',
]);
/** Of index prices only those once a second are served, and only by an exchange that has an index. */
const NOT_SERVED: ReadonlySet<Channel> = new Set<Channel>(['cfbenchmarks_value_5hz', 'pyth_value']);
const ALL_INDICES = 'all';
const WITH_MARKETS: ReadonlySet<Channel> = new Set<Channel>([
  'orderbook_delta',
  'ticker',
  'trade',
  'fill',
  'market_positions',
  'user_orders',
]);

type Fields = { readonly [key: string]: Json | undefined };

export class WsSession {
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #byChannel = new Map<Channel, Subscription>();
  #nextSid = 1;
  #windowStartMs = 0;
  #commandsInWindow = 0;

  constructor(
    private readonly listener: Listener,
    private readonly world: SessionWorld,
    private readonly limits: SessionLimits,
    private readonly send: SendFrame,
  ) {}

  /** One text frame from the client. */
  receive(text: string, nowMs: number): void {
    if (nowMs - this.#windowStartMs >= 1000) {
      this.#windowStartMs = nowMs;
      this.#commandsInWindow = 0;
    }
    const command = readCommand(text);
    if (++this.#commandsInWindow > this.limits.commandsPerSecond) this.#error(command.id, 27);
    else this.#obey(command, nowMs);
  }

  /** One event of the exchange, in publish order. */
  publish(event: ExchangeEvent, nowMs: number): void {
    if (this.#subscriptions.size === 0) return;
    switch (event.type) {
      case 'book': {
        const to = this.#reader('orderbook_delta', event.ticker);
        if (to) this.#data(to, 'orderbook_delta', deltaMessage(event, to.noPrices, this.#owns(event.owner)), nowMs);
        return;
      }
      case 'trade': {
        const to = this.#reader('trade', event.trade.ticker);
        if (to) this.#data(to, 'trade', tradeMessage(event.trade), nowMs);
        return;
      }
      case 'ticker': {
        const to = this.#reader('ticker', event.ticker);
        if (to) this.#data(to, 'ticker', tickerMessage(event.ticker, event.ticks, event.payout, event.at), nowMs);
        return;
      }
      case 'fill': {
        const to = this.#owns(event.fill) ? this.#reader('fill', event.fill.ticker) : null;
        if (to) this.#data(to, 'fill', fillMessage(event.fill), nowMs);
        return;
      }
      case 'order': {
        const to = this.#owns(event.order) ? this.#reader('user_orders', event.order.ticker) : null;
        if (to) this.#data(to, 'user_order', orderMessage(event.order, event.reason), nowMs);
        return;
      }
      case 'position': {
        const to = this.#owns(event.position) ? this.#reader('market_positions', event.position.ticker) : null;
        if (to) this.#data(to, 'market_position', positionMessage(event.position), nowMs);
        return;
      }
      case 'group': {
        const to = this.#owns(event) ? this.#byChannel.get('order_group_updates') : undefined;
        if (to) this.#data(to, 'order_group_updates', groupMessage(event), nowMs);
        return;
      }
      case 'lifecycle':
        this.#lifecycle('market_lifecycle_v2', lifecycleMessage(event), nowMs);
        return;
      case 'event-created':
        this.#lifecycle('event_lifecycle', eventMessage(event.event), nowMs);
        return;
      case 'event-fees':
        this.#lifecycle('event_fee_update', eventFeeMessage(event), nowMs);
        return;
      case 'index': {
        const to = this.#byChannel.get('cfbenchmarks_value');
        if (to && (to.indices.has(event.id) || to.indices.has(ALL_INDICES)))
          this.#data(to, 'cfbenchmarks_value', indexMessage(event), nowMs);
        return;
      }
      case 'status':
      case 'settlement':
      case 'exchange-status':
      case 'refused':
        return;
    }
  }

  #lifecycle(type: string, msg: Fields, nowMs: number): void {
    const to = this.#byChannel.get('market_lifecycle_v2');
    if (to) this.#data(to, type, msg, nowMs);
  }

  #owns(thing: { readonly account: AccountId; readonly subaccount: number }): boolean {
    return thing.account === this.listener.account && (this.listener.subaccount === null || thing.subaccount === this.listener.subaccount);
  }

  #reader(channel: Channel, ticker: Ticker): Subscription | null {
    const subscription = this.#byChannel.get(channel);
    return subscription !== undefined && (subscription.markets === null || subscription.markets.has(ticker)) ? subscription : null;
  }

  #obey(command: Command, nowMs: number): void {
    switch (command.cmd) {
      case 'error':
        this.#error(command.id, command.code);
        return;
      case 'list_subscriptions':
        this.#control({ id: command.id, type: 'ok', msg: [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid })) });
        return;
      case 'subscribe':
        for (const channel of command.channels) this.#subscribe(channel, command, nowMs);
        return;
      case 'unsubscribe':
        for (const sid of command.sids) this.#unsubscribe(command.id, sid);
        return;
      case 'update_subscription':
        this.#update(command, nowMs);
        return;
      case 'update_indices':
        this.#updateIndices(command);
        return;
    }
  }

  #updateIndices({ id, sid, action, indexIds }: UpdateIndices): void {
    const subscription = this.#subscriptions.get(sid);
    if (subscription === undefined) return this.#error(id, 7);
    if (subscription.channel !== 'cfbenchmarks_value') return this.#error(id, 13, null, subscription);
    if (action === 'indexlist') {
      const seq = ++subscription.seq;
      return this.#control({ type: 'cfbenchmarks_value_indexlist', id, sid, seq, msg: { index_ids: [...(this.world.indices?.() ?? [])] } });
    }
    if (action === 'subscribe_indices') return this.#track(subscription, id, indexIds);
    for (const index of indexIds) subscription.indices.delete(index);
    this.#acknowledge(subscription, id);
  }

  #track(subscription: Subscription, id: number, indexIds: readonly string[]): void {
    for (const index of indexIds) subscription.indices.add(index);
    this.#acknowledge(subscription, id);
  }

  #subscribe(word: string, command: Subscribe, nowMs: number): void {
    const channel = CHANNELS.find((known) => known === word);
    if (channel === undefined) return this.#error(command.id, 8);
    if (NOT_SERVED.has(channel) || (channel === 'cfbenchmarks_value' && (this.world.indices?.() ?? []).length === 0))
      return this.#error(command.id, 10);
    const named = command.markets.tickers.length > 0 || command.markets.ids.length > 0;
    if (channel === 'orderbook_delta' && command.markets.tickers.length === 0) return this.#error(command.id, 14);
    const { known, unknown } = WITH_MARKETS.has(channel) ? this.#resolve(channel, command.markets) : NO_MARKETS;
    const existing = this.#byChannel.get(channel);
    if (existing === undefined && known.length > this.limits.marketsPerSubscription) return this.#error(command.id, 26);
    if (existing === undefined) this.#open(channel, command, named && WITH_MARKETS.has(channel) ? known : null, nowMs);
    else if (channel === 'cfbenchmarks_value') this.#track(existing, command.id, command.indexIds);
    else this.#add(existing, command.id, known, { all: !named, sendInitialSnapshot: command.sendInitialSnapshot, nowMs });
    for (const name of unknown) this.#error(command.id, 11, name);
  }

  #open(channel: Channel, command: Subscribe, markets: readonly Ticker[] | null, nowMs: number): void {
    const subscription: Subscription = {
      sid: this.#nextSid++,
      channel,
      markets: markets === null ? null : new Set(markets),
      seq: 0,
      noPrices: command.useYesPrice ? 'yes' : 'no',
      sendInitialSnapshot: command.sendInitialSnapshot,
      skipTickerAck: command.skipTickerAck,
      indices: new Set(command.indexIds),
    };
    this.#subscriptions.set(subscription.sid, subscription);
    this.#byChannel.set(channel, subscription);
    this.#control({ type: 'subscribed', id: command.id, msg: { channel, sid: subscription.sid } });
    this.#greet(subscription, markets ?? this.world.tickers(), { initial: command.sendInitialSnapshot, nowMs });
  }

  /** Adds markets and says so; then tells how the new ones stand. Naming no market where some were named before widens to all. */
  #add(
    subscription: Subscription,
    id: number,
    tickers: readonly Ticker[],
    options: { readonly all: boolean; readonly sendInitialSnapshot: boolean; readonly nowMs: number },
  ): void {
    const { markets } = subscription;
    const fresh = markets === null ? [] : tickers.filter((ticker) => !markets.has(ticker));
    if (markets !== null && markets.size + fresh.length > this.limits.marketsPerSubscription)
      return this.#error(id, 26, null, subscription);
    if (options.all && subscription.channel !== 'orderbook_delta') subscription.markets = null;
    for (const ticker of fresh) markets?.add(ticker);
    this.#acknowledge(subscription, id);
    this.#greet(subscription, fresh, { initial: options.sendInitialSnapshot || subscription.sendInitialSnapshot, nowMs: options.nowMs });
  }

  #acknowledge(subscription: Subscription, id: number): void {
    const { sid, markets, skipTickerAck } = subscription;
    const seq = ++subscription.seq;
    this.#control({
      type: 'ok',
      id,
      sid,
      seq,
      ...(markets === null || skipTickerAck ? {} : { msg: { market_tickers: [...markets].sort() } }),
    });
  }

  #greet(subscription: Subscription, tickers: readonly Ticker[], options: { readonly initial: boolean; readonly nowMs: number }): void {
    if (subscription.channel === 'orderbook_delta') for (const ticker of tickers) this.#snapshot(subscription, ticker, options.nowMs);
    if (subscription.channel === 'ticker' && options.initial)
      for (const ticker of tickers) this.#firstTicker(subscription, ticker, options.nowMs);
  }

  #snapshot(subscription: Subscription, ticker: Ticker, nowMs: number): void {
    const book = this.world.book(ticker);
    if (book !== null) this.#data(subscription, 'orderbook_snapshot', snapshotMessage(book, subscription.noPrices), nowMs);
  }

  #firstTicker(subscription: Subscription, ticker: Ticker, nowMs: number): void {
    const market = this.world.market(ticker);
    if (market !== null) this.#data(subscription, 'ticker', tickerMessage(ticker, market.ticks, market.payout, market.updatedAt), nowMs);
  }

  #unsubscribe(id: number, sid: number): void {
    const subscription = this.#subscriptions.get(sid);
    if (subscription === undefined) return this.#error(id, 7);
    this.#control({ id, sid, seq: ++subscription.seq, type: 'unsubscribed' });
    this.#forget(subscription);
  }

  #update(command: UpdateSubscription, nowMs: number): void {
    const subscription = this.#subscriptions.get(command.sid);
    if (subscription === undefined) return this.#error(command.id, 7);
    if (!WITH_MARKETS.has(subscription.channel)) return this.#error(command.id, 13, null, subscription);
    const { known, unknown } = this.#resolve(subscription.channel, command.markets);
    switch (command.action) {
      case 'add_markets':
        this.#add(subscription, command.id, known, { all: false, sendInitialSnapshot: command.sendInitialSnapshot, nowMs });
        break;
      case 'delete_markets':
        for (const ticker of known) subscription.markets?.delete(ticker);
        this.#acknowledge(subscription, command.id);
        break;
      case 'get_snapshot':
        if (subscription.channel !== 'orderbook_delta') return this.#error(command.id, 13, null, subscription);
        this.#acknowledge(subscription, command.id);
        for (const ticker of known) this.#snapshot(subscription, ticker, nowMs);
        break;
    }
    for (const name of unknown) this.#error(command.id, 11, name, subscription);
  }

  /** Tickers of the markets a command names; ids count on the ticker channel only. */
  #resolve(channel: Channel, names: MarketNames): { readonly known: readonly Ticker[]; readonly unknown: readonly string[] } {
    const known: Ticker[] = [];
    const unknown: string[] = [];
    for (const name of names.tickers) {
      const market = this.world.market(name as Ticker);
      if (market === null) unknown.push(name);
      else known.push(market.ticker);
    }
    if (channel === 'ticker' && names.ids.length > 0) {
      const wanted = new Set(names.ids);
      known.push(...this.world.tickers().filter((ticker) => wanted.has(marketIdOf(ticker))));
    }
    return { known, unknown };
  }

  #data(subscription: Subscription, type: string, msg: Fields, nowMs: number): void {
    // Ended by an overflow while several messages were on their way.
    if (!this.#subscriptions.has(subscription.sid)) return;
    const seq = NUMBERED.has(subscription.channel) ? { seq: subscription.seq + 1 } : {};
    const taken = this.send(JSON.stringify({ type, sid: subscription.sid, ...seq, msg, sending_ts_ms: nowMs }), 'data');
    if (taken) subscription.seq += NUMBERED.has(subscription.channel) ? 1 : 0;
    else this.#overflow(subscription);
  }

  /** The reader is too slow: this subscription ends, and it must subscribe again. */
  #overflow(subscription: Subscription): void {
    this.#error(0, 25, null, subscription);
    this.#forget(subscription);
  }

  #forget(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.sid);
    this.#byChannel.delete(subscription.channel);
  }

  #error(id: number, code: ErrorCode, ticker: string | null = null, subscription: Subscription | null = null): void {
    this.#control({
      type: 'error',
      ...(id === 0 ? {} : { id }),
      ...(subscription === null ? {} : { sid: subscription.sid, seq: ++subscription.seq }),
      msg: { code, msg: ERROR_TEXTS[code], ...(ticker === null ? {} : { market_ticker: ticker }) },
    });
  }

  #control(frame: Fields): void {
    this.send(JSON.stringify(frame), 'control');
  }
}

const NO_MARKETS = { known: [], unknown: [] } as const;
