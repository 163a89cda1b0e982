/** The whole bot on a paper venue, told as a trader would. */
import { describe, expect, test } from 'vitest';
import { marketIndex } from '../../src/domain/ids.js';
import { epochUs, later, millis, parseCash, parseQuantity, seconds, UNKNOWN_TIME } from '../../src/domain/units.js';
import { TestBot } from '../support/bot.js';
import { market } from '../support/markets.js';
import { EXECUTION, RISK } from '../support/settings.js';

const M = marketIndex(0);

describe('a quiet start', () => {
  test('nothing is quoted before the account is read and the book is there', () => {
    const bot = new TestBot();
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    expect(bot.commands).toEqual([]);
    bot.book(0, [[45, 100]], [[55, 100]]);
    bot.pass(seconds(1));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
  });

  test('the first row of the tape says why there is no quote yet', () => {
    const bot = new TestBot();
    bot.book(0, [[45, 100]], [[55, 100]]);
    expect(bot.lastDecision()?.noBid?.code).toBe('no-feed');
  });

  test('an unchanged market brings no further orders', () => {
    const bot = new TestBot().start();
    const placed = bot.commands.length;
    bot.pass(seconds(5));
    expect(bot.commands).toHaveLength(placed);
  });
});

describe('prices move', () => {
  test('quotes follow the mid', () => {
    const bot = new TestBot().start();
    bot.delta(0, 'bid', 47, 50).pass(millis(600));
    expect(bot.quotes()).toBe('49 x 10 / 53 x 10');
  });

  test('a crash fills the bid once and pulls nothing twice', () => {
    const bot = new TestBot().start();
    bot.trade(0, 'ask', 40, 500);
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('10'));
    expect(bot.lastDecision()?.cause).toBe('fill');
    bot.book(0, [[35, 100]], [[41, 100]]).pass(seconds(1));
    expect(bot.quotes()).toBe('36 x 10 / 40 x 10');
  });

  test('own orders never meet each other', () => {
    const bot = new TestBot().start();
    for (const [bid, ask] of [
      [60, 62],
      [20, 23],
      [70, 75],
      [10, 12],
    ] as const) {
      bot.book(0, [[bid, 100]], [[ask, 100]]).pass(seconds(1));
      const orders = bot.engine.state.orders;
      const bids = orders.forMarket(M, 'bid').map((order) => order.price);
      const asks = orders.forMarket(M, 'ask').map((order) => order.price);
      expect(Math.max(...bids, 0)).toBeLessThan(Math.min(...asks, 10_000));
    }
  });
});

describe('limits', () => {
  test('at the position limit the growing side goes and the reducing side stays', () => {
    const bot = new TestBot({ parts: { risk: { ...RISK, positionMaxPerMarket: parseQuantity('15') } } }).start();
    bot.trade(0, 'ask', 40, 500).pass(seconds(1));
    expect(bot.quotes()).toBe('48 x 5 / 52 x 10');
    bot.trade(0, 'ask', 40, 500).pass(seconds(1));
    expect(bot.quotes()).toBe('none / 52 x 10');
    expect(bot.lastDecision()?.noBid).toMatchObject({ code: 'position-market' });
    expect(bot.lastDecision()?.noBid?.text).toContain('limit 15.00');
  });

  test('a session loss halts, cancels everything and latches', () => {
    const bot = new TestBot({ parts: { risk: { ...RISK, lossMaxSession: parseCash('1'), lossMaxPerMarket: parseCash('100') } } }).start();
    bot.trade(0, 'ask', 40, 500);
    bot.book(0, [[20, 100]], [[30, 100]]).pass(seconds(2));
    expect(bot.halts).toMatchObject([{ code: 'loss-session', latch: true }]);
    expect(bot.quotes()).toBe('none / none');
    expect(bot.stopped).toEqual({ type: 'stopped', left: 0 });
    bot.book(0, [[45, 100]], [[55, 100]]).pass(seconds(2));
    expect(bot.quotes()).toBe('none / none');
  });

  test('a market that lost too much is left alone while the others go on', () => {
    const bot = new TestBot({
      markets: [market(), market({ ticker: 'KXOTHER-26NOV21-B' as never, event: 'KXOTHER-26NOV21' as never })],
      parts: { risk: { ...RISK, lossMaxPerMarket: parseCash('1') } },
    }).start();
    bot.trade(0, 'ask', 40, 500);
    bot.book(0, [[20, 100]], [[30, 100]]).pass(seconds(2));
    expect(bot.quotes(0)).toBe('none / none');
    expect(bot.quotes(1)).toBe('48 x 10 / 52 x 10');
  });
});

