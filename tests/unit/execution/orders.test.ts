import { describe, expect, test } from 'vitest';
import { Orders } from '../../../src/execution/orders.js';
import { formatQuantity, seconds, type Quantity } from '../../../src/domain/units.js';
import {
  ONE,
  PAYOUT,
  accepted,
  amend,
  amended,
  at,
  cancel,
  cancelled,
  cents,
  decrease,
  dollars,
  fill,
  id,
  lots,
  place,
  refused,
  unanswered,
  update,
  venueId,
} from './facts.js';

const orders = (): Orders => new Orders({ prefix: 'kmm' });

/** Orders with one bid of 10 at 50 cents that the exchange has accepted. */
const resting = (): Orders => {
  const book = orders();
  book.sent(place(), at(0));
  book.accepted(accepted(1, 0, 10));
  return book;
};

const exposure = (book: Orders, side: 'bid' | 'ask' = 'bid'): string => show(book.exposure(ONE, side));
const show = (size: Quantity | undefined): string => (size === undefined ? 'none' : formatQuantity(size));

describe('a new order', () => {
  test('counts in full from the moment before it leaves', () => {
    const book = orders();
    const order = book.sent(place(), at(0));
    expect([order.phase, exposure(book), book.openCount]).toEqual(['pending-new', '10.00', 1]);
  });

  test('rests once accepted', () => {
    const book = resting();
    expect(book.find(id(1))).toMatchObject({ phase: 'resting', orderId: venueId(1), remaining: lots(10) });
    expect(book.restingTotal(ONE, 'bid')).toBe(lots(10));
  });

  test('is shown by the stream before its answer: it rests already, and the answer changes nothing more', () => {
    const book = orders();
    book.sent(place(), at(0));
    expect(book.update(update()).became).toBe('resting');
    expect(book.accepted(accepted(1, 0, 10))).toMatchObject({ became: 'resting', changed: false, surprise: null });
  });

  test('is accepted already filled: it is over, but counts until its fill is seen', () => {
    const book = orders();
    book.sent(place(), at(0));
    expect(book.accepted(accepted(1, 10, 0)).became).toBe('done');
    expect([exposure(book), book.openCount, book.forMarket(ONE, 'bid').length]).toEqual(['10.00', 0, 0]);
    expect(book.filled(fill('f1', 10), at(2)).fresh).toBe(true);
    expect(exposure(book)).toBe('0.00');
  });

  test('is accepted with nothing filled and nothing left: self-trade prevention cancelled it', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.accepted(accepted(1, 0, 0));
    expect(book.find(id(1))).toMatchObject({ phase: 'done', doneReason: 'cancelled' });
    expect(exposure(book)).toBe('0.00');
  });

  test('is accepted with a part cancelled on arrival: only the rest counts', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.accepted(accepted(1, 0, 7));
    expect(exposure(book)).toBe('7.00');
  });

  test('is refused: it counts no more', () => {
    const book = orders();
    book.sent(place(), at(0));
    expect(book.refused(refused(1, 'place', 'post-only-cross')).became).toBe('done');
    expect([exposure(book), book.openCount]).toEqual(['0.00', 0]);
  });

  test('meets a taken client id: the exchange has it, so it counts and must be looked up', () => {
    const book = orders();
    book.sent(place(), at(0));
    const change = book.refused(refused(1, 'place', 'duplicate-client-id'));
    expect([change.became, change.surprise === null, exposure(book)]).toEqual(['unknown', false, '10.00']);
  });

  test('is refused after the exchange had shown it: doubt, not death', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.update(update());
    expect(book.refused(refused(1, 'place', 'other')).became).toBe('unknown');
    expect(exposure(book)).toBe('10.00');
  });

  test('may not use an id twice, not even that of an ended order', () => {
    const book = resting();
    book.update(update({ status: 'cancelled', remaining: 0 }));
    expect(() => book.sent(place(), at(2))).toThrow(/used twice/);
  });
});

