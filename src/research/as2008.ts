/**
 * The simulation of section 3.3 of Avellaneda and Stoikov (2008) with our own model in the loop: a mid that steps by +-sigma sqrt(dt), fills of one unit with
 * probability lambda(delta) dt, quotes that are real numbers. `inventory` quotes by the model; `symmetric` quotes the model's average spread around the mid.
 */
import { Random } from '../exchange/core/random.js';
import { finiteHorizonQuotes } from '../strategy/models/avellaneda-stoikov.js';
import { mergedAll, momentsOf, deviation, type Moments } from './statistics.js';

export const START = 100;
const HORIZON = 1;
const SIGMA = 2;
const STEP = 0.005;
const DECAY = 1.5;
const INTENSITY = 140;
const STEPS = Math.round(HORIZON / STEP);
export const GAMMAS = [0.1, 0.01, 1] as const;
export const AS_STRATEGIES = ['inventory', 'symmetric'] as const;
export type AsStrategy = (typeof AS_STRATEGIES)[number];

/** Paths of one job. The first of them are the small sample. */
export const AS_CHUNK = 1000;
/** Inventory that the tables cover: 200 steps change it by at most one each. */
const WIDEST = STEPS;
const WIDTH = 2 * WIDEST + 1;

export interface AsJob {
  readonly gamma: number;
  readonly strategy: AsStrategy;
  /** Which thousand of paths; both strategies see the same draws. */
  readonly chunk: number;
  readonly paths: number;
  readonly seed: string;
}

export interface AsResult {
  readonly spread: Moments;
  readonly profit: Moments;
  readonly inventory: Moments;
}

/** Distances of both quotes from the mid and the chances that they are filled, by step and inventory. */
interface Tables {
  readonly bidAway: Float64Array;
  readonly askAway: Float64Array;
  readonly bidChance: Float64Array;
  readonly askChance: Float64Array;
}

const modelAt = (gamma: number, inventory: number, step: number): { readonly bid: number; readonly ask: number } => {
  const { bid, ask } = finiteHorizonQuotes({
    fair: START,
    inventory,
    riskAversion: gamma,
    fillDecay: DECAY,
    lot: 1,
    volatility: SIGMA,
    horizon: HORIZON - step * STEP,
  });
  if (bid === null || ask === null) throw new RangeError('the finite horizon has no inventory bound, and yet a side is missing');
  return { bid, ask };
};

/** The mean over the path of the model's spread, which does not depend on inventory. */
export const averageSpread = (gamma: number): number => {
  let sum = 0;
  for (let step = 0; step < STEPS; step++) {
    const { bid, ask } = modelAt(gamma, 0, step);
    sum += ask - bid;
  }
  return sum / STEPS;
};

const chanceAt = (away: number): number => Math.min(INTENSITY * Math.exp(-DECAY * away) * STEP, 1);

/** The model is asked once for every step and inventory: distances depend on nothing else, so the paths only look up. */
const tablesOf = (gamma: number, strategy: AsStrategy): Tables => {
  const half = averageSpread(gamma) / 2;
  const tables = {
    bidAway: new Float64Array(STEPS * WIDTH),
    askAway: new Float64Array(STEPS * WIDTH),
    bidChance: new Float64Array(STEPS * WIDTH),
    askChance: new Float64Array(STEPS * WIDTH),
  };
  for (let step = 0; step < STEPS; step++)
    for (let q = -WIDEST; q <= WIDEST; q++) {
      const at = step * WIDTH + q + WIDEST;
      const quotes = strategy === 'inventory' ? modelAt(gamma, q, step) : { bid: START - half, ask: START + half };
      tables.bidAway[at] = START - quotes.bid;
      tables.askAway[at] = quotes.ask - START;
      tables.bidChance[at] = chanceAt(START - quotes.bid);
      tables.askChance[at] = chanceAt(quotes.ask - START);
    }
  return tables;
};

const known = new Map<string, Tables>();
const tablesFor = (gamma: number, strategy: AsStrategy): Tables => {
  const key = `${strategy} ${gamma}`;
  const tables = known.get(key) ?? tablesOf(gamma, strategy);
  known.set(key, tables);
  return tables;
};

