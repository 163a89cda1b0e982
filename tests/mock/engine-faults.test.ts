/** What the simulation has found in the engine, one test per symptom. The venue is silent: every answer is given by hand. */
import { describe, expect, test } from 'vitest';
import type { RequestAccount } from '../../src/domain/actions.js';
import type { AccountReading } from '../../src/domain/events.js';
import { clientOrderId, eventTicker, fillId, marketIndex, ticker, venueOrderId } from '../../src/domain/ids.js';
import type { Call, FillReport, VenueCommand, VenueOrder } from '../../src/domain/order.js';
import type { Venue } from '../../src/domain/ports.js';
import {
  durationUs,
  later,
  millis,
  parseCash,
  parsePrice,
  parseQuantity,
  seconds,
  ZERO_CASH,
  ZERO_QUANTITY,
  type DurationUs,
  type EpochUs,
} from '../../src/domain/units.js';
import type { Market } from '../../src/domain/market.js';
import type { EngineParts } from '../../src/engine/engine-state.js';
import { TestBot } from '../support/bot.js';
import { market } from '../support/markets.js';
import { RISK } from '../support/settings.js';

const M = marketIndex(0);
const before = (at: EpochUs, span: DurationUs): EpochUs => later(at, durationUs(-span));

class SilentVenue implements Venue {
  readonly commands: VenueCommand[] = [];
  readonly reads: RequestAccount[] = [];
  send(call: Call): void {
    this.commands.push(...call.commands);
  }
  readAccount(request: RequestAccount): void {
    this.reads.push(request);
  }
}

interface Bench {
  readonly bot: TestBot;
  readonly venue: SilentVenue;
  /** Answers the latest request for a reading. */
  readonly read: (parts?: Partial<AccountReading>) => void;
}

const bench = (parts: Partial<EngineParts> = {}, markets: readonly Market[] = [market()]): Bench => {
  const venue = new SilentVenue();
  const bot = new TestBot({ parts, markets, intercept: () => venue });
  const read = (told: Partial<AccountReading> = {}): void => {
    const reading = { resting: [], positions: [], fills: [], balance: ZERO_CASH, foreign: 0, complete: true, validUntil: bot.now };
    bot.give({ type: 'account-reading', at: bot.now, request: venue.reads.at(-1)?.request ?? 0, ...reading, ...told }).settle();
  };
  return { bot, venue, read };
};

/** Feed up, a book of 45/55, an empty account: bid and ask have left and are unanswered. */
const quoting = (made: Bench): readonly VenueCommand[] => {
  const { bot, read, venue } = made;
  bot.give({ type: 'feed-up', at: bot.now }).settle();
  for (const state of bot.engine.state.markets) bot.book(state.index, [[45, 100]], [[55, 100]]);
  bot.pass(millis(500));
  read();
  return venue.commands;
};

const accept = ({ bot }: Bench, command: VenueCommand): void => {
  if (command.type !== 'place') return;
  const { clientId, quantity } = command;
  const orderId = venueOrderId(`v-${clientId}`);
  bot
    .give({ type: 'order-accepted', at: bot.now, clientId, orderId, filled: ZERO_QUANTITY, remaining: quantity, exchangeAt: bot.now })
    .settle();
};

const aFill = (changes: Partial<FillReport>): FillReport => ({
  fillId: fillId('f-1'),
  orderId: venueOrderId('v-hand'),
  clientId: null,
  market: M,
  side: 'bid',
  price: parsePrice('0.50'),
  quantity: parseQuantity('5'),
  fee: ZERO_CASH,
  role: 'taker',
  positionAfter: null,
  exchangeAt: later(new TestBot().now, seconds(1)),
  ...changes,
});

const held = (position: string, cost: string): AccountReading['positions'] => [
  { market: M, position: parseQuantity(position), cost: parseCash(cost), realized: ZERO_CASH, fees: ZERO_CASH },
];

