import { assert } from '../../domain/errors.js';
import type { EpochUs } from '../../domain/units.js';

interface Task {
  readonly at: EpochUs;
  readonly order: number;
  readonly run: () => void;
}

const before = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What is to happen and when: a binary heap by time, and in order of booking where times are equal. */
export class Timeline {
  readonly #heap: Task[] = [];
  #booked = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next task is due, or null. */
  get nextAt(): EpochUs | null {
    return this.#heap[0]?.at ?? null;
  }

  book(at: EpochUs, run: () => void): void {
    const heap = this.#heap;
    const task: Task = { at, order: this.#booked++, run };
    let i = heap.length;
    heap.push(task);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(task, heap[parent] as Task)) break;
      heap[i] = heap[parent] as Task;
      i = parent;
    }
    heap[i] = task;
  }

  /** Takes the first task out; the timeline must not be empty. */
  take(): { readonly at: EpochUs; readonly run: () => void } {
    const heap = this.#heap;
    const first = heap[0];
    assert(first !== undefined, 'taking from an empty timeline');
    const last = heap.pop() as Task;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(task: Task): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++;
      if (!before(heap[child] as Task, task)) break;
      heap[i] = heap[child] as Task;
      i = child;
    }
    heap[i] = task;
  }
}
