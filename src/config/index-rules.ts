/** What can be inconsistent about indices. */
import { mappingOf } from './index-fields.js';
import { showValue, type ConfigIssue } from './issue.js';
import type { Lookup } from './lookup.js';

/** Every series once, readings apart from each other, and an index for a strategy that lives of it. */
export const indexIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const key = 'alpha.indices';
  if (!lookup.sound(key)) return [];
  const entries = lookup.value(key) as readonly string[];
  const issue = (value: string, rule: string, fix: string): ConfigIssue => ({
    // What nobody wrote is the fault of whoever needs it.
    origin: lookup.origin(entries.length === 0 ? 'strategy.model' : key),
    key,
    value,
    rule,
    near: null,
    fix,
  });
  const mappings = entries.map(mappingOf);
  const twice = mappings.findIndex(({ series }, i) => mappings.findIndex((other) => other.series === series) < i);
  const together = mappings.findIndex(({ spacing }) => spacing <= 0);
  const needed = lookup.sound('strategy.model') && lookup.value('strategy.model') === 'edge-taker' && entries.length === 0;
  return [
    ...(twice < 0 ? [] : [issue(showValue(entries[twice] ?? '', key), 'every series once', 'remove one of the two')]),
    ...(together < 0
      ? []
      : [issue(showValue(entries[together] ?? '', key), 'readings that are some time apart', 'write for instance 60x1s')]),
    ...(needed
      ? [
          issue(
            '[]',
            'an index for at least one series, since strategy.model is edge-taker',
            'name the series and its index, for instance alpha.indices: ["KXBTCD=BRTI 60x1s"], or take another model',
          ),
        ]
      : []),
  ];
};
