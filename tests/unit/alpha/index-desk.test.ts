import { describe, expect, test } from 'vitest';
import { IndexDesk } from '../../../src/alpha/index-desk.js';
import { beforeWindow } from '../../../src/alpha/pricing/average.js';
import { valueStrike } from '../../../src/alpha/pricing/strike-value.js';
import type { NoQuote } from '../../../src/domain/actions.js';
import { seriesTicker } from '../../../src/domain/ids.js';
import type { Market } from '../../../src/domain/market.js';
import type { IndexMapping, IndexSettings } from '../../../src/domain/settings.js';
import { epochUs, later, seconds, toSeconds, type EpochUs } from '../../../src/domain/units.js';
import type { Valuation } from '../../../src/domain/view.js';
import { market } from '../../support/markets.js';

/** An hour before the close, to the second. */
const START = epochUs(1_795_262_400_000_000);
const at = (s: number): EpochUs => later(START, seconds(s));
const SERIES = seriesTicker('KXBTCD');
const mapping: IndexMapping = { series: SERIES, index: 'BRTI', samples: 60, spacing: seconds(1), atStrike: 'as-listed' };
const SETTINGS: IndexSettings = {
  mappings: [mapping],
  ageMax: seconds(2),
  volatilityAgeMax: seconds(3600),
  jumpSigmasMax: 20,
  confidence: 0.5,
  shiftMax: 200,
};
const above = (floor: number): Market =>
  market({ series: SERIES, closesAt: at(3600), strike: { floor, floorStrict: true, cap: null, capStrict: false } });
const STRIKE = above(65250);

class World {
  readonly desk: IndexDesk;
  constructor(over: Partial<IndexSettings> = {}, volatility: number | null = 0.55) {
    this.desk = new IndexDesk({ ...SETTINGS, ...over });
    if (volatility !== null) this.volatility(0, volatility);
  }
  tell(s: number, value: number, heard = s) {
    return this.desk.takeValue({ type: 'index', at: at(heard), index: 'BRTI', value, asOf: at(s) });
  }
  volatility(s: number, annual: number, error = 0.05) {
    return this.desk.takeVolatility({ type: 'index-volatility', at: at(s), index: 'BRTI', annual, error, asOf: at(s) });
  }
  /** A value every second, both ends included. */
  every(from: number, to: number, value: (s: number) => number): this {
    for (let s = from; s <= to; s++) this.tell(s, value(s));
    return this;
  }
  value(s: number, of = STRIKE): Valuation | NoQuote | null {
    return this.desk.value(of, at(s));
  }
  good(s: number, of = STRIKE): Valuation {
    const value = this.value(s, of);
    if (value === null || 'code' in value) throw new Error(`no valuation: ${value?.text ?? 'not mapped'}`);
    return value;
  }
  code(s: number, of = STRIKE): string | undefined {
    const value = this.value(s, of);
    return value !== null && 'code' in value ? value.code : undefined;
  }
}

