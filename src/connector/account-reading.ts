/** One reading of the account, put together from its parts. Where any part fails the reading says so: it then proves nothing. */
import type { RequestAccount } from '../domain/actions.js';
import type { AccountReading } from '../domain/events.js';
import type { FillReport, VenueOrder, VenuePosition } from '../domain/order.js';
import { between, seconds, UNKNOWN_TIME, ZERO_CASH, type EpochUs, type Price } from '../domain/units.js';
import type { AccountCalls } from './account-calls.js';
import type { MarketTable } from './market-table.js';
import { toFillReport, toVenueOrder, toVenuePosition, type RestFill } from './rest-portfolio.js';
import type { Result } from './rest-result.js';

type Reads = Pick<AccountCalls, 'userDataTimestamp' | 'orders' | 'positions' | 'fills' | 'balance'>;

/** A statement of validity further ahead of our clock is wrong: believed, it would prove every order gone whose command is still on its way. */
const AHEAD_MAX = seconds(300);

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
  const asOf = plausible(await api.userDataTimestamp(), now());
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
    complete:
      [asOf, orders, positions, fills, balance].every((part) => part.kind === 'ok') &&
      isPriced(resting, table) &&
      isPriced(valueOf(fills), table),
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

const plausible = (asOf: Result<EpochUs>, now: EpochUs): Result<EpochUs> =>
  asOf.kind === 'ok' && between(now, asOf.value) > AHEAD_MAX
    ? { kind: 'unknown', status: asOf.status, reason: 'the account is said to be valid until a moment that is far ahead' }
    : asOf;

/** True where no price is beyond what the market pays. */
const isPriced = (rows: readonly { readonly ticker: string; readonly price: Price }[], table: MarketTable): boolean =>
  rows.every(({ ticker, price }) => {
    const index = table.indexOf(ticker);
    return index === null || price <= table.market(index).payout;
  });

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
