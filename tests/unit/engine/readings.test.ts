import { describe, expect, test } from 'vitest';
import type { RequestAccount } from '../../../src/domain/actions.js';
import type { AccountReading } from '../../../src/domain/events.js';
import { fillId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import { durationUs, later, millis, parseCash, parsePrice, parseQuantity, seconds, type EpochUs } from '../../../src/domain/units.js';
import { TestBot } from '../../support/bot.js';
import { ENGINE } from '../../support/settings.js';

const M = marketIndex(0);

/** A bot whose readings are what the test says, changed from what its venue would tell. */
const setUp = (change: (reading: AccountReading, bot: TestBot) => Partial<AccountReading>) => {
  const requests: RequestAccount[] = [];
  let telling = false;
  const bot: TestBot = new TestBot({
    parts: { engine: { ...ENGINE, fillsEvery: seconds(3), reconcileEvery: seconds(15) } },
    intercept: (venue) => ({
      send: (call) => venue.send(call),
      readAccount: (request) => {
        requests.push(request);
        venue.readAccount(request);
      },
    }),
  });
  const offer = bot.loop.offer;
  Object.assign(bot.loop, {
    offer: (event: Parameters<typeof offer>[0]) =>
      offer(event.type === 'account-reading' && telling ? { ...event, ...change(event, bot) } : event),
  });
  bot.start();
  telling = true;
  return { bot, requests, codes: (): string[] => bot.said.map((say) => say.code) };
};

const before = (at: EpochUs, s: number): EpochUs => later(at, durationUs(-s * 1_000_000));

describe('a reading', () => {
  test('that is vouched for less than one before it proves nothing', () => {
    let back = 0;
    const { bot, codes } = setUp(({ validUntil }) => ({ validUntil: before(validUntil, back), positions: [{ ...HELD }] }));
    // The first that tells another position is the newest so far, and believed: the position is in doubt.
    for (let i = 0; i < 300 && !codes().includes('POSITION_DOUBT'); i++) bot.pass(millis(100));
    expect(codes()).toContain('POSITION_DOUBT');
    back = 60;
    bot.pass(seconds(2));
    expect(codes()).toContain('READING_STALE');
    expect(codes()).not.toContain('POSITION_DRIFT');
  });

  test('of that kind is believed once it goes on: then the earlier stamp was wrong', () => {
    let ahead = 30;
    const { bot, codes } = setUp(({ validUntil }) => ({ validUntil: before(validUntil, -ahead) }));
    bot.pass(seconds(4));
    ahead = 0;
    bot.pass(seconds(20));
    const stale = codes().filter((code) => code === 'READING_STALE').length;
    expect(stale).toBeGreaterThan(1);
    bot.pass(seconds(30));
    expect(codes().filter((code) => code === 'READING_STALE')).toHaveLength(stale);
  });

  test('of orders alone says nothing about positions', () => {
    const { bot, requests, codes } = setUp(({ positions }) => ({ positions, scope: 'orders' as const }));
    bot.trade(0, 'ask', 40, 500);
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('10'));
    bot.pass(seconds(30));
    expect(requests.length).toBeGreaterThan(5);
    expect(codes()).not.toContain('POSITION_DOUBT');
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('10'));
  });

  test('that was cut off is told, proves nothing and is asked for again', () => {
    const { bot, requests, codes } = setUp(() => ({ complete: false, positions: [], resting: [] }));
    const asked = requests.length;
    bot.pass(seconds(10));
    expect(codes()).toContain('READING_INCOMPLETE');
    expect(codes()).not.toContain('POSITION_DOUBT');
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    expect(requests.length).toBeGreaterThan(asked + 2);
  });
});

const HELD = { market: M, position: parseQuantity('7'), cost: parseCash('3.5'), realized: parseCash('0'), fees: parseCash('0') };

test('a fill that only a reading tells is booked once, whoever tells it again', () => {
  const { bot } = setUp(({ validUntil }) => ({
    fills: [
      {
        fillId: fillId('lost'),
        orderId: venueOrderId('by-hand'),
        clientId: null,
        market: M,
        side: 'bid' as const,
        price: parsePrice('0.40'),
        quantity: parseQuantity('3'),
        fee: parseCash('0.05'),
        role: 'maker' as const,
        positionAfter: null,
        exchangeAt: before(validUntil, 1),
      },
    ],
    positions: [{ ...HELD, position: parseQuantity('3') }],
  }));
  bot.pass(seconds(40));
  const booked = bot.steps.flatMap(({ actions }) => actions.filter((action) => action.type === 'booked'));
  expect(booked).toMatchObject([{ fillId: 'lost', source: 'rest', position: parseQuantity('3') }]);
  expect(bot.said.map((say) => say.code)).toEqual(expect.arrayContaining(['FILLS_FOUND', 'FEE_DRIFT']));
  expect(bot.said.map((say) => say.code)).not.toContain('POSITION_DRIFT');
});

test('a settlement that the exchange takes back is reversed by an entry of its own, and the market is not quoted again', () => {
  const bot = new TestBot().start();
  bot.trade(0, 'ask', 40, 500);
  const settle = (dollars: string): void => {
    bot.give({ type: 'market-changed', at: bot.now, market: M, status: 'determined', settlesAt: parsePrice(dollars) }).settle();
  };
  settle('1');
  settle('0');
  settle('0');
  const entries = bot.steps.flatMap(({ actions }) => actions.filter((action) => action.type === 'adjusted'));
  expect(entries.map(({ cause }) => cause)).toEqual(['adopted', 'settled', 'settlement-corrected']);
  // Ten contracts bought at 48 cents.
  expect(bot.engine.state.inventory.realized(M)).toBe(parseCash('-4.8'));
  bot.give({ type: 'market-changed', at: bot.now, market: M, status: 'active' }).settle().pass(seconds(3));
  expect(bot.quotes()).toBe('none / none');
});