describe('valuation', () => {
  test('worked example: an hour before the close, on the average of a minute', () => {
    const world = new World();
    world.tell(0, 65000);
    const value = world.good(0);
    expect(value.probability).toBeCloseTo(0.254694460204, 12);
    expect(value).toMatchObject({ asOf: START, source: 'index BRTI' });
    const terms = { samples: 60, spacing: 1 };
    const plain = valueStrike(STRIKE.strike as NonNullable<Market['strike']>, {
      spot: 65000,
      volatility: 0.55,
      terms,
      progress: beforeWindow(terms, 3600),
    });
    expect(value.beliefVolatility).toBe(plain.beliefVolatility);
    // Right when the index has spoken, only its volatility is uncertain.
    expect(value.standardError).toBeCloseTo(plain.vega * 0.05, 12);
    // A second later it may have moved.
    expect(world.good(1).standardError).toBeCloseTo(Math.hypot(plain.vega * 0.05, plain.priceVolatility), 12);
    expect(world.good(1).probability).toBe(value.probability);
  });

  test('worked example: thirty readings of the average are known', () => {
    const window = 3600 - 59;
    const world = new World({ jumpSigmasMax: 1e6 }).every(window, window + 29, (s) => 65000 + s - window);
    // The example has 65,040 a whole second before the next reading: it comes right after the last one.
    world.tell(window + 29 + 1e-6, 65040);
    expect(world.good(window + 29.5, above(65020)).probability).toBeCloseTo(0.758726814263, 6);
  });

  test('the last reading decides, and strictness is as listed or as ruled', () => {
    const path = (s: number): number => (s % 2 === 0 ? 65001 : 64999);
    const value = (over: Partial<IndexMapping>): number =>
      new World({ mappings: [{ ...mapping, ...over }] }).every(3540, 3600, path).good(3600, above(65000)).probability;
    expect(value({})).toBe(0);
    expect(value({ atStrike: 'pays' })).toBe(1);
    expect(value({ atStrike: 'pays-not' })).toBe(0);
  });

  test('a series of one reading settles on the index at the close', () => {
    const world = new World({ mappings: [{ ...mapping, samples: 1 }] });
    world.tell(0, 65000);
    expect(world.good(0).probability).toBeCloseTo(0.255850190689, 12);
  });

  test('below, between and a strike that changes are valued as they are', () => {
    const world = new World();
    world.tell(0, 65000);
    const below = { ...STRIKE, strike: { floor: null, floorStrict: false, cap: 65250, capStrict: true } };
    expect(world.good(0, below).probability).toBeCloseTo(1 - 0.254694460204, 12);
    // The description of the same market has changed: nothing of before is kept.
    expect(world.good(0, above(64000)).probability).toBeGreaterThan(0.9);
  });

  test('a market whose series is not mapped has none and no reason either', () => {
    expect(new World().value(0, market())).toBeNull();
    expect(new World().desk.takeValue({ type: 'index', at: START, index: 'OTHER', value: 1, asOf: START })).toBeNull();
  });
});

describe('what is lacking is named', () => {
  test.each<[string, (world: World) => void, Market, string]>([
    ['the index has not spoken', () => {}, STRIKE, 'no-index'],
    ['the exchange names no strike', (w) => w.tell(0, 65000), market({ series: SERIES, closesAt: at(3600) }), 'no-strike'],
    ['no close is known', (w) => w.tell(0, 65000), { ...STRIKE, closesAt: null }, 'no-close-time'],
  ])('%s', (_, prepare, of, code) => {
    const world = new World();
    prepare(world);
    expect(world.code(0, of)).toBe(code);
  });

  test('nobody has told the volatility, or it is too old', () => {
    const world = new World({}, null);
    world.tell(0, 65000);
    expect(world.code(0)).toBe('no-volatility');
    world.volatility(0, 0.5);
    expect(world.code(0)).toBeUndefined();
    world.every(3500, 3602, () => 65000);
    expect(world.code(3601)).toBe('volatility-stale');
  });

  test('a silent index is not trusted beyond its age, and is again with the next value', () => {
    const world = new World();
    world.tell(0, 65000);
    expect(world.code(2)).toBeUndefined();
    expect(world.value(2.1)).toEqual({ code: 'index-stale', text: 'index BRTI is 2.1 s old, limit 2.0 s' });
    world.tell(3, 65000);
    expect(world.code(3)).toBeUndefined();
  });

  test('an outage in the last minute leaves the average unknown, also once the index is back', () => {
    const world = new World().every(3540, 3560, () => 65000);
    expect(world.code(3563)).toBe('index-stale');
    world.every(3570, 3580, () => 65000);
    expect(world.code(3580)).toBe('index-gap');
    // The next event is not touched by it.
    expect(world.code(3580, { ...STRIKE, closesAt: at(7200) })).toBeUndefined();
  });

  test('an outage that ends before the window does no harm', () => {
    const world = new World().every(0, 100, () => 65000).every(3500, 3570, () => 65000);
    expect(world.code(3570)).toBeUndefined();
  });

  test('who starts within the window does not know the average', () => {
    expect(new World().every(3570, 3580, () => 65000).code(3580)).toBe('index-gap');
  });
});

