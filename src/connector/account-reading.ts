/** One reading of the account, put together from its parts. Where any part fails the reading says so: it then proves nothing. */
import type { RequestAccount } from '../domain/actions.js';
import type { AccountReading } from '../domain/events.js';
import type { FillReport, VenueOrder, VenuePosition } from '../domain/order.js';
import { UNKNOWN_TIME, ZERO_CASH, type EpochUs } from '../domain/units.js';
import type { AccountCalls } from './account-calls.js';
import type { MarketTable } from './market-table.js';
import { toFillReport, toVenueOrder, toVenuePosition, type RestFill } from './rest-portfolio.js';
import type { Result } from './rest-result.js';

type Reads = Pick<AccountCalls, 'userDataTimestamp' | 'orders' | 'positions' | 'fills' | 'balance'>;

const NONE: Result<readonly never[]> = { kind: 'ok', status: 200, value: [] };
const NO_BALANCE: Awaited<ReturnType<Reads['balance']>> = {
  kind: 'ok',
  status: 200,
  value: { total: ZERO_CASH, byShard: new Map(), portfolioValue: ZERO_CASH },
};

/**
 * Reads resting orders, positions, fills and balance of the subaccount. The exchange's statement of validity is read before them, so it holds for
 * all of them; it only grows. A request for `orders` leaves positions and balance out: 30 tokens instead of 50.
 */
export const readAccount = async (api: Reads, table: MarketTable, request: RequestAccount, now: () => EpochUs): Promise<AccountReading> => {
  const since = request.fillsSince;
  const inFull = request.scope === undefined;
  const asOf = await api.userDataTimestamp();
  const [orders, positions, fills, balance] = await Promise.all([
    api.orders('resting'),
    inFull ? api.positions() : Promise.resolve(NONE),
    since === UNKNOWN_TIME ? Promise.resolve(NONE) : api.fills(since),
    inFull ? api.balance() : Promise.resolve(NO_BALANCE),
  ]);
  // A status word of the future says neither that an order rests nor that it does not: it stays in, and counts.
  const resting = valueOf(orders).filter((order) => order.status === 'resting' || order.status === 'unknown');
  const held = valueOf(positions);
  const foreign =
    resting.filter((order) => table.indexOf(order.ticker) === null).length +
    held.filter((position) => table.indexOf(position.ticker) === null && position.position !== 0).length;
  return {
    type: 'account-reading',
    at: now(),
    request: request.request,
    ...(inFull ? {} : { scope: 'orders' as const }),
    complete: [asOf, orders, positions, fills, balance].every((part) => part.kind === 'ok'),
    validUntil: asOf.kind === 'ok' ? asOf.value : UNKNOWN_TIME,
    resting: inRun(resting, table, toVenueOrder) satisfies VenueOrder[],
    positions: inRun(held, table, toVenuePosition) satisfies VenuePosition[],
    fills: inRun(
      valueOf(fills).filter((fill) => endOf(fill) >= since),
      table,
      toFillReport,
    ) satisfies FillReport[],
    balance: balance.kind === 'ok' ? balance.value.total : ZERO_CASH,
    foreign,
  };
};

const valueOf = <T>(result: Result<readonly T[]>): readonly T[] => (result.kind === 'ok' ? result.value : []);

/** Latest moment at which a fill can have happened: a stamp in whole seconds covers the whole second. */
const endOf = (fill: RestFill): number => fill.exchangeAt + (fill.precise ? 0 : 999_999);

const inRun = <T extends { readonly ticker: string }, D>(
  rows: readonly T[],
  table: MarketTable,
  translate: (row: T, index: NonNullable<ReturnType<MarketTable['indexOf']>>) => D,
): D[] =>
  rows.flatMap((row) => {
    const index = table.indexOf(row.ticker);
    return index === null ? [] : [translate(row, index)];
  });
