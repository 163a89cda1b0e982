/**
 * What a careful reader of the stream knows: every frame that was handed to the bot, read again in the plainest way. The judge asks it whether a book could be
 * quoted; the bot may be more careful than this, never less.
 */
export type BookState = 'none' | 'good' | 'lost';

interface ShadowBook {
  state: BookState;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

interface Frame {
  readonly type?: unknown;
  readonly sid?: unknown;
  readonly seq?: unknown;
  readonly msg?: Readonly<Record<string, unknown>>;
}

export class Shadow {
  readonly #books = new Map<string, ShadowBook>();
  readonly #sequences = new Map<number, number>();
  readonly statuses = new Map<string, string>();
  up = false;
  /** When anything was heard last, in microseconds; and how old the newest stamped frame was when it came. */
  heardAt = 0;
  age = 0;

  stream(up: boolean, at: number): void {
    this.up = up;
    this.#sequences.clear();
    if (up) this.heardAt = at;
    for (const book of this.#books.values()) if (book.state === 'good') book.state = 'lost';
  }

  heard(at: number): void {
    this.heardAt = at;
  }

  told(text: string, at: number): void {
    this.heardAt = at;
    let frame: Frame | null;
    try {
      frame = JSON.parse(text) as Frame | null;
    } catch {
      // What it was shows by its number, if it had one.
      return;
    }
    if (frame === null || typeof frame !== 'object') return;
    const { sid, seq, type, msg } = frame;
    if (typeof sid === 'number' && typeof seq === 'number' && !this.#inOrder(sid, seq)) return;
    if (msg === undefined || typeof msg !== 'object') return;
    const stamp = msg['ts_ms'];
    if (typeof stamp === 'number' && type === 'orderbook_delta') this.age = at - stamp * 1000;
    const ticker = msg['market_ticker'];
    if (typeof ticker !== 'string') return;
    if (type === 'orderbook_snapshot') this.#snapshot(ticker, msg);
    if (type === 'orderbook_delta') this.#delta(ticker, msg);
    if (type === 'market_lifecycle_v2') this.#lifecycle(ticker, msg);
  }

  #inOrder(sid: number, seq: number): boolean {
    const last = this.#sequences.get(sid);
    if (last !== undefined && seq <= last) return false;
    this.#sequences.set(sid, seq);
    // Only the books' subscription carries books, but a careful reader does not ask which it was.
    if (last !== undefined && seq > last + 1) for (const book of this.#books.values()) if (book.state === 'good') book.state = 'lost';
    return true;
  }

  #snapshot(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    const side = (name: string): Map<number, number> =>
      new Map(((msg[name] ?? []) as readonly (readonly [string, string])[]).map(([price, count]) => [Number(price), Number(count)]));
    this.#books.set(ticker, { state: 'good', bids: side('yes_dollars_fp'), asks: side('no_dollars_fp') });
  }

  #delta(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    const price = Number(msg['price_dollars']);
    const change = typeof msg['delta_fp'] === 'string' ? Number(msg['delta_fp']) : Number.NaN;
    const levels = msg['side'] === 'yes' ? book.bids : msg['side'] === 'no' ? book.asks : null;
    if (levels === null || !Number.isFinite(price) || !Number.isFinite(change)) {
      book.state = 'lost';
      return;
    }
    const left = Math.round(((levels.get(price) ?? 0) + change) * 100) / 100;
    if (left < 0) book.state = 'lost';
    else if (left === 0) levels.delete(price);
    else levels.set(price, left);
  }

  #lifecycle(ticker: string, msg: Readonly<Record<string, unknown>>): void {
    switch (msg['event_type']) {
      case 'activated':
        this.statuses.set(ticker, 'active');
        break;
      case 'deactivated':
      case 'determined':
      case 'settled':
        this.statuses.set(ticker, String(msg['event_type']));
        break;
      default:
    }
  }

  state(ticker: string): BookState {
    return this.#books.get(ticker)?.state ?? 'none';
  }

  /** Bids at or above asks, own orders and all. Asks are told in YES terms. */
  isCrossed(ticker: string): boolean {
    const book = this.#books.get(ticker);
    if (book === undefined || book.bids.size === 0 || book.asks.size === 0) return false;
    return Math.max(...book.bids.keys()) > Math.min(...book.asks.keys());
  }
}
