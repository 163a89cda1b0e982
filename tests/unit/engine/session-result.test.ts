import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marketIndex } from '../../../src/domain/ids.js';
import { cash } from '../../../src/domain/units.js';
import { SessionResult } from '../../../src/engine/session-result.js';

describe('the result of the session', () => {
  test('is nothing before any market has one', () => {
    expect(new SessionResult().sum).toBe(0);
  });

  test('is the sum of the newest result of every market, whatever came before', () => {
    const updates = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -1e12, max: 1e12 })), { maxLength: 100 });
    fc.assert(
      fc.property(updates, (list) => {
        const session = new SessionResult();
        const newest = new Map<number, number>();
        for (const [market, result] of list) {
          newest.set(market, result);
          const sum = [...newest.values()].reduce((a, b) => a + b, 0);
          expect(session.update(marketIndex(market), cash(result))).toBe(sum);
        }
      }),
    );
  });
});
