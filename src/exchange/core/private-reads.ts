/** What an account can read of itself, as it stood `asOf`: reads lag behind the matching engine (exchange reference 4.4). */
import type { VenueOrderId } from '../../domain/ids.js';
import { addCash, cash, quantity, seconds, ZERO_CASH, type Cash, type EpochUs } from '../../domain/units.js';
import { heldFor, heldIn, type Secured } from './collateral.js';
import type { Kernel } from './kernel.js';
import type { Account, Position, Wallet } from './records.js';
import type {
  BalanceView,
  EventPositionView,
  FillFilter,
  FillView,
  GroupView,
  OrderFilter,
  OrderView,
  PositionFilter,
  PositionView,
  SettlementFilter,
  SettlementView,
} from './types.js';

/** Cancelled and executed orders leave the list after about two weeks. */
const ORDERS_KEPT = seconds(14 * 24 * 3600);

const within = (at: EpochUs, since: EpochUs | undefined, until: EpochUs | undefined): boolean =>
  (since === undefined || at >= since) && (until === undefined || at <= until);

const same = <T>(wanted: T | undefined, is: T): boolean => wanted === undefined || wanted === is;

/** Newest first. */
export const readOrders = (kernel: Kernel, account: Account, asOf: EpochUs, filter: OrderFilter): OrderView[] => {
  const found: OrderView[] = [];
  if (filter.status === 'resting') forgetEnded(kernel, account);
  const ids = filter.status === 'resting' ? account.restedLately : account.orderHistory.keys();
  for (const id of ids) {
    const order = account.orderHistory.get(id)?.at(asOf) ?? null;
    if (order === null) continue;
    if (order.status !== 'resting' && kernel.now - order.updatedAt > ORDERS_KEPT) continue;
    if (!same(filter.ticker, order.ticker) || !same(filter.status, order.status)) continue;
    if (!same(filter.subaccount, order.subaccount) || !same(filter.shard, order.shard)) continue;
    if (filter.events !== undefined && !filter.events.includes(order.event)) continue;
    if (within(order.createdAt, filter.since, filter.until)) found.push(order);
  }
  return found.toReversed();
};

/** What ended longer ago than any read may lag does not rest in any of them. */
const forgetEnded = (kernel: Kernel, account: Account): void => {
  for (const id of account.restedLately) {
    if (account.resting.has(id)) continue;
    const last = account.orderHistory.get(id)?.at(kernel.now) ?? null;
    if (last === null || kernel.now - last.updatedAt > kernel.settings.readLag.max) account.restedLately.delete(id);
  }
};

export const readOrder = (account: Account, asOf: EpochUs, id: VenueOrderId): OrderView | null =>
  account.orderHistory.get(id)?.at(asOf) ?? null;

/** Newest first. */
export const readFills = (account: Account, asOf: EpochUs, filter: FillFilter): FillView[] => {
  const found: FillView[] = [];
  for (let i = account.fills.length - 1; i >= 0; i--) {
    const fill = account.fills[i] as FillView;
    // In the order of their times.
    if (filter.since !== undefined && fill.at < filter.since) break;
    if (fill.at > asOf || !within(fill.at, filter.since, filter.until)) continue;
    if (filter.tickers !== undefined && !filter.tickers.includes(fill.ticker)) continue;
    if (!same(filter.orderId, fill.orderId) || !same(filter.subaccount, fill.subaccount) || !same(filter.shard, fill.shard)) continue;
    found.push(fill);
  }
  return found;
};

export const readPositions = (account: Account, asOf: EpochUs, filter: PositionFilter): PositionView[] => {
  const found: PositionView[] = [];
  for (const past of account.positionHistory.values()) {
    const position = past.at(asOf);
    if (position === null) continue;
    if (!same(filter.ticker, position.ticker) || !same(filter.event, position.event)) continue;
    if (!same(filter.subaccount, position.subaccount) || !same(filter.shard, position.shard)) continue;
    const settlement = filter.settlement ?? 'unsettled';
    if (settlement === 'all' || (settlement === 'settled') === position.settled) found.push(position);
  }
  return found;
};

