import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withKnownCosts } from '../../../src/app/known-costs.js';
import { openSnapshot, sealSnapshot, type Snapshot } from '../../../src/app/snapshot.js';
import type { AccountReading } from '../../../src/domain/events.js';
import { fillId, marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, parseCash, parsePrice, parseQuantity, quantity } from '../../../src/domain/units.js';
import { Inventory } from '../../../src/execution/inventory.js';
import { market } from '../../support/markets.js';

const whole: Snapshot = {
  run: 'r1',
  at: '2026-11-21T10:00:00.000Z',
  folder: 'runs/a',
  place: { segment: 'journal-000001.bin', offset: 1234, events: 17 },
  tapePlace: null,
  closed: false,
  listed: [ticker('KXA-1')],
  markets: [
    {
      ticker: ticker('KXA-1'),
      position: quantity(-1200),
      cost: cash(-5_432_100),
      realized: cash(12),
      fees: cash(3),
      countedAfter: epochUs(1_795_262_400_000_000),
      fills: [{ id: fillId('f1'), at: epochUs(1_795_262_400_500_000) }],
    },
  ],
};

describe('a snapshot', () => {
  test('survives the disk', () => {
    expect(openSnapshot(sealSnapshot(whole))).toEqual({ kind: 'whole', snapshot: whole });
  });

  test('that is not there is none', () => {
    expect(openSnapshot(null)).toEqual({ kind: 'none' });
  });

  test('torn anywhere is found out', () => {
    const text = sealSnapshot(whole);
    for (let length = 0; length < text.length - 1; length++) expect(openSnapshot(text.slice(0, length)).kind).toBe('damaged');
  });

  test('with one bit turned is found out, or says what it said', () => {
    const bytes = Buffer.from(sealSnapshot(whole));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(6), (at, bit) => {
        const bent = Buffer.from(bytes);
        bent.writeUInt8(bent.readUInt8(at) ^ (1 << bit), at);
        const found = openSnapshot(bent.toString());
        if (found.kind === 'whole') expect(found.snapshot).toEqual(whole);
        else expect(found.kind).toBe('damaged');
      }),
    );
  });

  test('of a newer build is not guessed at', () => {
    expect(openSnapshot(sealSnapshot(whole, 3))).toEqual({ kind: 'newer', version: 3 });
  });

  test('of the first version still tells what positions cost', () => {
    const old = { run: 'r', at: '2026-11-21T10:00:00.000Z', positions: [{ ticker: 'KXA-1', position: 5, cost: 7 }] };
    expect(openSnapshot(JSON.stringify(old))).toEqual({ kind: 'old', costs: old.positions });
  });

  test.each(['null', '[]', '{}', '{"positions":[{}]}', '{"format":"x","version":2}', '{"format":"kmm-snapshot","version":"2"}'])(
    'that is %s is damaged',
    (text) => {
      expect(openSnapshot(text).kind).toBe('damaged');
    },
  );
});

const M = marketIndex(0);
const reading = (position: string): AccountReading => ({
  type: 'account-reading',
  at: epochUs(0),
  request: 1,
  complete: true,
  validUntil: epochUs(0),
  resting: [],
  positions: [{ market: M, position: parseQuantity(position), cost: parseCash('9.99'), realized: parseCash('0'), fees: parseCash('0') }],
  fills: [],
  balance: parseCash('0'),
  foreign: 0,
});
const costs = (position: string, cost: string) => [{ ticker: market().ticker, position: parseQuantity(position), cost: parseCash(cost) }];

describe('costs of the first version', () => {
  test.each([
    ['12', '5.4321', '0.452675'],
    ['-12', '-5.4321', '0.452675'],
  ])('a position of %s keeps its own cost of %s over a restart', (position, cost, average) => {
    const { positions } = withKnownCosts(reading(position), costs(position, cost), () => market());
    const held = positions[0];
    if (held === undefined) throw new Error('expected a position');
    const inventory = new Inventory();
    inventory.adopt({ ...held, payout: parsePrice('1') });
    expect(inventory.cost(M)).toBe(parseCash(cost));
    expect((inventory.averageCost(M) ?? 0) / 10_000).toBeCloseTo(Number(average), 9);
  });

  test('where the exchange holds another number of contracts, its cost stands', () => {
    expect(withKnownCosts(reading('7'), costs('12', '5.4321'), () => market()).positions[0]?.cost).toBe(parseCash('9.99'));
  });
});
