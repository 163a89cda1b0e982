/** Bars with whiskers as one SVG that stands by itself: readable on white and on black. */
import { escapeHtml } from '../report/html-text.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Half the length of the whisker. */
  readonly spread: number;
}

const WIDTH = 760;
const ROW = 34;
const LEFT = 190;
const RIGHT = 70;
const TOP = 34;

export const barPicture = (title: string, bars: readonly Bar[]): string => {
  const low = Math.min(0, ...bars.map(({ value, spread }) => value - spread));
  const high = Math.max(0, ...bars.map(({ value, spread }) => value + spread));
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(high - low, Number.MIN_VALUE);
  const x = (value: number): number => LEFT + (value - low) * scale;
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map(({ name, value, spread }, i) => {
    const middle = TOP + i * ROW + ROW / 2;
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
    return [
      `<text x="${LEFT - 12}" y="${middle}" text-anchor="end" dominant-baseline="central" fill="#7a8494">${escapeHtml(name)}</text>`,
      `<rect x="${at(from)}" y="${middle - 9}" width="${at(Math.max(to - from, 1))}" height="18" rx="3" fill="#3b82f6"/>`,
      `<path d="M${at(x(value - spread))},${middle}H${at(x(value + spread))}" stroke="#d97706" stroke-width="2.5"/>`,
      `<text x="${at(Math.max(x(value + spread), to) + 8)}" y="${middle}" dominant-baseline="central" fill="#7a8494">${value.toFixed(2)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}" font-family="system-ui, sans-serif" font-size="13">`,
    `<text x="12" y="18" fill="#7a8494" font-weight="600">${escapeHtml(title)}</text>`,
    `<path d="M${at(x(0))},${TOP - 4}V${height - 6}" stroke="#7a8494" stroke-opacity="0.5"/>`,
    ...rows,
    '</svg>',
  ].join('');
};

const at = (coordinate: number): string => coordinate.toFixed(1);
