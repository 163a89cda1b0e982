/**
 * What a run earned and how: result by its parts, equity curve, drawdown, ratios with their errors, fills and markouts, quoting; per market and in total.
 * Takes the items of a run in the order of time and keeps bounded memory, however long the run was.
 */
import type { EventTicker, Ticker } from '../domain/ids.js';
import {
  addCash,
  addQuantity,
  cash,
  subtractCash,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import { addParts, NO_PARTS, type Parts } from './attribution.js';
import { Drawdown } from './drawdown.js';
import { MarketCurve, type MarketReport, type Totals } from './market-curve.js';
import { Markouts } from './markout.js';
import { PeriodResults, type PeriodStatistics } from './period-results.js';
import { Quoting } from './quoting-statistics.js';
import type { RunItem } from './run-items.js';
import { Samples, type Sample } from './samples.js';
import { worstLossAlone, worstLossTogether } from './worst-settlement.js';

/** One moment of the run's equity: where it stood at its end, how far it went within, and the deepest fall from the peak within. */
export interface EquitySample {
  readonly last: Cash;
  readonly low: Cash;
  readonly high: Cash;
  readonly fall: Cash;
}

export interface RunReport {
  /** First and last moment; null where there was no row. */
  readonly from: EpochUs | null;
  readonly to: EpochUs | null;
  readonly total: Totals;
  readonly periods: PeriodStatistics;
  readonly equity: readonly Sample<EquitySample>[];
  /** In the order in which they appeared; only those of which something is known besides their name. */
  readonly markets: readonly MarketReport[];
}

/** Feed it items as they happened; ask for the report once they are over. */
export class RunCurves {
  readonly #markets = new Map<Ticker, MarketCurve>();
  readonly #touched = new Set<MarketCurve>();
  readonly #events = new Map<EventTicker, MarketCurve[]>();
  readonly #losses = new Map<MarketCurve | EventTicker, Cash>();
  readonly #equity = new Samples<EquitySample>(joinEquity);
  readonly #periods = new PeriodResults();
  readonly #drawdown = new Drawdown();
  #from: EpochUs | null = null;
  #to: EpochUs | null = null;
  #net: Cash = ZERO_CASH;
  #loss: Cash = ZERO_CASH;
  #lossMax: Cash = ZERO_CASH;

  take(item: RunItem): void {
    if (item.type === 'market') return this.#list(item);
    const market = this.#market(item.type === 'fill' ? item.fill.ticker : item.ticker);
    this.#touched.add(market);
    switch (item.type) {
      case 'sent':
        market.quoting.sent(item.command, item.keepsPlace);
        break;
      case 'place-ended':
        market.quoting.placeEnded(item.kept, item.end);
        break;
      case 'mid':
        this.#move(item.at, market, () => market.mid(item.at, item.mid));
        break;
      case 'fill':
        this.#move(item.fill.at, market, () => market.fill(item.fill));
        break;
      case 'adjusted':
        this.#move(item.at, market, () => market.adjust(item));
        break;
      case 'row':
        this.#move(item.decision.at, market, () => market.row(item.decision));
        break;
    }
  }

  /** Cumulative result of the run so far. */
  get net(): Cash {
    return this.#net;
  }

  /** How the result of one market adds up so far, what is held of it and at which mark; null before anything was told of it. */
  standOf(name: Ticker): { readonly parts: Parts; readonly position: Quantity; readonly mark: number | null } | null {
    const attribution = this.#markets.get(name)?.attribution;
    return attribution === undefined ? null : { parts: attribution.parts, position: attribution.position, mark: attribution.mark };
  }

  report(): RunReport {
    const to = this.#to;
    if (to !== null)
      for (const market of this.#markets.values()) {
        market.finish(to);
        this.#move(to, market, () => market.close());
      }
    const shown = [...this.#markets.values()].filter((market) => this.#touched.has(market));
    const markets = shown.map((market) => market.report(worstLossAlone(market.stake)));
    return {
      from: this.#from,
      to: this.#to,
      total: { ...sumOf(markets), ...this.#joined(shown) },
      periods: this.#periods.statistics(this.#to ?? (0 as EpochUs)),
      equity: this.#equity.list(),
      markets,
    };
  }

  #list(item: Extract<RunItem, { type: 'market' }>): void {
    const market = this.#market(item.ticker);
    const isNew = market.event === null;
    market.list(item);
    if (!item.exclusive || !isNew) return;
    const siblings = this.#events.get(item.event) ?? [];
    siblings.push(market);
    this.#events.set(item.event, siblings);
  }

  /** What a market's change does to the whole run. */
  #move(at: EpochUs, market: MarketCurve, change: () => void): void {
    this.#from ??= at;
    this.#to = this.#to === null || at > this.#to ? at : this.#to;
    const before = market.net;
    change();
    this.#net = addCash(this.#net, subtractCash(market.net, before));
    const fall = this.#drawdown.add(this.#net);
    this.#equity.add(at, { last: this.#net, low: this.#net, high: this.#net, fall });
    this.#periods.add(at, this.#net);
    this.#expose(market);
  }

  #expose(market: MarketCurve): void {
    const alone = worstLossAlone(market.stake);
    market.exposed(alone);
    const siblings = market.exclusive && market.event !== null ? this.#events.get(market.event) : undefined;
    const key = siblings === undefined || market.event === null ? market : market.event;
    const loss = siblings === undefined ? alone : worstLossTogether(siblings.map(({ stake }) => stake));
    this.#loss = addCash(this.#loss, subtractCash(loss, this.#losses.get(key) ?? ZERO_CASH));
    this.#losses.set(key, loss);
    if (this.#loss > this.#lossMax) this.#lossMax = this.#loss;
  }

  /** Figures of the run that are no sums of its markets'. */
  #joined(
    markets: readonly MarketCurve[],
  ): Pick<Totals, 'drawdownMax' | 'bothSidesShare' | 'anySideShare' | 'markouts' | 'quoting' | 'settlementLoss' | 'settlementLossMax'> {
    const markouts = new Markouts();
    const quoting = new Quoting();
    const quoted = { us: 0, both: 0, any: 0 };
    for (const market of markets) {
      markouts.take(market.markouts);
      quoting.take(market.quoting);
      quoted.us += market.quoted.us;
      quoted.both += market.quoted.both;
      quoted.any += market.quoted.any;
    }
    return {
      drawdownMax: this.#drawdown.max,
      bothSidesShare: quoted.us === 0 ? null : quoted.both / quoted.us,
      anySideShare: quoted.us === 0 ? null : quoted.any / quoted.us,
      markouts: markouts.list(),
      quoting: quoting.statistics,
      settlementLoss: this.#loss,
      settlementLossMax: this.#lossMax,
    };
  }

  #market(name: Ticker): MarketCurve {
    const known = this.#markets.get(name);
    if (known !== undefined) return known;
    const made = new MarketCurve(name);
    this.#markets.set(name, made);
    return made;
  }
}

