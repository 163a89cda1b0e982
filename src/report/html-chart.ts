/** A line chart over time as one SVG, with its readings beside it for the script that shows them under the pointer. Pure text in, pure text out. */
import { between, epochUs, seconds, toEpochMs, toSeconds, type EpochUs } from '../domain/units.js';
import { clock, dayAndTime, decimal, escapeHtml, escapeJson } from './html-text.js';

export interface ChartPoint {
  readonly at: EpochUs;
  /** null leaves a hole in the line. */
  readonly value: number | null;
}

export interface ChartSeries {
  readonly name: string;
  /** CSS class that gives it its colour. */
  readonly style: string;
  readonly points: readonly ChartPoint[];
  /** Holds its value until the next point (`step`), or goes straight there (`line`). */
  readonly shape: 'step' | 'line';
  /** Fills down to zero. */
  readonly area?: boolean;
}

/** A fill: an arrow up where we bought, down where we sold. */
export interface ChartMark {
  readonly at: EpochUs;
  readonly value: number;
  readonly direction: 'up' | 'down';
  readonly label: string;
}

export interface ChartSpec {
  /** What a person without eyes on it is told. */
  readonly label: string;
  readonly from: EpochUs;
  readonly to: EpochUs;
  readonly height: number;
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly includeZero: boolean;
  /** Text around a value on axis and reading, for instance ['$', '']. */
  readonly unit: readonly [before: string, after: string];
  /** Decimals of a reading. */
  readonly decimals: number;
  /** Times are hours, minutes and seconds since the start rather than moments of a day. */
  readonly isElapsed?: boolean;
}

export const CHART_WIDTH = 1040;
const LEFT = 64;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

interface Scale {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

/** One chart: `figure` with SVG and readings. */
export const lineChart = (spec: ChartSpec): string => {
  const scale = scaleOf(spec);
  const parts = [
    valueAxis(spec, scale),
    timeAxis(spec, scale),
    ...spec.series.flatMap((series) => [series.area === true ? areaOf(series, scale) : '', pathOf(series, scale)]),
    ...spec.marks.map((mark) => markOf(mark, scale)),
    `<line class="cross" x1="0" x2="0" y1="${TOP}" y2="${spec.height - BOTTOM}" visibility="hidden"/>`,
  ];
  return [
    `<figure class="chart${spec.series.length > 2 ? ' wide' : ''}"><div class="legend">${spec.series.map(legendOf).join('')}${spec.marks.length > 0 ? MARK_LEGEND : ''}<output class="reading"></output></div>`,
    `<svg viewBox="0 0 ${CHART_WIDTH} ${spec.height}" role="img" tabindex="0" aria-label="${escapeHtml(spec.label)}">${parts.join('')}</svg>`,
    `<script type="application/json">${escapeJson(readingsOf(spec))}</script></figure>`,
  ].join('');
};

const MARK_LEGEND = '<span class="key-mark up">\u25b2 bought</span><span class="key-mark down">\u25bc sold</span>';

const legendOf = (series: ChartSeries): string => `<span class="key ${series.style}">${escapeHtml(series.name)}</span>`;

/** What the pointer reads: for every series times in milliseconds since the start, and values. */
const readingsOf = (spec: ChartSpec): unknown => ({
  from: toEpochMs(spec.from),
  to: toEpochMs(spec.to),
  left: LEFT,
  right: CHART_WIDTH - RIGHT,
  unit: spec.unit,
  decimals: spec.decimals,
  elapsed: spec.isElapsed === true,
  marks: spec.marks.map((mark) => ({ t: toEpochMs(mark.at) - toEpochMs(spec.from), text: mark.label })),
  series: spec.series.map((series) => ({
    name: series.name,
    t: series.points.map((point) => toEpochMs(point.at) - toEpochMs(spec.from)),
    v: series.points.map((point) => point.value),
  })),
});

const scaleOf = (spec: ChartSpec): Scale => {
  const [low, high] = rangeOf(spec);
  const span = Math.max(1, spec.to - spec.from);
  const width = CHART_WIDTH - LEFT - RIGHT;
  const height = spec.height - TOP - BOTTOM;
  return {
    x: (at) => LEFT + ((at - spec.from) / span) * width,
    y: (value) => TOP + (1 - (value - low) / (high - low)) * height,
    low,
    high,
  };
};

/** The range of all that is drawn, with a little air; never empty. */
const rangeOf = (spec: ChartSpec): readonly [number, number] => {
  let low = spec.includeZero ? 0 : Number.POSITIVE_INFINITY;
  let high = spec.includeZero ? 0 : Number.NEGATIVE_INFINITY;
  const see = (value: number | null): void => {
    if (value === null) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const series of spec.series) for (const point of series.points) see(point.value);
  for (const mark of spec.marks) see(mark.value);
  if (low > high) return [0, 1];
  const air = (high - low) * 0.08 || Math.max(Math.abs(high) * 0.02, 10 ** -spec.decimals * 2);
  return [low - air, high + air];
};

const STEPS = [1, 2, 2.5, 5, 10];

/** A round step that cuts `span` into about `count` parts. */
export const niceStep = (span: number, count: number): number => {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (STEPS.find((step) => step * power >= rough) ?? 10);
};

const valueAxis = (spec: ChartSpec, scale: Scale): string => {
  const step = niceStep(scale.high - scale.low, Math.max(3.5, spec.height / 55));
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9) + (isHalfStep(step) ? 1 : 0)));
  const lines: string[] = [];
  for (let value = Math.ceil(scale.low / step) * step; value <= scale.high + step * 1e-9; value += step) {
    const y = at(scale.y(value));
    const zero = Math.abs(value) < step * 1e-6;
    const text = `${value < 0 && !zero ? '\u2212' : ''}${spec.unit[0]}${decimal(zero ? 0 : Math.abs(value), decimals)}${spec.unit[1]}`;
    lines.push(`<line class="${zero ? 'zero' : 'grid'}" x1="${LEFT}" x2="${CHART_WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`);
    lines.push(`<text class="tick" x="${LEFT - 8}" y="${y}" text-anchor="end" dominant-baseline="central">${escapeHtml(text)}</text>`);
  }
  return lines.join('');
};

