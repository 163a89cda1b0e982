/** What a benchmark found: measured rows, and verdicts against the goals. Plain data: printed for people, or one JSON document. */

/** One measured thing. Times are per item; percentiles are of single items, clock cost subtracted, in the best round. */
export interface Row {
  readonly label: string;
  readonly unit: string;
  /** The best round's mean per item, or the one number where there are no rounds. */
  readonly best: number;
  readonly p50?: number;
  readonly p99?: number;
  readonly p999?: number;
}

/** A figure with its goal. */
export interface Verdict {
  readonly what: string;
  readonly value: number;
  /** `x` for ratios. */
  readonly unit: string;
  readonly goal: Goal | null;
}

export interface Goal {
  readonly sense: 'at-most' | 'at-least';
  readonly limit: number;
}

export interface Report {
  readonly name: string;
  readonly what: string;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
  /** What the reader must know: what is left out, how the load was made. */
  readonly notes: readonly string[];
}

export const atMost = (limit: number): Goal => ({ sense: 'at-most', limit });
export const atLeast = (limit: number): Goal => ({ sense: 'at-least', limit });

/** null where there is no goal. */
export const isReached = ({ value, goal }: Verdict): boolean | null => {
  if (goal === null) return null;
  return goal.sense === 'at-most' ? value <= goal.limit : value >= goal.limit;
};

export const ratio = (what: string, value: number, goal: Goal | null = null): Verdict => ({ what, value, unit: 'x', goal });

export const figure = (n: number): string => {
  const size = Math.abs(n);
  if (!Number.isFinite(n)) return String(n);
  if (size >= 10_000) return Math.round(n).toLocaleString('en-US');
  return size >= 100 ? n.toFixed(0) : size >= 10 ? n.toFixed(1) : n.toFixed(2);
};

const LABEL = 52;
const NUMBER = 10;

export const linesOf = (report: Report): string[] => {
  const cell = (n: number | undefined): string => (n === undefined ? '' : figure(n)).padStart(NUMBER);
  const head = `${'  '.padEnd(LABEL + 2)}${['best', 'p50', 'p99', 'p99.9'].map((name) => name.padStart(NUMBER)).join('')}`;
  return [
    `${report.name}: ${report.what}`,
    head,
    ...report.rows.map(
      (row) => `  ${row.label.padEnd(LABEL)}${cell(row.best)}${cell(row.p50)}${cell(row.p99)}${cell(row.p999)}  ${row.unit}`,
    ),
    ...report.verdicts.map(verdictLine),
    ...report.notes.map((note) => `  note: ${note}`),
    '',
  ];
};

const verdictLine = (verdict: Verdict): string => {
  const reached = isReached(verdict);
  const goal = verdict.goal === null ? '' : `goal ${verdict.goal.sense === 'at-most' ? '<=' : '>='} ${figure(verdict.goal.limit)}`;
  const mark = reached === null ? '' : reached ? 'reached' : 'MISSED';
  return `  ${verdict.what.padEnd(LABEL)}${figure(verdict.value).padStart(NUMBER)} ${verdict.unit.padEnd(8)} ${goal.padEnd(16)} ${mark}`.trimEnd();
};
