import { describe, expect, test } from 'vitest';
import { cash, epochUs } from '../../../../src/domain/units.js';
import type { FillView } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { A, accepted, B, COIN, EVENT, Floor, refusal, usd } from './floor.js';

const fillsOf = (floor: Floor, account: AccountId): FillView[] => floor.exchange.fills(account).toReversed();
const fees = (floor: Floor, account: AccountId): number[] => fillsOf(floor, account).map((fill) => fill.fee);
const held = (floor: Floor, account: AccountId): number => floor.held(account);

describe('collateral', () => {
  const bare = { switches: { feeHold: 'none' } } as const;

  test.each([
    ['bid', 43, 25, 10.75],
    ['ask', 43, 25, 14.25],
    ['bid', 1, 0.01, 0.0001],
    ['ask', 99, 0.01, 0.0001],
  ] as const)('a flat account holds for a %s at %d cents of %d contracts $%d', (side, c, n, dollars) => {
    const floor = new Floor(bare);
    const me = floor.account();
    floor.place(me, side, c, n);
    expect(held(floor, me)).toBe(dollars);
  });

  test('an ask that sells what is held needs nothing, the part beyond it opens NO', () => {
    const floor = new Floor(bare);
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 50, 10);
    floor.ioc(me, 'bid', 50, 10);
    floor.place(me, 'ask', 60, 10);
    expect(held(floor, me)).toBe(0);
    floor.place(me, 'ask', 70, 4);
    expect(held(floor, me)).toBe(1.2);
    // A better ask takes the cover; the one at 70 and part of the one at 60 open.
    floor.place(me, 'ask', 55, 5);
    expect(held(floor, me)).toBe(5 * 0.4 + 1.2);
  });

  test('a bid that buys back a short needs nothing', () => {
    const floor = new Floor(bare);
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'bid', 50, 10);
    floor.ioc(me, 'ask', 50, 10);
    floor.place(me, 'bid', 30, 12);
    expect(held(floor, me)).toBe(0.6);
  });

  test('both sides are held, and both markets', () => {
    const floor = new Floor(bare);
    const me = floor.account();
    floor.place(me, 'bid', 40, 10);
    floor.place(me, 'ask', 45, 10);
    floor.place(me, 'bid', 10, 10, { ticker: B });
    expect(held(floor, me)).toBe(4 + 5.5 + 1);
  });

  test('the last cent can be used, one more is refused', () => {
    const floor = new Floor(bare);
    const me = floor.account(10);
    floor.place(me, 'bid', 50, 19);
    expect(refusal(floor.send(me, 'bid', 50, 1.01))).toBe('400 insufficient_balance');
    floor.place(me, 'ask', 60, 1.25);
    expect(refusal(floor.send(me, 'ask', 99, 0.01))).toBe('400 insufficient_balance');
  });

  test('money on another shard or subaccount does not count', () => {
    const floor = new Floor();
    const me = floor.exchange.openAccount({ name: 'me', precision: cash(100), deposits: [{ shard: 0, amount: usd(100) }] });
    expect(refusal(floor.send(me, 'bid', 50, 1, { ticker: COIN }))).toBe('400 insufficient_balance');
    expect(refusal(floor.send(me, 'bid', 50, 1, { subaccount: 1 }))).toBe('400 insufficient_balance');
    const move = { transferId: 'one', from: { shard: 0, subaccount: 0 }, to: { shard: 2, subaccount: 5 }, amount: usd(60) };
    accepted(floor.exchange.transfer(me, move));
    expect(refusal(floor.exchange.transfer(me, move))).toBe('409 transfer_already_applied');
    floor.place(me, 'bid', 50, 1, { ticker: COIN, subaccount: 5 });
    expect([floor.cash(me), floor.exchange.balance(me, { subaccount: 5 }).balance]).toEqual([40, usd(60)]);
  });

  test('what orders hold cannot be moved away', () => {
    const floor = new Floor(bare);
    const me = floor.account(10);
    floor.place(me, 'bid', 50, 10);
    const move = (id: string, dollars: number) =>
      floor.exchange.transfer(me, {
        transferId: id,
        from: { shard: 0, subaccount: 0 },
        to: { shard: 0, subaccount: 1 },
        amount: usd(dollars),
      });
    expect(refusal(move('a', 5.01))).toBe('400 insufficient_balance');
    accepted(move('b', 5));
  });

  test('the fee of a fill at the limit price is held too', () => {
    const floor = new Floor();
    const me = floor.account(5);
    // 10 at 0.50 cost 5.00; as a taker 0.175 more.
    expect(refusal(floor.send(me, 'bid', 50, 10))).toBe('400 insufficient_balance');
    floor.place(me, 'bid', 50, 9);
    expect(held(floor, me)).toBe(4.5);
    const maker = new Floor({ fees: 'quadratic_with_maker_fees' });
    const other = maker.account();
    maker.place(other, 'bid', 50, 10);
    expect(held(maker, other)).toBe(5.04375);
  });

  test('the code of a shortage is a switch', () => {
    const floor = new Floor({ switches: { shortageCode: 'available_balance_too_low' } });
    expect(refusal(floor.send(floor.account(1), 'bid', 50, 10))).toBe('400 available_balance_too_low');
  });

  test('an order that closes is accepted even from an account whose cash is used up', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(5.175), floor.account()];
    floor.place(other, 'ask', 50, 10);
    floor.ioc(me, 'bid', 50, 10);
    expect(floor.cash(me)).toBe(0);
    floor.place(me, 'ask', 60, 10);
    expect(refusal(floor.send(me, 'ask', 60, 0.01))).toBe('400 insufficient_balance');
  });
});

