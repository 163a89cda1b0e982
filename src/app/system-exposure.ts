/** Whether others could change what lies in a folder: a kill latch that anybody may remove is none. */
import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WRITABLE = 0o022;
const STICKY = 0o1000;
/** The account's folder, `state` and the folder of the runs: whoever can write into one of them can put another in its place. */
const FLOORS = 3;
const ROOT = 0;

/**
 * @param user who must own it; undefined on systems that know no owners
 * @returns why others could change it and what puts that right, or null
 */
export const exposureOf = (folder: string, user = process.getuid?.()): string | null => {
  if (user === undefined) return null;
  let at = resolve(folder);
  for (let floor = 0; floor < FLOORS; floor++, at = dirname(at)) {
    const problem = problemOf(at, user, floor === 0 ? 'own' : 'parent');
    if (problem !== null) return problem;
  }
  return null;
};

const problemOf = (path: string, user: number, kind: 'own' | 'parent'): string | null => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (kind === 'own' && !found.isDirectory()) return `${path} is not a folder; move it away`;
  if (kind === 'parent' && found.isSymbolicLink()) return null;
  const owners = kind === 'own' ? [user] : [user, ROOT];
  if (!owners.includes(found.uid)) return `${path} belongs to another user (${found.uid}); run: chown -R ${user} ${path}`;
  // In a sticky folder, such as the system's temporary one, nobody can move what belongs to others.
  const shared = kind === 'parent' && (found.mode & STICKY) !== 0;
  if (shared || (found.mode & WRITABLE) === 0) return null;
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
  return `${path} can be changed by others (mode ${mode}); run: chmod go-w ${path}`;
};
