/**
 * The stream's state machine, without socket or clock: `step(event)` returns what the shell must do, and tells the engine its facts through `offer`.
 * Rules of reference 8.4: numbers count per subscription, over all its markets and replies; a missing one makes every book of the subscription lost until
 * its snapshot. Long because it is the one table of what happens when; the parts with a life of their own are in their own files.
 */
import type { TradingError } from '../domain/errors.js';
import type { BookLost } from '../domain/events.js';
import type { FeeTerms } from '../domain/fees.js';
import type { MarketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { Severity } from '../domain/actions.js';
import type { Chance, Offer } from '../domain/ports.js';
import { millis, price, PRICE_PER_DOLLAR, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import { ActionQueue } from './action-queue.js';
import { BookWatch } from './book-watch.js';
import { Connection } from './connection.js';
import { DeltaScanner } from './delta-scanner.js';
import type { MarketTable } from './market-table.js';
import { zeroCounters, type SessionAction, type SessionCounters, type SessionEvent, type SessionSettings } from './session-types.js';
import { Subscriptions, type PendingCommand, type Stream } from './subscriptions.js';
import { TickerBytes } from './ticker-bytes.js';
import type { Channel } from './wire-commands.js';
import { fillFact, lentDelta, lentTrade, lifecycleFact, orderFact } from './wire-facts.js';
import { clipped, MalformedFrameError, type WireContext } from './wire-fields.js';
import { parseFrame, type WireFrame } from './wire-frame.js';
import type { WireIndex } from './wire-index.js';
import type { FeeOverride, WireEventFees } from './wire-lifecycle.js';
import { decodeMessage, type WireError, type WireMessage, type WireSnapshot } from './wire-messages.js';

export interface SessionOptions {
  readonly settings: SessionSettings;
  readonly markets: MarketTable;
  readonly offer: Offer;
  readonly chance: Chance;
  /** Fee terms of a market under an override of its event (both fields null: the override was cleared); null where they are not known. */
  readonly resolveFees?: (market: Market, override: FeeOverride) => FeeTerms | null;
}

/** Channel that carries a message type; control replies belong to whichever subscription they name. */
const CHANNEL_OF: ReadonlyMap<string, Channel> = new Map<string, Channel>([
  ['orderbook_snapshot', 'orderbook_delta'],
  ['orderbook_delta', 'orderbook_delta'],
  ['trade', 'trade'],
  ['ticker', 'ticker'],
  ['fill', 'fill'],
  ['user_order', 'user_orders'],
  ['market_position', 'market_positions'],
  ['order_group_updates', 'order_group_updates'],
  ['market_lifecycle_v2', 'market_lifecycle_v2'],
  ['event_lifecycle', 'market_lifecycle_v2'],
  ['event_fee_update', 'market_lifecycle_v2'],
  ['cfbenchmarks_value', 'cfbenchmarks_value'],
  ['pyth_value', 'pyth_value'],
]);
const PRIVATE: ReadonlySet<Channel> = new Set<Channel>(['fill', 'user_orders', 'market_positions', 'order_group_updates']);
/** What they say concerns no book and no order: a message that cannot be read is passed over. */
const ASIDE: ReadonlySet<Channel> = new Set<Channel>(['ticker', 'cfbenchmarks_value', 'pyth_value']);
const CHANNELS: ReadonlySet<string> = new Set<string>(CHANNEL_OF.values());

const DOLLAR = price(PRICE_PER_DOLLAR);
/** Least time between two requests for one book when the exchange's numbers leave no choice. */
const SNAPSHOT_SPACING = millis(250);
const UNKNOWN_TYPES_NAMED_MAX = 32;
/** So many snapshots in a row whose numbers lie behind, for books that wait for one: it is our count that is wrong. */
const OLD_SNAPSHOTS_MAX = 3;
const TICKERS_NAMED_MAX = 5;

export class Session {
  readonly counters: Readonly<SessionCounters>;
  readonly #counters: SessionCounters = zeroCounters();
  readonly #settings: SessionSettings;
  readonly #live: boolean;
  readonly #table: MarketTable;
  readonly #subscriptions: Subscriptions;
  readonly #books = new BookWatch();
  readonly #tickers = new TickerBytes();
  readonly #scanner: DeltaScanner;
  readonly #context: WireContext;
  readonly #connection: Connection;
  readonly #out = new ActionQueue();
  readonly #delta = lentDelta();
  readonly #trade = lentTrade();
  readonly #unknownTypes = new Set<string>();
  /** Stamp of the last value of each index. */
  readonly #indexAt = new Map<string, EpochUs>();
  readonly #bookStream: Stream;

  #now: EpochUs = UNKNOWN_TIME;
  #up = false;
  /** Something was told since the last batch-end. */
  #offered = false;
  #oldSnapshots = 0;

  constructor(private readonly options: SessionOptions) {
    const { settings, markets } = options;
    this.counters = this.#counters;
    this.#settings = settings;
    this.#live = settings.mode === 'live';
    this.#table = markets;
    this.#scanner = new DeltaScanner(this.#tickers, settings.noSide);
    this.#connection = new Connection({
      settings,
      chance: options.chance,
      out: this.#out,
      counters: this.#counters,
      onSilence: (silent, at) => options.offer({ type: 'feed-silence', at, silent }),
    });
    this.#context = {
      noSide: settings.noSide,
      // Messages about other markets are dropped before they are decoded; a dollar stands in for controls that never ask.
      payoutOf: (name) => {
        const index = markets.indexOf(name);
        return index === null ? DOLLAR : markets.market(index).payout;
      },
    };
    const account: readonly Channel[] =
      settings.privateMessages === 'book' ? ['fill', 'user_orders', 'market_positions', 'order_group_updates'] : [];
    this.#subscriptions = new Subscriptions({
      wanted: [
        'orderbook_delta',
        ...account,
        ...(settings.trades ? (['trade'] as const) : []),
        ...(settings.ticker ? (['ticker'] as const) : []),
        ...(settings.lifecycle ? (['market_lifecycle_v2'] as const) : []),
        ...(settings.cfbenchmarks.length > 0 ? (['cfbenchmarks_value'] as const) : []),
        ...(settings.pyth.length > 0 ? (['pyth_value'] as const) : []),
      ],
      indices: new Map([
        ['cfbenchmarks_value', settings.cfbenchmarks],
        ['pyth_value', settings.pyth],
      ]),
      required: settings.privateMessages === 'book' ? ['orderbook_delta', 'fill', 'user_orders'] : ['orderbook_delta'],
      noSide: settings.noSide,
      replyWithin: settings.replyWithin,
      resubscribeAfter: settings.resubscribeAfter,
      send: (text) => {
        if (this.#live) this.#out.push({ type: 'send', text });
      },
    });
    this.#bookStream = this.#subscriptions.channel('orderbook_delta');
  }

  /** The stream is up: open, subscribed to all it needs, and stable. */
  get up(): boolean {
    return this.#up;
  }

  /** Every trusted book, for screens and tests. */
  isLive(market: MarketIndex): boolean {
    return this.#books.isLive(market);
  }

  /** The engine's facts are told during the step; what is returned is for the shell, in this order. */
  step(event: SessionEvent): readonly SessionAction[] {
    this.#now = event.at;
    switch (event.type) {
      case 'frame':
        if (this.#connection.isOpen) this.#frame(event.bytes);
        break;
      case 'read-end':
        this.#endBatch();
        break;
      case 'heard':
        if (this.#connection.isOpen) this.#connection.heard(event.at);
        break;
      case 'tick':
        this.#tick();
        break;
      case 'start':
        this.#connection.start(event.at);
        break;
      case 'opened':
        this.#opened();
        break;
      case 'lost':
        this.#lost(event.reason);
        break;
      case 'refused':
        this.#refused(event.error);
        break;
      case 'add-markets':
        this.#addMarkets(event.markets);
        break;
      case 'remove-markets':
        for (const market of event.markets) this.#books.remove(market);
        this.#sync();
        break;
      case 'request-snapshot':
        this.#books.want(event.market, this.#now, SNAPSHOT_SPACING);
        this.#askDue();
        break;
      case 'stop':
        this.#stop();
        break;
    }
    return this.#out.take();
  }

  // Connection

  #opened(): void {
    if (!this.#connection.opened(this.#now)) return;
    this.#sync();
    this.#refreshUp('');
  }

  #lost(reason: string, wait?: DurationUs): void {
    if (!this.#connection.exists) return;
    this.#connection.lost(this.#now, reason, wait);
    this.#forgetConnection(reason);
  }

  #refused(error: TradingError): void {
    if (!this.#connection.exists) return;
    this.#out.push({ type: 'failed', error });
    this.#lost(error.message, this.#settings.backoff.most);
  }

  /** We cannot vouch for this connection: replace it. What rests at the exchange is then proven again from the start. */
  #replace(reason: string): void {
    this.#out.push({ type: 'disconnect' });
    this.#lost(reason);
  }

  #stop(): void {
    this.#connection.stop();
    this.#forgetConnection('stopped');
  }

  #forgetConnection(reason: string): void {
    this.#setUp(false, reason);
    for (const market of this.#books.live()) this.#loseBook(market, 'disconnected');
    this.#books.askNobody();
    this.#subscriptions.closed();
  }

  /** Everything that is due because time passed. */
  #tick(): void {
    const failure = this.#connection.tick(this.#now) ?? this.#overdueReply();
    if (failure !== null) return this.#replace(failure);
    if (!this.#connection.isOpen || !this.#live) return;
    if (this.#subscriptions.retryDue(this.#now)) this.#sync();
    this.#askDue();
    this.#refreshUp('');
  }

  #overdueReply(): string | null {
    const overdue = this.#live ? this.#subscriptions.overdue(this.#now) : null;
    return overdue === null ? null : `no reply to the subscription of ${overdue.channel}`;
  }

  /** Up means open, subscribed to what we cannot do without, and (after a connection that did not last) stable. */
  #refreshUp(reason: string): void {
    // Once up, a book subscription that ends costs its books only; losing sight of our own fills costs the whole stream.
    const needed = this.#up || this.#books.wanted().length === 0 ? 'account' : 'all';
    const ready = this.#connection.isOpen && this.#subscriptions.ready(needed);
    this.#setUp(ready && (this.#up || this.#connection.isStable(this.#now)), reason);
  }

  #setUp(up: boolean, reason: string): void {
    if (this.#up === up) return;
    this.#up = up;
    this.options.offer(up ? { type: 'feed-up', at: this.#now } : { type: 'feed-down', at: this.#now, reason });
  }

  // Markets and subscriptions

  #addMarkets(markets: readonly MarketIndex[]): void {
    for (const market of markets) {
      const { ticker, payout } = this.#table.market(market);
      this.#tickers.add(ticker, market, payout);
      this.#books.add(market);
    }
    this.#sync();
  }

  #sync(): void {
    if (!this.#connection.isOpen || !this.#live) return;
    const tickers = this.#books.wanted().map((market) => this.#table.market(market).ticker);
    for (const name of this.#subscriptions.sync(this.#now, tickers)) {
      const market = this.#table.indexOf(name);
      if (market !== null) this.#books.asked(market, this.#now, this.#settings.snapshotWithin);
    }
  }

  #askDue(): void {
    if (!this.#live || this.#bookStream.phase !== 'on') return;
    const due = this.#books.due(this.#now);
    if (due.length === 0) return;
    for (const market of due) this.#books.asked(market, this.#now, this.#settings.snapshotWithin);
    this.#subscriptions.update(
      this.#bookStream,
      'get_snapshot',
      due.map((market) => this.#table.market(market).ticker),
    );
  }

  #loseBook(market: MarketIndex, reason: BookLost['reason']): void {
    if (!this.#books.isLive(market)) return;
    this.#books.lose(market);
    this.#offered = true;
    this.options.offer({ type: 'book-lost', at: this.#now, market, reason });
  }

  #loseAllBooks(reason: BookLost['reason']): void {
    for (const market of this.#books.wanted()) {
      this.#loseBook(market, reason);
      this.#books.want(market, this.#now, SNAPSHOT_SPACING);
    }
  }

  // Frames

  #frame(bytes: Uint8Array): void {
    this.#counters.frames++;
    this.#connection.heard(this.#now);
    if (this.#scanner.scan(bytes)) {
      this.#scanned();
      return;
    }
    let frame: WireFrame;
    try {
      frame = parseFrame(bytes, this.#settings.frameBytesMax);
    } catch (error) {
      this.#unreadable(error);
      return;
    }
    this.#message(frame);
  }

  #scanned(): void {
    const { sid, seq, market, side, price, change, exchangeAt } = this.#scanner.delta;
    const stream = sid === this.#bookStream.sid ? this.#bookStream : this.#streamOf(sid, 'orderbook_delta');
    if (stream !== this.#bookStream) {
      this.#counters.stray++;
      return;
    }
    if (!this.#inOrder(stream, seq)) return;
    if (!this.#books.isLive(market)) {
      this.#counters.deltasDropped++;
      return;
    }
    const delta = this.#delta;
    delta.at = this.#now;
    delta.market = market;
    delta.side = side;
    delta.price = price;
    delta.change = change;
    delta.exchangeAt = exchangeAt;
    this.#counters.deltas++;
    this.#offered = true;
    this.options.offer(delta);
  }

  /** Takes a message's number. False: a repeat, to be ignored. A gap has then already been dealt with. */
  #inOrder(stream: Stream, seq: number): boolean {
    const last = stream.sequence.last;
    switch (stream.sequence.take(seq)) {
      case 'next':
        if (stream === this.#bookStream) this.#oldSnapshots = 0;
        return true;
      case 'old':
        this.#counters.old++;
        return false;
      case 'gap':
        this.#gap(stream, last, seq);
        return true;
    }
  }

  /** A number that once ran far ahead would make all that follows look old, the snapshots that we ask for as well. */
  #behind(frame: WireFrame): void {
    const market = frame.type === 'orderbook_snapshot' && frame.ticker !== null ? this.#marketOf(frame.ticker) : null;
    if (!this.#live || market === null || this.#books.isLive(market) || ++this.#oldSnapshots < OLD_SNAPSHOTS_MAX) return;
    this.#oldSnapshots = 0;
    this.#replace('snapshots that were asked for have old numbers');
  }

  #gap(stream: Stream, last: number, seq: number): void {
    this.#counters.gaps++;
    this.#report('warn', 'SEQUENCE_GAP', `${stream.channel}: expected message ${last + 1}, got ${seq}: ${gapConsequence(stream.channel)}`);
    if (stream === this.#bookStream) {
      this.#loseAllBooks('sequence-gap');
      this.#askDue();
    }
  }

  /** Bytes that are no message at all. It may have been a fill, and channels with fills have no numbers: everything is proven again. */
  #unreadable(error: unknown): void {
    if (!(error instanceof MalformedFrameError)) throw error;
    this.#counters.malformed++;
    this.#report('error', error.code, error.message);
    if (this.#live) this.#replace('an unreadable frame');
  }

  #message(frame: WireFrame): void {
    const channel = CHANNEL_OF.get(frame.type) ?? null;
    const stream = frame.sid === null ? null : this.#streamOf(frame.sid, channel);
    if (frame.sid !== null && stream === null && frame.type !== 'error') {
      this.#counters.stray++;
      return;
    }
    if (stream !== null && frame.seq !== null && !this.#inOrder(stream, frame.seq)) return this.#behind(frame);
    if (stream !== null && channel !== null && stream.channel !== channel) {
      this.#counters.stray++;
      return;
    }
    if (channel !== null && PRIVATE.has(channel) && this.#settings.privateMessages === 'count') {
      this.#counters.privateNotBooked++;
      return;
    }
    const market = frame.ticker === null ? null : this.#marketOf(frame.ticker);
    if (channel !== null && frame.ticker !== null && market === null) {
      if (PRIVATE.has(channel)) this.#counters.privateNotBooked++;
      else this.#counters.foreign++;
      return;
    }
    try {
      requireNumber(frame);
      this.#understood(decodeMessage(frame, this.#context), frame, market);
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error;
      this.#malformed(error, channel, market);
    }
  }

  #marketOf(ticker: string): MarketIndex | null {
    const market = this.#table.indexOf(ticker);
    return market !== null && this.#books.isWanted(market) ? market : null;
  }

  /** The subscription of a sid. A recording may begin in the middle: there a data message introduces its own subscription. */
  #streamOf(sid: number, channel: Channel | null): Stream | null {
    const known = this.#subscriptions.bySid(sid);
    if (known !== null || this.#live || channel === null) return known;
    const stream = this.#subscriptions.channel(channel);
    this.#subscriptions.on(stream, sid);
    this.#refreshUp('');
    return stream;
  }

  /** A message that came whole but does not say what it should. Only what it concerns stops. */
  #malformed(error: MalformedFrameError, channel: Channel | null, market: MarketIndex | null): void {
    this.#counters.malformed++;
    this.#report('error', error.code, error.message, error.ticker);
    if (channel !== null && ASIDE.has(channel)) return;
    if (channel === null || PRIVATE.has(channel)) {
      if (this.#live) this.#replace('a reply or private message that cannot be read');
    } else if (channel === 'market_lifecycle_v2') {
      // We no longer know the market's rules, and a fresh book does not tell them: it stays paused until it is described again.
      if (market !== null) this.#tell({ type: 'market-changed', at: this.#now, market, status: 'inactive' });
    } else if (market === null) {
      if (channel === 'orderbook_delta') this.#loseAllBooks('malformed');
    } else {
      this.#loseBook(market, 'malformed');
      this.#books.want(market, this.#now, this.#settings.snapshotWithin);
    }
    this.#askDue();
  }

  #understood(message: WireMessage, frame: WireFrame, market: MarketIndex | null): void {
    const at = this.#now;
    switch (message.type) {
      case 'subscribed':
        return this.#subscribed(message.channel, message.sid, frame.id);
      case 'ok':
      case 'unsubscribed':
        this.#subscriptions.answered(frame.id);
        return;
      case 'error':
        return this.#errorReply(message, frame);
      case 'orderbook_snapshot':
        if (market !== null) this.#snapshot(message, market, frame.sentAt);
        return;
      case 'orderbook_delta':
        if (market === null || !this.#books.isLive(market)) {
          this.#counters.deltasDropped++;
          return;
        }
        this.#counters.deltas++;
        return this.#tell(
          Object.assign(this.#delta, {
            at,
            market,
            side: message.side,
            price: message.price,
            change: message.change,
            exchangeAt: message.exchangeAt,
          }),
        );
      case 'trade':
        if (message.block) this.#counters.blockTrades++;
        if (market === null || message.block) return;
        this.#counters.trades++;
        return this.#tell(
          Object.assign(this.#trade, {
            at,
            market,
            price: message.price,
            quantity: message.quantity,
            takerSide: message.takerSide,
            exchangeAt: message.exchangeAt,
          }),
        );
      case 'ticker':
        this.#counters.tickers++;
        return;
      case 'fill':
        if (market !== null && this.#isOurs(message.subaccount)) this.#tell(fillFact(message, market, at));
        return;
      case 'user_order':
        if (market !== null && this.#isOurs(message.subaccount)) this.#tell(orderFact(message, market, at));
        return;
      case 'market_position':
        if (market !== null && this.#isOurs(message.subaccount))
          this.#tell({ type: 'position-update', at, market, position: message.position });
        return;
      case 'order_group_updates':
        return this.#tell({ type: 'order-group-update', at, group: message.group, change: message.change });
      case 'market_lifecycle_v2': {
        if (market === null) return;
        if (message.change.kind === 'unknown') this.#unknown(`market_lifecycle_v2 ${message.change.word}`);
        const fact = lifecycleFact(message, market, at);
        if (fact !== null) this.#tell(fact);
        return;
      }
      case 'event_lifecycle':
        return;
      case 'event_fee_update':
        return this.#feesChanged(message);
      case 'index':
        return this.#index(message);
      case 'unknown':
        return this.#unknown(message.name);
    }
  }

  /** A value older than the one before, as after a change of their connection, is passed over. */
  #index({ index, value, asOf }: WireIndex): void {
    if (asOf < (this.#indexAt.get(index) ?? UNKNOWN_TIME)) return;
    this.#indexAt.set(index, asOf < this.#now ? asOf : this.#now);
    this.#counters.indices++;
    this.#tell({ type: 'index', at: this.#now, index, value, asOf });
  }

  /** Books are not stamped as changes are; the frame around them is. */
  #snapshot(message: WireSnapshot, market: MarketIndex, sentAt: EpochUs): void {
    this.#books.gotSnapshot(market);
    this.#counters.snapshots++;
    const exchangeAt = message.exchangeAt === UNKNOWN_TIME ? sentAt : message.exchangeAt;
    this.#tell({ type: 'book-snapshot', at: this.#now, market, bids: message.bids, asks: message.asks, exchangeAt });
  }

  /** Messages that do not say which subaccount they belong to are taken as ours. */
  #isOurs(subaccount: number | null): boolean {
    const ours = subaccount === null || this.#settings.subaccount === null || subaccount === this.#settings.subaccount;
    if (!ours) this.#counters.privateNotBooked++;
    return ours;
  }

  #feesChanged(message: WireEventFees): void {
    for (const index of this.#books.wanted()) {
      const market = this.#table.market(index);
      if (market.event !== message.event) continue;
      const fees = this.options.resolveFees?.(market, message.override) ?? null;
      if (fees !== null) this.#tell({ type: 'market-changed', at: this.#now, market: index, fees });
      else this.#report('error', 'FEES_UNKNOWN', `${market.ticker}: the fees of ${message.event} changed and the new terms are not known`);
    }
  }

  #unknown(type: string): void {
    const name = clipped(type);
    this.#counters.unknownTypes++;
    if (this.#unknownTypes.has(name) || this.#unknownTypes.size >= UNKNOWN_TYPES_NAMED_MAX) return;
    this.#unknownTypes.add(name);
    this.#report('warn', 'UNKNOWN_MESSAGE', `message type "${name}" is not known to this program and is ignored`);
  }

  // Replies

  #subscribed(channel: string, sid: number, id: number | null): void {
    const command = this.#subscriptions.answered(id);
    if (this.#live && command === null) {
      this.#counters.stray++;
      return;
    }
    if (!CHANNELS.has(channel)) return;
    const stream = this.#subscriptions.channel(channel as Channel);
    // Only a new connection inside a recording subscribes a channel twice: what was known before it is void.
    if (stream === this.#bookStream && stream.phase === 'on') this.#loseAllBooks('disconnected');
    this.#subscriptions.on(stream, sid);
    this.#sync();
    this.#refreshUp('');
  }

  #errorReply(message: WireError, frame: WireFrame): void {
    this.#counters.errors++;
    const command = this.#live ? this.#subscriptions.answered(frame.id) : null;
    const stream = frame.sid === null ? (command?.stream ?? null) : this.#subscriptions.bySid(frame.sid);
    const named = message.tickers.slice(0, TICKERS_NAMED_MAX).map(clipped);
    const about = [stream?.channel, command?.action, ...named].filter((part) => part !== undefined);
    const text = `the exchange answered error ${message.code} (${clipped(message.text)})${about.length === 0 ? '' : ` about ${about.join(' ')}`}`;
    this.#report(this.#live ? 'error' : 'debug', 'STREAM_ERROR', text);
    if (!this.#live) return;
    if (message.code === ERROR.channel || message.code === ERROR.bufferOverflow) {
      if (stream === null) this.#replace(text);
      else this.#subscriptionEnded(stream, text);
    } else if (command !== null) this.#commandRefused(command, message, text);
  }

  /** Codes 10 and 25: nothing more comes on this sid. */
  #subscriptionEnded(stream: Stream, text: string): void {
    this.#subscriptions.ended(stream, this.#now);
    if (stream === this.#bookStream) this.#loseAllBooks('subscription-ended');
    this.#refreshUp(text);
  }

  #commandRefused(command: PendingCommand, message: WireError, text: string): void {
    const { stream, action } = command;
    if (message.code === ERROR.unknownSid) {
      // We and the exchange do not mean the same subscriptions.
      this.#replace(text);
    } else if (action === 'subscribe') {
      if (stream.required) this.#replace(text);
      else this.#subscriptions.refused(stream);
    } else if (action === 'get_snapshot' && (message.code === ERROR.unknownCommand || message.code === ERROR.unsupportedAction)) {
      // No snapshots on request here: a new subscription brings them too.
      this.#subscriptions.restart(stream, this.#now);
      this.#loseAllBooks('subscription-ended');
      this.#refreshUp(text);
    }
  }

  // Out

  #tell(fact: Parameters<Offer>[0]): void {
    this.#offered = true;
    this.options.offer(fact);
  }

  #endBatch(): void {
    if (!this.#offered) return;
    this.#offered = false;
    this.options.offer({ type: 'batch-end', at: this.#now });
  }

  #report(severity: Severity, code: string, text: string, subject: string | null = null): void {
    this.#out.report(this.#now, severity, code, text, subject);
  }
}

const ERROR = { unknownCommand: 5, unknownSid: 7, channel: 10, unsupportedAction: 13, bufferOverflow: 25 } as const;

/** Without its subscription and number a book message proves nothing. */
const requireNumber = (frame: WireFrame): void => {
  if (CHANNEL_OF.get(frame.type) !== 'orderbook_delta') return;
  for (const name of ['sid', 'seq'] as const)
    if (frame[name] === null) throw new MalformedFrameError(`${frame.type}.${name}`, 'a number', 'nothing', frame.ticker);
};

const gapConsequence = (channel: Channel): string => {
  switch (channel) {
    case 'orderbook_delta':
      return 'all its books are asked for again';
    case 'market_lifecycle_v2':
      return 'changes of status, close or price grid may be missing; read the markets over REST';
    case 'order_group_updates':
      return 'a triggered order group may have been missed; reconcile over REST';
    case 'trade':
    case 'ticker':
    case 'fill':
    case 'user_orders':
    case 'market_positions':
    case 'cfbenchmarks_value':
    case 'pyth_value':
      return 'some messages are missing';
  }
};
