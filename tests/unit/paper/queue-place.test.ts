/** The queue model as a trader sees it: where we stand, what moves us up, what fills us. */
import { describe, expect, test } from 'vitest';
import { millis } from '../../../src/domain/units.js';
import { PaperDesk } from './paper-desk.js';

const LATER = 2000;

describe('a bid at the touch', () => {
  test('stands behind all that rests there when it arrives', () => {
    const desk = new PaperDesk();
    expect(desk.ahead(desk.place('bid', 40, 10))).toBe(100);
  });

  test('arrives after its latency, behind what is there by then', () => {
    const desk = new PaperDesk({ latency: millis(20) });
    const order = desk.place('bid', 40, 10);
    expect(desk.ahead(order)).toBeNull();
    desk.wait(10).delta('bid', 40, 50).wait(10);
    expect(desk.ahead(order)).toBe(150);
  });

  test('is filled by what trades at its price once nobody is ahead, in part where the trade is smaller', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.sale(40, 70);
    expect([desk.fills(), desk.ahead(order)]).toEqual([[], 30]);
    desk.wait(10).sale(40, 30);
    desk.delta('bid', 40, 20).wait(10).sale(40, 4);
    expect(desk.fills()).toEqual(['bid 4 at 40']);
    desk.wait(10).sale(40, 16);
    expect(desk.fills()).toEqual(['bid 6 at 40']);
  });

  test('the part of a trade that goes beyond those ahead is ours', () => {
    const desk = new PaperDesk();
    desk.delta('bid', 40, -97);
    desk.wait(LATER).place('bid', 40, 10);
    desk.delta('bid', 40, 50).sale(40, 8);
    expect(desk.fills()).toEqual(['bid 5 at 40']);
  });

  test.each([
    ['reduction first', (desk: PaperDesk) => desk.delta('bid', 40, -95).trade('ask', 40, 95)],
    ['trade first', (desk: PaperDesk) => desk.trade('ask', 40, 95).delta('bid', 40, -95)],
  ])('the same trade, told twice, counts once (%s)', (_, tell) => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    tell(desk);
    expect([desk.ahead(order), desk.fills()]).toEqual([5, []]);
    desk.wait(LATER).delta('bid', 40, 1);
    expect(desk.ahead(order)).toBe(5);
  });

  test('has no part in a trade that the book showed before it came', () => {
    const desk = new PaperDesk();
    desk.delta('bid', 40, -100);
    const order = desk.place('bid', 40, 10);
    desk.trade('ask', 40, 100);
    expect([desk.fills(), desk.ahead(order)]).toEqual([[], 0]);
  });

  test('nor in one beyond its price that the book showed before it came', () => {
    const desk = new PaperDesk();
    desk.book(
      [
        [40, 5],
        [39, 50],
      ],
      [[45, 100]],
    );
    desk.delta('bid', 40, -5).delta('bid', 39, -20);
    desk.place('bid', 40, 10);
    desk.trade('ask', 40, 5).trade('ask', 39, 20);
    expect(desk.fills()).toEqual([]);
  });

  test('a cancel ahead moves it up, after the time in which its trade could still be told', () => {
    const desk = new PaperDesk({ cancels: 'ahead' });
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, -60);
    expect(desk.ahead(order)).toBe(100);
    desk.wait(LATER).delta('ask', 45, 1);
    expect(desk.ahead(order)).toBe(40);
  });

  test('a reduction behind the best price is a cancel at once: only the best price trades', () => {
    const desk = new PaperDesk({ cancels: 'ahead' });
    desk.delta('bid', 41, 5);
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, -60);
    expect(desk.ahead(order)).toBe(40);
  });

  test('stands first where the level vanished and comes back', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 39, 10).delta('bid', 40, -100).wait(LATER).delta('bid', 40, 30);
    expect(desk.ahead(order)).toBe(0);
  });

  test('a trade beyond its price fills it, whatever stood ahead', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.trade('ask', 39, 6);
    expect(desk.fills()).toEqual(['bid 6 at 40']);
    // Price priority: they must have gone, though the book has not shown it yet.
    expect(desk.ahead(order)).toBe(0);
    desk.trade('ask', 40, 2);
    expect(desk.fills()).toEqual(['bid 2 at 40']);
  });
});

