/** What people get wrong: every mistake ends with its own code, says what to do, and lets no order leave. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLines, recordingsDir } from '../support/recordings.js';
import { hostExchange, kmm, Program, runFolder, temporary, type World } from './app-world.js';

const pem = generateKeyPairSync('ed25519').privateKey;
const PLAIN = pem.export({ type: 'pkcs8', format: 'pem' });
const ENCRYPTED = pem.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'the right one' });
const PASSPHRASE = 'KMM_TEST_PASSPHRASE';

let world: World;
let folder: string;
const file = (name: string): string => join(folder, name);
const keep = (name: string, text: string | Buffer, mode = 0o600): string => {
  writeFileSync(file(name), text, { mode });
  return file(name);
};
/** A configuration for the test exchange, which nobody reaches from here: every one of these mistakes comes before the first request. */
const demo = (key: string, more = ''): string =>
  `environment: demo\nmarkets: {tickers: [KXA-1]}\ncredentials:\n  demo:\n    key_id: abcd-1234\n    private_key_path: ${key}\n${more}`;

beforeAll(async () => {
  world = await hostExchange({ seed: 'e2e-bad' });
  folder = temporary();
});

/** One mistake: the words after `kmm`, the exit code, and what must be said. */
interface Mistake {
  readonly name: string;
  readonly argv: () => readonly string[];
  readonly code: number;
  readonly says: readonly (string | RegExp)[];
}

const start = (...more: string[]): string[] => ['start', '--out', file('runs'), ...more];
const custom = (...more: string[]): string[] => start('--env', 'custom', '--connect', world.connect, ...more);
const playback = (...more: string[]): string[] => start('--env', 'playback', ...more);

