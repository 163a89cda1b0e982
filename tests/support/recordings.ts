/** Finds the real recordings, which lie outside the project and are never copied into it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const shared = process.env['KMM_SHARED'] ?? '../shared';

const folder = (...parts: string[]): string | null => {
  const path = join(shared, ...parts);
  if (existsSync(path)) return path;
  process.stderr.write(`skipped: ${parts.join('/')} not found; set KMM_SHARED to the folder that holds it\n`);
  return null;
};

/** The folder of the recordings, or null (said aloud) where it is absent. */
export const recordingsDir = (): string | null => folder('data', 'kalshi-recordings');

/** The folder of the exchange's specifications, or null (said aloud) where it is absent. */
export const specsDir = (): string | null => folder('kalshi', 'specs');

/** All lines of one recording, unpacked; empty lines dropped. */
export const readLines = (name: string): string[] => {
  const dir = recordingsDir();
  if (dir === null) throw new Error(`recording ${name} is absent: skip the test with recordingsDir()`);
  const bytes = readFileSync(join(dir, name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
};
