/** Facts that do not fit what was believed: each is told to people, and the worst case is counted until something settles it. */
import { describe, expect, test } from 'vitest';
import { marketIndex } from '../../../src/domain/ids.js';
import { UNKNOWN_TIME, formatQuantity, seconds } from '../../../src/domain/units.js';
import { Orders } from '../../../src/execution/orders.js';
import {
  ONE,
  accepted,
  amend,
  amended,
  at,
  cancel,
  cancelled,
  cents,
  decrease,
  fill,
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

const sent = (): Orders => {
  const orders = new Orders({ prefix: 'kmm' });
  orders.sent(place(), at(0));
  return orders;
};
const resting = (): Orders => {
  const orders = sent();
  orders.accepted(accepted(1, 0, 10));
  return orders;
};
const exposure = (orders: Orders, side: 'bid' | 'ask' = 'bid'): string => formatQuantity(orders.exposure(ONE, side));

describe('an answer after the order was taken to have ended', () => {
  test('that it filled whole counts until its fill is seen', () => {
    const orders = sent();
    orders.refused(refused(1, 'place', 'other'));
    const change = orders.accepted(accepted(1, 10, 0, 3));
    expect([change.became, change.surprise]).toEqual(['done', expect.stringMatching(/rejected, yet the exchange accepted/)]);
    expect([exposure(orders), orders.openCount]).toEqual(['10.00', 0]);
    orders.filled(fill('f1', 10), at(4));
    expect(exposure(orders)).toBe('0.00');
    orders.assertConsistent();
  });

  test('that it was never there, told by a reading, brings it back as it was accepted', () => {
    const orders = sent();
    orders.unknown(unanswered(1, 'place', 5));
    orders.reconcile(reading(), at(20), { margin: seconds(1), fillsSince: at(-100) });
    const change = orders.accepted(accepted(1, 1, 6, 21));
    expect([change.became, change.surprise, exposure(orders)]).toEqual(['resting', expect.stringMatching(/absent, yet/), '7.00']);
  });

  test('by a cancel that the stream told is no surprise, and what it says has filled is still to come', () => {
    const orders = sent();
    orders.update(update({ status: 'cancelled', filled: 0, remaining: 0 }));
    expect(orders.accepted(accepted(1, 4, 6, 3))).toMatchObject({ became: 'done', surprise: null });
    expect(exposure(orders)).toBe('4.00');
  });

  test('by a cancel, with less filled than is known, changes nothing', () => {
    const orders = sent();
    orders.update(update({ status: 'cancelled', filled: 4, remaining: 0 }));
    expect(orders.accepted(accepted(1, 0, 10, 3))).toMatchObject({ became: 'done', changed: false, surprise: null });
    expect(exposure(orders)).toBe('4.00');
  });

  test('refused, unknown or amended late it stays as it ended', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 10, 3));
    for (const change of [
      orders.refused(refused(1, 'cancel', 'not-found', 4)),
      orders.unknown(unanswered(1, 'cancel', 4)),
      orders.amended(amended(1, 20, 4)),
      orders.cancelled(cancelled(1, 0, 4)),
    ])
      expect(change).toMatchObject({ became: 'done', changed: false, surprise: null });
    expect([exposure(orders), orders.find(id(1))?.doneReason]).toEqual(['0.00', 'cancelled']);
  });
});