describe('the book cannot be trusted', () => {
  test('a sequence gap pulls the market until a fresh snapshot', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'book-lost', at: bot.now, market: M, reason: 'sequence-gap' }).settle();
    expect(bot.quotes()).toBe('none / none');
    expect(bot.lastDecision()).toMatchObject({ cause: 'pull', noBid: { code: 'book-lost' } });
    bot.book(0, [[45, 100]], [[55, 100]]).pass(seconds(1));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
  });

  test('a level below zero is a lost message: pulled, and a snapshot is asked for', () => {
    const bot = new TestBot().start();
    bot.delta(0, 'bid', 45, -101);
    expect(bot.quotes()).toBe('none / none');
    expect(bot.snapshotsAsked).toBe(1);
    bot.pass(seconds(5));
    expect(bot.snapshotsAsked).toBeGreaterThan(1);
  });

  test('a crossed book is not quoted', () => {
    const bot = new TestBot().start();
    bot.delta(0, 'bid', 56, 10);
    expect(bot.quotes()).toBe('none / none');
    expect(bot.lastDecision()?.noAsk?.code).toBe('crossed-book');
  });

  test('a feed that falls silent pulls everything until it is heard again', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'feed-silence', at: bot.now, silent: true }).settle();
    expect(bot.quotes()).toBe('none / none');
    bot.give({ type: 'feed-silence', at: bot.now, silent: false }).settle().pass(seconds(1));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
  });

  test('data more than five seconds behind pulls everything', () => {
    const bot = new TestBot().start();
    const late = { type: 'book-delta', at: bot.now, market: M, side: 'bid', price: 4400, change: 100 } as const;
    bot.give({ ...late, exchangeAt: epochUs(bot.now - 6_000_000) } as never);
    bot.delta(0, 'ask', 56, 1);
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    bot
      .give({ ...late, exchangeAt: epochUs(bot.now - 6_000_000) } as never)
      .settle()
      .pass(millis(100));
    bot.give({ type: 'control', at: bot.now, command: 'resume', reason: 'look again' }).settle();
    expect(bot.lastDecision()?.noBid?.code).toBe('old-data');
  });

  test('a quiet market on a live feed stays quoted and is proven by a snapshot after a minute', () => {
    const bot = new TestBot().start();
    bot.pass(seconds(58.5));
    expect([bot.snapshotsAsked, bot.quotes()]).toEqual([0, '48 x 10 / 52 x 10']);
    bot.pass(seconds(2));
    expect([bot.snapshotsAsked, bot.quotes()]).toEqual([1, '48 x 10 / 52 x 10']);
  });
});

