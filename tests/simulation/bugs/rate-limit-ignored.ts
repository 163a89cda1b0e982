/** After a 429 placing goes on. */
export * from '../../../src/engine/account.js';

export const onRateLimited = (): void => undefined;
