import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookSide } from '../../../src/domain/market.js';
import { cash, formatCash, formatQuantity, parsePrice, price, quantity, type Cash } from '../../../src/domain/units.js';
import type { FillReport } from '../../../src/domain/order.js';
import { marketIndex } from '../../../src/domain/ids.js';
import { Inventory, type Holding } from '../../../src/execution/inventory.js';
import { ONE, PAYOUT, cents, dollars, fill, lots } from './facts.js';

const TWO = marketIndex(1);
let fills = 0;
/** Books through a function of its own name: `fill` is an array method to the linter. */
const book = (inventory: Inventory, report: FillReport): Holding => inventory.fill(report);
const trade = (inventory: Inventory, side: BookSide, size: number, at: number, fee = '0'): void => {
  book(inventory, fill(`f${++fills}`, size, { side, at, fee }));
};
const show = (inventory: Inventory): readonly string[] => [
  formatQuantity(inventory.position(ONE)),
  String(inventory.averageCost(ONE)),
  formatCash(inventory.realized(ONE)),
  formatCash(inventory.fees(ONE)),
];

describe('the worked table of the accounting reference', () => {
  const upToSettlement = (): Inventory => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    trade(inventory, 'bid', 10, 47);
    trade(inventory, 'ask', 15, 50, '0.27');
    trade(inventory, 'ask', 10, 52, '0.05');
    return inventory;
  };

  test('each fill leaves the position, average, result and fees of its row', () => {
    const inventory = new Inventory();
    const rows: (readonly string[])[] = [];
    for (const [side, size, at, fee] of [
      ['bid', 10, 45, '0'],
      ['bid', 10, 47, '0'],
      ['ask', 15, 50, '0.27'],
      ['ask', 10, 52, '0.05'],
    ] as const) {
      trade(inventory, side, size, at, fee);
      rows.push(show(inventory));
    }
    expect(rows).toEqual([
      ['10.00', '4500', '0.000000', '0.000000'],
      ['20.00', '4600', '0.000000', '0.000000'],
      ['5.00', '4600', '0.600000', '0.270000'],
      ['-5.00', '5200', '0.900000', '0.320000'],
    ]);
  });

  test('it ends at -1.82 if the market settles YES', () => {
    const inventory = upToSettlement();
    expect(inventory.settle(ONE, PAYOUT, PAYOUT)).toMatchObject({
      position: lots(-5),
      realized: dollars('-2.4'),
      fee: 0,
      corrected: false,
    });
    expect(show(inventory)).toEqual(['0.00', 'null', '-1.500000', '0.320000']);
    expect(formatCash(inventory.cash(ONE))).toBe('-1.820000');
  });

  test('and at +3.18 if it settles NO', () => {
    const inventory = upToSettlement();
    inventory.settle(ONE, price(0), PAYOUT);
    expect(formatCash(inventory.cash(ONE))).toBe('3.180000');
    expect(formatCash(inventory.result(ONE, 0))).toBe('3.180000');
  });
});

describe('marks', () => {
  test('a mark between two prices is exact', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 1, 50);
    expect(formatCash(inventory.unrealized(ONE, 5050.5))).toBe('0.005050');
  });

  test('beyond a millionth of a dollar the open result is rounded toward zero, up and down alike', () => {
    const inventory = new Inventory();
    book(inventory, { ...fill('odd', 1), quantity: quantity(1), price: price(5000) });
    expect([inventory.unrealized(ONE, 5000.9), inventory.unrealized(ONE, 4999.1)]).toEqual([0, 0]);
  });

  test('a market never traded has nothing', () => {
    const inventory = new Inventory();
    expect([inventory.unrealized(ONE, 5000), inventory.averageCost(ONE), inventory.holdings().length]).toEqual([0, null, 0]);
  });
});

