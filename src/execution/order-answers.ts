/** What the exchange's answers to our commands mean for an order. The stream may have told the same before, or may tell it later. */
import { quote } from '../domain/errors.js';
import type { CommandRefused, CommandUnknown, OrderAccepted, OrderAmended, OrderCancelled } from '../domain/events.js';
import { ZERO_QUANTITY, addQuantity, formatQuantity, maxQuantity, quantity } from '../domain/units.js';
import { changeOf, nobody, standOf, type OrderChange } from './order-change.js';
import { learnId } from './order-fills.js';
import type { OrderRegister } from './order-register.js';
import type { OrderRecord } from './working-order.js';

export const onAccepted = (register: OrderRegister, fact: OrderAccepted): OrderChange => {
  const order = register.find(fact.clientId);
  if (order === undefined) return nobody(`the exchange accepted ${quote(fact.clientId)}, which we did not place`);
  const before = standOf(order);
  const learned = learnId(register, order, fact.orderId, fact.at);
  // An answer that names another order's id says nothing about this one's terms.
  const isIts = order.orderId === fact.orderId;
  let told: string | null = null;
  const tellsTerms = isIts && !order.answered && !order.changed && !order.shown;
  order.answered = true;
  order.report(fact.filled);
  if (order.doneReason === null) {
    order.confirmPlaced();
    order.touchedAt = fact.at;
    if (tellsTerms) told = takeAcceptedTerms(register, order, fact);
    if (order.doneReason === null) order.refreshRemaining();
  } else if (isIts) told = acceptedAfterEnd(register, order, fact);
  register.settle(order, fact.at);
  return changeOf(order, before, learned ?? told);
};

const takeAcceptedTerms = (register: OrderRegister, order: OrderRecord, fact: OrderAccepted): string | null => {
  const asked = order.total;
  const stated = addQuantity(fact.filled, fact.remaining);
  // What neither filled nor rests was cancelled on arrival (self-trade prevention, immediate-or-cancel).
  if (fact.remaining === 0) register.finish(order, fact.filled >= asked ? 'filled' : 'cancelled', fact.filled, fact.at);
  else order.showTerms({ price: order.price, total: stated });
  return stated > asked ? `order ${order.clientId}: accepted for ${formatQuantity(stated)}, asked ${formatQuantity(asked)}` : null;
};

/** A late 201. Where we had concluded that the order was never there, it is: it counts again. */
const acceptedAfterEnd = (register: OrderRegister, order: OrderRecord, fact: OrderAccepted): string | null => {
  const concluded = order.doneReason;
  if (concluded !== 'absent' && concluded !== 'rejected') {
    order.total = maxQuantity(order.total, fact.filled);
    return null;
  }
  if (fact.remaining > 0) register.revive(order, { price: order.price, total: addQuantity(fact.filled, fact.remaining) });
  else order.total = maxQuantity(order.total, fact.filled);
  return `order ${order.clientId} was taken to be ${concluded}, yet the exchange accepted it`;
};

export const onRefused = (register: OrderRegister, fact: CommandRefused): OrderChange => {
  const order = register.find(fact.clientId);
  if (order === undefined) return nobody(`refusal of ${fact.command} for ${quote(fact.clientId)}, which we did not place`);
  const before = standOf(order);
  if (order.doneReason !== null) return changeOf(order, before, null);
  const surprise = takeRefusal(register, order, fact);
  if (fact.command === 'cancel') order.cancelTouchedAt = fact.at;
  else order.touchedAt = fact.at;
  register.settle(order, fact.at);
  return changeOf(order, before, surprise);
};

const takeRefusal = (register: OrderRegister, order: OrderRecord, fact: CommandRefused): string | null => {
  switch (fact.command) {
    case 'place':
      return placeRefused(register, order, fact);
    case 'amend':
    case 'decrease':
      return changeRefused(order, fact);
    case 'cancel':
      order.cancel = 'idle';
      order.cancelRefusedAt = fact.at;
      order.cancelRefusals++;
      // Nothing is left to cancel, but a fill may be on its way: the order counts until a fact or a reading says how it ended.
      if (fact.code === 'not-found') order.gone = true;
      return null;
  }
};

const placeRefused = (register: OrderRegister, order: OrderRecord, fact: CommandRefused): string | null => {
  order.answered = true;
  if (fact.code === 'duplicate-client-id') {
    // The id is taken, so an earlier copy of this very request got in: the order exists, in a state that we do not know.
    order.confirmPlaced();
    order.doubtful = true;
    return `order ${order.clientId}: the exchange already has this id`;
  }
  if (order.orderId !== null || order.booked > 0) {
    order.confirmPlaced();
    order.doubtful = true;
    return `order ${order.clientId} was refused (${fact.code}) after the exchange had shown it`;
  }
  register.finish(order, 'rejected', ZERO_QUANTITY, fact.at);
  return null;
};

const changeRefused = (order: OrderRecord, fact: CommandRefused): string | null => {
  if (fact.code === 'not-found') order.gone = true;
  const contradicts = order.change !== 'idle' && order.wanted === null;
  order.dropChange();
  if (!contradicts) return null;
  order.doubtful = true;
  return `${fact.command} of ${order.clientId} was refused (${fact.code}) after it had been seen in force`;
};

export const onUnknown = (register: OrderRegister, fact: CommandUnknown): OrderChange => {
  const order = register.find(fact.clientId);
  if (order === undefined) return nobody(`no answer to ${fact.command} of ${quote(fact.clientId)}, which we did not place`);
  const before = standOf(order);
  if (order.doneReason === null) {
    order.loseAnswer(fact.command === 'decrease' ? 'amend' : fact.command);
    if (fact.command === 'cancel') order.cancelTouchedAt = fact.at;
    else order.touchedAt = fact.at;
  }
  return changeOf(order, before, null);
};

export const onAmended = (register: OrderRegister, fact: OrderAmended): OrderChange => {
  const order = register.find(fact.clientId);
  if (order === undefined) return nobody(`amend of ${quote(fact.clientId)}, which we did not place, was answered`);
  const before = standOf(order);
  const surprise = learnId(register, order, fact.orderId, fact.at);
  if (order.doneReason !== null) return changeOf(order, before, surprise);
  order.applyChange(fact.remaining);
  order.touchedAt = fact.at;
  if (fact.remaining === 0) register.finish(order, order.filled >= order.total ? 'filled' : 'cancelled', order.total, fact.at);
  register.settle(order, fact.at);
  return changeOf(order, before, surprise);
};

export const onCancelled = (register: OrderRegister, fact: OrderCancelled): OrderChange => {
  const order = register.recognise(fact.orderId, fact.clientId);
  if (order === undefined) return nobody(`cancel of ${quote(fact.clientId)}, which we did not place, was answered`);
  const before = standOf(order);
  const surprise = learnId(register, order, fact.orderId, fact.at);
  if (order.doneReason !== null) return changeOf(order, before, surprise);
  // With an amend in flight the total is one of two: the larger bounds what has filled.
  const most = quantity(order.booked + order.exposure);
  const filled = maxQuantity(quantity(most - fact.reducedBy), ZERO_QUANTITY);
  register.finish(order, fact.reducedBy === 0 ? 'filled' : 'cancelled', filled, fact.at);
  return changeOf(order, before, surprise);
};
