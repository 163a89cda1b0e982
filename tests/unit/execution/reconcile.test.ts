import { describe, expect, test } from 'vitest';
import { seconds, UNKNOWN_TIME } from '../../../src/domain/units.js';
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

const MARGIN = seconds(1);
/** Fills were asked for since well before everything in these tests. */
const WITH_FILLS = { margin: MARGIN, fillsSince: at(-100) };
const WITHOUT_FILLS = { margin: MARGIN, fillsSince: UNKNOWN_TIME };

const resting = (): Orders => {
  const orders = new Orders({ prefix: 'kmm' });
  orders.sent(place(), at(0));
  orders.accepted(accepted(1, 0, 10, 1));
  return orders;
};

/** A placement at 0 s whose answer never came. */
const unsure = (): Orders => {
  const orders = new Orders({ prefix: 'kmm' });
  orders.sent(place(), at(0));
  orders.unknown(unanswered(1, 'place', 5));
  return orders;
};

/** Another reading, newer than what was read at `seconds` by more than the margin: fills that were not listed then are now, or never were. */
const again = (orders: Orders, seconds: number, fillsSince = at(-100)): ReturnType<Orders['reconcile']> =>
  orders.reconcile(reading({ validUntil: at(seconds + 2) }), at(seconds + 3), { margin: MARGIN, fillsSince });

describe('what one reading lists', () => {
  test('is not of one moment: an order that it lacks may have filled after its fills were listed, and counts until a newer one', () => {
    for (const orders of [resting(), unsure()]) {
      const outcome = orders.reconcile(reading({ validUntil: at(19) }), at(20), WITH_FILLS);
      expect([orders.openCount, orders.exposure(ONE, 'bid'), outcome.owing.length]).toEqual([0, lots(10), 1]);
      // The fill, told a moment later, changes the position and nothing else.
      orders.filled(fill('f1', 10), at(20.1));
      expect(orders.exposure(ONE, 'bid')).toBe(0);
    }
  });

  test('is enough together with a newer one that has no such fill', () => {
    for (const orders of [resting(), unsure()]) {
      orders.reconcile(reading({ validUntil: at(19) }), at(20), WITH_FILLS);
      // Not newer by the margin.
      expect(orders.reconcile(reading({ validUntil: at(21) }), at(22), WITH_FILLS).owing.length).toBe(1);
      const outcome = again(orders, 22);
      expect([orders.exposure(ONE, 'bid'), outcome.owing, outcome.surprises]).toEqual([0, [], []]);
    }
  });
});

describe('an unknown placement', () => {
  test('is proven absent by a complete reading that is newer by more than the margin', () => {
    const orders = unsure();
    const outcome = orders.reconcile(reading({ validUntil: at(6.5) }), at(7), WITH_FILLS);
    expect(outcome.absent.map((order) => order.clientId)).toEqual([id(1)]);
    again(orders, 7);
    expect([orders.exposure(ONE, 'bid'), orders.openCount]).toEqual([0, 0]);
  });

  test.each([
    ['is incomplete', { complete: false, validUntil: at(60) }],
    ['is not vouched for', { validUntil: UNKNOWN_TIME }],
    ['is no newer than our last dealing with the order plus the margin', { validUntil: at(6) }],
  ])('is not judged by a reading that %s', (_, changes) => {
    const orders = unsure();
    const outcome = orders.reconcile(reading(changes), at(60), WITH_FILLS);
    expect(outcome.undecided.map((order) => order.clientId)).toEqual([id(1)]);
    expect(orders.exposure(ONE, 'bid')).toBe(lots(10));
  });

  test('found resting is ours and can be cancelled, even where the reading proves nothing', () => {
    const orders = unsure();
    const outcome = orders.reconcile(reading({ complete: false, resting: [venueOrder()] }), at(7), WITH_FILLS);
    expect(outcome.adopted.map((order) => order.orderId)).toEqual([venueId(1)]);
    expect(orders.find(id(1))).toMatchObject({ phase: 'resting', cancellable: true });
  });

  test('that is absent may have filled: it counts until a reading with fills says no', () => {
    const orders = unsure();
    orders.reconcile(reading({ validUntil: at(8) }), at(9), WITHOUT_FILLS);
    expect([orders.openCount, orders.exposure(ONE, 'bid')]).toEqual([0, lots(10)]);
    const outcome = orders.reconcile(reading({ validUntil: at(12) }), at(13), WITH_FILLS);
    expect([orders.exposure(ONE, 'bid'), outcome.surprises]).toEqual([0, []]);
  });

  test('that filled at once and whose fill names no client id is absent, its fill booked on its own', () => {
    const orders = unsure();
    expect(orders.filled(fill('f1', 10, { clientId: null }), at(7)).fresh).toBe(true);
    const outcome = orders.reconcile(reading({ validUntil: at(9) }), at(10), WITH_FILLS);
    again(orders, 10);
    expect([outcome.absent.length, orders.exposure(ONE, 'bid')]).toEqual([1, 0]);
  });

  test('still in flight is left to its answer', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent(place(), at(0));
    const outcome = orders.reconcile(reading(), at(20), WITH_FILLS);
    expect([outcome.absent.length, orders.find(id(1))?.phase]).toEqual([0, 'pending-new']);
  });

  test('proven absent and shown after all by the stream counts again', () => {
    const orders = unsure();
    orders.reconcile(reading(), at(20), WITH_FILLS);
    const change = orders.update(update({}, 21));
    expect([change.became, change.surprise, orders.exposure(ONE, 'bid')]).toEqual([
      'resting',
      expect.stringMatching(/absent, yet it rests/),
      lots(10),
    ]);
  });
});

