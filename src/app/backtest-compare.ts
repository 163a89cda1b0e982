/** Compares the points of a sweep: paired differences to the configured one with their intervals, and what choosing the best is worth out of sample. */
import { SeededChance } from '../domain/chance.js';
import { dollarsOfCash, ZERO_CASH } from '../domain/units.js';
import type { LaneResult } from './backtest-lane.js';
import {
  bootstrapSums,
  CONFIDENCE,
  deviation,
  pairedInterval,
  percentileInterval,
  simultaneousFactor,
  sum,
  type Interval,
  type Series,
} from './backtest-statistics.js';

/** What is paired: the results of two points on the same recording, on the same market of it, or in the same span of time. */
export const PAIRINGS = ['auto', 'sources', 'markets', 'blocks'] as const;
export type Pairing = Exclude<(typeof PAIRINGS)[number], 'auto'>;

/** With fewer sources than this an interval over sources says little, and spans of time are paired instead. */
const SOURCES_MIN = 5;
/** Parts that one source is cut into to judge a choice on what it has not seen. */
const FOLDS = 5;

export interface Compared {
  readonly point: number;
  /** Net result over everything, in dollars, and less that of the configured point. */
  readonly net: number;
  readonly difference: number;
  /** null where there are too few pairs. */
  readonly interval: Interval | null;
  /** Wider, so that those of all points hold at once; the one to judge a winner by. */
  readonly simultaneous: Interval | null;
}

export interface Comparison {
  readonly pairing: Pairing;
  /** Number of pairs. */
  readonly units: number;
  /** Without the configured point, which everything is compared with. */
  readonly rows: readonly Compared[];
  /** Point with the highest net result, the configured one included. */
  readonly best: number;
  /** Chosen on all folds but one, judged on that one, summed over folds; null where there are fewer than two folds. */
  readonly outOfSample: {
    readonly folds: number;
    readonly foldsAre: 'sources' | 'parts';
    readonly net: number;
    /** Of the configured point on the same. */
    readonly reference: number;
    /** Point chosen for each fold. */
    readonly chosen: readonly number[];
  } | null;
}

/**
 * @param lanes by point, then by source
 * @param seed of the bootstrap
 */
export const compare = (lanes: readonly (readonly LaneResult[])[], wanted: (typeof PAIRINGS)[number], seed: string): Comparison => {
  const sources = lanes[0]?.length ?? 0;
  const pairing = wanted === 'auto' ? (sources >= SOURCES_MIN ? 'sources' : 'blocks') : wanted;
  const nets = lanes.map((list) => dollars(list));
  const found = pairing === 'blocks' ? byBlocks(lanes, seed) : byUnits(unitsOf(lanes, pairing));
  const rows = found.intervals.map((intervals, i): Compared => ({
    point: i + 1,
    net: nets[i + 1] as number,
    difference: (nets[i + 1] as number) - (nets[0] as number),
    ...intervals,
  }));
  return { pairing, units: found.units, rows, best: bestOf(nets), outOfSample: outOfSample(lanes) };
};

const unitsOf = (lanes: readonly (readonly LaneResult[])[], pairing: Pairing): readonly (readonly number[])[] => {
  if (pairing === 'sources') return lanes.map((list) => list.map(netOf));
  const names = namesBySource(lanes);
  return lanes.map((list) => marketNets(list, names));
};

const netOf = ({ report }: LaneResult): number => dollarsOfCash(report.total.parts.net);
const dollars = (list: readonly LaneResult[]): number => sum(list.map(netOf));
/** By ticker, since a market that was never decided is in no report. */
const marketNets = (list: readonly LaneResult[], names: readonly (readonly string[])[]): readonly number[] =>
  list.flatMap(({ report }, s) =>
    (names[s] ?? []).map((name) => dollarsOfCash(report.markets.find(({ ticker }) => ticker === name)?.parts.net ?? ZERO_CASH)),
  );
const namesBySource = (lanes: readonly (readonly LaneResult[])[]): readonly (readonly string[])[] =>
  (lanes[0] ?? []).map((_, s) =>
    [...new Set(lanes.flatMap((list) => (list[s]?.report.markets ?? []).map(({ ticker }) => String(ticker))))].toSorted(),
  );
const blocksOf = ({ blocks }: LaneResult): readonly number[] => blocks.map(dollarsOfCash);

/** The first of the highest: a tie goes to the configured point. */
const bestOf = (values: readonly number[]): number => values.indexOf(Math.max(...values));

interface Intervals {
  readonly units: number;
  readonly intervals: readonly Pick<Compared, 'interval' | 'simultaneous'>[];
}

/** Student's t over units that are taken to be independent; all at once by Bonferroni. */
const byUnits = (units: readonly (readonly number[])[]): Intervals => {
  const [reference = [], ...others] = units;
  return {
    units: reference.length,
    intervals: others.map((values) => {
      const differences = values.map((value, i) => value - (reference[i] ?? 0));
      return {
        interval: pairedInterval(differences),
        simultaneous: pairedInterval(differences, 1 - (1 - CONFIDENCE) / others.length),
      };
    }),
  };
};

const byBlocks = (lanes: readonly (readonly LaneResult[])[], seed: string): Intervals => {
  const [reference = [], ...others] = lanes.map((list) => list.map(blocksOf));
  const units = sum(reference.map((part) => part.length));
  const series = others.map((candidate): Series => candidate.map((part, s) => part.map((value, i) => value - (reference[s]?.[i] ?? 0))));
  if (units < 2) return { units, intervals: series.map(() => ({ interval: null, simultaneous: null })) };
  const sums = bootstrapSums(series, new SeededChance(0, `${seed} bootstrap`));
  const totals = series.map((parts) => sum(parts.flat()));
  const factor = simultaneousFactor(sums, totals);
  return {
    units,
    intervals: sums.map((values, i) => {
      const reach = factor * deviation([...values]);
      const total = totals[i] as number;
      return { interval: percentileInterval(values), simultaneous: { low: total - reach, high: total + reach } };
    }),
  };
};

/** Every fold is left out once: by source, or, where there is only one, by part of its time. */
const outOfSample = (lanes: readonly (readonly LaneResult[])[]): Comparison['outOfSample'] => {
  const sources = lanes[0]?.length ?? 0;
  const folds = lanes.map((list) => (sources > 1 ? list.map(netOf) : partsOf(list.flatMap(blocksOf))));
  const count = folds[0]?.length ?? 0;
  if (count < 2) return null;
  const chosen = Array.from({ length: count }, (_, left) => bestOf(folds.map((nets) => sum(nets.filter((_net, i) => i !== left)))));
  return {
    folds: count,
    foldsAre: sources > 1 ? 'sources' : 'parts',
    net: sum(chosen.map((point, fold) => folds[point]?.[fold] ?? 0)),
    reference: sum(folds[0] ?? []),
    chosen,
  };
};

const partsOf = (blocks: readonly number[]): readonly number[] => {
  const parts = Math.min(FOLDS, blocks.length);
  return Array.from({ length: parts }, (_, i) =>
    sum(blocks.slice(Math.floor((i * blocks.length) / parts), Math.floor(((i + 1) * blocks.length) / parts))),
  );
};
