/** What the order stream's word on an order means: its present terms, terms under way, superseded terms told late, its end, or an order that is not ours. */
import type { OrderUpdate } from '../domain/events.js';
import type { VenueOrder } from '../domain/order.js';
import { addQuantity, formatPrice, formatQuantity, maxQuantity, UNKNOWN_TIME, type EpochUs, type Quantity } from '../domain/units.js';
import { changeOf, nobody, standOf, type OrderChange } from './order-change.js';
import { learnId } from './order-fills.js';
import type { OrderRegister } from './order-register.js';
import type { Change, OrderRecord } from './working-order.js';

export const onUpdate = (register: OrderRegister, fact: OrderUpdate): OrderChange => {
  const told = fact.order;
  const order = register.recognise(told.orderId, told.clientId);
  if (order === undefined) return onStranger(register, told, fact.at);
  const before = standOf(order);
  const learned = learnId(register, order, told.orderId, fact.at);
  order.report(told.filled);
  // What names another order's id is not about this one: it ends nothing and moves nothing. The two ids have been told by then.
  const word = order.orderId === told.orderId ? wordOn(register, order, told, fact.at) : null;
  register.settle(order, fact.at);
  return changeOf(order, before, learned ?? word);
};

const wordOn = (register: OrderRegister, order: OrderRecord, told: VenueOrder, at: EpochUs): string | null => {
  if (order.market !== told.market || order.side !== told.side)
    return `order ${order.clientId}: the exchange tells another market or side than we asked for`;
  return order.doneReason !== null ? updateOfEnded(register, order, told) : updateOfLive(register, order, told, at);
};

const updateOfLive = (register: OrderRegister, order: OrderRecord, told: VenueOrder, at: EpochUs): string | null => {
  order.touchedAt = at;
  switch (told.status) {
    case 'resting':
      return stillRests(order, told);
    case 'cancelled':
      register.finish(order, 'cancelled', told.filled, at);
      return null;
    case 'executed':
      register.finish(order, 'filled', told.filled, at);
      return null;
    case 'unknown':
      order.doubtful = true;
      return `order ${order.clientId}: the exchange calls its state unknown`;
  }
};

const updateOfEnded = (register: OrderRegister, order: OrderRecord, told: VenueOrder): string | null => {
  // The exchange's final count is exact; until now we may have held a bound only.
  if (told.status === 'cancelled' || told.status === 'executed') order.total = maxQuantity(told.filled, order.booked);
  else order.total = maxQuantity(order.total, told.filled);
  const concluded = order.doneReason;
  if (told.status !== 'resting' || told.remaining <= 0) return null;
  // After the exchange's own word on the end this is an older message. After a conclusion of ours it refutes that.
  if (concluded !== 'absent' && concluded !== 'rejected' && concluded !== 'vanished') return null;
  register.revive(order, { price: told.price, total: addQuantity(told.filled, told.remaining) });
  return `order ${order.clientId} was taken to be ${concluded}, yet it rests`;
};

const stillRests = (order: OrderRecord, told: VenueOrder): string | null => {
  order.confirmPlaced();
  order.shown = true;
  const word = compareWord(order, told);
  if (word === 'older') {
    order.refreshRemaining();
    return null;
  }
  const shown = { price: told.price, total: addQuantity(told.filled, told.remaining) };
  const { wanted } = order;
  switch (order.trail.locate(told)) {
    case 'present':
      // An amend of the expiry alone shows in nothing else.
      if (wanted !== null && isRenewal(order, wanted) && told.expiresAt === wanted.expiresAt) takeShownChange(order, wanted);
      order.doubtful = false;
      order.showTerms(shown);
      return null;
    case 'past':
      order.refreshRemaining();
      return null;
    case 'none':
      break;
  }
  if (wanted !== null && showsChange(order, wanted, told, shown.total)) {
    takeShownChange(order, wanted);
    order.doubtful = false;
    order.showTerms(shown);
    return null;
  }
  if (!order.trail.isCaughtUp) {
    // Of a state that we never knew, between two that we know: older than the present one in any case.
    order.refreshRemaining();
    return null;
  }
  const text = `order ${order.clientId} rests at ${termsOf(told)}, not at ${formatQuantity(order.remaining)} @ ${formatPrice(order.price)}`;
  // Two words of one millisecond, and no telling which of them was the last: the next reading knows.
  if (word === 'same') order.doubtful = true;
  else order.showTerms(shown);
  return text;
};

/** Messages may overtake each other; what the exchange changed earlier than it has said already is past. Stamps are whole milliseconds. */
const compareWord = (order: OrderRecord, told: VenueOrder): 'older' | 'same' | 'newer' => {
  const { updatedAt = UNKNOWN_TIME } = told;
  if (updatedAt === UNKNOWN_TIME) return 'newer';
  if (updatedAt < order.toldAt) return 'older';
  if (updatedAt === order.toldAt) return 'same';
  order.toldAt = updatedAt;
  return 'newer';
};

/** The change is in force. Its answer is still to come and must not be taken for the answer to a later change, so none is begun before. */
const takeShownChange = (order: OrderRecord, wanted: Change): void => {
  order.wanted = null;
  order.expiresAt = wanted.expiresAt;
  if (order.change === 'unknown') order.change = 'idle';
};

const isRenewal = (order: OrderRecord, wanted: Change): boolean =>
  wanted.kind === 'amend' && wanted.price === order.price && wanted.total === order.total && wanted.expiresAt !== order.expiresAt;

const showsChange = (order: OrderRecord, wanted: Change, told: VenueOrder, total: Quantity): boolean => {
  if (told.price !== wanted.price) return false;
  return wanted.kind === 'amend' ? total === wanted.total : total < order.total && told.remaining <= wanted.remaining;
};

/** An order that we do not track: of an earlier run of ours, or somebody else's. It counts as long as it rests. */
const onStranger = (register: OrderRegister, told: VenueOrder, at: EpochUs): OrderChange => {
  if (told.status !== 'resting' && told.status !== 'unknown') return nobody(null);
  const order = register.adopt(told, register.unclaimed(told.orderId), at);
  const text = order.external
    ? `order ${told.orderId} (${termsOf(told)}) rests on this account and is not ours`
    : `order ${order.clientId} (${termsOf(told)}) is ours and was not tracked`;
  return changeOf(order, null, text);
};

const termsOf = (told: VenueOrder): string => `${formatQuantity(told.remaining)} @ ${formatPrice(told.price)}`;
