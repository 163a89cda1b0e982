/** Sums of samples that can be gathered in pieces and put together, and what follows from them. */

/** Of one quantity: count, mean and sum of squared differences from the mean (Welford). Plain, so that it can cross threads. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

export const NO_SAMPLES: Moments = { n: 0, mean: 0, m2: 0 };

export const momentsOf = (samples: ArrayLike<number>): Moments => {
  let mean = 0;
  let m2 = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] as number;
    const before = x - mean;
    mean += before / (i + 1);
    m2 += before * (x - mean);
  }
  return { n: samples.length, mean, m2 };
};

/** Of both together (Chan, Golub and LeVeque 1979). Put pieces together in a fixed order: the last digits depend on it. */
export const merged = (a: Moments, b: Moments): Moments => {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const between = b.mean - a.mean;
  return { n, mean: a.mean + (between * b.n) / n, m2: a.m2 + b.m2 + (between * between * a.n * b.n) / n };
};

export const mergedAll = (pieces: readonly Moments[]): Moments => pieces.reduce(merged, NO_SAMPLES);

/** Standard deviation with n - 1; zero for fewer than two samples. */
export const deviation = ({ n, m2 }: Moments): number => (n > 1 ? Math.sqrt(m2 / (n - 1)) : 0);

/** Standard error of the mean. */
export const standardError = (moments: Moments): number => (moments.n > 0 ? deviation(moments) / Math.sqrt(moments.n) : 0);

/** Standard error of a standard deviation by the samples' own fourth moment: settlement profits are far from normal. */
export const deviationError = (samples: ArrayLike<number>): number => {
  const { n, mean, m2 } = momentsOf(samples);
  if (n < 2 || m2 === 0) return 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) fourth += ((samples[i] as number) - mean) ** 4;
  const variance = m2 / n;
  return Math.sqrt(Math.max(fourth / n - variance * variance, 0) / n) / (2 * Math.sqrt(variance));
};

/** Half-width of a 95 % confidence interval of a mean; for the couple of hundred samples and more that are used here the normal law will do. */
export const halfWidth = (moments: Moments): number => 1.96 * standardError(moments);

/** The value below which this share of the samples lies, between two order statistics. @param sorted ascending, not empty */
export const quantileOf = (sorted: ArrayLike<number>, share: number): number => {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (place - low) * (above - below);
};

export const sortedCopy = (samples: ArrayLike<number>): Float64Array => Float64Array.from(samples).sort();

/** Standard error of a quantile by the order statistics one binomial deviation to either side. @param sorted ascending */
export const quantileError = (sorted: ArrayLike<number>, share: number): number => {
  const step = Math.sqrt((share * (1 - share)) / sorted.length);
  return (quantileOf(sorted, Math.min(share + step, 1)) - quantileOf(sorted, Math.max(share - step, 0))) / 2;
};
