/** Keeps a curve of any length in bounded memory: values are collected into spans of time, whose width doubles whenever they become too many. */
import { epochUs, millis, type EpochUs } from '../domain/units.js';

/** Spans kept at most: about the columns of a chart. */
export const SPANS_MAX = 1024;

const FIRST_WIDTH = millis(1);

export interface Sample<T> {
  readonly at: EpochUs;
  readonly value: T;
}

interface Span<T> extends Sample<T> {
  readonly index: number;
}

/** The last value in every span of time. A later value of the same span takes the place of the earlier one, through `merge`. */
export class Samples<T> {
  readonly #merge: (earlier: T, later: T) => T;
  readonly #max: number;
  #start: number | null = null;
  #width: number = FIRST_WIDTH;
  #spans: Span<T>[] = [];

  /** @param merge makes one value of two neighbours */
  constructor(merge: (earlier: T, later: T) => T, max: number = SPANS_MAX) {
    this.#merge = merge;
    this.#max = max;
  }

  /** Times must not decrease; an earlier one counts as the last. */
  add(at: EpochUs, value: T): void {
    this.#start ??= at;
    let index = this.#indexOf(at);
    while (index >= this.#max) {
      this.#double();
      index = this.#indexOf(at);
    }
    const last = this.#spans.at(-1);
    if (last !== undefined && index <= last.index)
      this.#spans[this.#spans.length - 1] = {
        index: last.index,
        at: epochUs(Math.max(at, last.at)),
        value: this.#merge(last.value, value),
      };
    else this.#spans.push({ index, at, value });
  }

  /** In order of time. */
  list(): readonly Sample<T>[] {
    return this.#spans;
  }

  #indexOf(at: number): number {
    return Math.floor((at - (this.#start ?? at)) / this.#width);
  }

  #double(): void {
    this.#width *= 2;
    const merged: Span<T>[] = [];
    for (const span of this.#spans) {
      const index = this.#indexOf(span.at);
      const last = merged.at(-1);
      if (last?.index === index) merged[merged.length - 1] = { index, at: span.at, value: this.#merge(last.value, span.value) };
      else merged.push({ ...span, index });
    }
    this.#spans = merged;
  }
}
