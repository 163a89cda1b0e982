/** An amend keeps the old expiry, so that orders lapse unasked. */
import { amendBody as original, type JsonBody } from '../../../src/connector/rest-orders.js';

export * from '../../../src/connector/rest-orders.js';

export const amendBody = (...order: Parameters<typeof original>): JsonBody => {
  const { expiration_time: _, ...body } = original(...order);
  return body;
};