describe('an outcome that nobody told', () => {
  test('an unanswered placement becomes unknown after the limit, counts in full and cannot be touched', () => {
    const book = orders();
    book.sent(place(), at(0));
    expect(book.timeouts(at(4), seconds(5))).toEqual([]);
    expect(book.timeouts(at(5), seconds(5)).map((order) => order.clientId)).toEqual([id(1)]);
    expect(book.find(id(1))).toMatchObject({ phase: 'unknown', cancellable: false });
    expect([exposure(book), book.unknowns().length]).toEqual(['10.00', 1]);
    expect(book.timeouts(at(6), seconds(5))).toEqual([]);
  });

  test('a late answer ends the doubt', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.unknown(unanswered(1, 'place'));
    expect(book.accepted(accepted(1, 0, 10, 3)).became).toBe('resting');
  });

  test('an unknown cancel may be sent again', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    expect(book.unknown(unanswered(1, 'cancel', 3)).became).toBe('unknown');
    expect(book.sent(cancel(1), at(4)).phase).toBe('pending-cancel');
  });

  test('the loss of an answer that the stream has replaced is no doubt', () => {
    const book = resting();
    book.sent(amend(1, 49, 10), at(2));
    book.update(update({ at: 49 }, 3));
    expect(book.unknown(unanswered(1, 'amend', 4)).became).toBe('resting');
  });

  test('a late acceptance of an order proven refused counts it again', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.refused(refused(1, 'place', 'other'));
    const change = book.accepted(accepted(1, 2, 8, 3));
    expect([change.became, exposure(book)]).toEqual(['resting', '10.00']);
    expect(change.surprise).toMatch(/rejected, yet the exchange accepted/);
  });

  test('a fill of an order taken to be refused is booked and the rest of it counts again', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.refused(refused(1, 'place', 'other'));
    const change = book.filled(fill('f1', 4), at(3));
    expect([change.fresh, change.became, exposure(book)]).toEqual([true, 'unknown', '6.00']);
  });
});

describe('fills', () => {
  test('each counts once by its id', () => {
    const book = resting();
    expect(book.filled(fill('f1', 4), at(2)).fresh).toBe(true);
    expect(book.filled(fill('f1', 4), at(3))).toMatchObject({ fresh: false, changed: false, surprise: null });
    expect([exposure(book), show(book.find(id(1))?.remaining)]).toEqual(['6.00', '6.00']);
  });

  test('one that comes before the acceptance shows that the order is there', () => {
    const book = orders();
    book.sent(place(), at(0));
    expect(book.filled(fill('f1', 4), at(1)).became).toBe('resting');
    book.accepted(accepted(1, 4, 6, 2));
    expect([exposure(book), book.find(id(1))?.phase]).toEqual(['6.00', 'resting']);
  });

  test('one of an order known by the exchange id only finds its order later and is not lost', () => {
    const book = orders();
    book.sent(place(), at(0));
    const early = book.filled(fill('f1', 4, { clientId: null }), at(1));
    expect([early.fresh, early.order, exposure(book)]).toEqual([true, null, '10.00']);
    expect(early.surprise).toMatch(/do not know/);
    book.accepted(accepted(1, 4, 6, 2));
    expect([exposure(book), show(book.find(id(1))?.booked)]).toEqual(['6.00', '4.00']);
  });

  test('the last one ends the order', () => {
    const book = resting();
    book.filled(fill('f1', 4), at(2));
    expect(book.filled(fill('f2', 6), at(3)).became).toBe('done');
    expect(book.find(id(1))?.doneReason).toBe('filled');
  });

  test('one that comes after the cancel was acknowledged still counts', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    book.cancelled(cancelled(1, 7, 3));
    expect(exposure(book)).toBe('3.00');
    expect(book.filled(fill('f1', 3), at(4))).toMatchObject({ fresh: true, became: 'done', surprise: null });
    expect(exposure(book)).toBe('0.00');
  });

  test('more than the order had is told, and booked', () => {
    const book = resting();
    book.filled(fill('f1', 10), at(2));
    const change = book.filled(fill('f2', 1), at(3));
    expect([change.fresh, change.surprise]).toEqual([true, expect.stringMatching(/filled more/)]);
  });

  test('those marked as seen never count', () => {
    const book = resting();
    book.markSeen([fill('f1', 4)]);
    expect(book.filled(fill('f1', 4), at(2)).fresh).toBe(false);
  });

  test('reported in sum and not yet seen one by one they count as still to come', () => {
    const book = resting();
    book.update(update({ filled: 4, remaining: 6 }));
    expect(book.find(id(1))).toMatchObject({ filled: lots(4), remaining: lots(6), booked: lots(0) });
    expect(exposure(book)).toBe('10.00');
  });
});

