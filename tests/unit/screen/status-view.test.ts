import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePrice, parseQuantity } from '../../../src/domain/units.js';
import { duration, statusLines } from '../../../src/screen/status-view.js';
import { AROUND, booked, modelOf, without } from './records.js';

const SSH = { columns: 80, rows: 24 };
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `KXHIGHNY-26NOV21-B${i}.5`);

describe('80 by 24', () => {
  test('one market: book, mid, fair, reservation, our quotes, position and result, all within the width', () => {
    const lines = statusLines(modelOf(['KXA-1']), AROUND, SSH);
    expect(lines).toContain('in cents         bid/ask   mid  fair  resv    our bid    our ask    held   P&L $');
    expect(lines).toContain('KXA-1              45/55 50.00 50.25 49.88      10@48   7.5@52.5     -12   +3.25');
  });

  test('the head says where, how, how long, how much, and what the feed and we are doing', () => {
    const model = modelOf(['KXA-1']);
    model.booked(booked(0));
    const head = statusLines(model, AROUND, SSH).slice(0, 4).join('\n');
    for (const said of [
      'KMM demo  avellaneda-stoikov  TRADING  1:02:05  P&L +3.25 $ after fees of 0.25 $',
      'orders 10 open, 0 placed',
      'fills 1 (2.00 contracts)',
      '123456 frames, 0 deltas, 2 gaps',
      'p50 0.91, p99 4.14, max 152 ms',
    ])
      expect(head).toContain(said);
  });

  test('five markets fit with the reason of every missing side', () => {
    const model = modelOf(names(5), (i) => (i % 2 === 0 ? {} : without(`spread ${i} cents, limit 20`)));
    const lines = statusLines(model, AROUND, SSH);
    expect(lines.filter((line) => line.startsWith('…'))).toHaveLength(5);
    expect(lines).toContain('  no quote: spread 1 cents, limit 20');
    expect(lines).toContain('  no quote: spread 3 cents, limit 20');
  });

  test('of fifty markets it shows what fits, and counts the others and what they lack', () => {
    const model = modelOf(names(50), (i) => (i >= 45 ? without('closed') : {}));
    model.booked(booked(0));
    const lines = statusLines(model, AROUND, SSH);
    expect(lines).toHaveLength(23);
    const shown = lines.filter((line) => line.startsWith('…')).length;
    expect(shown).toBeGreaterThan(10);
    expect(lines.find((line) => line.startsWith('...'))).toMatch(`... ${50 - shown} more markets, 5 of them without a quote`);
    expect(lines.at(-1)).toContain('Sold 2.00');
  });

  test('a long ticker keeps its end, where tickers differ', () => {
    const lines = statusLines(modelOf(['KXHIGHNY-26NOV21-B51.5', 'KXHIGHNY-26NOV21-T52']), AROUND, SSH);
    expect(lines.some((line) => line.startsWith('…NOV21-B51.5 '))).toBe(true);
    expect(lines.some((line) => line.startsWith('…26NOV21-T52 '))).toBe(true);
  });
});

describe('why there is no quote', () => {
  const reason = 'position 92.00 and 10.00 on their way to 102.00, limit 100.00 (risk.position_max_contracts)';

  test('one side missing is told for that side, with number and limit, even where it needs a second line', () => {
    const model = modelOf(['KXA-1'], () => ({ bid: null, noBid: { code: 'position-market', text: reason } }));
    const lines = statusLines(model, AROUND, SSH);
    const at = lines.findIndex((line) => line.startsWith('  no bid: '));
    expect(`${lines[at]} ${lines[at + 1]?.trim()}`).toContain(reason);
    expect(lines.join('\n')).not.toContain('no ask');
    expect(lines.find((line) => line.startsWith('KXA-1'))).toMatch(/ - +7\.5@52\.5 /);
  });

  test('two sides with different reasons get a line each', () => {
    const model = modelOf(['KXA-1'], () => ({
      bid: null,
      ask: null,
      noBid: { code: 'a', text: 'one' },
      noAsk: { code: 'b', text: 'two' },
    }));
    expect(statusLines(model, AROUND, SSH)).toEqual(expect.arrayContaining(['  no bid: one', '  no ask: two']));
  });

  test('a market that has not been decided yet waits for its book', () => {
    const model = modelOf(['KXA-1'], () => null);
    expect(statusLines(model, AROUND, SSH)).toContain('KXA-1        waiting for its book');
  });

  test('an empty book shows dashes', () => {
    const nothing = { bestBid: null, bestAsk: null, mid: null, fair: null, reservation: null, ...without('the book is empty') };
    const model = modelOf(['KXA-1'], () => nothing);
    expect(statusLines(model, AROUND, SSH)).toContain('KXA-1                -/-     -     -     -          -          -     -12   +3.25');
  });
});