/** The whole way from items to a report. */
export const reportOf = (items: Iterable<RunItem>): RunReport => {
  const curves = new RunCurves();
  for (const item of items) curves.take(item);
  return curves.report();
};

/** One moment of two neighbours: nothing of the way between is lost but its order. */
export const joinEquity = (a: EquitySample, b: EquitySample): EquitySample => ({
  last: b.last,
  low: a.low < b.low ? a.low : b.low,
  high: a.high > b.high ? a.high : b.high,
  fall: a.fall > b.fall ? a.fall : b.fall,
});

type Summed = Omit<
  Totals,
  'drawdownMax' | 'bothSidesShare' | 'anySideShare' | 'markouts' | 'quoting' | 'settlementLoss' | 'settlementLossMax'
>;

const NOTHING: Summed = {
  rows: 0,
  fills: 0,
  makerFills: 0,
  bought: ZERO_QUANTITY,
  sold: ZERO_QUANTITY,
  volume: ZERO_CASH,
  realized: ZERO_CASH,
  unrealized: ZERO_CASH,
  parts: NO_PARTS,
  check: { times: 0, broken: 0, largest: ZERO_CASH },
  unpricedFills: 0,
};

/** Sums over markets, or over runs. */
export const sumOf = (markets: readonly Summed[]): Summed =>
  markets.reduce<Summed>(
    (sum, market) => ({
      rows: sum.rows + market.rows,
      fills: sum.fills + market.fills,
      makerFills: sum.makerFills + market.makerFills,
      bought: addQuantity(sum.bought, market.bought),
      sold: addQuantity(sum.sold, market.sold),
      volume: addCash(sum.volume, market.volume),
      realized: addCash(sum.realized, market.realized),
      unrealized: addCash(sum.unrealized, market.unrealized),
      parts: addParts(sum.parts, market.parts),
      check: {
        times: sum.check.times + market.check.times,
        broken: sum.check.broken + market.check.broken,
        largest: cash(Math.max(sum.check.largest, market.check.largest)),
      },
      unpricedFills: sum.unpricedFills + market.unpricedFills,
    }),
    NOTHING,
  );
