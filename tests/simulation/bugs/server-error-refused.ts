/** A 5xx counts as a refusal. */
import { classify as original, type RestResult } from '../../../src/connector/rest-result.js';

export * from '../../../src/connector/rest-result.js';

export const classify = (status: number, text: string): RestResult => (status >= 500 ? original(400, text) : original(status, text));
