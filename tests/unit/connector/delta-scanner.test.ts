import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeltaScanner } from '../../../src/connector/delta-scanner.js';
import { TickerBytes } from '../../../src/connector/ticker-bytes.js';
import { MalformedFrameError, type NoSideConvention } from '../../../src/connector/wire-fields.js';
import { parseFrame } from '../../../src/connector/wire-frame.js';
import { decodeMessage } from '../../../src/connector/wire-messages.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { price } from '../../../src/domain/units.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

const TICKERS = ['KXHIGHNY-26NOV21-T52', 'KXBTC-26APR1817-B76875', 'A', 'KXNEXTTEAMNBA-26LJAM-CLE'];
const payout = price(10_000);

const scannerOf = (
  names: readonly string[],
  noSide: NoSideConvention = 'no-price',
): { scanner: DeltaScanner; names: readonly string[] } => {
  const tickers = new TickerBytes();
  names.forEach((name, i) => tickers.add(name, marketIndex(i), payout));
  return { scanner: new DeltaScanner(tickers, noSide), names };
};

interface Meaning {
  readonly sid: number | null;
  readonly seq: number | null;
  readonly ticker: string;
  readonly side: string;
  readonly price: number;
  readonly change: number;
  readonly exchangeAt: number;
}

const scanned = ({ scanner, names }: ReturnType<typeof scannerOf>, bytes: Uint8Array): Meaning | null => {
  if (!scanner.scan(bytes)) return null;
  const { market, sid, seq, ...rest } = scanner.delta;
  return { sid, seq, ticker: names[market] ?? '', ...rest };
};

/** The oracle: null for whatever is not a sound delta. */
const parsed = (bytes: Uint8Array, noSide: NoSideConvention = 'no-price'): Meaning | null => {
  try {
    const frame = parseFrame(bytes);
    const message = decodeMessage(frame, { noSide, payoutOf: () => payout });
    if (message.type !== 'orderbook_delta') return null;
    const { type: _type, ...rest } = message;
    return { sid: frame.sid, seq: frame.seq, ...rest };
  } catch (error) {
    if (error instanceof MalformedFrameError) return null;
    throw error;
  }
};

interface Layout {
  readonly sid?: string | undefined;
  readonly seq?: string | undefined;
  readonly sendingFirst?: string | undefined;
  readonly ticker?: string | undefined;
  readonly marketId?: string | undefined;
  readonly price?: string | undefined;
  readonly change?: string | undefined;
  readonly side?: string | undefined;
  readonly ts?: string | undefined;
  readonly tsMs?: string | undefined;
  readonly sendingLast?: string | undefined;
  readonly end?: string | undefined;
}

const frameText = (layout: Layout): string =>
  `{"type":"orderbook_delta","sid":${layout.sid ?? '1'},"seq":${layout.seq ?? '2'}` +
  (layout.sendingFirst === undefined ? '' : `,"sending_ts_ms":${layout.sendingFirst}`) +
  `,"msg":{"market_ticker":"${layout.ticker ?? 'A'}","market_id":"${layout.marketId ?? 'f5ed38e2'}","price_dollars":"${layout.price ?? '0.4200'}"` +
  `,"delta_fp":"${layout.change ?? '-5.00'}","side":"${layout.side ?? 'yes'}"` +
  (layout.ts === undefined ? '' : `,"ts":"${layout.ts}"`) +
  (layout.tsMs === undefined ? '' : `,"ts_ms":${layout.tsMs}`) +
  `}` +
  (layout.sendingLast === undefined ? '' : `,"sending_ts_ms":${layout.sendingLast}`) +
  `}${layout.end ?? ''}`;

