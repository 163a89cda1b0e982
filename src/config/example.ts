/** Writes a configuration with a comment for every key: the example of the project, and what the wizard leaves behind. */
import { LEAVES, SECTIONS, type Leaf } from './schema.js';
import type { FieldFacts, FieldRecord, FieldValue } from './fields.js';

/** File name of the JSON Schema, next to the configuration. */
export const SCHEMA_FILE = 'config.schema.json';

const WIDTH = 100;

const HEAD = [
  'Configuration of kmm. Every key may be left out; the values below are the defaults.',
  'Environment variables (KMM_RISK_COLLAR_CENTS=8) go before this file, and flags go before both.',
  'See what is in force, and where it comes from:  kmm config show --origin',
];

/** @param chosen values other than the defaults, by path */
export const renderConfig = (
  chosen: ReadonlyMap<string, FieldValue>,
  options: { readonly schemaHint: boolean } = { schemaHint: false },
): string => {
  const lines = [...(options.schemaHint ? [`# yaml-language-server: $schema=./${SCHEMA_FILE}`] : []), ...HEAD.map((line) => `# ${line}`)];
  renderSection('', chosen, lines);
  return `${lines.join('\n')}\n`;
};

const renderSection = (path: string, chosen: ReadonlyMap<string, FieldValue>, lines: string[]): void => {
  const indent = path === '' ? '' : '  '.repeat(path.split('.').length);
  for (const name of SECTIONS.get(path)?.names ?? []) {
    const member = path === '' ? name : `${path}.${name}`;
    const leaf = LEAVES.get(member);
    if (leaf === undefined) {
      if (path === '') lines.push('');
      lines.push(...comment(SECTIONS.get(member)?.describe ?? '', indent), `${indent}${name}:`);
      renderSection(member, chosen, lines);
      continue;
    }
    if (path === '') lines.push('');
    const value = chosen.has(member) ? (chosen.get(member) as FieldValue) : leaf.default;
    const about = [...comment(remark(leaf), indent), ...entryRemarks(leaf, indent)];
    lines.push(...about, `${indent}${name}: ${leaf.kind === 'decimal' ? String(value) : scalar(value)}`);
  }
};

/** Description and bounds; what the key's name and the description say already is left out. */
const remark = (leaf: FieldFacts): string => {
  switch (leaf.kind) {
    case 'decimal':
    case 'integer':
    case 'number':
      return `${leaf.describe} (${leaf.rule.slice(leaf.rule.indexOf('from ')).replace(/ with at most.*/, '')})`;
    case 'choice':
      return `${leaf.describe} (${leaf.rule})`;
    case 'records':
      return `${leaf.describe} Keys of an entry, with their defaults:`;
    case 'text':
    case 'list':
    case 'flag':
      return leaf.describe;
  }
};

/** The keys of an entry, one under the other. */
const entryRemarks = (leaf: Leaf, indent: string): readonly string[] =>
  [...leaf.keys].flatMap(([name, { facts: known }]) => {
    const value = known.required === true ? 'must be given' : known.kind === 'decimal' ? String(known.default) : scalar(known.default);
    const [first = '', ...more] = comment(`${name}: ${value}. ${remark(known)}`, indent);
    return [first.replace('# ', '# - '), ...more.map((line) => line.replace('# ', '#   '))];
  });

const comment = (text: string, indent: string): readonly string[] => {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== '#') {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
};

/** Texts that YAML could take for something else are quoted. */
const scalar = (value: FieldValue): string => {
  if (Array.isArray(value)) return `[${(value as readonly (string | FieldRecord)[]).map(entryOf).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  const plain = /^[A-Za-z_./~][\w./~-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|~|\.nan|\.inf)$/i.test(value);
  return plain ? value : JSON.stringify(value);
};

/** JSON is YAML too. */
const entryOf = (item: string | FieldRecord): string => (typeof item === 'string' ? scalar(item) : JSON.stringify(item));
