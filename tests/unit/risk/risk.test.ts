import { describe, expect, test } from 'vitest';
import type { VenueCommand } from '../../../src/domain/order.js';
import type { RiskSettings } from '../../../src/domain/settings.js';
import { formatPrice, formatQuantity, later, millis, parseCash, quantity, seconds } from '../../../src/domain/units.js';
import type { Quote } from '../../../src/domain/view.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { NO_OTHERS } from '../../../src/risk/exposure.js';
import { PERSON } from '../../../src/risk/kill-switch.js';
import { Risk, type RiskContext } from '../../../src/risk/risk.js';
import { amend, at, cancel, cents, context, decrease, exposure, lots, market, open, place, risk, target, WIDE } from './scenes.js';

const MARKET = marketIndex(0);

const verdict = (command: VenueCommand, changes: Partial<RiskContext> = {}, settings: Partial<RiskSettings> = {}): string => {
  const answer = risk(settings).approve(command, context(changes));
  return answer.ok ? 'approved' : answer.code;
};

describe('each check refuses by its own code', () => {
  test.each([
    ['a plain order passes', place(), {}, {}, 'approved'],
    ['order size', place({ size: 11 }), {}, { orderSizeMax: lots(10) }, 'order-size'],
    ['order size, at the limit', place({ size: 10 }), {}, { orderSizeMax: lots(10) }, 'approved'],
    ['an order of nothing', place({ size: 0 }), {}, {}, 'order-size'],
    ['price band below', place({ at: 4 }), {}, { band: { low: cents(5), high: cents(95) } }, 'band'],
    ['price band above', place({ side: 'ask', at: 96 }), {}, { band: { low: cents(5), high: cents(95) } }, 'band'],
    ['price band, at its edge', place({ at: 5 }), {}, { band: { low: cents(5), high: cents(95) } }, 'approved'],
    ['price band, at its upper edge', place({ side: 'ask', at: 95 }), {}, { band: { low: cents(5), high: cents(95) } }, 'approved'],
    ['collar', place({ at: 44 }), {}, { collar: cents(5) }, 'collar'],
    ['collar, at its edge', place({ at: 45 }), {}, { collar: cents(5) }, 'approved'],
    ['collar without a mid', place(), { mid: null }, {}, 'collar'],
    ['grid', place({ at: 48.5 }), {}, {}, 'off-grid'],
    ['post-only bid at the best ask', place({ at: 55 }), {}, {}, 'post-only'],
    ['post-only ask at the best bid', place({ side: 'ask', at: 45 }), {}, {}, 'post-only'],
    ['a bid below the best ask', place({ at: 54 }), {}, {}, 'approved'],
    ['an ask above the best bid', place({ side: 'ask', at: 46 }), {}, {}, 'approved'],
    ['a bid where nobody asks', place(), { bestAsk: null }, {}, 'approved'],
    ['an ask where nobody bids', place({ side: 'ask' }), { bestBid: null }, {}, 'approved'],
    ['an order without post-only', { ...place(), postOnly: false }, {}, {}, 'post-only'],
    ['self-cross of a bid', place({ at: 50 }), { ownAsk: cents(50) }, {}, 'self-cross'],
    ['self-cross of an ask', place({ side: 'ask', at: 50 }), { ownBid: cents(50) }, {}, 'self-cross'],
    ['own order behind', place({ at: 49 }), { ownAsk: cents(50) }, {}, 'approved'],
    ['own order behind an ask', place({ side: 'ask', at: 51 }), { ownBid: cents(50) }, {}, 'approved'],
    [
      'position of the market',
      place({ size: 11 }),
      { exposure: exposure({ position: 90 }) },
      { positionMaxPerMarket: lots(100) },
      'position-market',
    ],
    [
      'position of the market, at the limit',
      place({ size: 10 }),
      { exposure: exposure({ position: 90 }) },
      { positionMaxPerMarket: lots(100) },
      'approved',
    ],
    [
      'position of the market with what rests',
      place({ size: 1 }),
      { exposure: exposure({ position: 90, bid: 10 }) },
      { positionMaxPerMarket: lots(100) },
      'position-market',
    ],
    [
      'short position',
      place({ side: 'ask', size: 11 }),
      { exposure: exposure({ position: -90 }) },
      { positionMaxPerMarket: lots(100) },
      'position-market',
    ],
    [
      'position of the event',
      place(),
      { others: { ...NO_OTHERS, event: { ...NO_OTHERS.event, either: lots(95) } } },
      { positionMaxPerEvent: lots(100) },
      'position-event',
    ],
    [
      'position of the event, at the limit',
      place(),
      { others: { ...NO_OTHERS, event: { ...NO_OTHERS.event, either: lots(90) } } },
      { positionMaxPerEvent: lots(100) },
      'approved',
    ],
    [
      'position of the account',
      place(),
      { others: { ...NO_OTHERS, accountContracts: lots(95) } },
      { positionMaxPerAccount: lots(100) },
      'position-account',
    ],
    [
      'position of the account, at the limit',
      place(),
      { others: { ...NO_OTHERS, accountContracts: lots(90) } },
      { positionMaxPerAccount: lots(100) },
      'approved',
    ],
    ['capital of a bid: its price', place({ at: 48, size: 10 }), {}, { capitalMax: parseCash('4.79') }, 'capital'],
    ['capital of a bid, at the limit', place({ at: 48, size: 10 }), {}, { capitalMax: parseCash('4.8') }, 'approved'],
    [
      'capital of an ask: payout less its price',
      place({ side: 'ask', at: 52, size: 10 }),
      {},
      { capitalMax: parseCash('4.79') },
      'capital',
    ],
    ['capital of an ask, at the limit', place({ side: 'ask', at: 52, size: 10 }), {}, { capitalMax: parseCash('4.8') }, 'approved'],
    [
      'capital of other events',
      place({ size: 1 }),
      { others: { ...NO_OTHERS, accountLoss: parseCash('10') } },
      { capitalMax: parseCash('10') },
      'capital',
    ],
    ['open orders', place(), { openOrders: 4 }, { openOrdersMax: 4 }, 'open-orders'],
    ['open orders, one below', place(), { openOrders: 3 }, { openOrdersMax: 4 }, 'approved'],
    ['a book that cannot be trusted', place(), { bookProblem: 'stale for 6 s' }, {}, 'book'],
    ['a market that is not open', place(), { market: market({ status: 'inactive' }) }, {}, 'market-not-open'],
    ['a market about to close', place(), { market: market({ closesAt: at(60) }) }, {}, 'near-close'],
    ['a market that closes later', place(), { market: market({ closesAt: at(61) }) }, {}, 'approved'],
    ['an amend of an order that is not the quote', amend(9, 48, 10), {}, {}, 'unknown-order'],
    ['an amend of another order than the quote', amend(9, 48, 10), { quotedBid: open(1, 48, 10) }, {}, 'unknown-order'],
    ['an amend of the quote of the other side', amend(1, 52, 10, 'ask'), { quotedBid: open(1, 52, 10) }, {}, 'unknown-order'],
    ['an amend of a quoted ask', amend(1, 53, 10, 'ask'), { quotedAsk: open(1, 52, 10) }, {}, 'approved'],
  ] as const)('%s', (_, command, changes, settings, code) => {
    expect(verdict(command, changes, settings)).toBe(code);
  });

  test('and hands on the very command that it was asked about', () => {
    for (const command of [place(), cancel, decrease]) expect(risk().approve(command, context())).toEqual({ ok: true, command });
  });

  test('but for post-only, where orders need not rest', () => {
    const taking = { ...place({ at: 55 }), postOnly: false };
    expect(risk({}, false).approve(taking, context()).ok).toBe(true);
  });

  test('and counts itself', () => {
    const gate = risk({ orderSizeMax: lots(5) });
    gate.approve(place({ size: 6 }), context());
    gate.approve(place({ size: 6 }), context());
    gate.approve(place({ size: 5 }), context());
    expect([...gate.counters]).toEqual([
      ['order-size', 2],
      ['approved', 1],
    ]);
  });

  test('and tells a distance in dollars, half cents included', () => {
    const answer = risk({ collar: cents(5) }).approve(place({ at: 44 }), context({ mid: cents(50.5) }));
    expect(answer).toMatchObject({ text: 'price 0.4400 is 0.06500 from the mid 0.50500, limit 0.0500 (risk.collar_cents)' });
  });

  test('and names the number, the limit and the setting', () => {
    const answer = risk({ positionMaxPerMarket: lots(100) }).approve(
      place({ size: 11 }),
      context({ exposure: exposure({ position: 90 }) }),
    );
    expect(answer).toMatchObject({
      ok: false,
      text: '101.00 contracts in this market in the worst case, limit 100.00 (risk.position_max_contracts)',
    });
  });
});

