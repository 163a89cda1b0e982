/** Chance of one seed: which faults it has and how much of them, and how long things take. Quiet once told so. */
import { SeededChance } from '../../src/domain/chance.js';
import { durationUs, millis, type DurationUs } from '../../src/domain/units.js';
import { ADDED_KINDS, FAULT_KINDS, type FaultKind } from './catalogue.js';

export interface FaultPlan {
  readonly kinds: ReadonlySet<FaultKind>;
  /** Grows all rates and frequencies: 1 is usual. */
  readonly intensity: number;
}

/** Faults that end or interrupt a run are drawn more rarely, so that most seeds see long stretches of trading. */
const SHARES: Partial<Record<FaultKind, number>> = {
  'g15-killed-twice': 0.12,
  'd16-terminated': 0.2,
  'd6-crash-in-kill': 0.15,
  's11-api-gone': 0.2,
  's9-key-refused': 0.2,
  'n2-bad-certificate': 0.2,
  'c2-clock-step': 0.2,
};
const USUAL_SHARE = 0.35;

export const drawPlan = (seed: number): FaultPlan => {
  const chance = new SeededChance(seed, 'plan');
  const has = (kind: FaultKind, drawn: number): boolean => drawn < (SHARES[kind] ?? USUAL_SHARE);
  const kinds = new Set(FAULT_KINDS.filter((kind) => !ADDED_KINDS.includes(kind) && has(kind, chance.next())));
  for (const kind of ADDED_KINDS) if (has(kind, new SeededChance(seed, `has ${kind}`).next())) kinds.add(kind);
  return { kinds, intensity: 0.5 + 1.5 * chance.next() };
};

export class Misfortune {
  /** Chances of its own for every kind: leaving one out leaves the others as they were, so that a failing seed can be made smaller. */
  readonly #ofKind = new Map<FaultKind, SeededChance>();
  readonly #travels: SeededChance;
  readonly #chance: SeededChance;
  #quiet = false;
  /** How often the bot has felt each kind. */
  readonly felt = new Map<FaultKind, number>();

  constructor(
    private readonly seed: number,
    readonly plan: FaultPlan,
    private readonly onFelt: (kind: FaultKind) => void = () => {},
  ) {
    this.#travels = new SeededChance(seed, 'travels');
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

  /** Whether a fault of this kind happens here; `feel` is called once the bot notices. */
  strikes(kind: FaultKind, share: number): boolean {
    return this.has(kind) && this.chanceOf(kind).next() < share * this.plan.intensity;
  }

  chanceOf(kind: FaultKind): SeededChance {
    let chance = this.#ofKind.get(kind);
    if (chance === undefined) this.#ofKind.set(kind, (chance = new SeededChance(this.seed, kind)));
    return chance;
  }

  feel(kind: FaultKind): void {
    this.felt.set(kind, (this.felt.get(kind) ?? 0) + 1);
    this.onFelt(kind);
  }

  next(): number {
    return this.#chance.next();
  }
  chance(share: number): boolean {
    return this.#chance.next() < share;
  }
  within(span: DurationUs): DurationUs {
    return durationUs(Math.floor(this.#chance.next() * span));
  }
  between(low: DurationUs, high: DurationUs): DurationUs {
    return durationUs(low + this.within(durationUs(high - low)));
  }
  whole(low: number, high: number): number {
    return low + Math.floor(this.#chance.next() * (high - low + 1));
  }
  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#chance.next() * list.length)];
  }

  /** One way over the network: some milliseconds, now and then many. */
  travel(): DurationUs {
    const long = this.#travels.next() < 0.05;
    const share = this.#travels.next();
    return durationUs(Math.floor(long ? millis(20) + share * millis(130) : millis(2) + share * millis(18)));
  }
}