/** 2.5 needs one decimal more than 2. */
const isHalfStep = (step: number): boolean => {
  const digits = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(digits - 2.5) < 1e-6;
};

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

const timeAxis = (spec: ChartSpec, scale: Scale): string => {
  const spanS = toSeconds(between(spec.from, spec.to));
  const stepS = TIME_STEPS_S.find((step) => spanS / step <= 10) ?? Math.ceil(spanS / 10 / 86_400) * 86_400;
  const labels: string[] = [];
  const step = seconds(stepS);
  const origin = spec.isElapsed === true ? spec.from : 0;
  for (let moment = origin + Math.ceil((spec.from - origin) / step) * step; moment <= spec.to; moment += step) {
    const x = scale.x(moment);
    if (x < LEFT + 16 || x > CHART_WIDTH - RIGHT - 16) continue;
    labels.push(
      `<text class="tick" x="${at(x)}" y="${spec.height - 6}" text-anchor="middle">${timeLabel(epochUs(moment), spec, stepS)}</text>`,
    );
  }
  return labels.join('');
};

const timeLabel = (moment: EpochUs, spec: ChartSpec, stepS: number): string => {
  if (spec.isElapsed === true) {
    const s = toSeconds(between(spec.from, moment));
    return stepS < 60 ? `${s} s` : stepS < 3600 ? `${s / 60} min` : `${s / 3600} h`;
  }
  if (toSeconds(between(spec.from, spec.to)) > 86_400) return dayAndTime(moment);
  return stepS < 60 ? clock(moment) : clock(moment).slice(0, 5);
};

const at = (coordinate: number): string => coordinate.toFixed(1);

/** The unbroken runs of a series, in drawing coordinates. A step is carried on to the point after, known or not. */
const runsOf = (series: ChartSeries, scale: Scale): string[][] => {
  const runs: string[][] = [];
  let run: string[] | null = null;
  let before: number | null = null;
  for (const point of series.points) {
    const x = at(scale.x(point.at));
    if (run !== null && before !== null && series.shape === 'step') run.push(`${x},${at(scale.y(before))}`);
    if (point.value === null) run = null;
    else if (run === null) runs.push((run = [`${x},${at(scale.y(point.value))}`]));
    else run.push(`${x},${at(scale.y(point.value))}`);
    before = point.value;
  }
  return runs;
};

const pathOf = (series: ChartSeries, scale: Scale): string => {
  const d = runsOf(series, scale).map((run) => `M${run.length === 1 ? `${run[0]}h1` : run.join('L')}`);
  return d.length === 0 ? '' : `<path class="line ${series.style}" d="${d.join('')}"/>`;
};

const areaOf = (series: ChartSeries, scale: Scale): string => {
  const floor = at(scale.y(Math.min(Math.max(0, scale.low), scale.high)));
  const d = runsOf(series, scale).map((run) => {
    const first = run[0]?.split(',')[0] ?? '0';
    const last = run.at(-1)?.split(',')[0] ?? '0';
    return `M${first},${floor}L${run.join('L')}L${last},${floor}Z`;
  });
  return d.length === 0 ? '' : `<path class="area ${series.style}" d="${d.join('')}"/>`;
};

const markOf = (mark: ChartMark, scale: Scale): string => {
  const x = at(scale.x(mark.at));
  const y = at(scale.y(mark.value));
  const shape = mark.direction === 'up' ? 'M0,-5.5L5,4.5H-5Z' : 'M0,5.5L5,-4.5H-5Z';
  return `<path class="mark ${mark.direction}" transform="translate(${x},${y})" d="${shape}"><title>${escapeHtml(mark.label)}</title></path>`;
};
