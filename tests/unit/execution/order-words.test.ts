/** Which word on an order is older than another, what shows a change under way, and what proves anything about an order. */
import { describe, expect, test } from 'vitest';
import { seconds, type EpochUs } from '../../../src/domain/units.js';
import { changeOf, standOf } from '../../../src/execution/order-change.js';
import { OrderRegister } from '../../../src/execution/order-register.js';
import { Orders } from '../../../src/execution/orders.js';
import { TermsTrail } from '../../../src/execution/terms-trail.js';
import { OrderRecord } from '../../../src/execution/working-order.js';
import {
  ONE,
  accepted,
  amend,
  at,
  cancel,
  cents,
  decrease,
  id,
  lots,
  place,
  reading,
  refused,
  unanswered,
  update,
  venueId,
  venueOrder,
} from './facts.js';

const WITH_FILLS = { margin: seconds(1), fillsSince: at(-100) };
const resting = (): Orders => {
  const orders = new Orders({ prefix: 'kmm' });
  orders.sent(place(), at(0));
  orders.accepted(accepted(1, 0, 10));
  return orders;
};
const record = (): OrderRecord => new OrderRecord(id(1), ONE, 'bid', cents(50), lots(10), false, at(0));

describe('the stamp of the exchange', () => {
  const told = (remaining: number, stamp: EpochUs) => {
    const fact = update({ remaining }, 5);
    return { ...fact, order: { ...fact.order, updatedAt: stamp } };
  };

  test('orders the words on an order: an older one is past, one without a stamp is not', () => {
    const orders = resting();
    const total = (fact: ReturnType<typeof update>): number => {
      orders.update(fact);
      return (orders.find(id(1))?.total ?? 0) / lots(1);
    };
    expect([told(6, at(2)), told(10, at(1)), told(4, at(3)), told(9, at(2)), update({ remaining: 3 }, 6)].map(total)).toEqual([
      6, 6, 4, 4, 3,
    ]);
  });

  test('of two that differ and are of one moment neither is believed: what rests is looked up', () => {
    const orders = resting();
    orders.update(told(6, at(2)));
    expect(orders.update(told(5, at(2))).surprise).toMatch(/rests at 5\.00/);
    expect(orders.find(id(1))).toMatchObject({ phase: 'unknown', total: lots(6) });
  });
});

describe('a change under way is shown', () => {
  test.each([
    ['a decrease by what it leaves', decrease(1, 4), { filled: 1, remaining: 4 }],
    ['a decrease by less, where a part has filled since', decrease(1, 4), { filled: 3, remaining: 2 }],
    ['an amend by its price and total', amend(1, 49, 15), { at: 49, filled: 5, remaining: 10 }],
  ] as const)('%s', (_, command, told) => {
    const orders = resting();
    orders.sent(command, at(2));
    expect(orders.update(update(told, 3)).surprise).toBeNull();
    expect(orders.find(id(1))).toMatchObject({ pending: null, remaining: lots(told.remaining) });
  });

  test.each([
    ['a decrease by more than it leaves', decrease(1, 4), { remaining: 5 }, /rests at 5\.00/],
    ['an amend by its price alone', amend(1, 49, 15), { at: 49, remaining: 12 }, /rests at 12\.00/],
    ['an amend by its total alone', amend(1, 49, 15), { at: 47, remaining: 15 }, /rests at 15\.00/],
    ['a decrease at another price', decrease(1, 4), { at: 49, remaining: 4 }, /rests at 4\.00 @ 0\.4900/],
    ['an amend of the price by the old terms', amend(1, 49, 10), {}, null],
    ['an amend of the size by the old terms', amend(1, 50, 15), {}, null],
    ['a decrease by the old terms', decrease(1, 4), {}, null],
  ] as const)('but not %s', (_, command, told, surprise) => {
    const orders = resting();
    orders.sent(command, at(2));
    const change = orders.update(update(told, 3));
    expect(orders.find(id(1))?.pending).not.toBeNull();
    if (surprise === null) expect(change.surprise).toBeNull();
    else expect(change.surprise).toMatch(surprise);
  });
});

describe('a reading must be newer', () => {
  test('than the refusal of an amend, to prove an order gone', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 10), at(10));
    orders.refused(refused(1, 'amend', 'other', 12));
    expect(orders.reconcile(reading({ validUntil: at(12.5) }), at(13), WITH_FILLS).vanished.length).toBe(0);
    expect(orders.reconcile(reading({ validUntil: at(13.5) }), at(14), WITH_FILLS).vanished.length).toBe(1);
  });

  test('than the loss of an answer to an amend, too', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 10), at(10));
    orders.unknown(unanswered(1, 'amend', 12));
    expect(orders.reconcile(reading({ validUntil: at(12.5) }), at(13), WITH_FILLS).vanished.length).toBe(0);
  });

  test('but not than a cancel: that brings no order back', () => {
    for (const end of [refused(1, 'cancel', 'paused', 12), unanswered(1, 'cancel', 12)]) {
      const orders = resting();
      orders.sent(cancel(1), at(10));
      if (end.type === 'command-refused') orders.refused(end);
      else orders.unknown(end);
      expect(orders.reconcile(reading({ validUntil: at(2.5) }), at(13), WITH_FILLS).vanished.length).toBe(1);
    }
  });

  test('than an unknown cancel, to show that it had no effect', () => {
    const orders = resting();
    orders.sent(cancel(1), at(10));
    orders.unknown(unanswered(1, 'cancel', 12));
    orders.reconcile(reading({ validUntil: at(12.5), resting: [venueOrder()] }), at(13), WITH_FILLS);
    expect(orders.find(id(1))?.phase).toBe('unknown');
    orders.reconcile(reading({ validUntil: at(13.5), resting: [venueOrder()] }), at(14), WITH_FILLS);
    expect(orders.find(id(1))?.phase).toBe('resting');
  });
});

