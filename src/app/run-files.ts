/** Where a run writes: a folder of its own below `--out`, named by time and environment. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../logger/storage-errors.js';
import { privateFolder } from '../logger/journal-files.js';
import { makeFolders } from './state-files.js';

/** `2026-11-21T10-00-00-123Z-sim`: sorts by time and is legal on every file system. */
export const runFolderName = (now: Date, env: string): string => `${now.toISOString().replace(/[:.]/g, '-')}-${env}`;

/** Makes the folder of a new run. @throws StorageError */
export const makeRunFolder = (out: string, now: Date, env: string): string => {
  try {
    makeFolders(out);
  } catch (error) {
    throw StorageError.from('create folder', out, error);
  }
  const folder = join(out, runFolderName(now, env));
  privateFolder(folder);
  return folder;
};

export const writeSummary = (folder: string, summary: object): void =>
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
