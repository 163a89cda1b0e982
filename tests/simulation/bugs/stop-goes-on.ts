/** Quoting goes on while the bot stops. */
import type { NoQuote } from '../../../src/domain/actions.js';
import { whyNotQuote as original, type Conditions } from '../../../src/engine/gates.js';

export * from '../../../src/engine/gates.js';

export const whyNotQuote = (conditions: Conditions): NoQuote | null =>
  original(conditions.phase === 'stopping' ? { ...conditions, phase: 'trading' } : conditions);
