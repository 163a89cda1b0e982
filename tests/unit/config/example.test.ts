import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderConfig } from '../../../src/config/example.js';
import { mergeConfig } from '../../../src/config/merge.js';
import { jsonSchema, LEAVES } from '../../../src/config/schema.js';

const example = readFileSync('config.example.yaml', 'utf8');
const merge = (text: string | null) =>
  mergeConfig({ file: text === null ? null : { name: 'config.example.yaml', text }, variables: {}, overrides: [] });

describe('config.example.yaml', () => {
  test('says what the defaults say, key by key', () => {
    expect(merge(example).config).toEqual(merge(null).config);
    for (const [path, { origin }] of merge(example).values) expect([path, origin.type]).toEqual([path, 'file']);
  });

  test('is what the schema renders', () => expect(example).toBe(renderConfig(new Map(), { schemaHint: true })));

  test('has a comment above every key', () => {
    const lines = example.split('\n');
    const bare = lines.filter((line, i) => /^ *[a-z_]+:/.test(line) && !/^ *# /.test(lines.at(i - 1) ?? ''));
    expect([lines.length > 200, bare]).toEqual([true, []]);
  });

  test('passes the check for sim with all that a start needs', () => {
    const sources = { file: { name: 'x', text: example }, variables: {}, overrides: [{ key: 'environment', text: 'sim', flag: 'env' }] };
    expect(() => mergeConfig({ ...sources, needs: { credentials: true, markets: true } })).not.toThrow();
  });
});

describe('config.schema.json', () => {
  const schema = JSON.parse(readFileSync('config.schema.json', 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

  test('is what the configuration is checked by', () => expect(schema).toEqual(jsonSchema()));

  test('accepts the example, an empty file and half a section', () => {
    for (const text of [example, '{}', 'risk: {collar_cents: "5.25"}'])
      expect([text.slice(0, 40), validate(parse(text))]).toEqual([text.slice(0, 40), true]);
  });

  test('refuses what the program refuses', () => {
    for (const text of [
      'risk: {colar_cents: 5}',
      'risk: {collar_cents: 500}',
      'strategy: {model: best}',
      'stray: 1',
      'markets: {tickers: KXA}',
    ])
      expect([text, validate(parse(text))]).toEqual([text, false]);
  });

  test('describes every key', () => {
    const text = JSON.stringify(schema);
    for (const leaf of LEAVES.values()) expect(text).toContain(JSON.stringify(leaf.describe).slice(1, -1));
  });
});

test('values that YAML could misread are quoted, and come back as they were', () => {
  const chosen = new Map<string, string | readonly string[]>([
    ['logger.folder', 'C: #runs'],
    ['alpha.file', 'null'],
    ['exchange.seed', '007'],
    ['markets.tickers', ['KXA-1', '123', 'NO']],
    ['risk.collar_cents', '8.25'],
  ]);
  const { config } = merge(renderConfig(chosen));
  expect([config.logger.folder, config.alpha.file, config.exchange.seed, config.markets.tickers, config.risk.collar_cents]).toEqual([
    'C: #runs',
    'null',
    '007',
    ['KXA-1', '123', 'NO'],
    8.25,
  ]);
});