describe('the order rate', () => {
  test('holds over any second, for placements and amends together; cancels are free', () => {
    const gate = risk({ orderRateMax: 2 });
    const quoted = { quotedBid: open(1, 48, 10) };
    expect(gate.approve(place({ n: 1 }), context()).ok).toBe(true);
    expect(gate.approve(amend(1, 47, 10), context({ ...quoted, now: at(0.5) })).ok).toBe(true);
    expect(gate.approve(place({ n: 2 }), context({ now: at(0.9) }))).toMatchObject({ code: 'order-rate' });
    expect(gate.approve(cancel, context({ now: at(0.9) })).ok).toBe(true);
    expect(gate.approve(place({ n: 3 }), context({ now: at(1) })).ok).toBe(true);
    expect(gate.approve(place({ n: 4 }), context({ now: at(1.4) })).ok).toBe(false);
    expect(gate.approve(place({ n: 5 }), context({ now: at(1.5) })).ok).toBe(true);
  });

  test('a renewal of the expiry is no order: it neither counts nor waits; any other amend does', () => {
    const gate = risk({ orderRateMax: 1 });
    const quoted = { quotedBid: open(1, 48, 10) };
    const renewal = { ...amend(1, 48, 10), expiresAt: at(60) };
    expect(gate.approve(place({ n: 2, side: 'ask' }), context(quoted)).ok).toBe(true);
    expect(gate.approve(renewal, context(quoted)).ok).toBe(true);
    expect(gate.approve({ ...renewal, expiresAt: at(61) }, context(quoted)).ok).toBe(true);
    expect(gate.approve(amend(1, 47, 10), context(quoted))).toMatchObject({ code: 'order-rate' });
    expect(gate.approve({ ...amend(1, 48, 9), expiresAt: at(60) }, context(quoted))).toMatchObject({ code: 'order-rate' });
    expect(gate.approve(renewal, context({ ...quoted, bookProblem: 'sequence-gap' }))).toMatchObject({ code: 'book' });
  });

  test('a renewal leaves the room to others, on either side and after fills', () => {
    const gate = risk({ orderRateMax: 1 });
    const quoted = { quotedBid: open(1, 48, 4, 6), quotedAsk: open(2, 52, 10), exposure: exposure({ position: 6, bid: 4, ask: 10 }) };
    expect(gate.approve({ ...amend(1, 48, 10), expiresAt: at(60) }, context(quoted)).ok).toBe(true);
    expect(gate.approve({ ...amend(2, 52, 10, 'ask'), expiresAt: at(60) }, context(quoted)).ok).toBe(true);
    expect(gate.approve(place({ n: 3 }), context(quoted)).ok).toBe(true);
    expect(gate.approve({ ...amend(2, 52, 10, 'ask'), expiresAt: at(61) }, context(quoted)).ok).toBe(true);
    expect(gate.approve(place({ n: 4 }), context(quoted))).toMatchObject({ code: 'order-rate' });
  });

  test('a refused order does not count', () => {
    const gate = risk({ orderRateMax: 1, orderSizeMax: lots(5) });
    gate.approve(place({ size: 6 }), context());
    expect(gate.approve(place({ size: 5 }), context()).ok).toBe(true);
  });
});

