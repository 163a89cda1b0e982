/** The table of Avellaneda and Stoikov beside ours. */
import { asJobs, asRows, type AsRow } from './as2008.js';
import { PUBLISHED, PUBLISHED_SOURCE } from './as2008-published.js';
import type { Experiment, Report, Request } from './experiment.js';
import { resultsOf } from './jobs.js';
import { htmlNote, htmlSection, htmlTable } from './html.js';
import { fixed, textTable, type Column } from './text-table.js';

const COUNTS = [1000, 100_000];
const countsOf = ({ paths }: Request): readonly number[] => (paths === null ? COUNTS : [paths]);

interface Line extends Omit<AsRow, 'spread' | 'paths'> {
  readonly who: string;
  readonly paths: number;
  readonly spread: number | null;
}

/** Ours, and below the largest sample what was published for the same parameters. */
const linesOf = (rows: readonly AsRow[]): Line[] =>
  rows.flatMap((row, i): Line[] => {
    const ours = { ...row, who: 'ours' };
    const isLast = !rows.slice(i + 1).some((other) => other.gamma === row.gamma);
    if (!isLast) return [ours];
    const theirs = PUBLISHED.filter((other) => other.gamma === row.gamma).map((other) => ({
      who: 'published',
      gamma: other.gamma,
      strategy: other.strategy,
      paths: other.paths,
      spread: null,
      profit_mean: other.profitMean,
      profit_sd: other.profitSd,
      q_mean: other.qMean,
      q_sd: other.qSd,
    }));
    return [ours, ...theirs];
  });

const COLUMNS: readonly Column<Line>[] = [
  { head: 'gamma', cell: (line) => String(line.gamma), words: true },
  { head: 'strategy', cell: (line) => line.strategy, words: true },
  { head: 'who', cell: (line) => line.who, words: true },
  { head: 'paths', cell: (line) => String(line.paths) },
  { head: 'spread', cell: (line) => fixed(line.spread, 2) },
  { head: 'profit', cell: (line) => fixed(line.profit_mean, 2) },
  { head: 'sd', cell: (line) => fixed(line.profit_sd, 2) },
  { head: 'final q', cell: (line) => fixed(line.q_mean, 3) },
  { head: 'sd of q', cell: (line) => fixed(line.q_sd, 2) },
];

const SETTING =
  's = 100, T = 1, sigma = 2, dt = 0.005, k = 1.5, A = 140, q = 0; a mid that steps by sigma sqrt(dt); fill chance lambda dt.';
const SOURCE = `Published: ${PUBLISHED_SOURCE}. A dash, and a missing row, was not found in a source that can be named.`;

export const as2008: Experiment = {
  name: 'as2008',
  title: 'Avellaneda and Stoikov 2008',
  jobs: (request) => asJobs(countsOf(request), request.seed).map((job) => ({ experiment: 'as2008', job })),
  report: (request, results): Report => {
    const counts = countsOf(request);
    const rows = asRows(counts, asJobs(counts, request.seed), resultsOf('as2008', results));
    const lines = linesOf(rows);
    return {
      document: { rows, published: PUBLISHED, source: PUBLISHED_SOURCE },
      text: [SETTING, '', ...textTable(COLUMNS, lines), '', SOURCE],
      html: htmlSection('Avellaneda and Stoikov 2008', [htmlNote(SETTING), htmlTable(COLUMNS, lines), htmlNote(SOURCE)]),
    };
  },
};
