/** Runs that once failed, with what they showed. They come first, for ever. */
import type { FaultKind } from './catalogue.js';

export interface OnceFailed {
  readonly seed: number;
  readonly hours: number;
  /** Only these kinds of faults; absent: those the seed draws. */
  readonly kinds?: readonly FaultKind[];
  readonly intensity?: number;
  readonly symptom: string;
}

const RECORDS: readonly FaultKind[] = [
  'd17-power-lost',
  'd5-crash-before-tape',
  'd4-crash-before-journal',
  'd7-crash-in-recovery',
  'd10-disk-full',
  'd11-sync-fails',
  'x5-repeated-request',
];

export const CORPUS: readonly OnceFailed[] = [
  {
    seed: 410,
    hours: 0.225,
    kinds: ['d12-writer-dies'],
    symptom: 'after six deaths of the writing thread nothing wrote the tape, and quoting never came back',
  },
  { seed: 101, hours: 1, symptom: 'the same, among everything else' },
  { seed: 4, hours: 0.125, kinds: ['d17-power-lost'], intensity: 15, symptom: 'a record that ended in zeros passed for damage' },
  { seed: 52, hours: 0.25, kinds: RECORDS, intensity: 10, symptom: 'the zeros began in the checksum of a record' },
  { seed: 16, hours: 0.5, kinds: ['d17-power-lost'], intensity: 15, symptom: 'a journal of nothing but zeros' },
  {
    seed: 20,
    hours: 0.5,
    kinds: RECORDS,
    intensity: 10,
    symptom: 'a fill that a full disk had kept in part was never on the platter, and on no tape after a power failure',
  },
  { seed: 24, hours: 0.25, symptom: 'while the stream came and went nobody asked for 15 s what had become of an order' },
  { seed: 100833, hours: 1, symptom: 'an order filled between the two lists of one reading, and the loss at risk passed its limit' },
  { seed: 301083, hours: 0.25, symptom: 'a burst out of a backlog outvoted the fresh stamps before it, and old data was quoted on' },
  { seed: 400070, hours: 0.5, symptom: 'a kill on a full disk left no latch, the process crashed, and the next one traded on' },
  { seed: 401266, hours: 1, symptom: 'a description asked for before new ticks were told brought the old ones back' },
  { seed: 401487, hours: 0.125, symptom: 'a wrong judge: a fill by hand before the first reading is in the position taken over' },
  { seed: 401854, hours: 0.125, symptom: 'frozen while it read the account, it quoted on an answer of before' },
  { seed: 500784, hours: 0.5, symptom: 'a fill that the tape had and the journal had lost was told again by the next run' },
  {
    seed: 502049,
    hours: 1,
    symptom: 'of two words of one millisecond the earlier one was believed, and an order that rested was taken to be filled',
  },
  { seed: 600043, hours: 0.125, symptom: 'a conflict whose word could not be read passed for a refusal, and a second order met the first' },
];