describe('what a reading proves', () => {
  test('with our clock four seconds behind, a reading from before an unanswered order does not prove it absent', () => {
    const made = bench();
    const { bot, read, venue } = made;
    const ahead = seconds(4);
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.give({
      type: 'book-snapshot',
      at: bot.now,
      market: M,
      exchangeAt: later(bot.now, ahead),
      bids: [
        {
          price: parsePrice('0.45'),
          quantity: parseQuantity('100'),
        },
      ],
      asks: [
        {
          price: parsePrice('0.55'),
          quantity: parseQuantity('100'),
        },
      ],
    });
    bot.pass(millis(500));
    read({ validUntil: later(bot.now, ahead) });
    const placed = venue.commands.length;
    expect(placed).toBe(2);
    for (const { type: command, clientId } of venue.commands.slice())
      bot.give({ type: 'command-unknown', at: bot.now, command, clientId, reason: 'timeout' }).settle();
    // By the exchange's clock this is two seconds before the orders left, by ours two seconds after.
    const stale = later(bot.now, seconds(2));
    bot.pass(seconds(1));
    read({ validUntil: stale });
    bot.pass(seconds(1));
    expect(bot.engine.state.orders.unknowns()).toHaveLength(2);
    expect(venue.commands).toHaveLength(placed);
  });

  test('an exchange that needs six seconds for every reading is believed all the same', () => {
    const { bot, venue } = bench();
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.book(0, [[45, 100]], [[55, 100]]);
    const due: { readonly at: EpochUs; readonly request: number }[] = [];
    for (let i = 0; i < 150; i++) {
      for (const { request } of venue.reads.splice(0)) due.push({ at: later(bot.now, seconds(6)), request });
      while (due[0] !== undefined && due[0].at <= bot.now) {
        const { request } = due.shift() as (typeof due)[number];
        const empty = { resting: [], positions: [], fills: [], balance: ZERO_CASH, foreign: 0, complete: true };
        bot.give({ type: 'account-reading', at: bot.now, request, ...empty, validUntil: before(bot.now, seconds(1)) });
      }
      bot.pass(millis(100));
    }
    expect(bot.engine.state.recovery.phase).toBe('trading');
  });

  test('a position that drifts is noticed although quotes move all the time and reads lag', () => {
    const made = bench();
    const { bot, venue, read } = made;
    quoting(made);
    for (let i = 0; i < 80; i++) {
      for (const command of venue.commands.splice(0)) accept(made, command);
      bot.delta(0, 'bid', 46 + (i % 2), i % 4 < 2 ? 50 : -50);
      bot.pass(millis(500));
      if (venue.reads.length > 0) read({ validUntil: before(bot.now, seconds(1)), positions: held('7', '3.50') });
      venue.reads.splice(0, venue.reads.length - 1);
    }
    expect(bot.said.some((say) => say.code === 'POSITION_DRIFT')).toBe(true);
  });
});

describe('a way back to trading', () => {
  test('an order whose cancel is refused for ever because its market closed does not keep the bot from trading', () => {
    const made = bench();
    const { bot, venue } = made;
    for (const command of quoting(made).slice()) accept(made, command);
    bot.give({ type: 'feed-down', at: bot.now, reason: 'test' }).settle();
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.book(0, [[45, 100]], [[55, 100]]);
    for (let i = 0; i < 80; i++) {
      for (const command of venue.commands.splice(0))
        if (command.type === 'cancel')
          bot.give({
            type: 'command-refused',
            at: bot.now,
            command: 'cancel',
            clientId: command.clientId,
            code: 'market-inactive',
            detail: '',
          });
      const asked = venue.reads.splice(0).at(-1);
      const empty = { resting: [], positions: [], fills: [], balance: ZERO_CASH, foreign: 0, complete: true };
      if (asked !== undefined)
        bot.give({ type: 'account-reading', at: bot.now, request: asked.request, ...empty, validUntil: before(bot.now, seconds(1)) });
      bot.pass(millis(100));
    }
    expect(bot.engine.state.recovery.phase).toBe('trading');
  });

  test('an order that may rest is looked for and cancelled while the stream is down', () => {
    const made = bench();
    const { bot, venue, read } = made;
    const lost = quoting(made)[0];
    if (lost?.type !== 'place') throw new Error('expected a place');
    bot.give({ type: 'command-unknown', at: bot.now, command: 'place', clientId: lost.clientId, reason: 'timeout' }).settle();
    bot.give({ type: 'feed-down', at: bot.now, reason: 'test' }).settle();
    venue.commands.length = 0;
    bot.pass(seconds(2));
    const { clientId, side, price, quantity } = lost;
    const found = { orderId: venueOrderId('v-1'), clientId, market: M, side, price, initial: quantity, filled: ZERO_QUANTITY };
    const order: VenueOrder = { ...found, remaining: quantity, status: 'resting', expiresAt: null, group: null };
    read({ resting: [order] });
    bot.pass(millis(200));
    expect(venue.commands).toContainEqual(expect.objectContaining({ type: 'cancel', orderId: 'v-1' }));
  });

  test('a stop that the exchange never confirms says so', () => {
    const made = bench();
    const { bot } = made;
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.give({ type: 'control', at: bot.now, command: 'stop', reason: 'test' }).settle();
    bot.pass(seconds(10));
    expect(bot.stopped).not.toBeNull();
    expect(bot.said.map((say) => say.code)).toContain('STOP_UNPROVEN');
  });
});

