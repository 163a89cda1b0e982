/** Where a run writes: a folder of its own below `--out`, named by time and environment. */
import { join } from 'node:path';
import type { SmallFiles } from '../domain/ports.js';
import { StorageError } from '../logger/storage-errors.js';

/** `2026-11-21T10-00-00-123Z-sim`: sorts by time and is legal on every file system. */
export const runFolderName = (now: Date, env: string): string => `${now.toISOString().replace(/[:.]/g, '-')}-${env}`;

/** Makes the folder of a new run. @throws StorageError */
export const makeRunFolder = (files: SmallFiles, out: string, now: Date, env: string): string => {
  const folder = join(out, runFolderName(now, env));
  try {
    files.makeFolder(folder);
  } catch (error) {
    throw StorageError.from('create folder', folder, error);
  }
  return folder;
};

export const writeSummary = (files: SmallFiles, folder: string, summary: object): void =>
  files.replace(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`, 'kernel');
