import { Buffer } from 'node:buffer';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { RotatingFile, type RotatingOptions } from '../../../src/logger/rotating-files.js';
import { temporaryFolder } from './temporary.js';

const HEAD = 'a,b\n';
let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'tape.csv');
});

const open = (options: Partial<RotatingOptions> = {}): RotatingFile =>
  new RotatingFile({ folder, name: 'tape.csv', bytesMax: 1000, keep: null, head: HEAD, ...options });
const append = (file: RotatingFile, text: string): void => {
  file.append(Buffer.from(text));
};
const content = (name = 'tape.csv'): string => readFileSync(join(folder, name), 'utf8');

test('a new file begins with the head and is private', () => {
  append(open(), '1,2\n');
  expect(content()).toBe('a,b\n1,2\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('an existing file is continued under its one head', () => {
  append(open(), '1,2\n');
  append(open(), '3,4\n');
  expect(content()).toBe('a,b\n1,2\n3,4\n');
});

test('a line that a crash left unfinished is cut', () => {
  writeFileSync(path, 'a,b\n1,2\n3,');
  append(open(), '5,6\n');
  expect(content()).toBe('a,b\n1,2\n5,6\n');
});

test('an unfinished line longer than a reading block is cut as well', () => {
  writeFileSync(path, `a,b\n1,2\n${'x'.repeat(200_000)}`);
  append(open({ bytesMax: 1e6 }), '5,6\n');
  expect(content()).toBe('a,b\n1,2\n5,6\n');
});

test('a file of another layout is put aside, not mixed', () => {
  writeFileSync(path, 'old,columns\n1,2\n');
  append(open(), '3,4\n');
  expect(content()).toBe('a,b\n3,4\n');
  expect(content('tape-000001.csv')).toBe('old,columns\n1,2\n');
});

describe('rotation', () => {
  test('puts a full file aside under the next number; each begins with the head', () => {
    const file = open({ bytesMax: 12 });
    for (const line of ['1,1\n', '2,2\n', '3,3\n', '4,4\n', '5,5\n']) append(file, line);
    expect(readdirSync(folder).sort()).toEqual(['tape-000001.csv', 'tape-000002.csv', 'tape.csv']);
    expect(content('tape-000001.csv')).toBe('a,b\n1,1\n2,2\n');
    expect(content('tape-000002.csv')).toBe('a,b\n3,3\n4,4\n');
    expect(content()).toBe('a,b\n5,5\n');
  });

  test('keeps only as many as asked for, the newest', () => {
    const file = open({ bytesMax: 5, keep: 2 });
    for (const line of ['1,1\n', '2,2\n', '3,3\n', '4,4\n', '5,5\n']) append(file, line);
    expect(readdirSync(folder).sort()).toEqual(['tape-000003.csv', 'tape-000004.csv', 'tape.csv']);
  });

  test('a batch larger than the limit is written whole', () => {
    append(open({ bytesMax: 5 }), '1,1\n2,2\n3,3\n');
    expect(content()).toBe('a,b\n1,1\n2,2\n3,3\n');
  });
});

describe('a file taken away under us', () => {
  test('by deletion is made again', () => {
    const file = open();
    append(file, '1,1\n');
    rmSync(path);
    append(file, '2,2\n');
    expect(content()).toBe('a,b\n2,2\n');
  });

  test('by another rotation is left alone and a new one begun', () => {
    const file = open();
    append(file, '1,1\n');
    renameSync(path, join(folder, 'moved.csv'));
    append(file, '2,2\n');
    expect(content('moved.csv')).toBe('a,b\n1,1\n');
    expect(content()).toBe('a,b\n2,2\n');
  });

  test('together with its folder is made again', () => {
    const file = open();
    rmSync(folder, { recursive: true });
    append(file, '2,2\n');
    expect(content()).toBe('a,b\n2,2\n');
  });
});

test('a symbolic link is not followed', () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, '');
  symlinkSync(elsewhere, path);
  expect(() => open()).toThrow('ELOOP');
  expect(readFileSync(elsewhere, 'utf8')).toBe('');
});

const FULL_DEVICE = '/dev/full';

test.runIf(existsSync(FULL_DEVICE))('a full disk is a typed refusal', () => {
  expect(() => new RotatingFile({ folder: '/dev', name: 'full', bytesMax: 10, keep: null, head: HEAD })).toThrow('ENOSPC');
});

test('the last whole line is read back, without what a write has left unfinished behind it', () => {
  const file = open();
  expect(file.lastLine()).toBe(HEAD.trimEnd());
  file.append(Buffer.from('one\ntwo\n'));
  expect(file.lastLine()).toBe('two');
  file.close();
  appendFileSync(path, 'thr');
  expect(file.lastLine()).toBe('two');
  file.append(Buffer.from('three\n'));
  expect(readFileSync(path, 'utf8')).toBe(`${HEAD}one\ntwo\nthree\n`);
});
