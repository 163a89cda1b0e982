/** What every benchmark is, and what it is given. */
import type { Report } from './report.js';

export interface BenchOptions {
  /** Rounds of each variant; the best counts. */
  readonly rounds: number;
  /** The size of the work: 1 as a rule, 10 with --full, far below 1 in tests. */
  readonly scale: number;
  /** Called now and then while it works. */
  readonly tick: () => void;
}

export interface Bench {
  readonly name: string;
  readonly what: string;
  run(options: BenchOptions): Promise<Report>;
}

/** A count that follows the scale, and is never too small to mean something. */
export const scaled = (count: number, { scale }: BenchOptions, least = 100): number => Math.max(least, Math.round(count * scale));