describe('cancels', () => {
  test('end an order at once when acknowledged', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    expect(exposure(book)).toBe('10.00');
    expect(book.cancelled(cancelled(1, 10, 3)).became).toBe('done');
    expect([exposure(book), book.openCount]).toEqual(['0.00', 0]);
  });

  test('answered "not found" leave the order counted, and not to be cancelled again, until a fact tells its end', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    expect(book.refused(refused(1, 'cancel', 'not-found', 3)).became).toBe('unknown');
    expect(book.find(id(1))?.cancellable).toBe(false);
    expect(exposure(book)).toBe('10.00');
    book.filled(fill('f1', 10), at(4));
    expect([exposure(book), book.find(id(1))?.doneReason]).toEqual(['0.00', 'filled']);
  });

  test('refused for any other reason leave the order resting', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    expect(book.refused(refused(1, 'cancel', 'paused', 3)).became).toBe('resting');
    expect(book.find(id(1))).toMatchObject({ cancellable: true, cancelRefusedAt: at(3) });
  });

  test('told by the stream first, the answer adds nothing', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    book.update(update({ status: 'cancelled', filled: 2, remaining: 0 }, 3));
    expect(exposure(book)).toBe('2.00');
    expect(book.cancelled(cancelled(1, 8, 4))).toMatchObject({ changed: false, became: 'done' });
    expect(exposure(book)).toBe('2.00');
  });

  test('unasked by us are taken over', () => {
    const book = resting();
    expect(book.update(update({ status: 'cancelled', remaining: 0 })).became).toBe('done');
    expect(exposure(book)).toBe('0.00');
  });

  test('a second one on its way is a fault of ours', () => {
    const book = resting();
    book.sent(cancel(1), at(2));
    expect(() => book.sent(cancel(1), at(2))).toThrow(/pending-cancel/);
  });
});

