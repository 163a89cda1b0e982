/** Virtual time: what is planned, in the order of its moments; what is planned for one moment keeps the order of planning. */
import { assert } from '../../src/domain/errors.js';
import type { Timer } from '../../src/domain/ports.js';
import { later, type DurationUs, type EpochUs } from '../../src/domain/units.js';

class Task implements Timer {
  constructor(
    readonly at: number,
    readonly place: number,
    public run: (() => void) | null,
  ) {}

  cancel(): void {
    this.run = null;
  }

  isBefore(other: Task): boolean {
    return this.at < other.at || (this.at === other.at && this.place < other.place);
  }
}

export class VirtualTime {
  readonly #heap: Task[] = [];
  #places = 0;

  constructor(public now: EpochUs) {}

  /** When the next thing happens, or Infinity. */
  get nextAt(): number {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return Infinity;
      if (first.run !== null) return first.at;
      this.#removeFirst();
    }
  }

  after(span: DurationUs, run: () => void): Timer {
    return this.at(later(this.now, span), run);
  }

  at(at: EpochUs, run: () => void): Timer {
    const task = new Task(Math.max(at, this.now), this.#places++, run);
    const heap = this.#heap;
    let i = heap.length;
    heap.push(task);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Task;
      if (!task.isBefore(above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = task;
    return task;
  }

  /** Runs the next task; its moment must have come. */
  runNext(): void {
    const first = this.#heap[0];
    assert(first !== undefined && first.run !== null && first.at <= this.now, 'nothing is due');
    this.#removeFirst();
    first.run();
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    const size = heap.length;
    if (size === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && (heap[child + 1] as Task).isBefore(heap[child] as Task)) child++;
      if (!(heap[child] as Task).isBefore(last)) break;
      heap[i] = heap[child] as Task;
      i = child;
    }
    heap[i] = last;
  }
}