describe('an acceptance', () => {
  test('for more than was asked counts what the exchange says, and is told', () => {
    const orders = sent();
    const change = orders.accepted(accepted(1, 2, 13));
    expect([change.surprise, exposure(orders)]).toEqual([expect.stringMatching(/accepted for 15\.00, asked 10\.00/), '15.00']);
  });

  test('for what was asked or less is no surprise', () => {
    for (const [filled, rests] of [
      [0, 10],
      [3, 7],
      [0, 4],
    ] as const)
      expect(sent().accepted(accepted(1, filled, rests)).surprise).toBeNull();
  });

  test('whole filled is told apart from one whose rest was cancelled on arrival', () => {
    const whole = sent();
    whole.accepted(accepted(1, 10, 0));
    const part = sent();
    part.accepted(accepted(1, 9, 0));
    expect([whole.find(id(1))?.doneReason, part.find(id(1))?.doneReason]).toEqual(['filled', 'cancelled']);
    expect([exposure(part), part.cancelledCount, whole.cancelledCount]).toEqual(['9.00', 1, 0]);
  });

  test('told twice does not bring back the size before an amend', () => {
    const orders = resting();
    orders.sent(amend(1, 50, 30), at(2));
    orders.amended(amended(1, 30, 3));
    orders.accepted(accepted(1, 0, 10, 4));
    expect(exposure(orders)).toBe('30.00');
  });

  test('that comes after an amend was sent says nothing about the terms', () => {
    const orders = sent();
    orders.update(update());
    orders.sent(amend(1, 49, 30), at(2));
    orders.amended(amended(1, 30, 3));
    expect(orders.accepted(accepted(1, 0, 10, 4))).toMatchObject({ changed: false, surprise: null });
    expect(exposure(orders)).toBe('30.00');
  });

  test('that comes after the stream has shown other terms does not undo them', () => {
    const orders = sent();
    orders.update(update({ remaining: 6 }));
    orders.accepted(accepted(1, 0, 10, 2));
    expect(exposure(orders)).toBe('6.00');
  });

  test('under another exchange id than the stream named is told', () => {
    const orders = sent();
    orders.update(update());
    const change = orders.accepted({ ...accepted(1, 0, 10), orderId: venueId('other') });
    expect(change.surprise).toBe('order kmm-r1-1 has two exchange ids: venue-1 and venue-other');
    expect([orders.findByOrderId(venueId(1))?.clientId, orders.findByOrderId(venueId('other'))]).toEqual([id(1), null]);
  });
});

describe('a refusal', () => {
  test('of an amend that was seen in force is doubted: a reading must settle it', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    orders.update(update({ at: 49, remaining: 15 }, 3));
    const change = orders.refused(refused(1, 'amend', 'other', 4));
    expect([change.became, change.surprise]).toEqual(['unknown', expect.stringMatching(/after it had been seen in force/)]);
    expect([exposure(orders), orders.find(id(1))?.price]).toEqual(['15.00', cents(49)]);
  });

  test('of an amend or a decrease because there is nothing leaves the order counted and not to be cancelled', () => {
    for (const command of ['amend', 'decrease'] as const) {
      const orders = resting();
      orders.sent(command === 'amend' ? amend(1, 49, 10) : decrease(1, 4), at(2));
      expect(orders.refused(refused(1, command, 'not-found', 3))).toMatchObject({ became: 'unknown', surprise: null });
      expect([orders.find(id(1))?.cancellable, exposure(orders)]).toEqual([false, '10.00']);
    }
  });

  test('of an amend under way is no surprise and no doubt', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    expect(orders.refused(refused(1, 'amend', 'other', 3))).toMatchObject({ became: 'resting', surprise: null });
    expect(orders.find(id(1))?.pending).toBeNull();
  });

  test('of a placement that an answer has confirmed is doubted', () => {
    const orders = resting();
    const change = orders.refused(refused(1, 'place', 'other', 3));
    expect([change.became, change.surprise]).toEqual(['unknown', expect.stringMatching(/\(other\) after the exchange had shown it/)]);
  });

  test('of cancels is counted, with the moment of the last', () => {
    const orders = resting();
    for (const s of [2, 4]) {
      orders.sent(cancel(1), at(s));
      orders.refused(refused(1, 'cancel', 'paused', s + 1));
    }
    expect(orders.find(id(1))).toMatchObject({ cancelRefusals: 2, cancelRefusedAt: at(5), cancelSentAt: at(4), phase: 'resting' });
  });
});