describe('a duplicate', () => {
  test('is the same intent again within the window, whatever its id', () => {
    const gate = risk({ duplicateWindow: millis(500) });
    expect(gate.approve(place({ n: 1 }), context()).ok).toBe(true);
    expect(gate.approve(place({ n: 2 }), context({ now: at(0.4) }))).toMatchObject({ code: 'duplicate' });
    expect(gate.approve(place({ n: 3, size: 9 }), context({ now: at(0.4) })).ok).toBe(true);
    expect(gate.approve(place({ n: 4 }), context({ now: at(0.5) })).ok).toBe(true);
    expect(gate.approve(place({ n: 5 }), context({ now: at(1) })).ok).toBe(true);
  });

  test('of an amend is the same price and the same total, told twice', () => {
    const gate = risk({ duplicateWindow: millis(500) });
    const quoted = context({ quotedBid: open(1, 48, 10) });
    expect(gate.approve(amend(1, 47, 10), quoted).ok).toBe(true);
    expect(gate.approve(amend(1, 47, 12), quoted).ok).toBe(true);
    expect(gate.approve(amend(1, 47, 12), quoted)).toMatchObject({ code: 'duplicate' });
    expect(gate.approve(amend(1, 46, 12), quoted).ok).toBe(true);
  });

  test('on the other side is none', () => {
    const gate = risk({ duplicateWindow: millis(500) });
    gate.approve(place({ at: 50 }), context());
    expect(gate.approve(place({ n: 2, side: 'ask', at: 50 }), context()).ok).toBe(true);
  });
});

