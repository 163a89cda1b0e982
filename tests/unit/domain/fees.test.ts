import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIRECT_MEMBER_ROUNDING, FeeAccumulator, QUADRATIC, feePerContract, tradeFee, type FeeTerms } from '../../../src/domain/fees.js';
import { cash, formatCash, notional, parseCash, parsePrice, parseQuantity, price, quantity, type Cash } from '../../../src/domain/units.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

const PAYOUT = parsePrice('1');
const OLD_STEP = parseCash('0.0001');
const NEW_STEP = DIRECT_MEMBER_ROUNDING.tradeFeeStep;
const DIRECT = parseCash('0.0001');
const INDIRECT = parseCash('0.01');

interface Case {
  readonly count: string;
  readonly at: string;
  readonly side?: 'buy' | 'sell';
  readonly role?: 'maker' | 'taker';
  readonly terms?: FeeTerms;
  readonly step?: Cash;
  readonly precision?: Cash;
}

const charge = (c: Case, accumulator = new FeeAccumulator()): ReturnType<FeeAccumulator['charge']> => {
  const at = parsePrice(c.at);
  const size = parseQuantity(c.count);
  const trade = tradeFee(
    { terms: c.terms ?? QUADRATIC, role: c.role ?? 'taker', price: at, quantity: size, payout: PAYOUT },
    c.step ?? NEW_STEP,
  );
  if (trade === null) throw new Error('no formula');
  const value = notional(at, size);
  return accumulator.charge(trade, cash(c.side === 'sell' ? value : -value), c.precision ?? DIRECT);
};

describe('the worked examples of the exchange reference, section 6.2', () => {
  test('a direct member buys 10 at 0.47 as taker', () => {
    const fee = charge({ count: '10', at: '0.47' });
    expect([fee.trade, fee.rounding, fee.net].map(formatCash)).toEqual(['0.174370', '0.000030', '0.174400']);
  });

  test('a non-direct member buys 1 at 0.055', () => {
    const fee = charge({ count: '1', at: '0.055', precision: INDIRECT });
    expect([fee.trade, fee.rounding, fee.net].map(formatCash)).toEqual(['0.003639', '0.001361', '0.005000']);
  });

  test('a maker in a plain quadratic series pays nothing on a cent grid', () => {
    expect(charge({ count: '7', at: '0.31', side: 'sell', role: 'maker' }).net).toBe(0);
  });

  test.each([OLD_STEP, NEW_STEP])('1 at 0.52 as taker costs 0.017500 under a step of %i', (step) => {
    expect(formatCash(charge({ count: '1', at: '0.52', step }).net)).toBe('0.017500');
  });
});

describe('rates', () => {
  test.each([
    ['quadratic', 'taker', '0.017500'],
    ['quadratic', 'maker', '0.000000'],
    ['quadratic_with_maker_fees', 'maker', '0.004375'],
    ['quadratic_with_combo_maker_fees', 'maker', '0.008750'],
  ] as const)('%s charges a %s of one contract at a half %s', (type, role, expected) => {
    const fee = tradeFee(
      { terms: { type, multiplierMicros: 1_000_000 }, role, price: price(5000), quantity: quantity(100), payout: PAYOUT },
      NEW_STEP,
    );
    expect(fee === null ? null : formatCash(fee)).toBe(expected);
  });

  test('a flat series has no published formula', () => {
    const flat: FeeTerms = { type: 'flat', multiplierMicros: 1_000_000 };
    expect(tradeFee({ terms: flat, role: 'taker', price: price(5000), quantity: quantity(100), payout: PAYOUT }, NEW_STEP)).toBeNull();
  });

  test('a multiplier of zero charges nothing', () => {
    expect(charge({ count: '100', at: '0.5', terms: { type: 'quadratic', multiplierMicros: 0 } }).net).toBe(0);
  });

  test('the break-even fee per contract is the model fee', () => {
    expect(feePerContract(QUADRATIC, 'taker', 5000, PAYOUT)).toBeCloseTo(175, 9);
    expect(feePerContract({ type: 'quadratic_with_maker_fees', multiplierMicros: 500_000 }, 'maker', 2000, PAYOUT)).toBeCloseTo(14, 9);
  });
});

// Whole-cent table of the quoting reference, d.3: the fee of an entire order rounded up to the cent.
test.each([
  ['1', '0.50', 0.02, 0.01],
  ['10', '0.50', 0.18, 0.05],
  ['100', '0.50', 1.75, 0.44],
  ['100', '0.05', 0.34, 0.09],
  ['37', '0.13', 0.3, 0.08],
  ['3', '0.99', 0.01, 0.01],
  ['4', '0.50', 0.07, 0.02],
])('%s at %s rounds up to whole cents without float noise', (count, at, taker, maker) => {
  const terms: FeeTerms = { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 };
  const input = { terms, price: parsePrice(at), quantity: parseQuantity(count), payout: PAYOUT };
  expect(tradeFee({ ...input, role: 'taker' }, INDIRECT)).toBe(Math.round(taker * 1e6));
  expect(tradeFee({ ...input, role: 'maker' }, INDIRECT)).toBe(Math.round(maker * 1e6));
});