describe('amends', () => {
  test('count the larger of old and new until answered', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    expect([exposure(book), book.find(id(1))?.phase]).toEqual(['15.00', 'pending-amend']);
    book.amended(amended(1, 15, 3));
    expect(book.find(id(1))).toMatchObject({ phase: 'resting', price: cents(49), remaining: lots(15) });
  });

  test('to less count the old size until answered', () => {
    const book = resting();
    book.sent(amend(1, 49, 5), at(2));
    expect(exposure(book)).toBe('10.00');
    book.amended(amended(1, null, 3));
    expect(exposure(book)).toBe('5.00');
  });

  test('count money at the worse of both prices', () => {
    const book = resting();
    book.sent(amend(1, 55, 10), at(2));
    expect(book.exposureCash(ONE, 'bid', PAYOUT)).toBe(dollars('5.5'));
    expect(book.find(id(1))?.worstPrice).toBe(cents(55));
  });

  test('tell by what remains that something has filled which we have not seen', () => {
    const book = resting();
    book.sent(amend(1, 49, 10), at(2));
    book.amended(amended(1, 7, 3));
    expect(book.find(id(1))).toMatchObject({ remaining: lots(7), filled: lots(3), booked: lots(0) });
    expect(exposure(book)).toBe('10.00');
  });

  test('refused leave the old terms', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    expect(book.refused(refused(1, 'amend', 'other', 3)).became).toBe('resting');
    expect([exposure(book), book.find(id(1))?.price]).toEqual(['10.00', cents(50)]);
  });

  test('shown by the stream are in force, yet no further change begins before their answer', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    book.update(update({ at: 49, remaining: 15 }, 3));
    expect(book.find(id(1))).toMatchObject({ phase: 'pending-amend', price: cents(49), pending: null });
    expect(() => book.sent(amend(1, 48, 15), at(4))).toThrow(/pending-amend/);
    expect(book.amended(amended(1, 15, 5)).became).toBe('resting');
  });

  test('an older message told late does not bring old terms back', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    book.amended(amended(1, 15, 3));
    const change = book.update(update({ at: 50, remaining: 10 }, 4));
    expect([change.surprise, book.find(id(1))?.price]).toEqual([null, cents(49)]);
  });

  test('of an order in flight are a fault of ours', () => {
    const book = orders();
    book.sent(place(), at(0));
    book.accepted(accepted(1, 0, 10));
    book.sent(cancel(1), at(1));
    expect(() => book.sent(amend(1, 49, 10), at(2))).toThrow(/pending-cancel/);
  });

  test('with a cancel behind them end in whichever way comes first', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    book.sent(cancel(1), at(3));
    book.cancelled(cancelled(1, 15, 4));
    book.refused(refused(1, 'amend', 'not-found', 5));
    expect([exposure(book), book.find(id(1))?.phase]).toEqual(['0.00', 'done']);
  });

  test('with a cancel behind them and its size unknown, the larger size bounds what may have filled', () => {
    const book = resting();
    book.sent(amend(1, 49, 15), at(2));
    book.sent(cancel(1), at(3));
    book.cancelled(cancelled(1, 10, 4));
    expect(exposure(book)).toBe('5.00');
    book.update(update({ status: 'cancelled', filled: 0, remaining: 0 }, 5));
    expect(exposure(book)).toBe('0.00');
  });

  test('by somebody else are taken over and told', () => {
    const book = resting();
    const change = book.update(update({ remaining: 6 }));
    expect([change.surprise, exposure(book)]).toEqual([expect.stringMatching(/rests at 6.00/), '6.00']);
  });
});

describe('decreases', () => {
  test('lower what rests at once, and the worst case only when filled and remaining are told together', () => {
    const book = resting();
    book.sent(decrease(1, 4), at(2));
    book.amended(amended(1, 4, 3));
    expect([show(book.find(id(1))?.remaining), exposure(book)]).toEqual(['4.00', '10.00']);
    book.update(update({ remaining: 4 }, 4));
    expect([show(book.find(id(1))?.remaining), exposure(book)]).toEqual(['4.00', '4.00']);
  });

  test('shown by the stream before the answer are exact at once', () => {
    const book = resting();
    book.sent(decrease(1, 4), at(2));
    book.update(update({ filled: 1, remaining: 4 }, 3));
    expect(exposure(book)).toBe('5.00');
    expect(book.amended(amended(1, 4, 4)).became).toBe('resting');
    expect(exposure(book)).toBe('5.00');
  });

  test('an update from before the decrease changes nothing', () => {
    const book = resting();
    book.sent(decrease(1, 4), at(2));
    book.amended(amended(1, 4, 3));
    expect(book.update(update({ remaining: 10 }, 4)).surprise).toBeNull();
    expect([show(book.find(id(1))?.remaining), exposure(book)]).toEqual(['4.00', '10.00']);
  });

  test('an order whose fills use up what the decrease left is looked up', () => {
    const book = resting();
    book.sent(decrease(1, 4), at(2));
    book.amended(amended(1, 4, 3));
    expect(book.filled(fill('f1', 4), at(4)).became).toBe('unknown');
    expect(exposure(book)).toBe('6.00');
    expect(book.update(update({ filled: 4, remaining: 0, status: 'executed' }, 5)).became).toBe('done');
    expect(exposure(book)).toBe('0.00');
  });

  test('that lower nothing are a fault of ours', () => {
    expect(() => resting().sent(decrease(1, 10), at(2))).toThrow(/lowers nothing/);
  });
});

