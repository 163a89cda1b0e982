/** What a backtest has found, for people. */
import { dollarsOfCash, toSeconds, type DurationUs } from '../domain/units.js';
import { formatClock } from '../cli/duration.js';
import { inCents } from '../report/html-text.js';
import { MARKOUT_SECONDS, type Markout } from '../report/markout.js';
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

const HEAD = ['fills', 'net $', 'spread', 'inventory', 'settled', 'fees', 'drawdown'];

const row = (name: string, { fills, parts, drawdownMax }: Pick<PointTotals, 'fills' | 'parts' | 'drawdownMax'>): string =>
  [
    short(name),
    String(fills).padStart(6),
    ...[parts.net, parts.spread, parts.inventory, parts.settlement, parts.fees, drawdownMax].map((amount) => money(dollarsOfCash(amount))),
  ].join(' ');

/** One line per source, and what they make together. */
export const resultLines = (sources: readonly Source[], lanes: readonly LaneResult[], totals: PointTotals, span: DurationUs): string[] => [
  `${''.padEnd(NAME)} ${HEAD.map((text, i) => text.padStart(i === 0 ? 6 : 9)).join(' ')}`,
  ...sources.flatMap((source, i) => {
    const lane = lanes[i];
    return lane === undefined ? [] : [row(source.path, lane.report.total)];
  }),
  row('all', totals),
  `orders ${totals.placed} placed, ${totals.changed} changed, ${totals.cancelled} cancelled, ${totals.refused} refused; both sides quoted ${share(totals.bothSidesShare)}`,
  `kept in cents per contract after ${totals.markouts.filter(isStated).map(keptText).join(', ')}`,
  totals.sharpe === null
    ? `no Sharpe ratio: the result does not vary over spans of ${toSeconds(span)} s`
    : `Sharpe ${totals.sharpe.ratio.toFixed(3)} ± ${totals.sharpe.error.toFixed(3)} per ${toSeconds(span)} s over ${totals.sharpe.n} spans, annualised ${totals.sharpe.annual.toFixed(0)} ± ${totals.sharpe.annualError.toFixed(0)}`,
  ...(totals.check.broken === 0
    ? []
    : [`the parts differ from the bot's own account at ${totals.check.broken} of ${totals.check.times} checks`]),
  ...lanes.flatMap((lane, i) => laneNotes(lane, sources[i]?.path ?? '')),
];

const isStated = ({ seconds }: Markout): boolean => MARKOUT_SECONDS.some((horizon) => horizon === seconds);

const keptText = ({ seconds, realized, realizedError, fills }: Markout): string =>
  `${seconds} s ${realized === null ? 'none' : `${inCents(realized).toFixed(3)}${realizedError === null ? '' : ` ± ${inCents(realizedError).toFixed(3)}`}`} (${fills} fills)`;

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
    const head = `${i === compared.best ? '*' : ' '} ${short(labels[i] as string)} ${String(t.fills).padStart(6)} ${money(dollarsOfCash(t.parts.net))} ${money(dollarsOfCash(t.drawdownMax))}`;
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
