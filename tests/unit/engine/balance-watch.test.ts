import { describe, expect, test } from 'vitest';
import { parseCash, ZERO_CASH } from '../../../src/domain/units.js';
import { BalanceWatch } from '../../../src/engine/balance-watch.js';

const dollars = parseCash;
const watch = (): BalanceWatch => new BalanceWatch(dollars('1'));
const own = (cash: string, held = '0') => ({ cash: dollars(cash), held: dollars(held) });

describe('the balance', () => {
  test('that moves as our own count does is explained', () => {
    const balance = watch();
    expect(balance.compare(dollars('100'), own('0'))).toBeNull();
    expect(balance.compare(dollars('95.20'), own('-4.80'))).toBeNull();
    expect(balance.drift).toBe(ZERO_CASH);
  });

  test.each([['100'], ['88'], ['94']])('of %s is explained where resting orders may hold back twelve dollars, or may not', (told) => {
    const balance = watch();
    balance.compare(dollars('100'), own('0'));
    for (let i = 0; i < 3; i++) expect(balance.compare(dollars(told), own('0', '12'))).toBeNull();
  });

  test('that was first read while orders held some back may rise by that much', () => {
    const balance = watch();
    balance.compare(dollars('88'), own('0', '12'));
    for (let i = 0; i < 3; i++) expect(balance.compare(dollars('100'), own('0'))).toBeNull();
  });

  test.each([
    ['90', '10.000000 less'],
    ['130', '30.000000 more'],
  ])('of %s that nothing explains is told at the second sight, once', (told, words) => {
    const balance = watch();
    balance.compare(dollars('100'), own('0'));
    expect(balance.compare(dollars(told), own('0'))).toBeNull();
    expect(balance.compare(dollars(told), own('0'))).toContain(words);
    expect(balance.compare(dollars(told), own('0'))).toBeNull();
    expect(balance.told).toBe(1);
  });

  test('that differs by less than the tolerance is not told, and its drift does not creep', () => {
    const balance = watch();
    balance.compare(dollars('100'), own('0'));
    let told = 0;
    for (const value of ['100.6', '101.2', '101.8', '102.4', '103.0']) if (balance.compare(dollars(value), own('0')) !== null) told++;
    expect(told).toBeGreaterThan(0);
  });

  test('starts over where nothing can be concluded', () => {
    const balance = watch();
    balance.compare(dollars('100'), own('0'));
    balance.restart();
    expect(balance.compare(dollars('50'), own('0'))).toBeNull();
    expect(balance.compare(dollars('50'), own('0'))).toBeNull();
  });
});