describe('orders that we did not place', () => {
  test('of somebody else on this account count, and are kept apart from ours', () => {
    const book = orders();
    const change = book.update(update({ n: 'x', clientId: 'by-hand' }));
    expect(change.surprise).toMatch(/is not ours/);
    expect([exposure(book), book.openCount, book.externalCount]).toEqual(['10.00', 0, 1]);
    expect([book.forMarket(ONE, 'bid').length, book.othersFor(ONE, 'bid').length]).toEqual([0, 1]);
    book.update(update({ n: 'x', clientId: 'by-hand', status: 'cancelled', remaining: 0 }, 2));
    expect([exposure(book), book.externalCount]).toEqual(['0.00', 0]);
  });

  test('without a client id are known by the exchange id', () => {
    const book = orders();
    book.update(update({ n: 'x', clientId: null }));
    book.filled(fill('f1', 10, { n: 'x', clientId: null }), at(2));
    expect(exposure(book)).toBe('0.00');
  });

  test('of an earlier run of ours are ours', () => {
    const book = orders();
    book.update(update({ n: 'x', clientId: 'kmm-r0-7' }));
    expect([book.openCount, book.externalCount]).toEqual([1, 0]);
    expect(book.forMarket(ONE, 'bid')[0]?.cancellable).toBe(true);
  });

  test('that had filled in part before we knew them count what we have not seen filled', () => {
    const book = orders();
    book.filled(fill('f1', 3, { n: 'x', clientId: 'by-hand' }), at(1));
    book.update(update({ n: 'x', clientId: 'by-hand', filled: 3, remaining: 7 }, 2));
    expect(exposure(book)).toBe('7.00');
  });

  test('that have ended already are nothing to us', () => {
    const book = orders();
    expect(book.update(update({ n: 'x', clientId: 'by-hand', status: 'executed', filled: 10, remaining: 0 }))).toMatchObject({
      order: null,
      surprise: null,
    });
    expect(exposure(book)).toBe('0.00');
  });

  test('answers about them are told and change nothing', () => {
    const book = orders();
    for (const change of [
      book.accepted(accepted(9, 0, 10)),
      book.refused(refused(9, 'cancel', 'other')),
      book.unknown(unanswered(9, 'place')),
      book.amended(amended(9, 10)),
      book.cancelled(cancelled(9, 10)),
    ])
      expect([change.order, change.surprise === null]).toEqual([null, false]);
    expect(exposure(book)).toBe('0.00');
  });
});

describe('memory', () => {
  test('ended orders are forgotten oldest first, those that owe fills last', () => {
    const book = new Orders({ prefix: 'kmm', remembered: 2 });
    for (const n of [1, 2, 3]) {
      book.sent(place({ n }), at(0));
      book.update(update({ n, status: n === 1 ? 'executed' : 'cancelled', filled: n === 1 ? 10 : 0, remaining: 0 }));
    }
    book.sent(place({ n: 4 }), at(0));
    book.update(update({ n: 4, status: 'cancelled', remaining: 0 }));
    expect([1, 2, 3, 4].map((n) => book.find(id(n)) !== null)).toEqual([true, false, true, true]);
    expect(exposure(book)).toBe('10.00');
  });

  test('the same word from the stream twice changes nothing the second time', () => {
    const book = resting();
    expect(book.update(update({ filled: 2, remaining: 8 }, 2)).changed).toBe(true);
    expect(book.update(update({ filled: 2, remaining: 8 }, 3)).changed).toBe(false);
  });
});

describe('words that overtake each other', () => {
  test('an older word on a resting order, told late, does not shrink what a newer one has grown', () => {
    const book = resting();
    book.sent(amend(1, 50, 30), at(1));
    book.amended(amended(1, 30));
    const told = (total: number, stamp: number) => {
      const fact = update({ remaining: total });
      return { ...fact, order: { ...fact.order, updatedAt: at(stamp) } };
    };
    book.update(told(30, 2));
    book.update(told(10, 1));
    expect(exposure(book)).toBe('30.00');
  });
});
