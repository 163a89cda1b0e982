import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolymarketProtocol, type PolymarketSettings } from '../../../../src/alpha/feeds/polymarket.js';
import type { EngineEvent, OpinionUpdate } from '../../../../src/domain/events.js';
import { ticker } from '../../../../src/domain/ids.js';
import { epochUs, later, seconds, toEpochMs, type EpochUs } from '../../../../src/domain/units.js';

const START = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(START, seconds(s));
const ms = (s: number): string => String(toEpochMs(at(s)));
const SETTINGS: PolymarketSettings = {
  name: 'polymarket',
  markets: [
    { ticker: ticker('KXA'), token: '111', inverted: false },
    { ticker: ticker('KXB'), token: '222', inverted: true },
  ],
  price: 'microprice',
  belief: { confidenceMax: 0.8, spreadMax: 0.1, halfLife: 60 },
  renewEvery: seconds(2),
};

const setUp = (changes: Partial<PolymarketSettings> = {}) => {
  const facts: EngineEvent[] = [];
  const protocol = new PolymarketProtocol({ ...SETTINGS, ...changes }, { offer: (fact) => void facts.push(fact) });
  const say = (value: unknown, s: number) => protocol.frame(typeof value === 'string' ? value : JSON.stringify(value), at(s));
  const look = (s: number, heard = s): OpinionUpdate[] => {
    protocol.tick(at(s), at(heard));
    return facts.splice(0) as OpinionUpdate[];
  };
  return { protocol, say, look };
};

/** As documented: levels in any order, decimals without a leading zero. */
const book = (token: string, bids: readonly [string, string][], asks: readonly [string, string][], s: number) => ({
  event_type: 'book',
  asset_id: token,
  market: '0xbd31',
  bids: bids.map(([price, size]) => ({ price, size })),
  asks: asks.map(([price, size]) => ({ price, size })),
  timestamp: ms(s),
  hash: '0x0',
});
const change = (token: string, side: string, price: string, size: string, s: number, best: object = {}) => ({
  market: '0x5f65',
  price_changes: [{ asset_id: token, price, size, side, hash: '56', ...best }],
  timestamp: ms(s),
  event_type: 'price_change',
});
const FIRST = book(
  '111',
  [
    ['.48', '30'],
    ['.50', '10'],
  ],
  [
    ['.54', '10'],
    ['.52', '30'],
  ],
  0,
);

test('asks for its tokens as documented, and keeps the line alive with PING every ten seconds', () => {
  const { protocol } = setUp();
  expect(protocol.greeting()).toEqual(['{"assets_ids":["111","222"],"type":"market"}']);
  expect(protocol.keepAlive).toEqual({ every: 10_000_000, text: 'PING' });
  expect(protocol.frame('PONG', at(0))).toEqual({ answers: [], useful: true });
});

describe('a book', () => {
  test('becomes an opinion: microprice, and a confidence that falls with the spread', () => {
    const { say, look } = setUp();
    say([FIRST], 0.25);
    // (0.50 * 30 + 0.52 * 10) / 40; spread 0.02 of 0.1.
    expect(look(0.25)).toEqual([
      {
        type: 'opinion',
        at: at(0.25),
        ticker: 'KXA',
        source: 'polymarket',
        probability: expect.closeTo(0.505, 12) as number,
        confidence: expect.closeTo(0.8 * 0.8, 9) as number,
        asOf: at(0),
      },
    ]);
  });

  test('by the mid where that is asked for, and the other way round where the token is our NO', () => {
    const { say, look } = setUp({ price: 'mid' });
    say([FIRST, { ...FIRST, asset_id: '222' }], 1);
    expect(look(1).map(({ ticker: name, probability }) => [name, probability])).toEqual([
      ['KXA', expect.closeTo(0.51, 12)],
      ['KXB', expect.closeTo(0.49, 12)],
    ]);
  });

  test.each<[string, [string, string][], [string, string][]]>([
    ['one-sided', [], [['.52', '5']]],
    ['empty', [], []],
    ['crossed', [['.55', '5']], [['.52', '5']]],
    ['too wide', [['.40', '5']], [['.52', '5']]],
    ['at 0 and 1', [['0', '5']], [['1', '5']]],
  ])('that is %s withdraws the opinion', (_, bids, asks) => {
    const { say, look } = setUp();
    say(FIRST, 0);
    look(0);
    say(book('111', bids, asks, 1), 1);
    expect(look(1).map(({ probability, confidence }) => [probability, confidence])).toEqual([[null, 0]]);
  });
});

