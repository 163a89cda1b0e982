/** The tables of a report: markouts by horizon, how good and how sure the result is, what quoting took, and all markets with their sum. */
import { quantity, seconds } from '../domain/units.js';
import { cents, contracts, decimal, dollars, duration, escapeHtml, percent, signedDollars, toneOf } from './html-text.js';
import type { Totals } from './market-curve.js';
import { MARKOUT_SECONDS, type Markout } from './markout.js';
import type { RunReport } from './run-report.js';

const DASH = '\u2013';
const cell = (text: string): string => `<td>${text}</td>`;
const head = (names: readonly string[]): string =>
  `<thead><tr>${names.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>`;

const toned = (priceUnits: number | null): string => {
  if (priceUnits === null) return DASH;
  return `<span class="${priceUnits >= 0 ? 'good' : 'bad'}">${priceUnits > 0 ? '+' : ''}${cents(priceUnits)}</span>`;
};
const withError = (mean: string, error: number | null): string => (error === null ? mean : `${mean} <i>\u00b1 ${cents(error)}</i>`);

/** At the horizons that are stated: half-spread + markout = kept, with standard errors. */
export const markoutTable = (markouts: readonly Markout[]): string => {
  const rows = markouts
    .filter((markout) => MARKOUT_SECONDS.some((horizon) => horizon === markout.seconds))
    .map((m) =>
      [
        `<tr><td>${m.seconds} s</td>`,
        cell(m.effective === null ? DASH : cents(m.effective)),
        cell(withError(toned(m.markout), m.markoutError)),
        cell(withError(toned(m.realized), m.realizedError)),
        cell(decimal(m.fills, 0)),
        `${cell(decimal(m.dropped, 0))}</tr>`,
      ].join(''),
    );
  return `<div class="scroll"><table>${head(['After', 'Half-spread', 'Markout', 'Kept', 'Fills', 'Dropped'])}<tbody>${rows.join('')}</tbody></table></div>
<p class="note">Cents per contract \u00b1 standard error. Kept = half-spread + markout. Dropped: no mid at one of the two moments.</p>`;
};

type Line = readonly [name: string, value: string, more?: string];
const lines = (title: string, rows: readonly Line[]): string =>
  `<div class="card"><h3>${title}</h3><table class="facts"><tbody>${rows
    .map(([name, value, more = '']) => `<tr><td>${name}${more === '' ? '' : `<small>${more}</small>`}</td><td>${value}</td></tr>`)
    .join('')}</tbody></table></div>`;

/** Ratios and risk beside quoting. */
export const qualityTables = (report: RunReport): string =>
  `<div class="columns">${lines('Result and risk', riskLines(report))}${lines('Quoting', quotingLines(report.total))}</div>`;

const riskLines = ({ periods, total }: RunReport): readonly Line[] => {
  const { sharpe, quantile1, worst, n } = periods;
  const period = duration(seconds(periods.periodSeconds));
  const pm = (value: number, error: number, decimals: number): string => `${decimal(value, decimals)} \u00b1 ${decimal(error, decimals)}`;
  return [
    [
      'Sharpe ratio per period',
      sharpe === null ? DASH : pm(sharpe.ratio, sharpe.error, 3),
      `\u00b1 standard error, ${decimal(n, 0)} periods of ${period}`,
    ],
    [
      'Annualised',
      sharpe === null ? DASH : pm(sharpe.annual, sharpe.annualError, 1),
      'over 365 days; a short run says little about a year',
    ],
    [
      '1% quantile of a period',
      quantile1 === null ? DASH : signedDollars(quantile1),
      n < 100 ? 'of fewer than 100 periods: the worst' : '',
    ],
    ['Worst period', worst === null ? DASH : signedDollars(worst)],
    ['Largest drawdown', dollars(total.drawdownMax), 'from the running maximum, which begins at zero'],
    [
      'Loss if all settles against us',
      dollars(total.settlementLossMax),
      `largest of the run, below the mark; at its end ${dollars(total.settlementLoss)}`,
    ],
  ];
};

const quotingLines = (total: Totals): readonly Line[] => {
  const { quoting } = total;
  const s = (value: number | null): string => (value === null ? DASH : `${decimal(value, 1)} s`);
  return [
    ['Both sides quoted', percent(total.bothSidesShare), `any side ${percent(total.anySideShare)}`],
    ['Order messages per fill', quoting.messagesPerFill === null ? DASH : decimal(quoting.messagesPerFill, 1), messages(quoting)],
    [
      'Orders that filled',
      percent(quoting.fillRatio),
      `${decimal(quoting.filledOrders, 0)} of ${decimal(quoting.placed, 0)}, ${contracts(quantity(quoting.sizePlaced))} contracts placed`,
    ],
    [
      'Place in the queue kept',
      s(quoting.placeSecondsMedian),
      `median; mean ${s(quoting.placeSecondsMean)}, to a fill ${s(quoting.placeSecondsToFill)}`,
    ],
    ['Changes that kept the place', percent(quoting.placeKeptShare), 'of amends and decreases'],
    ['Fills as maker', percent(total.fills === 0 ? null : total.makerFills / total.fills)],
  ];
};

const messages = ({ placed, amended, decreased, cancelled }: Totals['quoting']): string =>
  `${decimal(placed, 0)} placed, ${decimal(amended + decreased, 0)} changed, ${decimal(cancelled, 0)} cancelled`;

const COLUMNS = [
  'Market',
  'Net',
  'Spread',
  'Inventory',
  'Settlement',
  'Taken over',
  'Fees',
  'Drawdown',
  'Fills',
  'Bought',
  'Sold',
  'Volume',
  'Both sides',
];

/** Every market and their sum. */
export const totalsTable = (report: RunReport): string => {
  const cells = (row: Totals): string =>
    [
      `<td${toneOf(row.parts.net)}>${signedDollars(row.parts.net)}</td>`,
      ...[row.parts.spread, row.parts.inventory, row.parts.settlement, row.parts.takenOver].map((part) => cell(signedDollars(part))),
      ...[dollars(row.parts.fees), dollars(row.drawdownMax), decimal(row.fills, 0), contracts(row.bought)].map(cell),
      ...[contracts(row.sold), dollars(row.volume), percent(row.bothSidesShare)].map(cell),
    ].join('');
  const rows = report.markets.map((market) => `<tr><td>${escapeHtml(market.ticker)}</td>${cells(market)}</tr>`);
  return `<table>${head(COLUMNS)}<tbody>${rows.join('')}</tbody><tfoot><tr><td>All</td>${cells(report.total)}</tr></tfoot></table>`;
};
