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

const bookedIn = (disk: SimulatedDisk, folder: string): readonly Booked[] =>
  [...new JournalReader(disk.journal(READER, folder)).records()].flatMap((record) =>
    record.type === 'actions' ? record.actions.filter((action) => action.type === 'booked') : [],
  );