describe('the accumulator of one order', () => {
  test('gives rounding back in steps of the precision once enough is held, never below a fee of zero', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            units: fc.integer({ min: 1, max: 9999 }),
            size: fc.integer({ min: 1, max: 5000 }),
            sell: fc.boolean(),
            role: fc.constantFrom('maker' as const, 'taker' as const),
          }),
          { maxLength: 20 },
        ),
        fc.constantFrom(DIRECT, INDIRECT),
        (fills, precision) => {
          const accumulator = new FeeAccumulator();
          let [trade, net] = [0, 0];
          for (const f of fills) {
            const before = accumulator.held;
            const at = price(f.units);
            const size = quantity(f.size);
            const model = tradeFee({ terms: QUADRATIC, role: f.role, price: at, quantity: size, payout: PAYOUT }, NEW_STEP) as Cash;
            const revenue = cash((f.sell ? 1 : -1) * notional(at, size));
            const fee = accumulator.charge(model, revenue, precision);
            expect(fee.net).toBeGreaterThanOrEqual(0);
            expect(Math.abs((revenue - fee.net) % precision)).toBe(0);
            expect(accumulator.held).toBe(before + fee.rounding - fee.rebate);
            expect(accumulator.held).toBeGreaterThanOrEqual(0);
            trade += fee.trade;
            net += fee.net;
          }
          expect(net).toBe(trade + accumulator.held);
        },
      ),
    );
  });

  test('carries from taker fills to later maker fills', () => {
    const order = new FeeAccumulator();
    const first = charge({ count: '10', at: '0.47' }, order);
    expect(first.rebate).toBe(0);
    const fees = [1, 2, 3, 4].map(() => charge({ count: '10', at: '0.47' }, order));
    expect(fees.map((f) => f.rebate)).toEqual([0, 0, 100, 0]);
    const maker = charge({ count: '0.01', at: '0.4701', side: 'buy', role: 'maker' }, order);
    expect(maker.net).toBeGreaterThanOrEqual(0);
  });
});

interface RecordedFill {
  readonly ticker?: string;
  readonly market_ticker: string;
  readonly count_fp: string;
  readonly yes_price_dollars: string;
  readonly fee_cost: string;
  readonly is_taker: boolean;
  readonly book_side: 'bid' | 'ask';
  readonly fill_id?: string;
  readonly trade_id: string;
}

/** Every object with a `fee_cost` and a `count_fp`, wherever it lies in a line. */
const fillsIn = (value: unknown, found: RecordedFill[] = []): RecordedFill[] => {
  if (typeof value !== 'object' || value === null) return found;
  if ('fee_cost' in value && 'count_fp' in value) found.push(value as RecordedFill);
  else for (const inner of Object.values(value)) fillsIn(inner, found);
  return found;
};

const recordedFills = (name: string): RecordedFill[] => readLines(name).flatMap((line) => fillsIn(JSON.parse(line)));

/** Baseball game-day series had half fees (README of the recordings). */
const HALF = /^KXMLB/;

describe.skipIf(recordingsDir() === null)('every recorded fill was charged by the rule of its time', () => {
  test.each([
    ['ws-demo-5mkt-20260701.jsonl.gz', 2, 0],
    ['rest-demo-fortuna-20260611.jsonl.gz', 3, 0],
    ['rest-demo-rfq-20260706.jsonl.gz', 4, 6],
    ['rest-prod-cockpit-202608.jsonl.gz', 33, 0],
  ])('%s: %i taker and %i maker fills', (name, takers, makers) => {
    const fills = recordedFills(name);
    expect([fills.filter((f) => f.is_taker).length, fills.filter((f) => !f.is_taker).length]).toEqual([takers, makers]);
    const halfFees = name.includes('prod-cockpit');
    for (const f of fills) {
      const multiplierMicros = halfFees && HALF.test(f.market_ticker) ? 500_000 : 1_000_000;
      const fee = charge({
        count: f.count_fp,
        at: f.yes_price_dollars,
        side: f.book_side === 'bid' ? 'buy' : 'sell',
        role: f.is_taker ? 'taker' : 'maker',
        terms: { type: 'quadratic', multiplierMicros },
        step: OLD_STEP,
      });
      const named = `${f.count_fp} at ${f.yes_price_dollars}`;
      expect(`${named}: ${formatCash(fee.net)}`).toBe(`${named}: ${f.fee_cost}`);
    }
  });
});
