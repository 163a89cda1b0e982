import { expect, test } from 'vitest';
import { epochUs, price, quantity } from '../../../src/domain/units.js';
import { Markouts } from '../../../src/replay/markout.js';

const at = (seconds: number) => epochUs(1_795_000_000_000_000 + seconds * 1_000_000);
const perContract = (markouts: Markouts) => Object.fromEntries(markouts.list().map((m) => [m.seconds, m.perContract]));

test('a bid fill before a rise is in our favour, an ask fill against us', () => {
  for (const [side, sign] of [
    ['bid', 1],
    ['ask', -1],
  ] as const) {
    const markouts = new Markouts();
    markouts.mid(at(0), 5000);
    markouts.fill(at(0), side, price(4900), quantity(100));
    markouts.mid(at(0.5), 5100);
    markouts.mid(at(5), 5300);
    markouts.mid(at(100), 0);
    expect(perContract(markouts)).toEqual({ 1: sign * 200, 10: sign * 400, 60: sign * 400 });
  }
});

test('the mid counts that stood at the moment, not the next one', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(5000), quantity(100));
  markouts.mid(at(1), 6000);
  markouts.mid(at(1.5), 9000);
  expect(perContract(markouts)[1]).toBe(1000);
});

test('fills count by their contracts', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(4900), quantity(300));
  markouts.fill(at(0), 'ask', price(4900), quantity(100));
  markouts.mid(at(2), 5000);
  expect(perContract(markouts)[1]).toBe((3 * 100 - 100) / 4);
});

test('a fill too young to be judged is not judged', () => {
  const markouts = new Markouts();
  markouts.mid(at(0), 5000);
  markouts.fill(at(0), 'bid', price(4900), quantity(300));
  markouts.mid(at(2), 5000);
  expect(markouts.list().map((m) => m.fills)).toEqual([1, 0, 0]);
  expect(perContract(markouts)[60]).toBeNull();
});
