/** Markets as REST describes them now, held against what the run believes: whatever the stream did not tell comes out as facts. */
import { toMarket, type CatalogInput } from '../connector/market-catalog.js';
import { sameStrike } from '../connector/market-strike.js';
import type { MarketChanged } from '../domain/events.js';
import { marketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import { parsePrice, type EpochUs, type Price } from '../domain/units.js';

export interface Believed {
  readonly index: number;
  readonly market: Market;
  readonly settled: boolean;
}

/** When the stream last told something new of each market: a description that was asked for before is older than what is known. */
export class StreamNews {
  readonly #heardAt = new Map<number, EpochUs>();

  heard(index: number, at: EpochUs): void {
    this.#heardAt.set(index, at);
  }

  isNewerThan(askedAt: EpochUs, index: number): boolean {
    return (this.#heardAt.get(index) ?? askedAt) > askedAt;
  }
}

/**
 * @param input the market's new body with event and series as they were read at the start
 * @returns null where nothing changed
 * @throws MalformedMessageError or InvalidGridError where the body is not what was promised
 */
export const changeOf = (believed: Believed, input: CatalogInput, at: EpochUs): MarketChanged | null => {
  const before = believed.market;
  const now = toMarket(input, 'refuse');
  const settlesAt = believed.settled ? null : settlementOf(input.market, now);
  const change = {
    ...(now.status === before.status ? {} : { status: now.status }),
    ...(now.grid.equals(before.grid) ? {} : { grid: now.grid }),
    ...(now.closesAt === null || now.closesAt === before.closesAt ? {} : { closesAt: now.closesAt }),
    ...(now.strike === undefined || (before.strike !== undefined && sameStrike(now.strike, before.strike)) ? {} : { strike: now.strike }),
    ...(settlesAt === null ? {} : { settlesAt }),
  };
  return Object.keys(change).length === 0 ? null : { type: 'market-changed', at, market: marketIndex(believed.index), ...change };
};

/** What one YES contract pays, once the result is known: the stated value, else the payout or nothing. */
const settlementOf = (body: unknown, market: Market): Price | null => {
  if (market.status !== 'determined' && market.status !== 'finalized') return null;
  const { settlement_value_dollars: value, result } = body as { readonly settlement_value_dollars?: unknown; readonly result?: unknown };
  if (typeof value === 'string' && value !== '') return parsePrice(value);
  if (result === 'yes') return market.payout;
  return result === 'no' ? parsePrice('0') : null;
};
