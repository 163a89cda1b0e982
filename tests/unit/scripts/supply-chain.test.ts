/** The check of what others wrote: it passes for this repository, and every kind of offence is seen. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = 'scripts/supply-chain.mjs';

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
}
type Texts = Record<string, string>;
interface OwnPackage {
  dependencies: Texts;
  devDependencies: Texts;
  scripts: Texts;
}
interface Lock {
  packages: Record<string, Entry & { dependencies?: Texts; devDependencies?: Texts }>;
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kmm-supply-'));
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(name, join(root, name));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (folder: string, ...more: string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--root', folder, ...more], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
};

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const write = (file: string, value: object): void => writeFileSync(join(root, file), JSON.stringify(value));
const inLock = (edit: (lock: Lock) => void) => (): void => {
  const lock = read('package-lock.json') as Lock;
  edit(lock);
  write('package-lock.json', lock);
};
const inPackage = (edit: (own: OwnPackage) => void) => (): void => {
  const own = read('package.json') as OwnPackage;
  edit(own);
  write('package.json', own);
};
const ws = (edit: (entry: Entry) => void): (() => void) =>
  inLock((lock) => {
    for (const [path, entry] of Object.entries(lock.packages)) if (path === 'node_modules/ws') edit(entry);
  });
const npmrc = (edit: (text: string) => string) => (): void =>
  writeFileSync(join(root, '.npmrc'), edit(readFileSync(join(root, '.npmrc'), 'utf8')));
/** A package that exists nowhere but in this test. */
const invented = (files: Record<string, object | string>, entry: Entry): void => {
  rmSync(join(root, 'node_modules'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, 'node_modules/invented', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  inLock((lock) => (lock.packages = { '': lock.packages[''] ?? {}, 'node_modules/invented': entry }))();
};
const HASH = `sha512-${'A'.repeat(86)}==`;

test('this repository passes, and says how much it trusts', () => {
  const { code, out, err } = run('.');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^supply chain: \d+ direct and \d+ production packages/);
});

test('the bill of materials names every package of the lock file, and no host of a mirror', () => {
  const file = join(root, 'sbom.json');
  expect(run('.', '--sbom', file)).toMatchObject({ code: 0, err: '' });
  const sbom = JSON.parse(readFileSync(file, 'utf8')) as {
    bomFormat: string;
    metadata: { component: { name: string } };
    components: { purl: string; externalReferences?: { type: string }[] }[];
  };
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  expect(sbom.bomFormat).toBe('CycloneDX');
  expect(sbom.metadata.component.name).toBe('kmm');
  expect(sbom.components).toHaveLength(Object.keys(lock.packages).length - 1);
  expect(sbom.components.flatMap((component) => component.externalReferences ?? []).filter(({ type }) => type === 'distribution')).toEqual(
    [],
  );
});

test('a bill of materials is not written where anything is wrong', () => {
  ws((entry) => delete entry.integrity)();
  expect(run(root, '--sbom', join(root, 'sbom.json')).code).toBe(1);
  expect(existsSync(join(root, 'sbom.json'))).toBe(false);
});

describe('an offence is seen:', () => {
  test.each<[string, () => void, RegExp]>([
    ['a version range', inPackage((own) => (own.dependencies['ws'] = '^8.0.0')), /dependencies\.ws: expected one exact version/],
    ['a package from a repository', inPackage((own) => (own.devDependencies['vite'] = 'github:vitejs/vite')), /vite: expected one exact/],
    ['a script of ours at installation', inPackage((own) => (own.scripts['postinstall'] = 'true')), /"postinstall" would run/],
    ['a lock file of another package.json', inPackage((own) => delete own.dependencies['ws']), /dependencies differ/],
    [
      'an eleventh direct package',
      inPackage((own) => {
        for (let i = 0; i < 5; i++) own.dependencies[`more-${i}`] = '1.0.0';
      }),
      /11 direct production packages, at most 10/,
    ],
    [
      'a tree that grew',
      inLock((lock) => {
        for (let i = 0; i < 13; i++) lock.packages[`node_modules/more-${i}`] = { version: '1.0.0', integrity: HASH, license: 'MIT' };
      }),
      /31 production packages in the tree, at most 30/,
    ],
    ['a missing hash', ws((entry) => delete entry.integrity), /ws .*no SHA-512 integrity/],
    ['a weak hash', ws((entry) => (entry.integrity = 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=')), /ws .*no SHA-512 integrity/],
    ['the host of a mirror', ws((entry) => (entry.resolved = 'https://npm.example.com/ws.tgz')), /ws .*another host/],
    ['a host that only looks right', ws((entry) => (entry.resolved = 'https://registry.npmjs.org.example/ws.tgz')), /another host/],
    ['an install script in production', ws((entry) => (entry.hasInstallScript = true)), /ws .*must have no install script/],
    ['another version than locked', ws((entry) => (entry.version = '8.23.1')), /ws: version .* is installed, the lock file says 8\.23\.1/],
    [
      'a setting that runs install scripts',
      npmrc((text) => text.replace('ignore-scripts=true', 'ignore-scripts=false')),
      /ignore-scripts=true/,
    ],
    ['a shorter age', npmrc((text) => text.replace('min-release-age=7', 'min-release-age=1')), /min-release-age=7 or more/],
    ['a registry of somebody', npmrc((text) => `${text}registry=https://npm.example.com/\n`), /registry does not belong/],
    ['a token', npmrc((text) => `${text}//npm.example.com/:_authToken=npm_s3cret\n`), /does not belong/],
    [
      'an install script that the lock file hides',
      () =>
        invented(
          { 'package.json': { version: '1.0.0', license: 'MIT', scripts: { postinstall: 'x' } } },
          { version: '1.0.0', integrity: HASH, dev: true },
        ),
      /invented 1\.0\.0: has an install script and is not on the list \(postinstall/,
    ],
    [
      'a package that would be compiled',
      () => invented({ 'package.json': { version: '1.0.0', license: 'MIT' }, 'binding.gyp': '{}' }, { version: '1.0.0', integrity: HASH }),
      /invented 1\.0\.0: a production package must have no install script \(binding\.gyp/,
    ],
    [
      'a licence that is not on the list',
      () => invented({ 'package.json': { version: '1.0.0', license: 'AGPL-3.0-only' } }, { version: '1.0.0', integrity: HASH }),
      /invented 1\.0\.0: licence "AGPL-3\.0-only"/,
    ],
    [
      'no licence at all',
      () => invented({ 'package.json': { version: '1.0.0' } }, { version: '1.0.0', integrity: HASH }),
      /invented 1\.0\.0: licence undefined/,
    ],
  ])('%s', (_, commit, says) => {
    commit();
    const { code, err } = run(root);
    expect(code).toBe(1);
    expect(err).toMatch(says);
    expect(err).not.toContain('s3cret');
  });
});
