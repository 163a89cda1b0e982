import { expect, test } from 'vitest';
import { asSnapshot, withKnownCosts, type Snapshot } from '../../../src/app/snapshot.js';
import type { AccountReading } from '../../../src/domain/events.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { epochUs, parseCash, parsePrice, parseQuantity } from '../../../src/domain/units.js';
import { Inventory } from '../../../src/execution/inventory.js';
import { market } from '../../support/markets.js';

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
const snapshot = (position: string, cost: string): Snapshot => ({
  run: 'r',
  at: '2026-11-21T10:00:00.000Z',
  positions: [{ ticker: market().ticker, position: parseQuantity(position), cost: parseCash(cost) }],
});

test.each([
  ['12', '5.4321', '0.452675'],
  ['-12', '-5.4321', '0.452675'],
])('a position of %s keeps its own cost of %s over a restart', (position, cost, average) => {
  const { positions } = withKnownCosts(reading(position), snapshot(position, cost), () => market());
  const held = positions[0];
  if (held === undefined) throw new Error('expected a position');
  const inventory = new Inventory();
  inventory.adopt({ ...held, payout: parsePrice('1') });
  expect(inventory.cost(M)).toBe(parseCash(cost));
  expect((inventory.averageCost(M) ?? 0) / 10_000).toBeCloseTo(Number(average), 9);
});

test('where the exchange holds another number of contracts, its cost stands', () => {
  expect(withKnownCosts(reading('7'), snapshot('12', '5.4321'), () => market()).positions[0]?.cost).toBe(parseCash('9.99'));
});

test.each([
  null,
  {},
  [],
  { run: 'r', at: 't', positions: [{}] },
  { run: 'r', at: 't', positions: [{ ticker: 'A', position: 1.5, cost: 0 }] },
])('a damaged snapshot %j is no snapshot', (value) => {
  expect(asSnapshot(value)).toBeNull();
});

test('a snapshot survives the disk', () => {
  const whole = snapshot('12', '5.4321');
  expect(asSnapshot(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
});
