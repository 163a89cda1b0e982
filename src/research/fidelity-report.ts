/** Precision, recall and errors of paper, per fill model. */
import { addMatching, NO_MATCHES } from './crowd/fill-matching.js';
import type { Standing } from './crowd/paper-run.js';
import type { Experiment, Report, Request } from './experiment.js';
import { FEEDS, FILL_MODELS, SESSION, type FeedKind, type FidelityJob, type FidelityResult, type FidelitySample } from './fidelity.js';
import { htmlNote, htmlSection, htmlTable } from './html.js';
import { resultsOf } from './jobs.js';
import { halfWidth, momentsOf } from './statistics.js';
import { fixed, signed, textTable, type Column } from './text-table.js';

const SEEDS = 200;

export interface FidelityRow {
  readonly model: string;
  readonly seeds: number;
  /** Of paper's contracts those that were truly filled, and of the truly filled those that paper has. */
  readonly precision: number;
  readonly recall: number;
  /** Differences of size over the size of the pairs. */
  readonly size_error: number;
  readonly time_error_ms: number;
  /** Paper's P&L less the true one, as a part of the gross spread that was truly earned, with the ends of its 95 % interval. */
  readonly pnl_bias: number;
  readonly pnl_bias_ci: readonly [low: number, high: number];
  /** With ten seconds of tolerance instead of one. */
  readonly precision_wide: number;
  readonly recall_wide: number;
  /** By where the price stood in the book without us: part of the true contracts, and recall of it. */
  readonly standing: Readonly<Record<Standing, { readonly share: number; readonly recall: number }>> | null;
  /** Part of the true contracts whose takers trade in the world without us at all: no rule that reads the public feed can have more recall. */
  readonly recall_most: number | null;
}

export const fidelityJobs = ({ seeds, seed, bot, strategy }: Request): FidelityJob[] =>
  Array.from({ length: seeds ?? SEEDS }, (_, i) => ({
    seed: `${seed}/fidelity/${i + 1}`,
    bot,
    strategy,
    lasts: SESSION,
  }));

const part = (of: number, whole: number): number => (whole === 0 ? 0 : of / whole);

const US_PER_MS = 1000;

const rowOf = (model: string, samples: readonly FidelitySample[], results: readonly FidelityResult[]): FidelityRow => {
  const all = samples.map(({ matching }) => matching).reduce(addMatching, NO_MATCHES);
  const wide = samples.map(({ wide: of }) => of).reduce(addMatching, NO_MATCHES);
  const spread = momentsOf(results.map((result) => result.spread)).mean;
  const bias = momentsOf(samples.map(({ pnl }, i) => pnl - (results[i] as FidelityResult).pnl));
  const width = halfWidth(bias);
  return {
    model,
    seeds: results.length,
    precision: part(all.matched, all.paper),
    recall: part(all.matched, all.truth),
    size_error: part(all.sizeApart, all.paired),
    time_error_ms: part(all.timeApart, all.matched) / US_PER_MS,
    pnl_bias: part(bias.mean, spread),
    pnl_bias_ci: [part(bias.mean - width, spread), part(bias.mean + width, spread)],
    precision_wide: part(wide.matched, wide.paper),
    recall_wide: part(wide.matched, wide.truth),
    standing: standingOf(samples),
    recall_most: samples.some(({ seen }) => seen === null)
      ? null
      : part(
          samples.reduce((sum, { seen }) => sum + (seen ?? 0), 0),
          all.truth,
        ),
  };
};

const standingOf = (samples: readonly FidelitySample[]): FidelityRow['standing'] => {
  const known = samples.flatMap(({ standing }) => (standing === null ? [] : [standing]));
  if (known.length === 0) return null;
  const sum = (of: Standing, key: 'truth' | 'matched'): number => known.reduce((total, each) => total + each[of][key], 0);
  const whole = sum('inside', 'truth') + sum('touch', 'truth') + sum('behind', 'truth');
  const parts = (of: Standing): { readonly share: number; readonly recall: number } => ({
    share: part(sum(of, 'truth'), whole),
    recall: part(sum(of, 'matched'), sum(of, 'truth')),
  });
  return { inside: parts('inside'), touch: parts('touch'), behind: parts('behind') };
};

export const fidelityRows = (feed: FeedKind, results: readonly FidelityResult[]): FidelityRow[] =>
  FILL_MODELS.map((model) =>
    rowOf(
      model,
      results.flatMap(({ samples }) => samples.filter((sample) => sample.feed === feed && sample.model === model)),
      results,
    ),
  );

const PERCENT = 100;

const COLUMNS: readonly Column<FidelityRow>[] = [
  { head: 'model', cell: (row) => row.model, words: true },
  { head: 'seeds', cell: (row) => String(row.seeds) },
  { head: 'precision', cell: (row) => fixed(row.precision, 3) },
  { head: 'recall', cell: (row) => fixed(row.recall, 3) },
  { head: '(10 s)', cell: (row) => `${fixed(row.precision_wide, 3)} ${fixed(row.recall_wide, 3)}` },
  { head: 'size error', cell: (row) => fixed(row.size_error, 3) },
  { head: 'time error, ms', cell: (row) => fixed(row.time_error_ms, 0) },
  {
    head: 'P&L bias, % of spread',
    cell: ({ pnl_bias: bias, pnl_bias_ci: ci }) =>
      `${signed(bias * PERCENT, 1)} [${signed(ci[0] * PERCENT, 1)}, ${signed(ci[1] * PERCENT, 1)}]`,
  },
];

const STANDING_COLUMNS: readonly Column<FidelityRow>[] = [
  { head: 'model', cell: (row) => row.model, words: true },
  ...(['inside', 'touch', 'behind'] as const).map((of): Column<FidelityRow> => ({
    head: `${of}: share, recall`,
    cell: ({ standing }) => (standing === null ? '-' : `${fixed(standing[of].share, 3)} ${fixed(standing[of].recall, 3)}`),
  })),
  { head: 'most recall', cell: (row) => fixed(row.recall_most, 3) },
];

const TITLES: Readonly<Record<FeedKind, string>> = {
  bot: 'The bot trades on paper',
  commands: 'Paper is handed the commands of the real run',
};
const STANDING_TITLE = 'The same by where the price stood in a book without us (part of the true contracts, and recall of it)';

export const fidelity: Experiment = {
  name: 'fidelity',
  title: 'Paper against the truth',
  jobs: (request) => fidelityJobs(request).map((job) => ({ experiment: 'fidelity', job })),
  report: (_request, results): Report => {
    const own = resultsOf('fidelity', results);
    const [rows, isolated] = FEEDS.map((feed) => fidelityRows(feed, own)) as [FidelityRow[], FidelityRow[]];
    return {
      document: { rows, commands: isolated },
      text: [
        TITLES.bot,
        '',
        ...textTable(COLUMNS, rows),
        '',
        TITLES.commands,
        '',
        ...textTable(COLUMNS, isolated),
        '',
        STANDING_TITLE,
        '',
        ...textTable(STANDING_COLUMNS, isolated),
      ],
      html: htmlSection('Paper against the truth', [
        `<h3>${TITLES.bot}</h3>`,
        htmlTable(COLUMNS, rows),
        `<h3>${TITLES.commands}</h3>`,
        htmlTable(COLUMNS, isolated),
        htmlNote(STANDING_TITLE),
        htmlTable(STANDING_COLUMNS, isolated),
      ]),
    };
  },
};
