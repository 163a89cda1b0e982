import { describe, expect, test } from 'vitest';
import { CryptoComProtocol, type CryptoComSettings, type VolatilityOfCandles } from '../../../../src/alpha/feeds/crypto-com.js';
import type { EngineEvent } from '../../../../src/domain/events.js';
import { epochUs, later, millis, seconds, toEpochMs, type EpochUs } from '../../../../src/domain/units.js';

const START = epochUs(1_795_296_000_000_000);
const at = (s: number): EpochUs => later(START, seconds(s));
const ms = (s: number): number => toEpochMs(at(s));
const SETTINGS: CryptoComSettings = {
  name: 'crypto-com',
  index: 'BTC',
  value: { channel: 'index', instrument: 'BTCUSD-INDEX' },
  candleInstrument: 'BTC_USD',
  candlePeriod: '1m',
  candlesFor: seconds(86_400),
  jumpMax: 0.1,
  spacing: millis(0),
};

const setUp = (changes: Partial<CryptoComSettings> = {}, volatility: VolatilityOfCandles | null = null) => {
  const facts: EngineEvent[] = [];
  const protocol = new CryptoComProtocol({ ...SETTINGS, ...changes }, { offer: (fact) => void facts.push(fact) }, volatility);
  const say = (value: unknown, s: number) => protocol.frame(typeof value === 'string' ? value : JSON.stringify(value), at(s));
  return { protocol, say, taken: () => facts.splice(0) };
};
const result = (channel: string, instrument: string, data: readonly unknown[]) => ({
  id: -1,
  method: 'subscribe',
  code: 0,
  result: { instrument_name: instrument, subscription: `${channel}.${instrument}`, channel, data },
});
const index = (v: unknown, s: number) => result('index', 'BTCUSD-INDEX', [{ v, t: ms(s) }]);
const candle = (minute: number, o: number, h: number, l: number, c: number) => ({
  o: String(o),
  h: String(h),
  l: String(l),
  c: String(c),
  v: '1',
  t: ms(60 * minute),
});

describe('the protocol', () => {
  test('rests a second, then subscribes as documented', () => {
    const { protocol } = setUp();
    expect(protocol.greetAfter).toBe(1_000_000);
    expect(protocol.greeting(at(0)).map((text) => JSON.parse(text) as unknown)).toEqual([
      { id: 1, method: 'subscribe', params: { channels: ['index.BTCUSD-INDEX', 'candlestick.1m.BTC_USD'] }, nonce: ms(0) },
    ]);
    const byBook = setUp({ value: { channel: 'book', instrument: 'BTC_USD' }, candleInstrument: null });
    expect(byBook.protocol.greeting(at(0))[0]).toContain('"channels":["book.BTC_USD.10"]');
  });

  test('answers a heartbeat with its own id, and does not take it for a price', () => {
    const { say } = setUp();
    const { answers, useful } = say({ id: 1587523073344, method: 'public/heartbeat', code: 0 }, 0);
    expect([answers, useful]).toEqual([['{"id":1587523073344,"method":"public/respond-heartbeat"}'], false]);
  });

  test('tells a refusal with what to do', () => {
    const { say } = setUp();
    expect(() => say({ id: 1, method: 'subscribe', code: 40003, message: 'Unknown channel' }, 0)).toThrow(
      'crypto-com: subscribe was refused ("code 40003 Unknown channel"): check the names of the instruments in alpha.crypto_com',
    );
  });

  test('takes the bare confirmation of a subscription and answers of other instruments for nothing', () => {
    const { say, taken } = setUp();
    expect(say({ id: 1, method: 'subscribe', code: 0 }, 0).useful).toBe(false);
    expect(say(result('index', 'ETHUSD-INDEX', [{ v: '1', t: ms(0) }]), 0).useful).toBe(false);
    expect(taken()).toEqual([]);
  });
});

