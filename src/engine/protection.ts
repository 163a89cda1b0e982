/** What outlives us at the exchange: order groups made, watched, triggered and reset. Joins `OrderGroups` to the engine. */
import type { GroupCall } from '../domain/actions.js';
import type { CommandRefused, GroupAnswer, OrderGroupUpdate, OrderUpdate } from '../domain/events.js';
import type { OrderGroupId } from '../domain/ids.js';
import { formatQuantity, UNKNOWN_TIME } from '../domain/units.js';
import type { OrderChange } from '../execution/orders.js';
import type { WorkingOrder } from '../execution/working-order.js';
import type { EngineState } from './engine-state.js';
import type { Told } from './order-groups.js';

/** The exchange's words for a cancel that has nothing to do with a group. A trigger has none of its own that is documented. */
const OTHER_REASONS: ReadonlySet<string> = new Set([
  'Trade',
  'Amend',
  'ExpiryCancel',
  'CloseCancel',
  'HaltCancel',
  'MarginCancel',
  'SelfTradeCancel',
  'PostOnlyCrossCancel',
  'ReduceOnlyCancel',
  'SettlementBoundsCancel',
]);

/** Sends the calls about groups that are due. */
export const tendGroups = (engine: EngineState): void => {
  const { phase } = engine.recovery;
  if (phase === 'stopped') return;
  const mayOpen = phase === 'trading' || phase === 'clearing';
  // Until the account is read nobody knows what rests in a group of an earlier run.
  send(
    engine,
    engine.groups.due(engine.now, mayOpen, (group) => phase !== 'trading' || countIn(engine, group) > 0),
  );
};

/** One call per shard removes everything of ours there, and lets nothing in that is still on its way. */
export const sweepAll = (engine: EngineState): void => {
  send(
    engine,
    engine.groups.sweep(engine.now, (group) => countIn(engine, group) > 0),
  );
};

/** The same where a trigger and the reset after it cost less than cancelling one by one. */
export const sweepWhereCheaper = (engine: EngineState): void => {
  const { budgets } = engine;
  send(
    engine,
    engine.groups.sweep(engine.now, (group) => countIn(engine, group) * budgets.cost('cancel') > 2 * budgets.cost('place')),
  );
};

const send = (engine: EngineState, calls: readonly GroupCall[]): void => {
  for (const call of calls) {
    engine.out.push(call);
    if (call.ask.kind === 'list') continue;
    engine.budgets.takeForGroup(engine.now);
    if (call.ask.kind === 'trigger' || call.ask.kind === 'delete') engine.recovery.commandSent(engine.now);
  }
};

const countIn = (engine: EngineState, group: OrderGroupId): number => {
  let count = 0;
  engine.orders.forOwn((order) => {
    if (order.group === group) count++;
  });
  return count;
};

export const onGroupAnswer = (engine: EngineState, answer: GroupAnswer): void => {
  tell(engine, engine.groups.answered(answer, engine.now));
  // A trigger that did not work leaves the orders to single cancels.
  if (answer.kind === 'trigger' && answer.outcome !== 'done') engine.markAll();
  tendGroups(engine);
};

export const onGroupUpdate = (engine: EngineState, update: OrderGroupUpdate): void => {
  tell(engine, engine.groups.updated(update, engine.now));
};

/** An order was refused entry: whatever the stream has told, the group is triggered. */
export const onGroupRefusal = (engine: EngineState, refused: CommandRefused): void => {
  const group = engine.orders.find(refused.clientId)?.group ?? null;
  if (group !== null) tell(engine, engine.groups.refused(group, refused.detail, engine.now));
};

/** A group's trigger may be seen in nothing but the orders that it cancelled. @param change what the update did to the order */
export const watchCancelled = (engine: EngineState, update: OrderUpdate, change: OrderChange): void => {
  if (update.order.status !== 'cancelled' || !change.changed || change.order === null) return;
  if (update.reason !== null && OTHER_REASONS.has(update.reason)) return;
  suspectFor(engine, change.order);
};

/** The same for an order that a reading proves gone. */
export const watchVanished = (engine: EngineState, orders: readonly WorkingOrder[]): void => {
  for (const order of orders) suspectFor(engine, order);
};

const suspectFor = (engine: EngineState, order: WorkingOrder): void => {
  const asked = order.cancelSentAt !== UNKNOWN_TIME;
  const lapsed = order.expiresAt !== null && order.expiresAt <= engine.exchangeNow;
  if (!order.external && !asked && !lapsed) engine.groups.suspect(order.group, engine.now);
};

/** A person lets the shards go on whose groups were triggered too often. */
export const resumeGroups = (engine: EngineState): void => {
  for (const shard of engine.groups.resume())
    engine.out.say('info', 'GROUP_RESUMED', `The order group of shard ${shard} is taken up again.`);
};

const tell = (engine: EngineState, told: Told | null): void => {
  if (told === null) return;
  const { of, news, detail } = told;
  const { out } = engine;
  const where = `shard ${of.shard}`;
  switch (news) {
    case 'ready':
      out.say(
        'info',
        'GROUP_READY',
        `Orders of ${where} belong to an order group: more than ${formatQuantity(engine.risk.settings.fillBurstMax)} contracts filled within 15 s cancel everything in it.`,
      );
      break;
    case 'tripped':
      out.say(
        'error',
        'GROUP_TRIPPED',
        `The order group of ${where} was triggered (${detail}): everything in it is cancelled by the exchange, nothing is quoted there for ${engine.groups.coolOff()} s.`,
      );
      engine.recovery.readSoon(engine.now);
      break;
    case 'held':
      out.say(
        'error',
        'GROUP_HELD',
        `The order group of ${where} was triggered too often (${detail}): nothing is quoted there, in this run or the next, until a person has looked: kmm kill --clear "what you found".`,
      );
      engine.recovery.readSoon(engine.now);
      break;
    case 'missing':
      out.say('warn', 'GROUP_MISSING', `The order group of ${where} is gone (${detail}): a new one is made.`);
      engine.recovery.readSoon(engine.now);
      break;
    case 'failed':
      out.say('warn', 'GROUP_FAILED', `A call about the order group of ${where} was not done (${detail}): it is tried again.`);
      break;
  }
  engine.markAll();
};
