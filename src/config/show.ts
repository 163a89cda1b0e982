/** The merged configuration for people and programs, without secrets. */
import { formatOrigin } from './issue.js';
import { SECTIONS } from './schema.js';
import type { FieldRecord, FieldValue } from './fields.js';
import type { MergedConfig, MergedValue } from './merge.js';

/** The id of a key is half a secret: enough of it to recognise the key, and no more. */
const shown = (path: string, value: FieldValue): FieldValue =>
  path.endsWith('.key_id') && typeof value === 'string' ? `${value.slice(0, 4)}...` : value;

const yamlValue = (value: FieldValue): string => {
  if (Array.isArray(value))
    return `[${(value as readonly (string | FieldRecord)[]).map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', ')}]`;
  return typeof value === 'string' && !/^[A-Za-z][\w./-]*$/.test(value) ? JSON.stringify(value) : String(value);
};

const ORIGIN_COLUMN = 52;

/** As YAML that could be read again (but for ids of keys), each line with its origin behind it where that is asked for. */
export const showLines = (merged: MergedConfig, mode: 'plain' | 'with-origin'): readonly string[] => {
  const lines: string[] = [];
  const opened = new Set<string>();
  for (const [path, { value, origin }] of merged.values) {
    const names = path.split('.');
    for (let depth = 1; depth < names.length; depth++) {
      const section = names.slice(0, depth).join('.');
      if (!SECTIONS.has(section) || opened.has(section)) continue;
      opened.add(section);
      lines.push(`${'  '.repeat(depth - 1)}${names[depth - 1]}:`);
    }
    const line = `${'  '.repeat(names.length - 1)}${names.at(-1)}: ${yamlValue(shown(path, value))}`;
    lines.push(mode === 'plain' ? line : `${line.padEnd(ORIGIN_COLUMN)} # ${formatOrigin(origin)}`);
  }
  return lines;
};

/** The same as one document: every key with value and origin. */
export const showDocument = (merged: MergedConfig): object =>
  Object.fromEntries(
    [...merged.values].map(([path, { value, origin }]: [string, MergedValue]) => [
      path,
      { value: shown(path, value), origin: formatOrigin(origin) },
    ]),
  );
