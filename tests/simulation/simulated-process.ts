/** One process of the bot in virtual time: its clock, which may be wrong, and its timers. It can be stopped, woken and killed. */
import type { Clock, Timer, Timers } from '../../src/domain/ports.js';
import { durationUs, epochUs, later, monoNs, type DurationUs, type EpochUs, type MonoNs } from '../../src/domain/units.js';
import { runMicrotasks } from './microtasks.js';
import type { VirtualTime } from './virtual-time.js';

export class SimulatedProcess implements Clock, Timers {
  #alive = true;
  #frozen = false;
  readonly #held: (() => void)[] = [];
  #soon: (() => void)[] = [];
  readonly #startedAt: EpochUs;
  readonly #origin: EpochUs;

  /** @param wallError the wall clock's error at a moment: wall time minus true time */
  constructor(
    readonly id: number,
    private readonly time: VirtualTime,
    private readonly wallError: () => DurationUs,
  ) {
    this.#startedAt = time.now;
    this.#origin = later(time.now, wallError());
  }

  get alive(): boolean {
    return this.#alive;
  }
  get frozen(): boolean {
    return this.#frozen;
  }

  // ---- clock: as the system's (ADR 2), the wall clock read once, plus monotonic time since ----

  now(): EpochUs {
    return epochUs(this.#origin + this.time.now - this.#startedAt);
  }
  monoNs(): MonoNs {
    return monoNs((this.time.now - this.#startedAt) * 1000);
  }
  wall(): EpochUs {
    return later(this.time.now, this.wallError());
  }

  // ---- timers ----

  after(span: DurationUs, run: () => void): Timer {
    return this.time.after(durationUs(Math.max(0, Math.ceil(span))), () => this.deliver(run));
  }

  every(span: DurationUs, run: () => void): Timer {
    let cancelled = false;
    let next: Timer;
    const fire = (): void => {
      if (cancelled || !this.#alive) return;
      run();
      if (!cancelled) next = plan();
    };
    const plan = (): Timer => this.time.after(span, () => this.deliver(fire));
    next = plan();
    return {
      cancel: () => {
        cancelled = true;
        next.cancel();
      },
    };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  // ---- what happens to it ----

  /** Hands something over from outside: at once, when it wakes, or never. */
  deliver(run: () => void): void {
    if (!this.#alive) return;
    if (this.#frozen) this.#held.push(run);
    else run();
  }

  /** Everything of this moment is done: what was asked for soon, and what promises go on with. */
  settle(): void {
    do {
      const soon = this.#soon;
      if (soon.length > 0) {
        this.#soon = [];
        for (const run of soon) if (this.#alive) run();
      }
      runMicrotasks();
    } while (this.#soon.length > 0);
  }

  /** Stands still, as under SIGSTOP or while a virtual machine is moved. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Goes on, with everything that has come up meanwhile. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    while (this.#held.length > 0 && !this.#frozen) {
      const run = this.#held.shift() as () => void;
      if (this.#alive) run();
      this.settle();
    }
  }

  /** Dies where it stands: no port of it does anything any more. */
  die(): void {
    this.#alive = false;
    this.#held.length = 0;
    this.#soon.length = 0;
  }
}