/** The positions of each event, added up. */
export const sumByEvent = (positions: readonly PositionView[]): EventPositionView[] => {
  const sums = new Map<string, EventPositionView>();
  for (const position of positions) {
    const sum = sums.get(position.event);
    sums.set(position.event, {
      event: position.event,
      shard: position.shard,
      cost: addCash(sum?.cost ?? ZERO_CASH, position.cost),
      quantity: quantity((sum?.quantity ?? 0) + Math.abs(position.quantity)),
      exposure: addCash(sum?.exposure ?? ZERO_CASH, position.cost),
      realized: addCash(sum?.realized ?? ZERO_CASH, position.realized),
      fees: addCash(sum?.fees ?? ZERO_CASH, position.fees),
    });
  }
  return [...sums.values()];
};

/** Newest first. */
export const readSettlements = (account: Account, asOf: EpochUs, filter: SettlementFilter): SettlementView[] =>
  account.settlements
    .filter(
      (settlement) =>
        settlement.at <= asOf &&
        within(settlement.at, filter.since, filter.until) &&
        same(filter.ticker, settlement.ticker) &&
        same(filter.event, settlement.event) &&
        same(filter.subaccount, settlement.subaccount) &&
        same(filter.shard, settlement.shard),
    )
    .toReversed();

export const readGroups = (account: Account, asOf: EpochUs, subaccount: number | null): GroupView[] => {
  const found: GroupView[] = [];
  for (const past of account.groupHistory.values()) {
    const group = past.at(asOf);
    if (group !== null && (subaccount === null || group.subaccount === subaccount)) found.push(group);
  }
  return found;
};

/** What the orders of a wallet held at that moment, by the same rule as today's check. */
const heldAt = (kernel: Kernel, account: Account, wallet: Wallet, asOf: EpochUs): Cash => {
  if (asOf === kernel.now) return heldIn(kernel, wallet);
  const byPosition = new Map<Position, Secured[]>();
  for (const id of account.restedLately) {
    const order = account.orderHistory.get(id)?.at(asOf) ?? null;
    if (order?.status !== 'resting' || order.shard !== wallet.shard || order.subaccount !== wallet.subaccount) continue;
    const position = wallet.positions.get(order.ticker);
    if (position === undefined) continue;
    byPosition.set(position, [...(byPosition.get(position) ?? []), order]);
  }
  let sum = 0;
  for (const [position, orders] of byPosition) {
    const held = account.positionHistory.get(position)?.at(asOf)?.quantity ?? quantity(0);
    sum += heldFor(kernel, position, held, orders);
  }
  return cash(sum);
};

const markOf = (kernel: Kernel, position: Position, view: PositionView): Cash => {
  const { market } = position;
  if (view.quantity === 0 || view.settled) return ZERO_CASH;
  if (kernel.settings.switches.portfolioMark === 'cost' || market.last === null) return view.cost;
  const mark = market.settlementValue ?? market.last;
  return cash(view.quantity > 0 ? mark * view.quantity : (market.grid.payout - mark) * -view.quantity);
};

/** Cash of one subaccount over all shards, or on one. */
export const readBalance = (kernel: Kernel, account: Account, asOf: EpochUs, subaccount: number, shard: number | null): BalanceView => {
  const excludes = kernel.settings.switches.balanceExcludesResting;
  const shards: { shard: number; balance: Cash; held: Cash }[] = [];
  let portfolioValue = 0;
  for (const { index } of [...kernel.shards.values()].sort((a, b) => a.index - b.index)) {
    if (shard !== null && shard !== index) continue;
    const wallet = kernel.wallet(account, index, subaccount);
    const held = heldAt(kernel, account, wallet, asOf);
    const total = account.cashHistory.get(wallet)?.at(asOf) ?? ZERO_CASH;
    shards.push({ shard: index, balance: cash(excludes ? total - held : total), held });
    for (const position of wallet.positions.values()) {
      const view = account.positionHistory.get(position)?.at(asOf);
      if (view) portfolioValue += markOf(kernel, position, view);
    }
  }
  return {
    balance: cash(shards.reduce((sum, row) => sum + row.balance, 0)),
    portfolioValue: cash(portfolioValue),
    held: cash(shards.reduce((sum, row) => sum + row.held, 0)),
    shards,
    at: asOf,
  };
};
