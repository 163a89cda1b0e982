/** A fill of an ask is booked as a purchase. */
import type { Fill } from '../../../src/domain/events.js';
import { fillFact as original } from '../../../src/connector/wire-facts.js';

export * from '../../../src/connector/wire-facts.js';

export const fillFact = (...message: Parameters<typeof original>): Fill => {
  const fact = original(...message);
  return { ...fact, fill: { ...fact.fill, side: 'bid' } };
};
