/** One row per strategy, and what it earns beyond the default on the same crowds. */
import type { BotContender, BotsJob, BotsResult } from './bots.js';
import { barPicture } from './bar-picture.js';
import { SESSION } from './fidelity.js';
import type { Experiment, Report, Request } from './experiment.js';
import { htmlNote, htmlSection, htmlTable } from './html.js';
import { resultsOf } from './jobs.js';
import { deviation, halfWidth, momentsOf, quantileOf, sortedCopy, standardError } from './statistics.js';
import { fixed, signed, textTable, type Column } from './text-table.js';

const SEEDS = 200;

export interface BotRow {
  readonly strategy: string;
  readonly seeds: number;
  /** Dollars per session of a quarter of an hour. */
  readonly pnl: number;
  readonly pnl_error: number;
  readonly sd: number;
  /** pnl / sd. */
  readonly ratio: number;
  readonly q01: number;
  readonly max_q: number;
  readonly fills: number;
  readonly adverse_cents: number;
  readonly uptime: number;
  readonly halted: number;
  /** Mean P&L beyond that of the first strategy on the same seeds, and its 95 % interval; null for the first itself. */
  readonly beyond_default: number | null;
  readonly beyond_default_ci: readonly [low: number, high: number] | null;
}

export const botsJobs = ({ seeds, seed, bot, contenders }: Request): BotsJob[] =>
  Array.from({ length: seeds ?? SEEDS }, (_, i) => ({ seed: `${seed}/crowd/${i + 1}`, bot, contenders, lasts: SESSION }));

const TAIL = 0.01;

export const botRows = (contenders: readonly BotContender[], results: readonly BotsResult[]): BotRow[] =>
  contenders.map(({ name }, index): BotRow => {
    const runs = results.map((result) => result.runs[index] as BotsResult['runs'][number]);
    const mean = (pick: (run: BotsResult['runs'][number]) => number): number => momentsOf(runs.map(pick)).mean;
    const pnl = momentsOf(runs.map((run) => run.pnl));
    const beyond = momentsOf(results.map(({ runs: of }) => (of[index]?.pnl ?? 0) - (of[0]?.pnl ?? 0)));
    const width = halfWidth(beyond);
    return {
      strategy: name,
      seeds: results.length,
      pnl: pnl.mean,
      pnl_error: standardError(pnl),
      sd: deviation(pnl),
      ratio: deviation(pnl) === 0 ? 0 : pnl.mean / deviation(pnl),
      q01: quantileOf(sortedCopy(runs.map((run) => run.pnl)), TAIL),
      max_q: mean((run) => run.max_q),
      fills: mean((run) => run.fills),
      adverse_cents: mean((run) => run.adverse),
      uptime: mean((run) => run.uptime),
      halted: runs.filter((run) => run.halted).length,
      beyond_default: index === 0 ? null : beyond.mean,
      beyond_default_ci: index === 0 ? null : [beyond.mean - width, beyond.mean + width],
    };
  });

const PERCENT = 100;

const COLUMNS: readonly Column<BotRow>[] = [
  { head: 'strategy', cell: (row) => row.strategy, words: true },
  { head: 'seeds', cell: (row) => String(row.seeds) },
  { head: 'P&L', cell: (row) => `${fixed(row.pnl, 2)} +- ${fixed(row.pnl_error, 2)}` },
  { head: 'sd', cell: (row) => fixed(row.sd, 2) },
  { head: 'P&L / sd', cell: (row) => fixed(row.ratio, 1) },
  { head: '1 % quantile', cell: (row) => fixed(row.q01, 2) },
  { head: 'max |q|', cell: (row) => fixed(row.max_q, 1) },
  { head: 'fills', cell: (row) => fixed(row.fills, 0) },
  { head: 'adverse, cents', cell: (row) => fixed(row.adverse_cents, 3) },
  { head: 'uptime', cell: (row) => `${fixed(row.uptime * PERCENT, 1)} %` },
  {
    head: 'beyond the default',
    cell: ({ beyond_default: mean, beyond_default_ci: ci }) =>
      mean === null || ci === null ? '-' : `${signed(mean, 2)} [${signed(ci[0], 2)}, ${signed(ci[1], 2)}]`,
  },
];

const LEGEND =
  'Dollars per session of 15 minutes in one market, settled. P&L with its standard error; adverse: cents per contract that the fair price moves against the fills within 10 s; the last column is paired over the seeds, with its 95 % interval.';

export const bots: Experiment = {
  name: 'bots',
  title: 'The whole bot among the crowd',
  jobs: (request) => botsJobs(request).map((job) => ({ experiment: 'bots', job })),
  report: (request, results): Report => {
    const rows = botRows(request.contenders, resultsOf('bots', results));
    const picture = barPicture(
      'P&L per session in dollars, and its standard deviation',
      rows.map((row) => ({ name: row.strategy, value: row.pnl, spread: row.sd })),
    );
    return {
      document: { rows },
      text: [...textTable(COLUMNS, rows), '', LEGEND],
      html: htmlSection('The whole bot among the crowd', [picture, htmlTable(COLUMNS, rows), htmlNote(LEGEND)]),
      picture,
    };
  },
};