describe('fills', () => {
  test('beyond what a live order has are booked, and told', () => {
    const orders = resting();
    const change = orders.filled(fill('f1', 12), at(2));
    expect([change.fresh, change.became, change.surprise]).toEqual([true, 'done', 'order kmm-r1-1 filled 12.00, more than its 10.00']);
    expect([exposure(orders), orders.find(id(1))?.total]).toEqual(['0.00', lots(12)]);
  });

  test('up to what an amend under way allows are no surprise', () => {
    const orders = resting();
    orders.sent(amend(1, 50, 15), at(2));
    expect(orders.filled(fill('f1', 15), at(3))).toMatchObject({ fresh: true, surprise: null, became: 'done' });
  });

  test('that tell another market or side than the order has are told, and the order counts on in full', () => {
    for (const sketch of [{ market: 1 }, { side: 'ask' }] as const) {
      const orders = resting();
      const change = orders.filled(fill('f1', 4, sketch), at(2));
      expect([change.fresh, change.surprise]).toEqual([true, expect.stringMatching(/fill f1 tells another market or side/)]);
      expect(exposure(orders)).toBe('10.00');
    }
    expect(resting().filled(fill('f1', 4), at(2)).surprise).toBeNull();
  });

  test('under another exchange id than the order has are told, and the order counts on in full', () => {
    const orders = resting();
    const change = orders.filled({ ...fill('f1', 4), orderId: venueId('other') }, at(2));
    expect([change.fresh, change.surprise, exposure(orders)]).toEqual([true, expect.stringMatching(/has two exchange ids/), '10.00']);
  });

  test('of an order taken to be refused all count, also the one that shows whose the earlier ones were', () => {
    const orders = sent();
    orders.refused(refused(1, 'place', 'other'));
    orders.filled(fill('f1', 4, { clientId: null }), at(2));
    const change = orders.filled(fill('f2', 3), at(3));
    expect([change.fresh, change.surprise]).toEqual([true, 'order kmm-r1-1 was taken to be rejected, yet it filled']);
    expect([orders.find(id(1))?.booked, exposure(orders)]).toEqual([lots(7), '3.00']);
  });

  test('that turn up under a refused order do not hide that it has been cancelled since', () => {
    const orders = sent();
    orders.refused(refused(1, 'place', 'other'));
    orders.filled(fill('f1', 4, { clientId: null }), at(2));
    const change = orders.update(update({ status: 'cancelled', filled: 4, remaining: 0 }));
    expect(change.surprise).toBe('order kmm-r1-1 was taken to be rejected, yet it filled');
    expect([orders.live().length, exposure(orders)]).toEqual([0, '0.00']);
  });

  test('older than the memory of fills are not counted: the position decides', () => {
    const orders = new Orders({ prefix: 'kmm', remembered: 1 });
    orders.sent(place(), at(0));
    orders.filled(fill('a', 1, { when: 5 }), at(5));
    orders.filled(fill('b', 1, { when: 6 }), at(6));
    const before = exposure(orders);
    const change = orders.filled(fill('late', 1, { when: 4 }), at(7));
    expect([change.fresh, change.order, change.surprise]).toEqual([false, null, expect.stringMatching(/late is older than our memory/)]);
    expect(exposure(orders)).toBe(before);
  });

  test('told twice name their order the second time as well, or none', () => {
    const orders = resting();
    orders.filled(fill('f1', 4), at(2));
    expect(orders.filled(fill('f1', 4), at(3))).toMatchObject({ order: { clientId: id(1) }, became: 'resting', fresh: false });
    orders.filled(fill('f2', 4, { n: 'x', clientId: null }), at(2));
    expect(orders.filled(fill('f2', 4, { n: 'x', clientId: null }), at(3))).toMatchObject({ order: null, became: null, fresh: false });
  });

  test('of a vanished order that turn up later are booked and told', () => {
    const orders = resting();
    for (const moment of [20, 23])
      orders.reconcile(reading({ validUntil: at(moment - 1) }), at(moment), { margin: seconds(1), fillsSince: at(-100) });
    const change = orders.filled(fill('f1', 4), at(24));
    expect([change.fresh, change.became, change.surprise === null, exposure(orders)]).toEqual([true, 'done', false, '0.00']);
  });

  test('on exchange ids that nobody claims are remembered up to the bound, the oldest go first', () => {
    const orders = new Orders({ prefix: 'kmm', remembered: 2 });
    for (const n of ['a', 'b', 'c']) orders.filled(fill(`f-${n}`, 3, { n, clientId: null }), at(1));
    for (const n of ['a', 'b', 'c']) {
      orders.sent(place({ n }), at(0));
      orders.accepted(accepted(n, 3, 7));
    }
    // The fill of the first is forgotten, so its three contracts still count as to come.
    expect(['a', 'b', 'c'].map((n) => orders.find(id(n))?.booked)).toEqual([lots(0), lots(3), lots(3)]);
  });

  test('on one unclaimed exchange id add up', () => {
    const orders = sent();
    orders.filled(fill('f1', 3, { clientId: null }), at(1));
    orders.filled(fill('f2', 2, { clientId: null }), at(1));
    orders.accepted(accepted(1, 5, 5));
    expect([orders.find(id(1))?.booked, exposure(orders)]).toEqual([lots(5), '5.00']);
  });
});

