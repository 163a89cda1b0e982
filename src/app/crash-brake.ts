/** A program that dies again and again must not come back as fast as it dies: each start cancels and places anew, and whatever kills it is not mended by that. */
import { durationUs, seconds, type DurationUs } from '../domain/units.js';

/** Crashes are counted over this long. */
export const CRASH_WINDOW = seconds(600);
/** So many within the window are taken for bad luck. */
const FREE = 5;
/** So many, and a person must look. */
const REFUSED = 11;
const FIRST_WAIT = seconds(5);
const WAIT_MAX = seconds(60);

export type Brake =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly crashes: number; readonly span: DurationUs }
  | { readonly kind: 'refuse'; readonly crashes: number };

/** @param crashes moments of starts after a crash, in milliseconds since 1970; those outside of the window are ignored */
export const brakeAfter = (crashes: readonly number[], nowMs: number): Brake => {
  const count = recentCrashes(crashes, nowMs).length;
  if (count <= FREE) return { kind: 'go' };
  if (count >= REFUSED) return { kind: 'refuse', crashes: count };
  return { kind: 'wait', crashes: count, span: durationUs(Math.min(FIRST_WAIT * 2 ** (count - FREE - 1), WAIT_MAX)) };
};

/** Those that still count. A moment in the future is of a clock that was wrong, and counts. */
export const recentCrashes = (crashes: readonly number[], nowMs: number): readonly number[] =>
  crashes.filter((at) => nowMs - at < CRASH_WINDOW / 1000).slice(-REFUSED);
