/** A 408 counts as a refusal. */
import { classify as original, type RestResult } from '../../../src/connector/rest-result.js';

export * from '../../../src/connector/rest-result.js';

export const classify = (status: number, text: string): RestResult => original(status === 408 ? 400 : status, text);
