/** Fees are not booked. */
import type { Fill } from '../../../src/domain/events.js';
import { ZERO_CASH } from '../../../src/domain/units.js';
import { fillFact as original } from '../../../src/connector/wire-facts.js';

export * from '../../../src/connector/wire-facts.js';

export const fillFact = (...message: Parameters<typeof original>): Fill => {
  const fact = original(...message);
  return { ...fact, fill: { ...fact.fill, fee: ZERO_CASH } };
};
