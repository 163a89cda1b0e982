/** Stands for fast-check in these runs: properties draw the same cases every time, and look for no smaller counterexample of a mutant. */
import fc from '../../node_modules/fast-check/lib/fast-check.js';

fc.configureGlobal({ seed: 1, endOnFailure: true });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