describe('the exchange says no or nothing', () => {
  test('after a 429 no new order leaves for two seconds, while cancels pass', () => {
    const bot = new TestBot().start();
    const before = bot.commands.length;
    bot.give({ type: 'rate-limited', at: bot.now });
    bot.book(0, [[35, 100]], [[41, 100]]);
    bot.pass(seconds(1.5));
    const meanwhile = bot.commands.slice(before);
    expect(meanwhile.filter((command) => command.type !== 'cancel')).toEqual([]);
    expect(bot.quotes()).toContain('none');
    bot.pass(seconds(1.5));
    expect(bot.quotes()).toBe('36 x 10 / 40 x 10');
  });

  test('an unanswered order counts in full and is never sent again under a new id before proof', () => {
    let swallow = true;
    const bot = new TestBot({
      intercept: (venue) => ({
        send: (call) => {
          if (!swallow) venue.send(call);
        },
        readAccount: (request) => venue.readAccount(request),
      }),
    });
    bot.start();
    const sent = bot.commands.length;
    expect(sent).toBe(2);
    bot.pass(seconds(2.5));
    expect(bot.commands).toHaveLength(sent);
    swallow = false;
    bot.pass(seconds(3));
    // Timed out, proven absent by a reading, placed anew under new ids.
    expect(new Set(bot.commands.map((command) => command.clientId)).size).toBe(4);
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    expect(bot.said.some((say) => say.code === 'OUTCOME_UNKNOWN')).toBe(true);
  });

  test.each([
    ['unauthorized', '48 x 10 / 52 x 10'],
    ['forbidden', 'none / none'],
  ] as const)('a key that is refused (%s) stops all quoting, and says so', (code, afterwards) => {
    let refuse = false;
    const bot: TestBot = new TestBot({
      intercept: (venue, offer) => ({
        readAccount: (request) => venue.readAccount(request),
        send: (call) => {
          for (const command of call.commands)
            if (refuse && command.type !== 'cancel')
              offer({ type: 'command-refused', at: bot.now, command: command.type, clientId: command.clientId, code, detail: 'no' });
            else venue.send({ mode: 'single', commands: [command] });
        },
      }),
    }).start();
    refuse = true;
    bot.book(0, [[35, 100]], [[41, 100]]);
    expect(bot.lastDecision()?.noBid?.text).toContain('refuses our key');
    expect(bot.said.filter((say) => say.code === 'KEY_REFUSED')).toHaveLength(1);
    refuse = false;
    bot.book(0, [[45, 100]], [[55, 100]]).pass(seconds(3));
    expect([bot.quotes(), afterwards === 'none / none' ? null : bot.lastDecision()?.noBid]).toEqual([afterwards, null]);
  });

  test('cancels that break at once are not repeated as fast as they break', () => {
    let broken = false;
    const bot: TestBot = new TestBot({
      intercept: (venue, offer) => ({
        readAccount: (request) => venue.readAccount(request),
        send: (call) => {
          if (!broken) return venue.send(call);
          for (const command of call.commands)
            offer({ type: 'command-unknown', at: bot.now, command: command.type, clientId: command.clientId, reason: 'connection reset' });
        },
      }),
    }).start();
    broken = true;
    const before = bot.commands.length;
    bot.give({ type: 'feed-down', at: bot.now, reason: 'reset' }).settle().pass(seconds(5));
    const cancels = bot.commands.slice(before);
    expect(cancels.every((command) => command.type === 'cancel')).toBe(true);
    expect(cancels.length).toBeGreaterThan(4);
    expect(cancels.length).toBeLessThanOrEqual(2 * (5 * 4 + 1));
  });

  test('a lost connection cancels everything, and recovery quotes again', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'feed-down', at: bot.now, reason: 'socket closed' }).settle();
    expect(bot.quotes()).toBe('none / none');
    bot.pass(seconds(3));
    expect(bot.quotes()).toBe('none / none');
    bot.start();
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
  });
});

describe('people', () => {
  test('pause pulls, resume quotes again', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'control', at: bot.now, command: 'pause', reason: 'lunch' }).settle();
    expect(bot.quotes()).toBe('none / none');
    expect(bot.lastDecision()?.noBid?.text).toContain('lunch');
    bot.give({ type: 'control', at: bot.now, command: 'resume', reason: 'back' }).settle().pass(seconds(1));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
  });

  test('stop leaves nothing resting and says so once', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'control', at: bot.now, command: 'stop', reason: 'enough' }).settle().pass(seconds(2));
    expect(bot.quotes()).toBe('none / none');
    expect(bot.stopped).toEqual({ type: 'stopped', left: 0 });
    expect(bot.steps.flatMap((step) => step.actions).filter((action) => action.type === 'stopped')).toHaveLength(1);
  });

  test('kill cancels in the same step and nothing ever leaves again', () => {
    const bot = new TestBot().start();
    const before = bot.commands.length;
    bot.give({ type: 'control', at: bot.now, command: 'kill', reason: 'fear' });
    expect(bot.commands.slice(before).map((command) => command.type)).toEqual(['cancel', 'cancel']);
    bot.settle().pass(seconds(5));
    expect(bot.commands).toHaveLength(before + 2);
    expect(bot.halts).toMatchObject([{ code: 'killed', latch: true }]);
  });

  test('a latch of an earlier run keeps the bot from quoting', () => {
    const bot = new TestBot({ parts: { killedBefore: 'loss limit' } }).start();
    expect(bot.commands).toEqual([]);
    expect(bot.lastDecision()?.noBid?.code).toBe('killed');
  });
});

