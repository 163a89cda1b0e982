/** A report as one JSON document. Every field says its unit in its name; the list is in docs/reports.md. Money is dollars with at most six decimals, exact. */
import { contractsOf, dollarsOfCash, dollarsOfPrice, quantity, type Cash, type Price, type Quantity } from '../domain/units.js';
import type { Parts } from './attribution.js';
import { inCents } from './html-text.js';
import type { MarketReport, Totals } from './market-curve.js';
import type { Markout } from './markout.js';
import type { PeriodStatistics } from './period-results.js';
import type { QuotingStatistics } from './quoting-statistics.js';
import type { RunReport } from './run-report.js';

type Json = Readonly<Record<string, unknown>>;

export const documentOf = (report: RunReport): Json => ({
  from_us: report.from,
  to_us: report.to,
  total: { ...totalsDocument(report.total), ...periodsDocument(report.periods) },
  markets: report.markets.map(marketDocument),
  equity: report.equity.map(({ at, value }) => ({
    ts_us: at,
    net_dollars: dollarsOfCash(value.last),
    low_dollars: dollarsOfCash(value.low),
    high_dollars: dollarsOfCash(value.high),
    fall_dollars: dollarsOfCash(value.fall),
  })),
});

const or = <T>(value: T | null, show: (value: T) => number): number | null => (value === null ? null : show(value));
const orDollars = (amount: Cash | null): number | null => or(amount, dollarsOfCash);
const orContracts = (size: number | null): number | null => or(size, (units) => contractsOf(quantity(units)));
const orCents = (priceUnits: number | null): number | null => or(priceUnits, inCents);
const orPrice = (price: Price | null): number | null => or(price, dollarsOfPrice);
const whole = (size: Quantity): number => contractsOf(size);

const partsDocument = (parts: Parts): Json => ({
  spread_dollars: dollarsOfCash(parts.spread),
  inventory_dollars: dollarsOfCash(parts.inventory),
  settlement_dollars: dollarsOfCash(parts.settlement),
  taken_over_dollars: dollarsOfCash(parts.takenOver),
  fees_dollars: dollarsOfCash(parts.fees),
  net_dollars: dollarsOfCash(parts.net),
});

const totalsDocument = (totals: Totals): Json => ({
  net_dollars: dollarsOfCash(totals.parts.net),
  realized_dollars: dollarsOfCash(totals.realized),
  unrealized_dollars: dollarsOfCash(totals.unrealized),
  fees_dollars: dollarsOfCash(totals.parts.fees),
  attribution: partsDocument(totals.parts),
  identity: {
    checks: totals.check.times,
    broken: totals.check.broken,
    largest_difference_dollars: dollarsOfCash(totals.check.largest),
  },
  drawdown_max_dollars: dollarsOfCash(totals.drawdownMax),
  settlement_loss_dollars: dollarsOfCash(totals.settlementLoss),
  settlement_loss_max_dollars: dollarsOfCash(totals.settlementLossMax),
  rows: totals.rows,
  fills: totals.fills,
  maker_fills: totals.makerFills,
  unpriced_fills: totals.unpricedFills,
  bought_contracts: whole(totals.bought),
  sold_contracts: whole(totals.sold),
  volume_dollars: dollarsOfCash(totals.volume),
  both_sides_share: totals.bothSidesShare,
  any_side_share: totals.anySideShare,
  quoting: quotingDocument(totals.quoting),
  markouts: totals.markouts.map(markoutDocument),
});

const quotingDocument = (quoting: QuotingStatistics): Json => ({
  orders_placed: quoting.placed,
  orders_amended: quoting.amended,
  orders_decreased: quoting.decreased,
  orders_cancelled: quoting.cancelled,
  placed_contracts: whole(quoting.sizePlaced),
  orders_filled: quoting.filledOrders,
  fill_ratio: quoting.fillRatio,
  messages_per_fill: quoting.messagesPerFill,
  place_kept_share: quoting.placeKeptShare,
  places_ended: quoting.places,
  place_seconds_mean: quoting.placeSecondsMean,
  place_seconds_median: quoting.placeSecondsMedian,
  place_seconds_to_fill_mean: quoting.placeSecondsToFill,
});

const markoutDocument = (markout: Markout): Json => ({
  horizon_seconds: markout.seconds,
  fills: markout.fills,
  contracts: whole(markout.size),
  dropped_fills: markout.dropped,
  waiting_fills: markout.waiting,
  effective_cents: orCents(markout.effective),
  markout_cents: orCents(markout.markout),
  markout_error_cents: orCents(markout.markoutError),
  realized_cents: orCents(markout.realized),
  realized_error_cents: orCents(markout.realizedError),
});

const periodsDocument = ({ periodSeconds, n, sharpe, quantile1, worst }: PeriodStatistics): Json => ({
  periods: {
    period_seconds: periodSeconds,
    n,
    mean_dollars: sharpe === null ? null : dollarsOfCash(sharpe.mean as Cash),
    deviation_dollars: sharpe === null ? null : dollarsOfCash(sharpe.deviation as Cash),
    quantile_1_percent_dollars: orDollars(quantile1),
    worst_dollars: orDollars(worst),
    sharpe: sharpe?.ratio ?? null,
    sharpe_error: sharpe?.error ?? null,
    sharpe_annual: sharpe?.annual ?? null,
    sharpe_annual_error: sharpe?.annualError ?? null,
  },
});

const marketDocument = (market: MarketReport): Json => ({
  ticker: market.ticker,
  ...totalsDocument(market),
  inventory_contracts: whole(market.inventory),
  inventory: {
    mean_contracts: orContracts(market.holding.mean),
    mean_absolute_contracts: orContracts(market.holding.meanAbsolute),
    deviation_contracts: orContracts(market.holding.deviation),
    long_max_contracts: whole(market.holding.longMax),
    short_max_contracts: whole(market.holding.shortMax),
    flat_share: market.holding.flatShare,
    flips: market.holding.flips,
  },
  settled_at_dollars: orPrice(market.settledAt),
});
