/** What the journals on the simulated disk say was booked. */
import type { Booked } from '../../src/domain/actions.js';
import { JournalReader } from '../../src/logger/journal-reader.js';
import type { SimulatedDisk } from './simulated-disk.js';

const READER = { alive: true };

/** Folders of runs that have a journal, oldest first. */
const runsOn = (disk: SimulatedDisk): string[] =>
  [
    ...new Set(
      disk
        .names()
        .filter((path) => path.includes('/journal-'))
        .map((path) => path.slice(0, path.lastIndexOf('/'))),
    ),
  ].sort();

/** Fills booked by the run that began last. @throws where its journal cannot be read to its end */
export const bookedByLastRun = (disk: SimulatedDisk): readonly Booked[] => {
  const folder = runsOn(disk).at(-1);
  return folder === undefined ? [] : bookedIn(disk, folder);
};

/** Fills booked by all runs; null where a journal is damaged, as some faults leave it. */
export const bookedByAllRuns = (disk: SimulatedDisk): readonly Booked[] | null => {
  try {
    return runsOn(disk).flatMap((folder) => (JournalReader.isEmpty(disk.journal(READER, folder)) ? [] : bookedIn(disk, folder)));
  } catch {
    // The verdict is then spoken over the last run alone.
    return null;
  }
};

interface Read {
  readonly bytes: number;
  readonly booked: readonly Booked[];
}

const read = new WeakMap<SimulatedDisk, Map<string, Read>>();

/** Fills booked in one run. A journal that has not grown is not read again. @throws where it cannot be read to its end */
export const bookedIn = (disk: SimulatedDisk, folder: string): readonly Booked[] => {
  const source = disk.journal(READER, folder);
  const bytes = source.list().reduce((sum, name) => sum + source.open(name).size, 0);
  const known = read.get(disk) ?? new Map<string, Read>();
  read.set(disk, known);
  const before = known.get(folder);
  if (before?.bytes === bytes) return before.booked;
  const booked: Booked[] = [];
  for (const record of new JournalReader(source).records())
    if (record.type === 'actions') for (const action of record.actions) if (action.type === 'booked') booked.push(action);
  known.set(folder, { bytes, booked });
  return booked;
};
