/** Both tables of section i of the quoting reference, ours and the reference's, with the difference in standard errors. */
import type { Experiment, Report, Request } from './experiment.js';
import { htmlNote, htmlSection, htmlTable } from './html.js';
import { resultsOf } from './jobs.js';
import { MODEL_CHUNK, scenarioOf, type ModelJob, type ModelResult } from './models.js';
import { REFERENCE_PATHS, SCENARIOS, type Contender, type Reference, type Scenario } from './models-scenarios.js';
import { deviation, deviationError, momentsOf, quantileError, quantileOf, sortedCopy, standardError } from './statistics.js';
import { fixed, signed, textTable, type Column } from './text-table.js';

const PATHS = 20_000;

export interface ModelRow {
  readonly scenario: Scenario['name'];
  readonly strategy: string;
  readonly paths: number;
  readonly mean: number;
  readonly sd: number;
  readonly q01: number;
  readonly max_q: number;
  readonly settlement_sd: number;
  /** Standard errors of the figures above, in their order. */
  readonly errors: readonly [mean: number, sd: number, q01: number, max_q: number, settlement_sd: number];
  readonly reference: Reference | null;
  /** Ours less the reference's, in standard errors of that difference. */
  readonly apart: readonly (number | null)[];
}

export const modelJobs = ({ paths, seed }: Pick<Request, 'paths' | 'seed'>): ModelJob[] => {
  const most = paths ?? PATHS;
  return SCENARIOS.flatMap(({ name }) =>
    Array.from({ length: Math.ceil(most / MODEL_CHUNK) }, (_, chunk) => ({
      scenario: name,
      chunk,
      paths: Math.min(MODEL_CHUNK, most - chunk * MODEL_CHUNK),
      seed,
    })),
  );
};

/** The samples of one contender over all chunks, in their order. */
const joined = (parts: readonly (readonly Float64Array[])[], index: number): Float64Array => {
  const pieces = parts.map((part) => part[index] as Float64Array);
  const whole = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};

const TAIL = 0.01;

const rowOf = (scenario: Scenario, { name, reference }: Contender, index: number, results: readonly ModelResult[]): ModelRow => {
  const profit = joined(
    results.map((result) => result.profit),
    index,
  );
  const settlement = joined(
    results.map((result) => result.settlement),
    index,
  );
  const widest = momentsOf(
    joined(
      results.map((result) => result.widest),
      index,
    ),
  );
  const moments = momentsOf(profit);
  const sorted = sortedCopy(profit);
  const errors = [
    standardError(moments),
    deviationError(profit),
    quantileError(sorted, TAIL),
    standardError(widest),
    deviationError(settlement),
  ] as const;
  const ours = [moments.mean, deviation(moments), quantileOf(sorted, TAIL), widest.mean, deviation(momentsOf(settlement))] as const;
  const theirs = reference === null ? [] : [reference.mean, reference.sd, reference.q01, reference.widest, reference.settlementSd];
  const [mean, sd, q01, maxQ, settlementSd] = ours;
  return {
    scenario: scenario.name,
    strategy: name,
    paths: moments.n,
    mean,
    sd,
    q01,
    max_q: maxQ,
    settlement_sd: settlementSd,
    errors,
    reference,
    apart: ours.map((value, i) => distance(value, theirs[i] ?? null, errors[i] as number, moments.n)),
  };
};

/** Theirs is taken to have our error at the size of their sample. */
const distance = (ours: number, theirs: number | null, error: number, paths: number): number | null =>
  theirs === null || error === 0 ? null : (ours - theirs) / (error * Math.sqrt(1 + paths / REFERENCE_PATHS));

export const modelRows = (jobs: readonly ModelJob[], results: readonly ModelResult[]): ModelRow[] =>
  SCENARIOS.flatMap(({ name }) => {
    const scenario = scenarioOf(name);
    const own = results.filter((_, i) => jobs[i]?.scenario === name);
    return scenario.contenders.map((contender, index) => rowOf(scenario, contender, index, own));
  });

const compared = (ours: number, theirs: number | null, apart: number | null | undefined, decimals: number): string =>
  theirs === null ? fixed(ours, decimals) : `${fixed(ours, decimals)} (${fixed(theirs, decimals)}; ${signed(apart ?? 0, 1)})`;

const COLUMNS: readonly Column<ModelRow>[] = [
  { head: 'strategy', cell: (row) => row.strategy, words: true },
  { head: 'mean', cell: (row) => compared(row.mean, row.reference?.mean ?? null, row.apart[0], 2) },
  { head: 'sd', cell: (row) => compared(row.sd, row.reference?.sd ?? null, row.apart[1], 2) },
  { head: '1 % quantile', cell: (row) => compared(row.q01, row.reference?.q01 ?? null, row.apart[2], 1) },
  { head: 'mean max |q|', cell: (row) => compared(row.max_q, row.reference?.widest ?? null, row.apart[3], 1) },
  { head: 'sd of settlement', cell: (row) => compared(row.settlement_sd, row.reference?.settlementSd ?? null, row.apart[4], 2) },
];

const LEGEND =
  'Profit in dollars per hour and contract. In brackets what the quoting reference printed, and how far ours is from it in standard errors of the difference.';

export const models: Experiment = {
  name: 'models',
  title: 'Models on simulated markets',
  jobs: (request) => modelJobs(request).map((job) => ({ experiment: 'models', job })),
  report: (request, results): Report => {
    const rows = modelRows(modelJobs(request), resultsOf('models', results));
    const tables = SCENARIOS.map(({ name, title }) => ({ title, rows: rows.filter(({ scenario }) => scenario === name) }));
    return {
      document: { rows },
      text: [...tables.flatMap(({ title, rows: own }) => [title, '', ...textTable(COLUMNS, own), '']), LEGEND],
      html: htmlSection('Models on simulated markets', [
        ...tables.flatMap(({ title, rows: own }) => [`<h3>${title}</h3>`, htmlTable(COLUMNS, own)]),
        htmlNote(LEGEND),
      ]),
    };
  },
};