describe('an order believed to rest', () => {
  test('and in the list stays as it is', () => {
    const orders = resting();
    const outcome = orders.reconcile(reading({ resting: [venueOrder()] }), at(20), WITH_FILLS);
    expect([outcome.vanished.length, outcome.surprises.length, orders.find(id(1))?.phase]).toEqual([0, 0, 'resting']);
  });

  test('and proven gone has vanished', () => {
    const orders = resting();
    const outcome = orders.reconcile(reading(), at(20), WITH_FILLS);
    expect(outcome.vanished.map((order) => order.clientId)).toEqual([id(1)]);
    again(orders, 20);
    expect([orders.exposure(ONE, 'bid'), orders.openCount]).toEqual([0, 0]);
  });

  test('is not taken for gone because a list lags', () => {
    const orders = resting();
    orders.reconcile(reading({ validUntil: at(1.5) }), at(20), WITH_FILLS);
    expect(orders.find(id(1))?.phase).toBe('resting');
  });

  test('takes over terms that differ, and says so', () => {
    const orders = resting();
    const outcome = orders.reconcile(reading({ resting: [venueOrder({ at: 48, filled: 1, remaining: 4 })] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ price: cents(48), remaining: lots(4), total: lots(5) });
    expect(outcome.surprises).toEqual([expect.stringMatching(/rests at 4.00 @ 0.4800, not at 10.00 @ 0.5000/)]);
  });

  test('an older word of the stream does not undo what a reading told', () => {
    const orders = resting();
    orders.reconcile(reading({ resting: [venueOrder({ at: 48 })] }), at(20), WITH_FILLS);
    expect(orders.update(update({ at: 50 }, 21)).changed).toBe(false);
    expect(orders.find(id(1))?.price).toBe(cents(48));
  });
});

describe('what a reading may settle', () => {
  test('not an order on which a cancel was sent or refused since, though its amend is older', () => {
    const orders = resting();
    orders.sent(cancel(1), at(10));
    orders.refused(refused(1, 'cancel', 'paused', 12));
    orders.reconcile(reading({ validUntil: at(12.5), resting: [venueOrder({ at: 48 })] }), at(13), WITH_FILLS);
    expect(orders.find(id(1))?.price).toBe(cents(50));
    orders.reconcile(reading({ validUntil: at(13.5), resting: [venueOrder({ at: 48 })] }), at(14), WITH_FILLS);
    expect(orders.find(id(1))?.price).toBe(cents(48));
  });

  test('nor one with a command under way, however new it is', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    orders.reconcile(reading({ resting: [venueOrder({ at: 48, remaining: 3 })] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ phase: 'pending-amend', price: cents(50) });
    const outcome = orders.reconcile(reading(), at(20), WITH_FILLS);
    expect([outcome.vanished.length, orders.openCount]).toEqual([0, 1]);
  });

  test('but it proves gone an order whose cancel alone is under way', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    const outcome = orders.reconcile(reading(), at(20), WITH_FILLS);
    expect([outcome.vanished.length, orders.openCount, outcome.proves]).toEqual([1, 0, true]);
  });

  test('says that it proves nothing where it does not, and names who is undecided, none of others', () => {
    const orders = unsure();
    orders.update(update({ n: 'x', clientId: 'hand', status: 'unknown' }));
    const outcome = orders.reconcile(reading({ complete: false }), at(20), WITH_FILLS);
    expect([outcome.proves, outcome.undecided.map((order) => order.clientId)]).toEqual([false, [id(1)]]);
  });

  test('tells an order listed under another exchange id than we know', () => {
    const orders = resting();
    const outcome = orders.reconcile(reading({ resting: [{ ...venueOrder(), orderId: venueId('other') }] }), at(20), WITH_FILLS);
    expect(outcome.surprises).toEqual([expect.stringMatching(/has two exchange ids/)]);
  });

  test('an order in the list with nothing left raises nothing that has ended', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent(place(), at(0));
    orders.refused(refused(1, 'place', 'other', 1));
    const outcome = orders.reconcile(reading({ resting: [venueOrder({ remaining: 0 })] }), at(20), WITH_FILLS);
    expect([outcome.revived.length, orders.openCount]).toEqual([0, 0]);
  });

  test('raises an order with what the list says has filled', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent(place(), at(0));
    orders.refused(refused(1, 'place', 'other', 1));
    const outcome = orders.reconcile(reading({ resting: [venueOrder({ filled: 3, remaining: 7 })] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ filled: lots(3), remaining: lots(7), exposure: lots(10), bornAt: at(0) });
    expect(outcome.surprises).toEqual(['order kmm-r1-1 was taken to have ended, yet it rests']);
  });

  test('an amend that is seen with what has filled meanwhile is no surprise, nor a decrease', () => {
    const grown = resting();
    grown.sent(amend(1, 49, 15), at(2));
    grown.unknown(unanswered(1, 'amend', 3));
    const decreased = resting();
    decreased.sent(decrease(1, 4), at(2));
    decreased.unknown(unanswered(1, 'decrease', 3));
    for (const [orders, told] of [
      [grown, venueOrder({ at: 49, filled: 5, remaining: 10 })],
      [decreased, venueOrder({ filled: 2, remaining: 4 })],
    ] as const)
      expect(orders.reconcile(reading({ resting: [told] }), at(20), WITH_FILLS).surprises).toEqual([]);
    expect([decreased.find(id(1))?.total, grown.find(id(1))?.total]).toEqual([lots(6), lots(15)]);
  });

  test('takes over the expiry that the list tells', () => {
    const orders = resting();
    orders.reconcile(reading({ resting: [{ ...venueOrder(), expiresAt: at(99) }] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))?.expiresAt).toBe(at(99));
  });

  test('makes the bound of a decrease exact', () => {
    const orders = resting();
    orders.sent(decrease(1, 4), at(2));
    orders.amended(amended(1, 4, 3));
    const outcome = orders.reconcile(reading({ resting: [venueOrder({ remaining: 4 })] }), at(20), WITH_FILLS);
    expect([orders.exposure(ONE, 'bid'), outcome.surprises]).toEqual([lots(4), []]);
  });
});

