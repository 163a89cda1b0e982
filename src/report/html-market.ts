/** The card of one market: quotes against the mid with every fill, and the position below on the same time axis. */
import { signOf } from '../domain/market.js';
import { contractsOf, formatPrice, quantity, type EpochUs } from '../domain/units.js';
import { lineChart, type ChartMark, type ChartPoint } from './html-chart.js';
import { clock, contracts, decimal, dollars, escapeHtml, inCents, percent, signedDollars, toneOf } from './html-text.js';
import { joinSamples, type MarketReport, type MarketSample } from './market-curve.js';
import type { FillMark } from './run-items.js';
import { Samples, type Sample } from './samples.js';

export interface Span {
  readonly from: EpochUs;
  readonly to: EpochUs;
}

/** How much may be drawn of one market, so that a page stays small however much there was. */
export interface DrawLimits {
  readonly points: number;
  readonly fills: number;
}

export const marketCard = (market: MarketReport, span: Span, limits: DrawLimits, open: boolean): string => {
  const samples = thinned(market.samples, limits.points);
  const marks = everyNth(market.marks, limits.fills);
  const facts = [
    `<span${toneOf(market.parts.net)}>${signedDollars(market.parts.net)}</span>`,
    `<span>${decimal(market.fills, 0)} fills</span>`,
    `<span>position ${contracts(market.inventory)}, ${contracts(market.holding.longMax)} long and ${contracts(market.holding.shortMax)} short at most</span>`,
    `<span>both sides quoted ${percent(market.bothSidesShare)}</span>`,
    ...(market.settledAt === null ? [] : [`<span>settled at $${formatPrice(market.settledAt)}</span>`]),
  ];
  return [
    `<details class="card"${open ? ' open' : ''}><summary><b>${escapeHtml(market.ticker)}</b>${facts.join('')}</summary>`,
    quoteChart(market, samples, marks, span),
    marks.length < market.fills ? `<p class="note">${decimal(marks.length, 0)} of ${decimal(market.fills, 0)} fills are drawn.</p>` : '',
    positionChart(market, samples, span),
    '</details>',
  ].join('\n');
};

const thinned = (samples: readonly Sample<MarketSample>[], points: number): readonly Sample<MarketSample>[] => {
  if (samples.length <= points) return samples;
  const fewer = new Samples(joinSamples, points);
  for (const { at, value } of samples) fewer.add(at, value);
  return fewer.list();
};

const everyNth = (marks: readonly FillMark[], max: number): readonly FillMark[] => {
  const stride = Math.ceil(marks.length / max);
  return stride <= 1 ? marks : marks.filter((_, i) => i % stride === stride - 1);
};

const orHole = (at: number | null): number | null => (at === null ? null : inCents(at));

type Drawn = readonly Sample<MarketSample>[];

const quoteChart = (market: MarketReport, samples: Drawn, marks: readonly FillMark[], span: Span): string => {
  const pick = (name: 'bid' | 'ask' | 'reservation'): ChartPoint[] => samples.map(({ at, value }) => ({ at, value: orHole(value[name]) }));
  const mids = samples.flatMap(({ at, value: { mid } }): ChartPoint[] =>
    mid === null ? [{ at, value: null }] : extremes(mid).map((value) => ({ at, value: inCents(value) })),
  );
  const leans = samples.some(({ value }) => value.reservation !== null);
  return lineChart({
    label: `Quotes against the mid in ${market.ticker}, in cents`,
    ...span,
    height: 250,
    series: [
      { name: 'our ask', style: 'ask', shape: 'step', points: pick('ask') },
      { name: 'mid', style: 'mid', shape: 'step', points: mids },
      ...(leans ? [{ name: 'reservation', style: 'reservation', shape: 'step' as const, points: pick('reservation') }] : []),
      { name: 'our bid', style: 'bid', shape: 'step', points: pick('bid') },
    ],
    marks: marks.map(markOf),
    includeZero: false,
    unit: ['', '\u00a2'],
    decimals: 2,
  });
};

/** The way within a span of time: each extreme once, and where it ended. */
const extremes = ({ low, high, last }: { readonly low: number; readonly high: number; readonly last: number }): readonly number[] =>
  low === high ? [last] : low === last ? [high, low] : high === last ? [low, high] : [low, high, last];

const markOf = (fill: FillMark): ChartMark => ({
  at: fill.at,
  value: inCents(fill.price),
  direction: signOf(fill.side) > 0 ? 'up' : 'down',
  label: `${clock(fill.at)} ${fill.side === 'bid' ? 'bought' : 'sold'} ${contracts(fill.quantity)} at $${formatPrice(fill.price)} (${fill.role}), fee ${dollars(fill.fee, 4)}, position ${contracts(fill.position)}`,
});

const positionChart = (market: MarketReport, samples: Drawn, span: Span): string => {
  const points = samples.flatMap(({ at, value }) => extremes(value.inventory).map((held) => ({ at, value: contractsOf(quantity(held)) })));
  return lineChart({
    label: `Position in ${market.ticker}, in contracts`,
    ...span,
    height: 130,
    series: [{ name: 'position (contracts)', style: 'inventory', shape: 'step', area: true, points }],
    marks: [],
    includeZero: true,
    unit: ['', ''],
    decimals: points.every(({ value }) => Number.isInteger(value)) ? 0 : 2,
  });
};
