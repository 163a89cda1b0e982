/** What more markets and finer grids cost: the same flow spread over more books. */
import { scaled, type Bench } from './bench.js';
import { Flow } from './flow.js';
import { ingestVariant } from './ingest.js';
import { makeMarkets } from './markets.js';
import { interleave, rowOf, type Timing, type Variant } from './measure.js';
import { Pipeline, TICK } from './pipeline.js';
import { atMost, ratio, type Goal, type Verdict } from './report.js';
import { later } from '../src/domain/units.js';

const MARKETS: readonly (readonly [count: number, goal: Goal | null])[] = [
  [1, null],
  [10, atMost(1.1)],
  [100, atMost(1.15)],
  [1000, atMost(1.4)],
];
const LEVELS = [99, 199, 999, 9999] as const;
const LEVELS_MARKETS = 50;

export const growthBench: Bench = {
  name: 'growth',
  what: 'cost per delta by number of markets and of price levels',
  run: async (options) => {
    const frames = scaled(20_000, options);
    const flows = MARKETS.map(([count]) => new Flow({ markets: makeMarkets(count), frames }));
    const levels = LEVELS.map((count) => new Flow({ markets: makeMarkets(LEVELS_MARKETS, count), frames, topShare: 0 }));
    const groups: readonly (readonly Variant[])[] = [
      flows.map((flow, i) => ingestVariant(`session and book, ${countOf(i)} markets`, flow)),
      levels.map((flow, i) => ingestVariant(`session and book, ${LEVELS[i]} levels, ${LEVELS_MARKETS} markets`, flow)),
      flows.map((flow, i) => ({
        label: `to decision, ${countOf(i)} markets`,
        items: flow.length,
        prepare: () => new Pipeline({ flow }).frame,
      })),
      flows.map((flow, i) => tickVariant(`one tick of ${countOf(i)} markets`, flow, scaled(200, options, 10))),
    ];
    const timings = groups.map((variants) => interleave(variants, options.rounds, options.tick));
    return {
      name: 'growth',
      what: growthBench.what,
      rows: timings.flat().map((timing) => rowOf(timing)),
      verdicts: timings.flatMap((group, g) => group.slice(1).map((timing, i) => verdict(timing, group[0] as Timing, g, i + 1))),
      notes: ['the goals are those for cents from session to book; to the decision and for ticks they are shown beside what is reached'],
    };
  },
};

const countOf = (i: number): number => (MARKETS[i] as readonly [number, Goal | null])[0];

const verdict = (timing: Timing, first: Timing, group: number, i: number): Verdict =>
  ratio(
    `${timing.label} / ${group === 1 ? LEVELS[0] : countOf(0)}`,
    timing.best / first.best,
    group === 0 || group === 2 ? (MARKETS[i]?.[1] ?? null) : null,
  );

const tickVariant = (label: string, flow: Flow, items: number): Variant => ({
  label,
  items,
  prepare: () => {
    const pipeline = new Pipeline({ flow });
    let at = pipeline.now;
    return () => {
      at = later(at, TICK);
      pipeline.tick(at);
    };
  },
});
