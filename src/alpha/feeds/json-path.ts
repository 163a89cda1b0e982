/**
 * Places in a JSON document, as a small part of JSONPath (RFC 9535, February 2024): `a.b`, `a['b c']`, `a[0]` and the filter `a[?@.name=='value']`, of which the first
 * match is taken. A leading `$.` may be written or left out. Pure.
 */
import { quote, TradingError } from '../../domain/errors.js';

export type PathStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'match'; readonly name: string; readonly value: string };

export class InvalidPathError extends TradingError {
  readonly code = 'INVALID_PATH';
  constructor(path: string, at: number) {
    super(`path ${quote(path)}: expected a.b, a['b'], a[0] or a[?@.name=='value'], got ${quote(path.slice(at))}`);
  }
}

const STEP = /\.?([A-Za-z0-9_$-]{1,100})|\[(\d{1,6})\]|\['([^'\\\]]{1,100})'\]|\[\?@\.([A-Za-z0-9_-]{1,100})=='([^'\\\]]{0,100})'\]/y;

/** @throws InvalidPathError */
export const parsePath = (path: string): readonly PathStep[] => {
  const text = path.replace(/^\$(\.|(?=\[))/, '');
  const steps: PathStep[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    // Without its dot a name would be part of the one before it.
    if (found === null || (found[1] !== undefined && text.startsWith('.', at) === (at === 0))) throw new InvalidPathError(text, at);
    steps.push(stepOf(found));
    at = STEP.lastIndex;
  }
  if (steps.length === 0) throw new InvalidPathError(text, 0);
  return steps;
};

const stepOf = ([, bare, index, quoted, key, value]: RegExpExecArray): PathStep => {
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (key !== undefined) return { kind: 'match', name: key, value: value ?? '' };
  return { kind: 'name', name: bare ?? quoted ?? '' };
};

/** What stands there, or undefined. Inherited names such as `constructor` stand nowhere. */
export const atPath = (document: unknown, steps: readonly PathStep[]): unknown => {
  let at: unknown = document;
  for (const step of steps) at = next(at, step);
  return at;
};

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined;

const next = (at: unknown, step: PathStep): unknown => {
  switch (step.kind) {
    case 'name':
      return Array.isArray(at) ? undefined : own(at, step.name);
    case 'index':
      return Array.isArray(at) ? (at as unknown[])[step.index] : undefined;
    case 'match':
      return Array.isArray(at) ? at.find((item) => textOf(own(item, step.name)) === step.value) : undefined;
  }
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null);