describe('changes of ours', () => {
  test('smaller keeps the place, by decrease and by amend', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, 50);
    desk.decrease(order, 8);
    desk.amend(order, 'bid', 40, 6);
    expect(desk.ahead(order)).toBe(100);
    desk.trade('ask', 39, 50);
    expect(desk.fills()).toEqual(['bid 6 at 40']);
  });

  test.each([
    ['larger', 40, 12, 150],
    ['another price', 41, 10, 0],
  ])('%s goes to the end of the queue', (_, c, total, ahead) => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, 50);
    desk.amend(order, 'bid', c, total);
    expect(desk.ahead(order)).toBe(ahead);
  });

  test('there and back again is at the end too', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, 50);
    desk.amend(order, 'bid', 41, 10);
    desk.amend(order, 'bid', 40, 10);
    expect(desk.ahead(order)).toBe(150);
  });

  test('an order that is being cancelled can still be filled, and not after that', () => {
    const desk = new PaperDesk({ latency: millis(20) });
    const order = desk.place('bid', 41, 10);
    desk.wait(20);
    desk.cancel(order);
    desk.wait(10).trade('ask', 40, 4);
    expect(desk.fills()).toEqual(['bid 4 at 41']);
    desk.wait(10).trade('ask', 40, 4);
    expect(desk.fills()).toEqual([]);
  });

  test('two orders of ours at one price: the older is filled first, and one trade is not given twice', () => {
    const desk = new PaperDesk();
    desk.place('bid', 41, 5);
    desk.place('bid', 41, 5);
    desk.trade('ask', 41, 7);
    expect(desk.fills()).toEqual(['bid 5 at 41', 'bid 2 at 41']);
  });
});

describe('size that appears on the other side', () => {
  test('at our price would have met us', () => {
    const desk = new PaperDesk();
    desk.place('bid', 42, 10);
    desk.delta('ask', 42, 4);
    expect(desk.fills()).toEqual(['bid 4 at 42']);
  });

  test('is not there for us a second time', () => {
    const desk = new PaperDesk();
    desk.place('bid', 42, 10);
    desk.delta('ask', 42, 4);
    desk.fills();
    desk.take('bid', 44, 20);
    expect(desk.fills()).toEqual([]);
  });
});

describe('holes in the feed', () => {
  test('a snapshot after one: at most what was ahead, at most what is there', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.lost().book([[40, 300]], [[45, 100]]);
    expect(desk.ahead(order)).toBe(100);
    desk.lost().book([[40, 60]], [[45, 100]]);
    expect(desk.ahead(order)).toBe(60);
  });

  test('what waited for its trade before the hole is not waited for after it', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk
      .delta('bid', 40, -60)
      .lost()
      .book([[40, 40]], [[45, 100]]);
    expect(desk.ahead(order)).toBe(40);
    desk.wait(LATER).delta('ask', 45, 1);
    expect(desk.ahead(order)).toBe(40);
  });

  test('a snapshot that shows again what has met us does not fill us again', () => {
    const desk = new PaperDesk();
    desk.place('bid', 42, 10);
    desk.delta('ask', 42, 4);
    expect(desk.fills()).toEqual(['bid 4 at 42']);
    desk.book(
      [[40, 100]],
      [
        [42, 4],
        [45, 100],
      ],
    );
    desk.lost().book(
      [[40, 100]],
      [
        [42, 4],
        [45, 100],
      ],
    );
    expect(desk.fills()).toEqual([]);
    desk.lost().book(
      [[40, 100]],
      [
        [42, 7],
        [45, 100],
      ],
    );
    expect(desk.fills()).toEqual(['bid 3 at 42']);
  });

  test('an order that arrives while the book is lost stands behind all that the next one shows', () => {
    const desk = new PaperDesk();
    desk.lost();
    const order = desk.place('bid', 40, 10);
    expect(desk.ahead(order)).toBe(Infinity);
    desk.book([[40, 80]], [[45, 100]]);
    expect(desk.ahead(order)).toBe(80);
  });

  test('a level below zero is a hole too', () => {
    const desk = new PaperDesk();
    const order = desk.place('bid', 40, 10);
    desk.delta('bid', 40, -500).delta('bid', 40, -10).wait(LATER);
    expect(desk.ahead(order)).toBe(100);
  });
});