describe('an amend', () => {
  const atLimit = { exposure: exposure({ position: 90, bid: 10 }), quotedBid: open(1, 50, 10) };
  const limit = { positionMaxPerMarket: lots(100) };

  test('counts the larger of old and new: it may not grow beyond the limit', () => {
    expect(verdict(amend(1, 48, 11), atLimit, limit)).toBe('position-market');
    expect(verdict(amend(1, 48, 10), atLimit, limit)).toBe('approved');
  });

  test('to less frees nothing before it is answered', () => {
    const unanswered = { ...atLimit, openOrders: 1 };
    expect(verdict(amend(1, 48, 5), unanswered, limit)).toBe('approved');
    expect(verdict(place({ n: 2, size: 1 }), unanswered, limit)).toBe('position-market');
  });

  test('is measured by what it adds to the contracts it has filled', () => {
    const filled = { exposure: exposure({ position: 6, bid: 4 }), quotedBid: open(1, 50, 4, 6) };
    expect(verdict(amend(1, 48, 16), filled, { orderSizeMax: lots(10) })).toBe('approved');
    expect(verdict(amend(1, 48, 17), filled, { orderSizeMax: lots(10) })).toBe('order-size');
  });

  test('counts money at the worse of both prices', () => {
    const quoted = { exposure: exposure({ bid: 10, bidAt: 40 }), quotedBid: open(1, 40, 10) };
    expect(verdict(amend(1, 50, 10), quoted, { capitalMax: parseCash('4.99') })).toBe('capital');
    expect(verdict(amend(1, 30, 10), quoted, { capitalMax: parseCash('4') })).toBe('approved');
  });

  test('needs no room among the open orders', () => {
    expect(verdict(amend(1, 48, 10), { ...atLimit, openOrders: 4 }, { openOrdersMax: 4 })).toBe('approved');
  });

  test('may not cross the book', () => {
    expect(verdict(amend(1, 55, 10), atLimit, limit)).toBe('post-only');
  });
});

