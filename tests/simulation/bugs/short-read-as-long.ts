/** A position in NO contracts is read as one in YES contracts. */
import { decodePosition as original, type RestPosition } from '../../../src/connector/rest-portfolio.js';
import { quantity } from '../../../src/domain/units.js';

export * from '../../../src/connector/rest-portfolio.js';

export const decodePosition = (...fields: Parameters<typeof original>): RestPosition => {
  const position = original(...fields);
  return { ...position, position: quantity(Math.abs(position.position)) };
};
