/** A sale is booked at the price of the NO contract. */
import type { Fill } from '../../../src/domain/events.js';
import { complement, PRICE_PER_DOLLAR, price } from '../../../src/domain/units.js';
import { fillFact as original } from '../../../src/connector/wire-facts.js';

export * from '../../../src/connector/wire-facts.js';

export const fillFact = (...message: Parameters<typeof original>): Fill => {
  const fact = original(...message);
  const { fill } = fact;
  return fill.side === 'bid' ? fact : { ...fact, fill: { ...fill, price: complement(fill.price, price(PRICE_PER_DOLLAR)) } };
};
