/**
 * A feed to measure with: frames as the exchange writes them, byte for byte the recorded layout, made from a seed. The flow ends where it began, so that it can be
 * played again for as long as wanted: the second half undoes the first. Number and time of every frame have a fixed width and are written anew in place.
 */
import { SeededChance } from '../src/domain/chance.js';
import type { Market } from '../src/domain/market.js';
import { epochUs, formatPrice, formatQuantity, fromEpochMs, quantity, type EpochUs } from '../src/domain/units.js';

/** One signed change, in YES terms. */
interface Change {
  readonly market: number;
  readonly side: 'bid' | 'ask';
  /** Level index of the grid. */
  readonly level: number;
  /** Hundredths of contracts. */
  readonly size: number;
}

export interface FlowOptions {
  readonly markets: readonly Market[];
  /** Frames of one playing; an even number. */
  readonly frames: number;
  readonly seed?: number;
  /** Share of changes that strike the best price. Around 0.05 as a rule; 0 never moves a quote. */
  readonly topShare?: number;
}

/** Of the book's subscription. */
export const BOOK_SID = 1;
const FIRST_SEQ = 100_000_001;
const SEQ_AT = '{"type":"orderbook_delta","sid":1,"seq":'.length;
const SEQ_DIGITS = 9;
const MS_DIGITS = 13;
const FIRST_MS = 1_795_262_400_000;
const FIRST_US = fromEpochMs(FIRST_MS);
/** A frame is received this long after its stamp. */
const TRAVEL_US = 20_000;
/** Ten thousand frames a second: the load to hold. */
const FRAMES_PER_MS = 10;
/** Levels occupied on each side, and the distance of the two bests. */
const DEPTH = 20;
const SPREAD = 4;
/** Most levels that a best price goes from its home. */
const WANDER = 8;

export class Flow {
  readonly frames: readonly Buffer[];
  readonly snapshots: readonly Buffer[];
  /** Offset of the time in each frame. */
  readonly #msAt: Uint16Array;
  readonly #markets: Uint16Array;
  #played = 0;

  constructor(readonly options: FlowOptions) {
    const { markets, frames, seed = 1, topShare = 0.05 } = options;
    const books = new Sizes(markets);
    // Before any change: the flow leads from these books and back to them.
    this.snapshots = markets.map((market, i) => snapshotFrame(market, i, books, markets.length));
    const chance = new SeededChance(seed, 'flow');
    const forth = Array.from({ length: frames >> 1 }, () => books.change(chance, topShare));
    const back = forth.map((change) => ({ ...change, size: -change.size })).toReversed();
    const changes = [...forth, ...back];
    this.#markets = Uint16Array.from(changes, (change) => change.market);
    this.frames = changes.map((change) => deltaFrame(markets[change.market] as Market, change));
    this.#msAt = Uint16Array.from(this.frames, (frame) => frame.length - MS_DIGITS - 2);
    this.#stamp();
  }

  /** Index of the market that frame i is about. */
  marketOf(i: number): number {
    return this.#markets[i] as number;
  }

  get length(): number {
    return this.frames.length;
  }

