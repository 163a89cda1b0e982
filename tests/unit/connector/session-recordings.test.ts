import { describe, expect, test } from 'vitest';
import { playbackSettings } from '../../../src/connector/session-types.js';
import type { NoSideConvention } from '../../../src/connector/wire-fields.js';
import { MalformedFrameError } from '../../../src/connector/wire-fields.js';
import { parseFrame } from '../../../src/connector/wire-frame.js';
import { decodeMessage } from '../../../src/connector/wire-messages.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { price } from '../../../src/domain/units.js';
import { readLines, recordingsDir } from '../../support/recordings.js';
import { frameOfCents, frameOfFlat } from '../../support/recorded-wire.js';
import { SessionBench } from '../../support/stream.js';

const tickersIn = (frames: readonly string[]): string[] => [
  ...new Set(frames.flatMap((frame) => /"(?:market_ticker)":"([^"]+)"/.exec(frame)?.[1] ?? [])),
];

const played = (frames: readonly string[], noSide: NoSideConvention = 'no-price', settings = {}): SessionBench => {
  const bench = new SessionBench({ ...playbackSettings(noSide), ...settings }, tickersIn(frames));
  bench.step({ type: 'start', at: bench.now });
  bench.step({ type: 'opened', at: bench.now });
  for (const frame of frames) bench.frame(frame);
  return bench;
};

const rawOf = (line: string): string => (JSON.parse(line) as { raw: string }).raw;

describe.skipIf(recordingsDir() === null)('recordings of the exchange, as they are', () => {
  const fiveMarkets = (): string[] => readLines('ws-demo-5mkt-20260701.jsonl.gz');

  test('five demo markets on one subscription: every frame counts, none is missing', () => {
    const bench = played(fiveMarkets());
    expect(bench.session.counters).toMatchObject({
      frames: 2898,
      deltas: 2885,
      deltasDropped: 0,
      snapshots: 5,
      gaps: 0,
      old: 0,
      malformed: 0,
      unknownTypes: 0,
      stray: 0,
      foreign: 0,
      privateNotBooked: 2,
    });
    expect(bench.reports()).toEqual([]);
  });

  test('the two own fills agree with the book at the same moment', () => {
    const bench = played(fiveMarkets(), 'no-price', { privateMessages: 'book', subaccount: 0 });
    const fills = bench.facts.flatMap((fact) => (fact.type === 'fill' ? [fact.fill] : []));
    expect(fills).toMatchObject([
      { side: 'bid', price: 1700, quantity: 552, fee: 54_600, role: 'taker', positionAfter: 552, clientId: null },
      { side: 'ask', price: 1600, quantity: 116, fee: 11_000, role: 'taker', positionAfter: 436, clientId: null },
    ]);
    for (const fill of fills) {
      const taken = bench.facts.filter(
        (fact) =>
          fact.type === 'book-delta' && fact.exchangeAt === fill.exchangeAt && fact.price === fill.price && fact.change === -fill.quantity,
      );
      expect(taken).toMatchObject([{ market: fill.market, side: fill.side === 'bid' ? 'ask' : 'bid' }]);
    }
  });

  test('one delta taken out: exactly one gap, and no book is told about again until its snapshot', () => {
    const frames = fiveMarkets();
    const at = 1500;
    const gone = JSON.parse(frames[at] ?? '') as { type: string; seq: number };
    expect(gone.type).toBe('orderbook_delta');
    const bench = played([...frames.slice(0, at), ...frames.slice(at + 1)]);
    const lost = bench.facts.filter((fact) => fact.type === 'book-lost');
    expect(lost.map((fact) => fact.reason)).toEqual(Array.from({ length: 5 }, () => 'sequence-gap'));
    expect(bench.facts.findLastIndex((fact) => fact.type === 'book-delta')).toBeLessThan(
      bench.facts.findIndex((fact) => fact.type === 'book-lost'),
    );
    const { gaps, deltas, deltasDropped } = bench.session.counters;
    expect({ gaps, all: deltas + deltasDropped }).toEqual({ gaps: 1, all: 2884 });
    expect(bench.reports()).toMatchObject([
      { code: 'SEQUENCE_GAP', text: expect.stringContaining(`expected message ${gone.seq}, got ${gone.seq + 1}`) },
    ]);
  });

  test('the production recording without ts_ms keeps the microseconds of its stamps', () => {
    const bench = played(readLines('ws-prod-kxbtc-hourly-20260418.jsonl.gz').map(rawOf));
    expect(bench.session.counters).toMatchObject({
      frames: 74,
      snapshots: 8,
      deltas: 61,
      gaps: 0,
      errors: 3,
      malformed: 0,
      unknownTypes: 0,
    });
    expect(bench.facts.find((fact) => fact.type === 'book-delta')).toMatchObject({
      exchangeAt: Date.UTC(2026, 3, 18, 5, 34, 49) * 1000 + 816_683,
    });
  });

  test('the quiet recording holds both conventions of the NO side; read rightly they show the same book', () => {
    const frames = readLines('ws-demo-quiet-orderbook-20260611.jsonl');
    const second = frames.findIndex((frame, i) => i > 0 && frame.includes('"subscribed"') && frame.includes('orderbook_delta'));
    const yes = played(frames.slice(0, second), 'yes-price');
    const no = played(frames.slice(second), 'no-price');
    const opening = (bench: SessionBench): unknown => bench.facts.find((fact) => fact.type === 'book-snapshot');
    expect(opening(yes)).toMatchObject({ bids: [{ price: 4700, quantity: 300 }], asks: [{ price: 5200, quantity: 100 }] });
    expect(opening(no)).toMatchObject({ bids: [{ price: 4700, quantity: 300 }], asks: [{ price: 5200, quantity: 200 }] });
    for (const bench of [yes, no]) expect(bench.session.counters).toMatchObject({ gaps: 0, malformed: 0, stray: 0 });
    expect(yes.session.counters.deltas + no.session.counters.deltas).toBe(6);
  });

  test('both sessions of the quiet recording in one go: the second begins anew', () => {
    const bench = played(readLines('ws-demo-quiet-orderbook-20260611.jsonl'));
    expect(bench.session.counters).toMatchObject({ frames: 12, snapshots: 2, deltas: 6, gaps: 0, old: 0 });
    expect(bench.facts.filter((fact) => fact.type === 'book-lost')).toMatchObject([{ reason: 'disconnected' }]);
  });
});

