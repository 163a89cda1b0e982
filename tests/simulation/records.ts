/** What the journals on the simulated disk say was booked. */
import type { Adjusted, Booked } from '../../src/domain/actions.js';
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
  readonly adopted: readonly Adjusted[];
}

const read = new WeakMap<SimulatedDisk, Map<string, Read>>();

/** Positions that the first run took over from the exchange: fills before that are in them. */
export const firstAdopted = (disk: SimulatedDisk): readonly Adjusted[] => {
  const first = runsOn(disk)[0];
  return first === undefined ? [] : readRun(disk, first).adopted;
};

/** Fills booked in one run. @throws where its journal cannot be read to its end */
export const bookedIn = (disk: SimulatedDisk, folder: string): readonly Booked[] => readRun(disk, folder).booked;

/** A journal that has not grown is not read again. */
const readRun = (disk: SimulatedDisk, folder: string): Read => {
  const source = disk.journal(READER, folder);
  const bytes = source.list().reduce((sum, name) => sum + source.open(name).size, 0);
  const known = read.get(disk) ?? new Map<string, Read>();
  read.set(disk, known);
  const before = known.get(folder);
  if (before?.bytes === bytes) return before;
  const booked: Booked[] = [];
  const adopted: Adjusted[] = [];
  for (const record of new JournalReader(source).records())
    if (record.type === 'actions')
      for (const action of record.actions)
        if (action.type === 'booked') booked.push(action);
        else if (action.type === 'adjusted' && action.cause === 'adopted') adopted.push(action);
  const found = { bytes, booked, adopted };
  known.set(folder, found);
  return found;
};