describe('a feed that misbehaves', () => {
  test('going backwards in time it is not listened to', () => {
    const world = new World();
    world.tell(10, 65000);
    expect(world.tell(9, 66000, 11)).toBe('older');
    expect(world.good(11).asOf).toBe(at(10));
    expect(world.volatility(0, 0.5)).toBe('taken');
    world.volatility(20, 0.6);
    expect(world.volatility(10, 0.7)).toBe('older');
  });

  test.each([NaN, Infinity, 0, -1, null as unknown as number])('%s for a value withdraws the index until the next good one', (wrong) => {
    const world = new World();
    world.tell(0, 65000);
    expect(world.tell(1, wrong)).toBe('invalid');
    expect(world.code(1)).toBe('index-invalid');
    expect(world.tell(2, 65000)).toBe('taken');
    expect(world.code(2)).toBeUndefined();
  });

  test.each([
    [NaN, 0.1],
    [0, 0.1],
    [-0.5, 0.1],
    [21, 0.1],
    [0.5, NaN],
    [0.5, -0.1],
  ])('a volatility of %s with error %s is not taken, the last one stays', (annual, error) => {
    const world = new World();
    world.tell(0, 65000);
    const before = world.good(0);
    expect(world.volatility(1, annual, error)).toBe('invalid');
    expect(world.good(0)).toEqual(before);
  });

  test('a value from the future is dated by when it was heard', () => {
    const world = new World();
    world.tell(100, 65000, 1);
    expect(world.good(2).asOf).toBe(at(1));
    expect(world.code(4)).toBe('index-stale');
  });

  test('an absurd jump is not believed alone; the next value confirms it or takes it back', () => {
    // 20 standard deviations of a second at 55 %: 0.2 %, 127 of 65,000.
    const confirmed = new World();
    confirmed.tell(0, 65000);
    expect(confirmed.tell(1, 65100)).toBe('taken');
    expect(confirmed.tell(2, 66000)).toBe('jump');
    expect(confirmed.code(2)).toBe('index-jump');
    expect(confirmed.tell(3, 66010)).toBe('taken');
    expect(confirmed.good(3).asOf).toBe(at(3));

    const spike = new World();
    spike.tell(0, 65000);
    expect(spike.tell(1, 650)).toBe('jump');
    expect(spike.tell(2, 65010)).toBe('taken');
    expect(spike.good(2).probability).toBeCloseTo(new WorldAt(2, 65010).probability, 12);
  });

  test('a spike within the window leaves no trace in the average, a confirmed jump does', () => {
    const path = (jump: (s: number) => number) => new World().every(3540, 3600, jump).good(3600, above(65100)).probability;
    expect(path((s) => (s === 3550 ? 650_000 : 65000))).toBe(0);
    expect(path((s) => (s >= 3550 ? 66000 : 65000))).toBe(1);
  });

  test('after a silence the limit is wider, as more may have happened', () => {
    const world = new World();
    world.tell(0, 65000);
    expect(world.tell(100, 65600)).toBe('taken');
  });
});

/** The same index without the spike. */
class WorldAt {
  readonly probability: number;
  constructor(s: number, value: number) {
    const world = new World();
    world.tell(s, value);
    this.probability = world.good(s).probability;
  }
}

test('nothing is priced again until the index, its volatility or the market changes', () => {
  const world = new World();
  world.tell(0, 65000);
  const [first, second] = [world.good(1), world.good(1)];
  expect(second).toEqual(first);
  world.volatility(1, 0.7);
  expect(world.good(1).probability).not.toBe(first.probability);
  expect(toSeconds(SETTINGS.ageMax)).toBe(2);
});

describe('what makers follow of the value by the index', () => {
  const desk = new IndexDesk(SETTINGS);
  test.each([
    ['half of the difference', 0.52, 5000, 100],
    ['no more than the bound', 0.9, 5000, 200],
    ['downward too', 0.1, 5000, -200],
    ['nothing without a mid', 0.9, null, 0],
  ])('is %s', (_, probability, mid, skew) => {
    expect(desk.skew(probability, mid, 10_000)).toBeCloseTo(skew, 9);
  });
});