describe('settlement', () => {
  test('is booked once', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    expect(inventory.settle(ONE, PAYOUT, PAYOUT)).not.toBeNull();
    expect(inventory.settle(ONE, PAYOUT, PAYOUT)).toBeNull();
    expect(formatCash(inventory.realized(ONE))).toBe('5.500000');
  });

  test('of another value takes the first back', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    inventory.settle(ONE, PAYOUT, PAYOUT);
    expect(inventory.settle(ONE, price(0), PAYOUT)?.corrected).toBe(true);
    expect([formatCash(inventory.realized(ONE)), formatCash(inventory.cash(ONE))]).toEqual(['-4.500000', '-4.500000']);
  });

  test('at a scalar value is rounded down to the cent, the rest is a fee: 3.30 YES at 0.4210', () => {
    const inventory = new Inventory();
    book(inventory, { ...fill('a', 3.3), quantity: quantity(330), price: cents(40) });
    const settled = inventory.settle(ONE, parsePrice('0.4210'), PAYOUT);
    expect(formatCash(settled?.fee ?? cash(-1))).toBe('0.009300');
    // 1.38 paid for what cost 1.32.
    expect(formatCash(inventory.cash(ONE))).toBe('0.060000');
  });

  test('at a scalar value pays a short position its NO side', () => {
    const inventory = new Inventory();
    book(inventory, { ...fill('a', 3.3), side: 'ask', quantity: quantity(330), price: cents(40) });
    const settled = inventory.settle(ONE, parsePrice('0.4210'), PAYOUT);
    // NO is worth 3.30 x 0.5790 = 1.9107: paid 1.91.
    expect(formatCash(settled?.fee ?? cash(-1))).toBe('0.000700');
  });

  test('of another value takes the fee of the first back too', () => {
    const inventory = new Inventory();
    book(inventory, { ...fill('a', 3.3), quantity: quantity(330), price: cents(40) });
    inventory.settle(ONE, parsePrice('0.4210'), PAYOUT);
    expect(formatCash(inventory.fees(ONE))).toBe('0.009300');
    inventory.settle(ONE, PAYOUT, PAYOUT);
    expect([inventory.fees(ONE), formatCash(inventory.cash(ONE)), formatCash(inventory.realized(ONE))]).toEqual([
      0,
      '1.980000',
      '1.980000',
    ]);
  });

  test('of a flat market costs and pays nothing', () => {
    const inventory = new Inventory();
    expect(inventory.settle(ONE, parsePrice('0.4210'), PAYOUT)).toEqual({
      market: ONE,
      position: 0,
      realized: 0,
      fee: 0,
      corrected: false,
    });
  });

  test('takes in a fill that is told after it, at another price and with its fee', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    inventory.settle(ONE, price(0), PAYOUT);
    trade(inventory, 'ask', 4, 60, '0.2');
    expect([inventory.position(ONE), formatCash(inventory.cash(ONE))]).toEqual([0, '-2.300000']);
    expect(inventory.settle(ONE, PAYOUT, PAYOUT)).toMatchObject({ position: lots(6), corrected: true });
    // Six contracts pay six dollars; 4.50 and 0.20 were paid, 2.40 received.
    expect([formatCash(inventory.cash(ONE)), formatCash(inventory.realized(ONE))]).toEqual(['3.700000', '3.900000']);
  });

  test('takes in a fill that is told after it', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    inventory.settle(ONE, PAYOUT, PAYOUT);
    trade(inventory, 'bid', 10, 45);
    expect([inventory.position(ONE), formatCash(inventory.cash(ONE))]).toEqual([0, '11.000000']);
    inventory.settle(ONE, price(0), PAYOUT);
    expect(formatCash(inventory.cash(ONE))).toBe('-9.000000');
  });
});

describe('a position that was there at the start', () => {
  test('long: its cost is what the exchange says', () => {
    const inventory = new Inventory();
    inventory.adopt({ market: ONE, position: lots(10), cost: dollars('4.5'), payout: PAYOUT });
    expect([inventory.averageCost(ONE), inventory.realized(ONE), formatCash(inventory.unrealized(ONE, 5000))]).toEqual([
      4500,
      0,
      '0.500000',
    ]);
  });

  test('short: the exchange states what the NO contracts cost', () => {
    const inventory = new Inventory();
    inventory.adopt({ market: ONE, position: lots(-10), cost: dollars('4'), payout: PAYOUT });
    expect([inventory.averageCost(ONE), formatCash(inventory.unrealized(ONE, 5000))]).toEqual([6000, '1.000000']);
  });

  test('adopted again later leaves result and fees as they are', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45, '0.1');
    trade(inventory, 'ask', 5, 50);
    inventory.adopt({ market: ONE, position: lots(8), cost: dollars('3.6'), payout: PAYOUT });
    expect(show(inventory)).toEqual(['8.00', '4500', '0.250000', '0.100000']);
  });
});