describe('the trail of terms', () => {
  const START = { price: cents(50), total: lots(10) };
  const told = (filled: number, remaining: number, price = 50) => venueOrder({ at: price, filled, remaining });

  test('after a decrease is at the start as long as more rests, and at the end once no more does', () => {
    const trail = (): TermsTrail => {
      const made = new TermsTrail(START);
      made.push(START, lots(4));
      return made;
    };
    expect(trail().locate(told(0, 10))).toBe('past');
    expect(trail().locate(told(2, 4))).toBe('present');
    expect(trail().locate(told(7, 3))).toBe('present');
    expect(trail().locate(told(9, 4))).toBe('none');
    expect(trail().locate(told(2, 4, 49))).toBe('none');
    expect(trail().locate(told(0, 5))).toBe('none');
  });

  test('with an amend behind a decrease is never at its end by the terms of the decrease', () => {
    const trail = new TermsTrail(START);
    trail.push(START, lots(4));
    trail.push({ price: cents(49), total: lots(10) }, null);
    expect([trail.isCaughtUp, trail.locate(told(7, 3)), trail.locate(told(7, 3)), trail.isCaughtUp]).toEqual([
      false,
      'past',
      'past',
      false,
    ]);
    expect([trail.locate(told(7, 3, 49)), trail.isCaughtUp]).toEqual(['present', true]);
  });

  test('holds exactly what the word that it was at has said', () => {
    const trail = new TermsTrail(START);
    trail.push(START, lots(4));
    expect([trail.locate(told(2, 4)), trail.locate(told(3, 3)), trail.locate(told(2, 3)), trail.locate(told(0, 10))]).toEqual([
      'present',
      'present',
      'none',
      'none',
    ]);
  });

  test('reaches sixteen states back', () => {
    const trail = (): TermsTrail => {
      const made = new TermsTrail(START);
      for (let n = 1; n <= 16; n++) made.push({ price: cents(50 - n), total: lots(10) }, null);
      return made;
    };
    expect([trail().locate(told(0, 10)), trail().locate(told(0, 10, 49)), trail().locate(told(0, 10, 34))]).toEqual([
      'none',
      'past',
      'present',
    ]);
  });

  test('starts again where it is told to', () => {
    const trail = new TermsTrail(START);
    trail.push({ price: cents(49), total: lots(10) }, null);
    trail.restart({ price: cents(48), total: lots(7) });
    expect([trail.isCaughtUp, trail.locate(told(0, 7, 48)), trail.locate(told(0, 10, 49))]).toEqual([true, 'present', 'none']);
  });
});

describe('a change of an order', () => {
  test.each([
    ['phase', 'unknown'],
    ['price', cents(49)],
    ['total', lots(11)],
    ['filled', lots(1)],
    ['remaining', lots(9)],
    ['exposure', lots(9)],
    ['orderId', venueId(1)],
  ] as const)('is seen in its %s alone', (key, value) => {
    const order = record();
    expect(changeOf(order, standOf(order), null)).toMatchObject({ changed: false, became: order.phase });
    expect(changeOf(order, { ...standOf(order), [key]: value }, null).changed).toBe(true);
    expect(changeOf(order, null, null).changed).toBe(true);
  });

  test('that names no order is none', () => {
    expect(resting().accepted(accepted(9, 0, 10)).changed).toBe(false);
  });
});

describe('the check of the lists finds', () => {
  const listed = (): { readonly register: OrderRegister; readonly order: OrderRecord } => {
    const register = new OrderRegister('kmm-', 10);
    const order = record();
    register.add(order);
    register.assertConsistent();
    return { register, order };
  };

  test('a live order that has ended or has nothing left', () => {
    for (const spoil of [(order: OrderRecord) => (order.doneReason = 'filled'), (order: OrderRecord) => (order.booked = order.total)]) {
      const { register, order } = listed();
      spoil(order);
      expect(() => register.assertConsistent()).toThrow(/is listed as live and is not/);
    }
  });

  test('an ended order that is listed and counts nothing, or owes and is not listed', () => {
    const owing = listed();
    owing.register.finish(owing.order, 'cancelled', lots(4), at(1));
    owing.register.assertConsistent();
    owing.order.total = lots(0);
    expect(() => owing.register.assertConsistent()).toThrow(/is listed and counts nothing/);
    const quiet = listed();
    quiet.register.finish(quiet.order, 'cancelled', lots(0), at(1));
    quiet.register.assertConsistent();
    quiet.order.total = lots(4);
    expect(() => quiet.register.assertConsistent()).toThrow(/owes and is not listed/);
  });
});
