/** Orders that take, and what the market does to all of ours. */
import { describe, expect, test } from 'vitest';
import { clientOrderId } from '../../../src/domain/ids.js';
import { QUADRATIC } from '../../../src/domain/fees.js';
import { later, millis, parseCash, price, seconds } from '../../../src/domain/units.js';
import { lots, M, PaperDesk } from './paper-desk.js';

const DEEP = [
  [45, 10],
  [46, 20],
  [48, 100],
] as const;

const deep = (settings: ConstructorParameters<typeof PaperDesk>[0] = {}): PaperDesk =>
  new PaperDesk(settings, { fees: QUADRATIC }).book([[40, 100]], DEEP);

describe('an order that takes', () => {
  test('takes level by level within its limit, and the rest of it goes', () => {
    const desk = deep();
    desk.take('bid', 46, 50);
    const [accepted] = desk.facts;
    expect(accepted).toMatchObject({ type: 'order-accepted', filled: 3000, remaining: 0 });
    expect(desk.fills()).toEqual(['bid 10 at 45', 'bid 20 at 46']);
  });

  test('meets the book of the moment in which it arrives', () => {
    const desk = deep({ latency: millis(20) });
    desk.take('bid', 46, 5);
    desk.wait(10).delta('ask', 45, -10).delta('ask', 44, 2).wait(10);
    expect(desk.fills()).toEqual(['bid 2 at 44', 'bid 3 at 46']);
  });

  test('pays the fee of a taker', () => {
    const desk = deep();
    desk.take('bid', 45, 10);
    const fill = desk.facts.find((fact) => fact.type === 'fill');
    // 0.07 x 10 x 0.45 x 0.55 = 0.17325, and the balance moves in steps of 0.0001.
    expect(fill).toMatchObject({ fill: { role: 'taker', fee: parseCash('0.1733') } });
  });

  test('does not take the same quote twice, until it is believed to be a new one', () => {
    const desk = deep({ takenFor: seconds(10) });
    desk.take('bid', 45, 6);
    desk.take('bid', 45, 6);
    desk.take('bid', 45, 6);
    expect(desk.fills()).toEqual(['bid 6 at 45', 'bid 4 at 45']);
    desk.delta('ask', 45, 3).take('bid', 45, 6);
    expect(desk.fills()).toEqual(['bid 3 at 45']);
    desk.wait(10_001).delta('ask', 48, 1).take('bid', 45, 6);
    expect(desk.fills()).toEqual(['bid 6 at 45']);
  });

  test('what leaves the level is first what we took of it', () => {
    const desk = deep();
    desk.take('bid', 45, 10);
    desk.delta('ask', 45, -10).delta('ask', 45, 7);
    desk.fills();
    desk.take('bid', 45, 20);
    expect(desk.fills()).toEqual(['bid 7 at 45']);
  });

  test('all or nothing is refused where it would not be all', () => {
    const desk = deep();
    desk.take('bid', 46, 31, { timeInForce: 'fill-or-kill' });
    expect(desk.answers()).toEqual(['unfilled']);
    desk.take('bid', 46, 30, { timeInForce: 'fill-or-kill' });
    expect(desk.fills()).toEqual(['bid 10 at 45', 'bid 20 at 46']);
  });

  test('one that may rest rests with what it did not find', () => {
    const desk = deep();
    const order = desk.place('bid', 45, 15, { postOnly: false });
    expect(desk.fills()).toEqual(['bid 10 at 45']);
    desk.trade('ask', 44, 9);
    expect(desk.fills()).toEqual(['bid 5 at 45']);
    expect(desk.ahead(order)).toBeNull();
  });

  test('one that must only close takes no more than the position', () => {
    const desk = deep();
    desk.take('bid', 45, 4);
    desk.take('ask', 40, 10, { reduceOnly: true });
    desk.take('ask', 40, 10, { reduceOnly: true });
    expect(desk.fills()).toEqual(['bid 4 at 45', 'ask 4 at 40']);
  });

  test.each([
    ['taker-at-cross', ['bid 10 at 45'], 'ask 45.5 stays'],
    ['maker', ['bid 10 at 45', 'bid 20 at 46'], 'ask 45.5 goes'],
  ] as const)('never trades with our own: %s', (selfTrade, fills, own) => {
    const desk = new PaperDesk({}, {}).book(
      [[40, 100]],
      [
        [45, 10],
        [47, 20],
      ],
    );
    const ask = desk.place('ask', 46, 5);
    desk.fills();
    desk.take('bid', 47, 30, { selfTrade });
    expect(desk.facts.flatMap((fact) => (fact.type === 'fill' ? [fact.fill.quantity] : []))).toHaveLength(fills.length);
    expect(desk.ahead(ask) === null).toBe(own.endsWith('goes'));
  });

  test('a post-only order may not meet our own either', () => {
    const desk = new PaperDesk();
    desk.place('ask', 43, 5);
    desk.facts.length = 0;
    desk.place('bid', 43, 5);
    expect(desk.answers()).toEqual(['post-only-cross']);
  });
});