/** The quoting reference's accounting table (section h), played on this exchange. */
describe('position and cash through buying, selling, flipping and settlement', () => {
  const play = (): { floor: Floor; me: AccountId } => {
    const floor = new Floor({ fees: 'quadratic_with_maker_fees' });
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 45, 10);
    floor.ioc(me, 'bid', 45, 10);
    floor.place(other, 'ask', 47, 10);
    floor.ioc(me, 'bid', 47, 10);
    floor.place(other, 'bid', 50, 15);
    floor.ioc(me, 'ask', 50, 15);
    floor.place(me, 'ask', 52, 10);
    floor.ioc(other, 'bid', 52, 10);
    return { floor, me };
  };

  test('average cost, realized result, turnover and the flip are exact', () => {
    const { floor, me } = play();
    const [position] = floor.exchange.positions(me).markets;
    // Bought 20 at 46 on average, sold 15 at 50 (+60 c), sold 5 at 52 (+30 c), short 5 from 52: NO bought at 48.
    expect(position).toMatchObject({ quantity: -500, cost: usd(2.4), realized: usd(0.9), volume: 4500 });
    expect(position?.traded).toBe(usd(4.5 + 4.7 + 7.5 + 4.8));
    expect(fillsOf(floor, me).map((fill) => fill.positionAfter)).toEqual([1000, 2000, 500, -500]);
  });

  test('cash moves by price, by the pairs paid out, and by fees', () => {
    const { floor, me } = play();
    const paid = fees(floor, me).reduce((sum, fee) => sum + fee, 0);
    expect(fees(floor, me)).toEqual([173_300, 174_400, 262_500, 43_700]);
    // -4.50 - 4.70 + 7.50 + (5 sold at 0.52) - (5 NO at 0.48), then fees.
    expect(floor.cash(me)).toBe((usd(1000) + usd(-4.5 - 4.7 + 7.5 + 2.6 - 2.4) - paid) / 1e6);
  });

  test.each([
    ['yes', 0],
    ['no', 5],
  ] as const)('settled %s it pays $%d', (kind, dollars) => {
    const { floor, me } = play();
    const before = floor.cash(me);
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind } });
    floor.pass(60);
    expect(floor.cash(me)).toBeCloseTo(before + dollars, 9);
    expect(floor.exchange.positions(me, { settlement: 'all' }).markets[0]).toMatchObject({ quantity: 0, cost: 0, settled: true });
    floor.exchange.audit();
  });
});

