/** Two charts without a time axis: how the parts of a result add up, and what became of fills over the seconds after them. Pure text in, pure text out. */
import { cash, dollarsOfCash, subtractCash, ZERO_CASH, type Cash } from '../domain/units.js';
import type { Parts } from './attribution.js';
import { niceStep } from './html-chart.js';
import { cents, contracts, decimal, escapeHtml, inCents, signedDollars } from './html-text.js';
import type { Markout } from './markout.js';

const WIDTH = 520;
const HEIGHT = 250;
const TOP = 26;
const BOTTOM = 30;
const LEFT = 54;
const RIGHT = 8;

interface Bar {
  readonly name: string;
  readonly amount: Cash;
  /** Where the bar begins: what all before it came to. */
  readonly from: Cash;
  readonly isTotal: boolean;
}

/** Bars that begin where the one before ended, and the result as the last. */
export const waterfall = (parts: Parts): string => {
  const bars = barsOf(parts);
  const ends = bars.flatMap(({ from, amount }) => [dollarsOfCash(from), dollarsOfCash(from) + dollarsOfCash(amount)]);
  const y = scaleOf(Math.min(0, ...ends), Math.max(0, ...ends));
  const slot = (WIDTH - LEFT - RIGHT) / bars.length;
  const drawn = bars.map((bar, i) => barOf(bar, LEFT + i * slot, slot, y.at)).join('');
  const label = bars.map(({ name, amount }) => `${name} ${signedDollars(amount)}`).join(', ');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`How the result adds up: ${label}`)}">${axisOf(y, '$', '')}${drawn}</svg></figure>`;
};

const barsOf = (parts: Parts): readonly Bar[] => {
  const steps: (readonly [string, Cash])[] = [
    ['Spread', parts.spread],
    ['Inventory', parts.inventory],
    ['Settlement', parts.settlement],
    ...(parts.takenOver === 0 ? [] : [['Taken over', parts.takenOver] as const]),
    ['Fees', subtractCash(ZERO_CASH, parts.fees)],
  ];
  let sum = 0;
  const bars = steps.map(([name, amount]): Bar => {
    const from = sum as Cash;
    sum += amount;
    return { name, amount, from, isTotal: false };
  });
  return [...bars, { name: 'Net', amount: parts.net, from: ZERO_CASH, isTotal: true }];
};

const barOf = ({ name, amount, from, isTotal }: Bar, x: number, slot: number, y: (value: number) => number): string => {
  const [start, end] = [y(dollarsOfCash(from)), y(dollarsOfCash(from) + dollarsOfCash(amount))];
  const top = Math.min(start, end);
  const height = Math.max(1.5, Math.abs(end - start));
  const tone = amount < 0 ? 'minus' : 'plus';
  const middle = f(x + slot / 2);
  return [
    isTotal ? '' : `<line class="link" x1="${f(x + slot * 0.14)}" x2="${f(x + slot * 1.86)}" y1="${f(end)}" y2="${f(end)}"/>`,
    `<rect class="${tone}${isTotal ? ' total' : ''}" x="${f(x + slot * 0.14)}" y="${f(top)}" width="${f(slot * 0.72)}" height="${f(height)}" rx="2"><title>${name} ${signedDollars(amount)}</title></rect>`,
    `<text class="value" x="${middle}" y="${f(amount < 0 ? top + height + 14 : top - 6)}" text-anchor="middle">${signedDollars(amount)}</text>`,
    `<text class="tick" x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">${name}</text>`,
  ].join('');
};

/** Runs that have a bar; of more every n-th in the order of their results. */
const RUN_BARS_MAX = 120;

/** The result of every run from the worst to the best, with the mean as a line. */
export const runBars = (runs: readonly { readonly name: string; readonly net: Cash }[]): string => {
  const stride = Math.ceil(runs.length / RUN_BARS_MAX);
  const sorted = runs.toSorted((a, b) => a.net - b.net).filter((_, i) => i % stride === 0);
  const average = cash(Math.round(runs.reduce((sum, { net }) => sum + net, 0) / Math.max(1, runs.length)));
  const mean = dollarsOfCash(average);
  const nets = sorted.map(({ net }) => dollarsOfCash(net));
  const y = scaleOf(Math.min(0, ...nets), Math.max(0, ...nets));
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, sorted.length);
  const bars = sorted.map(({ name, net }, i) => {
    const [start, end] = [y.at(0), y.at(dollarsOfCash(net))];
    const x = LEFT + i * slot + slot * 0.12;
    return `<rect class="${net < 0 ? 'minus' : 'plus'}" x="${f(x)}" y="${f(Math.min(start, end))}" width="${f(slot * 0.76)}" height="${f(Math.max(1, Math.abs(end - start)))}" rx="1.5"><title>${escapeHtml(`${name} ${signedDollars(net)}`)}</title></rect>`;
  });
  const line = `<line class="mean" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${f(y.at(mean))}" y2="${f(y.at(mean))}"/>`;
  const caption = `<text class="tick" x="${LEFT}" y="${HEIGHT - 6}">worst</text><text class="tick" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">best</text>`;
  return `<figure><div class="legend"><span class="key-mean">mean ${signedDollars(average)}</span></div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Net of each run, sorted">${axisOf(y, '$', '')}${bars.join('')}${line}${caption}</svg></figure>`;
};