describe('money', () => {
  test.each([
    ['a bid needs its price', 'bid', 40, 26, 'insufficient-balance'],
    ['which is there', 'bid', 40, 25, 'order-accepted'],
    ['an ask needs the rest of the payout', 'ask', 60, 26, 'insufficient-balance'],
    ['which is there too', 'ask', 60, 25, 'order-accepted'],
  ] as const)('%s', (_, side, c, n, answer) => {
    const desk = new PaperDesk({ balance: parseCash('10') });
    desk.place(side, c, n);
    expect(desk.answers()).toEqual([answer]);
  });

  test('resting orders hold it, what closes a position does not', () => {
    const desk = new PaperDesk({ balance: parseCash('10') });
    desk.place('bid', 41, 20);
    desk.place('bid', 40, 10);
    expect(desk.answers()).toEqual(['order-accepted', 'insufficient-balance']);
    desk.trade('ask', 40, 20);
    desk.facts.length = 0;
    desk.place('ask', 44, 20);
    expect(desk.answers()).toEqual(['order-accepted']);
  });

  test.each([
    // 10, less 4.10 for ten, with 0.88 for two of them; then 8 for the other eight, or nothing.
    ['YES', 10_000, '14.78'],
    ['NO', 0, '6.78'],
  ] as const)('a market that settles %s pays out and leaves nothing', (_, value, balance) => {
    const desk = new PaperDesk({ balance: parseCash('10') });
    desk.place('bid', 41, 10);
    const ask = desk.place('ask', 44, 10);
    desk.trade('ask', 40, 10);
    desk.trade('bid', 45, 2);
    desk.facts.length = 0;
    desk.hear({ type: 'market-changed', at: desk.now, market: M, status: 'determined', settlesAt: price(value) });
    expect(desk.answers()).toEqual(['order-update CloseCancel']);
    expect(desk.ahead(ask)).toBeNull();
    expect(desk.venue.balance).toBe(parseCash(balance));
  });

  test('a short position is paid out by its NO side', () => {
    const desk = new PaperDesk({ balance: parseCash('10') });
    desk.place('ask', 44, 10);
    desk.trade('bid', 45, 10);
    expect(desk.venue.balance).toBe(parseCash('4.4'));
    desk.hear({ type: 'market-changed', at: desk.now, market: M, status: 'determined', settlesAt: price(0) });
    expect(desk.venue.balance).toBe(parseCash('14.4'));
  });
});

describe('the market', () => {
  test('takes no order while it is not active, and ends ours when it closes', () => {
    const desk = new PaperDesk();
    desk.place('bid', 41, 5);
    desk.hear({ type: 'market-changed', at: desk.now, market: M, status: 'inactive' });
    desk.place('bid', 41, 5);
    desk.hear({ type: 'market-changed', at: desk.now, market: M, status: 'closed' });
    expect(desk.answers()).toEqual(['order-accepted', 'market-inactive', 'order-update CloseCancel']);
  });

  test('a pause refuses orders, lets cancels through and ends those that asked for it', () => {
    const desk = new PaperDesk();
    const stays = desk.place('bid', 41, 5);
    desk.place('bid', 41, 5, { cancelOnPause: true });
    desk.facts.length = 0;
    const status = (tradingActive: boolean) =>
      desk.hear({ type: 'exchange-status', at: desk.now, shard: 0, exchangeActive: true, tradingActive });
    status(false);
    desk.place('bid', 41, 5);
    desk.cancel(stays);
    status(true);
    desk.place('bid', 41, 5);
    expect(desk.answers()).toEqual(['order-update HaltCancel', 'paused', 'order-cancelled', 'order-accepted']);
  });

  test('the life of an order ends at its time, also after a renewal', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 41, 5, { expiresAt: later(desk.now, millis(100)) });
    desk.wait(50).send({
      type: 'amend',
      clientId: clientOrderId('kmm-t-1'),
      orderId: order,
      market: M,
      side: 'bid',
      price: price(4100),
      total: lots(5),
      expiresAt: later(desk.now, millis(200)),
    });
    desk.facts.length = 0;
    expect(desk.wait(100).answers()).toEqual([]);
    expect(desk.wait(100).answers()).toEqual(['order-update ExpiryCancel']);
  });
});
