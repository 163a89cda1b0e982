/** Journals of runs in markets with known parameters, written as a bot writes them. */
import { mkdirSync } from 'node:fs';
import type { Booked, Decision, EngineAction } from '../../../src/domain/actions.js';
import { clientOrderId, fillId, marketIndex, ticker, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide } from '../../../src/domain/market.js';
import type { Approved, Place } from '../../../src/domain/order.js';
import {
  epochUs,
  later,
  price,
  quantity,
  seconds,
  UNKNOWN_TIME,
  ZERO_CASH,
  ZERO_QUANTITY,
  type EpochUs,
  type Price,
} from '../../../src/domain/units.js';
import { probabilityOf } from '../../../src/estimators/log-odds.js';
import { Journal } from '../../../src/logger/journal.js';
import { DiskJournal } from '../../../src/logger/journal-files.js';
import { market } from '../../support/markets.js';
import { beliefPath, Draws, type BeliefTruth } from '../estimators/truth.js';

export interface MarketTruth extends BeliefTruth {
  readonly ticker: string;
  /** kappa per dollar, A per second and side; 0: nobody trades with us. */
  readonly kappa: number;
  readonly intensity: number;
}

export interface MadeRun {
  readonly seed: number;
  readonly hours: number;
  readonly markets: readonly MarketTruth[];
  /** Distances of our quotes in cents, in turn. */
  readonly distances: readonly number[];
  readonly closed?: boolean;
}

/** Seconds from one decision to the next. */
const EVERY = 2;
const START = epochUs(1_795_262_400_000_000);

/** A folder with the journal of such a run. */
export const makeRun = (folder: string, made: MadeRun): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const header = { build: 'test', run: `r${made.seed}`, created: START, environment: 'sim' as const, seed: null, settings: {} };
  const journal = new Journal(new DiskJournal(folder), header);
  const samples = Math.round((made.hours * 3600) / EVERY);
  const lanes = made.markets.map((truth, i) => new Lane(truth, i, made, samples));
  for (const [i, { name }] of lanes.entries()) {
    journal.event({ type: 'market-listed', at: START, index: marketIndex(i), market: market({ ticker: name }) });
    journal.actions([lanes[i]?.placed() ?? { type: 'stopped', left: 0 }]);
  }
  for (let n = 0; n < samples; n++) {
    const now = later(START, seconds(n * EVERY));
    journal.event({ type: 'tick', at: now });
    journal.actions(lanes.map((lane) => lane.decision(now, n)));
    const between = later(now, seconds(EVERY / 2));
    const fills = lanes.flatMap((lane) => lane.fills(between));
    if (fills.length === 0) continue;
    journal.event({ type: 'tick', at: between });
    journal.actions(fills);
  }
  if (made.closed === false) journal.flush();
  else journal.close();
};

class Lane {
  readonly name;
  readonly #path: readonly number[];
  readonly #draws: Draws;
  #bid: Price = price(0);
  #ask: Price = price(0);
  #distance = 0;
  #fills = 0;

  constructor(
    private readonly truth: MarketTruth,
    private readonly index: number,
    private readonly made: MadeRun,
    samples: number,
  ) {
    this.name = ticker(truth.ticker);
    this.#draws = new Draws(made.seed, truth.ticker);
    this.#path = beliefPath(this.#draws, truth, 0.5, EVERY, samples);
  }

  /** One order of ten contracts, which all fills below are said to belong to. */
  placed(): EngineAction {
    const place = {
      type: 'place',
      clientId: this.#order,
      market: marketIndex(this.index),
      side: 'bid',
      price: price(5000),
      quantity: quantity(1000),
      timeInForce: 'good-till-cancelled',
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: true,
      selfTrade: 'maker',
      expiresAt: null,
      group: null,
    } as const satisfies Place;
    return { type: 'send', call: { mode: 'single', commands: [place as unknown as Approved<Place>] } };
  }

  decision(at: EpochUs, n: number): Decision {
    const fair = Math.round(10_000 * probabilityOf(this.#path[n] ?? 0));
    const { distances } = this.made;
    // A distance for a minute, then the next.
    this.#distance = distances[Math.floor((n * EVERY) / 60) % distances.length] ?? 1;
    this.#bid = price(fair - this.#distance * 100);
    this.#ask = price(fair + this.#distance * 100);
    return {
      type: 'decision',
      market: marketIndex(this.index),
      at,
      bestBid: price(fair - 100),
      bestAsk: price(fair + 100),
      mid: fair,
      fair,
      reservation: fair,
      bid: this.#bid,
      bidSize: quantity(1000),
      ask: this.#ask,
      askSize: quantity(1000),
      noBid: null,
      noAsk: null,
      inventory: ZERO_QUANTITY,
      unrealized: ZERO_CASH,
      realized: ZERO_CASH,
      fees: ZERO_CASH,
      cause: 'interval',
    };
  }

  /** Of the last two seconds; each order is filled in two halves. */
  fills(at: EpochUs): Booked[] {
    const { kappa, intensity } = this.truth;
    const mean = intensity * EVERY * Math.exp((-kappa * this.#distance) / 100);
    return (['bid', 'ask'] as const).flatMap((side) => {
      const count = mean > 0 ? this.#draws.poisson(mean) : 0;
      return Array.from({ length: 2 * count }, () => this.#half(at, side));
    });
  }

  get #order(): ReturnType<typeof clientOrderId> {
    return clientOrderId(`kmm-r-${this.index + 1}`);
  }

  #half(at: EpochUs, side: BookSide): Booked {
    return {
      type: 'booked',
      at,
      fillId: fillId(`${this.truth.ticker}-${++this.#fills}`),
      orderId: venueOrderId('order'),
      clientId: this.#order,
      market: marketIndex(this.index),
      side,
      price: side === 'bid' ? this.#bid : this.#ask,
      quantity: quantity(500),
      fee: ZERO_CASH,
      role: 'maker',
      exchangeAt: UNKNOWN_TIME,
      source: 'stream',
      realized: ZERO_CASH,
      position: ZERO_QUANTITY,
      cost: ZERO_CASH,
    };
  }
}
