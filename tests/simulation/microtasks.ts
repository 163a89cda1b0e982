/**
 * Runs the continuations of all settled promises now, so that virtual time moves on only once everything of the present moment has been done. Node has no
 * documented call for it; this is the one with which its own timers do it. It has no effect within a continuation, so the world turns in plain calls.
 */
import { assert } from '../../src/domain/errors.js';

const drain = (process as unknown as { readonly _tickCallback?: () => void })._tickCallback;

export const runMicrotasks = (): void => {
  assert(drain !== undefined, 'this version of Node cannot run promise continuations on demand');
  drain();
};