/** 95 % of a normal distribution lie within so many standard errors. */
const TWO_SIDED_95 = 1.96;

/** What was kept per contract, and what the mid did, over the time after a fill; bars of 95 % where two fills or more were judged. */
export const markoutChart = (markouts: readonly Markout[]): string => {
  const judged = markouts.filter(({ fills }) => fills > 0);
  if (judged.length === 0) return '<p class="note">No fill could be judged.</p>';
  const values = judged.flatMap((markout) => [
    ...reach(markout.realized, markout.realizedError),
    ...reach(markout.markout, markout.markoutError),
    inCents(markout.effective ?? 0),
  ]);
  const y = scaleOf(Math.min(0, ...values), Math.max(0, ...values));
  const slot = (WIDTH - LEFT - RIGHT) / judged.length;
  const x = (i: number): number => LEFT + (i + 0.5) * slot;
  const line = (pick: (markout: Markout) => number | null, style: string, shift: number): string =>
    `<path class="line ${style}" d="M${judged.map((markout, i) => `${f(x(i) + shift)},${f(y.at(inCents(pick(markout) ?? 0)))}`).join('L')}"/>`;
  const groups = judged.map((markout, i) =>
    [
      `<g class="point" tabindex="0"><title>${escapeHtml(markoutLabel(markout))}</title><rect class="hit" x="${f(x(i) - slot / 2)}" y="${TOP}" width="${f(slot)}" height="${HEIGHT - TOP - BOTTOM}"/>`,
      errorBar(markout.markout, markout.markoutError, x(i) - 4, 'mid', y.at),
      errorBar(markout.realized, markout.realizedError, x(i) + 4, 'equity', y.at),
      `</g><text class="tick" x="${f(x(i))}" y="${HEIGHT - 6}" text-anchor="middle">${markout.seconds} s</text>`,
    ].join(''),
  );
  return [
    '<figure><div class="legend"><span class="key equity">kept: mid against our price</span><span class="key mid">markout: move of the mid</span></div>',
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Cents per contract by time after a fill, with 95% intervals">`,
    axisOf(y, '', '\u00a2'),
    line(({ markout }) => markout, 'mid', -4),
    line(({ realized }) => realized, 'equity', 4),
    ...groups,
    '</svg></figure>',
  ].join('');
};

const reach = (mean: number | null, error: number | null): number[] =>
  mean === null ? [] : [inCents(mean - TWO_SIDED_95 * (error ?? 0)), inCents(mean + TWO_SIDED_95 * (error ?? 0))];

const errorBar = (mean: number | null, error: number | null, x: number, style: string, y: (value: number) => number): string => {
  if (mean === null) return '';
  const [low = 0, high = 0] = reach(mean, error).map(y);
  const bar =
    error === null
      ? ''
      : `<path class="line ${style}" d="M${f(x)},${f(low)}V${f(high)}M${f(x - 3)},${f(low)}h6M${f(x - 3)},${f(high)}h6"/>`;
  return `${bar}<circle class="dot ${style}" cx="${f(x)}" cy="${f(y(inCents(mean)))}" r="3.4"/>`;
};

const markoutLabel = (markout: Markout): string => {
  const pm = (error: number | null): string => (error === null ? '' : ` \u00b1 ${cents(TWO_SIDED_95 * error)}`);
  return `${markout.seconds} s after: kept ${cents(markout.realized ?? 0)}${pm(markout.realizedError)}, markout ${cents(markout.markout ?? 0)}${pm(markout.markoutError)}; ${decimal(markout.fills, 0)} fills, ${contracts(markout.size)} contracts`;
};

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

const scaleOf = (low: number, high: number): Scale => {
  const span = high - low || 1;
  const air = span * 0.06;
  const [bottom, top] = [low - air, high + air];
  return { low: bottom, high: top, at: (value) => TOP + (1 - (value - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM) };
};

const axisOf = ({ low, high, at }: Scale, before: string, after: string): string => {
  const step = niceStep(high - low, 5);
  const decimals = Math.max(
    0,
    Math.min(4, Math.ceil(-Math.log10(step) - 1e-9) + (Math.abs(step / 10 ** Math.floor(Math.log10(step)) - 2.5) < 1e-6 ? 1 : 0)),
  );
  const lines: string[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    const zero = Math.abs(value) < step * 1e-6;
    const y = f(at(value));
    lines.push(`<line class="${zero ? 'zero' : 'grid'}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`);
    const text = `${before}${decimal(zero ? 0 : Math.abs(value), decimals)}${after}`;
    lines.push(
      `<text class="tick" x="${LEFT - 6}" y="${y}" text-anchor="end" dominant-baseline="central">${value < -step * 1e-6 ? '\u2212' : ''}${text}</text>`,
    );
  }
  return lines.join('');
};

const f = (coordinate: number): string => coordinate.toFixed(1);
