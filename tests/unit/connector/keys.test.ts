import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { KeyError, loadPrivateKey, parsePrivateKey, type KeyProblem } from '../../../src/connector/keys.js';

const rsa: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ed25519: KeyObject = generateKeyPairSync('ed25519').privateKey;
const PASSPHRASE = 'correct horse';

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8', passphrase?: string): string =>
  key
    .export(passphrase === undefined ? { type, format: 'pem' } : { type, format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString('utf8');

/** The same bytes under a label that belongs to the other form. */
const mislabelled = (key: KeyObject, type: 'pkcs1' | 'pkcs8'): string =>
  type === 'pkcs8'
    ? pem(key, 'pkcs8').replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')
    : pem(key, 'pkcs1').replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY');

const problemOf = (run: () => unknown): KeyError => {
  try {
    run();
  } catch (error) {
    if (error instanceof KeyError) return error;
    throw error;
  }
  throw new Error('expected a KeyError');
};

const folders: string[] = [];
afterAll(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'kmm-keys-'));
  folders.push(path);
  return path;
};

const keyFile = (text: string, mode = 0o600): string => {
  const path = join(folder(), 'key.pem');
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
};

describe('a private key', () => {
  test.each([
    ['RSA in PKCS#1', () => pem(rsa, 'pkcs1'), undefined, 'rsa'],
    ['RSA in PKCS#8', () => pem(rsa, 'pkcs8'), undefined, 'rsa'],
    ['RSA in encrypted PKCS#1', () => pem(rsa, 'pkcs1', PASSPHRASE), PASSPHRASE, 'rsa'],
    ['RSA in encrypted PKCS#8', () => pem(rsa, 'pkcs8', PASSPHRASE), PASSPHRASE, 'rsa'],
    ['RSA in PKCS#8 under the label of PKCS#1', () => mislabelled(rsa, 'pkcs8'), undefined, 'rsa'],
    ['RSA in PKCS#1 under the label of PKCS#8', () => mislabelled(rsa, 'pkcs1'), undefined, 'rsa'],
    ['Ed25519 in PKCS#8', () => pem(ed25519, 'pkcs8'), undefined, 'ed25519'],
    ['Ed25519 in encrypted PKCS#8', () => pem(ed25519, 'pkcs8', PASSPHRASE), PASSPHRASE, 'ed25519'],
  ] as const)('is read: %s', (_, text, passphrase, type) => {
    expect(loadPrivateKey(keyFile(text()), passphrase).type).toBe(type);
  });

  const small = (): string => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'pkcs8');
  const curve = (): string => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'pkcs8');
  test.each<[string, () => string, string | undefined, KeyProblem]>([
    ['RSA of 1024 bits', small, undefined, 'KEY_TOO_SMALL'],
    ['an elliptic curve key', curve, undefined, 'KEY_TYPE'],
    ['a public key', () => createPublicKey(rsa).export({ type: 'spki', format: 'pem' }).toString(), undefined, 'KEY_UNREADABLE'],
    ['no key at all', () => 'hello', undefined, 'KEY_UNREADABLE'],
    ['an empty file', () => '', undefined, 'KEY_UNREADABLE'],
    [
      'RSA-PSS, which the exchange does not know',
      () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, 'pkcs8'),
      undefined,
      'KEY_TYPE',
    ],
    ['X25519', () => pem(generateKeyPairSync('x25519').privateKey, 'pkcs8'), undefined, 'KEY_TYPE'],
    ['half a key', () => pem(rsa, 'pkcs8').slice(0, 800), undefined, 'KEY_UNREADABLE'],
    ['an encrypted key without a passphrase', () => pem(rsa, 'pkcs8', PASSPHRASE), undefined, 'KEY_PASSPHRASE'],
    ['an encrypted key with an empty passphrase', () => pem(rsa, 'pkcs8', PASSPHRASE), '', 'KEY_PASSPHRASE'],
    ['an encrypted key with a wrong passphrase', () => pem(rsa, 'pkcs8', PASSPHRASE), 'wrong horse', 'KEY_PASSPHRASE'],
    ['an encrypted old-style key with a wrong passphrase', () => pem(rsa, 'pkcs1', PASSPHRASE), 'wrong horse', 'KEY_PASSPHRASE'],
  ])('is refused: %s', (_, text, passphrase, code) => {
    expect(problemOf(() => loadPrivateKey(keyFile(text()), passphrase)).code).toBe(code);
  });

  test('a wrong passphrase and a damaged key read the same, and neither shows the passphrase', () => {
    const good = pem(rsa, 'pkcs8', PASSPHRASE);
    const damaged = good.replace(/\n[A-Za-z0-9+/]{64}\n/, '\nAAAA\n');
    const wrong = problemOf(() => parsePrivateKey(good, 'wrong horse'));
    const broken = problemOf(() => parsePrivateKey(damaged, PASSPHRASE));
    expect(broken.message).toBe(wrong.message);
    expect(inspect([wrong, broken])).not.toMatch(/horse|bad decrypt|cause/);
  });

  test('never prints itself', () => {
    const key = parsePrivateKey(pem(ed25519, 'pkcs8'));
    const printed = [inspect({ key }, { depth: 9, showHidden: true }), JSON.stringify({ key }), String(key)].join('\n');
    expect(printed).not.toMatch(/KeyObject|BEGIN|MC4CAQ/);
    expect(printed.match(/\[private key\]/g)).toHaveLength(3);
  });
});

