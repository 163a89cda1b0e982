/** Small files on the real disk: 0600 in folders 0700; every change is written beside and put in its place. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SmallFiles } from '../domain/ports.js';
import { exposureOf } from './system-exposure.js';

export const systemFiles: SmallFiles = {
  makeFolder: (path) => makeFolders(path),
  folders: (path) =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
      : [],
  removeFolder: (path) => rmSync(path, { recursive: true, force: true }),
  exists: (path) => existsSync(path),
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  replace: (path, text, until) => put(path, text, until, renameSync),
  create: (path, text) => {
    try {
      put(path, text, 'platter', linkSync);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
  remove: (path) => rmSync(path, { force: true }),
  rename: (from, to) => {
    if (!existsSync(from)) return false;
    renameSync(from, to);
    syncFolder(dirname(to));
    return true;
  },
  exposure: (folder) => exposureOf(folder),
};

/** Writes beside, then puts it in its place. */
const put = (path: string, text: string, until: 'platter' | 'kernel', place: (from: string, to: string) => void): void => {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      writeSync(handle, text);
      if (until === 'platter') fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    place(beside, path);
    // The new name is part of the folder: without this a power failure may take it back.
    if (until === 'platter') syncFolder(dirname(path));
  } finally {
    rmSync(beside, { force: true });
  }
};

const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/**
 * Makes a folder and its missing parents, each for the owner only. One by one: Node's own recursive way never returns on file systems that know no new folders,
 * such as /proc.
 */
const makeFolders = (folder: string): void => {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Somebody else has made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};
