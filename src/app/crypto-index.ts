/** Which index a crypto series settles on, where the configuration does not say it. */
import { mappingOf } from '../config/index-fields.js';
import type { Config } from '../config/schema.js';
import type { Override } from '../config/text-source.js';

/** Strikes on the simulated exchange's own index. */
export const SIMULATED_SERIES = 'KXSIMBTC';

/** By the beginning of the series: the exchange's crypto contracts settle on averages of CF Benchmarks' real-time indices (quoting reference f.2). */
const INDICES: readonly (readonly [prefix: string, index: string])[] = [
  ['KXBTC', 'BRTI'],
  [SIMULATED_SERIES, 'BRTI'],
  ['KXETH', 'ETHUSD_RTI'],
];

/**
 * Values that map the series to its index, and listen to it on the exchange's own channel unless a feed of the configuration tells it. None for a series that is not
 * known: it is then traded by its book alone.
 */
export const cryptoIndexOverrides = ({ alpha, environment }: Config, series: string): readonly Override[] => {
  const mapped = alpha.indices.map(mappingOf).find((each) => each.series === series);
  const index = mapped?.index ?? INDICES.find(([prefix]) => series.startsWith(prefix))?.[1] ?? null;
  if (index === null) return [];
  const { cfbenchmarks_indices: told, pyth_underlyings: pyth, crypto_com: feeds } = alpha;
  const isTold = told.includes(index) || pyth.includes(index) || feeds.some((feed) => feed.index === index);
  const set = (key: string, text: string): Override => ({ key, text, flag: 'index' });
  return [
    ...(mapped === undefined ? [set('alpha.indices', [...alpha.indices, `${series}=${index}`].join(','))] : []),
    ...(isTold ? [] : [set('alpha.cfbenchmarks_indices', [...told, index].join(','))]),
    // The simulated exchange lists its index only where it is asked to.
    ...(environment === 'sim' ? [set('exchange.index_event', 'true')] : []),
  ];
};
