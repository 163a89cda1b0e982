/** Our own latency, from the arrival of a frame (or another fact) to the hand-over of an order. */
import { createHistogram } from 'node:perf_hooks';

export interface LatencySummary {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export class Latency {
  readonly #histogram = createHistogram();
  /** Percentiles cost more than many records, and are asked for more often than orders leave. */
  #summary: LatencySummary | null = null;

  /** @param ns nanoseconds */
  record(ns: number): void {
    this.#summary = null;
    this.#histogram.record(Math.max(1, Math.round(ns)));
  }

  /** In microseconds, one decimal; zeros where nothing was measured. */
  summary(): LatencySummary {
    return (this.#summary ??= this.#measure());
  }

  #measure(): LatencySummary {
    const h = this.#histogram;
    if (h.count === 0) return { p50: 0, p99: 0, p999: 0, max: 0 };
    return { p50: us(h.percentile(50)), p99: us(h.percentile(99)), p999: us(h.percentile(99.9)), max: us(h.max) };
  }
}

const us = (ns: number): number => Math.round(ns / 100) / 10;
