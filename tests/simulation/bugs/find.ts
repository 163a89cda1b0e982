/**
 * Looks for the shortest run that finds a planted bug and passes without it: `node build/tests/simulation/bugs/find.js [--write] [NAME ...]`. What the program
 * does changes what a seed means, so the seeds in `bugs.ts` have to be looked for anew now and then. One line of JSON per bug says what was found; `--write` puts
 * it into `bugs.ts`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { work, type Job } from '../work.js';
import { BUGS, jobOfBug, type PlantedBug } from './bugs.js';

/** Many short runs, then fewer long ones. */
const ATTEMPTS = [
  { hours: 0.05, seeds: 32 },
  { hours: 0.1, seeds: 16 },
  { hours: 0.2, seeds: 8 },
  { hours: 0.4, seeds: 8 },
  { hours: 1, seeds: 12 },
];
/** Seeds with the clocks that users get: some bugs show only where much is read and sent. */
const AS_SHIPPED = [32, 64, 96, 128];
/** Runs that found it, of which the first that passes without the bug is taken. */
const CANDIDATES = 3;

interface Found {
  readonly seed: number;
  readonly hours: number;
  readonly milliseconds: number;
  readonly violation: string;
}

/** With the bug in place: the known run, or others, short ones before long ones. */
const search = (bug: PlantedBug, where: 'known' | 'elsewhere'): readonly Found[] => {
  const found: Found[] = [];
  const attempt = (job: Job): void => {
    const start = performance.now();
    const { violation } = work(job);
    const milliseconds = Math.round(performance.now() - start);
    if (violation !== null) found.push({ seed: job.seed, hours: job.hours, milliseconds, violation: violation.slice(0, 200) });
  };
  const known = jobOfBug(bug);
  if (where === 'known') attempt(known);
  else
    for (const { hours, seeds } of ATTEMPTS)
      for (const seed of [...Array.from({ length: seeds }, (_, i) => i + 1), ...AS_SHIPPED])
        if (found.length < CANDIDATES && (seed !== known.seed || hours !== known.hours)) attempt({ ...known, seed, hours });
  return found.sort((a, b) => a.milliseconds - b.milliseconds);
};

const searchApart = (name: string, where: 'known' | 'elsewhere'): readonly Found[] => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', new URL('./register.js', import.meta.url).href, fileURLToPath(import.meta.url), where],
    { encoding: 'utf8', env: { ...process.env, KMM_PLANTED_BUG: name } },
  );
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout) as readonly Found[];
};

const isClean = (bug: PlantedBug, { seed, hours }: Found): boolean => work({ ...jobOfBug(bug), seed, hours }).violation === null;

const SOURCE = fileURLToPath(new URL('../../../../tests/simulation/bugs/bugs.ts', import.meta.url));

const write = (name: string, { seed, hours }: Found): void => {
  const entry = new RegExp(`(name: '${name}',[^}]*?seed: )\\d+(,\\s*hours: )[\\d.]+`);
  writeFileSync(SOURCE, readFileSync(SOURCE, 'utf8').replace(entry, `$1${seed}$2${hours}`));
};

const report = (bug: PlantedBug, isWritten: boolean): void => {
  const unclean: Found[] = [];
  for (const where of ['known', 'elsewhere'] as const)
    for (const found of searchApart(bug.name, where)) {
      if (isClean(bug, found)) {
        process.stdout.write(`${JSON.stringify({ name: bug.name, ...found })}\n`);
        if (isWritten) write(bug.name, found);
        return;
      }
      unclean.push(found);
    }
  process.stdout.write(`${JSON.stringify({ name: bug.name, unclean })}\n`);
};

// Virtual time turns in plain calls only.
setImmediate(() => {
  const planted = BUGS.find((each) => each.name === process.env['KMM_PLANTED_BUG']);
  if (planted !== undefined) {
    process.stdout.write(JSON.stringify(search(planted, process.argv[2] === 'elsewhere' ? 'elsewhere' : 'known')));
    return;
  }
  const names = process.argv.slice(2).filter((word) => word !== '--write');
  for (const bug of BUGS) if (names.length === 0 || names.includes(bug.name)) report(bug, process.argv.includes('--write'));
});
