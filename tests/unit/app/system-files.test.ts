import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemFiles } from '../../../src/app/system-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

test('folders are made for their owner only, missing parents too', () => {
  systemFiles.makeFolder(at('a/b/c'));
  expect(['a', 'a/b', 'a/b/c'].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
});

test('a file that others could read is private once it is replaced', () => {
  writeFileSync(at('file'), 'old');
  chmodSync(at('file'), 0o666);
  systemFiles.replace(at('file'), 'new', 'kernel');
  expect([readFileSync(at('file'), 'utf8'), statSync(at('file')).mode & 0o777]).toEqual(['new', 0o600]);
});

test.each(['kernel', 'platter'] as const)('nothing is written through a link: it is replaced (%s)', (until) => {
  writeFileSync(at('target'), 'untouched');
  symlinkSync(at('target'), at('file'));
  systemFiles.replace(at('file'), 'new', until);
  expect([readFileSync(at('target'), 'utf8'), lstatSync(at('file')).isSymbolicLink()]).toEqual(['untouched', false]);
});

test('a file is not created where a link stands, even one that leads nowhere', () => {
  symlinkSync(at('nowhere'), at('file'));
  expect(systemFiles.create(at('file'), 'text')).toBe(false);
  expect(readdirSync(folder)).toEqual(['file']);
});