describe('unanswered changes and cancels', () => {
  test('an amend that shows in the list has happened', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    orders.unknown(unanswered(1, 'amend', 3));
    const outcome = orders.reconcile(reading({ resting: [venueOrder({ at: 49, remaining: 15 })] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ phase: 'resting', price: cents(49), total: lots(15), pending: null });
    expect(outcome.surprises).toEqual([]);
  });

  test('an amend that does not show has not', () => {
    const orders = resting();
    orders.sent(amend(1, 49, 15), at(2));
    orders.unknown(unanswered(1, 'amend', 3));
    orders.reconcile(reading({ resting: [venueOrder()] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ phase: 'resting', price: cents(50), total: lots(10), pending: null });
  });

  test('a cancel that had no effect may be sent again', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.unknown(unanswered(1, 'cancel', 3));
    orders.reconcile(reading({ resting: [venueOrder()] }), at(20), WITH_FILLS);
    expect(orders.find(id(1))).toMatchObject({ phase: 'resting', cancellable: true });
  });

  test('a cancel answered "not found" ends with the reading that lacks the order', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.refused(refused(1, 'cancel', 'not-found', 3));
    orders.reconcile(reading(), at(20), WITH_FILLS);
    again(orders, 20);
    expect([orders.exposure(ONE, 'bid'), orders.find(id(1))?.phase]).toEqual([0, 'done']);
  });

  test('a list that lags behind an acknowledged cancel raises nothing', () => {
    const orders = resting();
    orders.sent(cancel(1), at(2));
    orders.cancelled(cancelled(1, 10, 3));
    const outcome = orders.reconcile(reading({ validUntil: at(2.5), resting: [venueOrder()] }), at(4), WITH_FILLS);
    expect([outcome.revived.length, orders.exposure(ONE, 'bid')]).toEqual([0, 0]);
  });

  test('an order believed ended that a newer list shows resting is raised, or nobody would cancel it', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent(place(), at(0));
    orders.refused(refused(1, 'place', 'other', 1));
    const outcome = orders.reconcile(reading({ resting: [venueOrder()] }), at(20), WITH_FILLS);
    expect(outcome.revived.map((order) => order.clientId)).toEqual([id(1)]);
    expect(orders.find(id(1))).toMatchObject({ phase: 'resting', cancellable: true });
    expect(orders.exposure(ONE, 'bid')).toBe(lots(10));
  });
});