describe('the word of the stream', () => {
  test('on another market or side than we asked for is told', () => {
    const told = update();
    for (const change of [{ market: marketIndex(1) }, { side: 'ask' as const }]) {
      const answer = resting().update({ ...told, order: { ...told.order, ...change } });
      expect(answer.surprise).toMatch(/another market or side than we asked for/);
    }
    expect(resting().update(told).surprise).toBeNull();
  });

  test('that the state is unknown makes the order unknown, and it counts in full', () => {
    const orders = resting();
    const change = orders.update(update({ status: 'unknown' }));
    expect([change.became, change.surprise, exposure(orders)]).toEqual([
      'unknown',
      expect.stringMatching(/calls its state unknown/),
      '10.00',
    ]);
    expect(orders.unknowns().map((order) => order.clientId)).toEqual([id(1)]);
    expect(orders.update(update({}, 3)).became).toBe('resting');
  });

  test('on a stranger whose state is unknown is taken up as unknown', () => {
    const orders = new Orders({ prefix: 'kmm' });
    const change = orders.update(update({ n: 'x', clientId: 'kmm-r0-1', status: 'unknown' }));
    expect([change.became, exposure(orders), change.surprise]).toEqual([
      'unknown',
      '10.00',
      expect.stringMatching(/is ours and was not tracked/),
    ]);
  });

  test('told late, that an order rests which the exchange has ended, raises nothing', () => {
    const orders = resting();
    orders.update(update({ status: 'executed', filled: 10, remaining: 0 }, 2));
    expect(orders.update(update({ filled: 2, remaining: 8 }, 3))).toMatchObject({ became: 'done', surprise: null });
    expect([orders.openCount, exposure(orders)]).toEqual([0, '10.00']);
  });

  test('that an order rests which we took to be refused or vanished raises it', () => {
    const vanished = resting();
    vanished.reconcile(reading(), at(20), { margin: seconds(1), fillsSince: at(-100) });
    const rejected = sent();
    rejected.refused(refused(1, 'place', 'other'));
    for (const [orders, why] of [
      [vanished, 'vanished'],
      [rejected, 'rejected'],
    ] as const) {
      const change = orders.update(update({ filled: 1, remaining: 8 }, 21));
      expect([change.became, change.surprise]).toEqual(['resting', `order kmm-r1-1 was taken to be ${why}, yet it rests`]);
      expect([orders.openCount, exposure(orders)]).toEqual([1, '9.00']);
      orders.assertConsistent();
    }
  });

  test('that nothing is left of an order which we took to have ended raises nothing', () => {
    const orders = sent();
    orders.refused(refused(1, 'place', 'other'));
    expect(orders.update(update({ remaining: 0 }, 3))).toMatchObject({ became: 'done', surprise: null });
    expect(orders.update(update({ status: 'cancelled', remaining: 4 }, 4))).toMatchObject({ became: 'done', surprise: null });
  });

  test('on the final count replaces the bound that we held', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 4, 3));
    expect(exposure(orders)).toBe('6.00');
    orders.update(update({ status: 'cancelled', filled: 5, remaining: 0 }, 4));
    expect(exposure(orders)).toBe('5.00');
    orders.filled(fill('f1', 5), at(5));
    expect(exposure(orders)).toBe('0.00');
  });

  test('on a renewed expiry, which shows in nothing else, settles the renewal', () => {
    const orders = resting();
    orders.sent({ ...amend(1, 50, 10), expiresAt: at(90) }, at(2));
    const told = update({}, 3);
    orders.update({ ...told, order: { ...told.order, expiresAt: at(60) } });
    expect(orders.find(id(1))?.pending).not.toBeNull();
    orders.update({ ...told, order: { ...told.order, expiresAt: at(90) } });
    expect(orders.find(id(1))).toMatchObject({ pending: null, expiresAt: at(90), phase: 'pending-amend' });
    orders.unknown(unanswered(1, 'amend', 5));
    expect(orders.find(id(1))?.phase).toBe('resting');
  });

  test('on an amend whose answer was lost ends the doubt', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    orders.unknown(unanswered(1, 'amend', 3));
    expect(orders.update(update({ at: 49, remaining: 15 }, 4))).toMatchObject({ became: 'resting', surprise: null });
    expect(exposure(orders)).toBe('15.00');
  });

  test('on neither the old nor the new terms of an amend under way is told, and the amend still counts', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    const change = orders.update(update({ at: 47, remaining: 3 }, 3));
    expect([change.surprise, exposure(orders)]).toEqual([
      expect.stringMatching(/rests at 3\.00 @ 0\.4700, not at 10\.00 @ 0\.5000/),
      '15.00',
    ]);
  });
});

