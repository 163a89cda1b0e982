/** Own orders of an earlier run that are found resting are left alone. */
import { reconcileOrders as original } from '../../../src/execution/reconcile.js';

export * from '../../../src/execution/reconcile.js';

export const reconcileOrders: typeof original = (register, reading, ...rest) =>
  original(
    register,
    { ...reading, resting: reading.resting.filter(({ orderId, clientId }) => register.recognise(orderId, clientId) !== undefined) },
    ...rest,
  );