describe('a position carried over from an earlier run', () => {
  test.each([
    ['long', 10, '4.5', '0.500000'],
    ['short, its cost negative', -10, '-6', '1.000000'],
  ] as const)('%s counts as bought or sold at its cost', (_, position, cost, unrealized) => {
    const inventory = new Inventory();
    inventory.carry(ONE, lots(position), dollars(cost));
    expect([inventory.cost(ONE), inventory.cash(ONE), inventory.realized(ONE)]).toEqual([dollars(cost), -dollars(cost), 0]);
    expect(formatCash(inventory.unrealized(ONE, 5000))).toBe(unrealized);
  });

  test('over one that is there leaves result and fees as they are', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45, '0.1');
    trade(inventory, 'ask', 5, 50);
    inventory.carry(ONE, lots(8), dollars('3.6'));
    expect(show(inventory)).toEqual(['8.00', '4500', '0.250000', '0.100000']);
    expect(formatCash(inventory.cash(ONE))).toBe('-3.450000');
  });

  test('of nothing cannot have cost anything', () => {
    expect(() => new Inventory().carry(ONE, lots(0), dollars('1'))).toThrow(/cash identity broken in market 0/);
  });
});

describe('a holding', () => {
  test('of a market never touched is empty, and looking at it does not touch it', () => {
    const inventory = new Inventory();
    expect(inventory.holding(TWO)).toEqual({ market: TWO, position: 0, cost: 0, realized: 0, fees: 0, cash: 0, settledAt: null });
    expect([inventory.holdings(), inventory.cost(TWO), inventory.fees(TWO), inventory.cash(TWO), inventory.realized(TWO)]).toEqual([
      [],
      0,
      0,
      0,
      0,
    ]);
    expect([inventory.result(TWO, 5000), inventory.position(TWO)]).toEqual([0, 0]);
  });

  test('is told after each fill, and stays open until it is settled', () => {
    const inventory = new Inventory();
    const after = book(inventory, fill('h', 10, { at: 45, fee: '0.1' }));
    expect(after).toMatchObject({ market: ONE, position: lots(10), cost: dollars('4.5'), fees: dollars('0.1'), settledAt: null });
    expect([inventory.holding(ONE), inventory.fees(ONE)]).toEqual([after, dollars('0.1')]);
    inventory.settle(ONE, PAYOUT, PAYOUT);
    expect(inventory.holding(ONE)).toMatchObject({ settledAt: PAYOUT, position: 0, cost: 0 });
  });

  test('takes no fill of nothing', () => {
    expect(() => book(new Inventory(), fill('none', 0))).toThrow(/fill none of nothing/);
  });
});

describe('several markets', () => {
  test('are kept apart and summed', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45, '0.1');
    book(inventory, fill('other', 10, { market: 1, side: 'ask', at: 60, fee: '0.2' }));
    book(inventory, fill('other-2', 10, { market: 1, side: 'bid', at: 55 }));
    const { realized, fees, cash: money } = inventory.totals();
    expect([realized, fees, money].map(formatCash)).toEqual(['0.500000', '0.300000', '-4.300000']);
    const alone = new Inventory();
    book(alone, fill('alone', 10, { market: 1, at: 60, fee: '0.2' }));
    expect(Object.values(alone.totals()).map(formatCash)).toEqual(['0.000000', '0.200000', '-6.200000']);
    expect([inventory.position(TWO), inventory.holdings().map((holding) => holding.market)]).toEqual([0, [ONE, TWO]]);
  });
});

