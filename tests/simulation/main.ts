/** `npm run simulate`: the whole bot against the simulated exchange in virtual time, faults drawn from seeds, invariants held at every event. */
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULT_KINDS, FAULTS, type FaultKind } from './catalogue.js';
import { BUGS, jobOfBug, type PlantedBug } from './bugs/bugs.js';
import { CORPUS, type OnceFailed } from './corpus.js';
import { runAll } from './pool.js';
import { shrink } from './shrink.js';
import { unknownOutcomes } from './unknowns.js';
import { kindsOf, work, type Job, type Report } from './work.js';

const HELP = `npm run simulate -- [options]

The whole program against the simulated exchange in virtual time: production code, simulated network, disk, clock and process.
Each seed draws its markets, its faults and their moments. Invariants are held against the exchange's own ledger.

  --seeds N        run N seeds (default 20), after the corpus of seeds that once failed
  --from S         the first of them (default 1)
  --hours H        virtual hours of each (default 1)
  --minutes M      begin no more seeds after so many minutes
  --threads T      threads (default: all processors)
  --json           one JSON document on stdout
  --no-corpus      leave the corpus out
  --seed S         one seed; where it fails it is made smaller, and a command that shows it is printed
  --trace FILE     with --seed: everything that passes, line for line
  --kinds a,b,c    only these kinds of faults
  --intensity X    how much of them, 1 is usual (default: drawn by the seed)
  --faults         list the kinds of faults
  --bugs           list the planted bugs
  --bug NAME       run with a planted bug; ends with 1 where it is found, as it must be
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    hours: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
    'no-corpus': { type: 'boolean', default: false },
    seed: { type: 'string' },
    trace: { type: 'string' },
    kinds: { type: 'string' },
    intensity: { type: 'string' },
    faults: { type: 'boolean', default: false },
    bugs: { type: 'boolean', default: false },
    bug: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const number = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name}: expected a number above 0, got ${JSON.stringify(text)}`);
  return value;
};

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** So many hours meet each kind of fault so often. */
const LEAST = [
  { hours: 590, times: 20 },
  { hours: 300, times: 1 },
];

class Tally {
  readonly felt = new Map<FaultKind, number>(FAULT_KINDS.map((kind) => [kind, 0]));
  readonly violations: { readonly seed: number; readonly violation: string; readonly command: string }[] = [];
  readonly #started = performance.now();
  seeds = 0;
  virtualSeconds = 0;
  events = 0;
  deltas = 0;
  ownOrders = 0;
  fills = 0;
  readonly unknownSeconds: number[] = [];

