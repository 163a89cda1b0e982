/** How rules over several keys look at the merged values. */
import type { FieldValue } from './fields.js';
import type { Origin } from './issue.js';

/** Looks up a value and where it stands; for rules over several keys. */
export interface Lookup {
  value(path: string): FieldValue;
  origin(path: string): Origin;
  /** Whether the value itself is in order; rules over several keys say nothing about those that are not. */
  sound(path: string): boolean;
  /** Where to point for something that is missing in a section. */
  place(section: string): Origin;
}
