/** The sections of one run: figures, equity and drawdown, where the result came from, markouts, ratios and quoting, every market, totals. */
import { between, dollarsOfCash, seconds, type Cash, type EpochUs } from '../domain/units.js';
import { markoutChart, waterfall } from './html-bars.js';
import { lineChart } from './html-chart.js';
import { marketCard, type DrawLimits, type Span } from './html-market.js';
import { markoutTable, qualityTables, totalsTable } from './html-tables.js';
import { cents, clock, decimal, dollars, duration, escapeHtml, moment, percent, signedDollars, toneOf } from './html-text.js';
import { joinEquity, type EquitySample, type RunReport } from './run-report.js';
import { Samples, type Sample } from './samples.js';

/** What the figures are about. */
export interface ReportSubject {
  readonly run: string;
  readonly environment: string;
  readonly build: string;
  readonly strategy: string;
  /** What the reader must know before trusting the figures, for instance that the journal was torn. */
  readonly warnings: readonly string[];
  /** Further facts, such as the parameters of a backtest. */
  readonly notes?: readonly (readonly [name: string, value: string])[];
}

/** Markets drawn; the table has all of them. */
const MARKETS_DRAWN_MAX = 40;
const MARKETS_OPEN_MAX = 4;
/** Of a whole page. */
const POINTS_MAX = 20_000;
const FILLS_MAX = 6000;

/** What each chart may take of a page with so many markets on it. */
export const limitsFor = (markets: number): DrawLimits => ({
  points: Math.min(500, Math.max(60, Math.floor(POINTS_MAX / (2 * Math.max(1, markets))))),
  fills: Math.min(1500, Math.max(30, Math.floor(FILLS_MAX / Math.max(1, markets)))),
});

/** Markets of a run that are drawn on a page that shares itself among `runs`. */
export const drawnMarkets = (report: RunReport, runs: number): number =>
  Math.min(report.markets.length, Math.max(3, Math.floor(MARKETS_DRAWN_MAX / runs)));

/** How the report of a run that has moments in it goes. */
export const runSections = (report: RunReport, span: Span, drawn: number, limits: DrawLimits, openMarkets = MARKETS_OPEN_MAX): string => {
  const markets = report.markets.toSorted((a, b) => b.fills - a.fills || b.rows - a.rows);
  const left = markets.length - drawn;
  const { total } = report;
  return [
    tiles(report),
    `<h2>Equity</h2><div class="card">${equityChart(report, span)}${drawdownChart(report, span)}</div>`,
    `<div class="columns"><div class="card"><h3>Where the result came from</h3>${waterfall(total.parts)}${checkNote(report)}</div>`,
    `<div class="card"><h3>After a fill</h3>${markoutChart(total.markouts)}${markoutTable(total.markouts)}</div></div>`,
    `<h2>How good, how sure</h2>${qualityTables(report)}`,
    '<h2>Markets</h2>',
    ...markets.slice(0, drawn).map((market, i) => marketCard(market, span, limits, i < openMarkets)),
    left > 0 ? `<p class="note">${left} quieter markets are in the table only.</p>` : '',
    `<h2>Totals</h2><div class="card scroll">${totalsTable(report)}</div>`,
  ].join('\n');
};

/** The line below the title. */
export const subjectLine = (report: RunReport, subject: ReportSubject): string => {
  const { from, to } = report;
  const span = from === null || to === null ? 'no records' : `${moment(from)} to ${clock(to)}, ${duration(between(from, to))}`;
  const notes = (subject.notes ?? []).map(([name, value]) => ` &middot; ${escapeHtml(name)} ${escapeHtml(value)}`).join('');
  const warnings = [...subject.warnings, ...checkWarning(report)].map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`);
  return `<p><span class="badge">${escapeHtml(subject.environment)}</span> &nbsp;${escapeHtml(subject.strategy)} &middot; ${span}${notes}</p>${warnings.join('')}`;
};

const checkWarning = ({ total: { check } }: RunReport): readonly string[] =>
  check.broken === 0
    ? []
    : [
        `The parts of the result differ from the bot's own account by up to ${dollars(check.largest, 6)} (${decimal(check.broken, 0)} of ${decimal(check.times, 0)} checks): records are missing.`,
      ];

