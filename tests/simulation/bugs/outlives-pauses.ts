/** Orders do not ask to be cancelled by a pause. */
import { placeBody as original, type JsonBody } from '../../../src/connector/rest-orders.js';

export * from '../../../src/connector/rest-orders.js';

export const placeBody = (...order: Parameters<typeof original>): JsonBody => ({ ...original(...order), cancel_order_on_pause: false });
