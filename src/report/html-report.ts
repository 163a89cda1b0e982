/**
 * The report of one run, or of several side by side, as one HTML file that opens anywhere, offline. Its size is bounded: curves are drawn with fewer points the more of
 * them there are, and keep their extremes.
 */
import { between, cash, epochUs, ZERO_CASH, type Cash, type EpochUs } from '../domain/units.js';
import { runBars, waterfall } from './html-bars.js';
import { lineChart } from './html-chart.js';
import { htmlPage } from './html-page.js';
import { drawnMarkets, equityPoints, limitsFor, runSections, subjectLine, thinnedEquity, type ReportSubject } from './html-run.js';
import { cents, decimal, dollars, escapeHtml, percent, signedDollars, toneOf } from './html-text.js';
import { sumOf, type RunReport } from './run-report.js';
import { meanAndDeviation } from './statistics.js';

export type { ReportSubject } from './html-run.js';

/** A run on the page. */
export interface PageRun {
  readonly report: RunReport;
  readonly subject: ReportSubject;
}

/** Runs whose curves share one chart, and whose sections are on the page; the table has all of them. */
const CURVES_MAX = 12;
const RUNS_DRAWN_MAX = 24;
const RUN_POINTS = 160;

/** The whole document of one run. */
export const htmlReport = (report: RunReport, subject: ReportSubject): string =>
  page(subject.run, subject.build, [
    `<header><p class="eyebrow">KMM run report</p><h1>${escapeHtml(subject.run)}</h1>${subjectLine(report, subject)}</header>`,
    sectionsOf({ report, subject }, 1),
  ]);

/**
 * The whole document of several runs: what they came to together and each for itself.
 * @param title of the page, such as the sweep that they belong to
 * @param runs in the order in which they are to be shown; one is shown as `htmlReport` shows it
 */
export const htmlReportOfRuns = (title: string, runs: readonly PageRun[]): string => {
  const [only, second] = runs;
  if (only !== undefined && second === undefined) return htmlReport(only.report, only.subject);
  const drawn = runs.slice(0, RUNS_DRAWN_MAX);
  const left = runs.length - drawn.length;
  return page(title, only?.subject.build ?? '', [
    `<header><p class="eyebrow">KMM report of ${runs.length} runs</p><h1>${escapeHtml(title)}</h1></header>`,
    runs.length === 0 ? '<p class="warning">No run, so there is nothing to show.</p>' : together(runs),
    ...drawn.map((run) => runCard(run, drawn.length)),
    left > 0 ? `<p class="note">${left} further runs are in the table only.</p>` : '',
  ]);
};

const page = (title: string, build: string, parts: readonly string[]): string =>
  htmlPage(
    `${title}: KMM report`,
    `<main>${parts.join('\n')}<footer>Net is realized plus unrealized less fees; open positions are valued at the last mid. Times are UTC. Point at a chart, or give it the focus and use the arrow keys, to read its values.${build === '' ? '' : ` Made by ${escapeHtml(build)}.`}</footer></main>`,
  );

const sectionsOf = ({ report }: PageRun, runs: number): string => {
  if (report.from === null || report.to === null)
    return '<p class="warning">No decision and no fill was recorded, so there is nothing to show.</p>';
  const drawn = drawnMarkets(report, runs);
  const thin = runs === 1 ? report : { ...report, equity: thinnedEquity(report.equity, RUN_POINTS) };
  return runSections(thin, { from: report.from, to: report.to }, drawn, limitsFor(drawn * runs), runs === 1 ? undefined : 1);
};

const runCard = (run: PageRun, runs: number): string =>
  `<details class="run"><summary><b>${escapeHtml(run.subject.run)}</b><span${toneOf(run.report.total.parts.net)}>${signedDollars(run.report.total.parts.net)}</span></summary>${subjectLine(run.report, run.subject)}${sectionsOf(run, runs)}</details>`;

