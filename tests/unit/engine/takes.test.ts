/** The road of an order that trades at once: what it must be, what holds it back, and that there is never more than one. */
import { describe, expect, test } from 'vitest';
import { clientOrderId, venueOrderId } from '../../../src/domain/ids.js';
import { durationUs, later, millis, parseCash, parseQuantity, quantity, seconds } from '../../../src/domain/units.js';
import { cents, M, TakerWorld } from '../../support/taker-world.js';
import { EXECUTION, RISK } from '../../support/settings.js';

describe('a take', () => {
  test('is an order of its own kind: immediate or cancel, never resting, within the group, at the price that is there', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    expect(world.takes).toEqual([
      {
        type: 'place',
        clientId: expect.stringMatching(/^kmm-test-/),
        market: M,
        side: 'bid',
        price: cents(22),
        quantity: parseQuantity('10'),
        timeInForce: 'immediate-or-cancel',
        postOnly: false,
        reduceOnly: false,
        cancelOnPause: EXECUTION.cancelOnPause,
        selfTrade: 'taker-at-cross',
        expiresAt: null,
        group: null,
      },
    ]);
  });

  test('selling is a take of the bid', () => {
    const world = new TakerWorld().book([30, 100], [33, 100]).index();
    expect(world.takes).toMatchObject([{ side: 'ask', price: cents(30), timeInForce: 'immediate-or-cancel' }]);
  });

  test('without an edge nothing is taken', () => {
    const world = new TakerWorld().book([23, 100], [26, 100]).index();
    expect(world.sent).toEqual([]);
  });

  test('is told as a decision, and is no quote of ours', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    expect(world.bot.lastDecision()).toMatchObject({ cause: 'quote', bid: null, ask: null });
  });

  test('what fills is a position, what does not is nothing', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    world.answer(world.last, 4);
    expect(world.position).toBe(4);
    expect(world.bot.engine.openOrders).toBe(0);
    world.bot.engine.state.orders.assertConsistent();
  });
});

describe('one order per signal', () => {
  test('the book may move as it likes: the signal is answered once', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    world.answer(world.last, 10);
    world.book([20, 100], [21, 100]).book([19, 100], [20, 100]).pass(1);
    expect(world.takes).toHaveLength(1);
    expect(world.noBid).toBe('signal-answered');
    world.index();
    expect(world.takes).toHaveLength(2);
  });

  test('a signal that was not acted upon may still be, when the price comes', () => {
    const world = new TakerWorld().book([20, 100], [26, 100]).index();
    expect(world.sent).toEqual([]);
    world.book([20, 100], [22, 100]);
    expect(world.takes).toHaveLength(1);
  });

  test('an index that repeats its moment is the same signal', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    world.answer(world.last, 10).index().index(65_001);
    expect(world.takes).toHaveLength(1);
  });
});

describe('one take at a time', () => {
  test('before it is answered the next signal waits', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index().pass(2, 65_000);
    expect(world.takes).toHaveLength(1);
    expect(world.noBid).toBe('take-unresolved');
    world.answer(world.last, 10).pass(1, 65_000);
    expect(world.takes).toHaveLength(2);
  });

  test('nor is there another while its fills are still to come', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    world.answer(world.last, 10, 'fills later').pass(1, 65_000);
    expect(world.takes).toHaveLength(1);
    expect(world.position).toBe(0);
    world.tellFills().pass(1, 65_000);
    expect(world.position).toBe(10);
    expect(world.takes).toHaveLength(2);
  });

  test('an outcome that is not known counts in full, until a reading tells', () => {
    const world = new TakerWorld({ risk: { ...RISK, positionMaxPerMarket: parseQuantity('15') } }).book([20, 100], [22, 100]).index();
    world.readable = false;
    world.lose(world.last).pass(2, 65_000);
    expect(world.takes).toHaveLength(1);
    expect(world.bot.engine.state.orders.exposure(M, 'bid')).toBe(parseQuantity('10'));
    world.readable = true;
    world.pass(20, 65_000);
    // It was never there: the next one may go, and again with its whole size.
    expect(world.takes[1]).toMatchObject({ quantity: parseQuantity('10') });
  });

  test('an immediate order that rests all the same is cancelled at once', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]).index();
    const { clientId } = world.last;
    world.bot
      .give({
        type: 'order-accepted',
        at: world.bot.now,
        clientId,
        orderId: venueOrderId('o-9'),
        filled: quantity(0),
        remaining: quantity(1000),
        exchangeAt: world.bot.now,
      })
      .settle();
    expect(world.sent.at(-1)).toMatchObject({ type: 'cancel', clientId });
  });
});