describe('a halt', () => {
  test('cancels everything although its latch cannot be written', () => {
    const made = bench();
    const { bot, venue } = made;
    for (const command of quoting(made).slice()) accept(made, command);
    venue.commands.length = 0;
    bot.failHalt = new Error('no space left on device');
    bot.give({ type: 'control', at: bot.now, command: 'kill', reason: 'test' }).settle();
    expect(venue.commands.map((command) => command.type)).toEqual(['cancel', 'cancel']);
    expect(bot.said.find((say) => say.code === 'LATCH')?.text).toContain('no space left on device');
  });
});

describe('positions and fills', () => {
  test('a position is not adopted from a reading that a fill has overtaken', () => {
    const made = bench();
    const { bot, read } = made;
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.book(0, [[45, 100]], [[55, 100]]).pass(seconds(2));
    bot.give({ type: 'fill', at: bot.now, source: 'stream', fill: aFill({ exchangeAt: before(bot.now, millis(100)) }) }).settle();
    // Valid for a moment before the fill: whether it contains the fill nobody knows.
    read({ validUntil: before(bot.now, seconds(1)) });
    expect(bot.engine.state.adopted).toBe(false);
    bot.pass(seconds(1));
    read({ positions: held('5', '2.50') });
    expect(bot.engine.state.adopted).toBe(true);
    expect(bot.engine.state.inventory.position(M)).toBe(parseQuantity('5'));
  });

  test('a market whose result was told before its position was known is paid out once it is', () => {
    const made = bench();
    const { bot, read } = made;
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.give({ type: 'market-changed', at: bot.now, market: M, status: 'determined', settlesAt: parsePrice('1.00') }).settle();
    bot.pass(seconds(1));
    read({ positions: held('9', '4.50') });
    expect(bot.engine.state.inventory.position(M)).toBe(0);
    expect(bot.engine.state.inventory.realized(M)).toBe(parseCash('4.50'));
  });

  test('fills found late are booked as they happened, not newest first', () => {
    const made = bench();
    const { bot, read } = made;
    quoting(made);
    bot.pass(seconds(31));
    const at = (s: number): EpochUs => before(bot.now, seconds(s));
    read({
      fills: [
        aFill({ fillId: fillId('f-3'), side: 'ask', price: parsePrice('0.60'), exchangeAt: at(1) }),
        aFill({ fillId: fillId('f-2'), price: parsePrice('0.50'), exchangeAt: at(2) }),
        aFill({ fillId: fillId('f-1'), price: parsePrice('0.40'), exchangeAt: at(3) }),
      ],
    });
    expect(bot.engine.state.inventory.cost(M)).toBe(parseCash('2.25'));
    expect(bot.engine.state.inventory.realized(M)).toBe(parseCash('0.75'));
  });
});

describe('limits that markets share', () => {
  test('an order that appears in a later market counts before an earlier one is decided', () => {
    const one = market();
    const two = market({ ticker: ticker('KXTEST-26NOV22-B'), event: eventTicker('KXTEST-26NOV22') });
    const made = bench({ risk: { ...RISK, positionMaxPerAccount: parseQuantity('30') } }, [one, two]);
    const { bot, venue, read } = made;
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot.book(1, [[45, 100]], [[55, 100]]).pass(millis(500));
    read();
    for (const command of venue.commands.splice(0)) accept(made, command);
    const told = {
      orderId: venueOrderId('v-9'),
      clientId: clientOrderId('hand-9'),
      market: marketIndex(1),
      side: 'bid',
      price: parsePrice('0.44'),
    };
    const size = parseQuantity('20');
    const order = {
      ...told,
      initial: size,
      filled: ZERO_QUANTITY,
      remaining: size,
      status: 'resting',
      expiresAt: null,
      group: null,
    } as const;
    bot.give({ type: 'order-update', at: bot.now, order: { ...order, side: 'bid' }, reason: null });
    bot.book(0, [[45, 100]], [[55, 100]]);
    expect(venue.commands.filter((command) => command.type === 'place' && command.market === M)).toEqual([]);
  });
});

