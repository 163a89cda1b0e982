import type { Alpha } from './alpha.js';

/** No opinion on anything. */
export const nullAlpha: Alpha = Object.freeze({ getExternalSkew: () => 0 });
