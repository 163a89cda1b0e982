/** How time is taken: variants side by side in the same run, one round each in turn, the best round counts; single items in a pass of their own. */
import type { Row } from './report.js';

/** One way to do the work. Everything that is made in `prepare` is outside the clock. */
export interface Variant {
  readonly label: string;
  readonly items: number;
  /** Called before every pass; returns the work on item i, for i from 0 to items - 1, in order. */
  prepare(): (i: number) => void;
}

export interface Timing {
  readonly label: string;
  /** Nanoseconds per item in the best round. */
  readonly best: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** @param tick called after every pass, for progress */
export const interleave = (variants: readonly Variant[], rounds: number, tick: () => void = () => undefined): Timing[] => {
  const best = variants.map(() => Infinity);
  const samples = variants.map((): Float64Array | null => null);
  for (let round = 0; round < rounds; round++)
    for (const [i, variant] of variants.entries()) {
      const mean = timePass(variant);
      const single = samplePass(variant);
      if (mean < (best[i] as number)) {
        best[i] = mean;
        samples[i] = single;
      }
      tick();
    }
  return variants.map(({ label }, i) => ({ label, best: best[i] as number, ...percentiles(samples[i] ?? new Float64Array(0)) }));
};

const timePass = (variant: Variant): number => {
  const { items } = variant;
  const work = variant.prepare();
  const from = performance.now();
  for (let i = 0; i < items; i++) work(i);
  return ((performance.now() - from) * 1e6) / items;
};

const samplePass = (variant: Variant): Float64Array => {
  const { items } = variant;
  const work = variant.prepare();
  const cost = clockCost();
  const samples = new Float64Array(items);
  for (let i = 0; i < items; i++) {
    const from = performance.now();
    work(i);
    samples[i] = Math.max(0, (performance.now() - from) * 1e6 - cost);
  }
  return samples;
};

/** What two looks at the clock cost, in nanoseconds: the median of many. */
export const clockCost = (): number => {
  const samples = new Float64Array(2001);
  for (let i = 0; i < samples.length; i++) {
    const from = performance.now();
    samples[i] = (performance.now() - from) * 1e6;
  }
  return samples.sort()[samples.length >> 1] as number;
};

/** Sorts the samples in place. NaN where there are none. */
export const percentiles = (samples: Float64Array): { readonly p50: number; readonly p99: number; readonly p999: number } => {
  samples.sort();
  const at = (share: number): number =>
    samples.length === 0 ? NaN : (samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] as number);
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
};

export const rowOf = (timing: Timing, unit = 'ns'): Row => ({ ...timing, unit });

/** One number per variant and round, for work that cannot be cut into items: the smallest counts. */
export const bestOf = async (
  variants: readonly { readonly label: string; readonly run: () => number | Promise<number> }[],
  rounds: number,
  tick: () => void = () => undefined,
): Promise<Map<string, number>> => {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++)
    for (const { label, run } of variants) {
      const found = await run();
      best.set(label, Math.min(found, best.get(label) ?? Infinity));
      tick();
    }
  return best;
};

export const timed = (work: () => void): number => {
  const from = performance.now();
  work();
  return (performance.now() - from) * 1e6;
};
