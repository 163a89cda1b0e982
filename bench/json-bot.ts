/**
 * What one writes first: JSON.parse of every frame, a Map of price texts per side, the best found by a walk over the Map when it went, and the same strategy
 * asked whenever the top changed. It has no sequence check, no risk, no orders and no journal: it does less than we do, which is to its advantage.
 */
import type { Estimate, MarketEstimates } from '../src/domain/estimates.js';
import type { Market } from '../src/domain/market.js';
import { price, quantity, ZERO_QUANTITY, type EpochUs } from '../src/domain/units.js';
import type { Strategy, Target } from '../src/domain/view.js';

interface Side {
  readonly sizes: Map<number, number>;
  best: number | null;
}

interface Book {
  readonly market: Market;
  readonly yes: Side;
  readonly no: Side;
}

interface DeltaMessage {
  readonly msg: { readonly market_ticker: string; readonly price_dollars: string; readonly delta_fp: string; readonly side: 'yes' | 'no' };
}
interface SnapshotMessage {
  readonly msg: { readonly market_ticker: string; readonly yes_dollars_fp: [string, string][]; readonly no_dollars_fp: [string, string][] };
}

const units = (text: string): number => Math.round(Number(text) * 10_000);
const hundredths = (text: string): number => Math.round(Number(text) * 100);

export class JsonBot {
  readonly #books = new Map<string, Book>();
  /** Quotes that differ from the one before. */
  quotes = 0;
  readonly #last = new Map<string, string>();

  /** @param strategy null: books only */
  constructor(
    markets: readonly Market[],
    snapshots: readonly Uint8Array[],
    private readonly strategy: Strategy | null,
  ) {
    for (const market of markets) this.#books.set(market.ticker, { market, yes: emptySide(), no: emptySide() });
    for (const bytes of snapshots) {
      const { msg } = JSON.parse(bytes.toString()) as SnapshotMessage;
      const book = this.#books.get(msg.market_ticker) as Book;
      for (const [at, size] of msg.yes_dollars_fp) change(book.yes, units(at), hundredths(size), isHigher);
      for (const [at, size] of msg.no_dollars_fp) change(book.no, units(at), hundredths(size), isLower);
    }
  }

  frame(bytes: Uint8Array, at: EpochUs): void {
    const { msg } = JSON.parse(bytes.toString()) as DeltaMessage;
    const book = this.#books.get(msg.market_ticker) as Book;
    const isBid = msg.side === 'yes';
    const side = isBid ? book.yes : book.no;
    const moved = change(side, units(msg.price_dollars), hundredths(msg.delta_fp), isBid ? isHigher : isLower);
    if (!moved || this.strategy === null) return;
    const target = this.#quote(book, at);
    const text = `${target.bid?.price ?? ''} ${target.ask?.price ?? ''}`;
    if (this.#last.get(msg.market_ticker) === text) return;
    this.#last.set(msg.market_ticker, text);
    this.quotes++;
  }

  #quote({ market, yes, no }: Book, now: EpochUs): Target {
    const bid = yes.best;
    const ask = no.best;
    const mid = bid === null || ask === null ? null : (bid + ask) / 2;
    return (this.strategy as Strategy).quote({
      market,
      now,
      bestBid: bid === null ? null : price(bid),
      bestAsk: ask === null ? null : price(ask),
      bidSize: quantity(bid === null ? 0 : (yes.sizes.get(bid) ?? 0)),
      askSize: quantity(ask === null ? 0 : (no.sizes.get(ask) ?? 0)),
      mid,
      microprice: mid,
      imbalance: 0,
      volatility: 25,
      inventory: ZERO_QUANTITY,
      alpha: 0,
      secondsToClose: null,
      secondsToSettlement: null,
      estimates: ESTIMATES,
      valuation: null,
      related: null,
    });
  }
}

const known = (value: number): Estimate => ({ value, error: null });
const ESTIMATES: MarketEstimates = {
  beliefVolatility: known(1 / 60),
  jumpRate: known(0),
  jumpSize: known(0),
  fillDecay: known(60),
  fillIntensity: known(0.05),
};

const emptySide = (): Side => ({ sizes: new Map(), best: null });
const isHigher = (a: number, b: number): boolean => a > b;
const isLower = (a: number, b: number): boolean => a < b;

/** Whether the best price or the size there is another one now. */
const change = (side: Side, at: number, size: number, better: (a: number, b: number) => boolean): boolean => {
  const after = (side.sizes.get(at) ?? 0) + size;
  if (after > 0) side.sizes.set(at, after);
  else side.sizes.delete(at);
  if (at === side.best && after > 0) return true;
  if (at !== side.best) {
    if (side.best !== null && !better(at, side.best)) return false;
    side.best = at;
    return true;
  }
  side.best = null;
  for (const level of side.sizes.keys()) if (side.best === null || better(level, side.best)) side.best = level;
  return true;
};
