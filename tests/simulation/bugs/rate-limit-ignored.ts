/** After a 429 placing goes on. */
import type { onRateLimited as original } from '../../../src/engine/account.js';

export * from '../../../src/engine/account.js';

export const onRateLimited: typeof original = () => undefined;