describe('a key file', () => {
  test.each([0o640, 0o604, 0o660, 0o644, 0o777, 0o610, 0o602])('of mode %o is refused, with the command that mends it', (mode) => {
    const path = keyFile(pem(ed25519, 'pkcs8'), mode);
    const problem = problemOf(() => loadPrivateKey(path));
    expect(problem.code).toBe('KEY_EXPOSED');
    expect(problem.message).toContain(`chmod 600 ${path}`);
  });

  test.each([0o600, 0o400, 0o700])('of mode %o is read', (mode) => {
    expect(loadPrivateKey(keyFile(pem(ed25519, 'pkcs8'), mode)).type).toBe('ed25519');
  });

  test('that is missing says so', () => {
    expect(problemOf(() => loadPrivateKey(join(folder(), 'absent.pem'))).code).toBe('KEY_MISSING');
  });

  test('that is a folder or endless is refused', () => {
    expect(problemOf(() => loadPrivateKey(folder())).code).toBe('KEY_UNREADABLE');
    expect(problemOf(() => loadPrivateKey(keyFile('x'.repeat(70_000)))).code).toBe('KEY_UNREADABLE');
  });

  test('may be a link inside its folder, as secret stores make them', () => {
    const home = folder();
    mkdirSync(join(home, '..data'));
    const target = join(home, '..data', 'key.pem');
    writeFileSync(target, pem(ed25519, 'pkcs8'), { mode: 0o600 });
    symlinkSync(target, join(home, 'key.pem'));
    expect(loadPrivateKey(join(home, 'key.pem')).type).toBe('ed25519');
  });

  test('must not be a link that leads elsewhere', () => {
    const target = keyFile(pem(ed25519, 'pkcs8'));
    const link = join(folder(), 'key.pem');
    symlinkSync(target, link);
    expect(problemOf(() => loadPrivateKey(link)).code).toBe('KEY_SYMLINK');
  });

  test('must not be reached by a chain of links that leads elsewhere', () => {
    const target = keyFile(pem(ed25519, 'pkcs8'));
    const home = folder();
    symlinkSync(target, join(home, 'second.pem'));
    symlinkSync(join(home, 'second.pem'), join(home, 'key.pem'));
    expect(problemOf(() => loadPrivateKey(join(home, 'key.pem'))).code).toBe('KEY_SYMLINK');
  });

  test('that a link in its folder leads to is as private as any other', () => {
    const home = folder();
    writeFileSync(join(home, 'real.pem'), pem(ed25519, 'pkcs8'), { mode: 0o644 });
    symlinkSync(join(home, 'real.pem'), join(home, 'key.pem'));
    expect(problemOf(() => loadPrivateKey(join(home, 'key.pem'))).code).toBe('KEY_EXPOSED');
  });

  test('that is a link to nothing is missing', () => {
    const link = join(folder(), 'key.pem');
    symlinkSync('nowhere.pem', link);
    expect(problemOf(() => loadPrivateKey(link)).code).toBe('KEY_MISSING');
  });
});

// systemd makes them as root, and only root can make one here.
describe.runIf(process.getuid?.() === 0)('a credential of a service', () => {
  const credential = (folderMode: number, fileMode: number): string => {
    const path = keyFile(pem(ed25519, 'pkcs8'), fileMode);
    chmodSync(dirname(path), folderMode);
    return path;
  };
  afterEach(() => {
    delete process.env['CREDENTIALS_DIRECTORY'];
  });

  test.each([
    [0o500, 0o440],
    [0o550, 0o440],
    [0o700, 0o400],
  ])('in a folder of mode %o may have mode %o', (folderMode, fileMode) => {
    const path = credential(folderMode, fileMode);
    process.env['CREDENTIALS_DIRECTORY'] = dirname(path);
    expect(loadPrivateKey(path).type).toBe('ed25519');
  });

  test.each([
    [0o755, 0o440],
    [0o570, 0o440],
    [0o500, 0o444],
    [0o500, 0o460],
    [0o500, 0o640],
  ])('in a folder of mode %o may not have mode %o', (folderMode, fileMode) => {
    const path = credential(folderMode, fileMode);
    process.env['CREDENTIALS_DIRECTORY'] = dirname(path);
    expect(problemOf(() => loadPrivateKey(path)).code).toBe('KEY_EXPOSED');
  });

  test('is nothing special in another folder, or where no service runs', () => {
    const path = credential(0o500, 0o440);
    expect(problemOf(() => loadPrivateKey(path)).code).toBe('KEY_EXPOSED');
    process.env['CREDENTIALS_DIRECTORY'] = folder();
    expect(problemOf(() => loadPrivateKey(path)).code).toBe('KEY_EXPOSED');
  });
});
