/** Orders leave in no order group, so that nothing limits a dead bot. */
import { placeBody as original, type JsonBody } from '../../../src/connector/rest-orders.js';

export * from '../../../src/connector/rest-orders.js';

export const placeBody = (...order: Parameters<typeof original>): JsonBody => {
  const { order_group_id: _, ...body } = original(...order);
  return body;
};
