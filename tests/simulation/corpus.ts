/** Seeds that once failed, with what they showed. They run first, for ever. */
export const CORPUS: readonly (readonly [seed: number, symptom: string])[] = [];
