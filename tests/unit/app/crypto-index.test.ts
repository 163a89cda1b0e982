import { expect, test } from 'vitest';
import { withCryptoIndex } from '../../../src/app/crypto-index.js';
import { mergeConfig } from '../../../src/config/merge.js';
import type { Settings } from '../../../src/config/settings.js';
import { toSettings } from '../../../src/config/to-settings.js';

const settings = (text = ''): Settings => toSettings(mergeConfig({ file: { name: 'test', text }, variables: {}, overrides: [] }).config);

test.each([
  ['KXETHD', 'ETHUSD_RTI'],
  ['KXBTC15M', 'BRTI'],
  ['KXSIMBTC', 'BRTI'],
])('%s settles on %s, heard on the channel of the exchange', (series, index) => {
  const { indices, alpha } = withCryptoIndex(settings(), series);
  expect(indices.mappings).toMatchObject([{ series, index, samples: 60 }]);
  expect(alpha.cfbenchmarks).toEqual([index]);
});

test('what the configuration says stands', () => {
  const given = settings('alpha: {indices: ["KXETHD=ETHUSD_RTI 1x1s"], pyth_underlyings: [ETHUSD_RTI]}');
  const { indices, alpha } = withCryptoIndex(given, 'KXETHD');
  expect(indices).toEqual(given.indices);
  expect(alpha).toEqual(given.alpha);
});

test('a series of which nobody knows the index is traded by its book', () => {
  const given = settings();
  expect(withCryptoIndex(given, 'KXDOGED')).toBe(given);
});

test('the simulated exchange is asked to list its index', () => {
  expect(withCryptoIndex(settings(), 'KXSIMBTC').exchange.indexEvent).toBe(true);
  expect(withCryptoIndex(settings('environment: demo'), 'KXETHD').exchange.indexEvent).toBe(false);
});
