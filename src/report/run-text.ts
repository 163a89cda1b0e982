/** A report as lines for a terminal: what was earned, by which parts, how sure that is, and what quoting took. */
import { quantity } from '../domain/units.js';
import { cents, contracts, decimal, dollars, duration, percent, signedDollars } from './html-text.js';
import type { Totals } from './market-curve.js';
import { MARKOUT_SECONDS, type Markout } from './markout.js';
import type { PeriodStatistics } from './period-results.js';
import type { RunReport } from './run-report.js';
import { between, seconds } from '../domain/units.js';

const NAME_WIDTH = 28;

/** Lines without their ends. */
export const textOf = (report: RunReport): readonly string[] => {
  if (report.from === null || report.to === null) return ['No decision and no fill was recorded, so there is nothing to show.'];
  const { total } = report;
  return [
    ...marketTable(report),
    '',
    `Result over ${duration(between(report.from, report.to))}: ${signedDollars(total.parts.net)} = ${partsText(total)}`,
    checkText(total),
    ...ratioText(report.periods),
    `Drawdown at most ${dollars(total.drawdownMax)}; if all that is held settles against us now ${dollars(total.settlementLoss)} more is lost (at most during the run ${dollars(total.settlementLossMax)}).`,
    ...markoutText(total),
    ...quotingText(total),
  ];
};

const marketTable = (report: RunReport): string[] => {
  const head = ['fills', 'net', 'spread', 'inventory', 'settlement', 'fees', 'drawdown', 'both sides', 'position'];
  const widths = [7, 11, 10, 10, 11, 9, 10, 11, 10];
  const line = (name: string, cells: readonly string[]): string =>
    `${name.slice(-NAME_WIDTH).padEnd(NAME_WIDTH)}${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('')}`;
  const row = (name: string, t: Totals, position: string): string =>
    line(name, [
      decimal(t.fills, 0),
      signedDollars(t.parts.net),
      signedDollars(t.parts.spread),
      signedDollars(t.parts.inventory),
      signedDollars(t.parts.settlement),
      dollars(t.parts.fees),
      dollars(t.drawdownMax),
      percent(t.bothSidesShare),
      position,
    ]);
  return [
    line('market', head),
    ...report.markets.map((market) => row(market.ticker, market, contracts(market.inventory))),
    ...(report.markets.length === 1 ? [] : [row('all', report.total, '')]),
  ];
};

const partsText = ({ parts }: Totals): string =>
  [
    `spread ${signedDollars(parts.spread)}`,
    `inventory ${signedDollars(parts.inventory)}`,
    `settlement ${signedDollars(parts.settlement)}`,
    ...(parts.takenOver === 0 ? [] : [`positions taken over ${signedDollars(parts.takenOver)}`]),
    `less fees ${dollars(parts.fees)}`,
  ].join(', ');

const checkText = ({ check }: Totals): string =>
  check.broken === 0
    ? `The parts agree with the bot's own account at ${decimal(check.times, 0)} of ${decimal(check.times, 0)} checks.`
    : `The parts differ from the bot's own account at ${decimal(check.broken, 0)} of ${decimal(check.times, 0)} checks, by at most ${dollars(check.largest, 6)}: records are missing.`;

const ratioText = ({ periodSeconds, n, sharpe, quantile1 }: PeriodStatistics): string[] => {
  const period = duration(seconds(periodSeconds));
  if (sharpe === null) return [`No Sharpe ratio: ${n} whole periods of ${period}, at least two that differ are needed.`];
  return [
    `Sharpe ${plusMinus(sharpe.ratio, sharpe.error, 3)} per ${period} over ${decimal(n, 0)} periods; annualised ${plusMinus(sharpe.annual, sharpe.annualError, 1)}. 1% quantile of a period ${quantile1 === null ? '\u2013' : signedDollars(quantile1)}.`,
  ];
};

const plusMinus = (value: number, error: number, decimals: number): string =>
  `${decimal(value, decimals)} \u00b1 ${decimal(error, decimals)}`;

const markoutText = ({ markouts }: Totals): string[] =>
  markouts
    .filter((markout) => MARKOUT_SECONDS.some((horizon) => horizon === markout.seconds))
    .map((markout) => `After ${String(markout.seconds).padStart(2)} s: ${markoutLine(markout)}`);

const markoutLine = (markout: Markout): string => {
  if (markout.markout === null || markout.realized === null || markout.effective === null)
    return `no fill judged (${markout.dropped} dropped without a mid, ${markout.waiting} too young)`;
  const error = markout.markoutError === null ? '' : ` \u00b1 ${cents(markout.markoutError)}`;
  const rest = markout.dropped + markout.waiting === 0 ? '' : `, ${markout.dropped} dropped, ${markout.waiting} too young`;
  return `half-spread ${cents(markout.effective)} + markout ${cents(markout.markout)}${error} = kept ${cents(markout.realized)} per contract (${decimal(markout.fills, 0)} fills${rest})`;
};

const quotingText = ({ quoting, bothSidesShare }: Totals): string[] => [
  [
    `Both sides quoted ${percent(bothSidesShare)} of the time`,
    `${quoting.messagesPerFill === null ? '\u2013' : decimal(quoting.messagesPerFill, 1)} order messages per fill`,
    `${percent(quoting.fillRatio)} of ${decimal(quoting.placed, 0)} orders filled (${contracts(quantity(quoting.sizePlaced))} contracts placed)`,
  ].join('; '),
  quoting.placeSecondsMedian === null
    ? 'No order lost or ended its place in a queue.'
    : `Place in the queue kept ${decimal(quoting.placeSecondsMedian, 1)} s in the median, ${decimal(quoting.placeSecondsMean ?? 0, 1)} s on average; ${percent(quoting.placeKeptShare)} of amends kept it.`,
];
