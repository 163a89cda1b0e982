/** Virtual time: what is planned, in the order of its moments; what is planned for one moment keeps the order of planning. */
import { assert } from '../../src/domain/errors.js';
import { later, type DurationUs, type EpochUs } from '../../src/domain/units.js';

interface Task {
  readonly at: EpochUs;
  readonly place: number;
  readonly run: () => void;
}

const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.place < b.place);

export class VirtualTime {
  readonly #heap: Task[] = [];
  #places = 0;

  constructor(public now: EpochUs) {}

  get nextAt(): EpochUs | null {
    return this.#heap[0]?.at ?? null;
  }

  after(span: DurationUs, run: () => void): void {
    this.at(later(this.now, span), run);
  }

  at(at: EpochUs, run: () => void): void {
    const task = { at: at < this.now ? this.now : at, place: this.#places++, run };
    const heap = this.#heap;
    heap.push(task);
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!isBefore(task, heap.at(parent) as Task)) break;
      heap[i] = heap.at(parent) as Task;
      heap[parent] = task;
      i = parent;
    }
  }

  /** Runs the next task; its moment must have come. */
  runNext(): void {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    assert(first !== undefined && last !== undefined && first.at <= this.now, 'nothing is due');
    if (heap.length > 0) this.#sink(last);
    first.run();
  }

  #sink(task: Task): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap.at(child + 1) as Task, heap.at(child) as Task)) child++;
      if (!isBefore(heap.at(child) as Task, task)) break;
      heap[i] = heap.at(child) as Task;
      i = child;
    }
    heap[i] = task;
  }
}