  /** Engine time at which frame i of the present playing is received. */
  at(i: number): EpochUs {
    return epochUs(FIRST_US + ((this.#played * this.length + i) * 1000) / FRAMES_PER_MS + TRAVEL_US);
  }

  /** Numbers and times go on from the last playing; to be called between two playings on one connection. */
  rewind(): void {
    this.#played++;
    this.#stamp();
  }

  /** Numbers and times begin anew, for a new connection. */
  restart(): void {
    this.#played = 0;
    this.#stamp();
  }

  #stamp(): void {
    const first = this.#played * this.length;
    for (const [i, frame] of this.frames.entries()) {
      digits(frame, SEQ_AT, SEQ_DIGITS, FIRST_SEQ + first + i);
      digits(frame, this.#msAt[i] as number, MS_DIGITS, FIRST_MS + Math.floor((first + i) / FRAMES_PER_MS));
    }
  }
}

const digits = (into: Buffer, at: number, count: number, value: number): void => {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    into[i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
};

/** The books behind the flow: sizes by level, so that no level falls below zero. */
class Sizes {
  readonly #sides: readonly Side[];

  constructor(markets: readonly Market[]) {
    this.#sides = markets.flatMap(({ grid }) => [
      new Side(grid.levelCount, (grid.levelCount >> 1) - SPREAD / 2, -1),
      new Side(grid.levelCount, (grid.levelCount >> 1) + SPREAD / 2, 1),
    ]);
  }

  of(market: number, side: 'bid' | 'ask'): Side {
    return this.#sides[market * 2 + (side === 'bid' ? 0 : 1)] as Side;
  }

  /** Most changes fall behind the best price; of those at the best, some empty it or put a new one before it. */
  change(chance: SeededChance, topShare: number): Change {
    const market = Math.floor((chance.next() * this.#sides.length) / 2);
    const side = chance.next() < 0.5 ? 'bid' : 'ask';
    const own = this.of(market, side);
    const gap = Math.abs(this.of(market, side === 'bid' ? 'ask' : 'bid').best - own.best);
    const [level, size] = chance.next() < topShare ? own.atTop(chance, gap) : own.behind(chance);
    own.add(level, size);
    return { market, side, level, size };
  }
}

/** One side of one book. Its best price wanders near its home. */
class Side {
  readonly sizes: Float64Array;
  best: number;

  constructor(
    levels: number,
    readonly home: number,
    /** Direction from the best price into the book. */
    readonly away: 1 | -1,
  ) {
    this.sizes = new Float64Array(levels);
    this.best = home;
    for (let i = 0; i < DEPTH * 2 && home + away * i >= 0 && home + away * i < levels; i++) this.sizes[home + away * i] = 5000 + i * 700;
  }

  atTop(chance: SeededChance, gap: number): readonly [level: number, size: number] {
    const draw = chance.next();
    const better = this.best - this.away;
    const next = this.best + this.away;
    if (draw < 0.3 && gap > 2 && Math.abs(better - this.home) <= WANDER) return [better, 1000 + Math.floor(chance.next() * 4000)];
    if (draw < 0.6 && gap < 2 * SPREAD && Math.abs(next - this.home) <= WANDER) return [this.best, -(this.sizes[this.best] as number)];
    return [this.best, 100 + Math.floor(chance.next() * 4000)];
  }

  /** Never emptied from behind, so that there is always a next best price. */
  behind(chance: SeededChance): readonly [level: number, size: number] {
    const level = this.best + this.away * (1 + Math.floor(chance.next() * (DEPTH - 2)));
    const there = this.sizes[level] as number;
    if (there > 1000 && chance.next() < 0.5) return [level, -(1 + Math.floor(chance.next() * (there - 500)))];
    return [level, 100 + Math.floor(chance.next() * 4000)];
  }

  add(level: number, size: number): void {
    this.sizes[level] = (this.sizes[level] as number) + size;
    if ((level - this.best) * this.away < 0) this.best = level;
    while (this.sizes[this.best] === 0) this.best += this.away;
  }
}

const MARKET_ID = '7552b8d4-05de-4e41-84a8-97b0684da4a9';

const deltaFrame = (market: Market, { side, level, size }: Change): Buffer => {
  const at = formatPrice(market.grid.priceAt(level));
  const head = `{"type":"orderbook_delta","sid":${BOOK_SID},"seq":${FIRST_SEQ},"msg":{"market_ticker":"${market.ticker}","market_id":"${MARKET_ID}"`;
  const change = `"price_dollars":"${at}","delta_fp":"${formatQuantity(quantity(size))}","side":"${side === 'bid' ? 'yes' : 'no'}"`;
  return Buffer.from(`${head},${change},"ts":"2026-11-21T12:00:00.000000Z","ts_ms":${FIRST_MS}}}`);
};

/** Both sides in YES prices, as the program asks for them. */
const snapshotFrame = (market: Market, index: number, books: Sizes, of: number): Buffer => {
  const levels = (side: 'bid' | 'ask'): [string, string][] =>
    Array.from(books.of(index, side).sizes, (size, level): [string, string] => [
      formatPrice(market.grid.priceAt(level)),
      formatQuantity(quantity(size)),
    ]).filter(([, size]) => size !== '0.00');
  const msg = { market_ticker: market.ticker, market_id: MARKET_ID, yes_dollars_fp: levels('bid'), no_dollars_fp: levels('ask') };
  return Buffer.from(JSON.stringify({ type: 'orderbook_snapshot', sid: BOOK_SID, seq: FIRST_SEQ - of + index, msg }));
};