describe('a change', () => {
  test('moves the book, and the stated best prices go before what is counted here', () => {
    const { say, look } = setUp();
    say(FIRST, 0);
    look(0);
    say(change('111', 'SELL', '0.52', '0', 1), 1);
    expect(look(1)[0]?.probability).toBeCloseTo((0.5 * 10 + 0.54 * 10) / 20, 12);
    say(change('111', 'BUY', '0.51', '20', 2, { best_bid: '0.51', best_ask: '0.53' }), 2);
    // Nobody told of the size at 0.53: the mid.
    expect(look(2)[0]?.probability).toBeCloseTo(0.52, 12);
  });

  test('before its book, or of a token that nobody asked for, says nothing', () => {
    const { say, look } = setUp();
    expect([say(change('111', 'BUY', '0.51', '20', 1), 1).useful, say(change('999', 'BUY', '0.51', '20', 1), 1).useful]).toEqual([
      false,
      false,
    ]);
    expect(look(5)).toEqual([]);
  });

  test('that is wrong in its last entry has no effect at all', () => {
    const { say, look } = setUp();
    say(FIRST, 0);
    look(0);
    const two = change('111', 'BUY', '0.51', '20', 1);
    const bad = { ...two, price_changes: [...two.price_changes, { ...two.price_changes[0], size: 'NaN' }] };
    expect(() => say(bad, 1)).toThrow('polymarket: price_change.size: expected a number from 0 to 1000000000000, got "NaN"');
    expect(look(1)).toEqual([]);
  });

  test('that was said before the last one is passed over', () => {
    const { protocol, say, look } = setUp();
    say(book('111', [['.50', '10']], [['.52', '10']], 5), 5);
    look(5);
    expect(say(change('111', 'BUY', '0.30', '20', 1, { best_bid: '0.3', best_ask: '0.31' }), 6).useful).toBe(false);
    expect([look(6), protocol.old]).toEqual([[], 1]);
  });
});

test('an unchanged book is repeated while the line lives, and believed half as much after each half-life', () => {
  const { say, look } = setUp();
  say(FIRST, 0);
  look(0);
  expect(look(1)).toEqual([]);
  const [again] = look(60, 55);
  expect([again?.asOf, again?.confidence]).toEqual([at(55), expect.closeTo(0.32, 9)]);
});

test('a source whose clock runs ahead is taken as of its arrival, and can go on speaking', () => {
  const { say, look } = setUp();
  say({ ...FIRST, timestamp: ms(9999) }, 1);
  expect(look(1)[0]?.asOf).toBe(at(1));
  say(change('111', 'BUY', '0.51', '20', 2), 2);
  expect(look(2)[0]?.asOf).toBe(at(2));
});

test('after a loss nothing is said until the next book', () => {
  const { protocol, say, look } = setUp();
  say(FIRST, 0);
  protocol.lost();
  expect(look(10)).toEqual([]);
  say({ ...FIRST, timestamp: ms(0) }, 11);
  expect(look(11).length).toBe(1);
});

test.each([
  ['no JSON', '{', 'frame: expected JSON'],
  ['a number', '5', 'event: expected an object, got "5"'],
  ['no event type', '{}', 'event.event_type: expected a text, got "nothing"'],
  ['prices beyond 1', JSON.stringify(book('111', [['1.5', '1']], [], 0)), 'book.bids.price: expected a number from 0 to 1, got "1.5"'],
  ['a negative size', JSON.stringify(book('111', [['.5', '-1']], [], 0)), 'book.bids.size: expected a number from 0'],
  ['a price that is infinite', JSON.stringify(book('111', [['1e999', '1']], [], 0)), 'book.bids.price: expected a number'],
  ['levels that are none', JSON.stringify({ ...FIRST, asks: 'many' }), 'event.asks: expected a list, got "many"'],
  [
    'more levels than a book can have',
    JSON.stringify({ ...FIRST, bids: Array.from({ length: 2001 }, () => ({ price: '.5', size: '1' })) }),
    'at most 2000 entries',
  ],
  ['a time that is none', JSON.stringify({ ...FIRST, timestamp: 'noon' }), 'event.timestamp: expected milliseconds since 1970, got "noon"'],
  ['an unknown side', JSON.stringify(change('111', 'HOLD', '.5', '1', 0)), 'price_change.side: expected BUY or SELL, got "HOLD"'],
])('%s is a typed error that names the place', (_, text, told) => {
  const { say } = setUp();
  expect(() => say(text, 0)).toThrow(told);
});

test('events of other kinds are signs of life and nothing else', () => {
  const { say, look } = setUp();
  expect(say({ event_type: 'last_trade_price', price: '0.9', asset_id: '111' }, 0).useful).toBe(true);
  expect(look(5)).toEqual([]);
});

test('whatever is said, an opinion is a probability with a confidence within its bound', () => {
  const decimal = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x.toFixed(3)),
    fc.constantFrom('0', '1', '.5', '0.999'),
  );
  const level = fc.tuple(decimal, fc.nat(1000).map(String));
  const event = fc.oneof(
    fc
      .record({ bids: fc.array(level, { maxLength: 4 }), asks: fc.array(level, { maxLength: 4 }) })
      .map(({ bids, asks }) => book('111', bids, asks, 0)),
    fc
      .tuple(fc.constantFrom('BUY', 'SELL'), decimal, fc.nat(50).map(String))
      .map(([side, price, size]) => change('111', side, price, size, 0)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      const { say, look } = setUp();
      for (const [i, one] of events.entries()) {
        say(one, i);
        for (const { probability, confidence } of look(i)) {
          expect(probability === null || (probability > 0 && probability < 1)).toBe(true);
          expect(confidence >= 0 && confidence <= 0.8).toBe(true);
        }
      }
    }),
  );
});
