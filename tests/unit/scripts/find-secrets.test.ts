/** The search sees a secret in every form in which a program could write one; else its silence would mean nothing. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const CANARIES = JSON.parse(readFileSync('tests/support/canaries.json', 'utf8')) as Record<string, string>;
const SECRET = CANARIES['passphrase'] ?? '';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-find-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const search = (...words: readonly string[]): { readonly code: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/find-secrets.mjs', ...words, folder], { encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
};

const base64After = (before: string): string => Buffer.from(`${before}${SECRET} and more`).toString('base64');

describe('a secret is found', () => {
  test.each<[string, string | Uint8Array]>([
    ['as it is', `before ${SECRET} after`],
    ['half of it', `got ${SECRET.slice(0, 20)}...`],
    ['its other half', SECRET.slice(-20)],
    ['between bytes of a binary file', Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(SECRET), Buffer.alloc(9)])],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 one byte later', base64After('a')],
    ['in base64 two bytes later', base64After('ab')],
    ['in base64 for addresses', Buffer.from(`??>${SECRET}`).toString('base64url')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in large hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in percent code', encodeURIComponent(`x=${SECRET}`)],
    ['in UTF-16', Buffer.from(SECRET, 'utf16le')],
    ['backwards', Array.from(SECRET).toReversed().join('')],
    ['in gzip', gzipSync(`line\n${SECRET}\n`)],
    ['in gzip that was cut off', gzipSync(`${SECRET}\n${'x'.repeat(100)}`).subarray(0, -6)],
  ])('%s, and not repeated', (_, content) => {
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    writeFileSync(join(folder, 'deep/er/file'), content);
    const { code, said } = search();
    expect(code).toBe(1);
    expect(said).toContain('the secret "passphrase"');
    expect(said).not.toContain(SECRET.slice(0, 12));
  });

  test('in the name of a file', () => {
    writeFileSync(join(folder, SECRET), 'x');
    expect(search().code).toBe(1);
  });

  test('that the caller names', () => {
    const list = join(folder, 'list.json');
    writeFileSync(join(folder, 'log'), 'one two three four five');
    writeFileSync(list, JSON.stringify({ phrase: 'two three four' }));
    expect(search('--secrets', list).said).toContain('log: the secret "phrase" as text');
  });
});

test('what is no secret is not found, nor what a link leads to', () => {
  writeFileSync(join(folder, 'log'), 'canary, passphrase, Bearer, c4n4ry, -----BEGIN PRIVATE KEY-----');
  writeFileSync(join(folder, 'packed'), deflateSync('nothing'));
  symlinkSync(join(process.cwd(), 'tests/support/canaries.json'), join(folder, 'link'));
  expect(search()).toMatchObject({ code: 0, said: expect.stringContaining('no hits in 2 files') });
});

test('nothing to search is no success', () => {
  expect(search().code).toBe(2);
});
