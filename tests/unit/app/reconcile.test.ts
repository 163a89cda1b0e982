import { describe, expect, test } from 'vitest';
import { agrees, reconcile, type Recorded, type Told } from '../../../src/app/reconcile.js';
import type { RestFill, RestOrder, RestPosition, Settlement } from '../../../src/connector/rest-portfolio.js';
import { fillId, venueOrderId, type FillId } from '../../../src/domain/ids.js';
import { cash, epochUs, price, quantity, UNKNOWN_TIME, type Quantity } from '../../../src/domain/units.js';

const AT = epochUs(1_795_262_400_000_000);
const recorded = (positions: Record<string, number>, fills: readonly string[] = [], changes: Partial<Recorded> = {}): Recorded => ({
  positions: new Map(Object.entries(positions) as [string, Quantity][]),
  fills: new Set<FillId>(fills.map(fillId)),
  until: AT,
  balance: null,
  hasFills: true,
  ...changes,
});
const position = (ticker: string, held: number): RestPosition => ({
  ticker,
  shard: 0,
  position: quantity(held),
  cost: cash(0),
  realized: cash(0),
  fees: cash(0),
  traded: cash(0),
});
const fill = (id: string, ticker: string, side: 'bid' | 'ask', size: number): RestFill => ({
  ticker,
  shard: 0,
  subaccount: 0,
  fillId: fillId(id),
  orderId: venueOrderId('v'),
  side,
  price: price(5000),
  quantity: quantity(size),
  fee: cash(0),
  role: 'maker',
  exchangeAt: AT,
  precise: true,
});
const order = (ticker: string): RestOrder => ({
  ticker,
  shard: 0,
  subaccount: 0,
  orderId: venueOrderId('v1'),
  clientId: null,
  side: 'bid',
  price: price(100),
  initial: quantity(100),
  filled: quantity(0),
  remaining: quantity(100),
  status: 'resting',
  expiresAt: null,
  group: null,
  createdAt: null,
  takerFees: cash(0),
  makerFees: cash(0),
});
const settlement = (ticker: string): Settlement => ({
  ticker,
  event: 'E',
  shard: 0,
  result: 'yes',
  yes: { quantity: quantity(0), cost: cash(0) },
  no: { quantity: quantity(0), cost: cash(0) },
  revenue: cash(0),
  value: null,
  fee: cash(0),
  settledAt: AT,
});
const told = (parts: Partial<Told>): Told => ({ positions: [], fills: [], settlements: [], resting: [], ...parts });

describe('records held against the account', () => {
  test('agree where every position is the same, zeros on either side included', () => {
    const found = reconcile(recorded({ A: 500, B: 0 }), told({ positions: [position('A', 500)] }), false);
    expect([agrees(found), found.agreeing, found.outside]).toEqual([true, 2, []]);
  });

  test('a difference that fills unknown to the records add up to is explained, with their direction', () => {
    const fills = [fill('known', 'A', 'bid', 100), fill('x', 'A', 'ask', 300), fill('y', 'A', 'bid', 100), fill('z', 'B', 'bid', 700)];
    const found = reconcile(recorded({ A: 500 }, ['known']), told({ positions: [position('A', 300)], fills }), false);
    expect(found.differences).toMatchObject([
      { recorded: 500, exchange: 300, unbooked: 2, explanation: '2 fills of -2.00 contracts that the records do not have' },
    ]);
  });

  test.each<[string, readonly RestFill[]]>([
    ['no fill', []],
    ['fills of another sum', [fill('x', 'A', 'bid', 100)]],
    ['fills of another market', [fill('x', 'B', 'bid', 200)]],
    ['a fill that was booked', [fill('known', 'A', 'bid', 200)]],
  ])('a difference with %s is not explained', (_, fills) => {
    const found = reconcile(recorded({ A: 0 }, ['known']), told({ positions: [position('A', 200)], fills }), false);
    expect([agrees(found), found.differences[0]?.explanation]).toEqual([false, null]);
  });

  test('a position that settlement took is explained by it; one that is still held is not', () => {
    const gone = reconcile(recorded({ A: 500 }), told({ settlements: [settlement('A')] }), false);
    expect(gone.differences[0]?.explanation).toContain('settled');
    const held = reconcile(recorded({ A: 500 }), told({ positions: [position('A', 100)], settlements: [settlement('A')] }), false);
    expect(held.differences[0]?.explanation).toBeNull();
  });

  test('without fills in the records no fill explains anything', () => {
    const found = reconcile(
      recorded({ A: 0 }, [], { hasFills: false, until: UNKNOWN_TIME }),
      told({ positions: [position('A', 100)], fills: [fill('x', 'A', 'bid', 100)] }),
      false,
    );
    expect(found.differences[0]).toMatchObject({ unbooked: 0, explanation: null });
  });

  test('a position in a market of nobody is told and does not count as a difference', () => {
    const found = reconcile(recorded({ A: 0 }), told({ positions: [position('OTHER', 100), position('FLAT', 0)] }), false);
    expect([agrees(found), found.outside.map(({ ticker }) => ticker)]).toEqual([true, ['OTHER']]);
  });

  test('an order of ours is a difference where no bot runs, and none beside one', () => {
    const resting = [order('A')];
    expect([
      agrees(reconcile(recorded({ A: 0 }), told({ resting }), false)),
      agrees(reconcile(recorded({ A: 0 }), told({ resting }), true)),
    ]).toEqual([false, true]);
  });
});
