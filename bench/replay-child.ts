/** Reads a tape or steps a journal, in a process of its own, so that its memory can be told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeEngine, type EngineRecipe } from '../src/app/engine-recipe.js';
import { DiskJournal } from '../src/logger/journal-files.js';
import { JournalReader } from '../src/logger/journal-reader.js';
import { readTape } from '../src/logger/tape-files.js';
import { verify } from '../src/replay/verify.js';

export interface ReplayResult {
  readonly items: number;
  readonly ns: number;
  readonly rssMb: number;
  /** What was read says that it is whole. */
  readonly sound: boolean;
}

const readAll = (folder: string): number => {
  let rows = 0;
  let net = 0;
  for (const row of readTape(folder)) {
    rows++;
    net += row.realized;
  }
  return Number.isFinite(net) ? rows : 0;
};

/** What one writes first: the whole file as one text, split twice. */
const splitAll = (folder: string): number => {
  let rows = 0;
  let net = 0;
  for (const line of readFileSync(join(folder, 'tape.csv'), 'utf8').split('\n').slice(1)) {
    if (line === '') continue;
    const fields = line.split(',');
    const row = { ts: Date.parse(fields[0] as string), ticker: fields[1], numbers: fields.slice(2, 16).map(Number), cause: fields[16] };
    rows++;
    net += row.numbers[5] as number;
  }
  return Number.isFinite(net) ? rows : 0;
};

const replayAll = (folder: string): { readonly items: number; readonly sound: boolean } => {
  const reader = new JournalReader(new DiskJournal(folder));
  const found = verify(reader.header, reader.records(), (header) => makeEngine(header.settings as EngineRecipe));
  return { items: found.events, sound: found.difference === null && found.closed };
};

const [what, folder] = process.argv.slice(2) as [string, string];
const from = performance.now();
const found = what === 'journal' ? replayAll(folder) : { items: (what === 'split' ? splitAll : readAll)(folder), sound: true };
const ns = (performance.now() - from) * 1e6;
process.send?.({ ...found, ns, rssMb: process.resourceUsage().maxRSS / 1024 } satisfies ReplayResult);
