/**
 * What a careful reader of the stream knows: every frame that was handed to the bot, read again in the plainest way. The judge asks it whether a book could be
 * quoted; the bot may be more careful than this, never less.
 */
export type BookState = 'none' | 'good' | 'lost' | 'crossed';

/** An order that was decided upon may wait so long for its connection. */
const GRACE = 600_000;
/** Data older than this is not quoted on: the bot's own limit is 5 s, and a frame is on its way for some more. */
const AGE_MAX = 5_500_000;
const SILENCE_MAX = 15_500_000;

interface ShadowBook {
  state: 'good' | 'lost';
  /** When it was good last; far in the future while it is. */
  goodUntil: number;
  crossedSince: number;
  /** Why it is lost. */
  why: string;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

const PLAIN_DELTA =
  /^\{"type":"orderbook_delta","sid":(\d+),"seq":(\d+),"msg":\{"market_ticker":"([^"]+)","market_id":"[^"]+","price_dollars":"([\d.]+)","delta_fp":"(-?[\d.]+)","side":"(yes|no)",(?:"client_order_id":"[^"]*",)?(?:"subaccount":\d+,)?"ts":"[^"]*","ts_ms":(\d+)\},"sending_ts_ms":\d+\}$/;

const AGING = new Set<unknown>(['orderbook_delta', 'orderbook_snapshot', 'trade']);

interface Frame {
  readonly sending_ts_ms?: unknown;
  readonly type?: unknown;
  readonly sid?: unknown;
  readonly seq?: unknown;
  readonly msg?: Readonly<Record<string, unknown>>;
}

export class Shadow {
  readonly #books = new Map<string, ShadowBook>();
  readonly #sequences = new Map<number, number>();
  readonly #statuses = new Map<string, { readonly status: string; readonly since: number }>();
  #downSince = Number.NEGATIVE_INFINITY;
  #oldSince = Number.POSITIVE_INFINITY;
  #now = 0;
  /** The subscription that carries books. */
  #booksSid: unknown = null;
  up = false;
  /** When anything was heard last, in microseconds; and how old the newest stamped frame was when it came. */
  heardAt = 0;
  age = 0;

  stream(up: boolean, at: number): void {
    this.#now = at;
    if (this.up && !up) this.#downSince = at;
    this.up = up;
    this.#sequences.clear();
    if (up) {
      this.heardAt = at;
      this.age = 0;
    }
    for (const book of this.#books.values()) this.#lose(book, 'the stream');
  }

  #lose(book: ShadowBook, why: string): void {
    if (book.state === 'lost') return;
    book.state = 'lost';
    book.why = why;
    book.goodUntil = this.#now;
  }

  heard(at: number): void {
    this.heardAt = at;
  }

  told(text: string, at: number): void {
    this.#now = at;
    this.heardAt = at;
    const plain = PLAIN_DELTA.exec(text);
    if (plain !== null) return this.#plainDelta(plain, at);
    let frame: Frame | null;
    try {
      frame = JSON.parse(text) as Frame | null;
    } catch {
      // What it was shows by its number, if it had one.
      return;
    }
    if (frame === null || typeof frame !== 'object') return;
    const { sid, seq, type, msg } = frame;
    if (type === 'orderbook_snapshot' || type === 'orderbook_delta') this.#booksSid = sid;
    if (typeof sid === 'number' && typeof seq === 'number' && !this.#inOrder(sid, seq)) return;
    if (msg === undefined || typeof msg !== 'object') return;
    // One connection keeps its order: a fresh trade or snapshot proves the books before it.
    const stamp = type === 'orderbook_snapshot' ? frame.sending_ts_ms : msg['ts_ms'];
    if (typeof stamp === 'number' && AGING.has(type)) this.#aged(at - stamp * 1000);
    const ticker = msg['market_ticker'];
    if (typeof ticker !== 'string') return;
    if (type === 'orderbook_snapshot') this.#snapshot(ticker, msg);
    if (type === 'orderbook_delta') this.#delta(ticker, msg);
    if (type === 'market_lifecycle_v2') this.#lifecycle(ticker, msg);
  }

  /** Exactly as the exchange writes it: read by a pattern, which is all that takes less time than JSON. */
  #plainDelta(parts: RegExpExecArray, at: number): void {
    const sid = Number(parts[1]);
    this.#booksSid = sid;
    if (!this.#inOrder(sid, Number(parts[2]))) return;
    this.#aged(at - Number(parts[7]) * 1000);
    this.#delta(parts[3] as string, { price_dollars: parts[4], delta_fp: parts[5], side: parts[6] });
  }

  #aged(age: number): void {
    if (age <= AGE_MAX) this.#oldSince = Number.POSITIVE_INFINITY;
    else if (this.age <= AGE_MAX) this.#oldSince = this.#now;
    this.age = age;
  }

