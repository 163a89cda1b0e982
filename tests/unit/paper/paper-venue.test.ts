import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/domain/events.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { Approved, Place, VenueCommand } from '../../../src/domain/order.js';
import { epochUs, millis, parseCash, price, quantity } from '../../../src/domain/units.js';
import type { PaperSettings } from '../../../src/paper/paper-settings.js';
import { PaperVenue } from '../../../src/paper/paper-venue.js';
import { market } from '../../support/markets.js';
import { PAPER } from '../../support/settings.js';

const M = marketIndex(0);
const T0 = epochUs(1_000_000);

/** A venue that watches one market of 40 bid, 45 asked (100 contracts each) unless told otherwise. */
const setUp = (options: { latencyMs?: number; bestBid?: number; bestAsk?: number; makerFees?: boolean } & Partial<PaperSettings> = {}) => {
  const { latencyMs, bestBid, bestAsk, makerFees, ...settings } = options;
  const venue = new PaperVenue({ ...PAPER, latency: millis(latencyMs ?? 0), ...settings }, { next: () => 0.5 }, T0);
  const terms = makerFees === true ? { type: 'quadratic_with_maker_fees' as const, multiplierMicros: 1_000_000 } : undefined;
  venue.observe({ type: 'market-listed', at: T0, index: M, market: market(terms ? { fees: terms } : {}) });
  const level = (at: number) => [{ price: price(at), quantity: quantity(10_000) }];
  venue.observe({
    type: 'book-snapshot',
    at: T0,
    market: M,
    bids: level(bestBid ?? 4000),
    asks: level(bestAsk ?? 4500),
    exchangeAt: T0,
  });
  return { venue };
};

const place = (n: number, side: BookSide, at: number, size = 1000): Place => ({
  type: 'place',
  clientId: clientOrderId(`kmm-t-${n}`),
  market: M,
  side,
  price: price(at),
  quantity: quantity(size),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: false,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
});

const send = (venue: PaperVenue, ...commands: VenueCommand[]): EngineEvent[] => {
  venue.send({ mode: 'single', commands: commands as Approved<VenueCommand>[] });
  return venue.advance(T0);
};
const trade = (venue: PaperVenue, takerSide: BookSide, at: number, size: number): EngineEvent[] => {
  venue.observe({ type: 'trade', at: T0, market: M, takerSide, price: price(at), quantity: quantity(size), exchangeAt: T0 });
  return venue.advance(T0);
};
const delta = (venue: PaperVenue, side: BookSide, at: number, change: number): EngineEvent[] => {
  venue.observe({ type: 'book-delta', at: T0, market: M, side, price: price(at), change: quantity(change), exchangeAt: T0 });
  return venue.advance(T0);
};
const fills = (facts: readonly EngineEvent[]): string[] =>
  facts.flatMap((fact) => (fact.type === 'fill' ? [`${fact.fill.side} ${fact.fill.quantity} at ${fact.fill.price}`] : []));

describe('a resting bid at 41 cents', () => {
  test.each([
    ['a sale below it fills it at its own price', 'ask', 4000, 500, ['bid 500 at 4100']],
    ['a sale exactly at it went to the queue ahead', 'ask', 4100, 500, []],
    ['a sale above it never came down to it', 'ask', 4200, 500, []],
    ['a purchase does not fill a bid', 'bid', 4000, 500, []],
    ['a fill is never larger than the order', 'ask', 3900, 5000, ['bid 1000 at 4100']],
  ] as const)('trades: %s', (_, taker, at, size, expected) => {
    const { venue } = setUp();
    send(venue, place(1, 'bid', 4100));
    expect(fills(trade(venue, taker, at, size))).toEqual(expected);
  });

  test.each([
    ['an ask that appears at its price meets it', 'ask', 4100, 300, ['bid 300 at 4100']],
    ['an ask that appears below meets it', 'ask', 4000, 300, ['bid 300 at 4100']],
    ['an ask above does not', 'ask', 4200, 300, []],
    ['an ask that is withdrawn does not', 'ask', 4100, -300, []],
    ['another bid does not', 'bid', 4100, 300, []],
  ] as const)('book: %s', (_, side, at, change, expected) => {
    const { venue } = setUp();
    send(venue, place(1, 'bid', 4100));
    expect(fills(delta(venue, side, at, change))).toEqual(expected);
  });
});

