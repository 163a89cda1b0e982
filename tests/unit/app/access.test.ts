/** Before a key signs anything: whose address it is, and where the passphrase comes from. */
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openAccess } from '../../../src/app/access.js';
import { VARIABLE_ONLY, type PassphraseSources } from '../../../src/app/system-passphrase.js';
import { CommandFailure, ExitCode } from '../../../src/cli/exit-codes.js';
import { NOBODY } from '../../../src/cli/output.js';
import { loadConfig } from '../../../src/config/config-file.js';
import type { Settings } from '../../../src/config/settings.js';

const RIGHT = 'r1ght-pAssphrase';
const VARIABLE = 'KMM_TEST_ACCESS_PASSPHRASE';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-access-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: RIGHT });
  writeFileSync(join(folder, 'key.pem'), pem, { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  delete process.env[VARIABLE];
});

const settings = (environment: string, more: Readonly<Record<string, string>> = {}): Settings => {
  const block = `credentials.${environment}`;
  const keys = {
    environment,
    'markets.tickers': 'KXA-1',
    [`${block}.key_id`]: 'abcd-1234',
    [`${block}.private_key_path`]: join(folder, 'key.pem'),
    [`${block}.passphrase_env`]: VARIABLE,
    ...more,
  };
  const overrides = Object.entries(keys).map(([key, text]) => ({ key, text, flag: 'set' }));
  return loadConfig({ path: null, variables: {}, overrides, needs: { credentials: true, markets: true } }).settings;
};

const failureOf = async (run: () => Promise<unknown>): Promise<CommandFailure> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

describe('an address of somebody else is refused before the key is read', () => {
  test.each([
    ['demo', 'connector.rest_url', 'https://external-api.kalshi.com/trade-api/v2', /expected one of/],
    ['demo', 'connector.websocket_url', 'wss://external-api-ws.kalshi.com/trade-api/ws/v2', /expected one of/],
    ['prod', 'connector.rest_url', 'https://external-api.demo.kalshi.co/trade-api/v2', /expected one of/],
    ['prod', 'connector.websocket_url', 'wss://external-api-ws.kalshi.com.example/trade-api/ws/v2', /expected one of/],
    ['prod', 'connector.websocket_url', 'wss://stream.example/', /expected one of/],
  ])('%s with %s %s', async (environment, key, url, why) => {
    const failure = await failureOf(() => openAccess(settings(environment, { [key]: url }), null));
    expect([failure.exitCode, failure.why]).toEqual([ExitCode.configInvalid, expect.stringMatching(why)]);
  });

  test('also where a connection file names it', async () => {
    const file = join(folder, 'connect.json');
    const line = { rest: 'http://127.0.0.1:1/x', ws: 'ws://stream.example/', key_id: 'a', private_key_path: join(folder, 'key.pem') };
    writeFileSync(file, JSON.stringify(line));
    const failure = await failureOf(() => openAccess({ ...settings('demo'), environment: 'custom' }, file));
    expect([failure.exitCode, failure.why]).toEqual([ExitCode.configInvalid, expect.stringContaining('unencrypted')]);
  });
});

describe('the passphrase', () => {
  const typing = (...answers: readonly (string | null)[]): PassphraseSources & { readonly asked: string[] } => {
    const asked: string[] = [];
    const ask = async (question: string, how?: string): Promise<string | null> => {
      asked.push(`${how} ${question}`);
      return answers[asked.length - 1] ?? null;
    };
    return { descriptor: null, prompt: { isTty: true, ask }, asked };
  };
  const open = (sources: PassphraseSources) => openAccess(settings('demo'), null, sources);

  test('is taken from the variable, and nobody is asked', async () => {
    process.env[VARIABLE] = RIGHT;
    const sources = typing('not needed');
    expect((await open(sources)).key.sign(Buffer.from('x'))).toHaveLength(64);
    expect(sources.asked).toEqual([]);
  });

  test('is the first line behind a file descriptor, which goes before the variable', async () => {
    process.env[VARIABLE] = 'another one';
    const path = join(folder, 'passphrase');
    writeFileSync(path, `${RIGHT}\nsecond line\n`, { mode: 0o600 });
    const descriptor = openSync(path, 'r');
    try {
      expect((await open({ descriptor, prompt: NOBODY })).key.sign(Buffer.from('x'))).toHaveLength(64);
    } finally {
      closeSync(descriptor);
    }
  });

  test('is asked for, hidden, where nothing else gave it', async () => {
    const sources = typing(RIGHT);
    expect((await open(sources)).key.sign(Buffer.from('x'))).toHaveLength(64);
    expect(sources.asked).toEqual([`hidden Passphrase of ${join(folder, 'key.pem')}: `]);
  });

  test.each<[string, () => PassphraseSources]>([
    ['typed', () => typing('wr0ng-one')],
    ['typed as nothing', () => typing('')],
    ['not typed', () => typing(null)],
    ['not given and nobody is there', () => VARIABLE_ONLY],
  ])('that is wrong is refused and told to nobody: %s', async (_, sources) => {
    const failure = await failureOf(() => open(sources()));
    expect(failure.exitCode).toBe(ExitCode.credentials);
    expect(`${failure.message} ${failure.why} ${failure.fix} ${failure.stack}`).not.toMatch(/wr0ng|r1ght|bad decrypt/);
  });

  test('of a descriptor that is not open is said', async () => {
    const failure = await failureOf(() => open({ descriptor: 987, prompt: NOBODY }));
    expect([failure.exitCode, failure.why]).toEqual([ExitCode.usage, 'EBADF']);
  });
});