const together = (runs: readonly PageRun[]): string => {
  const total = sumOf(runs.map(({ report }) => report.total));
  const nets = runs.map(({ report }) => report.total.parts.net);
  const { mean, deviation } = meanAndDeviation(nets);
  const error = deviation === null ? null : cash(Math.round(deviation / Math.sqrt(runs.length)));
  const tile = (name: string, text: string, tone = '', more = ''): string =>
    `<div class="tile"><span>${name}</span><b${tone}>${text}</b>${more === '' ? '' : `<small>${more}</small>`}</div>`;
  return [
    `<div class="tiles">${[
      tile('Net of all runs', signedDollars(total.parts.net), toneOf(total.parts.net)),
      tile('Mean of a run', signedDollars(cash(Math.round(mean))), '', error === null ? '' : `\u00b1 ${dollars(error)} (s.e. over runs)`),
      tile(
        'Runs that gained',
        `${decimal(nets.filter((net) => net > 0).length, 0)} of ${decimal(runs.length, 0)}`,
        '',
        `worst ${signedDollars(worstOf(nets))}`,
      ),
      tile('Fills', decimal(total.fills, 0), '', `volume ${dollars(total.volume)}, fees ${dollars(total.parts.fees)}`),
    ].join('')}</div>`,
    `<h2>Equity</h2><div class="card">${overlay(runs)}</div>`,
    `<div class="columns"><div class="card"><h3>Where the result came from, all runs</h3>${waterfall(total.parts)}</div><div class="card"><h3>Net of each run</h3>${runBars(runs.map(({ report, subject }) => ({ name: subject.run, net: report.total.parts.net })))}</div></div>`,
    `<h2>Runs</h2><div class="card scroll">${runsTable(runs)}</div>`,
  ].join('\n');
};

const worstOf = (nets: readonly Cash[]): Cash => nets.reduce((worst, net) => (net < worst ? net : worst), nets[0] ?? ZERO_CASH);

/** Every run's equity over the time since its start. */
const overlay = (runs: readonly PageRun[]): string => {
  const shown = runs.slice(0, CURVES_MAX);
  const longest = Math.max(1, ...shown.map(({ report: { from, to } }) => (from === null || to === null ? 0 : between(from, to))));
  const series = shown.map(({ report, subject }, i) => ({
    name: subject.run,
    style: `run-${i % CURVES_MAX}`,
    shape: 'line' as const,
    points: equityPoints(thinnedEquity(report.equity, RUN_POINTS)).map(({ at, value }) => ({ at: since(report.from, at), value })),
  }));
  const chart = lineChart({
    label: 'Net result of every run over the time since its start',
    from: epochUs(0),
    to: epochUs(longest),
    height: 300,
    series,
    marks: [],
    includeZero: true,
    unit: ['$', ''],
    decimals: 2,
    isElapsed: true,
  });
  return runs.length > shown.length ? `${chart}<p class="note">The first ${shown.length} of ${runs.length} runs are drawn.</p>` : chart;
};

const since = (from: EpochUs | null, at: EpochUs): EpochUs => epochUs(between(from ?? at, at));

const COLUMNS = [
  'Run',
  'Strategy',
  'Net',
  'Spread',
  'Inventory',
  'Settlement',
  'Fees',
  'Sharpe / period',
  'Drawdown',
  'Fills',
  'Kept at 10 s',
  'Both sides',
];

const runsTable = (runs: readonly PageRun[]): string => {
  const rows = runs.map(({ report, subject }) => {
    const { total, periods } = report;
    const { parts } = total;
    const kept = total.markouts.find((markout) => markout.seconds === 10)?.realized ?? null;
    const sharpe =
      periods.sharpe === null ? '\u2013' : `${decimal(periods.sharpe.ratio, 3)} <i>\u00b1 ${decimal(periods.sharpe.error, 3)}</i>`;
    const cells = [
      signedDollars(parts.spread),
      signedDollars(parts.inventory),
      signedDollars(parts.settlement),
      dollars(parts.fees),
      sharpe,
    ];
    const more = [
      dollars(total.drawdownMax),
      decimal(total.fills, 0),
      kept === null ? '\u2013' : cents(kept),
      percent(total.bothSidesShare),
    ];
    return `<tr><td>${escapeHtml(subject.run)}</td><td>${escapeHtml(subject.strategy)}</td><td${toneOf(parts.net)}>${signedDollars(parts.net)}</td>${[...cells, ...more].map((text) => `<td>${text}</td>`).join('')}</tr>`;
  });
  return `<table><thead><tr>${COLUMNS.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
};
