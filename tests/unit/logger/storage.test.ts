import { describe, expect, test } from 'vitest';
import { JournalVersionError, StorageError } from '../../../src/logger/storage-errors.js';

const failure = (code: string): Error => Object.assign(new Error('what the system said'), { code });

describe('a refusal of the disk', () => {
  test('keeps the system code and the cause, and says what to do', () => {
    const error = StorageError.from('write', 'journal-000001.bin', failure('ENOSPC'));
    expect(error.code).toBe('STORAGE');
    expect(error.errno).toBe('ENOSPC');
    expect(error.message).toContain('cannot write journal-000001.bin: ENOSPC');
    expect(error.message).toContain('free some space');
    expect(error.cause).toBeInstanceOf(Error);
  });

  test('is not wrapped twice', () => {
    const first = new StorageError('open', 'a', 'EIO');
    expect(StorageError.from('write', 'b', first)).toBe(first);
  });

  test('without a code is UNKNOWN', () => {
    expect(StorageError.from('write', 'a', 'odd').errno).toBe('UNKNOWN');
  });
});

test('a newer and an unknown older format are told apart', () => {
  expect(new JournalVersionError('j', 2, 1).message).toContain('newer');
  expect(new JournalVersionError('j', 0, 1).message).not.toContain('newer');
});
