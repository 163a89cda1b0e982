/** The report of a run as one HTML file that opens anywhere, offline: figures, equity, where the result came from, and every market's quotes and fills. */
import { signOf } from '../domain/market.js';
import { between, contractsOf, dollarsOfCash, formatPrice, subtractCash, ZERO_CASH, type Cash, type EpochUs } from '../domain/units.js';
import type { FillMark, MarketReport, RunReport, Totals } from './equity.js';
import { lineChart, type ChartMark, type ChartPoint } from './html-chart.js';
import { htmlPage } from './html-page.js';
import { cents, clock, contracts, decimal, dollars, duration, escapeHtml, inCents, moment, percent, signedDollars } from './html-text.js';
import { MARKOUT_SECONDS } from './markout.js';

/** What the figures are about. */
export interface ReportSubject {
  readonly run: string;
  readonly environment: string;
  readonly build: string;
  readonly strategy: string;
  /** What the reader must know before trusting the figures, for instance that the journal was torn. */
  readonly warnings: readonly string[];
}

/** Markets drawn; the table has all of them. */
const MARKETS_DRAWN_MAX = 40;
const MARKETS_OPEN_MAX = 6;

/** The whole document. */
export const htmlReport = (report: RunReport, subject: ReportSubject): string => {
  const body = [
    '<main>',
    head(report, subject),
    report.from === null || report.to === null
      ? '<p class="warning">No decision was recorded, so there is nothing to show.</p>'
      : sections(report, report.from, report.to),
    `<footer>Result is realized plus unrealized less fees; open positions are valued at the last mid. Times are UTC. Made by KMM ${escapeHtml(subject.build)}.</footer>`,
    '</main>',
  ];
  return htmlPage(`${subject.run}: run report`, body.join('\n'));
};