describe('what always passes', () => {
  test('cancels and decreases, even when killed, out of hours, on a lost book and beyond every limit', () => {
    const gate = risk({ orderRateMax: 0, openOrdersMax: 0, positionMaxPerMarket: lots(0), capitalMax: parseCash('0') });
    gate.killSwitch.kill('test', 'a person said so');
    const worst = context({ market: market({ status: 'closed' }), bookProblem: 'lost', mid: null, openOrders: 99 });
    expect([gate.approve(cancel, worst).ok, gate.approve(decrease, worst).ok, gate.approve(place(), worst).ok]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('at and beyond a limit the reducing side goes on', () => {
  test.each([
    ['long at the limit: asks pass', 100, 'ask', 'approved'],
    ['long at the limit: bids do not', 100, 'bid', 'position-market'],
    ['long beyond the limit: asks pass', 150, 'ask', 'approved'],
    ['short at the limit: bids pass', -100, 'bid', 'approved'],
    ['short beyond the limit: bids pass', -150, 'bid', 'approved'],
    ['short beyond the limit: asks do not', -150, 'ask', 'position-market'],
  ] as const)('%s', (_, position, side, code) => {
    const limits = {
      positionMaxPerMarket: lots(100),
      positionMaxPerEvent: lots(100),
      positionMaxPerAccount: lots(100),
      capitalMax: parseCash('1'),
    };
    expect(verdict(place({ side }), { exposure: exposure({ position }) }, limits)).toBe(code);
  });

  test('but it grows neither side while a sum over markets is beyond its limit: what hides the growth may be cancelled next', () => {
    const limits = { positionMaxPerMarket: lots(100), positionMaxPerEvent: lots(25), orderSizeMax: lots(1000) };
    const hidden = exposure({ ask: 30, bid: 10 });
    expect(verdict(place({ side: 'bid', size: 10 }), { exposure: hidden }, limits)).toBe('position-event');
    const ofAccount = { ...limits, positionMaxPerEvent: lots(1000), positionMaxPerAccount: lots(25) };
    expect(verdict(place({ side: 'bid', size: 10 }), { exposure: hidden }, ofAccount)).toBe('position-account');
    expect(verdict(place({ side: 'bid', size: 10 }), { exposure: exposure({ position: -20, ask: 10 }) }, limits)).toBe('approved');
  });

  test('but not through zero to the other limit', () => {
    const limits = { positionMaxPerMarket: lots(100), orderSizeMax: lots(1000) };
    expect(verdict(place({ side: 'ask', size: 250 }), { exposure: exposure({ position: 150 }) }, limits)).toBe('approved');
    expect(verdict(place({ side: 'ask', size: 251 }), { exposure: exposure({ position: 150 }) }, limits)).toBe('position-market');
    expect(verdict(place({ side: 'ask', size: 301 }), { exposure: exposure({ position: 150 }) }, limits)).toBe('position-market');
  });
});

describe('shaping', () => {
  const show = (quote: Quote | null): string => (quote === null ? 'none' : `${formatQuantity(quote.size)} @ ${formatPrice(quote.price)}`);
  const both = target({ bid: [48, 10], ask: [52, 10] });

  test('leaves a target that fits as it is', () => {
    expect(risk().shape(both, context())).toBe(both);
  });

  test('cuts the growing side to the room that is left, in whole contracts, and keeps the reducing side', () => {
    const shaped = risk({ positionMaxPerMarket: lots(100) }).shape(both, context({ exposure: exposure({ position: 93.5 }) }));
    expect([show(shaped.bid), show(shaped.ask), shaped.noBid]).toEqual(['6.00 @ 0.4800', '10.00 @ 0.5200', null]);
  });

  test('takes the growing side away where nothing is left, and says with which number', () => {
    const shaped = risk({ positionMaxPerMarket: lots(100) }).shape(both, context({ exposure: exposure({ position: -100 }) }));
    expect([show(shaped.bid), show(shaped.ask)]).toEqual(['10.00 @ 0.4800', 'none']);
    expect(shaped.noAsk).toEqual({
      code: 'position-market',
      text: '110.00 contracts in this market in the worst case, limit 100.00 (risk.position_max_contracts)',
    });
  });

  test('refuses instead of cutting where that is configured', () => {
    const shaped = risk({ positionMaxPerMarket: lots(100), onLimit: 'refuse' }).shape(
      both,
      context({ exposure: exposure({ position: 95 }) }),
    );
    expect([show(shaped.bid), show(shaped.ask), shaped.noBid?.code]).toEqual(['none', '10.00 @ 0.5200', 'position-market']);
  });

  test('does not count the order whose place the quote takes', () => {
    const resting = { exposure: exposure({ position: 90, bid: 10 }), quotedBid: open(1, 48, 10) };
    expect(show(risk({ positionMaxPerMarket: lots(100) }).shape(both, context(resting)).bid)).toBe('10.00 @ 0.4800');
  });

  test('does count what is unknown or external', () => {
    const others = { exposure: exposure({ position: 90, bid: 6 }) };
    expect(show(risk({ positionMaxPerMarket: lots(100) }).shape(both, context(others)).bid)).toBe('4.00 @ 0.4800');
  });

  test('cuts to the order size and to the capital', () => {
    expect(show(risk({ orderSizeMax: lots(7) }).shape(both, context()).bid)).toBe('7.00 @ 0.4800');
    expect(show(risk({ capitalMax: parseCash('2.5') }).shape(both, context()).bid)).toBe('5.00 @ 0.4800');
  });

  test('cuts a size below one contract to hundredths', () => {
    const small = target({ bid: [48, 0.5] });
    const settings = { positionMaxPerMarket: lots(100) };
    expect(show(risk(settings).shape(small, context({ exposure: exposure({ position: 99.8 }) })).bid)).toBe('0.20 @ 0.4800');
  });

  test('cuts to what event and account have left', () => {
    const event = { others: { ...NO_OTHERS, event: { ...NO_OTHERS.event, either: lots(95) } } };
    expect(show(risk({ positionMaxPerEvent: lots(100) }).shape(both, context(event)).bid)).toBe('5.00 @ 0.4800');
    const account = { others: { ...NO_OTHERS, accountContracts: lots(97) } };
    expect(show(risk({ positionMaxPerAccount: lots(100) }).shape(both, context(account)).bid)).toBe('3.00 @ 0.4800');
  });

  test('counts what it cuts, by the limit that cut', () => {
    const gate = risk({ orderSizeMax: lots(7) });
    gate.shape(both, context());
    expect([...gate.counters]).toEqual([['cut-order-size', 2]]);
  });

  test('leaves the reducing side of a position beyond its limit as it is', () => {
    const shaped = risk({ positionMaxPerMarket: lots(100) }).shape(both, context({ exposure: exposure({ position: 150 }) }));
    expect([shaped.ask, shaped.noAsk, shaped.bid]).toEqual([both.ask, null, null]);
  });

  test('does not count the ask whose place the quote takes', () => {
    const resting = { exposure: exposure({ position: -90, ask: 10 }), quotedAsk: open(1, 52, 10) };
    expect(show(risk({ positionMaxPerMarket: lots(100) }).shape(both, context(resting)).ask)).toBe('10.00 @ 0.5200');
  });

  test('judges a target of one side as well, and leaves an empty one alone', () => {
    expect(show(risk({ orderSizeMax: lots(5) }).shape(target({ ask: [52, 10] }), context()).ask)).toBe('5.00 @ 0.5200');
    expect(show(risk({ orderSizeMax: lots(5) }).shape(target({ bid: [48, 10] }), context()).bid)).toBe('5.00 @ 0.4800');
    const gate = risk();
    const empty = target({});
    expect([gate.shape(empty, context({ bookProblem: 'gapped' })), gate.counters.size]).toEqual([empty, 0]);
  });

  test('gives up one contract rather than quote a part of it', () => {
    const one = target({ bid: [48, 1] });
    expect(risk({ positionMaxPerMarket: lots(100) }).shape(one, context({ exposure: exposure({ position: 99.5 }) })).bid).toBeNull();
  });

  test('names what is wrong with a price: grid before band before collar', () => {
    const settings = { band: { low: cents(40), high: cents(60) }, collar: cents(5) };
    const codeOf = (price: number): string | undefined => risk(settings).shape(target({ bid: [price, 1] }), context()).noBid?.code;
    expect([38.5, 38, 44, 45].map(codeOf)).toEqual(['off-grid', 'band', 'collar', undefined]);
  });

  test('takes a side outside band, collar or grid away', () => {
    const shaped = risk({ collar: cents(1) }).shape(both, context());
    expect([shaped.bid, shaped.ask, shaped.noBid?.code, shaped.noAsk?.code]).toEqual([null, null, 'collar', 'collar']);
  });

  test('keeps what a gate says, for both sides', () => {
    const shaped = risk().shape(both, context({ bookProblem: 'gapped' }));
    expect([shaped.bid, shaped.ask, shaped.noBid?.code, shaped.noAsk?.code, shaped.fair]).toEqual([null, null, 'book', 'book', cents(50)]);
  });

  test('does not touch a reason that is there already', () => {
    const oneSided = target({ ask: [52, 10] });
    expect(risk({ orderSizeMax: lots(5) }).shape(oneSided, context()).noBid).toEqual(oneSided.noBid);
  });
});

describe('what stops all placing', () => {
  test('a pause, with its reasons', () => {
    const gate = risk();
    gate.killSwitch.hold(PERSON, 'lunch');
    gate.killSwitch.hold('feed', 'no data');
    expect(gate.approve(place(), context())).toMatchObject({ code: 'paused', text: 'paused: lunch; no data' });
    gate.killSwitch.release(PERSON);
    gate.killSwitch.release('feed');
    expect(gate.approve(place(), context()).ok).toBe(true);
  });

  test('a session loss kills, in the moment it is reached', () => {
    const gate = risk();
    expect(gate.observe(MARKET, parseCash('-10'), parseCash('-29.99'))).toBeNull();
    expect(gate.halted()).toBeNull();
    expect(gate.observe(MARKET, parseCash('-10'), parseCash('-50'))?.code).toBe('loss-session');
    expect(gate.observe(MARKET, parseCash('-10'), parseCash('-60'))).toBeNull();
    expect([gate.halted()?.code, gate.approve(place(), context()).ok, gate.approve(cancel, context()).ok]).toEqual(['killed', false, true]);
  });

  test('a market loss stops that market only', () => {
    const gate = risk();
    expect(gate.observe(MARKET, parseCash('-20'), parseCash('-20'))?.code).toBe('loss-market');
    expect([gate.halted(), gate.gate(context())?.code, gate.gate(context({ index: marketIndex(1) }))]).toEqual([null, 'loss-market', null]);
  });

  test('too many refusals pause their market for a minute', () => {
    const gate = risk({ refusalsMaxPerMinute: 2 });
    expect([0, 1, 2, 3].map((s) => gate.noteRefusal(MARKET, at(s)))).toEqual([false, false, true, false]);
    expect(gate.gate(context({ now: at(3) }))?.code).toBe('refusal-rate');
    expect(gate.gate(context({ now: at(3), index: marketIndex(1) }))).toBeNull();
    expect(gate.gate(context({ now: later(at(2), seconds(60)) }))).toBeNull();
  });
});

test('hard ceilings hold whatever is configured, and say so', () => {
  const gate = risk({ orderSizeMax: lots(1_000_000) });
  expect(gate.settings.orderSizeMax).toBe(lots(25_000));
  expect(gate.lowered).toEqual(['risk.order_size_max_contracts 1000000.00 is above the hard ceiling: 25000.00 is in force']);
  expect(gate.approve({ ...place(), quantity: quantity(lots(25_000) + 1) }, context())).toMatchObject({ code: 'order-size' });
  expect(risk().lowered).toEqual([]);
});

describe('an order that trades at once', () => {
  const taking = { ...place({ at: 55 }), timeInForce: 'immediate-or-cancel' as const, postOnly: false };
  const approve = (takes: 'allowed' | 'never', command: VenueCommand = taking, changes: Partial<RiskContext> = {}): string => {
    const answer = new Risk({ settings: WIDE, postOnly: true, takes, stopBeforeClose: seconds(60) }).approve(command, context(changes));
    return answer.ok ? 'approved' : answer.code;
  };

  test('leaves only where the strategy is a taker', () => {
    expect(approve('allowed')).toBe('approved');
    expect(approve('never')).toBe('take');
    expect(risk({}, false).approve(taking, context({}))).toMatchObject({ ok: false, code: 'take' });
  });

  test('may not call itself post-only, and a resting order of a taker must be', () => {
    expect(approve('allowed', { ...taking, postOnly: true })).toBe('take');
    expect(approve('allowed', { ...place(), postOnly: false })).toBe('post-only');
    expect(approve('allowed', place({ at: 55 }))).toBe('post-only');
  });

  test('meets no order of ours', () => {
    expect(approve('allowed', taking, { ownAsk: cents(55) })).toBe('self-cross');
  });

  test('is cut to the limits, whatever rests on its side, and refused where too little is left', () => {
    const take = { side: 'bid' as const, price: cents(50), size: lots(10), sizeMin: lots(3), signal: at(0) };
    const left = (room: number) =>
      risk({ positionMaxPerMarket: lots(100) }).shapeTake(take, context({ exposure: exposure({ position: 95 - room, bid: 5 }) }));
    expect(left(10)).toEqual({ quote: take, refused: null });
    expect(left(3).quote).toEqual({ price: cents(50), size: lots(3) });
    expect(left(2)).toMatchObject({ quote: null, refused: { code: 'take-too-small' } });
    expect(left(0)).toMatchObject({ quote: null, refused: { code: 'position-market' } });
  });
});
