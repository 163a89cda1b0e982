/** Files that cannot be made or written end a command with words and a code of their own. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { StorageError } from '../logger/storage-errors.js';

/** @throws CommandFailure (storage) */
export const withStorage = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new CommandFailure(ExitCode.storage, 'the files of the run cannot be written', {
      why: error.message,
      fix: 'give a folder that can be written with --out, or free some space',
      cause: error,
    });
  }
};
