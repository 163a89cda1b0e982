/** What a backtest has found, as one page that opens anywhere, offline: result over time, points with their intervals, sources. */
import { dollarsOfCash, durationUs, epochUs, toSeconds, ZERO_CASH } from '../domain/units.js';
import { lineChart, type ChartPoint } from '../report/html-chart.js';
import { htmlPage } from '../report/html-page.js';
import { decimal, dollars, duration, escapeHtml, moment, percent, signedDollars } from '../report/html-text.js';
import type { Comparison } from './backtest-compare.js';
import type { Findings } from './backtest-document.js';
import type { LaneResult } from './backtest-lane.js';
import { PAIRED } from './backtest-text.js';
import { walkLines } from './backtest-walk-text.js';
import type { Walk } from './backtest-walk.js';

/** More points than this are in the table only. */
const DRAWN_MAX = 80;

export interface PageNotes {
  readonly build: string;
  readonly warnings: readonly string[];
  /** The lines that say how far to trust the best point. */
  readonly verdict: readonly string[];
}

export const backtestPage = (found: Findings, notes: PageNotes): string => {
  const body = [
    '<main>',
    head(found, notes),
    tiles(found),
    `<h2>Result over recorded time</h2><div class="card">${equity(found)}<p class="note">Gaps between sources are left out; each source begins without a position.</p></div>`,
    found.comparison === null ? '' : points(found, found.comparison, notes.verdict),
    found.walk === null ? '' : walk(found.walk, found),
    `<h2>Sources</h2><div class="card scroll">${sources(found)}</div>`,
    `<footer>Fills are on paper: decided by a rule from the public feed, never sent. Result is realized plus unrealized less fees. Made by KMM ${escapeHtml(notes.build)}.</footer>`,
    '</main>',
  ];
  return htmlPage('Backtest', body.join('\n'));
};

const head = ({ strategy, seed, sources: list }: Findings, { warnings }: PageNotes): string => {
  const span = durationUs(list.reduce((sum, { firstAt, lastAt }) => sum + (lastAt - firstAt), 0));
  const facts = `<span class="badge">paper</span> &nbsp;${escapeHtml(strategy)} &middot; ${list.length} sources, ${duration(span)} &middot; seed ${escapeHtml(seed)}`;
  return `<header><p class="eyebrow">KMM backtest</p><h1>${escapeHtml(strategy)}</h1><p>${facts}</p>${warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join('')}</header>`;
};

const tone = (amount: number): string => (amount > 0 ? ' class="good"' : amount < 0 ? ' class="bad"' : '');

const tiles = ({ totals }: Findings): string => {
  const total = totals[0];
  if (total === undefined) return '';
  const tile = (name: string, text: string, mark = ''): string => `<div class="tile"><span>${name}</span><b${mark}>${text}</b></div>`;
  return `<div class="tiles">${[
    tile('Net result, configured', signedDollars(total.parts.net), tone(total.parts.net)),
    tile('Fees', dollars(total.parts.fees)),
    tile('Largest drawdown', dollars(total.drawdownMax)),
    tile('Fills', decimal(total.fills, 0)),
    tile(
      'Sharpe, annualised',
      total.sharpe === null ? '–' : `${decimal(total.sharpe.annual, 0)} ± ${decimal(total.sharpe.annualError, 0)}`,
    ),
    tile('Spread earned', signedDollars(total.parts.spread)),
    tile('Both sides quoted', percent(total.bothSidesShare)),
    tile('Kept 10 s after a fill', markout(total.markouts.find(({ seconds }) => seconds === 10)?.realized ?? null)),
  ].join('')}</div>`;
};

const markout = (perContract: number | null): string => (perContract === null ? '–' : `${decimal(perContract / 100, 2)}¢`);

/** Two lines at most: what was configured, and what did best. */
const equity = ({ lanes, span, comparison, points: labels }: Findings): string => {
  const best = comparison?.best ?? 0;
  const count = (lanes[0] ?? []).reduce((sum, { blocks }) => sum + blocks.length, 0);
  const from = epochUs(0);
  return lineChart({
    label: 'Net result over recorded time',
    from,
    to: epochUs(count * span),
    height: 260,
    series: [
      { name: 'configured', style: 'equity', shape: 'line', area: best === 0, points: curve(lanes[0] ?? [], span) },
      ...(best === 0
        ? []
        : [{ name: `best: ${labels[best]?.label ?? ''}`, style: 'bid', shape: 'line' as const, points: curve(lanes[best] ?? [], span) }]),
    ],
    marks: [],
    includeZero: true,
    unit: ['$', ''],
    decimals: 2,
    isElapsed: true,
  });
};

const curve = (lanes: readonly LaneResult[], span: number): ChartPoint[] => {
  let net = 0;
  return [
    { at: epochUs(0), value: 0 },
    ...lanes.flatMap(({ blocks }) => blocks).map((change, i) => ({ at: epochUs((i + 1) * span), value: (net += dollarsOfCash(change)) })),
  ];
};

