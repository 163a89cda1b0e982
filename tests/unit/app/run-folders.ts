/** Folders of runs on the real disk, made from a list of moves. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsOf, runOf, type Move } from '../replay/toy-run.js';

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'kmm-reports-'));

/** The folder of a run with these moves. @param change what a disk has made of the journal's bytes since */
export const folderOf = (
  moves: readonly Move[],
  options: { readonly closed?: boolean; readonly change?: (journal: Buffer) => Buffer } = {},
): string => {
  const folder = temporary();
  const { files } = runOf(eventsOf(moves), { closed: options.closed ?? true });
  const change = options.change ?? ((bytes: Buffer) => bytes);
  for (const name of files.list()) writeFileSync(join(folder, name), change(files.read(name)));
  return folder;
};

export const BUSY: readonly Move[] = Array.from({ length: 400 }, (_, i) => ({
  afterMs: 300,
  kind: (['tick', 'mid', 'hit', 'tick', 'lift'] as const)[i % 5] ?? 'tick',
  price: 4000 + ((i * 37) % 2000) + (i % 2),
  size: 101 + (i % 7) * 50,
}));