describe.skipIf(recordingsDir() === null)('recordings put back into the wire’s shape', () => {
  const flat = (part: string): string[] => readLines(`ws-prod-kxbtc15m-20260419-${part}.jsonl`).flatMap((line) => frameOfFlat(line) ?? []);

  test('the opening of a 15-minute market: 42 deltas, 10 trades, 2 tickers, no gap', () => {
    const bench = played(flat('a-open'));
    expect(bench.session.counters).toMatchObject({ snapshots: 1, deltas: 42, trades: 10, tickers: 2, gaps: 0, malformed: 0 });
    const trades = bench.facts.filter((fact) => fact.type === 'trade');
    expect(trades[0]).toMatchObject({ price: 5600, quantity: 200, takerSide: 'ask', exchangeAt: 1776624314000000 });
  });

  test('the close: an empty snapshot, then determined at a dollar', () => {
    const bench = played(flat('c-close'));
    expect(bench.facts.filter((fact) => fact.type === 'book-snapshot')).toMatchObject([
      { bids: [], asks: [] },
      { bids: [], asks: [] },
    ]);
    expect(bench.facts.filter((fact) => fact.type === 'market-changed')).toMatchObject([{ status: 'determined', settlesAt: 10_000 }]);
    expect(bench.session.counters.malformed).toBe(0);
  });

  test.each([
    ['the burst', (): string[] => flat('b-burst'), 72],
    ['integer cents of 2025', (): string[] => readLines('ws-prod-cents-deltas-20250814.jsonl').map((line, i) => frameOfCents(line, i)), 34],
  ])('%s decodes to the last delta, and the scanner says the same', (_name, frames, count) => {
    const decoded = frames().map((frame) =>
      decodeMessage(parseFrame(Buffer.from(frame)), { noSide: 'no-price', payoutOf: () => price(10_000) }),
    );
    expect(decoded.map((message) => message.type)).toEqual(Array.from({ length: count }, () => 'orderbook_delta'));
    // A book that never had a snapshot takes no delta, scanned or parsed.
    expect(played(frames()).session.counters).toMatchObject({ deltas: 0, deltasDropped: count, malformed: 0 });
  });

  test('private messages of the perpetuals: what has the shape of event contracts is read, the rest is refused by name', () => {
    const results = readLines('ws-demo-perp-private-20260612.jsonl').map((line) => {
      try {
        return decodeMessage(parseFrame(Buffer.from(line)), { noSide: 'no-price', payoutOf: () => price(10_000) }).type;
      } catch (error) {
        if (!(error instanceof MalformedFrameError)) throw error;
        return error.where;
      }
    });
    const count = (what: string): number => results.filter((result) => result === what).length;
    expect(count('subscribed')).toBe(3);
    expect(count('order_group_updates')).toBe(5);
    expect(results.filter((result) => result.includes('.msg.'))).toHaveLength(13);
    expect(results).toHaveLength(21);
  });

  test('what belongs to markets outside the run is counted and changes nothing', () => {
    const frames = readLines('ws-demo-perp-20260612-short-1245z.jsonl.gz');
    const bench = new SessionBench(playbackSettings('no-price'), ['M-A']);
    bench.step({ type: 'start', at: bench.now });
    bench.step({ type: 'opened', at: bench.now });
    for (const frame of frames) bench.frame(frame);
    expect(bench.session.counters).toMatchObject({ frames: 245, foreign: 242, gaps: 0, malformed: 0 });
    expect(bench.session.isLive(marketIndex(0))).toBe(false);
  });
});
