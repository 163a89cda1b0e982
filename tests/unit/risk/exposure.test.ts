import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTicker, marketIndex } from '../../../src/domain/ids.js';
import type { Market } from '../../../src/domain/market.js';
import { cash, formatCash, parseCash, quantity } from '../../../src/domain/units.js';
import { Exposures, NO_OTHERS, lossIfNo, lossIfYes, positionAtWorst, worstCases, type MarketExposure } from '../../../src/risk/exposure.js';
import { PAYOUT, exposure, lots, market } from './scenes.js';

const money = (value: number): string => formatCash(cash(value));

describe('one market', () => {
  test.each([
    ['flat with orders both ways: the larger side', { bid: 10, ask: 15 }, 15],
    ['long with bids', { position: 20, bid: 10, ask: 5 }, 30],
    ['long with asks through zero', { position: 20, ask: 50 }, 30],
    ['short with asks', { position: -20, ask: 10 }, 30],
    ['short with bids that only reduce', { position: -20, bid: 10 }, 20],
  ])('%s', (_, sketch, worst) => {
    expect(positionAtWorst(exposure(sketch))).toBe(lots(worst));
  });

  test.each([
    ['long 10 at 45: lost if NO, won if YES', { position: 10, average: 45 }, '4.500000', '-5.500000'],
    ['short 10 at 45', { position: -10, average: 45 }, '-4.500000', '5.500000'],
    ['a resting bid adds its price to the loss if NO', { position: 10, average: 45, bid: 10, bidAt: 40 }, '8.500000', '-5.500000'],
    [
      'a resting ask adds payout less price to the loss if YES',
      { position: -10, average: 45, ask: 10, askAt: 60 },
      '-4.500000',
      '9.500000',
    ],
    ['a pair that is locked in loses neither way', { position: 0 }, '0.000000', '0.000000'],
  ])('%s', (_, sketch, no, yes) => {
    const of = exposure(sketch);
    expect([money(lossIfNo(of)), money(lossIfYes(of, PAYOUT))]).toEqual([no, yes]);
  });
});

describe('several markets', () => {
  const event = (name: string, mutuallyExclusive: boolean): Market => market({ event: eventTicker(name), mutuallyExclusive });
  const sums = (rows: readonly (readonly [event: string, exclusive: boolean, of: MarketExposure])[]): Exposures => {
    const exposures = new Exposures();
    for (const [i, [name, exclusive, of]] of rows.entries()) exposures.set(marketIndex(i), event(name, exclusive), of);
    return exposures;
  };
  const account = (exposures: Exposures): readonly [number, string] => {
    const { contracts, loss } = exposures.account();
    return [contracts / lots(1), money(loss)];
  };

  test('independent outcomes can all go wrong together', () => {
    const rows = [
      ['A', false, exposure({ position: 10, average: 45 })],
      ['A', false, exposure({ position: -20, average: 60 })],
    ] as const;
    expect(account(sums(rows))).toEqual([30, '12.500000']);
  });

  test('of exclusive outcomes only one can settle YES: short in all of them loses in one', () => {
    const short = exposure({ position: -10, average: 40 });
    const rows = [
      ['A', true, short],
      ['A', true, short],
      ['A', true, short],
    ] as const;
    // 12 received for what pays 10 at most: nothing can be lost.
    expect(account(sums(rows))).toEqual([10, '0.000000']);
  });

  test('of exclusive outcomes all can settle NO: long in all of them is lost at worst', () => {
    const long = exposure({ position: 10, average: 40 });
    expect(
      account(
        sums([
          ['A', true, long],
          ['A', true, long],
        ]),
      ),
    ).toEqual([20, '8.000000']);
  });

  test('a sure gain in one event pays for nothing in another', () => {
    const short = exposure({ position: -10, average: 60 });
    const rows = [
      ['A', true, short],
      ['A', true, short],
      ['B', false, exposure({ position: 10, average: 45 })],
    ] as const;
    expect(account(sums(rows))[1]).toBe('4.500000');
  });

  test('outcomes exclude each other only where every market of the event says so, whichever comes first', () => {
    const short = exposure({ position: -10, average: 40 });
    for (const flags of [
      [true, false],
      [false, true],
    ] as const)
      expect(account(sums(flags.map((exclusive) => ['A', exclusive, short] as const)))).toEqual([20, '12.000000']);
  });

  test('for a market that is not known yet all the others are other events', () => {
    const exposures = sums([['A', false, exposure({ position: 10, average: 45 })]]);
    const { accountContracts, accountLoss, event } = exposures.others(marketIndex(7));
    expect([accountContracts, money(accountLoss), event]).toEqual([lots(10), '4.500000', NO_OTHERS.event]);
  });

  const base = exposure({ position: 10, average: 45, bid: 5, bidAt: 40, ask: 12, askAt: 60 });
  test.each([
    ['position', { position: lots(20) }],
    ['cost', { cost: parseCash('90') }],
    ['bids', { bid: lots(50) }],
    ['asks', { ask: lots(50) }],
    ['money of the bids', { bidCash: parseCash('90') }],
    ['money of the asks', { askCash: parseCash('90') }],
  ] as const)('a change of the %s alone is seen', (_, change) => {
    const exposures = sums([['A', false, base]]);
    const before = exposures.account();
    exposures.set(marketIndex(0), event('A', false), { ...base, ...change });
    expect(exposures.account()).toEqual(sums([['A', false, { ...base, ...change }]]).account());
    expect(exposures.account()).not.toEqual(before);
  });

  test('a market tells anew', () => {
    const exposures = sums([['A', false, exposure({ position: 10 })]]);
    exposures.set(marketIndex(0), event('A', false), exposure({ position: 3 }));
    expect(exposures.account().contracts).toBe(lots(3));
  });
});

