/**
 * Secrets in every input, everything that the program writes searched for them: output of real processes, journal, tape, log, recordings, reports, state. The same
 * walk sees that all of it is private.
 */
import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/app/commands.js';
import { echoingProxy, type EchoingProxy } from '../support/echoing-proxy.js';
import { hostExchange, Program, runFolders, temporary, until, type World } from './app-world.js';

const CANARIES = JSON.parse(readFileSync('tests/support/canaries.json', 'utf8')) as Record<string, string>;
const canary = (name: string): string => {
  const found = CANARIES[name];
  if (found === undefined) throw new Error(`no canary ${name}`);
  return found;
};

let world: World;
let proxy: EchoingProxy;
/** What goes in: never searched. */
let inputs: string;
/** What comes out: searched to the last byte. */
let written: string;
let pem: string;
let keyId: string;
let outcomes: { readonly name: string; readonly code: number | null; readonly said: string }[];

const input = (name: string): string => join(inputs, name);
const plant = (name: string, text: string): string => {
  writeFileSync(input(name), text, { mode: 0o600 });
  return input(name);
};
const environment = (): Record<string, string> => ({
  KMM_TEST_PASSPHRASE: canary('passphrase'),
  KMM_TEST_WRONG_PASSPHRASE: `${canary('variable')}-wrong`,
  KMM_TEST_FAULT: canary('fault'),
  KMM_TEST_PEM: Buffer.from(pem).toString('base64'),
  AUTHORIZATION: `Bearer ${canary('bearer token')}`,
});

/** Starts the program and keeps what it says beside what it writes. */
const run = (
  name: string,
  argv: readonly string[],
  settings: { readonly imports?: string; readonly env?: Record<string, string> } = {},
) => {
  const program = new Program(argv, { ...settings, env: { ...environment(), ...settings.env } });
  const ended = program.exited.then(({ code }) => {
    const said = `${program.stdout}${program.stderr}`;
    writeFileSync(join(written, `${name}.output`), said, { mode: 0o600 });
    outcomes.push({ name, code, said });
    return code;
  });
  return { program, ended };
};

const config = (credentials: Readonly<Record<string, string>>, more = ''): string =>
  [
    'environment: custom',
    'credentials:',
    '  custom:',
    ...Object.entries(credentials).map(([key, value]) => `    ${key}: ${value}`),
    'connector:',
    `  rest_url: ${proxy.rest}`,
    `  websocket_url: ${proxy.ws}`,
    `alpha:\n  file: ${input('signals.json')}`,
    more,
  ].join('\n');

/** Some of everything that writes is refused or fails, with an echo. */
const sometimes = (): EchoingProxy['answer'] => {
  let count = 0;
  return (request) => {
    if (request.method === 'GET') return null;
    count++;
    return count % 4 === 0 ? 'rejection' : count % 7 === 0 ? 'outage' : null;
  };
};

beforeAll(async () => {
  world = await hostExchange({ seed: 'e2e-secrets' });
  proxy = await echoingProxy(world.running);
  inputs = temporary();
  written = join(temporary(), 'written');
  mkdirSync(written, { mode: 0o700 });
  outcomes = [];
  const [issued] = world.running.keys;
  if (issued === undefined) throw new Error('the exchange handed out no key');
  keyId = issued.keyId;
  pem = readFileSync(issued.privateKeyPath, 'utf8');
  const cipher = { cipher: 'aes-256-cbc', passphrase: canary('passphrase') };
  plant(
    'key.pem',
    createPrivateKey(pem)
      .export({ type: 'pkcs8', format: 'pem', ...cipher })
      .toString(),
  );
  plant('wrong.pem', `-----BEGIN PRIVATE KEY-----\n${canary('wrong key')}\n-----END PRIVATE KEY-----\n`);
  plant('bare-key', canary('wrong key'));
  plant('signals.json', `{"note": "${canary('signal file')}"}`);
  const credentials = { key_id: keyId, private_key_path: input('key.pem'), passphrase_env: 'KMM_TEST_PASSPHRASE' };
  const tickers = world.running.exchange.markets().map((market) => market.ticker);
  const markets = `markets:\n  tickers: [${tickers.slice(0, 2).join(', ')}]`;
  plant('good.yaml', config(credentials, markets));
  plant('wrong-passphrase.yaml', config({ ...credentials, passphrase_env: 'KMM_TEST_WRONG_PASSPHRASE' }, markets));
  plant('wrong-key.yaml', config({ ...credentials, private_key_path: input('wrong.pem') }, markets));
  plant('inline.yaml', config({ ...credentials, passphrase: canary('passphrase') }, `token: ${canary('bearer token')}\n${markets}`));
  plant('torn.yaml', config({ ...credentials, passphrase: `"${canary('passphrase')}` }, markets));
});
afterAll(() => proxy.close());

