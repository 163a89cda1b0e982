/** Values from environment variables and flags: texts that become what their key expects. */
import { nearestName } from '../domain/near-name.js';
import type { ConfigIssue, Origin } from './issue.js';
import { showValue } from './issue.js';
import { LEAVES, SECTIONS, type Leaf } from './schema.js';
import type { SourceValue } from './yaml-source.js';

/** A flag that sets a key, such as `--env`. */
export interface Override {
  readonly key: string;
  readonly text: string;
  /** Name of the flag, without the dashes. */
  readonly flag: string;
}

export interface TextSource {
  readonly values: ReadonlyMap<string, SourceValue>;
  readonly issues: readonly ConfigIssue[];
}

/** What a text means for a key. A text that does not fit stays a text, and the key's own rule refuses it. */
export const valueOfText = (leaf: Leaf, text: string): unknown => {
  if (leaf.optional === true && (text === '' || text === 'null')) return null;
  switch (leaf.kind) {
    case 'integer':
    case 'number':
      return /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : text;
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'records':
      return entriesOfText(text);
    case 'decimal':
    case 'choice':
    case 'text':
      return text;
  }
};

/** Entries with keys are written as JSON. */
const entriesOfText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Roots of our variables: a misspelt one below them is an error, anything else of the same prefix is somebody else's. */
const ROOTS = [...SECTIONS.keys(), 'credentials.demo', 'credentials.prod', 'credentials.custom']
  .filter((path) => path !== '' && path !== 'credentials')
  .map((path) => `KMM_${path.replace('credentials.', '').toUpperCase()}_`);

/** Every variable that names a key. An empty variable counts as not set. */
export const readVariables = (variables: Readonly<Record<string, string | undefined>>): TextSource => {
  const values = new Map<string, SourceValue>();
  const issues: ConfigIssue[] = [];
  const byVariable = new Map([...LEAVES.values()].map((leaf) => [leaf.variable, leaf]));
  for (const [name, text] of Object.entries(variables)) {
    if (text === undefined || text === '' || !name.startsWith('KMM_')) continue;
    const leaf = byVariable.get(name);
    const origin: Origin = { type: 'env', name };
    if (leaf !== undefined) values.set(leaf.path, { value: valueOfText(leaf, text), origin });
    else if (ROOTS.some((root) => name.startsWith(root))) {
      const near = nearestName(name, [...byVariable.keys()]);
      issues.push({
        origin,
        key: name,
        value: showValue(text, name),
        rule: 'a variable that names a key',
        near,
        fix: near === null ? 'unset it' : `rename it to ${near}`,
      });
    }
  }
  return { values, issues };
};

/** Flags in the order given; a later one wins. */
export const readOverrides = (overrides: readonly Override[]): TextSource => {
  const values = new Map<string, SourceValue>();
  const issues: ConfigIssue[] = [];
  for (const { key, text, flag } of overrides) {
    const leaf = LEAVES.get(key);
    const origin: Origin = { type: 'flag', name: flag };
    if (leaf !== undefined) {
      values.set(key, { value: valueOfText(leaf, text), origin });
      continue;
    }
    const near = nearestName(key, [...LEAVES.keys()]);
    issues.push({
      origin,
      key,
      value: showValue(text, key),
      rule: 'a key of the configuration',
      near,
      fix: near === null ? 'see: kmm config show' : `write ${near}`,
    });
  }
  return { values, issues };
};