describe('an answer that says nothing is left', () => {
  test('to an amend means that the new size has filled, which is still to come', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 6), at(2));
    expect(orders.amended(amended(1, 0, 3))).toMatchObject({ became: 'done', surprise: null });
    expect([orders.find(id(1))?.doneReason, exposure(orders), orders.find(id(1))?.remaining]).toEqual(['filled', '6.00', 0]);
  });

  test('to a decrease leaves open what has filled: all of it may', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    orders.amended(amended(1, 0, 3));
    expect([orders.find(id(1))?.doneReason, exposure(orders), orders.cancelledCount]).toEqual(['cancelled', '10.00', 1]);
  });

  test('to a decrease after all has filled is its end', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    orders.update(update({ filled: 10, remaining: 0 }, 3));
    orders.amended(amended(1, 0, 4));
    expect([orders.find(id(1))?.doneReason, exposure(orders)]).toEqual(['filled', '10.00']);
  });

  test('to a cancel, nothing taken off, means that it had filled', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 0, 3));
    expect([orders.find(id(1))?.doneReason, exposure(orders), orders.cancelledCount]).toEqual(['filled', '10.00', 0]);
  });

  test('to a cancel, more taken off than there was, counts nothing as filled', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 12, 3));
    expect([orders.find(id(1))?.doneReason, exposure(orders)]).toEqual(['cancelled', '0.00']);
  });

  test('to a cancel after a part has filled counts the rest of the fills', () => {
    const orders = resting();
    orders.filled(fill('f1', 3), at(2));
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 5, 3));
    expect([orders.find(id(1))?.total, exposure(orders)]).toEqual([lots(5), '2.00']);
  });
});

describe('a decrease', () => {
  test('answered without a size rests at what was asked', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    orders.amended(amended(1, null, 3));
    expect([orders.find(id(1))?.remaining, exposure(orders)]).toEqual([lots(4), '10.00']);
  });

  test('answered with more than can rest rests at what can', () => {
    const orders = resting();
    orders.filled(fill('f1', 3), at(1));
    orders.sent(decrease(1, 4), at(2));
    orders.amended(amended(1, 9, 3));
    expect(orders.find(id(1))?.remaining).toBe(lots(7));
  });

  test('of which a part fills afterwards counts down what rests', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    orders.amended(amended(1, 4, 3));
    orders.filled(fill('f1', 3), at(4));
    expect([orders.find(id(1))?.remaining, orders.find(id(1))?.phase, exposure(orders)]).toEqual([lots(1), 'resting', '7.00']);
  });

  test('counts as one under way until it is answered, and asks for what has filled and what shall rest', () => {
    const orders = resting();
    orders.filled(fill('f1', 3), at(1));
    expect(orders.sent(decrease(1, 4), at(2))).toMatchObject({ phase: 'pending-amend', pending: { total: lots(7), price: cents(50) } });
    expect(exposure(orders)).toBe('7.00');
  });
});