describe('for any sequence of fills', () => {
  const anyFill = fc.record({
    side: fc.constantFrom<BookSide>('bid', 'ask'),
    price: fc.integer({ min: 1, max: 9999 }),
    quantity: fc.integer({ min: 1, max: 500_000 }),
    fee: fc.integer({ min: 0, max: 2_000_000 }),
  });
  const anyFills = fc.array(anyFill, { minLength: 1, maxLength: 40, size: 'max' });

  const bookAll = (rows: readonly { side: BookSide; price: number; quantity: number; fee: number }[]): Inventory => {
    const inventory = new Inventory();
    for (const [i, row] of rows.entries())
      book(inventory, {
        ...fill(`p${i}`, 1),
        side: row.side,
        price: price(row.price),
        quantity: quantity(row.quantity),
        fee: cash(row.fee),
      });
    return inventory;
  };

  test('realized + unrealized - fees = cash + position x mark, exactly, at every mark', () => {
    fc.assert(
      fc.property(anyFills, fc.integer({ min: 0, max: 10_000 }), (rows, mark) => {
        const inventory = bookAll(rows);
        const left = inventory.realized(ONE) + inventory.unrealized(ONE, mark) - inventory.fees(ONE);
        expect(left).toBe(inventory.cash(ONE) + inventory.position(ONE) * mark);
      }),
    );
  });

  test('position and cash are plain sums, whatever the average does', () => {
    fc.assert(
      fc.property(anyFills, (rows) => {
        const inventory = bookAll(rows);
        const sign = (side: BookSide): number => (side === 'bid' ? 1 : -1);
        expect(inventory.position(ONE)).toBe(rows.reduce((sum, row) => sum + sign(row.side) * row.quantity, 0));
        expect(inventory.cash(ONE)).toBe(rows.reduce((sum, row) => sum - sign(row.side) * row.quantity * row.price - row.fee, 0));
      }),
    );
  });

  test('the result after settlement is the cash, and a flat position has no cost', () => {
    fc.assert(
      fc.property(anyFills, fc.constantFrom(0, 10_000, 4210), (rows, value) => {
        const inventory = bookAll(rows);
        inventory.settle(ONE, price(value), PAYOUT);
        const result: Cash = cash(inventory.realized(ONE) - inventory.fees(ONE));
        expect([inventory.position(ONE), inventory.cost(ONE)]).toEqual([0, 0]);
        expect(result).toBe(inventory.cash(ONE));
      }),
    );
  });

  test('the average of an open position lies within the prices paid for it', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { minLength: 1, maxLength: 20 }), (rows) => {
        const inventory = bookAll(rows);
        const average = inventory.averageCost(ONE);
        if (average === null) return;
        const prices = rows.map((row) => row.price);
        // What rounding leaves behind is below a millionth of a dollar per closing fill.
        const slack = rows.length / Math.abs(inventory.position(ONE));
        expect(average).toBeGreaterThanOrEqual(Math.min(...prices) - slack);
        expect(average).toBeLessThanOrEqual(Math.max(...prices) + slack);
      }),
    );
  });
});

test('a corrected settlement says by how much the result changed: what the first had earned is in no sum twice', () => {
  const inventory = new Inventory();
  trade(inventory, 'bid', 10, 45);
  const first = inventory.settle(ONE, parsePrice('0.4211'), PAYOUT);
  const second = inventory.settle(ONE, price(0), PAYOUT);
  expect(formatCash(cash((first?.realized ?? 0) + (second?.realized ?? 0)))).toBe(formatCash(inventory.realized(ONE)));
  expect((first?.fee ?? 0) + (second?.fee ?? 0)).toBe(inventory.fees(ONE));
  expect(first?.fee).toBeGreaterThan(0);
});

describe('an account that was tampered with is found out at the next fill', () => {
  test.each([
    ['cash', 1],
    ['realized', -1],
    ['fees', 1],
    ['cost', 1],
    ['position', 1],
    ['position', -300],
  ] as const)('%s off by %i', (field, by) => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45, '0.01');
    trade(inventory, 'ask', 7, 47);
    (inventory.holding(ONE) as Record<typeof field, number>)[field] += by;
    expect(() => trade(inventory, 'bid', 1, 46)).toThrow(/cash identity broken in market 0: .*position/);
  });

  test('or at its settlement', () => {
    const inventory = new Inventory();
    trade(inventory, 'bid', 10, 45);
    (inventory.holding(ONE) as { position: number }).position += 100;
    expect(() => inventory.settle(ONE, PAYOUT, PAYOUT)).toThrow('cash identity broken');
  });
});