const head = (report: RunReport, subject: ReportSubject): string => {
  const { from, to } = report;
  const span = from === null || to === null ? 'no records' : `${moment(from)} to ${clock(to)}, ${duration(between(from, to))}`;
  const facts = `<span class="badge">${escapeHtml(subject.environment)}</span> &nbsp;${escapeHtml(subject.strategy)} &middot; ${span}`;
  const warnings = subject.warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`);
  return `<header><p class="eyebrow">KMM run report</p><h1>${escapeHtml(subject.run)}</h1><p>${facts}</p>${warnings.join('')}</header>`;
};

const sections = (report: RunReport, from: EpochUs, to: EpochUs): string => {
  const markets = [...report.markets].sort((a, b) => b.fills - a.fills || b.rows - a.rows);
  const drawn = markets.slice(0, MARKETS_DRAWN_MAX);
  const left = markets.length - drawn.length;
  return [
    tiles(report),
    `<h2>Equity</h2><div class="card">${equityChart(report, from, to)}</div>`,
    `<div class="columns"><div class="card"><h3>Where the result came from</h3>${parts(report.total)}</div>`,
    `<div class="card"><h3>After a fill</h3>${markoutTable(report.markets)}</div></div>`,
    '<h2>Markets</h2>',
    ...drawn.map((market, i) => marketCard(market, { from, to }, i < MARKETS_OPEN_MAX)),
    left > 0 ? `<p class="note">${left} quieter markets are in the table only.</p>` : '',
    `<h2>Totals</h2><div class="card scroll">${totalsTable(report)}</div>`,
  ].join('\n');
};

const toneOf = (amount: Cash): string => (amount > 0 ? ' class="good"' : amount < 0 ? ' class="bad"' : '');

const tiles = ({ total, markets }: RunReport): string => {
  const quoted = markets.filter((market) => market.quotedShare !== null);
  const share = quoted.length === 0 ? null : quoted.reduce((sum, market) => sum + (market.quotedShare ?? 0), 0) / quoted.length;
  const tile = (name: string, text: string, tone = ''): string => `<div class="tile"><span>${name}</span><b${tone}>${text}</b></div>`;
  return `<div class="tiles">${[
    tile('Net result', signedDollars(total.net), toneOf(total.net)),
    tile('Realized', signedDollars(total.realized)),
    tile('Unrealized', signedDollars(total.unrealized)),
    tile('Fees', dollars(total.fees)),
    tile('Largest drawdown', dollars(total.drawdownMax)),
    tile('Fills', decimal(total.fills, 0)),
    tile('Volume', dollars(total.volume)),
    tile('Both sides quoted', percent(share)),
  ].join('')}</div>`;
};

const equityChart = (report: RunReport, from: EpochUs, to: EpochUs): string =>
  lineChart({
    label: `Net result over time, from ${dollars(report.equity[0]?.value.last ?? report.total.net)} to ${dollars(report.total.net)}`,
    from,
    to,
    height: 260,
    series: [
      {
        name: 'net result',
        style: 'equity',
        shape: 'line',
        area: true,
        // Within one span the low and the high are both drawn, so that no fall is hidden by sampling.
        points: report.equity.flatMap(({ at, value }) =>
          [...new Set([value.low, value.high, value.last])].map((amount) => ({ at, value: dollarsOfCash(amount) })),
        ),
      },
    ],
    marks: [],
    includeZero: true,
    unit: ['$', ''],
    decimals: 2,
  });

/** Result before fees in two parts, fees, and what remains, as bars around zero. */
const parts = (total: Totals): string => {
  const rows: readonly (readonly [string, Cash])[] = [
    ['Spread earned', total.spreadEarned],
    ['Price moves while held', total.priceMoves],
    ['Fees', subtractCash(ZERO_CASH, total.fees)],
    ['Net result', total.net],
  ];
  const largest = Math.max(1, ...rows.map(([, amount]) => Math.abs(amount)));
  const bar = (amount: Cash): string => {
    const width = (Math.abs(amount) / largest) * 50;
    return `<div class="bar"><i${amount < 0 ? ' class="minus"' : ''} style="width:${width.toFixed(1)}%;left:${(amount < 0 ? 50 - width : 50).toFixed(1)}%"></i></div>`;
  };
  return `<div class="parts">${rows.map(([name, amount]) => `<span>${name}</span>${bar(amount)}<strong${toneOf(amount)}>${signedDollars(amount)}</strong>`).join('')}</div>`;
};

const markoutTable = (markets: readonly MarketReport[]): string => {
  const rows = MARKOUT_SECONDS.map((horizon) => {
    const each = markets.flatMap((market) => market.markouts.filter((markout) => markout.seconds === horizon));
    const fills = each.reduce((sum, markout) => sum + markout.fills, 0);
    const size = each.reduce((sum, markout) => sum + markout.size, 0);
    const total = each.reduce((sum, markout) => sum + (markout.perContract ?? 0) * markout.size, 0);
    return `<tr><td>${horizon} s later</td><td>${size === 0 ? '\u2013' : markoutText(total / size)}</td><td>${decimal(fills, 0)}</td></tr>`;
  });
  return `<table><thead><tr><th>Mid against our price</th><th>per contract</th><th>fills judged</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<p class="note">Above zero, the mid stayed on our side of the fill; below, we were picked off.</p>`;
};

const markoutText = (priceUnits: number | null): string => {
  if (priceUnits === null) return '\u2013';
  const tone = priceUnits >= 0 ? 'good' : 'bad';
  return `<span class="${tone}">${priceUnits > 0 ? '+' : ''}${cents(priceUnits)}</span>`;
};

interface Span {
  readonly from: EpochUs;
  readonly to: EpochUs;
}

const marketCard = (market: MarketReport, span: Span, open: boolean): string => {
  const facts = [
    `<span${toneOf(market.net)}>${signedDollars(market.net)}</span>`,
    `<span>${decimal(market.fills, 0)} fills</span>`,
    `<span>position ${contracts(market.inventory)}, at most ${contracts(market.inventoryMax)}</span>`,
    `<span>quoted ${percent(market.quotedShare)} of the time</span>`,
  ];
  return [
    `<details class="card"${open ? ' open' : ''}><summary><b>${escapeHtml(market.ticker)}</b>${facts.join('')}</summary>`,
    quoteChart(market, span),
    market.marks.length < market.fills ? `<p class="note">${market.marks.length} of ${market.fills} fills are drawn.</p>` : '',
    inventoryChart(market, span),
    '</details>',
  ].join('\n');
};

const orHole = (at: number | null): number | null => (at === null ? null : inCents(at));

const quoteChart = (market: MarketReport, span: Span): string => {
  const pick = (name: 'mid' | 'bid' | 'ask'): ChartPoint[] => market.samples.map(({ at, value }) => ({ at, value: orHole(value[name]) }));
  return lineChart({
    label: `Quotes against the mid in ${market.ticker}, in cents`,
    ...span,
    height: 240,
    series: [
      { name: 'ask', style: 'ask', shape: 'step', points: pick('ask') },
      { name: 'mid', style: 'mid', shape: 'step', points: pick('mid') },
      { name: 'bid', style: 'bid', shape: 'step', points: pick('bid') },
    ],
    marks: market.marks.map(markOf),
    includeZero: false,
    unit: ['', '\u00a2'],
    decimals: 2,
  });
};

const markOf = (fill: FillMark): ChartMark => ({
  at: fill.at,
  value: inCents(fill.price),
  direction: signOf(fill.side) > 0 ? 'up' : 'down',
  label: `${clock(fill.at)} ${fill.side === 'bid' ? 'bought' : 'sold'} ${contracts(fill.quantity)} at $${formatPrice(fill.price)}, fee ${dollars(fill.fee, 4)}`,
});

const inventoryChart = (market: MarketReport, span: Span): string =>
  lineChart({
    label: `Position in ${market.ticker}, in contracts`,
    ...span,
    height: 130,
    series: [
      {
        name: 'position',
        style: 'inventory',
        shape: 'step',
        area: true,
        points: market.samples.map(({ at, value }) => ({ at, value: contractsOf(value.inventory) })),
      },
    ],
    marks: [],
    includeZero: true,
    unit: ['', ''],
    decimals: market.samples.every(({ value }) => Number.isInteger(contractsOf(value.inventory))) ? 0 : 2,
  });

const totalsTable = (report: RunReport): string => {
  const columns = [
    'Market',
    'Net',
    'Realized',
    'Unrealized',
    'Fees',
    'Spread earned',
    'Price moves',
    'Drawdown',
    'Fills',
    'Bought',
    'Sold',
    'Volume',
  ];
  const cells = (row: Totals): string =>
    [
      `<td${toneOf(row.net)}>${signedDollars(row.net)}</td>`,
      ...[signedDollars(row.realized), signedDollars(row.unrealized), dollars(row.fees), signedDollars(row.spreadEarned)].map(cell),
      ...[signedDollars(row.priceMoves), dollars(row.drawdownMax), decimal(row.fills, 0), contracts(row.bought)].map(cell),
      ...[contracts(row.sold), dollars(row.volume)].map(cell),
    ].join('');
  const rows = report.markets.map((market) => `<tr><td>${escapeHtml(market.ticker)}</td>${cells(market)}</tr>`);
  return `<table><thead><tr>${columns.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody>
<tfoot><tr><td>All</td>${cells(report.total)}</tr></tfoot></table>`;
};

const cell = (text: string): string => `<td>${text}</td>`;