describe('the byte scanner', () => {
  const known = scannerOf(TICKERS);

  test.each<[string, Layout, Partial<Meaning>]>([
    ['ts and ts_ms', { ts: '2026-06-11T06:29:47.354803Z', tsMs: '1781159387354' }, { exchangeAt: 1781159387354000 }],
    ['ts only', { ts: '2026-06-11T06:29:47.42784Z' }, { exchangeAt: 1781159387427840 }],
    ['ts without fraction', { ts: '2024-02-29T23:59:59Z' }, { exchangeAt: Date.UTC(2024, 1, 29, 23, 59, 59) * 1000 }],
    ['ts_ms only', { tsMs: '1781159387354' }, { exchangeAt: 1781159387354000 }],
    ['no time', {}, { exchangeAt: 0 }],
    ['sending time in front', { sendingFirst: '1795296000412', tsMs: '1795296000400' }, { exchangeAt: 1795296000400000 }],
    ['sending time behind', { sendingLast: '1795296000412', tsMs: '1795296000400' }, { exchangeAt: 1795296000400000 }],
    ['a trailing newline', { end: '\n' }, { ticker: 'A', sid: 1, seq: 2, side: 'bid', price: 4200, change: -500 }],
    ['the NO side', { side: 'no' }, { side: 'ask', price: 5800 }],
    ['a deci-cent price', { price: '0.991', change: '2511.47' }, { price: 9910, change: 251147 }],
    ['whole numbers of contracts', { price: '0.5', change: '12' }, { price: 5000, change: 1200 }],
    ['no change at all', { change: '0.00' }, { change: 0 }],
  ])('reads a delta with %s', (_name, layout, meaning) => {
    const bytes = Buffer.from(frameText(layout));
    expect(scanned(known, bytes)).toMatchObject(meaning);
    expect(scanned(known, bytes)).toEqual(parsed(bytes));
  });

  test.each<[string, string]>([
    ['an unknown ticker', frameText({ ticker: 'B' })],
    ['a ticker that only begins like ours', frameText({ ticker: 'AA' })],
    ['an escaped ticker', frameText({ ticker: '\\u0041' })],
    ['an escape in a skipped text', frameText({ marketId: 'x\\"' })],
    ['another type', frameText({}).replace('delta"', 'delto"')],
    ['another order of fields', frameText({}).replace('"sid":1,"seq":2', '"seq":2,"sid":1')],
    ['a blank', frameText({}).replace(',"seq"', ', "seq"')],
    ['our own order behind it', frameText({ tsMs: '1781159387354,"client_order_id":"x"' })],
    ['a leading zero', frameText({ seq: '02' })],
    ['a negative sid', frameText({ sid: '-1' })],
    ['a fractional seq', frameText({ seq: '2.5' })],
    ['an exponent', frameText({ seq: '2e1' })],
    ['a seq beyond exact numbers', frameText({ seq: '9007199254740993' })],
    ['five decimals of a price', frameText({ price: '0.42001' })],
    ['a price of 0', frameText({ price: '0.0000' })],
    ['a price of the payout', frameText({ price: '1.0000' })],
    ['a negative price', frameText({ price: '-0.4200' })],
    ['three decimals of a contract', frameText({ change: '1.001' })],
    ['a negative zero', frameText({ change: '-0.00' })],
    ['a plus sign', frameText({ change: '+1.00' })],
    ['no digits', frameText({ change: '' })],
    ['no digits before the point', frameText({ change: '.50' })],
    ['no digits after the point', frameText({ change: '5.' })],
    ['thirteen digits', frameText({ change: '1234567890123' })],
    ['a third side', frameText({ side: 'bid' })],
    ['a 12-digit time', frameText({ tsMs: '178115938735' })],
    ['a time beyond exact microseconds', frameText({ tsMs: '9999999999999' })],
    ['the 30th of February', frameText({ ts: '2026-02-30T00:00:00Z' })],
    ['a leap second', frameText({ ts: '2026-06-30T23:59:60Z' })],
    ['a local time', frameText({ ts: '2026-06-30T23:59:59+01:00' })],
    ['two newlines', frameText({ end: '\n\n' })],
    ['more behind it', frameText({ end: '{}' })],
    ['numbers for texts', frameText({}).replace('"0.4200"', '0.42')],
    ['nothing', ''],
  ])('leaves a frame with %s to the JSON path', (_name, text) => {
    expect(scanned(known, Buffer.from(text))).toBeNull();
  });

  test('leaves every cut-off frame to the JSON path', () => {
    const whole = Buffer.from(frameText({ ts: '2026-06-11T06:29:47.354803Z', tsMs: '1781159387354', sendingLast: '1781159387399' }));
    for (let length = 0; length < whole.length; length++) expect(scanned(known, whole.subarray(0, length))).toBeNull();
    expect(scanned(known, whole)).not.toBeNull();
  });

  test('finds one ticker among thousands, whatever their hashes, also while more are added', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `KXBTCD-26JUL0317-T${60_000 + i}.99`);
    const many = scannerOf(names);
    for (let i = 0; i < names.length; i += 7)
      expect(scanned(many, Buffer.from(frameText({ ticker: names[i] ?? '' })))?.ticker).toBe(names[i]);
    expect(scanned(many, Buffer.from(frameText({ ticker: 'KXBTCD-26JUL0317-T59999.99' })))).toBeNull();
  });

  test('uses the newest payout of a market', () => {
    const tickers = new TickerBytes();
    tickers.add('A', marketIndex(0), payout);
    tickers.add('A', marketIndex(0), price(20_000));
    const scanner = new DeltaScanner(tickers, 'no-price');
    expect(scanner.scan(Buffer.from(frameText({ side: 'no', price: '1.5000' })))).toBe(true);
    expect(scanner.delta.price).toBe(5000);
  });
});

