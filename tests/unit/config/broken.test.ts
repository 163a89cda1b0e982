import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, formatIssue, type ConfigIssue } from '../../../src/config/issue.js';
import { mergeConfig } from '../../../src/config/merge.js';
import { breakConfig } from './broken-configs.js';

const example = readFileSync('config.example.yaml', 'utf8');

const issuesOf = (text: string): readonly ConfigIssue[] => {
  try {
    mergeConfig({ file: { name: 'broken.yaml', text }, variables: {}, overrides: [] });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).issues;
  }
};

test('the undamaged configuration has no error', () => expect(issuesOf(example)).toEqual([]));

describe('every one of a hundred broken configurations is answered with file, line, key, value, rule and fix', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const damage = breakConfig(example, seed);
    test(`seed ${seed}: ${damage.kind} of ${damage.key || 'the text'}`, () => {
      const issues = issuesOf(damage.text);
      expect(issues.length).toBeGreaterThan(0);
      for (const issue of issues) {
        expect(issue.origin).toMatchObject({ type: 'file', file: 'broken.yaml', line: expect.any(Number) as number });
        for (const part of [issue.key, issue.value, issue.rule, issue.fix]) expect(part).not.toBe('');
        const line = formatIssue(issue);
        for (const part of ['broken.yaml:', issue.key, issue.value, issue.rule, issue.fix]) expect(line).toContain(part);
      }
      if (damage.key === '') return expect(issues.some((issue) => (issue.origin as { line: number }).line >= damage.line)).toBe(true);
      const named = issues.find((issue) => issue.key === damage.key);
      expect(issues.map((issue) => issue.key)).toContain(damage.key);
      expect(named?.origin).toMatchObject({ line: damage.line });
      expect(named?.value).toBe(damage.value);
      if (damage.kind === 'typo' || damage.kind === 'moved') expect(named?.near).not.toBeNull();
    });
  }

  test('the hundred are of every kind', () => {
    const kinds = new Set(Array.from({ length: 100 }, (_, i) => breakConfig(example, i + 1).kind.split(' ')[0]));
    expect([...kinds].sort()).toEqual(['closing', 'moved', 'open', 'swapped', 'twice', 'typo', 'unknown', 'value']);
  });
});

test('several errors are told in one run, in the order of the lines', () => {
  const issues = issuesOf(
    [
      'strategy:',
      '  gama_per_dollar: 0.1',
      '  order_size_contracts: -3',
      'risk:',
      '  band_low_cents: 98',
      '  loss_max_session_dollars: 0',
    ].join('\n'),
  );
  expect(issues.map((issue) => [(issue.origin as { line: number }).line, issue.key])).toEqual([
    [2, 'strategy.gama_per_dollar'],
    [3, 'strategy.order_size_contracts'],
    [5, 'risk.band_low_cents'],
    [6, 'risk.loss_max_session_dollars'],
  ]);
  expect(formatIssue(issues.at(0) as ConfigIssue)).toBe(
    'broken.yaml:2: strategy.gama_per_dollar: expected a key of strategy, got 0.1 (did you mean gamma_per_dollar); fix: rename it to gamma_per_dollar',
  );
  expect(formatIssue(issues.at(2) as ConfigIssue)).toBe(
    'broken.yaml:5: risk.band_low_cents: expected a value below risk.band_high_cents, which is 97 (the band would hold no price), got 98; fix: lower risk.band_low_cents, or raise risk.band_high_cents; if the two are swapped, swap them back',
  );
});

test('any text at all ends in a configuration or in a ConfigError', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'risk:',
      '  collar_cents: 5',
      '- x',
      '&a',
      '*a',
      '<<: *a',
      '? ',
      ': ',
      '!!binary x',
      '%YAML 1.1',
      '---',
      '...',
      '\t',
      '{',
      ']',
      '|',
      '\u0000',
      '__proto__: 1',
      'constructor: {}',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      for (const issue of issuesOf(pieces.join('\n'))) expect((issue.origin as { line: number }).line).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test('a bomb of aliases is only an error', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
  ];
  expect(issuesOf(bomb.join('\n')).length).toBeGreaterThan(0);
});

describe('a secret in the wrong place is never shown', () => {
  const CANARY = 'canary0secret';
  const PEM = `-----BEGIN PRIVATE KEY-----${CANARY}`;
  const texts = [
    `credentials: {demo: {passphrase: ${CANARY}}}`,
    `credentials: {demo: {key_id: "${CANARY} ${CANARY}"}}`,
    `credentials: {demo: {passphrase_env: ${CANARY}}}`,
    `credentials: {demo: {private_key: ${CANARY}}}`,
    `credentials: {demo: {private_key_path: "${PEM}"}}`,
    `credentials: ${CANARY}`,
    `credentials: [${CANARY}]`,
    `credentials:\n  demo:\n    passphrase_env: "${CANARY}`,
    `credentials:\n  demo: {private_key_path: ${CANARY}\n`,
    `password: ${CANARY}`,
    `logger: {folder: ["${PEM}"]}`,
    `api_key: ${CANARY}`,
    `risk:\n  collar_cents: "${PEM}"`,
    `credentials:\n  demo:\n    private_key_path: |\n      -----BEGIN PRIVATE KEY-----\n      ${CANARY}\n`,
    `credentials:\n  demo:\n    private_key_path: -----BEGIN PRIVATE KEY-----\n    ${CANARY}\n`,
  ];
  for (const text of texts)
    test(`in ${text.split('\n').join(' / ').slice(0, 60)}`, () => {
      const issues = issuesOf(text);
      expect(issues.length).toBeGreaterThan(0);
      expect(issues.map(formatIssue).join('\n')).not.toContain(CANARY);
    });
});

test.each([
  ['brackets that never close', '['.repeat(60_000)],
  ['a line of rubbish, thirty thousand times', '}\n'.repeat(30_000)],
  ['ten thousand unknown keys', Array.from({ length: 10_000 }, (_, i) => `key${i}: 1`).join('\n')],
  ['ten thousand aliases', `environment: sim\nx: &x [1]\nmarkets: {tickers: [${Array.from({ length: 10_000 }, () => '*x').join(',')}]}`],
])('%s end in a bounded number of errors', (_, text) => {
  const issues = issuesOf(text);
  expect(issues.length).toBeGreaterThan(0);
  expect(issues.length).toBeLessThan(150);
});

test('a section where one text belongs is refused, not taken for the words that describe it', () => {
  expect(issuesOf('logger: {folder: {a: 1}}').map((issue) => issue.key)).toContain('logger.folder');
});

test('an empty key is named', () => {
  expect(issuesOf('"": 1').map((issue) => issue.key)).toEqual(['(empty key)']);
});
