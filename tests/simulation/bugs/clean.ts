/** Runs the shortest runs of all planted bugs without any bug: prints, as JSON, what they break all the same. `clean.js PART OF` does only some of them. */
import { work } from '../work.js';
import { BUGS, jobOfBug } from './bugs.js';

setImmediate(() => {
  const [part = 0, of = 1] = process.argv.slice(2).map(Number);
  const jobs = new Map(BUGS.map((bug) => [JSON.stringify(jobOfBug(bug)), jobOfBug(bug)]));
  const violations: Record<string, string> = {};
  for (const [i, [name, job]] of [...jobs].entries()) {
    const violation = i % of === part ? work(job).violation : null;
    if (violation !== null) violations[name] = violation;
  }
  process.stdout.write(JSON.stringify(violations));
});
