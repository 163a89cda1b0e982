/** Renews the expiry of what rests, order by order, as `Renewals` paces it. Runs with every tick, so that a delta pays nothing for it. */
import type { Amend } from '../domain/order.js';
import { addQuantity, durationUs, later, seconds, toSeconds } from '../domain/units.js';
import type { LifeChange, RenewalRound } from '../execution/renewals.js';
import type { WorkingOrder } from '../execution/working-order.js';
import { observe, whyShut } from './decide.js';
import type { EngineState } from './engine-state.js';
import { permit } from './permit.js';

/** An order whose end has passed by this much and of which nobody has told is looked up. */
const LAPSED_AFTER = seconds(1);
/** Orders tried per shard and tick: one that risk refuses must not keep all others waiting. */
const TRIES_MAX = 8;
/** All orders are looked at so often; in between the ticks work through what was found. Never longer than an eighth of a life. */
const SCAN_EVERY = seconds(1);

export const renewExpiries = (engine: EngineState): void => {
  const { renewals, renewalRounds: rounds } = engine;
  if (!renewals.on || engine.recovery.phase !== 'trading') return;
  if (engine.now >= engine.renewalScanAt) scan(engine);
  for (const [shard, round] of rounds) if (round.next < round.eligible.length) renewShard(engine, shard, round);
};

/** Finds what is eligible on each shard, and tells `Renewals` how much there is. */
const scan = (engine: EngineState): void => {
  const { renewals, renewalRounds: rounds, exchangeNow } = engine;
  rounds.clear();
  for (const { market } of engine.markets) if (!rounds.has(market.shard)) rounds.set(market.shard, { live: 0, eligible: [], next: 0 });
  engine.orders.forOwn((order) => {
    const { shard } = engine.market(order.market).market;
    const round = rounds.get(shard);
    if (round === undefined) return;
    round.live++;
    if (order.expiresAt === null) return;
    if (exchangeNow - order.expiresAt > LAPSED_AFTER) engine.recovery.readSoon(engine.now);
    if (order.phase === 'resting' && renewals.isEligible(shard, order.expiresAt, exchangeNow)) round.eligible.push(order);
  });
  let every = SCAN_EVERY;
  for (const [shard, { live, eligible }] of rounds) {
    const refillPerSecond = engine.budgets.refillPerSecond;
    const orders = Math.max(live, wantedIn(engine, shard));
    const change = renewals.observe(shard, { orders, refillPerSecond, cost: engine.budgets.cost('amend') });
    if (change !== null) say(engine, shard, change);
    if (eligible.length > 1) eligible.sort(byEnd);
    every = durationUs(Math.min(every, (renewals.lifeOf(shard) ?? every) / 8));
  }
  engine.renewalScanAt = later(engine.now, every);
};

const byEnd = (a: WorkingOrder, b: WorkingOrder): number => Number(a.expiresAt) - Number(b.expiresAt);

/** Two quotes for each market that may be quoted: so many orders there will be, so the first ones get a life that leaves room for the last. */
const wantedIn = (engine: EngineState, shard: number): number => {
  let count = 0;
  for (const { market, settled } of engine.markets) if (market.shard === shard && market.status === 'active' && !settled) count += 2;
  return count;
};

const renewShard = (engine: EngineState, shard: number, round: RenewalRound): void => {
  const { renewals, exchangeNow } = engine;
  for (let tries = 0; tries < TRIES_MAX && round.next < round.eligible.length; tries++) {
    const order = round.eligible[round.next] as WorkingOrder;
    const { expiresAt } = order;
    if (expiresAt === null || order.phase !== 'resting' || !renewals.isEligible(shard, expiresAt, exchangeNow)) {
      round.next++;
      continue;
    }
    if (!renewals.mayRenew(shard, expiresAt, exchangeNow, engine.now)) return;
    // One that may not be renewed now is tried again after the next scan.
    round.next++;
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