describe('fuzzing: the scanner agrees with the JSON path or says "not mine"', () => {
  const digits = (max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  const decimal = fc.oneof(
    fc.tuple(fc.integer({ min: -2_000_000, max: 2_000_000 }), fc.integer({ min: 0, max: 5 })).map(([n, d]) => (n / 10 ** d).toFixed(d)),
    fc.integer({ min: 0, max: 10_000 }).map((n) => (n / 10_000).toFixed(4)),
    fc
      .tuple(fc.constantFrom('', '-', '+'), digits(14), fc.constantFrom('', '.'), fc.oneof(fc.constant(''), digits(5)))
      .map((p) => p.join('')),
  );
  const whole = fc.oneof(fc.nat().map(String), digits(18), fc.constantFrom('-1', '1.5', '1e3', 'null', '"1"', '00', ''));
  const stamp = fc.oneof(
    fc.integer({ min: 0, max: 9_999_999_999_999 }).map(String),
    fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }).map(String),
    whole,
  );
  const time = fc.oneof(
    fc.date({ min: new Date(0), max: new Date(7e12), noInvalidDate: true }).map((d) => d.toISOString()),
    fc
      .tuple(fc.constantFrom('2026-06-11T06:29:47', '1969-12-31T23:59:59', '2100-02-29T00:00:00', '2026-13-01T00:00:00'), digits(11))
      .map((p) => `${p[0]}.${p[1]}Z`),
    fc.string({ maxLength: 30 }).map((s) => JSON.stringify(s).slice(1, -1)),
  );
  const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arb, { nil: undefined });
  const layouts = fc.record({
    sid: fc.oneof(fc.constant('1'), whole),
    seq: fc.oneof(fc.nat().map(String), whole),
    sendingFirst: maybe(stamp),
    ticker: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...TICKERS) }, { weight: 1, arbitrary: fc.string({ maxLength: 8 }) }),
    marketId: fc.oneof(
      fc.uuid(),
      fc.string({ maxLength: 12 }).map((s) => JSON.stringify(s).slice(1, -1)),
    ),
    price: decimal,
    change: decimal,
    side: fc.constantFrom('yes', 'no', 'no', 'yes', 'bid'),
    ts: maybe(time),
    tsMs: maybe(stamp),
    sendingLast: maybe(stamp),
    end: fc.constantFrom('', '\n', ' ', '}'),
  });

  test.each<NoSideConvention>(['no-price', 'yes-price'])('on generated frames (%s)', (noSide) => {
    const both = scannerOf(TICKERS, noSide);
    fc.assert(
      fc.property(layouts, (layout) => {
        const bytes = Buffer.from(frameText(layout));
        const mine = scanned(both, bytes);
        if (mine !== null) expect(mine).toEqual(parsed(bytes, noSide));
      }),
      { numRuns: 3000 },
    );
  });

  /** A small seeded generator, so that a hundred thousand mutations stay cheap and repeatable. */
  const random = (seed: number): ((bound: number) => number) => {
    let state = seed;
    return (bound) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
  };

  const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

  const mutate = (bytes: Buffer, next: (bound: number) => number): Buffer => {
    const at = next(bytes.length);
    switch (next(6)) {
      case 0:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(3))]);
      case 1:
        return Buffer.concat([bytes.subarray(0, at), Buffer.from([next(256)]), bytes.subarray(at)]);
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - next(20)))]);
      case 3: {
        const copy = Buffer.from(bytes);
        copy[at] = next(256);
        return copy;
      }
      default: {
        // A digit becomes another digit, a point or a minus: the mutations that stay close to sound frames.
        const copy = Buffer.from(bytes);
        let i = at;
        while (i < copy.length && !isDigit(copy.readUInt8(i))) i++;
        if (i < copy.length) copy[i] = '0123456789.-'.charCodeAt(next(12));
        return copy;
      }
    }
  };

  test.skipIf(recordingsDir() === null)('on every recorded delta, all of which it reads, and on 100,000 mutations of them', () => {
    const recorded = [
      ...readLines('ws-demo-5mkt-20260701.jsonl.gz'),
      ...readLines('ws-demo-quiet-orderbook-20260611.jsonl'),
      ...readLines('ws-prod-kxbtc-hourly-20260418.jsonl.gz').map((line) => (JSON.parse(line) as { raw: string }).raw),
    ].filter((line) => line.startsWith('{"type":"orderbook_delta"'));
    const names = [...new Set(recorded.map((line) => /"market_ticker":"([^"]+)"/.exec(line)?.[1] as string))];
    const all = scannerOf(names);
    expect(recorded).toHaveLength(2885 + 6 + 61);
    for (const line of recorded) {
      const bytes = Buffer.from(line);
      expect(scanned(all, bytes)).toEqual(parsed(bytes));
    }
    const next = random(20_261_121);
    let accepted = 0;
    for (let i = 0; i < 100_000; i++) {
      const bytes = mutate(Buffer.from(recorded[next(recorded.length)] ?? ''), next);
      const mine = scanned(all, bytes);
      if (mine === null) continue;
      accepted++;
      const oracle = parsed(bytes);
      if (JSON.stringify(oracle) === JSON.stringify(mine)) continue;
      expect({ frame: bytes.toString('latin1'), ...mine }).toEqual({ frame: bytes.toString('latin1'), ...oracle });
    }
    // The mutations come close enough to matter: a good part of them is still a sound delta.
    expect(accepted).toBeGreaterThan(10_000);
  });
});
