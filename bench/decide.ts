/** From the bytes of a delta to the decision: session, loop, engine, with every frame received alone. */
import { later } from '../src/domain/units.js';
import { makeStrategy } from '../src/strategy/strategies.js';
import { scaled, type Bench } from './bench.js';
import { Flow } from './flow.js';
import { JsonBot } from './json-bot.js';
import { makeMarkets } from './markets.js';
import { interleave, percentiles, rowOf, type Timing, type Variant } from './measure.js';
import { Pipeline, TICK } from './pipeline.js';
import { benchRecipe } from './recipe.js';
import { atLeast, atMost, figure, ratio } from './report.js';

const MARKETS = 50;

export const decideBench: Bench = {
  name: 'decide',
  what: `delta bytes to decision, ${MARKETS} markets, one frame at a time`,
  run: async (options) => {
    const markets = makeMarkets(MARKETS);
    const flow = new Flow({ markets, frames: scaled(40_000, options) });
    const still = new Flow({ markets, frames: scaled(40_000, options), topShare: 0 });
    const ours = (label: string, of: Flow): Variant => ({ label, items: of.length, prepare: () => new Pipeline({ flow: of }).frame });
    const variants: Variant[] = [
      ours('ours', flow),
      ours('ours, deltas that move no best price', still),
      {
        label: `a tick of ${MARKETS} markets (ten a second)`,
        items: scaled(1000, options, 20),
        prepare: () => {
          const pipeline = new Pipeline({ flow });
          let at = pipeline.now;
          return () => {
            at = later(at, TICK);
            pipeline.tick(at);
          };
        },
      },
      {
        label: 'JSON.parse alone',
        items: flow.length,
        prepare: () => (i) => void JSON.parse((flow.frames[i] as Buffer).toString()),
      },
      {
        label: 'JSON.parse + Map book + the same strategy',
        items: flow.length,
        prepare: () => {
          const bot = new JsonBot(markets, flow.snapshots, makeStrategy(benchRecipe().strategy));
          return (i) => bot.frame(flow.frames[i] as Buffer, flow.at(i));
        },
      },
    ];
    const timings = interleave(variants, options.rounds, options.tick);
    const [all, quiet, , parse, map] = timings as [Timing, Timing, Timing, Timing, Timing];
    const { orders, quotes, share } = actingTimes(flow);
    return {
      name: 'decide',
      what: decideBench.what,
      rows: [
        ...timings.map((timing) => rowOf(timing)),
        { label: 'ours, deltas whose decision sends nothing', unit: 'ns', ...quotes },
        { label: 'ours, deltas that lead to an order (and its answer)', unit: 'ns', ...orders },
      ],
      verdicts: [
        ratio('all deltas / JSON.parse alone', all.best / parse.best, atMost(0.4)),
        ratio('deltas that move no best price / JSON.parse alone', quiet.best / parse.best, atMost(0.4)),
        ratio('JSON.parse + Map path / all deltas', map.best / all.best, atLeast(5)),
      ],
      notes: [share, 'the Map path has no sequence check, no risk, no orders: it does less'],
    };
  },
};

interface Spread {
  readonly best: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Single frames by what came of them. Of those that send, the answers of the venue and the decisions they lead to are part. */
const actingTimes = (flow: Flow): { readonly orders: Spread; readonly quotes: Spread; readonly share: string } => {
  const pipeline = new Pipeline({ flow });
  const orders: number[] = [];
  const quotes: number[] = [];
  for (let i = 0; i < flow.length; i++) {
    const { sends, engine } = pipeline;
    const market = engine.state.markets[flow.marketOf(i)];
    const seen = market?.seenVersion;
    const from = performance.now();
    pipeline.frame(i);
    const span = (performance.now() - from) * 1e6;
    if (pipeline.sends > sends) orders.push(span);
    else if (market?.seenVersion !== seen) quotes.push(span);
  }
  const percent = (count: number): string => figure((100 * count) / flow.length);
  return {
    orders: spreadOf(orders),
    quotes: spreadOf(quotes),
    share: `of ${flow.length} deltas ${percent(orders.length)} % sent something and ${percent(quotes.length)} % were decided without`,
  };
};

const spreadOf = (found: readonly number[]): Spread => {
  const samples = Float64Array.from(found);
  const spread = percentiles(samples);
  return { best: samples[0] ?? NaN, ...spread };
};
