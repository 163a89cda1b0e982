import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, formatIssue } from '../../../src/config/issue.js';
import { mergeConfig } from '../../../src/config/merge.js';
import { showLines } from '../../../src/config/show.js';
import { toSettings } from '../../../src/config/to-settings.js';

const merge = (yaml: string, variables: Record<string, string> = {}) =>
  mergeConfig({ file: { name: 'c.yaml', text: yaml }, variables, overrides: [] });
const alpha = (yaml: string) => toSettings(merge(yaml).config).alpha;
const errors = (yaml: string, variables: Record<string, string> = {}): readonly string[] => {
  try {
    merge(yaml, variables);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).issues.map(formatIssue);
  }
};

const FEEDS = `
alpha:
  hosts_allowed: [stream.crypto.com, odds.example.com]
  crypto_com:
    - index: BTC
      instrument: BTCUSD-INDEX
  polymarket:
    - url: ws://127.0.0.1:9
      markets: [KXA-1=123, KXB-1=NO:456]
      shift_max_cents: 0.5
  odds:
    - name: book
      url: https://odds.example.com/v1/game?id=7
      odds: decimal
      outcomes: ['KXA-1=a[0].price', '-=a[1].price']
      key_header: X-Api-Key
      key_env: ODDS_KEY
  redis:
    - channel: signals
      password_env: REDIS_PASSWORD
`;

test('entries become settings, each key that is left out with its default', () => {
  const settings = alpha(FEEDS);
  expect(settings.polymarket).toEqual([
    {
      name: 'polymarket',
      url: 'ws://127.0.0.1:9',
      markets: [
        { ticker: 'KXA-1', token: '123', inverted: false },
        { ticker: 'KXB-1', token: '456', inverted: true },
      ],
      price: 'microprice',
      belief: { confidenceMax: 0.5, spreadMax: 0.1, halfLife: 120 },
      renewEvery: 5_000_000,
      silenceAfter: 25_000_000,
    },
  ]);
  expect(settings.cryptoCom).toMatchObject([
    { name: 'crypto-com', index: 'BTC', value: { channel: 'index', instrument: 'BTCUSD-INDEX' }, jumpMax: 0.1 },
  ]);
  expect(settings.odds).toMatchObject([
    {
      odds: 'decimal',
      outcomes: [
        { ticker: 'KXA-1', path: 'a[0].price' },
        { ticker: null, path: 'a[1].price' },
      ],
      key: { header: 'X-Api-Key', variable: 'ODDS_KEY' },
    },
  ]);
  expect(settings.redis).toMatchObject([{ name: 'redis', channel: 'signals', keys: [], passwordVariable: 'REDIS_PASSWORD' }]);
  expect(settings.sources).toEqual({
    polymarket: { ageMax: 15_000_000, shiftMax: 50, fade: 'drop' },
    book: { ageMax: 30_000_000, shiftMax: 100, fade: 'drop' },
    redis: { ageMax: 5_000_000, shiftMax: 100, fade: 'drop' },
  });
});

test('entries can be given as JSON by a variable, and come back from what is shown', () => {
  const list = '[{"index":"BTC","instrument":"BTCUSD-INDEX"}]';
  const merged = merge('', { KMM_ALPHA_CRYPTO_COM: list });
  expect(toSettings(merged.config).alpha.cryptoCom.length).toBe(1);
  const shown = showLines(merge(FEEDS), 'plain').filter((line) => !/key_id|private_key|passphrase/.test(line));
  expect(alpha(shown.join('\n'))).toEqual(alpha(FEEDS));
});

