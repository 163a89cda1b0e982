/** Rules over the feeds of the section `alpha`: names once, hosts that are allowed, schemes that are safe, keys that go together. */
import type { AlphaConfig } from './alpha-schema.js';
import { showValue, type ConfigIssue } from './issue.js';
import type { Lookup } from './lookup.js';

const LISTS = ['crypto_com', 'polymarket', 'odds', 'redis'] as const;
type ListName = (typeof LISTS)[number];

interface Entry {
  readonly list: ListName;
  readonly at: number;
  readonly name: string;
  readonly url: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const ENCRYPTED: ReadonlySet<string> = new Set(['https:', 'wss:', 'rediss:']);
/** The signal file speaks under this name. */
const TAKEN = 'file';

export const alphaIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const entries = LISTS.flatMap((list) => entriesOf(lookup, list));
  return [...nameIssues(lookup, entries), ...entries.flatMap((entry) => addressIssues(lookup, entry)), ...pairIssues(lookup)];
};

const sectionOf = <List extends ListName>(lookup: Lookup, list: List): AlphaConfig[List] => {
  const key = `alpha.${list}`;
  // Entries come as they were written: what was left out is not there yet.
  return (lookup.sound(key) ? lookup.value(key) : []) as unknown as AlphaConfig[List];
};

const entriesOf = (lookup: Lookup, list: ListName): readonly Entry[] =>
  sectionOf(lookup, list).map((entry: { readonly name?: string; readonly url?: string }, at: number) => ({
    list,
    at,
    name: entry.name ?? list.replace('_', '-'),
    url: entry.url ?? '',
  }));

const issue = (
  lookup: Lookup,
  { list, at }: Pick<Entry, 'list' | 'at'>,
  name: string,
  value: string,
  rule: string,
  fix: string,
): ConfigIssue => ({
  origin: lookup.origin(`alpha.${list}`),
  key: `alpha.${list}[${at}].${name}`,
  value: showValue(value, ''),
  rule,
  near: null,
  fix,
});

const nameIssues = (lookup: Lookup, entries: readonly Entry[]): readonly ConfigIssue[] =>
  entries
    .filter((entry, i) => entry.name === TAKEN || entries.findIndex(({ name }) => name === entry.name) < i)
    .map((entry) =>
      issue(lookup, entry, 'name', entry.name, `a name that no other feed has, and not ${TAKEN}`, 'give it a name of its own'),
    );

const addressIssues = (lookup: Lookup, entry: Entry): readonly ConfigIssue[] => {
  if (entry.url === '' || !URL.canParse(entry.url)) return [];
  const { protocol, hostname } = new URL(entry.url);
  if (LOOPBACK.has(hostname)) return [];
  const told = `${protocol}//${hostname}`;
  if (!ENCRYPTED.has(protocol))
    return [issue(lookup, entry, 'url', told, 'an encrypted connection to any machine but this one', 'write https, wss or rediss')];
  const allowed = lookup.sound('alpha.hosts_allowed') ? (lookup.value('alpha.hosts_allowed') as readonly string[]) : [hostname];
  if (allowed.includes(hostname)) return [];
  return [issue(lookup, entry, 'url', told, 'a host of alpha.hosts_allowed', `add ${hostname} to alpha.hosts_allowed if you trust it`)];
};

/** Keys of one entry that only make sense together. */
const pairIssues = (lookup: Lookup): readonly ConfigIssue[] => [
  ...sectionOf(lookup, 'odds').flatMap((entry, at) =>
    ((entry.key_header ?? null) === null) === ((entry.key_env ?? null) === null)
      ? []
      : [issue(lookup, { list: 'odds', at }, 'key_env', 'one of two', 'both key_header and key_env, or neither', 'add the other one')],
  ),
  ...sectionOf(lookup, 'odds').flatMap((entry, at) =>
    entry.outcomes.length > 1 || (entry.margin ?? 'multiplicative') === 'none'
      ? []
      : [
          issue(
            lookup,
            { list: 'odds', at },
            'outcomes',
            'one outcome',
            'all outcomes of the event, to take the margin out',
            'add the others as -=PATH, or write margin: none',
          ),
        ],
  ),
  ...sectionOf(lookup, 'redis').flatMap((entry, at) =>
    ((entry.channel ?? null) === null) === (entry.keys ?? []).length > 0
      ? []
      : [issue(lookup, { list: 'redis', at }, 'channel', 'both or neither', 'either a channel or keys', 'name one of the two')],
  ),
];