const MISTAKES: readonly Mistake[] = [
  // ---- the configuration ----
  {
    name: 'YAML that cannot be read',
    argv: () => start('--config', keep('broken.yaml', 'risk:\n  collar_cents: [1\n  b')),
    code: 3,
    says: [/broken\.yaml:[23]: \(text\): expected YAML/, 'fix: correct indentation'],
  },
  {
    name: 'a key that is nearly one',
    argv: () => start('--config', keep('near.yaml', 'risk:\n  colar_cents: 3\n')),
    code: 3,
    says: ['near.yaml:2: risk.colar_cents', 'did you mean', 'collar_cents'],
  },
  {
    name: 'a value out of its range, on the command line',
    argv: () => custom('--set', 'risk.band_high_cents=120'),
    code: 3,
    says: ['flag --set: risk.band_high_cents', 'from 0.01 to 99.99', 'got "120"'],
  },
  { name: 'a configuration that is not there', argv: () => start('--config', file('none.yaml')), code: 3, says: ['none.yaml'] },
  // ---- the key ----
  {
    name: 'the key of the test exchange for real money',
    argv: () => start('--env', 'prod', '--config', keep('demo.yaml', demo(file('ok.pem')))),
    code: 4,
    says: ['the key of demo is for that alone', 'credentials.prod.key_id'],
  },
  {
    name: 'a key file that is missing',
    argv: () => start('--config', keep('missing.yaml', demo(file('gone.pem')))),
    code: 4,
    says: ['gone.pem: no such key file', 'check the path'],
  },
  {
    name: 'a key file that others may read',
    argv: () => start('--config', keep('loose.yaml', demo(keep('loose.pem', PLAIN, 0o644)))),
    code: 4,
    says: ['mode 0644 lets others read the private key', 'chmod 600'],
  },
  {
    name: 'an encrypted key without a passphrase',
    argv: () => start('--config', keep('mute.yaml', demo(keep('encrypted.pem', ENCRYPTED)))),
    code: 4,
    says: ['the key is encrypted and no passphrase was given'],
  },
  {
    name: 'a wrong passphrase',
    argv: () => start('--config', keep('wrong.yaml', demo(keep('encrypted.pem', ENCRYPTED), `    passphrase_env: ${PASSPHRASE}\n`))),
    code: 4,
    says: ['cannot be opened with this passphrase', 'check the passphrase'],
  },
  {
    name: 'a file that is no key',
    argv: () => start('--config', keep('text.yaml', demo(keep('text.pem', 'hello')))),
    code: 4,
    says: ['expected a private key in PEM'],
  },
  {
    name: 'real money without a terminal to agree on',
    argv: () =>
      start(
        '--env',
        'prod',
        '--config',
        keep('prod.yaml', demo(keep('ok.pem', PLAIN)).replace('environment: demo', 'environment: prod').replace('  demo:', '  prod:')),
      ),
    code: 2,
    says: ['--yes-trade-real-money'],
  },
  // ---- the connection ----
  {
    name: 'a connect file that is not there',
    argv: () => start('--env', 'custom', '--connect', file('none.json')),
    code: 2,
    says: ['does not say how to connect', 'npm run exchange'],
  },
  {
    name: 'a connect file that is no JSON',
    argv: () => start('--env', 'custom', '--connect', keep('text.json', 'hello')),
    code: 2,
    says: ['does not say how to connect', 'not valid JSON'],
  },
  {
    name: 'a connect file that lacks the key',
    argv: () => start('--env', 'custom', '--connect', keep('half.json', '{"rest": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:1"}')),
    code: 2,
    says: ['"key_id" is missing'],
  },
  {
    name: 'a connection for an environment that has its own',
    argv: () => start('--env', 'sim', '--connect', world.connect),
    code: 2,
    says: ['--connect belongs to the environment custom', 'write --env custom'],
  },
  {
    name: 'a market that the exchange does not have',
    argv: () => custom('--markets', 'KXNONE-1'),
    code: 6,
    says: ['KXNONE-1', 'no such market'],
  },
  // ---- the folder ----
  {
    name: 'a file where the folder of the runs should be',
    argv: () => ['start', '--env', 'custom', '--connect', world.connect, '--out', keep('a-file', '')],
    code: 9,
    says: ['cannot be made', 'give a folder that can be written with --out'],
  },
  {
    name: 'a file where the folder of a playback should be',
    argv: () => ['start', '--env', 'playback', '--from', keep('one.jsonl', SNAPSHOT), '--out', keep('b-file', '')],
    code: 9,
    says: ['the files of the run cannot be written', 'give a folder that can be written with --out'],
  },
  // ---- recordings ----
  { name: 'playback of nothing', argv: () => playback(), code: 2, says: ['needs a recording', '--from FILE'] },
  {
    name: 'a recording for a live run',
    argv: () => custom('--from', 'a.jsonl.gz'),
    code: 2,
    says: ['--from belongs to the environment playback'],
  },
  {
    name: 'a recording that is not there',
    argv: () => playback('--from', file('none.gz')),
    code: 9,
    says: ['cannot be played', 'none.gz'],
  },
  { name: 'a folder in place of a recording', argv: () => playback('--from', folder), code: 9, says: ['cannot be played'] },
  {
    name: 'an empty recording',
    argv: () => playback('--from', keep('empty.jsonl', '')),
    code: 9,
    says: ['cannot be played', 'an empty file'],
  },
  {
    name: 'a text that is no recording',
    argv: () => playback('--from', keep('text.jsonl', 'hello\n')),
    code: 9,
    says: ['text.jsonl line 1', 'expected a recording of raw websocket frames', 'npm run record'],
  },
  {
    name: 'a file that only says that it is compressed',
    argv: () => playback('--from', keep('fake.jsonl.gz', 'hello, I am not gzip')),
    code: 9,
    says: ['cannot be played', 'fake.jsonl.gz'],
  },
  {
    name: 'a recording of other channels',
    argv: () => playback('--from', keep('trades.jsonl.gz', gzipSync('{"type":"trade","sid":1,"seq":1,"msg":{"market_ticker":"KXA-1"}}\n'))),
    code: 2,
    says: ['has no order book in it', 'orderbook_delta'],
  },
  {
    name: 'market bodies that are not there',
    argv: () => playback('--from', keep('one.jsonl', SNAPSHOT), '--markets-file', file('none.markets.json')),
    code: 2,
    says: ['none.markets.json does not exist'],
  },
  {
    name: 'prices that do not fit the grid that would be assumed',
    argv: () => playback('--from', keep('fine.jsonl', SNAPSHOT.replace('0.4700', '0.4750'))),
    code: 2,
    says: ['not whole cents (0.4750)', '--markets-file'],
  },
  // ---- records ----
  { name: 'a replay of nothing', argv: () => ['replay', file('none')], code: 2, says: ['there is no folder', 'kmm start prints it'] },
  {
    name: 'a replay of a folder without a journal',
    argv: () => ['replay', folder],
    code: 2,
    says: ['is no folder of a run', 'journal-000001.bin'],
  },
  { name: 'a replay of a file', argv: () => ['replay', keep('c-file', '')], code: 9, says: ['fix:'] },
  {
    name: 'a report where no file can be',
    argv: () => ['replay', oneRun(), '--html', join(folder, 'none', 'r.html')],
    code: 9,
    says: ['--html'],
  },
  // ---- the command line ----
  { name: 'a command that is nearly one', argv: () => ['strat'], code: 2, says: ['unknown command "strat"', 'did you mean: kmm start'] },
  { name: 'an option that is nearly one', argv: () => ['start', '--marketz', 'A'], code: 2, says: ['did you mean --markets'] },
  {
    name: 'a duration without a unit',
    argv: () => start('--duration', '5'),
    code: 2,
    says: ['a number with a unit, such as 500ms', 'got "5"'],
  },
  { name: 'a negative duration', argv: () => start('--duration=-5s'), code: 2, says: ['a number with a unit'] },
  {
    name: 'an environment that does not exist',
    argv: () => start('--env', 'dem'),
    code: 2,
    says: ['one of sim, custom, demo, prod, playback', 'demo'],
  },
  {
    name: 'a strategy that does not exist',
    argv: () => start('--strategy', 'magic'),
    code: 2,
    says: ['bounded, avellaneda-stoikov, glft, logit, symmetric, fixed'],
  },
  { name: 'a speed that does not exist', argv: () => playback('--speed', '2x'), code: 2, says: ['one of max, 1x, 10x'] },
  { name: 'kill where nobody has traded', argv: () => ['kill', '--out', file('never')], code: 2, says: ['no account has traded', '--out'] },
];

