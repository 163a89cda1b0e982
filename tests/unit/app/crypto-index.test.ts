import { expect, test } from 'vitest';
import { cryptoIndexOverrides } from '../../../src/app/crypto-index.js';
import { mergeConfig } from '../../../src/config/merge.js';
import type { Settings } from '../../../src/config/settings.js';
import { toSettings } from '../../../src/config/to-settings.js';

const following = (series: string, text = ''): Settings => {
  const sources = { file: { name: 'test', text }, variables: {} };
  const { config } = mergeConfig({ ...sources, overrides: [] });
  return toSettings(mergeConfig({ ...sources, overrides: cryptoIndexOverrides(config, series) }).config);
};

test.each([
  ['KXETHD', 'ETHUSD_RTI'],
  ['KXBTC15M', 'BRTI'],
  ['KXSIMBTC', 'BRTI'],
])('%s settles on %s, heard on the channel of the exchange', (series, index) => {
  const { indices, alpha } = following(series);
  expect(indices.mappings).toMatchObject([{ series, index, samples: 60 }]);
  expect(alpha.cfbenchmarks).toEqual([index]);
});

test('what the configuration says stands', () => {
  const { indices, alpha } = following('KXETHD', 'alpha: {indices: ["KXETHD=ETHUSD_RTI 1x1s"], pyth_underlyings: [ETHUSD_RTI]}');
  expect(indices.mappings).toMatchObject([{ series: 'KXETHD', samples: 1 }]);
  expect(alpha.cfbenchmarks).toEqual([]);
});

test('what it says of other series stays beside it', () => {
  const { indices, alpha } = following('KXETHD', 'alpha: {indices: ["KXBTCD=BRTI"], cfbenchmarks_indices: [BRTI]}');
  expect(indices.mappings.map(({ series }) => series)).toEqual(['KXBTCD', 'KXETHD']);
  expect(alpha.cfbenchmarks).toEqual(['BRTI', 'ETHUSD_RTI']);
});

test('a series of which nobody knows the index is traded by its book', () => {
  expect(following('KXDOGED').indices.mappings).toEqual([]);
});

test('the simulated exchange is asked to list its index', () => {
  expect(following('KXSIMBTC').exchange.indexEvent).toBe(true);
  expect(following('KXDOGED').exchange.indexEvent).toBe(false);
});
