/** One seed as a piece of work: what goes to a worker, and what comes back. */
import { isFaultKind, type FaultKind } from './catalogue.js';
import { drawPlan, type FaultPlan } from './misfortune.js';
import { runSeed } from './verdict.js';
import type { Tracer } from './world.js';

export interface Job {
  readonly seed: number;
  readonly hours: number;
  /** Only these kinds of faults; null: those the seed draws. */
  readonly kinds: readonly FaultKind[] | null;
  /** How much of them, 1 is usual; null: as the seed draws. */
  readonly intensity: number | null;
  /** Run it a second time: the same seed must be the same world. */
  readonly twice: boolean;
}

export interface Report {
  readonly job: Job;
  readonly seed: number;
  readonly virtualSeconds: number;
  readonly events: number;
  readonly deltas: number;
  readonly ownOrders: number;
  readonly fills: number;
  readonly unknownSeconds: readonly number[];
  readonly felt: readonly (readonly [FaultKind, number])[];
  readonly violation: string | null;
  readonly hash: number;
}

export const planOf = ({ seed, kinds, intensity }: Pick<Job, 'seed' | 'kinds' | 'intensity'>): FaultPlan => {
  const drawn = drawPlan(seed);
  return { kinds: kinds === null ? drawn.kinds : new Set(kinds), intensity: intensity ?? drawn.intensity };
};

/** Must be called from a plain call, not from a continuation (see `microtasks.ts`). */
export const work = (job: Job, trace: Tracer | null = null): Report => {
  const first = once(job, trace);
  if (!job.twice || first.violation !== null) return first;
  const second = once(job, null);
  return second.hash === first.hash ? first : { ...first, violation: `I14: the same seed was another world the second time` };
};

const once = (job: Job, trace: Tracer | null): Report => {
  const { world, virtualSeconds, fills, unknownSeconds, error } = runSeed(job.seed, { hours: job.hours, plan: planOf(job), trace });
  return {
    job,
    seed: job.seed,
    virtualSeconds,
    events: world.events,
    deltas: world.deltas,
    ownOrders: world.judge.ownOrders,
    fills,
    unknownSeconds,
    felt: [...world.misfortune.felt],
    violation: error === null ? null : error.message.startsWith('I') ? error.message : (error.stack ?? error.message),
    hash: world.hash,
  };
};

export const kindsOf = (text: string): FaultKind[] => {
  const words = text.split(',').filter((word) => word !== '');
  const wrong = words.find((word) => !isFaultKind(word));
  if (wrong !== undefined) throw new Error(`--kinds: expected names that --faults lists, got ${wrong}`);
  return words.filter(isFaultKind);
};