const SNAPSHOT =
  '{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"KXA-1","market_id":"0-0","yes_dollars_fp":[["0.4700","3.00"]],"no_dollars_fp":[["0.5000","3.00"]]}}\n';

/** A run folder with nothing but the journal of another test's playback. */
let playedRun = '';
const oneRun = (): string => playedRun;

describe('mistakes', () => {
  beforeAll(async () => {
    const out = temporary();
    await kmm(['start', '--env', 'playback', '--from', keep('one.jsonl', SNAPSHOT), '--out', out]);
    playedRun = runFolder(out);
    process.env[PASSPHRASE] = 'a wrong one';
    mkdirSync(file('runs'));
  });
  afterAll(() => {
    delete process.env[PASSPHRASE];
  });

  test.each(MISTAKES)('$name', async ({ argv, code, says }) => {
    const words = argv();
    const result = await kmm(words);
    expect([result.code, result.stderr]).toEqual([code, expect.stringMatching(/^error: /)]);
    for (const text of says) expect(result.stderr).toMatch(text);
    expect(result.stderr).toContain('fix: ');
    expect(result.stderr).not.toMatch(/unexpected:|undefined|\[object|at .*\.(ts|js):\d/);
    expect(result.stdout).toBe('');

    const asJson = await kmm([...words, '--json']);
    expect(asJson.output.stdout).toEqual([]);
    expect(asJson.output.documents).toHaveLength(1);
    expect(asJson.document).toMatchObject({ error: { exitCode: code } });
  });

  test('none of them let an order leave', async () => {
    expect(await world.orders()).toEqual([]);
  });

  test('neither passphrase nor key is ever printed', async () => {
    const { stderr } = await kmm(start('--config', file('wrong.yaml'), '--log-level', 'debug'));
    expect(stderr).not.toContain('a wrong one');
    expect(stderr).not.toContain('PRIVATE KEY');
  });
});

test('a port that another program has is said, by the exchange alone and by the built-in one', async () => {
  const port = new URL(world.running.rest).port;
  const alone = await kmm(['exchange', '--port', port, '--key-type', 'ed25519']);
  expect([alone.code, alone.stderr]).toEqual([11, expect.stringContaining(`cannot listen on 127.0.0.1:${port}`)]);
  expect(alone.stderr).toContain('choose another');
  const builtIn = new Program(['start', '--out', file('runs'), '--set', `exchange.port=${port}`]);
  expect((await builtIn.exited).code).toBe(11);
  expect(builtIn.stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(builtIn.stderr).toContain('set exchange.port to 0');
});

test.runIf(recordingsDir() !== null)('a recording that ends in the middle plays as far as it goes, and says so', async () => {
  const whole = gzipSync(`${readLines('ws-demo-5mkt-20260701.jsonl.gz').slice(0, 400).join('\n')}\n`);
  const from = keep('torn.jsonl.gz', whole.subarray(0, Math.floor(whole.length * 0.7)));
  const { code, document, stderr } = await kmm(['start', '--env', 'playback', '--from', from, '--out', temporary(), '--json']);
  expect([code, document['sequence_gaps']]).toEqual([0, 0]);
  expect(document['frames']).toBeGreaterThan(50);
  expect(document['frames']).toBeLessThan(400);
  expect(stderr).toMatch(/\[WARNING\].*(ends|torn|truncated|incomplete)/i);
  expect(readFileSync(join(document['folder'] as string, 'summary.json'), 'utf8')).toContain('"deltas"');
});
