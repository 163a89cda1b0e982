import { describe, expect, test } from 'vitest';
import { defaultSettings, defaultWorld } from '../../../src/exchange/core/default-world.js';
import { Exchange } from '../../../src/exchange/core/exchange.js';
import { indexNoise, indexWorld, SIM_INDEX, SIM_SERIES, together } from '../../../src/exchange/core/index-world.js';
import type { ExchangeEvent, IndexListing } from '../../../src/exchange/core/types.js';
import { IndexPath, nextSecond } from '../../../src/exchange/crowd/index-path.js';
import { epochUs, later, seconds, toSeconds, between } from '../../../src/domain/units.js';

const START = epochUs(1_795_262_400_250_000);
const FROM = nextSecond(START);
const listing = (changes: Partial<IndexListing> = {}): IndexListing => ({
  id: 'X',
  from: FROM,
  until: later(FROM, seconds(3600)),
  startValue: 65_000,
  volatility: 0.55,
  events: [],
  ...changes,
});
/** A path that never moves but by its drift, which a tiny volatility keeps away. */
const still = (value: number): IndexPath => new IndexPath({ normal: () => 0 }, listing({ startValue: value, volatility: 1e-9 }));

describe('an index path', () => {
  test('is the same for the same seed, whenever it is asked', () => {
    const [a, b] = [1, 2].map(() => new IndexPath(indexNoise('s', 'X'), listing()));
    expect(a?.at(later(FROM, seconds(3600)))).toBe(b?.at(later(FROM, seconds(3600))));
    expect(a?.at(later(FROM, seconds(7)))).toBe(b?.at(later(FROM, seconds(7.9))));
    expect(new IndexPath(indexNoise('t', 'X'), listing()).at(later(FROM, seconds(60)))).not.toBe(a?.at(later(FROM, seconds(60))));
  });

  test('moves as much as its volatility says', () => {
    const path = new IndexPath(indexNoise('s', 'X'), listing({ until: later(FROM, seconds(50_000)) }));
    let sum = 0;
    for (let i = 1; i <= 50_000; i++) sum += Math.log(path.at(later(FROM, seconds(i))) / path.at(later(FROM, seconds(i - 1)))) ** 2;
    expect(Math.sqrt((sum / 50_000) * 365 * 86_400)).toBeCloseTo(0.55, 1);
  });

  test('values strikes as the quoting reference does (f.2)', () => {
    const volatile = (value: number) => new IndexPath({ normal: () => 0 }, listing({ startValue: value }));
    const close = later(FROM, seconds(3600));
    expect(volatile(65_000).above(65_250, close, FROM)).toBeCloseTo(0.254694460204, 5);
    const soon = volatile(65_000);
    const late = later(close, seconds(-120));
    // The drift of an hour is a few cents.
    expect(soon.above((65_020 * soon.at(late)) / 65_000, close, late)).toBeCloseTo(0.362969119193, 4);
  });

  test('settles on the average of the last minute, and what a strike is worth becomes its result', () => {
    const path = new IndexPath(indexNoise('s', 'X'), listing());
    const close = later(FROM, seconds(3600));
    let sum = 0;
    for (let i = 3541; i <= 3600; i++) sum += path.at(later(FROM, seconds(i)));
    expect(path.settlement(close)).toBeCloseTo(sum / 60, 6);
    for (const strike of [64_000, 65_000, 66_000]) expect(path.above(strike, close, close)).toBe(path.settlement(close) > strike ? 1 : 0);
    expect(Math.abs(path.above(path.settlement(close) + 5, close, later(close, seconds(-1))) - 0.5)).toBeLessThanOrEqual(0.5);
  });

  test('that stands still is worth nothing or everything', () => {
    const close = later(FROM, seconds(3600));
    expect([still(100).above(101, close, FROM), still(100).above(99, close, FROM)]).toEqual([0, 1]);
  });

  test('averages the minute before, and itself where there is none', () => {
    expect(still(100).averageBefore(FROM)).toEqual({ value: 100, count: 0 });
    expect(still(100).averageBefore(later(FROM, seconds(10)))).toMatchObject({ count: 10 });
    expect(still(100).averageBefore(later(FROM, seconds(500)))).toMatchObject({ count: 60 });
  });
});

describe('the strikes of the index', () => {
  const world = together(defaultWorld(START), indexWorld('s', START));
  const events: ExchangeEvent[] = [];
  const exchange = new Exchange(defaultSettings('s', START, { world }), (event) => void events.push(event));

  test('are listed for four hours, the first of them open, around the index of their opening', () => {
    const markets = exchange.markets().filter(({ ticker }) => ticker.startsWith(SIM_SERIES));
    expect(markets.length).toBe(20);
    expect(markets.filter(({ status }) => status === 'active').length).toBe(5);
    for (const { closesAt } of markets) expect([closesAt % 3_600_000_000, toSeconds(between(START, closesAt)) >= 1200]).toEqual([0, true]);
  });

  test('are worth less the higher they lie, to a crowd that quotes them', () => {
    exchange.advance(later(START, seconds(30)));
    const fairs = exchange
      .markets()
      .filter(({ ticker, status }) => ticker.startsWith(SIM_SERIES) && status === 'active')
      .map(({ ticker }) => ({ fair: exchange.fair(ticker) ?? 0, bid: exchange.best(ticker, 'bid') }));
    expect(fairs.every(({ fair }, i) => i === 0 || fair < (fairs[i - 1]?.fair ?? 0))).toBe(true);
    expect(fairs.some(({ bid }) => bid !== null)).toBe(true);
  });

  test('come with a value every second, averages as documented', () => {
    const values = events.filter((event) => event.type === 'index');
    expect(values.length).toBe(30);
    expect(values.every(({ at, id }, i) => id === SIM_INDEX && at === later(FROM, seconds(i)))).toBe(true);
    exchange.advance(later(START, seconds(905)));
    const closing = events.filter((event) => event.type === 'index' && event.closing !== null);
    expect(closing.map((event) => (event.type === 'index' ? event.closing?.count : null))).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    // The close itself is the last of them.
    expect((closing.at(-1)?.at ?? 0) % 900_000_000).toBe(0);
  });

  test('settle on the index, crowd or not', () => {
    const bare = new Exchange(defaultSettings('s', START, { world: indexWorld('s', START), crowd: null }));
    const first = bare.markets().filter(({ status }) => status === 'active');
    const closesAt = first[0]?.closesAt ?? START;
    bare.advance(later(closesAt, seconds(600)));
    const above = new IndexPath(indexNoise('s', SIM_INDEX), (world.indices ?? [])[0] ?? listing()).settlement(closesAt);
    expect(first.map(({ ticker }) => bare.market(ticker)?.result)).toEqual(
      first.map(({ ticker }) => (above > Number(/-T([\d.]+)$/.exec(ticker)?.[1]) ? 'yes' : 'no')),
    );
  });

  test('change nothing for the other markets', () => {
    const alone = new Exchange(defaultSettings('s', START, { world: defaultWorld(START) }));
    alone.advance(later(START, seconds(20)));
    const both = new Exchange(defaultSettings('s', START, { world }));
    both.advance(later(START, seconds(20)));
    for (const { ticker } of alone.markets()) expect(both.fair(ticker)).toBe(alone.fair(ticker));
  });
});
