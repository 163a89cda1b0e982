/** What to do about a value that does not fit its key. */
import type { FieldFacts } from './fields.js';

export const fixOf = (leaf: FieldFacts, value: unknown, near: string | null): string => {
  if (near !== null) return `write ${near}`;
  if (value === null) return `write a value, or remove the line to take the default ${JSON.stringify(leaf.default)}`;
  switch (leaf.kind) {
    case 'list':
      return 'write a list such as [ABC-1, ABC-2]';
    case 'records':
      return 'write a list of entries, each beginning with a hyphen; docs/signals.md has an example';
    case 'flag':
      return 'write true or false, without quotes';
    case 'integer':
    case 'number':
    case 'decimal':
      return typeof value === 'number' || (leaf.kind === 'decimal' && Number.isFinite(Number(value)))
        ? `choose a value within these bounds; the default is ${String(leaf.default)}`
        : `write a plain number without unit or quotes; the default is ${String(leaf.default)}`;
    case 'choice':
      return `choose one of them; the default is ${String(leaf.default)}`;
    case 'text':
      if (typeof value !== 'string') return 'write one text, in quotes';
      return leaf.default === null ? 'correct it, or remove the line' : `correct it; the default is ${String(leaf.default)}`;
  }
};
