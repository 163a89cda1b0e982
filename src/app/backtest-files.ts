/** Finds what `--from` names: paths, and patterns with * and ? in them. Looks at the disk and reads nothing. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { DiskJournal } from '../logger/journal-files.js';

export interface FoundPath {
  readonly path: string;
  /** What a pattern matches may be something else and is passed over with a word; what was named must be what it should be. */
  readonly by: 'name' | 'pattern';
  readonly kind: 'file' | 'run' | 'folder';
}

const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Everything named, each once, in the order of the names and, below a pattern, of the alphabet. @throws CommandFailure where one leads to nothing */
export const findPaths = (names: readonly string[]): readonly FoundPath[] => {
  const found = new Map<string, FoundPath>();
  for (const name of names) {
    const paths = isPattern(name) ? matching(name) : [name];
    if (paths.length === 0)
      throw new CommandFailure(ExitCode.usage, `--from: nothing matches ${name}`, {
        why: `* stands for any part of one name and ? for one letter, and there is no file or folder of that shape`,
        fix: 'name recordings or folders of runs; put patterns in quotes so that the shell leaves them alone',
      });
    for (const path of paths) {
      const kind = kindOf(path);
      if (kind === null)
        throw new CommandFailure(ExitCode.usage, `--from: there is no file or folder ${path}`, {
          fix: 'name a recording, the folder of a run, or a pattern in quotes such as "runs/*"',
        });
      if (!found.has(path)) found.set(path, { path, by: isPattern(name) ? 'pattern' : 'name', kind });
    }
  }
  return [...found.values()];
};

const kindOf = (path: string): FoundPath['kind'] | null => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isDirectory()) return 'file';
  return new DiskJournal(path).list().length > 0 ? 'run' : 'folder';
};

const matching = (pattern: string): readonly string[] => {
  const parts = pattern.split('/');
  let paths = [pattern.startsWith('/') ? '/' : ''];
  for (const part of parts.filter((name) => name !== '')) {
    const rule = isPattern(part) ? ruleOf(part) : null;
    paths = paths.flatMap((path) => (rule === null ? existing(join(path, part)) : namesIn(path, rule).map((name) => join(path, name))));
  }
  return paths;
};

const existing = (path: string): readonly string[] => (statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [path]);

/** Hidden names are matched only by a pattern that begins with a dot, as in a shell. */
const ruleOf = (part: string): RegExp => {
  const body = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${part.startsWith('.') ? '' : '(?!\\.)'}${body}$`);
};

const namesIn = (folder: string, rule: RegExp): readonly string[] => {
  const path = folder === '' ? '.' : folder;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path)
    .filter((name) => rule.test(name))
    .toSorted();
};
