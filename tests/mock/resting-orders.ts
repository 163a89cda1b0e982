/** Many resting orders at once, put into the matching engine without passing through the account's budget. */
import { clientOrderId, orderGroupId, type OrderGroupId, type VenueOrderId } from '../../src/domain/ids.js';
import { quantity } from '../../src/domain/units.js';
import type { World } from './app-world.js';

export interface Resting {
  /** Client ids begin with it and a hyphen. */
  readonly prefix: string;
  readonly count: number;
  /** One order group per shard, or none. */
  readonly grouped?: boolean;
}

const LIMIT = quantity(100_000_000);
const ONE = quantity(100);

/** Bids at the lowest prices, over all markets in turn, so that nobody fills them. @returns their ids at the exchange */
export const rest = (world: World, { prefix, count, grouped = false }: Resting): readonly VenueOrderId[] => {
  const { exchange, keys } = world.running;
  const account = keys[0]?.account;
  if (account === undefined) throw new Error('the exchange handed out no key');
  const markets = exchange.markets();
  const groups = new Map<number, OrderGroupId>();
  const groupOf = (shard: number): OrderGroupId => {
    const known = groups.get(shard);
    if (known !== undefined) return known;
    const made = exchange.createGroup(account, { limit: LIMIT, subaccount: 0, shard });
    if (!made.ok) throw new Error(`no group on shard ${shard}: ${made.refusal.code}`);
    groups.set(shard, orderGroupId(made.group));
    return made.group;
  };
  return Array.from({ length: count }, (_, i) => {
    const market = markets[i % markets.length];
    if (market === undefined) throw new Error('the exchange lists no market');
    const shard = market.shard;
    const answer = exchange.createOrder(account, {
      ticker: market.ticker,
      side: 'bid',
      price: exchange.grid(market.ticker).lowest,
      quantity: ONE,
      timeInForce: 'good-till-cancelled',
      selfTrade: 'taker-at-cross',
      clientOrderId: clientOrderId(`${prefix}-t-${i + 1}`),
      expiresAt: null,
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: false,
      group: grouped ? groupOf(shard) : null,
      subaccount: 0,
      shard,
    });
    if (!answer.ok) throw new Error(`order ${i + 1}: ${answer.refusal.code}`);
    return answer.orderId;
  });
};

/** How many of these rest, as the matching engine itself knows. */
export const restingOf = (world: World, orders: readonly VenueOrderId[]): number => {
  const account = world.running.keys[0]?.account;
  if (account === undefined) return 0;
  return orders.filter((order) => world.running.exchange.remaining(account, order) !== null).length;
};