describe('what was said', () => {
  test('the latest fills and notes fill what room is left, oldest first', () => {
    const model = modelOf(['KXA-1']);
    model.say({ type: 'say', severity: 'info', code: 'A', text: 'Connection established.' });
    model.booked(booked(0));
    expect(statusLines(model, AROUND, SSH).slice(-2)).toEqual(['Connection established.', 'Sold 2.00 KXA-1 at 0.5250, position -14.00.']);
  });

  test('a trouble stays on the screen however many fills come after it', () => {
    const model = modelOf(names(5));
    model.say({ type: 'say', severity: 'error', code: 'DRIFT', text: 'The exchange holds 5.00, we counted 4.00.' });
    for (let i = 0; i < 200; i++) model.booked(booked(0));
    expect(statusLines(model, AROUND, SSH)).toContain('ERROR: The exchange holds 5.00, we counted 4.00.');
  });

  test('a halt is at the top, with its reason', () => {
    const model = modelOf(names(50));
    model.halted({ type: 'halt', code: 'loss-session', text: 'lost 50.10 $, limit 50.00 $', latch: true });
    expect(statusLines(model, AROUND, SSH)[1]).toBe('HALTED (loss-session): lost 50.10 $, limit 50.00 $');
  });

  test('debug talk is not for the screen', () => {
    const model = modelOf(['KXA-1']);
    model.say({ type: 'say', severity: 'debug', code: 'X', text: 'inner life' });
    expect(statusLines(model, AROUND, SSH).join('\n')).not.toContain('inner life');
  });
});

test('whatever happens, nothing is wider or higher than the terminal, and nothing steers it', () => {
  const text = fc.string({ maxLength: 300, unit: fc.constantFrom('a', 'b', ' ', '\n', '\t', '\x1b', '-', '0') });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 250 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 0, max: 60 }),
      fc.array(fc.tuple(fc.constantFrom('info' as const, 'warn' as const, 'error' as const), text), { maxLength: 80 }),
      text,
      fc.boolean(),
      (columns, rows, count, notes, why, halted) => {
        const model = modelOf(
          Array.from({ length: count }, (_, i) => `KX${'LONG'.repeat(i % 9)}-${i}`),
          (i) => (i % 3 === 0 ? without(why) : i % 3 === 1 ? {} : { bid: parsePrice('0.9999'), bidSize: parseQuantity('4999.99') }),
        );
        for (const [severity, said] of notes) model.say({ type: 'say', severity, code: 'X', text: said });
        if (halted) model.halted({ type: 'halt', code: 'x', text: why, latch: true });
        const lines = statusLines(model, AROUND, { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
        expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

test('a wider terminal shows tickers whole', () => {
  const lines = statusLines(modelOf(['KXHIGHNY-26NOV21-B51.5']), AROUND, { columns: 120, rows: 40 });
  expect(lines.some((line) => line.startsWith('KXHIGHNY-26NOV21-B51.5 '))).toBe(true);
});

test.each([
  [0, '00:00'],
  [59.9, '00:59'],
  [3725, '1:02:05'],
  [-1, '00:00'],
])('%d seconds are %s', (s, text) => {
  expect(duration(s)).toBe(text);
});
