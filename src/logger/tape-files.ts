/** Reads the tape of a run back from its folder: the files put aside in order, then the present one. */
import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { MalformedMessageError } from '../domain/errors.js';
import { StorageError } from './storage-errors.js';
import { parseTapeRow, TAPE_COLUMNS, type TapeRow } from './tape-row.js';

const CURRENT = 'tape.csv';
const ASIDE = /^tape-(\d{6,})\.csv$/;
const BLOCK_BYTES = 1024 * 1024;

/**
 * All rows in the order they were written. A last line without its end, as a crash leaves it, is no row.
 * @throws StorageError where a file cannot be read; MalformedMessageError or InvalidUnitError, with file and line, for anything that is no tape
 */
export function* readTape(folder: string): Generator<TapeRow, void, undefined> {
  for (const name of tapeNames(folder)) {
    let number = 0;
    for (const line of linesOf(join(folder, name))) {
      number++;
      const where = `${name}:${number}`;
      if (number === 1) checkHead(line, where);
      else yield parseTapeRow(splitFields(line, where), where);
    }
  }
}

/** Fields of one CSV line, where quotes may enclose a field and a doubled quote stands for one. */
export const splitFields = (line: string, where: string): string[] => {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let ended = false; !ended;) {
    const match = field.exec(line);
    if (match === null) throw new MalformedMessageError(where, 'fields with their quotes in pairs', line);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    ended = match[3] === '';
  }
  return fields;
};

const checkHead = (line: string, where: string): void => {
  const wanted = TAPE_COLUMNS.join(',');
  if (line !== wanted) throw new MalformedMessageError(where, `the head of a tape, ${wanted}`, line);
};

const tapeNames = (folder: string): readonly string[] => {
  try {
    const names = readdirSync(folder);
    const aside = names.filter((name) => ASIDE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
    return names.includes(CURRENT) ? [...aside, CURRENT] : aside;
  } catch (error) {
    throw StorageError.from('list', folder, error);
  }
};

const numberOf = (name: string): number => Number(ASIDE.exec(name)?.[1]);

/** Whole lines only, without their ends. */
function* linesOf(path: string): Generator<string, void, undefined> {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw StorageError.from('open', path, error);
  }
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    let rest = '';
    for (let count = readSync(handle, block); count > 0; count = readSync(handle, block)) {
      const lines = (rest + block.toString('latin1', 0, count)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.map(fromLatin1);
    }
  } finally {
    closeSync(handle);
  }
}

/** Bytes are cut into lines first, so that no letter of several bytes is cut in two by a block's end. */
const fromLatin1 = (line: string): string => (/[\x80-\xff]/.test(line) ? Buffer.from(line, 'latin1').toString('utf8') : line);
