/**
 * The simulation of section i of the quoting reference with our own strategies in the loop: one contract, an hour, a quote every two seconds on whole cents, post-only.
 *
 * What the reference leaves open is settled as follows, by what reproduces its tables best. Between two quotes takers without knowledge come with intensity
 * A exp(-kappa d), d being the distance from the fair price at which the quote was made; and where the fair price has passed a quote by the end of the step,
 * somebody who knows takes it for certain. The touch is the pair of cents around the fair price, so a post-only quote never stands beyond it.
 */
import { QUADRATIC } from '../domain/fees.js';
import { eventTicker, seriesTicker, ticker } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import { epochUs, price, PRICE_PER_DOLLAR, quantity, QUANTITY_PER_CONTRACT, type Price } from '../domain/units.js';
import type { MarketView, Strategy, Target } from '../domain/view.js';
import { gridOf } from '../exchange/core/grids.js';
import { Random } from '../exchange/core/random.js';
import { makeStrategy } from '../strategy/strategies.js';
import { BeliefPath, beliefVolatilityAt, type Beliefs } from './belief-path.js';
import { SCENARIOS, type Contender, type Scenario } from './models-scenarios.js';

export const SECONDS = 3600;
const REQUOTE = 2;
const STEPS = SECONDS / REQUOTE;
const INTENSITY = 0.05;
const DECAY = 60;
export const LOT = 10;

/** Paths of one job. */
export const MODEL_CHUNK = 250;

export interface ModelJob {
  readonly scenario: string;
  readonly chunk: number;
  readonly paths: number;
  readonly seed: string;
}

/** Per contender, in the order of the scenario, one number per path. */
export interface ModelResult {
  /** Profit in dollars, and the part of it that came when the outcome was told. */
  readonly profit: readonly Float64Array[];
  readonly settlement: readonly Float64Array[];
  /** Most contracts held, without sign. */
  readonly widest: readonly Float64Array[];
}

const GRID = gridOf('linear_cent');
const MARKET: Market = {
  ticker: ticker('MODEL'),
  event: eventTicker('MODEL'),
  series: seriesTicker('MODEL'),
  shard: 0,
  status: 'active',
  payout: price(PRICE_PER_DOLLAR),
  grid: GRID,
  fees: QUADRATIC,
  closesAt: null,
  mutuallyExclusive: false,
  assumed: [],
};

/** What the strategy is told at one moment of a path: it knows the truth about the process, as the reference's do. */
const viewOf = (beliefs: Beliefs, fair: number, left: number, held: number): MarketView => {
  const volatility = beliefVolatilityAt(beliefs, left);
  const total = Math.sqrt(volatility ** 2 + beliefs.jumpRate * beliefs.jumpSize ** 2);
  const mid = fair * PRICE_PER_DOLLAR;
  const size = quantity(LOT * QUANTITY_PER_CONTRACT);
  return {
    market: MARKET,
    now: epochUs(0),
    // Below the first cent and above the last the touch is the end of the scale.
    bestBid: GRID.floor(mid) ?? price(0),
    bestAsk: GRID.ceil(mid) ?? MARKET.payout,
    bidSize: size,
    askSize: size,
    mid,
    microprice: mid,
    imbalance: 0,
    volatility: fair * (1 - fair) * total * PRICE_PER_DOLLAR,
    inventory: quantity(held * QUANTITY_PER_CONTRACT),
    alpha: 0,
    secondsToClose: left,
    secondsToSettlement: left,
    estimates: {
      beliefVolatility: { value: volatility, error: null },
      jumpRate: { value: beliefs.jumpRate, error: null },
      jumpSize: { value: beliefs.jumpSize, error: null },
      fillDecay: { value: DECAY, error: null },
      fillIntensity: { value: INTENSITY, error: null },
    },
    valuation: null,
    related: null,
  };
};

/** A strategy with the allowance for stale quotes of c9 on top, as a least edge that changes from quote to quote. */
class Allowing {
  readonly #strategy: Strategy;
  readonly #settings: { edgeMin: number };
  readonly #allowance: number;

  constructor({ settings, allowance }: Contender) {
    // Of our own, so that the edge can be moved: the strategy keeps the object that it is given.
    const own = { ...settings };
    this.#settings = own;
    this.#strategy = makeStrategy(own);
    this.#allowance = allowance;
  }

  quote(view: MarketView, fair: number, volatility: number): Target {
    if (this.#allowance > 0)
      this.#settings.edgeMin = this.#allowance * fair * (1 - fair) * volatility * Math.sqrt(REQUOTE) * PRICE_PER_DOLLAR;
    return this.#strategy.quote(view);
  }
}

interface Outcome {
  readonly profit: number;
  readonly settlement: number;
  readonly widest: number;
}

const isReached = (uniform: number, away: number): boolean => uniform < -Math.expm1(-INTENSITY * Math.exp(-DECAY * away) * REQUOTE);

const trade = (path: BeliefPath, maker: Allowing, lossMax: number | null): Outcome => {
  const { beliefs, fair, buyers, sellers } = path;
  let held = 0;
  let cash = 0;
  let widest = 0;
  for (let i = 0; i < STEPS; i++) {
    const now = fair[i] as number;
    const next = fair[i + 1] as number;
    const left = SECONDS - i * REQUOTE;
    const { bid, ask } = maker.quote(viewOf(beliefs, now, left, held), now, beliefVolatilityAt(beliefs, left));
    const lower = bid === null ? null : dollars(bid.price);
    const upper = ask === null ? null : dollars(ask.price);
    const mayBuy = lower !== null && (lossMax === null || held + LOT <= 0 || (held + LOT) * lower <= lossMax);
    const maySell = upper !== null && (lossMax === null || LOT - held <= 0 || (LOT - held) * (1 - upper) <= lossMax);
    if (mayBuy && (next < lower || isReached(sellers[i] as number, now - lower))) {
      held += LOT;
      cash -= LOT * lower;
    }
    if (maySell && (next > upper || isReached(buyers[i] as number, upper - now))) {
      held -= LOT;
      cash += LOT * upper;
    }
    widest = Math.max(widest, Math.abs(held));
  }
  const last = fair[STEPS] as number;
  return { profit: cash + held * path.outcome, settlement: held * (path.outcome - last), widest };
};

const dollars = (p: Price): number => p / PRICE_PER_DOLLAR;

/** Away from the ends, as in the reference. */
const START_LOW = 0.05;
const START_HIGH = 0.95;

export const runModels = (job: ModelJob): ModelResult => {
  const scenario = scenarioOf(job.scenario);
  const random = new Random(`${job.seed}/models/${job.scenario}/${job.chunk}`);
  const path = new BeliefPath(scenario.beliefs, SECONDS, STEPS);
  const makers = scenario.contenders.map((contender) => new Allowing(contender));
  const empty = (): Float64Array[] => makers.map(() => new Float64Array(job.paths));
  const [profit, settlement, widest] = [empty(), empty(), empty()];
  for (let i = 0; i < job.paths; i++) {
    path.refill(random, START_LOW + (START_HIGH - START_LOW) * random.next());
    for (const [k, maker] of makers.entries()) {
      const outcome = trade(path, maker, scenario.lossMax);
      (profit[k] as Float64Array)[i] = outcome.profit;
      (settlement[k] as Float64Array)[i] = outcome.settlement;
      (widest[k] as Float64Array)[i] = outcome.widest;
    }
  }
  return { profit, settlement, widest };
};

export const scenarioOf = (name: string): Scenario => {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new RangeError(`no scenario ${name}`);
  return found;
};
