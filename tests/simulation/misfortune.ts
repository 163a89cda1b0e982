/** Chance of one seed: what strikes, and how long things take. Quiet once told so. */
import { SeededChance } from '../../src/domain/chance.js';
import { durationUs, millis, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind, FaultPlan } from './faults.js';

export class Misfortune {
  readonly #chance: SeededChance;
  #quiet = false;
  /** How often each kind struck. */
  readonly struck = new Map<FaultKind, number>();

  constructor(
    seed: number,
    readonly plan: FaultPlan,
  ) {
    this.#chance = new SeededChance(seed, 'misfortune');
  }

  /** From here on nothing goes wrong any more. */
  endFaults(): void {
    this.#quiet = true;
  }

  get isQuiet(): boolean {
    return this.#quiet;
  }

  has(kind: FaultKind): boolean {
    return !this.#quiet && this.plan.kinds.has(kind);
  }

  strikes(kind: FaultKind, share: number): boolean {
    if (!this.has(kind) || this.#chance.next() >= share * this.plan.intensity) return false;
    this.note(kind);
    return true;
  }

  note(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  next(): number {
    return this.#chance.next();
  }

  within(span: DurationUs): DurationUs {
    return durationUs(Math.floor(this.#chance.next() * span));
  }

  between(low: DurationUs, high: DurationUs): DurationUs {
    return durationUs(low + this.within(durationUs(high - low)));
  }

  /** One way over the network: some milliseconds, now and then many. */
  travel(): DurationUs {
    return this.#chance.next() < 0.05 ? this.between(millis(20), millis(150)) : this.between(millis(2), millis(20));
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#chance.next() * list.length)];
  }
}
