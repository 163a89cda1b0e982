/** Which index a crypto series settles on, where the configuration does not say it. */
import { mappingOf } from '../config/index-fields.js';
import type { Settings } from '../config/settings.js';

/** By the beginning of the series: the exchange's crypto contracts settle on averages of CF Benchmarks' real-time indices (quoting reference f.2). */
const INDICES: readonly (readonly [prefix: string, index: string])[] = [
  ['KXBTC', 'BRTI'],
  ['KXSIMBTC', 'BRTI'],
  ['KXETH', 'ETHUSD_RTI'],
];

/**
 * Maps the series to its index, and listens to it on the exchange's own channel unless a feed of the configuration tells it. A series that is not known stays as it is:
 * it is then traded by its book alone.
 */
export const withCryptoIndex = (settings: Settings, series: string): Settings => {
  const { mappings } = settings.indices;
  const mapped = mappings.find((each) => each.series === series);
  const index = mapped?.index ?? INDICES.find(([prefix]) => series.startsWith(prefix))?.[1] ?? null;
  if (index === null) return settings;
  const { alpha, indices, environment, exchange } = settings;
  const isTold = alpha.cfbenchmarks.includes(index) || alpha.pyth.includes(index) || alpha.cryptoCom.some((feed) => feed.index === index);
  return {
    ...settings,
    indices: mapped === undefined ? { ...indices, mappings: [...mappings, mappingOf(`${series}=${index}`)] } : indices,
    alpha: isTold ? alpha : { ...alpha, cfbenchmarks: [...alpha.cfbenchmarks, index] },
    // The simulated exchange lists its index only where it is asked to.
    exchange: environment === 'sim' ? { ...exchange, indexEvent: true } : exchange,
  };
};