describe('the market changes', () => {
  test('a market that stops trading is pulled', () => {
    const bot = new TestBot().start();
    bot.give({ type: 'market-changed', at: bot.now, market: M, status: 'inactive' }).settle();
    expect(bot.quotes()).toBe('none / none');
    expect(bot.lastDecision()?.noBid?.code).toBe('market-not-open');
  });

  test('nothing is quoted in the last seconds before the close', () => {
    const bot = new TestBot({ markets: [market({ closesAt: later(new TestBot().now, seconds(20)) })] }).start();
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    bot.pass(seconds(10));
    expect(bot.quotes()).toBe('none / none');
    expect(bot.lastDecision()?.noBid?.code).toBe('near-close');
  });

  test('settlement pays the position out once', () => {
    const bot = new TestBot().start();
    bot.trade(0, 'ask', 40, 500);
    bot.give({ type: 'market-changed', at: bot.now, market: M, status: 'finalized', settlesAt: 10_000 as never }).settle();
    bot.give({ type: 'market-changed', at: bot.now, market: M, settlesAt: 10_000 as never }).settle();
    expect(bot.engine.state.inventory.position(M)).toBe(0);
    expect(bot.engine.state.inventory.realized(M)).toBe(parseCash('5.2'));
  });

  test('orders live as long as they are told and are renewed before they end', () => {
    const bot = new TestBot({ parts: { execution: { ...EXECUTION, orderLife: seconds(10) } } }).start();
    bot.pass(seconds(30));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    expect(bot.commands.some((command) => command.type === 'amend')).toBe(true);
  });
});

describe('fills and positions', () => {
  test('a fill told twice is booked once', () => {
    const bot = new TestBot().start();
    bot.trade(0, 'ask', 40, 500);
    const fill = bot.steps.map((step) => step.event).find((event) => event.type === 'fill');
    if (fill === undefined) throw new Error('expected a fill');
    bot.give(fill).settle();
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('10'));
  });

  test('fills of an earlier run that a reading tells again are in the adopted position already', () => {
    const bot = new TestBot().start();
    const fill = {
      fillId: 'old-1' as never,
      orderId: 'old-order' as never,
      clientId: null,
      market: M,
      side: 'bid',
      price: 4800 as never,
      quantity: parseQuantity('5'),
      fee: parseCash('0'),
      role: 'maker',
      positionAfter: null,
      exchangeAt: later(bot.now, seconds(-30)),
    } as const;
    bot.give({ type: 'fill', at: bot.now, fill, source: 'rest' }).settle();
    expect(bot.engine.state.inventory.position(M)).toBe(0);
    bot.give({ type: 'fill', at: bot.now, fill: { ...fill, fillId: 'new-1' as never, exchangeAt: bot.now }, source: 'rest' }).settle();
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('5'));
  });

  test('a position that the exchange tells differently twice is taken over, and the growing side is shut', () => {
    let lie = false;
    const bot = new TestBot({
      intercept: (venue, offer) => ({
        send: (call) => venue.send(call),
        readAccount: (request) => {
          if (!lie) return venue.readAccount(request);
          offer({
            type: 'account-reading',
            at: UNKNOWN_TIME,
            request: request.request,
            complete: true,
            validUntil: later(bot.now, millis(-10)),
            resting: bot.engine.state.orders.live().map((order) => ({
              orderId: order.orderId as never,
              clientId: order.clientId,
              market: M,
              side: order.side,
              price: order.price,
              initial: order.total,
              filled: order.filled,
              remaining: order.remaining,
              status: 'resting',
              expiresAt: null,
              group: null,
            })),
            positions: [
              { market: M, position: parseQuantity('7'), cost: parseCash('3.5'), realized: parseCash('0'), fees: parseCash('0') },
            ],
            fills: [],
            balance: parseCash('0'),
            foreign: 0,
          });
        },
      }),
    }).start();
    lie = true;
    bot.pass(seconds(28));
    expect(bot.quotes()).toBe('48 x 10 / 52 x 10');
    bot.pass(seconds(4));
    expect(bot.said.map((say) => say.code).filter((code) => code.startsWith('POSITION_'))).toEqual([
      'POSITION_DOUBT',
      'POSITION_DRIFT',
      'POSITION_AGREES',
    ]);
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('7'));
  });
});

test('the same facts give the same actions', () => {
  const run = (): unknown => {
    const bot = new TestBot().start();
    bot.trade(0, 'ask', 40, 500).delta(0, 'bid', 47, 10).pass(seconds(3));
    bot.book(0, [[35, 100]], [[41, 100]]).pass(seconds(2));
    return bot.steps;
  };
  expect(run()).toEqual(run());
});
