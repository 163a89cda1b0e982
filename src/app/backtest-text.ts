/** What a backtest has found, for people. */
import { dollarsOfCash, toSeconds, type DurationUs } from '../domain/units.js';
import { formatClock } from '../cli/duration.js';
import type { Comparison, Pairing } from './backtest-compare.js';
import type { LaneResult } from './backtest-lane.js';
import type { Source } from './backtest-sources.js';
import type { Interval } from './backtest-statistics.js';
import type { PointTotals } from './backtest-totals.js';

const money = (dollars: number, width = 9): string => dollars.toFixed(3).padStart(width);
const signed = (dollars: number): string => `${dollars >= 0 ? '+' : ''}${dollars.toFixed(3)}`;
const between = (interval: Interval | null): string =>
  interval === null ? 'too few' : `${signed(interval.low)} .. ${signed(interval.high)}`;

const NAME = 34;
const short = (name: string): string => (name.length <= NAME ? name : `..${name.slice(2 - NAME)}`).padEnd(NAME);

const HEAD = `${''.padEnd(NAME)} ${'fills'.padStart(6)} ${'net $'.padStart(9)} ${'realized'.padStart(9)} ${'open'.padStart(9)} ${'fees'.padStart(9)} ${'spread'.padStart(9)} ${'drawdown'.padStart(9)}`;

const row = (
  name: string,
  t: Pick<PointTotals, 'fills' | 'net' | 'realized' | 'unrealized' | 'fees' | 'spreadEarned' | 'drawdownMax'>,
): string =>
  [
    short(name),
    String(t.fills).padStart(6),
    ...[t.net, t.realized, t.unrealized, t.fees, t.spreadEarned, t.drawdownMax].map((amount) => money(dollarsOfCash(amount))),
  ].join(' ');

/** One line per source, and what they make together. */
export const resultLines = (sources: readonly Source[], lanes: readonly LaneResult[], totals: PointTotals, span: DurationUs): string[] => [
  HEAD,
  ...sources.flatMap((source, i) => {
    const lane = lanes[i];
    return lane === undefined ? [] : [row(source.path, lane.report.total)];
  }),
  row('all', totals),
  `orders ${totals.placed} placed, ${totals.changed} changed, ${totals.cancelled} cancelled, ${totals.refused} refused; both sides quoted ${share(totals.quotedShare)}`,
  `markouts in cents per contract: ${totals.markouts.map(({ seconds, perContract, fills }) => `${seconds} s ${perContract === null ? 'none' : (perContract / 100).toFixed(3)} (${fills} fills)`).join(', ')}`,
  `Sharpe per day ${totals.sharpe === null ? 'none: the result does not vary' : `${totals.sharpe.value.toFixed(2)} with a standard error of ${totals.sharpe.error.toFixed(2)}`}, over spans of ${toSeconds(span)} s`,
  ...lanes.flatMap((lane, i) => laneNotes(lane, sources[i]?.path ?? '')),
];

const share = (value: number | null): string => (value === null ? 'never' : `${(value * 100).toFixed(1)} % of the time`);

const laneNotes = (lane: LaneResult, path: string): string[] => [
  ...(lane.halted === null ? [] : [`${path}: HALTED (${lane.halted.code}): ${lane.halted.text}`]),
  ...(lane.left === 0 ? [] : [`${path}: ${lane.left} orders were left when it ended`]),
];

/** What was played. */
export const sourceLine = (sources: readonly Source[], strategy: string, seed: string): string => {
  const runs = sources.filter(({ kind }) => kind === 'run').length;
  const kinds = [
    ...(runs < sources.length ? [`${sources.length - runs} recording${sources.length - runs === 1 ? '' : 's'}`] : []),
    ...(runs > 0 ? [`${runs} run${runs === 1 ? '' : 's'}`] : []),
  ];
  const markets = new Set(sources.flatMap(({ tickers }) => tickers)).size;
  const span = sources.reduce((sum, { firstAt, lastAt }) => sum + (lastAt - firstAt), 0) / 1_000_000;
  return `${kinds.join(' and ')}, ${markets} markets, ${formatClock(span)} in all; strategy ${strategy}, seed ${seed}, fills on paper`;
};

/** What differences are paired by, in words. */
export const PAIRED: Record<Pairing, string> = {
  sources: "recordings and runs, taken to be independent (Student's t)",
  markets: "markets, taken to be independent (Student's t); markets of one event are not, so the intervals may be too narrow",
  blocks: 'spans of time (circular block bootstrap, 2000 resamples)',
};

/** One line per point, and how far to trust the best of them. */
export const sweepLines = (labels: readonly string[], totals: readonly PointTotals[], compared: Comparison, span: DurationUs): string[] => {
  const rowsOf = (i: number): string => {
    const t = totals[i] as PointTotals;
    const found = compared.rows.find(({ point }) => point === i);
    const head = `${i === compared.best ? '*' : ' '} ${short(labels[i] as string)} ${String(t.fills).padStart(6)} ${money(dollarsOfCash(t.net))} ${money(dollarsOfCash(t.drawdownMax))}`;
    return found === undefined
      ? head
      : `${head} ${signed(found.difference).padStart(9)}   ${between(found.interval).padEnd(22)} ${between(found.simultaneous)}`;
  };
  const spans = compared.pairing === 'blocks' ? ` of ${toSeconds(span)} s` : '';
  return [
    `  ${'point'.padEnd(NAME)} ${'fills'.padStart(6)} ${'net $'.padStart(9)} ${'drawdown'.padStart(9)} ${'to conf.'.padStart(9)}   ${'95 % interval'.padEnd(22)} 95 % for all at once`,
    ...labels.map((_, i) => rowsOf(i)),
    `differences to the configured point, paired by ${compared.units} ${PAIRED[compared.pairing].replace('spans of time', `spans of time${spans}`)}`,
    ...bestLines(labels, compared),
  ];
};

/** How far to trust the best point. */
export const bestLines = (labels: readonly string[], { best, rows, outOfSample }: Comparison): string[] => {
  const winner = rows.find(({ point }) => point === best);
  const verdict =
    winner === undefined
      ? 'no point did better than the configured one'
      : `* ${labels[best] ?? ''} did best of ${rows.length + 1}; the best of many looks better than it is: ${judge(winner.simultaneous)}`;
  if (outOfSample === null) return [verdict, 'out of sample: one span of time is too little to choose on one part and judge on another'];
  const { folds, foldsAre, net, reference } = outOfSample;
  const unit = foldsAre === 'sources' ? 'source' : 'part of the time';
  return [
    verdict,
    `out of sample: the best on all but one ${unit} earns ${signed(net - reference)} $ over the configured point on the one left out, summed over ${folds} (in sample ${signed(winner?.difference ?? 0)} $)`,
  ];
};

const judge = (interval: Interval | null): string => {
  if (interval === null) return 'there are too few pairs to say whether it is';
  return interval.low > 0 ? 'it beats the configured point even so' : 'its lead over the configured point may be chance';
};
