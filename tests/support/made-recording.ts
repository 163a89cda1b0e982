/** A recording that is made, not recorded: two markets that wander, with trades that reach resting quotes. The same seed makes the same lines. */
import { SeededChance } from '../../src/domain/chance.js';

export interface MadeRecording {
  readonly seed?: number;
  /** Steps of 200 ms. */
  readonly steps?: number;
  readonly tickers?: readonly string[];
  /** Milliseconds since 1970 of the first frame. */
  readonly startMs?: number;
}

export const MADE_TICKERS = ['KXMADE-26NOV21-A', 'KXMADE-26NOV21-B'] as const;
const START_MS = 1_795_262_400_000;
const STEP_MS = 200;
const DEPTH = 5;
const SIZE = 40;

const dollars = (cents: number): string => (cents / 100).toFixed(4);

/** One market: five levels on each side, two cents apart. */
class Wanderer {
  readonly sizes = new Map<string, number>();
  constructor(
    readonly ticker: string,
    public mid: number,
  ) {
    this.#settle();
  }

  levels(side: 'yes' | 'no'): [string, string][] {
    return [...this.sizes].flatMap(([key, size]): [string, string][] => {
      const [at, cents] = key.split(' ') as [string, string];
      return at === side ? [[dollars(Number(cents)), size.toFixed(2)]] : [];
    });
  }

  /** What changes when the middle moves: old levels go, new ones come. */
  moveTo(mid: number): { side: string; cents: number; change: number }[] {
    const before = new Map(this.sizes);
    this.mid = mid;
    this.sizes.clear();
    this.#settle();
    return [...new Set([...before.keys(), ...this.sizes.keys()])].flatMap((key) => {
      const change = (this.sizes.get(key) ?? 0) - (before.get(key) ?? 0);
      const [side = '', cents] = key.split(' ');
      return change === 0 ? [] : [{ side, cents: Number(cents), change }];
    });
  }

  #settle(): void {
    for (let i = 0; i < DEPTH; i++) {
      this.sizes.set(`yes ${this.mid - 2 - i}`, SIZE);
      this.sizes.set(`no ${100 - (this.mid + 2 + i)}`, SIZE);
    }
  }
}

/** Lines of raw frames with the time of their receipt. */
export const madeLines = (options: MadeRecording = {}): string[] => {
  const { seed = 1, steps = 600, tickers = MADE_TICKERS, startMs = START_MS } = options;
  const chance = new SeededChance(seed, 'made recording');
  const markets = tickers.map((ticker, i) => new Wanderer(ticker, 45 + 8 * i));
  const lines: string[] = [];
  const seq = { book: 0, trade: 0 };
  let atMs = startMs;
  const say = (frame: object): void => void lines.push(`{"recv_ts_ns": ${atMs}000000, "raw": ${JSON.stringify(JSON.stringify(frame))}}`);
  const book = (type: string, msg: object): void => say({ type, sid: 1, seq: ++seq.book, msg });
  say({ type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 1 } });
  say({ type: 'subscribed', id: 2, msg: { channel: 'trade', sid: 2 } });
  for (const market of markets)
    book('orderbook_snapshot', {
      market_ticker: market.ticker,
      market_id: 'made',
      yes_dollars_fp: market.levels('yes'),
      no_dollars_fp: market.levels('no'),
    });
  for (let i = 0; i < steps; i++) {
    atMs += STEP_MS;
    for (const market of markets) {
      if (chance.next() < 0.25)
        trade(market, chance, (msg) => say({ type: 'trade', sid: 2, seq: ++seq.trade, msg: { ...msg, ts_ms: atMs } }));
      if (chance.next() < 0.1) {
        const step = chance.next() < 0.5 ? -1 : 1;
        for (const { side, cents, change } of market.moveTo(Math.min(80, Math.max(20, market.mid + step))))
          book('orderbook_delta', {
            market_ticker: market.ticker,
            market_id: 'made',
            price_dollars: dollars(cents),
            delta_fp: change.toFixed(2),
            side,
            ts_ms: atMs,
          });
      }
    }
  }
  return lines;
};

/** Somebody hurries: up to four cents through the middle, so that quotes inside the spread and at the touch are passed. */
const trade = (market: Wanderer, chance: SeededChance, say: (msg: object) => void): void => {
  const buys = chance.next() < 0.5;
  const cents = market.mid + (buys ? 1 : -1) * (1 + Math.floor(chance.next() * 4));
  say({
    trade_id: `made-${market.ticker}-${Math.floor(chance.next() * 1e9)}`,
    market_ticker: market.ticker,
    yes_price_dollars: dollars(cents),
    no_price_dollars: dollars(100 - cents),
    count_fp: (1 + Math.floor(chance.next() * 12)).toFixed(2),
    taker_side: buys ? 'yes' : 'no',
  });
};
