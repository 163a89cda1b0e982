/** Orders leave without an expiry. */
import { placeBody as original, type JsonBody } from '../../../src/connector/rest-orders.js';

export * from '../../../src/connector/rest-orders.js';

export const placeBody = (...order: Parameters<typeof original>): JsonBody => {
  const { expiration_time: _, ...body } = original(...order);
  return body;
};