describe('a value', () => {
  test('of the index becomes a fact', () => {
    const { say, taken } = setUp();
    expect(say(index('91234.5', 0), 0.1).useful).toBe(true);
    expect(taken()).toEqual([{ type: 'index', at: at(0.1), index: 'BTC', value: 91234.5, asOf: at(0) }]);
  });

  test('of the book is its middle', () => {
    const { say, taken } = setUp({ value: { channel: 'book', instrument: 'BTC_USD' } });
    const data = [
      {
        bids: [
          ['30079.0', '0.05', '1'],
          ['30077.5', '1', '2'],
        ],
        asks: [
          ['30083.0', '0.1', '1'],
          ['30082.5', '0.2', '1'],
        ],
        t: ms(1),
        tt: ms(1),
        u: 5,
      },
    ];
    say(result('book', 'BTC_USD', data), 1);
    expect(taken()).toMatchObject([{ type: 'index', value: 30080.75 }]);
  });

  test('of a book that is empty on a side says nothing, and of a crossed one is an error', () => {
    const { say, taken } = setUp({ value: { channel: 'book', instrument: 'BTC_USD' } });
    expect(say(result('book', 'BTC_USD', [{ bids: [], asks: [['2', '1', '1']], t: ms(1) }]), 1).useful).toBe(false);
    expect(() => say(result('book', 'BTC_USD', [{ bids: [['3', '1', '1']], asks: [['2', '1', '1']], t: ms(1) }]), 1)).toThrow(
      'a best bid below the best ask',
    );
    expect(taken()).toEqual([]);
  });

  test('that goes back in time is passed over', () => {
    const { say, taken } = setUp();
    say(index('100', 5), 5);
    expect(say(index('101', 4), 6).useful).toBe(false);
    expect(taken().length).toBe(1);
  });

  test.each(['NaN', '', 'abc', null, '-5', '0', '1e400', {}, '9'.repeat(40)])(
    'of %s is a typed error, and the next good one is taken',
    (v) => {
      const { say, taken } = setUp();
      expect(() => say(index(v, 0), 0)).toThrow('crypto-com: ');
      say(index('100', 1), 1);
      expect(taken().length).toBe(1);
    },
  );

  test('that leaps is not believed until it is said three times', () => {
    const { say, taken } = setUp();
    say(index('100', 0), 0);
    taken();
    for (const s of [1, 2]) expect(() => say(index('1000', s), s)).toThrow('above 0 and within 10 % of the one before');
    say(index('105', 3), 3);
    expect(taken()).toMatchObject([{ value: 105 }]);
    for (const s of [4, 5]) expect(() => say(index('200', s), s)).toThrow('within 10 %');
    say(index('201', 6), 6);
    expect(taken()).toMatchObject([{ value: 201 }]);
  });

  test('is told no more often than asked for', () => {
    const { say, taken } = setUp({ spacing: millis(500) });
    for (const s of [0, 0.1, 0.4, 0.5, 0.9, 1]) say(index('100', s), s);
    expect(taken().map((fact) => fact.at)).toEqual([at(0), at(0.5), at(1)]);
  });
});

describe('candles', () => {
  test('go to whoever computes volatility once they are finished, and its answer becomes a fact', () => {
    const seen: number[] = [];
    const { say, taken } = setUp({}, (candles) => {
      seen.push(candles.length);
      return { annual: 0.5, error: 0.1 };
    });
    say(result('candlestick', 'BTC_USD', [candle(0, 10, 12, 9, 11), candle(1, 11, 12, 10, 11)]), 61);
    say(result('candlestick', 'BTC_USD', [candle(1, 11, 13, 10, 12)]), 90);
    expect(seen).toEqual([1]);
    say(result('candlestick', 'BTC_USD', [candle(2, 12, 12, 12, 12)]), 121);
    expect(seen).toEqual([1, 2]);
    expect(taken()).toEqual(
      [61, 121].map((s) => ({ type: 'index-volatility', at: at(s), index: 'BTC', annual: 0.5, error: 0.1, asOf: at(s) })),
    );
  });

  test('keep their gaps, lose what is too old, and are not disordered by what comes late', () => {
    let known: readonly number[] = [];
    const { say } = setUp({ candlesFor: seconds(300) }, (candles) => {
      known = candles.map(({ from }) => (from - START) / 60_000_000);
      return null;
    });
    const flat = (minute: number) => candle(minute, 10, 10, 10, 10);
    say(result('candlestick', 'BTC_USD', [flat(3), flat(0), flat(1)]), 200);
    say(result('candlestick', 'BTC_USD', [flat(2)]), 201);
    say(result('candlestick', 'BTC_USD', [flat(6)]), 400);
    expect(known).toEqual([1, 3]);
  });

  test('that contradict themselves are typed errors', () => {
    const { say } = setUp();
    const bad = (c: object) => () => say(result('candlestick', 'BTC_USD', [c]), 0);
    expect(bad(candle(0, 10, 9, 8, 9))).toThrow('candlestick.h: expected a high at or above open and close');
    expect(bad(candle(0, 10, 12, 11, 12))).toThrow('candlestick.l: expected a low at or below open and close');
    expect(bad(candle(0, 0, 12, 0, 12))).toThrow('candlestick.o: expected a price above 0');
    expect(bad(candle(600, 10, 12, 9, 12))).toThrow('the start of a candle that has begun');
  });

  test.each([{ annual: NaN, error: 0 }, { annual: 0, error: 0 }, { annual: Infinity, error: 1 }, { annual: 0.5, error: NaN }, null])(
    'of which %j is computed tell nothing',
    (answer) => {
      const { say, taken } = setUp({}, () => answer);
      say(result('candlestick', 'BTC_USD', [candle(0, 10, 12, 9, 11), candle(1, 11, 12, 10, 11)]), 61);
      expect(taken()).toEqual([]);
    },
  );

  test('are no sign of life: the value is what is waited for', () => {
    const { say } = setUp();
    expect(say(result('candlestick', 'BTC_USD', [candle(0, 10, 12, 9, 11)]), 1).useful).toBe(false);
  });
});

test.each([
  ['no JSON', 'nonsense', 'frame: expected JSON'],
  ['a list', '[]', 'frame: expected an object, got "a list of 0"'],
  ['no method', '{}', 'frame.method: expected a text'],
  [
    'data that is none',
    JSON.stringify({ method: 'subscribe', code: 0, result: { channel: 'index', instrument_name: 'BTCUSD-INDEX', data: 5 } }),
    'result.data: expected a list, got "5"',
  ],
])('%s is a typed error that names the place', (_, text, told) => {
  const { say } = setUp();
  expect(() => say(text, 0)).toThrow(told);
});
