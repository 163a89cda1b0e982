/** One market of a run: every figure of its report, gathered item by item in bounded memory. */
import type { Decision } from '../domain/actions.js';
import type { EventTicker, Ticker } from '../domain/ids.js';
import {
  addCash,
  addQuantity,
  notional,
  price,
  subtractCash,
  ZERO_CASH,
  ZERO_QUANTITY,
  type Cash,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { Attribution, type Check, type Parts } from './attribution.js';
import { Drawdown } from './drawdown.js';
import { HoldingTime, type HoldingStatistics } from './holding-time.js';
import { Markouts, type Markout } from './markout.js';
import { Quoting, type QuotingStatistics } from './quoting-statistics.js';
import { joinRange, rangeOf, type Range } from './range.js';
import type { FillMark, RunItem } from './run-items.js';
import { Samples, type Sample } from './samples.js';
import type { Stake } from './worst-settlement.js';

/** A contract of the exchange pays a dollar; a market whose listing is not known is taken to. */
const PAYOUT = price(10_000);

/** One moment of a market's chart. What moves between two moments is kept by its extremes. Real numbers are in price units. */
export interface MarketSample {
  readonly mid: Range | null;
  readonly fair: number | null;
  readonly reservation: number | null;
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly inventory: Range;
}

/** Figures that markets have and that sum to those of a run. */
export interface Totals {
  readonly rows: number;
  readonly fills: number;
  readonly makerFills: number;
  readonly bought: Quantity;
  readonly sold: Quantity;
  /** Money that changed hands. */
  readonly volume: Cash;
  /** As the bot booked it, since the start of the run. */
  readonly realized: Cash;
  /** The open position at the last mid that was known. */
  readonly unrealized: Cash;
  /** Sums exactly to realized + unrealized - fees. */
  readonly parts: Parts;
  /** Whether it did at every fill, adjustment and row. */
  readonly check: Check;
  /** Fills before any mid was known: they earn no spread. */
  readonly unpricedFills: number;
  /** Largest fall of the result from an earlier peak, positive. */
  readonly drawdownMax: Cash;
  /** Shares of the time quoted on both sides, and on at least one; null where no time passed. */
  readonly bothSidesShare: number | null;
  readonly anySideShare: number | null;
  readonly markouts: readonly Markout[];
  readonly quoting: QuotingStatistics;
  /** Loss below the present mark if what is held settles against us: at the end, and the largest of the run. */
  readonly settlementLoss: Cash;
  readonly settlementLossMax: Cash;
}

export interface MarketReport extends Totals {
  readonly ticker: Ticker;
  readonly inventory: Quantity;
  readonly holding: HoldingStatistics;
  readonly settledAt: Price | null;
  readonly samples: readonly Sample<MarketSample>[];
  /** For drawing: at most FILLS_DRAWN_MAX, evenly thinned. */
  readonly marks: readonly FillMark[];
}

export const FILLS_DRAWN_MAX = 2000;

export class MarketCurve {
  readonly attribution = new Attribution();
  readonly markouts = new Markouts();
  readonly quoting = new Quoting();
  readonly quoted = { us: 0, both: 0, any: 0 };
  event: EventTicker | null = null;
  exclusive = false;
  readonly #ticker: Ticker;
  readonly #samples = new Samples<MarketSample>(joinSamples);
  readonly #holding = new HoldingTime();
  readonly #drawdown = new Drawdown();
  #payout: Price = PAYOUT;
  #settledAt: Price | null = null;
  #marks: FillMark[] = [];
  /** Every n-th fill is drawn. */
  #stride = 1;
  #last: Decision | null = null;
  #mid: number | null = null;
  /** The last mid that a row told. */
  #told: number | null = null;
  #rows = 0;
  #fills = 0;
  #makerFills = 0;
  #bought: Quantity = ZERO_QUANTITY;
  #sold: Quantity = ZERO_QUANTITY;
  #volume: Cash = ZERO_CASH;
  #realized: Cash = ZERO_CASH;
  #lossMax: Cash = ZERO_CASH;

  constructor(name: Ticker) {
    this.#ticker = name;
  }

  /** The result so far, at the last mid that was known. */
  get net(): Cash {
    return this.attribution.net;
  }

  get stake(): Stake {
    return { position: this.attribution.position, mark: this.attribution.mark, payout: this.#payout };
  }

  list(item: Extract<RunItem, { type: 'market' }>): void {
    this.#payout = item.payout;
    this.event = item.event;
    this.exclusive = item.exclusive;
  }

  /** @param mid null: a side is empty or the book is not known; the last mid then values what is held */
  mid(at: EpochUs, mid: number | null): void {
    this.markouts.mid(at, mid);
    this.#mid = mid;
    if (mid !== null && this.#settledAt === null) this.attribution.mid(mid);
    this.#drawdown.add(this.net);
    this.#sample(at);
  }

  fill(fill: FillMark): void {
    this.attribution.fill(fill);
    this.markouts.fill(fill.at, fill.side, fill.price, fill.quantity);
    this.quoting.filled(fill.isFirstOfOrder);
    this.#fills++;
    if (fill.role === 'maker') this.#makerFills++;
    if (fill.side === 'bid') this.#bought = addQuantity(this.#bought, fill.quantity);
    else this.#sold = addQuantity(this.#sold, fill.quantity);
    this.#volume = addCash(this.#volume, notional(fill.price, fill.quantity));
    this.#realized = addCash(this.#realized, fill.realized);
    this.#held(fill.at);
    this.#draw(fill);
  }

  adjust(item: Extract<RunItem, { type: 'adjusted' }>): void {
    this.attribution.adjust(item.adjusted, item.settlesAt);
    this.#realized = addCash(this.#realized, item.adjusted.realized);
    if (item.settlesAt !== null) {
      this.#settledAt = item.settlesAt;
      this.markouts.settle(item.at, item.settlesAt);
    }
    this.#held(item.at);
  }

  row(row: Decision): void {
    this.#countTime(row.at);
    this.#rows++;
    this.#last = row;
    this.mid(row.at, row.mid);
    this.#holding.passed(row.at);
    if (row.mid === null) return;
    this.#told = row.mid;
    if (this.#settledAt === null) this.attribution.row(subtractCash(addCash(row.realized, row.unrealized), row.fees));
  }

  /** The run ended at `to`. */
  finish(to: EpochUs): void {
    this.markouts.finish(to);
    this.#holding.passed(to);
  }

  /** Values what is held at the mark of the bot's last row, so that report and summary end with the same number. */
  close(): void {
    if (this.#told !== null && this.#settledAt === null) this.attribution.mid(this.#told);
  }

  /** Notes the loss that settlement would bring now. */
  exposed(loss: Cash): void {
    if (loss > this.#lossMax) this.#lossMax = loss;
  }

  report(loss: Cash): MarketReport {
    const { parts, check, unpriced, position } = this.attribution;
    return {
      ticker: this.#ticker,
      rows: this.#rows,
      fills: this.#fills,
      makerFills: this.#makerFills,
      bought: this.#bought,
      sold: this.#sold,
      volume: this.#volume,
      realized: this.#realized,
      unrealized: subtractCash(addCash(parts.net, parts.fees), this.#realized),
      parts,
      check,
      unpricedFills: unpriced,
      drawdownMax: this.#drawdown.max,
      bothSidesShare: this.quoted.us === 0 ? null : this.quoted.both / this.quoted.us,
      anySideShare: this.quoted.us === 0 ? null : this.quoted.any / this.quoted.us,
      markouts: this.markouts.list(),
      quoting: this.quoting.statistics,
      settlementLoss: loss,
      settlementLossMax: this.#lossMax,
      inventory: position,
      holding: this.#holding.statistics,
      settledAt: this.#settledAt,
      samples: this.#samples.list(),
      marks: this.#marks,
    };
  }

  #held(at: EpochUs): void {
    this.#holding.set(at, this.attribution.position);
    this.#drawdown.add(this.net);
    this.#sample(at);
  }

  #sample(at: EpochUs): void {
    const { fair = null, reservation = null, bid = null, ask = null } = this.#last ?? {};
    const inventory = rangeOf(this.attribution.position);
    this.#samples.add(at, { mid: this.#mid === null ? null : rangeOf(this.#mid), fair, reservation, bid, ask, inventory });
  }

  /** What the row before said held until this one. */
  #countTime(at: EpochUs): void {
    if (this.#last === null) return;
    const span = Math.max(0, at - this.#last.at);
    const { bid, ask } = this.#last;
    this.quoted.us += span;
    if (bid !== null && ask !== null) this.quoted.both += span;
    if (bid !== null || ask !== null) this.quoted.any += span;
  }

  #draw(fill: FillMark): void {
    if (this.#fills % this.#stride !== 0) return;
    this.#marks.push(fill);
    if (this.#marks.length <= FILLS_DRAWN_MAX) return;
    this.#stride *= 2;
    this.#marks = this.#marks.filter((_, i) => i % 2 === 1);
  }
}

export const joinSamples = (a: MarketSample, b: MarketSample): MarketSample => ({
  ...b,
  mid: b.mid === null || a.mid === null ? b.mid : joinRange(a.mid, b.mid),
  inventory: joinRange(a.inventory, b.inventory),
});
