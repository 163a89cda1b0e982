/** The records of a finished run in its folder, opened for commands that look at it. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Output } from '../cli/output.js';
import { Progress } from '../cli/progress.js';
import { MalformedMessageError } from '../domain/errors.js';
import { DiskJournal } from '../logger/journal-files.js';
import { JournalReader, type JournalRecord, type JournalSource } from '../logger/journal-reader.js';
import type { JournalHeader } from '../logger/journal-segment.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../logger/storage-errors.js';
import { itemsOfJournal } from '../replay/run-items.js';
import type { PageRun } from '../report/html-report.js';
import { reportOf } from '../report/run-report.js';
import { systemFiles } from './system-files.js';
import type { EngineRecipe } from './engine-recipe.js';

export interface ReadRun extends PageRun {
  readonly folder: string;
}

/** @param output where progress is shown; absent: nowhere @throws CommandFailure where the folder is none of a run */
export const openRun = (folder: string, output?: Output): JournalReader => {
  const fix = 'name the folder of a run; kmm start prints it at its end';
  if (!systemFiles.exists(folder)) throw new CommandFailure(ExitCode.usage, `there is no folder ${folder}`, { fix });
  if (new DiskJournal(folder).list().length === 0)
    throw new CommandFailure(ExitCode.usage, `${folder} is no folder of a run: it has no journal-000001.bin`, { fix });
  const journal = new DiskJournal(folder);
  return new JournalReader(output?.isTty === true ? watched(journal, output) : journal);
};

/** A journal that shows how much of it has been read. */
const watched = (journal: JournalSource, output: Output): JournalSource => {
  const sizeOf = (name: string): number => {
    const file = journal.open(name);
    file.close();
    return file.size;
  };
  const total = journal.list().reduce((sum, name) => sum + sizeOf(name), 0);
  const bar = new Progress(output, { label: 'reading', total, nowMs: () => performance.now() });
  let done = 0;
  let open = 0;
  return {
    list: () => journal.list(),
    open: (name) => {
      const file = journal.open(name);
      open++;
      return {
        size: file.size,
        read: (into, position) => {
          const count = file.read(into, position);
          bar.update((done += count));
          return count;
        },
        close: () => {
          file.close();
          if (--open === 0) bar.finish();
        },
      };
    },
  };
};

/** Carries out what reads records to their end; a damaged or foreign journal becomes a failure that a person can act on. */
export const storageFailure = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (
      error instanceof JournalDamagedError ||
      error instanceof JournalVersionError ||
      error instanceof StorageError ||
      error instanceof MalformedMessageError
    )
      throw new CommandFailure(ExitCode.storage, 'the journal of this run cannot be read to its end', {
        why: error.message,
        fix: 'restore the file from a copy; what the run did is also in tape.csv and summary.json',
        cause: error,
      });
    throw error;
  }
};

/** A run read through once: its report, and what must be known before it is trusted. */
export const readRun = (folder: string, output?: Output): ReadRun => {
  const reader = openRun(folder, output);
  const { header } = reader;
  let dropped = 0;
  function* counted(): Generator<JournalRecord, void, undefined> {
    for (const record of reader.records()) {
      if (record.type === 'gap') dropped += record.dropped;
      yield record;
    }
  }
  const report = reportOf(itemsOfJournal(counted(), bookOf(header)));
  const { torn, closed } = reader.ending;
  const warnings = [
    ...(torn === null ? [] : [`The last record of ${torn.file} is torn and was left out.`]),
    ...(dropped === 0 ? [] : [`${dropped} records were lost while the disk refused: figures after that are not whole.`]),
    ...(closed ? [] : ['The run did not end in good order.']),
  ];
  return {
    folder,
    report,
    subject: { run: header.run, environment: header.environment, build: header.build, strategy: strategyOf(header), warnings },
  };
};

const recipeOf = (header: JournalHeader): Partial<EngineRecipe> =>
  typeof header.settings === 'object' && header.settings !== null ? header.settings : {};

/** Whether the recorded book has our own orders in it. */
export const bookOf = (header: JournalHeader): { readonly bookHasOwnOrders: boolean } => ({
  bookHasOwnOrders: recipeOf(header).bookHasOwnOrders === true,
});

const strategyOf = (header: JournalHeader): string => recipeOf(header).strategy?.name ?? 'unknown strategy';
