/** Orders leave without post-only. */
import { placeBody as original, type JsonBody } from '../../../src/connector/rest-orders.js';

export * from '../../../src/connector/rest-orders.js';

export const placeBody = (...order: Parameters<typeof original>): JsonBody => ({ ...original(...order), post_only: false });
