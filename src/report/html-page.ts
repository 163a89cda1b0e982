/** The frame of a report page: style and the small script that reads charts under the pointer. Nothing is loaded from anywhere. */
import { escapeHtml } from './html-text.js';

/** A whole document. The policy in its head forbids every request. */
export const htmlPage = (title: string, body: string): string =>
  [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>`,
    `<body>${body}<script>${SCRIPT}</script></body></html>`,
    '',
  ].join('\n');

const STYLE = `
:root {
  --page: #f5f6f8; --card: #ffffff; --edge: #e1e4ea; --ink: #171a21; --soft: #5b6472; --grid: #eceef2;
  --mid: #6b7280; --bid: #0f766e; --ask: #b45309; --equity: #2563eb; --drawdown: #b91c1c; --reservation: #be185d; --up: #0f766e; --down: #c2410c; --inventory: #7c3aed;
  --run-0: #2563eb; --run-1: #c2410c; --run-2: #0f766e; --run-3: #7c3aed; --run-4: #be185d; --run-5: #4d7c0f; --run-6: #0369a1; --run-7: #b45309; --run-8: #6b7280; --run-9: #b91c1c; --run-10: #15803d; --run-11: #6d28d9;
  --good: #0f766e; --bad: #b91c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #161a21; --edge: #272d38; --ink: #e7eaf0; --soft: #98a2b3; --grid: #222834;
    --mid: #9aa4b2; --bid: #2dd4bf; --ask: #fbbf24; --equity: #6ea8ff; --drawdown: #f87171; --reservation: #f472b6; --up: #2dd4bf; --down: #fb923c; --inventory: #b79cff;
    --run-0: #6ea8ff; --run-1: #fb923c; --run-2: #2dd4bf; --run-3: #b79cff; --run-4: #f472b6; --run-5: #a3e635; --run-6: #38bdf8; --run-7: #fbbf24; --run-8: #9aa4b2; --run-9: #f87171; --run-10: #4ade80; --run-11: #c4b5fd;
    --good: #2dd4bf; --bad: #f87171;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 36px 20px 56px; }
header p { margin: 0; color: var(--soft); }
h1 { margin: 2px 0 6px; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 34px 0 12px; font-size: 18px; }
.eyebrow { font-size: 12px; letter-spacing: 0.09em; text-transform: uppercase; }
.badge { display: inline-block; padding: 0 9px; border: 1px solid var(--edge); border-radius: 99px; color: var(--ink); background: var(--card); font-size: 13px; }
.warning { margin: 16px 0 0; padding: 10px 14px; border: 1px solid var(--edge); border-left: 4px solid var(--ask); border-radius: 8px; background: var(--card); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 24px 0 0; }
@media (max-width: 760px) { .tiles { grid-template-columns: 1fr 1fr; } }
.tile, .card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; }
.tile { padding: 12px 16px 13px; }
.tile b { display: block; font-size: 22px; font-weight: 620; letter-spacing: -0.01em; white-space: nowrap; }
.tile span { color: var(--soft); font-size: 13px; }
.tile small { display: block; color: var(--soft); font-size: 12px; margin-top: 1px; }
.card { padding: 14px 16px 10px; margin: 0 0 14px; }
.good { color: var(--good); } .bad { color: var(--bad); }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
@media (max-width: 760px) { .columns { grid-template-columns: 1fr; } }
.columns .card { margin: 0; min-width: 0; }
h3 { margin: 0 0 8px; font-size: 15px; }
figure { margin: 0 0 4px; }
svg { display: block; width: 100%; height: auto; overflow: visible; outline-offset: 4px; border-radius: 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; min-height: 22px; font-size: 13px; color: var(--soft); }
.reading { margin-left: auto; color: var(--ink); } .wide .reading { flex-basis: 100%; min-height: 1.5em; text-align: right; }
.key::before { content: ""; display: inline-block; width: 14px; height: 0; margin-right: 6px; border-top: 2.5px solid currentColor; vertical-align: middle; }
.key.reservation { color: var(--reservation); } .key.drawdown { color: var(--drawdown); } .key.mid { color: var(--mid); } .key.bid { color: var(--bid); } .key.ask { color: var(--ask); } .key.equity { color: var(--equity); } .key.inventory { color: var(--inventory); }
.key-mark.up { color: var(--up); } .key-mark.down { color: var(--down); }
.grid { stroke: var(--grid); } .zero { stroke: var(--soft); stroke-opacity: 0.55; }
.tick { fill: var(--soft); font-size: 11.5px; }
.line { fill: none; stroke-width: 1.7; stroke-linejoin: round; stroke: currentColor; }
.area { stroke: none; fill: currentColor; fill-opacity: 0.13; }
path.mid { color: var(--mid); stroke-width: 1.3; } path.bid { color: var(--bid); } path.ask { color: var(--ask); } path.equity { color: var(--equity); stroke-width: 2; } path.inventory { color: var(--inventory); }
path.reservation { color: var(--reservation); stroke-width: 1.1; stroke-dasharray: 4 3; } path.drawdown { color: var(--drawdown); stroke-width: 1.3; }
.run-0 { color: var(--run-0); } .run-1 { color: var(--run-1); } .run-2 { color: var(--run-2); } .run-3 { color: var(--run-3); } .run-4 { color: var(--run-4); } .run-5 { color: var(--run-5); } .run-6 { color: var(--run-6); } .run-7 { color: var(--run-7); } .run-8 { color: var(--run-8); } .run-9 { color: var(--run-9); } .run-10 { color: var(--run-10); } .run-11 { color: var(--run-11); }
.mark { stroke: var(--card); stroke-width: 1.2; } .mark.up { fill: var(--up); } .mark.down { fill: var(--down); }
.cross { stroke: var(--soft); stroke-dasharray: 3 3; pointer-events: none; }
details.card > summary { display: flex; flex-wrap: wrap; gap: 2px 18px; align-items: baseline; cursor: pointer; margin: -4px 0 4px; padding: 4px 0; list-style: none; }
details.card > summary::-webkit-details-marker { display: none; }
details.card > summary::before { content: "\\25b8"; color: var(--soft); } details.card[open] > summary::before { content: "\\25be"; }
summary b { font-size: 15px; overflow-wrap: anywhere; } summary span { color: var(--soft); font-size: 13.5px; }
.scroll { overflow-x: auto; } .scroll table { font-size: 12.5px; } .scroll th, .scroll td { padding: 7px 6px; }
@media (max-width: 760px) { figure.chart { overflow-x: auto; } figure.chart svg { min-width: 640px; } .reading { margin-left: 0; flex-basis: 100%; min-height: 1.5em; } }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th, td { padding: 7px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th { color: var(--soft); font-weight: 550; } th:first-child, td:first-child { text-align: left; padding-left: 2px; }
tbody tr:last-child td { border-bottom: 0; } tfoot td { border-top: 1.5px solid var(--edge); border-bottom: 0; font-weight: 620; }
rect.plus { fill: var(--good); } rect.minus { fill: var(--bad); } rect.total { stroke: var(--ink); stroke-width: 1.3; }
.mean { stroke: var(--ink); stroke-dasharray: 5 3; } .key-mean::before { content: ""; display: inline-block; width: 14px; margin-right: 6px; border-top: 1.5px dashed var(--ink); vertical-align: middle; }
.link { stroke: var(--soft); stroke-dasharray: 2 3; stroke-opacity: 0.8; } .value { fill: var(--ink); font-size: 12.5px; font-weight: 600; }
.dot { stroke: var(--card); stroke-width: 1; } .dot.mid { fill: var(--mid); } .dot.equity { fill: var(--equity); }
.hit { fill: transparent; } .point { outline: none; } .point:hover .hit, .point:focus-visible .hit { fill: var(--soft); fill-opacity: 0.1; }
td i { color: var(--soft); font-style: normal; } .facts td { white-space: normal; vertical-align: top; } .facts td:last-child { white-space: nowrap; font-weight: 600; } .facts small { display: block; color: var(--soft); font-size: 12px; }
details.run { margin: 18px 0 0; border-top: 1px solid var(--edge); padding: 10px 0 0; }
details.run > summary::-webkit-details-marker { display: none; } details.run > summary::before { content: "\\25b8"; color: var(--soft); } details.run[open] > summary::before { content: "\\25be"; }
details.run > summary { list-style: none; display: flex; gap: 16px; align-items: baseline; cursor: pointer; font-size: 17px; overflow-wrap: anywhere; } details.run > p { margin: 6px 0 0; color: var(--soft); }
.note { color: var(--soft); font-size: 13px; margin: 6px 0 4px; }
footer { margin-top: 30px; color: var(--soft); font-size: 13px; }
@media print { details.card { break-inside: avoid; } body { background: none; } }
`;

/** Shows the readings at the pointer, or at the place that the arrow keys chose; charts of the same span move together. */
const SCRIPT = `
const charts = [];
const number = (value, data) => {
  const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: data.decimals, maximumFractionDigits: data.decimals });
  return (value < 0 && /[1-9]/.test(text) ? '\\u2212' : '') + data.unit[0] + text + data.unit[1];
};
const lastBefore = (times, t) => {
  let low = 0, high = times.length;
  while (low < high) { const middle = (low + high) >> 1; if (times[middle] <= t) low = middle + 1; else high = middle; }
  return low - 1;
};
for (const figure of document.querySelectorAll('figure.chart')) {
  const svg = figure.querySelector('svg'), out = figure.querySelector('output'), cross = figure.querySelector('.cross');
  const data = JSON.parse(figure.querySelector('script').textContent);
  const span = Math.max(1, data.to - data.from), width = data.right - data.left;
  const draw = (t) => {
    const x = data.left + (t / span) * width;
    cross.setAttribute('x1', x); cross.setAttribute('x2', x); cross.setAttribute('visibility', 'visible');
    const iso = new Date(data.elapsed ? t : data.from + t).toISOString();
    const parts = [data.elapsed ? (t < 864e5 ? iso.slice(11, 19) : (t / 36e5).toFixed(1) + ' h') : (span > 864e5 ? iso.slice(5, 10) + ' ' : '') + iso.slice(11, 19)];
    for (const series of data.series) {
      const value = series.v[lastBefore(series.t, t)];
      parts.push(series.name + ' ' + (value === null || value === undefined ? '\\u2013' : number(value, data)));
    }
    const near = data.marks.reduce((best, mark) => (Math.abs(mark.t - t) < Math.abs((best ? best.t : Infinity) - t) ? mark : best), null);
    if (near && Math.abs(near.t - t) / span * width < 4) parts.push(near.text);
    out.textContent = parts.join(' \\u00b7 ');
  };
  const hide = () => { cross.setAttribute('visibility', 'hidden'); out.textContent = ''; };
  const chart = { data, draw, hide, chosen: null };
  charts.push(chart);
  const same = () => charts.filter((other) => other.data.from === data.from && other.data.to === data.to && other.data.elapsed === data.elapsed);
  const show = (t) => { for (const other of same()) { other.chosen = Math.min(span, Math.max(0, t)); other.draw(other.chosen); } };
  const leave = () => { for (const other of same()) other.hide(); };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    show((((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width - data.left) / width * span);
  });
  svg.addEventListener('pointerleave', leave);
  svg.addEventListener('blur', leave);
  svg.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    show((chart.chosen ?? (by > 0 ? 0 : span)) + (by * (event.shiftKey ? 10 : 1) * span) / 400);
  });
}
`;