describe('what holds a take back', () => {
  test('position: it is cut to what is left, and then there is none', () => {
    const world = new TakerWorld({ risk: { ...RISK, positionMaxPerMarket: parseQuantity('25') } }).book([20, 100], [22, 100]);
    for (let i = 0; i < 5; i++) {
      const before = world.takes.length;
      world.pass(1, 65_000);
      if (world.takes.length > before) world.answer(world.last, world.last.quantity / 100);
    }
    expect(world.takes.map((place) => place.quantity / 100)).toEqual([10, 10, 5]);
    expect(world.position).toBe(25);
    expect(world.noBid).toBe('position-market');
  });

  test('a cut that fees make worthless is no order', () => {
    // One contract at 22 c pays 2 c of fee: 3.49 c less that are above one cent, but not above two.
    const risk = { ...RISK, positionMaxPerMarket: parseQuantity('1') };
    expect(new TakerWorld({ risk }, { edgeTake: 100, errorsAway: 0 }).book([20, 100], [22, 100]).index().takes).toMatchObject([
      { quantity: 100 },
    ]);
    const world = new TakerWorld({ risk }, { edgeTake: 200, errorsAway: 0 }).book([20, 100], [22, 100]).index().pass(1);
    expect(world.takes).toEqual([]);
    expect(world.noBid).toBe('take-too-small');
  });

  test.each([
    ['the capital', { capitalMax: parseCash('1') }, 4],
    ['the order size', { orderSizeMax: parseQuantity('7') }, 7],
  ])('%s cuts it', (_, limit, contracts) => {
    const world = new TakerWorld({ risk: { ...RISK, ...limit } }).book([20, 100], [22, 100]).index();
    expect(world.last.quantity).toBe(contracts * 100);
  });

  test.each([
    ['collar', { collar: cents(0.5) }],
    ['band', { band: { low: cents(30), high: cents(97) } }],
    ['open-orders', { openOrdersMax: 0 }],
    ['order-rate', { orderRateMax: 0 }],
    ['position-market', { positionMaxPerMarket: parseQuantity('5'), onLimit: 'refuse' as const }],
  ])('%s refuses it', (code, limit) => {
    const world = new TakerWorld({ risk: { ...RISK, ...limit } }).book([20, 100], [22, 100]).index().pass(1);
    expect(world.sent).toEqual([]);
    expect(world.noBid).toBe(code);
  });

  test('the same again within the window of duplicates', () => {
    const world = new TakerWorld({ risk: { ...RISK, duplicateWindow: seconds(5) } }).book([20, 100], [22, 100]).index();
    world.answer(world.last, 10).pass(1, 65_000).pass(1);
    expect(world.noBid).toBe('duplicate');
    world.pass(5, 65_000);
    expect(world.takes).toHaveLength(2);
  });

  test('a kill', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]);
    world.bot.give({ type: 'control', at: world.bot.now, command: 'kill', reason: 'test' }).settle();
    expect(world.index().takes).toEqual([]);
  });

  test('a pause, and the same signal after it if it is still young', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]);
    world.bot.give({ type: 'control', at: world.bot.now, command: 'pause', reason: 'test' }).settle();
    expect(world.index().takes).toEqual([]);
    world.bot.give({ type: 'control', at: world.bot.now, command: 'resume', reason: 'test' }).settle();
    expect(world.takes).toHaveLength(1);
  });

  test('a book that is lost, and one that is a second behind', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]);
    world.bot.give({ type: 'book-lost', at: world.bot.now, market: M, reason: 'sequence-gap' }).settle();
    expect(world.index().takes).toEqual([]);

    const late = new TakerWorld();
    const levels = (n: number) => [{ price: cents(n), quantity: quantity(10_000) }];
    late.bot
      .give({
        type: 'book-snapshot',
        at: late.bot.now,
        market: M,
        bids: levels(20),
        asks: levels(22),
        exchangeAt: later(late.bot.now, durationUs(-1_500_000)),
      })
      .settle();
    late.index().pass(1);
    expect(late.takes).toEqual([]);
    expect(late.noBid).toBe('old-book');
  });

  test('a signal that has grown old, however good the price', () => {
    const world = new TakerWorld().book([20, 100], [26, 100]).index();
    world.bot.pass(millis(2100));
    world.book([20, 100], [22, 100]);
    expect(world.takes).toEqual([]);
  });

  test('a position that the exchange counts otherwise: nothing is added to it, but it may be reduced', () => {
    const world = new TakerWorld().book([20, 100], [22, 100]);
    for (const state of world.bot.engine.state.markets) state.drift = 'the exchange counts 5, we count 0';
    expect(world.index().pass(1).takes).toEqual([]);
    expect(world.noBid).toBe('position-drift');
  });

  test('an order of ours that rests there: we do not trade with ourselves', () => {
    const world = new TakerWorld();
    const size = quantity(500);
    const terms = { market: M, side: 'ask' as const, price: cents(22), initial: size, filled: quantity(0), remaining: size };
    world.resting.push({
      ...terms,
      orderId: venueOrderId('mine'),
      clientId: clientOrderId('hand-1'),
      status: 'resting',
      expiresAt: null,
      group: null,
    });
    world.bot.give({ type: 'feed-up', at: world.bot.now }).settle();
    world.book([20, 100], [22, 100]).index().pass(1);
    expect(world.takes).toEqual([]);
    expect(world.noBid).toBe('self-cross');
  });

  test('that nobody was there any more is no fault, and pauses no market', () => {
    const world = new TakerWorld({ risk: { ...RISK, refusalsMaxPerMinute: 2 } }).book([20, 100], [22, 100]);
    for (let i = 0; i < 6; i++) {
      world.pass(1, 65_000);
      const { clientId } = world.last;
      world.bot
        .give({
          type: 'command-refused',
          at: world.bot.now,
          command: 'place',
          clientId,
          code: 'unfilled',
          detail: 'insufficient resting volume',
        })
        .settle();
    }
    expect(world.takes).toHaveLength(6);
  });
});

describe('whoever is no taker', () => {
  test('a strategy without the right to take sends nothing, and says so', () => {
    const { strategy } = new TakerWorld().bot.engine.state;
    const forbidden = new TakerWorld({ takes: undefined as never, strategy: { name: 'impostor', quote: (view) => strategy.quote(view) } });
    expect(forbidden.book([20, 100], [22, 100]).index().pass(1).takes).toEqual([]);
    expect(forbidden.noBid).toBe('takes-off');
  });
});

test('near the end, and while positions do not agree, a take closes what is held and no more', () => {
  const world = new TakerWorld().book([20, 100], [22, 100]).index();
  world.answer(world.last, 4);
  for (const state of world.bot.engine.state.markets) state.drift = 'the exchange counts 5, we count 4';
  world.book([30, 100], [33, 100]).pass(1, 65_000);
  expect(world.last).toMatchObject({ side: 'ask', price: cents(30), quantity: 400 });
});