const checkNote = ({ total: { check, unpricedFills } }: RunReport): string => {
  const unpriced = unpricedFills === 0 ? '' : ` ${decimal(unpricedFills, 0)} fills came before any mid and earn no spread.`;
  const agrees = check.broken === 0 ? `Agrees with the bot\u2019s own account at all ${decimal(check.times, 0)} checks.` : '';
  return `<p class="note">Spread is measured against the mid just before each fill, inventory is what the mid did while we held. ${agrees}${unpriced}</p>`;
};

const tile = (name: string, text: string, tone = '', more = ''): string =>
  `<div class="tile"><span>${name}</span><b${tone}>${text}</b>${more === '' ? '' : `<small>${more}</small>`}</div>`;

const tiles = ({ total, periods }: RunReport): string => {
  const { sharpe, quantile1 } = periods;
  const period = duration(seconds(periods.periodSeconds));
  const ten = total.markouts.find((markout) => markout.seconds === 10);
  const kept = ten?.realized ?? null;
  return `<div class="tiles">${[
    tile(
      'Net result',
      signedDollars(total.parts.net),
      toneOf(total.parts.net),
      `realized ${signedDollars(total.realized)}, open ${signedDollars(total.unrealized)}`,
    ),
    tile(
      `Sharpe per ${period}`,
      sharpe === null ? '\u2013' : decimal(sharpe.ratio, 3),
      '',
      sharpe === null ? 'too few periods' : `\u00b1 ${decimal(sharpe.error, 3)} (s.e.), ${decimal(sharpe.n, 0)} periods`,
    ),
    tile(
      'Largest drawdown',
      dollars(total.drawdownMax),
      '',
      `1% quantile per ${period} ${quantile1 === null ? '\u2013' : signedDollars(quantile1)}`,
    ),
    tile('Worst settlement', `\u2212${dollars(total.settlementLossMax)}`, '', `at most; at the end \u2212${dollars(total.settlementLoss)}`),
    tile('Fills', decimal(total.fills, 0), '', `${percent(total.quoting.fillRatio)} of ${decimal(total.quoting.placed, 0)} orders`),
    tile('Volume', dollars(total.volume), '', `fees ${dollars(total.parts.fees)}`),
    tile(
      'Kept 10 s after a fill',
      kept === null ? '\u2013' : cents(kept),
      kept === null ? '' : toneOf(kept as Cash),
      ten === undefined || ten === null || ten.realizedError === null
        ? 'per contract'
        : `\u00b1 ${cents(ten.realizedError)} (s.e.) per contract`,
    ),
    tile('Both sides quoted', percent(total.bothSidesShare), '', `any side ${percent(total.anySideShare)}`),
  ].join('')}</div>`;
};

/**
 * Points of an equity curve: where a span of time ended, and its low and high before that where they lie beyond the way between its two ends, so that sampling
 * hides no fall and makes no steps of a slope.
 */
export const equityPoints = (samples: readonly Sample<EquitySample>[]): { readonly at: EpochUs; readonly value: number }[] => {
  let before = 0;
  return samples.flatMap(({ at, value: { low, high, last } }) => {
    const beyond = [low, high].filter((amount) => amount < Math.min(before, last) || amount > Math.max(before, last));
    before = last;
    return [...beyond, last].map((amount) => ({ at, value: dollarsOfCash(amount) }));
  });
};

/** The same curve with fewer moments. */
export const thinnedEquity = (samples: readonly Sample<EquitySample>[], points: number): readonly Sample<EquitySample>[] => {
  const fewer = new Samples(joinEquity, points);
  for (const { at, value } of samples) fewer.add(at, value);
  return fewer.list();
};

const equityChart = (report: RunReport, span: Span): string =>
  lineChart({
    label: `Net result over time, ending at ${dollars(report.total.parts.net)}`,
    ...span,
    height: 260,
    series: [{ name: 'net result', style: 'equity', shape: 'line', area: true, points: equityPoints(report.equity) }],
    marks: [],
    includeZero: true,
    unit: ['$', ''],
    decimals: 2,
  });

const drawdownChart = (report: RunReport, span: Span): string =>
  lineChart({
    label: `Fall from the best result so far, at most ${dollars(report.total.drawdownMax)}`,
    ...span,
    height: 110,
    series: [
      {
        name: 'drawdown',
        style: 'drawdown',
        shape: 'step',
        area: true,
        points: report.equity.map(({ at, value }) => ({ at, value: value.fall === 0 ? 0 : -dollarsOfCash(value.fall) })),
      },
    ],
    marks: [],
    includeZero: true,
    unit: ['$', ''],
    decimals: 2,
  });
