/** Defaults, file, environment and flags become one configuration, in that order, each value with its origin. All errors come out at once. */
import { nearestName } from '../domain/near-name.js';
import { entryIssues } from './entries.js';
import type { FieldValue } from './fields.js';
import { fixOf } from './fix.js';
import { ConfigError, DEFAULT_ORIGIN, showValue, type ConfigIssue, type Origin } from './issue.js';
import type { Lookup } from './lookup.js';
import { crossIssues, type Needs } from './rules.js';
import { configSchema, LEAVES, type Config, type Leaf } from './schema.js';
import { readOverrides, readVariables, type Override } from './text-source.js';
import { readYaml, type Source, type SourceValue } from './yaml-source.js';

export interface ConfigSources {
  /** Text of the file and what to call it, or null where there is none. */
  readonly file: { readonly name: string; readonly text: string } | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly overrides: readonly Override[];
  /** What the command cannot do without. */
  readonly needs?: Needs;
}

export interface MergedValue {
  readonly value: FieldValue;
  readonly origin: Origin;
}

export interface MergedConfig {
  readonly config: Config;
  /** Every key of the schema, in its order. */
  readonly values: ReadonlyMap<string, MergedValue>;
}

const NO_NEEDS: Needs = { credentials: false, markets: false };
const EMPTY: Source = { values: new Map(), sections: new Map(), issues: [] };

/** @throws ConfigError with everything that is wrong */
export const mergeConfig = (sources: ConfigSources): MergedConfig => {
  const file = sources.file === null ? EMPTY : readYaml(sources.file.text, sources.file.name);
  const variables = readVariables(sources.variables);
  const overrides = readOverrides(sources.overrides);
  const issues: ConfigIssue[] = [...file.issues, ...variables.issues, ...overrides.issues];
  const values = new Map<string, MergedValue>();
  const unsound = new Set<string>();
  for (const leaf of LEAVES.values()) {
    const found = overrides.values.get(leaf.path) ?? variables.values.get(leaf.path) ?? file.values.get(leaf.path);
    const wrong = found === undefined ? [] : checkLeaf(leaf, found);
    if (wrong.length > 0) {
      issues.push(...wrong);
      unsound.add(leaf.path);
    }
    values.set(
      leaf.path,
      wrong.length === 0 && found !== undefined ? (found as MergedValue) : { value: leaf.default, origin: found?.origin ?? DEFAULT_ORIGIN },
    );
  }
  const top: Origin = sources.file === null ? DEFAULT_ORIGIN : { type: 'file', file: sources.file.name, line: 1 };
  const lookup: Lookup = {
    value: (path) => values.get(path)?.value ?? null,
    origin: (path) => values.get(path)?.origin ?? DEFAULT_ORIGIN,
    sound: (path) => !unsound.has(path),
    place: (path) => file.sections.get(path) ?? file.sections.get(path.split('.')[0] as string) ?? top,
  };
  issues.push(...crossIssues(lookup, sources.needs ?? NO_NEEDS));
  if (issues.length > 0) throw new ConfigError(inOrder(issues));
  return { config: configSchema.parse(nested(values)), values };
};

const checkLeaf = (leaf: Leaf, source: SourceValue): readonly ConfigIssue[] => {
  const { value, origin } = source;
  if (leaf.schema.safeParse(value).success) return [];
  if (leaf.kind === 'records' && Array.isArray(value)) return entryIssues(leaf, source);
  const near = leaf.choices !== undefined && typeof value === 'string' ? nearestName(value, leaf.choices) : null;
  return [{ origin, key: leaf.path, value: showValue(value, leaf.path), rule: leaf.rule, near, fix: fixOf(leaf, value, near) }];
};

/** Issues of the file by line, then the environment's, then the flags'. */
const inOrder = (issues: readonly ConfigIssue[]): readonly ConfigIssue[] => {
  const rank = (origin: Origin): number => {
    switch (origin.type) {
      case 'file':
        return origin.line;
      case 'default':
        return 1e9;
      case 'env':
        return 2e9;
      case 'flag':
        return 3e9;
    }
  };
  return [...issues].sort((a, b) => rank(a.origin) - rank(b.origin));
};

const nested = (values: ReadonlyMap<string, MergedValue>): object => {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of values) {
    const names = path.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[names.at(-1) as string] = value;
  }
  return root;
};