describe('secrets in every input', { timeout: 120_000 }, () => {
  test('a bot trades while the exchange repeats its headers in errors, until it is killed', async () => {
    proxy.answer = sometimes();
    const { program, ended } = run('start', [
      'start',
      '--config',
      input('good.yaml'),
      '--out',
      join(written, 'runs'),
      '--log-level',
      'debug',
    ]);
    await until('orders rest and headers were echoed', async () => proxy.echoed.length > 5 && (await world.orders('resting')).length > 0);
    proxy.answer = () => null;
    const here = ['--config', input('good.yaml'), '--out', join(written, 'runs')];
    expect(await run('status', ['status', ...here, '--json']).ended).toBe(0);
    await run('kill', ['kill', ...here, '--reason', 'a test']).ended;
    expect(await ended).toBe(7);
    expect(program.stderr + program.stdout).toContain('signal file');
    expect(await run('latched', ['start', '--config', input('good.yaml'), '--out', join(written, 'runs'), '--json']).ended).toBe(7);
    expect(await run('reconcile', ['reconcile', ...here]).ended).toBe(0);
    expect(await run('cancel-all', ['cancel-all', ...here]).ended).toBe(0);
    expect(await run('doctor', ['doctor', ...here]).ended).toBe(11);
    expect(await run('clear', ['kill', ...here, '--clear', 'a test']).ended).toBe(0);
    expect(await run('doctor again', ['doctor', ...here]).ended).toBe(0);
  });

  test('a fault of ours quotes what it should not', async () => {
    proxy.answer = sometimes();
    const { program, ended } = run('fault', ['start', '--config', input('good.yaml'), '--out', join(written, 'runs-fault')], {
      imports: join(import.meta.dirname, 'fault-with-secrets.mjs'),
      env: { NODE_OPTIONS: `--report-uncaught-exception --report-on-fatalerror --report-directory=${written}` },
    });
    await until('orders rest', async () => (await world.orders('resting')).length > 0);
    program.kill('SIGURG');
    expect([1, 12]).toContain(await ended);
    expect(program.stderr).toContain('planted fault: [redacted]');
  });

  const codes = (...runs: readonly { readonly ended: Promise<number | null> }[]) => Promise.all(runs.map(({ ended }) => ended));
  const probe = (name: string, ...more: readonly string[]) => run(name, ['probe', '--config', input('good.yaml'), ...more]);

  test('the small commands', async () => {
    proxy.answer = () => null;
    const record = ['record', '--config', input('good.yaml'), '--out', join(written, 'rec.jsonl.gz'), '--duration', '1s'];
    expect(await codes(probe('probe'), run('record', record))).toEqual([0, 0]);
    const [first = ''] = runFolders(join(written, 'runs'));
    const replay = run('replay', ['replay', first, '--html', join(written, 'report.html')]);
    expect(await codes(replay, run('verify', ['replay', first, '--verify', '--json']))).toEqual([0, 0]);
  });

  test('an exchange that refuses everything with an echo', async () => {
    proxy.answer = () => 'refusal';
    expect(await codes(probe('probe-refused'))).toEqual([4]);
    proxy.answer = () => 'outage';
    expect(await codes(probe('probe-outage', '--json'))).toEqual([5]);
    proxy.answer = (request) => (request.headers.upgrade === undefined ? null : 'refusal');
    expect(await codes(probe('stream-refused', '--log-level', 'debug'))).not.toEqual([0]);
  });

  const mistakes: readonly (readonly [string, () => readonly string[]])[] = [
    ['config-show', () => ['config', 'show', '--config', input('good.yaml'), '--origin']],
    ['config-show-json', () => ['config', 'show', '--config', input('good.yaml'), '--json']],
    ['config-check', () => ['config', 'check', '--config', input('good.yaml')]],
    ['config-inline', () => ['config', 'check', '--config', input('inline.yaml')]],
    ['config-inline-json', () => ['config', 'check', '--config', input('inline.yaml'), '--json']],
    ['config-torn', () => ['config', 'check', '--config', input('torn.yaml')]],
    ['config-is-key', () => ['config', 'check', '--config', input('wrong.pem')]],
    ['config-is-bare-key', () => ['config', 'check', '--config', input('bare-key')]],
    [
      'wrong-passphrase',
      () => ['start', '--config', input('wrong-passphrase.yaml'), '--out', join(written, 'none'), '--log-level', 'trace'],
    ],
    ['wrong-key', () => ['start', '--config', input('wrong-key.yaml'), '--out', join(written, 'none'), '--log-level', 'trace']],
    ['connect-is-key', () => ['start', '--env', 'custom', '--connect', input('wrong.pem'), '--out', join(written, 'none')]],
    ['connect-is-bare-key', () => ['start', '--env', 'custom', '--connect', input('bare-key'), '--out', join(written, 'none')]],
    ['recording-is-key', () => ['start', '--env', 'playback', '--from', input('wrong.pem'), '--out', join(written, 'none')]],
    ['recording-is-bare-key', () => ['start', '--env', 'playback', '--from', input('bare-key'), '--out', join(written, 'none')]],
    ['misspelt-variable', () => ['config', 'check']],
  ];
  test('mistakes that hold a secret', async () => {
    proxy.answer = () => 'refusal';
    const extra = COMMANDS.filter(({ name }) => ['doctor', 'status', 'reconcile'].includes(name));
    const more = extra.map(({ name }) => [name, () => [name, '--config', input('good.yaml')]] as const);
    const env = { KMM_CUSTOM_PASSPHRASES: canary('variable') };
    await Promise.all([...mistakes, ...more].map(([name, argv]) => run(name, argv(), { env }).ended));
    expect(outcomes.find(({ name }) => name === 'config-show')?.code).toBe(3);
    expect(outcomes.find(({ name }) => name === 'wrong-passphrase')?.said).toContain('KMM_CUSTOM_PASSPHRASES');
  });
});

