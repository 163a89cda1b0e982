/** Finds a market by the bytes of its ticker, without making a text: hash, then compare every byte. */
import type { MarketIndex } from '../domain/ids.js';
import type { Price } from '../domain/units.js';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const FREE = 0;

const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = FNV_OFFSET | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  return hash ^ (hash >>> 15);
};

/** Open addressing with linear probing, at most half full. Markets can be added at any time; a removed one stays known and is refused upstream. */
export class TickerBytes {
  /** Entry + 1, or FREE. */
  #slots = new Int32Array(64);
  readonly #names: Uint8Array[] = [];
  readonly #hashes: number[] = [];
  readonly #markets: MarketIndex[] = [];
  readonly #payouts: Price[] = [];

  /** Adds a market, or gives a known one its new payout. Tickers that JSON would escape are left to the JSON path. */
  add(ticker: string, market: MarketIndex, payout: Price): void {
    if (!/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(ticker)) return;
    const name = Uint8Array.from(ticker, (c) => c.charCodeAt(0));
    const known = this.find(name, 0, name.length);
    if (known >= 0) {
      this.#markets[known] = market;
      this.#payouts[known] = payout;
      return;
    }
    this.#names.push(name);
    this.#hashes.push(hashOf(name, 0, name.length));
    this.#markets.push(market);
    this.#payouts.push(payout);
    if (this.#names.length * 2 > this.#slots.length) this.#grow();
    else this.#place(this.#names.length - 1);
  }

  /** Entry of the ticker written in bytes[start, end), or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    const hash = hashOf(bytes, start, end);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#same(entry, bytes, start, end)) return entry;
    }
  }

  marketAt(entry: number): MarketIndex {
    return this.#markets[entry] as MarketIndex;
  }

  payoutAt(entry: number): Price {
    return this.#payouts[entry] as Price;
  }

  #same(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const name = this.#names[entry] as Uint8Array;
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
    return true;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[entry] as number) & mask;
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#names.length; entry++) this.#place(entry);
  }
}