describe('orders that nobody tracked', () => {
  test('with our prefix are adopted, others are external', () => {
    const orders = new Orders({ prefix: 'kmm' });
    const outcome = orders.reconcile(
      reading({
        resting: [
          venueOrder({ n: 'a', clientId: 'kmm-r0-9' }),
          venueOrder({ n: 'b', clientId: 'hand' }),
          venueOrder({ n: 'c', clientId: null }),
        ],
      }),
      at(20),
      WITHOUT_FILLS,
    );
    expect([outcome.adopted.length, outcome.external.length]).toEqual([1, 2]);
    expect([orders.openCount, orders.externalCount, orders.exposure(ONE, 'bid')]).toEqual([1, 2, lots(30)]);
  });

  test('a prefix that merely begins like ours is not ours', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading({ resting: [venueOrder({ n: 'a', clientId: 'kmm2-r0-9' })] }), at(20), WITHOUT_FILLS);
    expect(orders.externalCount).toBe(1);
  });

  test('count what is left of them, not what had filled before', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading({ resting: [venueOrder({ n: 'a', clientId: 'hand', filled: 6, remaining: 4 })] }), at(20), WITHOUT_FILLS);
    expect(orders.exposure(ONE, 'bid')).toBe(lots(4));
  });

  test('that are external go when a newer list lacks them', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading({ resting: [venueOrder({ n: 'a', clientId: 'hand' })] }), at(20), WITH_FILLS);
    orders.reconcile(reading({ validUntil: at(25) }), at(26), WITH_FILLS);
    again(orders, 26);
    expect([orders.externalCount, orders.exposure(ONE, 'bid')]).toEqual([0, 0]);
  });
});

describe('how far fills are known', () => {
  test('grows while each reading joins the one before', () => {
    const orders = new Orders({ prefix: 'kmm' });
    expect(orders.fillsKnownUntil).toBe(UNKNOWN_TIME);
    orders.reconcile(reading({ validUntil: at(10) }), at(11), { margin: MARGIN, fillsSince: at(-100) });
    orders.reconcile(reading({ validUntil: at(20) }), at(21), { margin: MARGIN, fillsSince: at(5) });
    expect(orders.fillsKnownUntil).toBe(at(20));
    // The span reaches back to the first reading, so an order from before the second is judged too.
    orders.sent(place({ n: 2 }), at(-1));
    orders.unknown(unanswered(2, 'place', 1));
    orders.reconcile(reading({ validUntil: at(30) }), at(31), { margin: MARGIN, fillsSince: at(15) });
    again(orders, 31, at(25));
    expect(orders.exposure(ONE, 'bid')).toBe(0);
  });

  test('reaches as far back and as far on as any of the readings that join', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading({ validUntil: at(20) }), at(21), { margin: MARGIN, fillsSince: at(10) });
    orders.reconcile(reading({ validUntil: at(15) }), at(22), { margin: MARGIN, fillsSince: at(-5) });
    expect(orders.fillsKnownUntil).toBe(at(20));
    // Born after the start of the second reading's fills, before that of the first's.
    orders.sent(place(), at(5));
    orders.unknown(unanswered(1, 'place', 6));
    orders.reconcile(reading({ validUntil: at(30) }), at(31), { margin: MARGIN, fillsSince: at(20) });
    again(orders, 31, at(25));
    expect(orders.exposure(ONE, 'bid')).toBe(0);
  });

  test.each([
    ['that was born within the margin of where they begin', -9.5, lots(10)],
    ['that was born later', -9, 0],
  ] as const)('does not speak for an order %s', (_, born, counted) => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.sent(place(), at(born));
    orders.unknown(unanswered(1, 'place', -8));
    orders.reconcile(reading({ validUntil: at(10) }), at(11), { margin: MARGIN, fillsSince: at(-10) });
    again(orders, 11, at(5));
    expect([orders.openCount, orders.exposure(ONE, 'bid')]).toEqual([0, counted]);
  });

  test('starts anew after a hole, and orders from before it keep counting', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading({ validUntil: at(10) }), at(11), { margin: MARGIN, fillsSince: at(-100) });
    orders.sent(place(), at(11));
    orders.unknown(unanswered(1, 'place', 12));
    orders.reconcile(reading({ validUntil: at(40) }), at(41), { margin: MARGIN, fillsSince: at(30) });
    expect([orders.openCount, orders.exposure(ONE, 'bid')]).toEqual([0, lots(10)]);
  });

  test('is not moved by a reading without fills or without proof', () => {
    const orders = new Orders({ prefix: 'kmm' });
    orders.reconcile(reading(), at(20), WITHOUT_FILLS);
    orders.reconcile(reading({ complete: false }), at(20), WITH_FILLS);
    expect(orders.fillsKnownUntil).toBe(UNKNOWN_TIME);
  });
});