describe('after all of that', () => {
  const files = (): string[] =>
    readdirSync(written, { recursive: true, encoding: 'utf8' })
      .map((path) => join(written, path))
      .filter((path) => statSync(path).isFile());

  test('nothing of it was written anywhere, whole or in part, plain or encoded', () => {
    const body = pem.replace(/-----[^-]+-----|\s/g, '');
    const list = plant(
      'secrets.json',
      JSON.stringify({
        ...CANARIES,
        // The first 21 characters are the same in every such key.
        'private key': body.slice(21),
        'key id': keyId,
        ...Object.fromEntries(proxy.echoed.slice(0, 40).map((signature, i) => [`signature ${i}`, signature])),
      }),
    );
    if (process.env['KMM_EVIDENCE'] !== undefined) cpSync(written, join(process.env['KMM_EVIDENCE'], 'secrets'), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/find-secrets.mjs', '--secrets', list, written], {
      encoding: 'utf8',
    });
    expect([stderr, status]).toEqual(['', 0]);
    expect(Number(/ (\d+) bytes/.exec(stdout)?.[1])).toBeGreaterThan(100_000);
    const names = new Set(files().map((path) => basename(path)));
    for (const name of ['ops.log', 'tape.csv', 'journal-000001.bin', 'summary.json', 'rec.jsonl.gz', 'report.html', 'last-run.json'])
      expect(names).toContain(name);
    expect([...names].filter((name) => name.startsWith('report.') && name.endsWith('.json'))).toEqual([]);
  });

  test('what the exchange repeated did reach people, with the secret taken out', () => {
    const logs = files().filter((path) => basename(path) === 'ops.log' || path.endsWith('.output'));
    expect(logs.map((path) => readFileSync(path, 'utf8')).join('\n')).toMatch(/invalid_request.*\[redacted\]/);
    expect(proxy.echoed.length).toBeGreaterThan(8);
  });

  test('every file is for its owner only, and so is every folder', () => {
    const entries = readdirSync(written, { recursive: true, encoding: 'utf8' }).map((path) => join(written, path));
    const open = entries.filter((path) => (statSync(path).mode & 0o777) !== (statSync(path).isDirectory() ? 0o700 : 0o600));
    expect(open).toEqual([]);
    expect(entries.length).toBeGreaterThan(30);
  });
});
