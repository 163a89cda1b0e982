/** Renews the expiry of what rests, order by order, as `Renewals` paces it. Runs with every tick, so that a delta pays nothing for it. */
import type { Amend } from '../domain/order.js';
import { addQuantity, seconds, toSeconds, type EpochUs } from '../domain/units.js';
import type { LifeChange } from '../execution/renewals.js';
import type { WorkingOrder } from '../execution/working-order.js';
import { observe, permit, whyShut } from './decide.js';
import type { EngineState } from './engine-state.js';

/** An order whose end has passed by this much and of which nobody has told is looked up. */
const LAPSED_AFTER = seconds(1);
/** Orders tried per shard and tick: one that risk refuses must not keep all others waiting. */
const TRIES_MAX = 8;

interface ShardOrders {
  live: number;
  readonly eligible: WorkingOrder[];
}

export const renewExpiries = (engine: EngineState): void => {
  const { renewals } = engine;
  if (!renewals.on || engine.recovery.phase !== 'trading') return;
  const exchangeNow = engine.exchangeNow;
  const byShard = collect(engine, exchangeNow);
  for (const [shard, { live, eligible }] of byShard) {
    const load = {
      orders: Math.max(live, wantedIn(engine, shard)),
      refillPerSecond: engine.budgets.refillPerSecond,
      cost: engine.budgets.cost('amend'),
    };
    const change = renewals.observe(shard, load);
    if (change !== null) say(engine, shard, change);
    if (eligible.length > 0) renewShard(engine, shard, eligible, exchangeNow);
  }
};

const collect = (engine: EngineState, exchangeNow: EpochUs): ReadonlyMap<number, ShardOrders> => {
  const byShard = new Map<number, ShardOrders>();
  for (const { market } of engine.markets) if (!byShard.has(market.shard)) byShard.set(market.shard, { live: 0, eligible: [] });
  engine.orders.forOwn((order) => {
    const { shard } = engine.market(order.market).market;
    const of = byShard.get(shard);
    if (of === undefined) return;
    of.live++;
    if (order.expiresAt === null) return;
    if (exchangeNow - order.expiresAt > LAPSED_AFTER) engine.recovery.readSoon(engine.now);
    if (order.phase === 'resting' && engine.renewals.isEligible(shard, order.expiresAt, exchangeNow)) of.eligible.push(order);
  });
  return byShard;
};

/** Two quotes for each market that may be quoted: so many orders there will be, so the first ones get a life that leaves room for the last. */
const wantedIn = (engine: EngineState, shard: number): number => {
  let count = 0;
  for (const { market, settled } of engine.markets) if (market.shard === shard && market.status === 'active' && !settled) count += 2;
  return count;
};

const renewShard = (engine: EngineState, shard: number, eligible: WorkingOrder[], exchangeNow: EpochUs): void => {
  const { renewals } = engine;
  if (eligible.length > 1) eligible.sort((a, b) => Number(a.expiresAt) - Number(b.expiresAt));
  let tries = 0;
  for (const order of eligible) {
    const { expiresAt } = order;
    if (expiresAt === null || !renewals.mayRenew(shard, expiresAt, exchangeNow, engine.now) || tries++ >= TRIES_MAX) return;
    if (renew(engine, order)) renewals.renewed(shard, expiresAt, exchangeNow, engine.now);
  }
};

/** An amend of the expiry alone keeps the queue place. @returns whether it leaves */
const renew = (engine: EngineState, order: WorkingOrder): boolean => {
  const state = engine.market(order.market);
  const expiresAt = engine.renewals.expiry(state.market.shard, engine.exchangeNow);
  if (order.orderId === null || expiresAt === null || expiresAt <= Number(order.expiresAt) || whyShut(engine, state) !== null) return false;
  const { clientId, orderId, market, side, price } = order;
  const amend: Amend = {
    type: 'amend',
    clientId,
    orderId,
    market,
    side,
    price,
    total: addQuantity(order.filled, order.remaining),
    expiresAt,
  };
  return permit(engine, state, observe(engine, state), amend) === null;
};

const say = (engine: EngineState, shard: number, { life, usual, lengthened, needed, allowed }: LifeChange): void => {
  if (lengthened)
    engine.out.say(
      'warn',
      'EXPIRY_LENGTHENED',
      `Renewing what rests on shard ${shard} within ${toSeconds(usual)} s would take ${needed.toFixed(0)} tokens per second, and renewals may use ${allowed.toFixed(0)}: orders there now expire ${toSeconds(life)} s after their last renewal.`,
    );
  else engine.out.say('info', 'EXPIRY_USUAL', `Orders on shard ${shard} expire ${toSeconds(usual)} s after their last renewal again.`);
};