describe('many amends that the stream has not told of', () => {
  test('are remembered as far back as it may still speak of them; words from before that change nothing', () => {
    const orders = resting();
    for (let n = 1; n <= 20; n++) {
      orders.sent(amend(1, 50 - n, 10), at(n));
      orders.amended(amended(1, 10, n));
    }
    for (const n of [2, 10, 19]) {
      expect(orders.update(update({ at: 50 - n }, 30)).surprise).toBeNull();
      expect(orders.find(id(1))?.price).toBe(cents(30));
    }
    expect(orders.update(update({ at: 30 }, 31)).changed).toBe(false);
    // Caught up: what comes now was done by somebody else.
    expect(orders.update(update({ at: 40 }, 32)).surprise).toMatch(/rests at 10\.00 @ 0\.4000/);
  });

  test('back and forth: the same terms told again are taken for the older ones first', () => {
    const orders = resting();
    for (const price of [49, 50, 48]) {
      orders.sent(amend(1, price, 10), at(2));
      orders.amended(amended(1, 10, 2));
    }
    for (const price of [50, 49, 50]) expect(orders.update(update({ at: price }, 3))).toMatchObject({ changed: false, surprise: null });
    orders.update(update({ at: 48 }, 4));
    expect(orders.update(update({ at: 50 }, 5)).surprise).toMatch(/rests at/);
  });
});

describe('memory of ended orders', () => {
  test('lets go of both names, the oldest first', () => {
    const orders = new Orders({ prefix: 'kmm', remembered: 1 });
    orders.sent(place({ n: 1 }), at(0));
    orders.refused(refused(1, 'place', 'other'));
    for (const n of [2, 3]) {
      orders.sent(place({ n }), at(0));
      orders.accepted(accepted(n, 0, 10));
      orders.update(update({ n, status: 'cancelled', remaining: 0 }));
    }
    expect([1, 2, 3].map((n) => orders.find(id(n)) === null)).toEqual([true, true, false]);
    expect([2, 3].map((n) => orders.findByOrderId(venueId(n)) === null)).toEqual([true, false]);
    expect(() => orders.sent(place({ n: 1 }), at(9))).not.toThrow();
  });

  test('that is raised again is not forgotten as one that ended', () => {
    const orders = new Orders({ prefix: 'kmm', remembered: 1 });
    orders.sent(place({ n: 1 }), at(0));
    orders.refused(refused(1, 'place', 'other'));
    orders.update(update({ n: 1 }, 3));
    for (const n of [2, 3]) {
      orders.sent(place({ n }), at(4));
      orders.refused(refused(n, 'place', 'other', 5));
    }
    expect([orders.find(id(1))?.phase, orders.openCount]).toEqual(['resting', 1]);
    orders.assertConsistent();
  });
});