  #inOrder(sid: number, seq: number): boolean {
    const last = this.#sequences.get(sid);
    if (last !== undefined && seq <= last) return false;
    this.#sequences.set(sid, seq);
    if (sid === this.#booksSid && last !== undefined && seq > last + 1)
      for (const book of this.#books.values()) this.#lose(book, `a gap before ${sid}/${seq}`);
    return true;
  }

  #snapshot(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    const side = (name: string): Map<number, number> =>
      new Map(((msg[name] ?? []) as readonly (readonly [string, string])[]).map(([price, count]) => [Number(price), Number(count)]));
    const book: ShadowBook = {
      state: 'good',
      goodUntil: Infinity,
      crossedSince: Infinity,
      why: '',
      bids: side('yes_dollars_fp'),
      asks: side('no_dollars_fp'),
    };
    if (this.#isCrossed(book)) book.crossedSince = this.#now;
    this.#books.set(ticker, book);
  }

  #delta(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    const price = Number(msg['price_dollars']);
    const change = typeof msg['delta_fp'] === 'string' ? Number(msg['delta_fp']) : Number.NaN;
    const levels = msg['side'] === 'yes' ? book.bids : msg['side'] === 'no' ? book.asks : null;
    if (levels === null || !Number.isFinite(price) || !Number.isFinite(change)) {
      this.#lose(book, `${JSON.stringify(msg)} is no change`);
      return;
    }
    const left = Math.round(((levels.get(price) ?? 0) + change) * 100) / 100;
    if (left < 0) this.#lose(book, `${JSON.stringify(msg)} leaves ${left}`);
    else if (left === 0) levels.delete(price);
    else levels.set(price, left);
    if (book.crossedSince === Infinity && change < 0) return;
    if (!this.#isCrossed(book)) book.crossedSince = Infinity;
    else if (book.crossedSince === Infinity) book.crossedSince = this.#now;
  }

  #lifecycle(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    switch (msg['event_type']) {
      case 'activated':
        this.#statuses.set(ticker, { status: 'active', since: this.#now });
        break;
      case 'deactivated':
      case 'determined':
      case 'settled':
        this.#statuses.set(ticker, { status: msg['event_type'], since: this.#now });
        break;
      default:
    }
  }

  /**
   * Why nothing may be quoted in this market, or null. An order may still be on its way to the wire for a moment after a reason has come up.
   */
  objection(ticker: string, now: number): string | null {
    const moment = now - GRACE;
    if (!this.up && this.#downSince < moment) return 'the stream is down';
    if (moment - this.heardAt > SILENCE_MAX) return `nothing was heard for ${(now - this.heardAt) / 1e6} s`;
    const book = this.#books.get(ticker);
    if (book === undefined) return 'no book was ever told';
    if (book.state === 'lost' && book.goodUntil < moment) return `the book is lost (${book.why})`;
    if (this.#oldSince < moment && this.age > AGE_MAX) return `the data is ${this.age / 1e6} s old`;
    const status = this.#statuses.get(ticker);
    if (status !== undefined && status.status !== 'active' && status.since < moment) return `the market is ${status.status}`;
    if (this.#isCrossed(book) && book.crossedSince < moment) return 'the book is crossed';
    return null;
  }

  /** The book as all that was told makes it, sizes by price in dollars; null where it cannot be known. */
  book(ticker: string): Readonly<Record<'bid' | 'ask', ReadonlyMap<number, number>>> | null {
    const book = this.#books.get(ticker);
    return book === undefined || book.state === 'lost' ? null : { bid: book.bids, ask: book.asks };
  }

  /** Bids above asks, own orders and all. Asks are told in YES terms. */
  #isCrossed(book: ShadowBook): boolean {
    if (book.bids.size === 0 || book.asks.size === 0) return false;
    let bid = 0;
    for (const price of book.bids.keys()) if (price > bid) bid = price;
    for (const price of book.asks.keys()) if (price < bid) return true;
    return false;
  }
}
