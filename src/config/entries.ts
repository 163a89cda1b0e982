/** What is wrong in a list of entries: told key by key, each with the line of its entry. */
import { nearestName } from '../domain/near-name.js';
import type { EntryKey } from './fields.js';
import { fixOf } from './fix.js';
import { showValue, type ConfigIssue, type Origin } from './issue.js';
import type { Leaf } from './schema.js';
import type { SourceValue } from './yaml-source.js';

/** Beyond this many errors nobody reads on. */
const ISSUES_MAX = 20;

/** @param source a list that its leaf has refused */
export const entryIssues = (leaf: Leaf, { value, origin, entries }: SourceValue): readonly ConfigIssue[] => {
  const list = value as readonly unknown[];
  const issues = list.flatMap((entry, i) => issuesOf(leaf, entry, `${leaf.path}[${i}]`, entries?.[i] ?? origin));
  if (issues.length > 0) return issues.slice(0, ISSUES_MAX);
  return [{ origin, key: leaf.path, value: `${list.length} entries`, rule: leaf.rule, near: null, fix: 'remove those that are too many' }];
};

const issuesOf = (leaf: Leaf, entry: unknown, path: string, origin: Origin): readonly ConfigIssue[] => {
  const { keys } = leaf;
  const names = [...keys.keys()];
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return [
      {
        origin,
        key: path,
        value: showValue(entry, path),
        rule: `an entry with the keys ${names.join(', ')}`,
        near: null,
        fix: 'write its keys below the hyphen, indented',
      },
    ];
  const fields = entry as { readonly [name: string]: unknown };
  const unknown = Object.keys(fields)
    .filter((name) => !keys.has(name))
    .map((name): ConfigIssue => {
      const near = nearestName(name, names);
      const fix = near === null ? `remove it; the keys of an entry are ${names.join(', ')}` : `rename it to ${near}`;
      return {
        origin,
        key: `${path}.${showValue(name, '').slice(1, -1)}`,
        value: showValue(fields[name], `${path}.${name}`),
        rule: `a key of ${leaf.path}`,
        near,
        fix,
      };
    });
  return [...unknown, ...[...keys].flatMap(([name, known]) => keyIssues(known, { name, path, origin, fields }))];
};

interface Place {
  readonly name: string;
  readonly path: string;
  readonly origin: Origin;
  readonly fields: { readonly [name: string]: unknown };
}

const keyIssues = ({ facts: known, schema }: EntryKey, { name, path, origin, fields }: Place): readonly ConfigIssue[] => {
  const key = `${path}.${name}`;
  if (!Object.hasOwn(fields, name))
    return known.required === true ? [{ origin, key, value: 'nothing', rule: known.rule, near: null, fix: `add ${name}` }] : [];
  const value = fields[name];
  if (schema.safeParse(value).success) return [];
  const near = known.choices !== undefined && typeof value === 'string' ? nearestName(value, known.choices) : null;
  const shown = known.hidden === true ? showValue(value, 'secret') : showValue(value, key);
  return [{ origin, key, value: shown, rule: known.rule, near, fix: fixOf(known, value, near) }];
};