describe('commands that would be a fault of ours', () => {
  test.each([
    ['an order of nothing', () => sent().sent(place({ n: 2, size: 0 }), at(1)), /of nothing/],
    ['a cancel of an order that was never placed', () => resting().sent(cancel(2), at(1)), /never placed/],
    ['a cancel under a wrong exchange id', () => resting().sent({ ...cancel(1), orderId: venueId(9) }, at(1)), /wrong exchange id/],
    ['a cancel in a wrong market', () => resting().sent({ ...cancel(1), market: marketIndex(3) }, at(1)), /wrong market/],
    ['an amend on a wrong side', () => resting().sent(amend(1, 49, 10, 'ask'), at(1)), /wrong side/],
    ['a decrease to nothing', () => resting().sent(decrease(1, 0), at(1)), /lowers nothing/],
    ['a decrease to what rests', () => resting().sent(decrease(1, 10), at(1)), /lowers nothing/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message);
  });

  test('an amend to no more than is filled', () => {
    const orders = resting();
    orders.filled(fill('f1', 4), at(1));
    expect(() => orders.sent(amend(1, 49, 4), at(2))).toThrow(/no more than is filled/);
    expect(orders.sent(amend(1, 49, 5), at(2)).phase).toBe('pending-amend');
  });

  test('an amend or a decrease of an order of somebody else', () => {
    for (const command of [amend('x', 49, 10), decrease('x', 4)]) {
      const orders = new Orders({ prefix: 'kmm' });
      orders.update(update({ n: 'x', clientId: 'hand' }));
      const named = { ...command, clientId: orders.othersFor(ONE, 'bid')[0]?.clientId ?? command.clientId };
      expect(() => orders.sent(named, at(2))).toThrow(/not ours/);
    }
  });
});

describe('what is told of all orders', () => {
  const several = (): Orders => {
    const orders = resting();
    orders.sent(place({ n: 2, side: 'ask', at: 60, size: 4 }), at(1));
    orders.update(update({ n: 'x', clientId: 'hand', remaining: 3 }));
    return orders;
  };

  test('lists live ones oldest first, ours apart from those of others', () => {
    const orders = several();
    expect(orders.live().map((order) => order.clientId)).toEqual([id(1), id(2), 'hand']);
    const own: string[] = [];
    orders.forOwn((order) => own.push(order.clientId));
    expect([own, orders.openCount, orders.externalCount]).toEqual([[id(1), id(2)], 2, 1]);
    expect(orders.unknowns()).toEqual([]);
  });

  test('finds them by either name', () => {
    const orders = several();
    expect([orders.findByOrderId(venueId(1))?.clientId, orders.findByOrderId(venueId(2)), orders.find(id(9))]).toEqual([id(1), null, null]);
  });

  test('shows what rests of ours under an exchange id, and nothing of others', () => {
    const orders = several();
    expect([orders.restingTotal(ONE, 'bid'), orders.restingTotal(ONE, 'ask')]).toEqual([lots(10), lots(0)]);
  });

  test('counts money of asks as payout less price, and of others too', () => {
    const orders = several();
    expect([orders.exposureCash(ONE, 'bid', cents(100)), orders.exposureCash(ONE, 'ask', cents(100))]).toEqual([
      lots(13) * cents(50),
      lots(4) * cents(40),
    ]);
  });

  test('counts own orders that ended unfilled, whoever ended them', () => {
    const orders = several();
    orders.update(update({ status: 'cancelled', remaining: 0 }));
    orders.update(update({ n: 'x', clientId: 'hand', status: 'cancelled', remaining: 0 }, 2));
    expect(orders.cancelledCount).toBe(1);
    orders.accepted(accepted(2, 0, 4));
    orders.reconcile(reading(), at(20), { margin: seconds(1), fillsSince: at(-100) });
    expect([orders.cancelledCount, orders.openCount]).toEqual([2, 0]);
  });

  test('tells when the latest command of an order left', () => {
    const orders = resting();
    expect(orders.find(id(1))?.sentAt).toBe(at(0));
    orders.sent(amend(1, 49, 10), at(2));
    orders.amended(amended(1, 10, 3));
    expect(orders.find(id(1))?.sentAt).toBe(at(2));
    orders.sent(cancel(1), at(4));
    expect([orders.find(id(1))?.sentAt, orders.find(id(1))?.cancelSentAt]).toEqual([at(4), at(4)]);
    orders.update(update({ n: 'x', clientId: 'hand' }));
    expect(orders.live()[1]?.sentAt).toBe(UNKNOWN_TIME);
  });

  test('the worst price of an order with an amend under way is the worse of both, on either side', () => {
    const asks = new Orders({ prefix: 'kmm' });
    asks.sent(place({ side: 'ask', at: 60 }), at(0));
    asks.accepted(accepted(1, 0, 10));
    expect(asks.find(id(1))?.worstPrice).toBe(cents(60));
    asks.sent(amend(1, 55, 10, 'ask'), at(2));
    expect(asks.find(id(1))?.worstPrice).toBe(cents(55));
    asks.refused(refused(1, 'amend', 'other', 3));
    asks.sent(amend(1, 65, 10, 'ask'), at(4));
    expect(asks.find(id(1))?.worstPrice).toBe(cents(60));
    const bids = resting();
    bids.sent(amend(1, 45, 10), at(2));
    expect(bids.find(id(1))?.worstPrice).toBe(cents(50));
  });

  test('an order carries its expiry and its group from the placement, and an amend without an expiry keeps it', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent({ ...place(), expiresAt: at(60) }, at(0));
    orders.accepted(accepted(1, 0, 10));
    orders.sent(amend(1, 49, 10), at(2));
    orders.amended(amended(1, 10, 3));
    expect(orders.find(id(1))?.expiresAt).toBe(at(60));
    orders.sent({ ...amend(1, 48, 10), expiresAt: at(90) }, at(4));
    expect(orders.find(id(1))?.expiresAt).toBe(at(60));
    orders.amended(amended(1, 10, 5));
    expect(orders.find(id(1))?.expiresAt).toBe(at(90));
    orders.sent(decrease(1, 4), at(6));
    orders.amended(amended(1, 4, 7));
    expect(orders.find(id(1))?.expiresAt).toBe(at(90));
  });
});

