import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientOrderId, ticker } from '../../../src/domain/ids.js';
import { UNKNOWN_TIME } from '../../../src/domain/units.js';
import { completedFills, FILL_HEAD, fillIdsIn, formatFill, type FillRow } from '../../../src/logger/fill-tape.js';
import { bookedFill } from '../../support/fills.js';

const row = (id: string): FillRow => ({ ticker: ticker('KX-A'), booked: bookedFill(id) });
const tapeOf = (...ids: string[]): string => FILL_HEAD + ids.map((id) => formatFill(row(id))).join('');

test('a row has its numbers in the units of the tape', () => {
  expect(formatFill(row('f1'))).toBe(
    '2026-11-21T12:00:00.000000Z,KX-A,f1,bid,0.4800,10.00,0.000000,maker,10.00,0.000000,order-1,kmm-r1-1,stream,2026-11-21T11:59:59.900000Z\n',
  );
  const bare = { ticker: ticker('KX-A'), booked: bookedFill('f1', { clientId: null, exchangeAt: UNKNOWN_TIME, source: 'rest' }) };
  expect(formatFill(bare)).toContain(',order-1,,rest,\n');
});

test('a name with a comma survives', () => {
  const odd = { ticker: ticker('KX,"A"'), booked: bookedFill('f,1', { clientId: clientOrderId('a"b') }) };
  expect(fillIdsIn(FILL_HEAD + formatFill(odd))).toEqual(['f,1']);
});

describe('a tape that a crash left behind', () => {
  test('is completed from wherever it was torn, each fill once, in order', () => {
    const ids = ['f1', 'f2', 'f3', 'f4'];
    const whole = tapeOf(...ids);
    fc.assert(
      fc.property(fc.nat(whole.length), (length) => {
        const torn = whole.slice(0, length);
        const completed = completedFills(torn, ids.map(row));
        expect(completed?.text ?? torn).toBe(whole);
        expect(completedFills(whole, ids.map(row))).toBeNull();
      }),
    );
  });

  test('that is not there is made', () => {
    expect(completedFills(null, [row('f1')])).toEqual({ text: tapeOf('f1'), added: 1 });
    expect(completedFills(null, [])).toBeNull();
  });

  test('which is something else is left as it is', () => {
    expect(completedFills('my own notes\n', [row('f1')])).toBeNull();
  });
});