const points = ({ points: list, totals, span }: Findings, comparison: Comparison, verdict: readonly string[]): string => {
  const row = (i: number): string => {
    const total = totals[i];
    const found = comparison.rows.find(({ point }) => point === i);
    const interval = (value: { low: number; high: number } | null | undefined): string =>
      value === null || value === undefined ? '–' : `${decimal(value.low, 2)} to ${decimal(value.high, 2)}`;
    const cells = [
      `${i === comparison.best ? '★ ' : ''}${escapeHtml(list[i]?.label ?? '')}`,
      decimal(total?.fills ?? 0, 0),
      signedDollars(total?.parts.net ?? ZERO_CASH),
      dollars(total?.drawdownMax ?? ZERO_CASH),
      found === undefined ? '–' : decimal(found.difference, 2),
      interval(found?.interval),
      interval(found?.simultaneous),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  };
  const heads = ['Point', 'Fills', 'Net', 'Drawdown', 'To configured, $', '95 % interval', '95 % for all at once'];
  const unit = comparison.pairing === 'blocks' ? ` of ${toSeconds(span)} s` : '';
  return [
    '<h2>Points</h2>',
    `<div class="card">${forest(
      comparison,
      list.map(({ label }) => label),
    )}</div>`,
    `<div class="card scroll"><table><thead><tr>${heads.map((text) => `<th>${text}</th>`).join('')}</tr></thead><tbody>${list.map((_, i) => row(i)).join('')}</tbody></table></div>`,
    `<p class="note">Differences are paired by ${comparison.units} ${escapeHtml(PAIRED[comparison.pairing].replace('spans of time', `spans of time${unit}`))}.</p>`,
    ...verdict.map((text) => `<p class="note">${escapeHtml(text)}</p>`),
  ].join('\n');
};

const WIDTH = 1040;
const LEFT = 300;
const ROW = 22;

/** Every point's difference to the configured one with its interval, around zero. */
const forest = ({ rows }: Comparison, labels: readonly string[]): string => {
  const drawn = rows.filter(({ interval }) => interval !== null).slice(0, DRAWN_MAX);
  if (drawn.length === 0) return '<p class="note">There are too few pairs for intervals.</p>';
  const reach = Math.max(1e-9, ...drawn.flatMap(({ interval }) => [Math.abs(interval?.low ?? 0), Math.abs(interval?.high ?? 0)]));
  const middle = (LEFT + WIDTH) / 2;
  const x = (value: number): string => (middle + (value / reach) * (WIDTH - LEFT) * 0.46).toFixed(1);
  const height = drawn.length * ROW + 34;
  const lines = drawn.map(({ point, difference, interval }, i) => {
    const y = 12 + i * ROW;
    const colour = (interval?.low ?? 0) > 0 ? '--good' : (interval?.high ?? 0) < 0 ? '--bad' : '--soft';
    return `<text class="tick" x="0" y="${y + 4}">${escapeHtml((labels[point] ?? '').slice(0, 46))}</text><line x1="${x(interval?.low ?? 0)}" x2="${x(interval?.high ?? 0)}" y1="${y}" y2="${y}" style="stroke:var(${colour});stroke-width:2"/><circle cx="${x(difference)}" cy="${y}" r="4" style="fill:var(${colour})"/>`;
  });
  const axis = [-reach, 0, reach].map(
    (value) => `<text class="tick" x="${x(value)}" y="${height - 4}" text-anchor="middle">${decimal(value, 2)}</text>`,
  );
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Difference of each point to the configured one in dollars, with its 95 % interval"><line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height - 20}"/>${lines.join('')}${axis.join('')}</svg></figure>`;
};

const walk = (found: Walk, { points: list }: Findings): string => {
  const [what = '', , ...rest] = walkLines(
    found,
    list.map(({ label }) => label),
  );
  const rows = found.steps.map(({ window, chosen, testFills, trainNet, testNet, configuredNet }) => {
    const cells = [
      window.test[0] === undefined ? '' : moment(window.test[0].from),
      escapeHtml(list[chosen]?.label ?? ''),
      decimal(testFills, 0),
      decimal(trainNet, 2),
      decimal(testNet, 2),
      decimal(configuredNet, 2),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const heads = ['Test from', 'Chosen', 'Fills', 'Training, $', 'Test, $', 'Configured, $'];
  return `<h2>Walk-forward</h2><p class="note">${escapeHtml(what)}</p><div class="card scroll"><table><thead><tr>${heads.map((text) => `<th>${text}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="note">${escapeHtml(rest.at(-1) ?? '')}</p>`;
};

const sources = ({ sources: list, lanes }: Findings): string => {
  const rows = list.map((source, i) => {
    const total = lanes[0]?.[i]?.report.total;
    const cells = [
      escapeHtml(source.path),
      moment(source.firstAt),
      duration(durationUs(source.lastAt - source.firstAt)),
      String(source.tickers.length),
      decimal(total?.fills ?? 0, 0),
      signedDollars(total?.parts.net ?? ZERO_CASH),
      dollars(total?.parts.fees ?? ZERO_CASH),
      dollars(total?.drawdownMax ?? ZERO_CASH),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const heads = ['Source', 'From', 'Length', 'Markets', 'Fills', 'Net', 'Fees', 'Drawdown'];
  return `<table><thead><tr>${heads.map((text) => `<th>${text}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
};
