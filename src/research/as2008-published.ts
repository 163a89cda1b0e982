/**
 * What Avellaneda and Stoikov printed, as far as it could be read in a source that can be named. Their tables also state the average spread, and results for other
 * risk aversions: those were not found, and nothing stands here from memory.
 */

export interface PublishedRow {
  readonly gamma: number;
  readonly strategy: 'inventory' | 'symmetric';
  readonly paths: number;
  readonly profitMean: number;
  readonly profitSd: number;
  readonly qMean: number;
  readonly qSd: number;
}

export const PUBLISHED_SOURCE =
  'Avellaneda and Stoikov, "High-frequency trading in a limit order book", Quantitative Finance 8(3), 2008, as quoted under "The original results were" by github.com/ragoragino/avellaneda-stoikov (README.md)';

export const PUBLISHED: readonly PublishedRow[] = [
  { gamma: 0.1, strategy: 'inventory', paths: 1000, profitMean: 65.0, profitSd: 6.6, qMean: 0.08, qSd: 2.9 },
  { gamma: 0.1, strategy: 'symmetric', paths: 1000, profitMean: 68.4, profitSd: 12.7, qMean: 0.26, qSd: 8.4 },
];