test('the better price of two bids fills first and shares what is left', () => {
  const { venue } = setUp();
  send(venue, place(1, 'bid', 4000), place(2, 'bid', 4100));
  expect(fills(trade(venue, 'ask', 3900, 1500))).toEqual(['bid 1000 at 4100', 'bid 500 at 4000']);
});

test('fills carry the fee of the series and the position they led to', () => {
  const { venue } = setUp({ makerFees: true });
  send(venue, place(1, 'ask', 4400));
  const [fact] = trade(venue, 'bid', 4500, 1000);
  if (fact?.type !== 'fill') throw new Error('expected a fill');
  // 0.0175 x 10 x 0.44 x 0.56 = 0.04312, and the balance moves in steps of 0.0001.
  expect(fact.fill).toMatchObject({ side: 'ask', fee: parseCash('0.0432'), role: 'maker', positionAfter: -1000 });
});

test('an order arrives after its latency and is refused where the book has moved through it', () => {
  const { venue } = setUp({ latencyMs: 10 });
  expect(send(venue, place(1, 'bid', 4400))).toEqual([]);
  delta(venue, 'ask', 4300, 100);
  const facts = venue.advance(epochUs(T0 + 10_000));
  expect(facts).toMatchObject([{ type: 'command-refused', code: 'post-only-cross' }]);
});

test('amend, decrease and cancel answer as the exchange does', () => {
  const { venue } = setUp();
  const [accepted] = send(venue, place(1, 'bid', 4100));
  if (accepted?.type !== 'order-accepted') throw new Error('expected an acceptance');
  const target = { clientId: accepted.clientId, orderId: accepted.orderId, market: M };
  expect(send(venue, { type: 'amend', ...target, side: 'bid', price: price(4000), total: quantity(700) })).toMatchObject([
    { type: 'order-amended', remaining: 700 },
  ]);
  expect(send(venue, { type: 'decrease', ...target, remaining: quantity(200) })).toMatchObject([{ type: 'order-amended', remaining: 200 }]);
  expect(send(venue, { type: 'cancel', ...target })).toMatchObject([{ type: 'order-cancelled', reducedBy: 200 }]);
  expect(send(venue, { type: 'cancel', ...target })).toMatchObject([{ type: 'command-refused', code: 'not-found' }]);
});

test.each([
  ['an off-grid price', { ...place(1, 'bid', 4100), price: price(4105) }, 'invalid-price'],
  ['a crossing price', place(1, 'bid', 4500), 'post-only-cross'],
] as const)('%s is refused', (_, command, code) => {
  expect(send(setUp().venue, command)).toMatchObject([{ type: 'command-refused', code }]);
});

test('a client id is burnt for ever', () => {
  const { venue } = setUp();
  send(venue, place(1, 'bid', 4100));
  expect(send(venue, place(1, 'bid', 4000))).toMatchObject([{ type: 'command-refused', code: 'duplicate-client-id' }]);
});

test('cancelling what is not there is not found', () => {
  const cancel = { type: 'cancel' as const, clientId: clientOrderId('kmm-t-9'), orderId: venueOrderId('paper-9'), market: M };
  expect(send(setUp().venue, cancel)).toMatchObject([{ type: 'command-refused', code: 'not-found' }]);
});

test('an order past its life goes with the exchange’s own reason', () => {
  const { venue } = setUp();
  send(venue, { ...place(1, 'bid', 4100), expiresAt: epochUs(T0 + 5) });
  expect(venue.advance(epochUs(T0 + 5))).toMatchObject([{ type: 'order-update', reason: 'ExpiryCancel', order: { status: 'cancelled' } }]);
  expect(fills(trade(venue, 'ask', 3900, 100))).toEqual([]);
});

test('the account reading shows what rests and what is held, also after a flip', () => {
  const { venue } = setUp();
  send(venue, place(1, 'bid', 4100, 600), place(2, 'ask', 4400, 1000));
  trade(venue, 'ask', 4000, 600);
  trade(venue, 'bid', 4500, 900);
  venue.readAccount({ type: 'request-account', request: 7, fillsSince: T0 });
  expect(venue.advance(T0)).toMatchObject([
    {
      type: 'account-reading',
      request: 7,
      complete: true,
      resting: [{ side: 'ask', remaining: 100, filled: 900 }],
      // Short 3 contracts at 0.44 cost 3 x 0.56.
      positions: [{ market: M, position: -300, cost: parseCash('1.68') }],
      // 1000, less 6 at 0.41, back to 0.44, less 3 NO contracts at 0.56.
      balance: parseCash('998.5'),
    },
  ]);
});
