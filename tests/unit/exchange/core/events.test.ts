import { describe, expect, test } from 'vitest';
import type { ExchangeEvent } from '../../../../src/exchange/core/types.js';
import { truthLine } from '../../../../src/exchange/core/truth.js';
import { A, accepted, cents, Floor, lots, nth, START } from './floor.js';

const kinds = (events: readonly ExchangeEvent[]): string[] => events.map((event) => event.type);

describe('one match is told', () => {
  const match = (floor: Floor): void => {
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 5);
    floor.events.length = 0;
    floor.ioc(taker, 'bid', 50, 2);
  };

  test('as book change, trade, fills, the maker’s order, positions, then once the taker’s order and the ticker', () => {
    const floor = new Floor();
    match(floor);
    expect(kinds(floor.events)).toEqual(['book', 'trade', 'fill', 'fill', 'order', 'position', 'position', 'order', 'ticker']);
  });

  test('in another order where the switch says so', () => {
    const floor = new Floor({ switches: { publishOrder: ['fill', 'order', 'trade', 'position', 'group', 'other', 'book', 'ticker'] } });
    match(floor);
    expect(kinds(floor.events)).toEqual(['fill', 'fill', 'order', 'trade', 'position', 'position', 'book', 'order', 'ticker']);
  });

  test('with one id for both parties, maker first, both at the YES price', () => {
    const floor = new Floor();
    match(floor);
    const fills = floor.events.flatMap((event) => (event.type === 'fill' ? [event.fill] : []));
    const trade = floor.events.flatMap((event) => (event.type === 'trade' ? [event.trade] : []))[0];
    expect(fills.map(({ role, side, positionAfter, fee }) => ({ role, side, positionAfter, fee }))).toEqual([
      { role: 'maker', side: 'ask', positionAfter: lots(-2), fee: 0 },
      { role: 'taker', side: 'bid', positionAfter: lots(2), fee: 35_000 },
    ]);
    expect(new Set([trade?.tradeId, ...fills.map((fill) => fill.tradeId)]).size).toBe(1);
    expect(trade).toMatchObject({ price: cents(50), quantity: lots(2), takerSide: 'bid' });
  });
});

describe('book changes', () => {
  test('are signed, and carry the owner of the order that changed: the resting side of a match', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 5);
    floor.place(taker, 'bid', 50, 8);
    const changes = floor.events.flatMap((event) =>
      event.type === 'book'
        ? [[event.side, event.change / 100, event.owner.account === maker ? 'maker' : 'taker', event.owner.clientOrderId]]
        : [],
    );
    expect(changes).toEqual([
      ['ask', 5, 'maker', 'c1'],
      ['ask', -5, 'maker', 'c1'],
      ['bid', 3, 'taker', 'c2'],
    ]);
  });

  test('rebuild the book, whatever happened', () => {
    const floor = new Floor();
    const [one, two] = [floor.account(), floor.account()];
    const ids = [45, 44, 43].map((c) => floor.place(one, 'bid', c, 5).orderId);
    floor.place(two, 'ask', 50, 5);
    floor.ioc(two, 'ask', 44, 7);
    accepted(floor.exchange.decreaseOrder(one, { ...floor.address(nth(ids, 1)), reduceTo: lots(1) }));
    accepted(floor.exchange.cancelOrder(one, floor.address(nth(ids, 2))));
    const levels = new Map<string, number>();
    for (const event of floor.events)
      if (event.type === 'book')
        levels.set(`${event.side} ${event.price}`, (levels.get(`${event.side} ${event.price}`) ?? 0) + event.change);
    expect(Object.fromEntries([...levels].filter(([, size]) => size !== 0))).toEqual({ 'bid 4400': lots(1), 'ask 5000': lots(5) });
    expect(floor.book()).toEqual({ bids: [[44, 1]], asks: [[50, 5]] });
  });
});

test('the ticker is told once per command, and only when one of its numbers changed', () => {
  const floor = new Floor();
  const me = floor.account();
  floor.place(me, 'bid', 40, 5);
  floor.place(me, 'bid', 39, 5);
  const tickers = floor.events.flatMap((event) => (event.type === 'ticker' ? [event.ticks] : []));
  expect(tickers).toMatchObject([{ bid: cents(40), bidSize: lots(5), ask: null, askSize: 0, last: null }]);
});

test('a listener may trade; what it does is told after what it heard', () => {
  const floor = new Floor();
  const [maker, taker, parrot] = [floor.account(), floor.account(), floor.account()];
  const heard: string[] = [];
  let answered = false;
  floor.exchange.onEvent((event) => {
    heard.push(event.type);
    if (event.type !== 'trade' || answered) return;
    answered = true;
    floor.place(parrot, 'bid', 30, 1);
  });
  floor.place(maker, 'ask', 50, 5);
  heard.length = 0;
  floor.ioc(taker, 'bid', 50, 5);
  expect(heard).toEqual(['book', 'trade', 'fill', 'fill', 'order', 'position', 'position', 'order', 'ticker', 'book', 'order', 'ticker']);
});

test('the truth log has one line for each order event, fill, trade and refusal, with time since the start and whole numbers', () => {
  const floor = new Floor();
  const [maker, taker] = [floor.account(), floor.account()];
  floor.pass(1.5);
  floor.place(maker, 'ask', 50, 5);
  floor.ioc(taker, 'bid', 50, 5);
  floor.send(taker, 'bid', 50.5, 5);
  const lines = floor.events.flatMap((event) => truthLine(event, START) ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map((line) => line['type'])).toEqual(['order', 'trade', 'fill', 'fill', 'order', 'order', 'refused']);
  expect(lines[0]).toMatchObject({
    t: 1_500_000,
    clientOrderId: 'c1',
    account: maker,
    ticker: A,
    side: 'ask',
    price: 5000,
    remaining: 500,
    reason: null,
  });
  expect(lines[3]).toMatchObject({ role: 'taker', fee: 87_500, positionAfter: 500 });
  expect(lines[6]).toMatchObject({ command: 'create', status: 400, code: 'invalid_price', clientOrderId: 'c3' });
});

describe('the order of a taker', () => {
  const statesOf = (floor: Floor, clientOrderId: string): unknown[] =>
    floor.events.flatMap((event) =>
      event.type === 'order' && event.order.clientOrderId === clientOrderId
        ? [[event.order.status, event.order.filled / 100, event.order.remaining / 100, event.reason]]
        : [],
    );

  test('is told once, as it stands after all its matching; the resting orders it met are told at each fill', () => {
    const floor = new Floor();
    const [maker, taker] = [floor.account(), floor.account()];
    floor.place(maker, 'ask', 50, 2);
    floor.place(maker, 'ask', 51, 2);
    floor.place(taker, 'bid', 52, 3);
    floor.place(taker, 'bid', 51, 3);
    floor.ioc(taker, 'bid', 52, 1);
    expect(statesOf(floor, 'c3')).toEqual([['executed', 3, 0, null]]);
    expect(statesOf(floor, 'c4')).toEqual([['resting', 1, 2, null]]);
    expect(statesOf(floor, 'c5')).toEqual([['canceled', 0, 0, 'Decrease']]);
    expect(statesOf(floor, 'c2')).toEqual([
      ['resting', 0, 2, null],
      ['resting', 1, 1, 'Trade'],
      ['executed', 2, 0, 'Trade'],
    ]);
  });
});