  take(report: Report): void {
    this.seeds++;
    this.virtualSeconds += report.virtualSeconds;
    this.events += report.events;
    this.deltas += report.deltas;
    this.ownOrders += report.ownOrders;
    this.fills += report.fills;
    for (const span of report.unknownSeconds) this.unknownSeconds.push(span);
    for (const [kind, count] of report.felt) this.felt.set(kind, (this.felt.get(kind) ?? 0) + count);
    if (report.violation !== null) this.violations.push({ seed: report.seed, violation: report.violation, command: commandOf(report.job) });
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
  get hours(): number {
    return this.virtualSeconds / 3600;
  }
  get faults(): number {
    return [...this.felt.values()].reduce((sum, count) => sum + count, 0);
  }
  /** How often each kind has to be felt in a run as long as this. A short one cannot meet all. */
  get least(): number {
    return LEAST.find(({ hours }) => this.hours >= hours)?.times ?? 0;
  }
  get seldom(): FaultKind[] {
    return FAULT_KINDS.filter((kind) => (this.felt.get(kind) ?? 0) < this.least);
  }

  document(): object {
    return {
      seeds: this.seeds,
      virtual_hours: round(this.hours),
      seconds: round(this.seconds),
      events: this.events,
      deltas: this.deltas,
      own_orders: this.ownOrders,
      fills: this.fills,
      unknown_outcomes: unknownOutcomes(this.unknownSeconds),
      faults: this.faults,
      faults_by_kind: Object.fromEntries(this.felt),
      violations: this.violations.length,
      first_violation: this.violations[0] ?? null,
    };
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
const orExplain = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    tell(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
};
const hours = orExplain(() => number('hours', values.hours));
const minutes = values.minutes === undefined ? Infinity : orExplain(() => number('minutes', values.minutes ?? ''));
const kinds = values.kinds === undefined ? null : orExplain(() => kindsOf(values.kinds ?? ''));
const intensity = values.intensity === undefined ? null : orExplain(() => number('intensity', values.intensity ?? ''));

const commandOf = (job: Pick<Job, 'seed' | 'hours' | 'kinds' | 'intensity'>): string =>
  [
    `npm run simulate -- --seed ${job.seed} --hours ${job.hours}`,
    ...(job.kinds === null ? [] : [`--kinds ${job.kinds.join(',') || "''"}`]),
    ...(job.intensity === null ? [] : [`--intensity ${job.intensity}`]),
    ...(values.bug === undefined ? [] : [`--bug ${values.bug}`]),
    '--trace trace.txt',
  ].join(' ');

const jobOf = (seed: number): Job => ({ seed, hours, kinds, intensity, twice: false });

const jobOfOnceFailed = ({ seed, hours: once, kinds, intensity }: OnceFailed): Job => ({
  seed,
  hours: once,
  kinds: kinds ?? null,
  intensity: intensity ?? null,
  twice: false,
});

const many = async (): Promise<number> => {
  const corpus = values['no-corpus'] ? [] : CORPUS.map(jobOfOnceFailed);
  const jobs: Job[] = [...corpus, ...freshSeeds().map((seed) => ({ ...jobOf(seed), twice: seed % 50 === 0 }))];
  const tally = new Tally();
  const threads = Math.floor(number('threads', values.threads));
  const every = process.stderr.isTTY ? 1 : Math.max(50, Math.ceil(jobs.length / 20));
  await runAll(jobs, threads, (report) => {
    tally.take(report);
    if (report.violation !== null) tell(`seed ${report.seed}: ${report.violation}\n  ${commandOf(report.job)}`);
    if (tally.seeds % every === 0)
      (process.stderr.isTTY ? (text: string) => process.stderr.write(`\r${text}\x1b[K`) : tell)(
        `${tally.seeds} of ${jobs.length} seeds, ${tally.hours.toFixed(0)} virtual hours, ${((tally.hours / tally.seconds) * 60).toFixed(0)} per minute, ${tally.faults} faults, ${tally.violations.length} violations`,
      );
    return tally.seconds < minutes * 60;
  });
  if (process.stderr.isTTY) tell('');
  if (values.json) out(JSON.stringify(tally.document()));
  else print(tally);
  const { seldom, least } = kinds === null ? tally : { seldom: [], least: 0 };
  for (const kind of seldom)
    tell(`met ${tally.felt.get(kind)} times, at least ${least} are expected of so many hours: ${kind}, ${FAULTS[kind]}`);
  return tally.violations.length + seldom.length === 0 ? 0 : 1;
};

const freshSeeds = (): number[] => {
  const from = number('from', values.from);
  // Where a planted bug is looked for, 0 says: nowhere else.
  const length = values.bug !== undefined && values.seeds === '0' ? 0 : number('seeds', values.seeds);
  return Array.from({ length }, (_, i) => from + i);
};

/** A planted bug is looked for where it was found before, then elsewhere, until it is found. */
const hunt = (bug: PlantedBug): number => {
  const tally = new Tally();
  let found: string | null = null;
  // Any change of the program moves what happens in a seed: the known place is a hint.
  for (const job of [jobOfBug(bug), ...freshSeeds().map((seed) => ({ ...jobOfBug(bug), seed }))]) {
    const report = work(job);
    tally.take(report);
    found = report.violation;
    if (found === null) continue;
    tell(`the planted bug ${bug.name} was found: ${found}\n  ${commandOf(job)}`);
    break;
  }
  if (found === null) tell(`the planted bug ${bug.name} was NOT found`);
  if (values.json) out(JSON.stringify(tally.document()));
  return found === null ? 0 : 1;
};

const print = (tally: Tally): void => {
  const { seconds } = tally;
  out('faults by kind:');
  for (const kind of FAULT_KINDS) out(`  ${String(tally.felt.get(kind)).padStart(8)}  ${kind.padEnd(26)} ${FAULTS[kind]}`);
  out(
    `${tally.seeds} seeds, ${tally.hours.toFixed(1)} virtual hours in ${seconds.toFixed(1)} s: ${((tally.seeds / seconds) * 60).toFixed(0)} seeds/min, ${((tally.hours / seconds) * 60).toFixed(0)} virtual hours/min`,
  );
  out(`${tally.events} events, ${tally.deltas} deltas, ${tally.ownOrders} own orders, ${tally.fills} fills, ${tally.faults} faults`);
  const { count, p50_s, p99_s, worst_s } = unknownOutcomes(tally.unknownSeconds);
  if (count > 0) out(`${count} unknown outcomes, resolved after p50 ${p50_s} s, p99 ${p99_s} s, worst ${worst_s} s while REST was up`);
  out(`violations: ${tally.violations.length}`);
};

/** One seed, event for event, and made smaller where it fails. */
const one = async (seed: number): Promise<number> => {
  const job = jobOf(seed);
  const report = await traced(job, values.trace);
  if (values.json) {
    const tally = new Tally();
    tally.take(report);
    out(JSON.stringify(tally.document()));
  }
  if (report.violation === null) {
    tell(
      `seed ${seed}: ${round(report.virtualSeconds / 3600)} virtual hours, ${report.events} events, ${report.ownOrders} own orders, no violation`,
    );
    return 0;
  }
  tell(`seed ${seed}: ${report.violation}`);
  tell('making it smaller ...');
  const { violation } = report;
  const small = await plainly(() => shrink(job, violation, (text) => tell(`  ${text}`)));
  if (values.trace !== undefined) await traced(small, values.trace);
  tell(`shows it in ${small.hours} hours with ${(small.kinds ?? []).join(', ') || 'no faults'}:\n  ${commandOf(small)}`);
  return 1;
};

const traced = async (job: Job, file: string | undefined): Promise<Report> => {
  const lines: string[] = [];
  const report = await plainly(() => work(job, file === undefined ? null : (line) => lines.push(line)));
  if (file === undefined) return report;
  const stream = createWriteStream(file);
  for (const line of lines) stream.write(`${line}\n`);
  await new Promise<void>((resolve) => stream.end(resolve));
  return report;
};

/** Virtual time turns in plain calls only, and what follows an `await` is none. */
const plainly = <T>(run: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(run());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });

/** Planted bugs are modules in the place of others: the loader that puts them there must be in place before anything is imported. */
const withBug = ({ name }: PlantedBug): number => {
  const { status } = spawnSync(
    process.execPath,
    ['--import', new URL('./bugs/register.js', import.meta.url).href, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, KMM_PLANTED_BUG: name } },
  );
  return status ?? 1;
};

const run = async (): Promise<number> => {
  if (values.help) {
    out(HELP);
    return 0;
  }
  if (values.faults) {
    for (const kind of FAULT_KINDS) out(`${kind.padEnd(26)} ${FAULTS[kind]}`);
    return 0;
  }
  if (values.bugs) {
    for (const bug of BUGS) out(`${bug.name.padEnd(34)} ${bug.what}`);
    return 0;
  }
  const bug = BUGS.find((each) => each.name === values.bug);
  if (values.bug !== undefined && bug === undefined)
    throw new Error(`--bug: expected one of ${BUGS.map((each) => each.name).join(', ')}; got ${JSON.stringify(values.bug)}`);
  if (bug !== undefined && process.env['KMM_PLANTED_BUG'] !== bug.name) return withBug(bug);
  if (values.seed !== undefined) return one(number('seed', values.seed));
  return bug === undefined ? many() : hunt(bug);
};

// Virtual time turns in plain calls only, and the evaluation of a module is none.
setImmediate(() => {
  run().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      tell(`error: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 2;
    },
  );
});
