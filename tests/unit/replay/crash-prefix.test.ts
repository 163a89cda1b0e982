/**
 * A run that dies between any two records: the prefix replays to the state that was noted there, and what it leaves to the next run is what the engine held. A second run
 * on top of any prefix then books every fill that the first had not, and none twice.
 */
import { describe, expect, test } from 'vitest';
import type { CarriedOver, EngineEvent } from '../../../src/domain/events.js';
import { fillId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { FillReport, Place } from '../../../src/domain/order.js';
import { epochUs, later, millis, parseCash, price, quantity, seconds, UNKNOWN_TIME, type EpochUs } from '../../../src/domain/units.js';
import { Journal } from '../../../src/logger/journal.js';
import { JournalReader, type JournalRecord } from '../../../src/logger/journal-reader.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { LeftBehind } from '../../../src/replay/left-behind.js';
import { verify } from '../../../src/replay/verify.js';
import { START, TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { HEADER } from '../logger/header.js';

const M = marketIndex(0);
const NAME = market().ticker;

/** A bot that notes its state after every step, and a small world that fills its quotes with ids of its own. */
class RecordedBot {
  readonly files = new MemoryFiles();
  readonly journal = new Journal(this.files, HEADER, { segmentBytes: 16_384, bufferBytes: 1 << 22 });
  readonly bot: TestBot;
  /** Everything the exchange has executed, and its signed position. */
  readonly fills: FillReport[] = [];
  position = 0;
  readonly #ids: string;

  constructor(ids: string, before: readonly FillReport[] = [], carried: CarriedOver | null = null, at: EpochUs = START) {
    this.#ids = ids;
    this.fills.push(...before);
    this.position = before.reduce((sum, fill) => sum + (fill.side === 'bid' ? fill.quantity : -fill.quantity), 0);
    this.bot = new TestBot({
      recorder: {
        event: (event) => this.journal.event(event),
        actions: (actions) => this.journal.actions(actions),
        flush: () => this.journal.flush(),
      },
      parts: { bookHasOwnOrders: true },
      // An exchange in a few lines: orders rest, are cancelled, and the account is read as it stands.
      intercept: (_venue, offer) => ({
        send: (call) => {
          for (const command of call.commands)
            if (command.type === 'place') this.#rest(command, offer);
            else if (command.type === 'cancel') {
              this.resting.delete(command.orderId);
              offer({
                type: 'order-cancelled',
                at: this.bot.now,
                clientId: command.clientId,
                orderId: command.orderId,
                reducedBy: quantity(1),
              });
            }
        },
        readAccount: (request) =>
          offer({
            type: 'account-reading',
            at: this.bot.now,
            request: request.request,
            complete: true,
            validUntil: this.bot.now,
            resting: [],
            positions: [
              { market: M, position: quantity(this.position), cost: parseCash('1'), realized: parseCash('0'), fees: parseCash('0') },
            ],
            fills: this.fills.filter((fill) => fill.exchangeAt >= request.fillsSince),
            balance: parseCash('0'),
            foreign: 0,
            ...(request.scope === undefined ? {} : { scope: request.scope }),
          }),
      }),
    });
    if (carried !== null) this.give(carried);
    this.bot.now = at;
  }

  readonly resting = new Map<string, Place>();

  #rest(place: Place, offer: (event: EngineEvent) => void): void {
    const orderId = venueOrderId(`${this.#ids}-order-${place.clientId}`);
    this.resting.set(orderId, place);
    offer({
      type: 'order-accepted',
      at: this.bot.now,
      clientId: place.clientId,
      orderId,
      filled: quantity(0),
      remaining: place.quantity,
      exchangeAt: this.bot.now,
    });
  }

  give(event: EngineEvent): void {
    this.bot.give(event).settle();
    this.journal.state(this.bot.engine.stateHash());
  }

  /** Trades whatever rests on a side. @param told whether the stream tells the bot */
  fill(side: 'bid' | 'ask', told: boolean): void {
    this.bot.now = later(this.bot.now, millis(150));
    for (const [orderId, place] of this.resting) {
      if (place.side !== side) continue;
      this.resting.delete(orderId);
      const report: FillReport = {
        fillId: fillId(`${this.#ids}-${this.fills.length}`),
        orderId: venueOrderId(orderId),
        clientId: null,
        market: M,
        side,
        price: place.price,
        quantity: place.quantity,
        fee: parseCash('0'),
        role: 'maker',
        positionAfter: null,
        exchangeAt: this.bot.now,
      };
      this.fills.push(report);
      this.position += side === 'bid' ? place.quantity : -place.quantity;
      if (told) this.give({ type: 'fill', at: this.bot.now, fill: report, source: 'stream' });
      return;
    }
  }

  trade(rounds: number): this {
    this.give({ type: 'feed-up', at: this.bot.now });
    this.bot.book(0, [[45, 100]], [[55, 100]]);
    for (let i = 0; i < rounds; i++) {
      for (let tick = 0; tick < 8; tick++) {
        this.bot.now = later(this.bot.now, millis(100));
        this.give({ type: 'tick', at: this.bot.now });
      }
      this.fill(i % 3 === 0 ? 'ask' : 'bid', i % 4 !== 3);
    }
    return this;
  }

  get booked(): string[] {
    return bookedIn(this.records());
  }

  records(): JournalRecord[] {
    this.journal.flush();
    return [...new JournalReader(this.files).records()];
  }
}

const bookedIn = (records: readonly JournalRecord[]): string[] =>
  records.flatMap((record) =>
    record.type === 'actions' ? record.actions.flatMap((action) => (action.type === 'booked' ? [String(action.fillId)] : [])) : [],
  );

/** The engine that the records were made by. */
const sameEngine = () => new TestBot({ markets: [], parts: { bookHasOwnOrders: true } }).engine;

describe('a run that dies between any two records', () => {
  const run = new RecordedBot('a').trade(12);
  const records = run.records();

  test('replays to the state that was noted there', () => {
    expect(records.filter((record) => record.type === 'state').length).toBeGreaterThan(80);
    for (let length = 1; length <= records.length; length += 7) {
      const prefix = records.slice(0, length);
      const found = verify(HEADER, prefix, sameEngine);
      expect([length, found.difference, found.stateDifference]).toEqual([length, null, null]);
      expect(found.states).toBe(prefix.filter((record) => record.type === 'state').length);
    }
  });

  test('and a state that is not the one that was noted is found out', () => {
    const changed = records.map((record) => (record.type === 'state' ? { ...record, hash: 'another' } : record));
    expect(verify(HEADER, changed, sameEngine)).toMatchObject({ difference: null, states: 0, stateDifference: { expected: 'another' } });
  });

  test('leaves what its engine held', () => {
    const engine = sameEngine();
    const left = new LeftBehind([], []);
    for (const record of records) {
      left.take(record);
      if (record.type === 'event') engine.step(record.event);
      if (record.type !== 'state') continue;
      const [own] = left.markets;
      expect([own?.position ?? 0, own?.cost ?? 0]).toEqual([engine.state.inventory.position(M), engine.state.inventory.cost(M)]);
    }
  });

  test('is followed by one that books the rest, and nothing twice, wherever it died', () => {
    const before = run.fills;
    const adopted = records.findIndex((record) => record.type === 'actions' && record.actions.some((action) => action.type === 'adjusted'));
    expect(adopted).toBeGreaterThan(0);
    for (let length = adopted + 1; length <= records.length; length += 3) {
      const prefix = records.slice(0, length);
      const left = new LeftBehind([], []);
      for (const record of prefix) left.take(record);
      const [own] = left.markets;
      if (own === undefined) throw new Error('expected a market');
      const carried: CarriedOver = {
        type: 'carried-over',
        at: run.bot.now,
        run: 'a',
        holdings: [{ market: M, position: own.position, cost: own.cost, countedAfter: own.countedAfter }],
        fills: own.fills.map(({ id, at }) => ({ fillId: id, market: M, exchangeAt: at })),
      };
      const next = new RecordedBot('b', before, carried, later(run.bot.now, seconds(5))).trade(3);
      const all = [...bookedIn(prefix), ...next.booked];
      expect([length, all.toSorted()]).toEqual([length, next.fills.map((fill) => String(fill.fillId)).toSorted()]);
      expect(next.bot.engine.state.inventory.position(M)).toBe(next.position);
      expect(next.bot.said.map((say) => say.code)).not.toContain('POSITION_DRIFT');
    }
  });
});

test('a fill that nobody can explain is named: the number of the exchange stands, and nothing adds to it meanwhile', () => {
  const stray: FillReport = {
    fillId: fillId('old'),
    orderId: venueOrderId('somebody'),
    clientId: null,
    market: M,
    side: 'bid',
    price: price(4000),
    quantity: quantity(700),
    fee: parseCash('0'),
    role: 'maker',
    positionAfter: null,
    exchangeAt: epochUs(START - 3_600_000_000),
  };
  const carried: CarriedOver = {
    type: 'carried-over',
    at: START,
    run: 'a',
    // The run before swears that it had counted everything up to a minute ago, and held nothing.
    holdings: [{ market: M, position: quantity(0), cost: parseCash('0'), countedAfter: epochUs(START - 60_000_000) }],
    fills: [],
  };
  const next = new RecordedBot('b', [stray], carried).trade(3);
  const codes = next.bot.said.map((say) => say.code).filter((code) => code.startsWith('POSITION_') || code === 'READY');
  expect(codes.slice(0, 3)).toEqual(['POSITION_DOUBT', 'POSITION_DRIFT', 'READY']);
  expect(next.booked).not.toContain('old');
  expect(next.bot.engine.state.inventory.position(M)).toBe(next.position);
});

test('without anything carried over positions are taken over from the exchange, as an entry of its own', () => {
  const fresh = new RecordedBot('a');
  fresh.position = 700;
  fresh.trade(2);
  const entries = fresh
    .records()
    .flatMap((record) => (record.type === 'actions' ? record.actions : []))
    .filter((action) => action.type === 'adjusted');
  expect(entries).toMatchObject([{ cause: 'adopted', position: 700 }]);
  const left = new LeftBehind([], []);
  for (const record of fresh.records()) left.take(record);
  expect(left.markets[0]).toMatchObject({ ticker: NAME, position: fresh.position });
  expect(left.markets[0]?.countedAfter).toBeGreaterThan(UNKNOWN_TIME);
});