describe('a program that stood still', () => {
  const asleep = (made: Bench): void => {
    made.bot.now = later(made.bot.now, seconds(6));
  };

  test.each<[string, (made: Bench) => void]>([
    ['a tick', ({ bot }) => void bot.give({ type: 'tick', at: bot.now })],
    ['a late answer', (made) => made.venue.commands.slice(0, 1).forEach((command) => accept(made, command))],
    ['the next delta', ({ bot }) => void bot.book(M, [[46, 100]], [[56, 100]]).settle()],
  ])('places nothing on the book of before, whichever fact comes first: %s', (_, first) => {
    const made = bench();
    const placed = quoting(made).length;
    expect(placed).toBeGreaterThan(0);
    asleep(made);
    first(made);
    made.bot.settle().pass(millis(300));
    expect(made.venue.commands.slice(placed).filter(({ type }) => type !== 'cancel')).toEqual([]);
    expect(made.bot.said.map(({ code }) => code)).toContain('STOOD_STILL');
  });

  test('cancels what rests, reads the account, and quotes again', () => {
    const made = bench();
    const { bot, venue, read } = made;
    for (const command of quoting(made).slice()) accept(made, command);
    const before = venue.commands.length;
    asleep(made);
    bot.give({ type: 'tick', at: bot.now }).settle();
    const cancels = venue.commands.slice(before);
    expect(cancels.map(({ type }) => type)).toEqual(['cancel', 'cancel']);
    for (const { clientId } of cancels)
      bot.give({ type: 'order-cancelled', at: bot.now, clientId, orderId: venueOrderId(`v-${clientId}`), reducedBy: parseQuantity('1') });
    bot
      .book(M, [[45, 100]], [[55, 100]])
      .settle()
      .pass(millis(500));
    read();
    bot.pass(millis(500));
    expect(venue.commands.slice(before + 2).map(({ type }) => type)).toEqual(['place', 'place']);
  });

  test('does not begin to quote on an answer that it had asked for before', () => {
    const made = bench();
    const { bot, venue, read } = made;
    bot.give({ type: 'feed-up', at: bot.now }).settle();
    bot
      .book(M, [[45, 100]], [[55, 100]])
      .settle()
      .pass(millis(500));
    expect(venue.reads).not.toEqual([]);
    asleep(made);
    read();
    bot.pass(millis(100));
    expect(venue.commands).toEqual([]);
  });

  test('for less than data may be old goes on as it was', () => {
    const made = bench();
    quoting(made);
    made.bot.now = later(made.bot.now, seconds(4));
    made.bot.give({ type: 'tick', at: made.bot.now }).settle();
    expect(made.bot.said.map(({ code }) => code)).not.toContain('STOOD_STILL');
  });
});

describe('a backlog that has ended in silence', () => {
  /** A delta that was on its way for eleven seconds, in two markets of which nothing comes afterwards. */
  const behind = (): Bench => {
    const made = bench({}, [market(), market({ ticker: ticker('KXOTHER-1') })]);
    quoting(made);
    const { bot } = made;
    bot
      .give({
        type: 'book-delta',
        at: bot.now,
        market: M,
        side: 'bid',
        price: parsePrice('0.45'),
        change: parseQuantity('1'),
        exchangeAt: before(bot.now, seconds(11)),
      })
      .settle();
    return made;
  };

  test('is found out by asking for one book, and not for all of them', () => {
    const { bot } = behind();
    const asked = bot.snapshotsAsked;
    bot.pass(seconds(4));
    expect(bot.snapshotsAsked - asked).toBe(0);
    bot.pass(seconds(2));
    expect(bot.snapshotsAsked - asked).toBe(1);
    bot.pass(seconds(5));
    expect(bot.snapshotsAsked - asked).toBe(2);
    bot
      .book(M, [[45, 100]], [[55, 100]])
      .settle()
      .pass(seconds(20));
    expect(bot.snapshotsAsked - asked).toBe(2);
  });

  test('is not asked about while old frames keep coming', () => {
    const { bot } = behind();
    const asked = bot.snapshotsAsked;
    for (let i = 0; i < 20; i++) {
      const exchangeAt = before(bot.now, seconds(11));
      bot.give({
        type: 'book-delta',
        at: bot.now,
        market: M,
        side: 'bid',
        price: parsePrice('0.45'),
        change: parseQuantity('1'),
        exchangeAt,
      });
      bot.settle().pass(seconds(1));
    }
    expect(bot.snapshotsAsked - asked).toBe(0);
  });
});