describe('fees', () => {
  test('the fee page’s examples: direct taker, other member, maker', () => {
    const floor = new Floor({ structure: 'center_half_edge_half_cent' });
    const [direct, other, maker] = [floor.account(), floor.account(1000, 'other', cash(10_000)), floor.account()];
    floor.place(maker, 'ask', 47, 10);
    floor.ioc(direct, 'bid', 47, 10);
    expect(floor.cash(direct)).toBe(995.1256);
    expect(fees(floor, direct)).toEqual([174_400]);
    floor.place(maker, 'ask', 5.5, 1);
    floor.ioc(other, 'bid', 5.5, 1);
    expect([floor.cash(other), fees(floor, other)]).toEqual([999.94, [5_000]]);
    expect(fees(floor, maker)).toEqual([0, 0]);
    expect(floor.exchange.feesCollected).toBe(179_400);
  });

  test('an order’s rounding account carries from its fills as taker to its fills as maker', () => {
    const floor = new Floor({ fees: 'quadratic_with_maker_fees', structure: 'deci_cent' });
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 47.1, 0.01);
    floor.place(me, 'bid', 47.1, 10);
    for (let i = 0; i < 4; i++) floor.ioc(other, 'ask', 47.1, 0.37, { selfTrade: 'maker' });
    const order = floor.exchange.orders(me)[0];
    const exact = order === undefined ? 0 : order.takerFees + order.makerFees;
    // 0.07 x 0.01 x 0.471 x 0.529, and four times 0.0175 x 0.37 x the same: each up to a millionth, roundings given back in 0.0001.
    const trade = 175 + 4 * 1614;
    expect(exact).toBeGreaterThanOrEqual(trade);
    expect(exact - trade).toBeLessThan(200);
    expect(floor.cash(me) * 1e4).toBeCloseTo(Math.round(floor.cash(me) * 1e4), 6);
  });

  test('the multiplier of the series, and an event’s override, count from the next fill', () => {
    const floor = new Floor({ multiplierMicros: 500_000 });
    const [me, maker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 30);
    floor.ioc(me, 'bid', 50, 10);
    floor.exchange.act({
      type: 'override-fees',
      event: EVENT,
      override: { type: 'quadratic_with_maker_fees', multiplierMicros: 1_000_000 },
    });
    floor.ioc(me, 'bid', 50, 10);
    floor.exchange.act({ type: 'override-fees', event: EVENT, override: null });
    floor.ioc(me, 'bid', 50, 10);
    expect(fees(floor, me)).toEqual([87_500, 175_000, 87_500]);
    expect(fees(floor, maker)).toEqual([0, 43_800, 0]);
  });

  test('before the fee page of August 2026 a trade fee went up to 0.0001 $, since then to 0.000001 $', () => {
    const june = epochUs(1_781_159_380_000_000);
    const paid = (options: ConstructorParameters<typeof Floor>[0]): { trade: number; cash: number } => {
      const floor = new Floor({ ...options, structure: 'deci_cent' });
      const [me, maker] = [floor.account(), floor.account()];
      floor.place(maker, 'ask', 47, 5.01);
      floor.ioc(me, 'bid', 47, 5.01);
      return { trade: fees(floor, me)[0] ?? 0, cash: floor.cash(me) };
    };
    // Model fee 0.087359...; the price part is 2.3547.
    expect(paid({ startAt: june })).toEqual({ trade: 87_400, cash: 997.5579 });
    expect(paid({})).toEqual({ trade: 87_400, cash: 997.5579 });
    const fraction = (options: ConstructorParameters<typeof Floor>[0]): number => {
      const floor = new Floor({ ...options, structure: 'deci_cent' });
      const [me, maker] = [floor.account(), floor.account()];
      floor.place(maker, 'ask', 47.1, 0.01);
      floor.ioc(me, 'bid', 47.1, 0.01);
      return fees(floor, me)[0] ?? 0;
    };
    // Price part 0.00471. Old: 0.0002 -> -0.00491 -> -0.0050. New: 0.000175 -> -0.004885 -> -0.0049.
    expect([fraction({ startAt: june }), fraction({})]).toEqual([290, 190]);
  });

  test('a flat series costs what the switch says', () => {
    const floor = new Floor({ fees: 'flat', switches: { flatFee: cash(10_000) } });
    const [me, maker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 3);
    floor.ioc(me, 'bid', 50, 3);
    expect(fees(floor, me)).toEqual([30_000]);
  });
});