describe('what is wrong in an entry is told with its line, its key and what to do', () => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      'a key that is missing',
      'alpha:\n  crypto_com:\n    - index: BTC\n',
      /^c\.yaml:3: alpha\.crypto_com\[0\]\.instrument: expected the name of an instrument.*, got nothing; fix: add instrument$/,
    ],
    [
      'a misspelt key',
      'alpha:\n  crypto_com:\n    - index: BTC\n      instrument: X\n      silence_second: 5\n',
      /alpha\.crypto_com\[0\]\.silence_second: .*did you mean silence_seconds/,
    ],
    [
      'a value out of bounds',
      'alpha:\n  crypto_com:\n    - {index: BTC, instrument: X, jump_max_percent: 0}\n',
      /jump_max_percent: expected a number of percent from 0\.1 to 100, got 0/,
    ],
    [
      'a choice that is none',
      'alpha:\n  crypto_com:\n    - {index: BTC, instrument: X, value: indx}\n',
      /value: expected one of index, book, got "indx" \(did you mean index\)/,
    ],
    [
      'a mapping that is none',
      'alpha:\n  polymarket:\n    - {markets: [KXA]}\n',
      /polymarket\[0\]\.markets: expected a list of 1 to 200 entries, each TICKER=TOKEN/,
    ],
    ['an entry that is no entry', 'alpha:\n  odds: [5]\n', /alpha\.odds\[0\]: expected an entry with the keys name, url/],
    [
      'a key twice',
      'alpha:\n  crypto_com:\n    - index: BTC\n      index: ETH\n      instrument: X\n',
      /^c\.yaml:4: alpha\.crypto_com\[0\]\.index: expected every key once/,
    ],
    ['no list', 'alpha:\n  odds: here\n', /alpha\.odds: expected a list of at most 20 entries/],
    [
      'two feeds of one name',
      'alpha:\n  crypto_com:\n    - {index: A, instrument: X}\n    - {index: B, instrument: X}\n',
      /crypto_com\[1\]\.name: expected a name that no other feed has/,
    ],
    ['the name of the file', 'alpha:\n  crypto_com:\n    - {name: file, index: A, instrument: X}\n', /not file/],
    [
      'a host that is not allowed',
      'alpha:\n  crypto_com:\n    - {index: A, instrument: X, url: "wss://evil.example.com/x"}\n',
      /expected a host of alpha\.hosts_allowed, got "wss:\/\/evil\.example\.com".*add evil\.example\.com/,
    ],
    [
      'a plain connection to elsewhere',
      'alpha:\n  polymarket:\n    - {markets: [KXA=1], url: "ws://stream.crypto.com/"}\n',
      /expected an encrypted connection/,
    ],
    [
      'half of a key',
      'alpha:\n  odds:\n    - {name: a, url: "http://127.0.0.1/", outcomes: [A=a, B=b], key_env: KEY}\n',
      /both key_header and key_env, or neither/,
    ],
    [
      'a margin that cannot be taken out',
      'alpha:\n  odds:\n    - {name: a, url: "http://127.0.0.1/", outcomes: [A=a]}\n',
      /all outcomes of the event, to take the margin out/,
    ],
    ['a channel and keys', 'alpha:\n  redis:\n    - {channel: a, keys: [b]}\n', /either a channel or keys/],
  ];
  test.each(wrong)('%s', (_, yaml, told) => expect(errors(yaml).join('\n')).toMatch(told));
});

test.each([
  'https://user:hunter2@odds.example.com/',
  'https://odds.example.com/?apiKey=hunter2',
  'https://odds.example.com/?a=1&access_token=hunter2',
])('a secret in the address is refused and not shown', (url) => {
  const told = errors(`alpha:\n  hosts_allowed: [odds.example.com]\n  odds:\n    - {name: a, url: "${url}", outcomes: [A=a, B=b]}\n`).join(
    '\n',
  );
  expect(told).toContain('without user, password or key in it');
  expect(told).not.toContain('hunter2');
});

test('the example of docs/signals.md is what the program takes', () => {
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(readFileSync('docs/signals.md', 'utf8')) ?? [];
  const settings = alpha(yaml);
  expect([settings.cryptoCom.length, settings.polymarket.length, settings.odds[0]?.outcomes.length, settings.redis.length]).toEqual([
    1, 1, 2, 1,
  ]);
});

test('a bomb of nested lists stays small', () => {
  const bomb = `alpha:\n  odds: ${'['.repeat(500)}${']'.repeat(500)}\n`;
  expect(errors(bomb).length).toBeLessThan(30);
});
