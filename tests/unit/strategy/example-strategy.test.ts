import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Leaning } from './example-strategy.js';
import { inCents, market, PLAIN, view } from './views.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example of docs/strategies.md', () => {
  const leaning = new Leaning({ ...PLAIN, halfSpread: 0.015, leanPerContract: 0.0002 });

  test('is quoted there word for word, in no more than thirty lines', () => {
    const source = read('./example-strategy.ts');
    expect(read('../../../docs/strategies.md')).toContain(`\`\`\`ts\n${source}\`\`\`\n`);
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  test('quotes around the microprice', () => {
    expect(inCents(leaning.quote(view({ bid: 49, ask: 51 })))).toEqual([48, 52]);
    // Three times as much on the bid: the microprice is 50.5, the quotes 49 and 52.
    expect(inCents(leaning.quote(view({ bid: 49, ask: 51, bidSize: 300 })))).toEqual([49, 52]);
  });

  test('leans 0.02 cents per contract', () => {
    const fine = market({ grid: 'deci_cent' });
    expect(inCents(leaning.quote(view({ market: fine, held: 100 })))).toEqual([46.5, 49.5]);
    expect(inCents(leaning.quote(view({ market: fine, held: -100, ask: 51 })))).toEqual([50.5, 53.5]);
  });

  test('says why it does not quote', () => {
    expect(inCents(leaning.quote(view({ bid: null })))).toEqual(['one-sided-book', 'one-sided-book']);
  });
});
