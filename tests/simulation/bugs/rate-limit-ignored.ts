/** After a 429 placing goes on. */
import { onRateLimited as original } from '../../../src/engine/account.js';

export * from '../../../src/engine/account.js';

export const onRateLimited: typeof original = () => undefined;
