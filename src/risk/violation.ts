import type { NoQuote } from '../domain/actions.js';

/** Why something is not allowed: a stable code, and one text with the number, the limit and the name of the setting. */
export type Violation = NoQuote;
