/** What a run's records say of an account, held against what the exchange says: by market, to the contract. Decides nothing and changes nothing. */
import type { RestFill, RestOrder, RestPosition, Settlement } from '../connector/rest-portfolio.js';
import type { FillId } from '../domain/ids.js';
import {
  addQuantity,
  formatQuantity,
  negateQuantity,
  subtractQuantity,
  UNKNOWN_TIME,
  ZERO_QUANTITY,
  type Cash,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import type { Engine } from '../engine/engine.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import type { Snapshot } from './snapshot.js';

/** What the last run left written. */
export interface Recorded {
  /** Signed contracts of every market of the run, as it last knew them. */
  readonly positions: ReadonlyMap<string, Quantity>;
  readonly fills: ReadonlySet<FillId>;
  /** The last moment that is recorded; UNKNOWN_TIME where there is no journal. */
  readonly until: EpochUs;
  /** From the last complete reading of the account. */
  readonly balance: Cash | null;
  /** False where the records do not say which fills were booked. */
  readonly hasFills: boolean;
}

/**
 * Steps the engine through its own journal again: what it then knows is what the run knew, to the last fill. A run that ended before it had adopted the account's positions
 * knew none.
 */
export const recordedIn = (records: Iterable<JournalRecord>, engine: Pick<Engine, 'step' | 'state'>): Recorded => {
  const fills = new Set<FillId>();
  let until: EpochUs = UNKNOWN_TIME;
  let balance: Cash | null = null;
  for (const record of records) {
    if (record.type !== 'event') continue;
    const { event } = record;
    until = event.at;
    engine.step(event);
    if (event.type === 'fill') fills.add(event.fill.fillId);
    if (event.type === 'carried-over') for (const fill of event.fills) fills.add(fill.fillId);
    if (event.type !== 'account-reading') continue;
    for (const fill of event.fills) fills.add(fill.fillId);
    if (event.complete) balance = event.balance;
  }
  const { markets, inventory } = engine.state;
  const known = markets.filter((market) => market.counts);
  const positions = new Map(known.map((market) => [market.market.ticker as string, inventory.position(market.index)]));
  return { positions, fills, until, balance, hasFills: true };
};

/** The snapshot alone, where the journal cannot be read: positions, a few seconds old. */
export const recordedBySnapshot = (snapshot: Snapshot): Recorded => ({
  positions: new Map(snapshot.markets.map(({ ticker, position }) => [ticker, position])),
  fills: new Set(),
  until: UNKNOWN_TIME,
  balance: null,
  hasFills: false,
});

/** What the exchange says. */
export interface Told {
  readonly positions: readonly RestPosition[];
  readonly fills: readonly RestFill[];
  readonly settlements: readonly Settlement[];
  /** Ours only. */
  readonly resting: readonly RestOrder[];
}

export interface MarketDifference {
  readonly ticker: string;
  readonly recorded: Quantity;
  readonly exchange: Quantity;
  /** Fills in this market that the records do not know. */
  readonly unbooked: number;
  /** Why, where the exchange's own lists explain all of it; null where they do not. */
  readonly explanation: string | null;
}

export interface Reconciliation {
  readonly differences: readonly MarketDifference[];
  /** Markets whose numbers agree. */
  readonly agreeing: number;
  /** Positions in markets that the records know nothing of: another program's, a person's, or an older run's. */
  readonly outside: readonly RestPosition[];
  /** Orders of ours that rest although no bot runs. */
  readonly orphans: readonly RestOrder[];
}

export const reconcile = (recorded: Recorded, told: Told, botRuns: boolean): Reconciliation => {
  const held = new Map(told.positions.map((position) => [position.ticker, position.position]));
  const unbooked = recorded.hasFills ? told.fills.filter((fill) => !recorded.fills.has(fill.fillId)) : [];
  const settled = new Map(told.settlements.map((settlement) => [settlement.ticker, settlement]));
  const differences: MarketDifference[] = [];
  for (const [ticker, known] of recorded.positions) {
    const exchange = held.get(ticker) ?? ZERO_QUANTITY;
    const missing = unbooked.filter((fill) => fill.ticker === ticker);
    if (exchange === known) continue;
    const explanation = explain(subtractQuantity(exchange, known), missing, exchange === 0 && settled.has(ticker));
    differences.push({ ticker, recorded: known, exchange, unbooked: missing.length, explanation });
  }
  return {
    differences,
    agreeing: recorded.positions.size - differences.length,
    outside: told.positions.filter(({ ticker, position }) => position !== 0 && !recorded.positions.has(ticker)),
    orphans: botRuns ? [] : told.resting,
  };
};

export const agrees = ({ differences, orphans }: Reconciliation): boolean => differences.length === 0 && orphans.length === 0;

const explain = (difference: Quantity, missing: readonly RestFill[], settled: boolean): string | null => {
  if (settled) return 'the market has settled since';
  const sum = missing.reduce((total, fill) => addQuantity(total, signed(fill)), ZERO_QUANTITY);
  if (missing.length === 0 || sum !== difference) return null;
  return `${missing.length} fill${missing.length === 1 ? '' : 's'} of ${formatQuantity(sum)} contracts that the records do not have`;
};

const signed = ({ side, quantity }: RestFill): Quantity => (side === 'bid' ? quantity : negateQuantity(quantity));
