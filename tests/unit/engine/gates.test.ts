import { expect, test } from 'vitest';
import { durationUs, epochUs, later, millis, seconds } from '../../../src/domain/units.js';
import { whyNotQuote, type Conditions } from '../../../src/engine/gates.js';
import { market } from '../../support/markets.js';
import { ENGINE } from '../../support/settings.js';

const NOW = epochUs(1_795_000_000_000_000);
const open: Conditions = {
  now: NOW,
  phase: 'trading',
  halted: null,
  storageProblem: null,
  unprotected: null,
  feedSilent: false,
  market: market(),
  settled: false,
  exchangeActive: true,
  book: 'good',
  bookReason: null,
  crossed: false,
  age: durationUs(0),
  scheduled: null,
  settings: ENGINE,
};

test('an open market with a good, fresh book may be quoted', () => {
  expect(whyNotQuote(open)).toBeNull();
});

test.each<[string, Partial<Conditions>, string]>([
  ['a release', { scheduled: { code: 'calendar', text: 'CPI' } }, 'calendar'],
  ['a halt', { halted: { code: 'killed', text: 'killed by a person' } }, 'killed'],
  ['waiting for the feed', { phase: 'waiting' }, 'no-feed'],
  ['recovering', { phase: 'clearing' }, 'recovering'],
  ['stopping', { phase: 'stopping' }, 'stopping'],
  ['a full disk', { storageProblem: 'journal' }, 'storage'],
  ['no order group', { unprotected: { code: 'no-group', text: 'waiting' } }, 'no-group'],
  ['silence', { feedSilent: true }, 'stale-feed'],
  ['a paused market', { market: market({ status: 'inactive' }) }, 'market-not-open'],
  ['a settled market', { settled: true }, 'settled'],
  ['an exchange pause', { exchangeActive: false }, 'exchange-paused'],
  ['no book yet', { book: 'none' }, 'no-book'],
  ['a lost book', { book: 'lost', bookReason: 'sequence-gap' }, 'book-lost'],
  ['a crossed book', { crossed: true }, 'crossed-book'],
  ['old data', { age: seconds(6) }, 'old-data'],
  ['the last seconds', { market: market({ closesAt: later(NOW, seconds(3)) }) }, 'near-close'],
  ['a past close', { market: market({ closesAt: later(NOW, millis(-1)) }) }, 'near-close'],
])('%s shuts the market', (_, change, code) => {
  expect(whyNotQuote({ ...open, ...change })?.code).toBe(code);
});

test('reasons carry the number and the limit', () => {
  expect(whyNotQuote({ ...open, age: seconds(6.25) })?.text).toBe('data is 6.3 s behind by exchange time, limit 5.0 s');
  expect(whyNotQuote({ ...open, book: 'lost', bookReason: 'sequence-gap' })?.text).toContain('sequence-gap');
});
