/**
 * Spends the rate budget in real time. Orders get tokens now or are turned away; cancels, group calls and reads may wait a bounded time, and while a
 * cancel waits nothing else is taken from its bucket.
 */
import type { Clock, Timer, Timers } from '../domain/ports.js';
import { between, later, millis, seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import { bucketOf, type RateBudget, type WriteRoute } from './rate-budget.js';

export interface ThrottleSettings {
  /** A cancel that has waited this long for tokens is given back. */
  readonly cancelWaitMax: DurationUs;
  readonly readWaitMax: DurationUs;
  /** Calls that may wait, per queue. */
  readonly queueMax: number;
}

export const DEFAULT_THROTTLE: ThrottleSettings = { cancelWaitMax: seconds(5), readWaitMax: seconds(10), queueMax: 5000 };

interface Waiting {
  readonly cost: number;
  readonly deadline: EpochUs;
  readonly run: () => void;
  readonly giveUp: () => void;
}

/** Takes turns at one bucket: first come, first served. */
class Turnstile {
  readonly #queue: Waiting[] = [];
  #timer: Timer | null = null;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly timers: Timers,
    private readonly queueMax: number,
    private readonly tryTake: (cost: number, now: EpochUs) => boolean,
    private readonly readyAt: (cost: number, now: EpochUs) => EpochUs | null,
  ) {}

  get length(): number {
    return this.#queue.length;
  }

  /** The same, in front of all that wait. */
  enterFirst(waiting: Waiting): void {
    const now = this.clock.now();
    if (this.tryTake(waiting.cost, now)) return waiting.run();
    if (this.readyAt(waiting.cost, now) === null) return waiting.giveUp();
    this.#queue.unshift(waiting);
    // The timer may sleep for a dearer one.
    this.#timer?.cancel();
    this.#timer = null;
    this.#sleep(now);
  }

  enter(waiting: Waiting): void {
    const now = this.clock.now();
    if (this.#queue.length === 0 && this.tryTake(waiting.cost, now)) return waiting.run();
    // A call that costs more than the bucket can ever hold must not block those behind it.
    if (this.#queue.length >= this.queueMax || this.readyAt(waiting.cost, now) === null) return waiting.giveUp();
    this.#queue.push(waiting);
    this.#sleep(now);
  }

  #serve(): void {
    const now = this.clock.now();
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (this.tryTake(head.cost, now)) {
        this.#queue.shift();
        head.run();
      } else if (now >= head.deadline || this.readyAt(head.cost, now) === null) {
        this.#queue.shift();
        head.giveUp();
      } else break;
    }
    this.#sleep(now);
  }

  #sleep(now: EpochUs): void {
    const head = this.#queue[0];
    if (this.#timer !== null || head === undefined) return;
    const ready = this.readyAt(head.cost, now) ?? now;
    const wake = Math.min(ready, head.deadline) as EpochUs;
    // At least one millisecond: a timer of zero would spin where the bucket is drained by others.
    this.#timer = this.timers.after(Math.max(between(now, wake), millis(1)) as DurationUs, () => {
      this.#timer = null;
      this.#serve();
    });
  }
}

export class Throttle {
  readonly #cancels = new Map<number, Turnstile>();
  readonly #writes = new Map<number, Turnstile>();
  readonly #reads: Turnstile;

  constructor(
    readonly budget: RateBudget,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly timers: Timers,
    private readonly settings: ThrottleSettings = DEFAULT_THROTTLE,
  ) {
    this.#reads = this.#turnstile(
      (cost, now) => budget.tryRead(cost, now),
      (cost, now) => budget.readReadyAt(cost, now),
    );
  }

  /** Tokens for orders and amends: now or not at all, and not while cancels wait. */
  tryWrite(route: WriteRoute, cost: number): boolean {
    return !this.cancelsWait(route) && this.budget.tryWrite(route, cost, this.clock.now());
  }

  /** How many items of a batch of orders can be paid now. */
  affordable(route: WriteRoute, costEach: number): number {
    return this.cancelsWait(route) ? 0 : this.budget.affordable(route, costEach, 'keep-reserve', this.clock.now());
  }

  /** How many items of a batch of cancels can be paid now. */
  affordableCancels(route: WriteRoute, costEach: number): number {
    return this.cancelsWait(route) ? 0 : this.budget.affordable(route, costEach, 'use-reserve', this.clock.now());
  }

  /** Runs a cancel as soon as there are tokens, or gives it up after the longest wait. Exactly one of the two is called. */
  cancel(route: WriteRoute, cost: number, run: () => void, giveUp: () => void): void {
    this.#of(this.#cancels, route, 'use-reserve').enter({
      cost,
      run,
      giveUp,
      deadline: later(this.clock.now(), this.settings.cancelWaitMax),
    });
  }

  /** As `cancel`, and before every cancel that waits: one call that removes many orders. */
  sweep(route: WriteRoute, cost: number, run: () => void, giveUp: () => void): void {
    this.#of(this.#cancels, route, 'use-reserve').enterFirst({
      cost,
      run,
      giveUp,
      deadline: later(this.clock.now(), this.settings.cancelWaitMax),
    });
  }

  /** Waits for tokens of a call that is neither order nor cancel, such as a new order group. False where none came in time. */
  write(route: WriteRoute, cost: number): Promise<boolean> {
    return this.#waitAt(this.#of(this.#writes, route, 'keep-reserve'), cost);
  }

  /** Waits for tokens of a read. False where none came in time. */
  read(cost: number): Promise<boolean> {
    return this.#waitAt(this.#reads, cost);
  }

  cancelsWait(route: WriteRoute): boolean {
    return (this.#cancels.get(bucketOf(route))?.length ?? 0) > 0;
  }

  /** The exchange answered 429: its bucket is emptier than ours. */
  writeRefused(route: WriteRoute): void {
    this.budget.drainWrite(route, this.clock.now());
  }

  readRefused(): void {
    this.budget.drainRead(this.clock.now());
  }

  #waitAt(turnstile: Turnstile, cost: number): Promise<boolean> {
    return new Promise((resolve) => {
      turnstile.enter({
        cost,
        deadline: later(this.clock.now(), this.settings.readWaitMax),
        run: () => resolve(true),
        giveUp: () => resolve(false),
      });
    });
  }

  #of(turnstiles: Map<number, Turnstile>, route: WriteRoute, reserve: 'keep-reserve' | 'use-reserve'): Turnstile {
    const key = bucketOf(route);
    let turnstile = turnstiles.get(key);
    if (turnstile === undefined) {
      turnstile =
        reserve === 'use-reserve'
          ? this.#turnstile(
              (cost, now) => this.budget.tryCancel(route, cost, now),
              (cost, now) => this.budget.cancelReadyAt(route, cost, now),
            )
          : this.#turnstile(
              (cost, now) => !this.cancelsWait(route) && this.budget.tryWrite(route, cost, now),
              (cost, now) => this.budget.writeReadyAt(route, cost, now),
            );
      turnstiles.set(key, turnstile);
    }
    return turnstile;
  }

  #turnstile(tryTake: (cost: number, now: EpochUs) => boolean, readyAt: (cost: number, now: EpochUs) => EpochUs | null): Turnstile {
    return new Turnstile(this.clock, this.timers, this.settings.queueMax, tryTake, readyAt);
  }
}
