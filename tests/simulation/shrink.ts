/** Makes a failing seed smaller: fewer kinds of faults, then less time, as long as the same invariant breaks. */
import { drawPlan } from './misfortune.js';
import { work, type Job } from './work.js';

const TRIALS_MAX = 80;

/** @param say told of every step that helped */
export const shrink = (failing: Job, violation: string, say: (text: string) => void): Job => {
  const invariant = violation.slice(0, violation.indexOf(':'));
  let best: Job = { ...failing, twice: false, kinds: failing.kinds ?? [...drawPlan(failing.seed).kinds] };
  let trials = 0;
  const stillFails = (job: Job): boolean => {
    if (trials++ >= TRIALS_MAX) return false;
    return work(job).violation?.startsWith(`${invariant}:`) === true;
  };
  const attempt = (job: Job, what: string): boolean => {
    if (!stillFails(job)) return false;
    best = job;
    say(what);
    return true;
  };
  for (let size = Math.ceil((best.kinds ?? []).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < (best.kinds ?? []).length;) {
      const kinds = [...(best.kinds ?? [])];
      kinds.splice(at, size);
      if (!attempt({ ...best, kinds }, `${kinds.length} kinds of faults are enough`)) at += size;
    }
  }
  for (const share of [0.125, 0.25, 0.5, 0.75])
    if (attempt({ ...best, hours: best.hours * share }, `${best.hours * share} hours are enough`)) break;
  return best;
};