describe('answers that do not come', () => {
  test('each command has its own time, and one that is late makes the order unknown', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 10), at(2));
    expect(orders.timeouts(at(6.9), seconds(5))).toEqual([]);
    expect(orders.timeouts(at(7), seconds(5)).map((order) => order.phase)).toEqual(['unknown']);
    expect(orders.timeouts(at(8), seconds(5))).toEqual([]);
  });

  test('a cancel that is late makes the order unknown and may be sent again', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    expect(orders.timeouts(at(6.9), seconds(5))).toEqual([]);
    expect(orders.timeouts(at(7), seconds(5)).map((order) => order.cancellable)).toEqual([true]);
  });

  test('a cancel younger than the late amend before it keeps the order on its way out', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 10), at(2));
    orders.sent(cancel(1), at(5));
    expect(orders.timeouts(at(8), seconds(5))).toEqual([]);
    expect(orders.find(id(1))?.phase).toBe('pending-cancel');
    expect(orders.timeouts(at(10), seconds(5)).length).toBe(1);
  });

  test('a reading must be newer than the moment at which hope was given up', () => {
    const orders = sent();
    orders.timeouts(at(10), seconds(5));
    const early = orders.reconcile(reading({ validUntil: at(10.5) }), at(11), { margin: seconds(1), fillsSince: at(-100) });
    expect([early.absent.length, early.undecided.length]).toEqual([0, 1]);
    const late = orders.reconcile(reading({ validUntil: at(11.5) }), at(12), { margin: seconds(1), fillsSince: at(-100) });
    expect(late.absent.length).toBe(1);
  });

  test('a loss told for another command than the one under way is none', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    expect(orders.unknown(unanswered(1, 'amend', 3)).became).toBe('pending-cancel');
    expect(orders.unknown(unanswered(1, 'place', 3)).became).toBe('pending-cancel');
    const fresh = sent();
    expect(fresh.unknown(unanswered(1, 'cancel', 3)).became).toBe('pending-new');
    expect(fresh.unknown(unanswered(1, 'amend', 3)).became).toBe('pending-new');
  });

  test('the loss of a decrease is that of a change', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    expect(orders.unknown(unanswered(1, 'decrease', 3))).toMatchObject({ became: 'unknown', changed: true });
    orders.reconcile(reading({ resting: [venueOrder({ remaining: 4 })] }), at(20), { margin: seconds(1), fillsSince: at(-100) });
    expect([orders.find(id(1))?.phase, exposure(orders)]).toEqual(['resting', '4.00']);
  });
});