describe('settlement', () => {
  test('a scalar payout is rounded down to the cent and the remainder is a fee', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 40, 3.3);
    floor.ioc(me, 'bid', 40, 3.3);
    const before = floor.cash(me);
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'scalar', value: 4210 as never } });
    floor.pass(60);
    expect(floor.exchange.settlements(me)).toMatchObject([
      { result: 'scalar', value: 4210, revenue: usd(1.38), settlementFee: 9300, yesQuantity: 330, noQuantity: 0, yesCost: usd(1.32) },
    ]);
    expect(floor.cash(me)).toBeCloseTo(before + 1.38, 9);
    // NO gets the rest: 3.30 x 0.5790 = 1.9107.
    expect(floor.exchange.settlements(other)).toMatchObject([
      { revenue: usd(1.91), settlementFee: 700, noQuantity: 330, noCost: usd(1.98) },
    ]);
    floor.exchange.audit();
  });

  test('a void market without a stated value settles at the last price', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 40, 10);
    floor.ioc(me, 'bid', 40, 10);
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'void', value: null } });
    floor.pass(60);
    expect(floor.exchange.settlements(me)).toMatchObject([{ result: 'scalar', value: 4000, revenue: usd(4) }]);
    expect(floor.exchange.market(A)).toMatchObject({ status: 'finalized', result: 'scalar', settlementValue: 4000 });
  });

  test('a flat position settles without a record', () => {
    const floor = new Floor();
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 40, 10);
    floor.ioc(me, 'bid', 40, 10);
    floor.place(other, 'bid', 40, 10, { selfTrade: 'maker' });
    floor.ioc(me, 'ask', 40, 10);
    floor.exchange.act({ type: 'determine', ticker: A, result: { kind: 'yes' } });
    floor.pass(60);
    expect(floor.exchange.settlements(me)).toEqual([]);
    expect(floor.exchange.positions(me).markets).toEqual([]);
    expect(floor.exchange.positions(me, { settlement: 'settled' }).markets).toHaveLength(1);
  });
});

test('the balance leaves resting collateral in or out by switch, and marks positions at the last price or at cost', () => {
  const at = (switches: NonNullable<ConstructorParameters<typeof Floor>[0]>['switches'] = {}) => {
    const floor = new Floor({ switches });
    const [me, other] = [floor.account(), floor.account()];
    floor.place(other, 'ask', 40, 20);
    floor.ioc(me, 'bid', 40, 10);
    floor.place(other, 'ask', 30, 1);
    floor.ioc(floor.account(), 'bid', 30, 1);
    floor.place(me, 'bid', 10, 10);
    return floor.exchange.balance(me);
  };
  const money = usd(1000 * 2 - 4) - 168_000;
  expect(at()).toMatchObject({ balance: money, portfolioValue: usd(3), held: usd(1) });
  expect(at({ balanceExcludesResting: true, portfolioMark: 'cost' })).toMatchObject({ balance: money - usd(1), portfolioValue: usd(4) });
});