export const runAs2008 = (job: AsJob): AsResult => {
  const { bidAway, askAway, bidChance, askChance } = tablesFor(job.gamma, job.strategy);
  const random = new Random(`${job.seed}/as2008/${job.gamma}/${job.chunk}`);
  const move = SIGMA * Math.sqrt(STEP);
  const spreads = new Float64Array(job.paths);
  const profits = new Float64Array(job.paths);
  const inventories = new Float64Array(job.paths);
  for (let path = 0; path < job.paths; path++) {
    let mid = START;
    let q = 0;
    let cash = 0;
    let spread = 0;
    for (let step = 0; step < STEPS; step++) {
      const at = step * WIDTH + q + WIDEST;
      const below = bidAway[at] as number;
      const above = askAway[at] as number;
      spread += below + above;
      // All three are always drawn: what one strategy does must not shift the draws of a path.
      const bought = random.next() < (bidChance[at] as number);
      const sold = random.next() < (askChance[at] as number);
      if (bought) {
        q++;
        cash -= mid - below;
      }
      if (sold) {
        q--;
        cash += mid + above;
      }
      mid += random.next() < 0.5 ? move : -move;
    }
    spreads[path] = spread / STEPS;
    profits[path] = cash + q * mid;
    inventories[path] = q;
  }
  return { spread: momentsOf(spreads), profit: momentsOf(profits), inventory: momentsOf(inventories) };
};

export interface AsRow {
  readonly gamma: number;
  readonly strategy: AsStrategy;
  readonly paths: number;
  readonly spread: number;
  readonly profit_mean: number;
  readonly profit_sd: number;
  readonly q_mean: number;
  readonly q_sd: number;
}

export const asJobs = (counts: readonly number[], seed: string): AsJob[] => {
  const most = Math.max(...counts);
  const jobs: AsJob[] = [];
  for (const gamma of GAMMAS)
    for (const strategy of AS_STRATEGIES) for (const count of chunksOf(most, counts)) jobs.push({ gamma, strategy, ...count, seed });
  return jobs;
};

/** Whole chunks up to the largest count; a smaller count that ends within a chunk gets its own, shorter run of that chunk. */
function* chunksOf(most: number, counts: readonly number[]): Generator<{ readonly chunk: number; readonly paths: number }> {
  for (let chunk = 0; chunk * AS_CHUNK < most; chunk++) {
    const sizes = new Set(counts.filter((count) => count > chunk * AS_CHUNK).map((count) => Math.min(count - chunk * AS_CHUNK, AS_CHUNK)));
    for (const paths of sizes) yield { chunk, paths };
  }
}

/** One row per count, risk aversion and strategy, of the jobs of `asJobs` and their results in the same order. */
export const asRows = (counts: readonly number[], jobs: readonly AsJob[], results: readonly AsResult[]): AsRow[] =>
  GAMMAS.flatMap((gamma) => counts.flatMap((count) => AS_STRATEGIES.map((strategy) => rowOf(gamma, strategy, count, jobs, results))));

const rowOf = (gamma: number, strategy: AsStrategy, count: number, jobs: readonly AsJob[], results: readonly AsResult[]): AsRow => {
  const parts = jobs.flatMap((job, i) => {
    const wanted = Math.min(count - job.chunk * AS_CHUNK, AS_CHUNK);
    return job.gamma === gamma && job.strategy === strategy && job.paths === wanted ? [results[i] as AsResult] : [];
  });
  const [spread, profit, inventory] = (['spread', 'profit', 'inventory'] as const).map((key) => mergedAll(parts.map((part) => part[key])));
  return {
    gamma,
    strategy,
    paths: (profit as Moments).n,
    spread: (spread as Moments).mean,
    profit_mean: (profit as Moments).mean,
    profit_sd: deviation(profit as Moments),
    q_mean: (inventory as Moments).mean,
    q_sd: deviation(inventory as Moments),
  };
};
