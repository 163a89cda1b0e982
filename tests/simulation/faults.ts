/** What can go wrong, and how much of it one seed draws. Every seed switches a random part of the kinds on, so that rare mixes occur. */
import { SeededChance } from '../../src/domain/chance.js';

/** Letters and numbers in brackets name the rows of the fault catalogue in the reliability notes of the project. */
export const FAULT_KINDS = [
  /** A write is lost before the exchange (N4), or its answer afterwards (N5). */
  'request-lost',
  'answer-lost',
  /** HTTP 503 with (X1) and without (X2) effect. */
  'error-accepted',
  'error-refused',
  /** Writes take up to three seconds, so that they overtake each other. */
  'slow-writes',
  /** The transport repeats a write: the second answer is a 409 (X5). */
  'repeated-request',
  /** The answer to a batch does not speak of every item (X8, X9). */
  'batch-holes',
  /** Nothing passes over REST for a while (N10). */
  'rest-down',
  /** HTTP 429 for a while (S7). */
  'rate-limits',
  /** Readings of the account fail in part, or take seconds. */
  'reading-fails',
  'slow-readings',
  /** Reads show the account as it was up to five seconds ago (X7, F7). */
  'read-lag',
  /** The stream dies unnoticed, is found dead, comes back (N3, N8, N9); or does so every few seconds (N11). */
  'stream-drops',
  'stream-flaps',
  /** The feed hears nothing for longer than its limit, then does again. */
  'stream-silence',
  /** Messages arrive seconds late, in order (N12). */
  'backlog',
  /** A number is missing (B1), or a change does not fit the book (B3). */
  'sequence-gaps',
  'corrupt-deltas',
  /** Fills come twice (F1), in another order (F3), or never over the stream (F6). */
  'repeated-private',
  'shuffled-fills',
  'lost-fills',
  /** The exchange pauses trading (S1), or everything (S2). */
  'trading-pauses',
  'exchange-pauses',
  /** A market is deactivated and activated again; closes early, is determined and settles (S4, F12); changes its ticks (S5). */
  'market-pauses',
  'early-closes',
  'tick-changes',
  /** Somebody trades by hand on the same account (X16), the exchange cancels an order of ours unasked (X14). */
  'manual-orders',
  'unasked-cancels',
  /** The fair price jumps again and again (B7). */
  'news',
  /** The process dies and is started again (D2, D3), stands still for up to 30 s (C3), or its clock is wrong by up to four seconds (C1). */
  'crashes',
  'stalls',
  'wrong-clock',
  /** The journal cannot be written for a while (D10). */
  'full-disk',
  /** A person pauses and resumes, or kills (G15). */
  'person-pauses',
  'kill',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultPlan {
  readonly kinds: ReadonlySet<FaultKind>;
  /** Grows all rates and frequencies: 1 is usual. */
  readonly intensity: number;
  /** Length of the fault phase in seconds. */
  readonly seconds: number;
}

/** A kill ends the run, so it is drawn more rarely than the others. */
const SHARES: Partial<Record<FaultKind, number>> = { kill: 0.1, crashes: 0.3 };
const USUAL_SHARE = 0.3;

export const drawPlan = (seed: number): FaultPlan => {
  const chance = new SeededChance(seed, 'plan');
  const kinds = new Set(FAULT_KINDS.filter((kind) => chance.next() < (SHARES[kind] ?? USUAL_SHARE)));
  return { kinds, intensity: 0.5 + 1.5 * chance.next(), seconds: 180 + Math.floor(chance.next() * 180) };
};