describe('for any positions and orders', () => {
  const anyExposure = fc
    .record({
      position: fc.integer({ min: -3000, max: 3000 }),
      average: fc.integer({ min: 1, max: 9999 }),
      bid: fc.integer({ min: 0, max: 2000 }),
      bidAt: fc.integer({ min: 1, max: 9999 }),
      ask: fc.integer({ min: 0, max: 2000 }),
      askAt: fc.integer({ min: 1, max: 9999 }),
    })
    .map((row) => ({
      row,
      of: {
        position: quantity(row.position),
        cost: cash(row.position * row.average),
        bid: quantity(row.bid),
        ask: quantity(row.ask),
        bidCash: cash(row.bid * row.bidAt),
        askCash: cash(row.ask * (PAYOUT - row.askAt)),
      } satisfies MarketExposure,
    }));
  const markets = fc.array(fc.record({ is: anyExposure, event: fc.constantFrom('A', 'B', 'C') }), { minLength: 1, maxLength: 6 });

  const build = (rows: readonly { readonly is: { readonly of: MarketExposure }; readonly event: string }[]): Exposures => {
    const exposures = new Exposures();
    for (const [i, row] of rows.entries())
      exposures.set(marketIndex(i), market({ event: eventTicker(row.event), mutuallyExclusive: row.event !== 'C' }), row.is.of);
    return exposures;
  };

  test('the worst case of one market and the others together is that of the account', () => {
    fc.assert(
      fc.property(markets, (rows) => {
        const exposures = build(rows);
        for (const [i, row] of rows.entries()) {
          const here = market({ event: eventTicker(row.event), mutuallyExclusive: row.event !== 'C' });
          const worst = worstCases(row.is.of, here, exposures.others(marketIndex(i)));
          expect([worst.account, worst.loss]).toEqual([exposures.account().contracts, exposures.account().loss]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('no outcome, whichever orders fill, loses more', () => {
    const fills = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        markets,
        fills,
        fc.nat({ max: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        (rows, filled, winner, yes) => {
          let loss = 0;
          for (const event of ['A', 'B', 'C']) {
            const members = rows.flatMap((row, i) => (row.event === event ? [{ row: row.is.row, i }] : []));
            let ofEvent = 0;
            for (const [k, { row, i }] of members.entries()) {
              const bought = Math.floor(row.bid * (filled[i]?.[0] ?? 0));
              const sold = Math.floor(row.ask * (filled[i]?.[1] ?? 0));
              const settlesYes = event === 'C' ? (yes[i] ?? false) : k === winner;
              const held = row.position + bought - sold;
              ofEvent += row.position * row.average + bought * row.bidAt - sold * row.askAt - (settlesYes ? held * PAYOUT : 0);
            }
            loss += Math.max(0, ofEvent);
          }
          expect(loss).toBeLessThanOrEqual(build(rows).account().loss);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('more orders never make a worst case better', () => {
    fc.assert(
      fc.property(anyExposure, fc.integer({ min: 0, max: 500 }), fc.boolean(), ({ of }, extra, exclusive) => {
        const here = market({ mutuallyExclusive: exclusive });
        const before = worstCases(of, here, NO_OTHERS);
        const after = worstCases({ ...of, bid: quantity(of.bid + extra), bidCash: cash(of.bidCash + extra * 5000) }, here, NO_OTHERS);
        for (const key of ['market', 'event', 'account', 'loss'] as const) expect(after[key]).toBeGreaterThanOrEqual(before[key]);
      }),
    );
  });
});
