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
  --mid: #6b7280; --bid: #0f766e; --ask: #b45309; --equity: #2563eb; --up: #0f766e; --down: #c2410c; --inventory: #7c3aed;
  --good: #0f766e; --bad: #b91c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #161a21; --edge: #272d38; --ink: #e7eaf0; --soft: #98a2b3; --grid: #222834;
    --mid: #9aa4b2; --bid: #2dd4bf; --ask: #fbbf24; --equity: #6ea8ff; --up: #2dd4bf; --down: #fb923c; --inventory: #b79cff;
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
.card { padding: 14px 16px 10px; margin: 0 0 14px; }
.good { color: var(--good); } .bad { color: var(--bad); }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
@media (max-width: 760px) { .columns { grid-template-columns: 1fr; } }
.columns .card { margin: 0; }
h3 { margin: 0 0 8px; font-size: 15px; }
figure { margin: 0 0 4px; }
svg { display: block; width: 100%; height: auto; overflow: visible; outline-offset: 4px; border-radius: 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; min-height: 22px; font-size: 13px; color: var(--soft); }
.reading { margin-left: auto; color: var(--ink); }
.key::before { content: ""; display: inline-block; width: 14px; height: 0; margin-right: 6px; border-top: 2.5px solid currentColor; vertical-align: middle; }
.key.mid { color: var(--mid); } .key.bid { color: var(--bid); } .key.ask { color: var(--ask); } .key.equity { color: var(--equity); } .key.inventory { color: var(--inventory); }
.key-mark.up { color: var(--up); } .key-mark.down { color: var(--down); }
.grid { stroke: var(--grid); } .zero { stroke: var(--soft); stroke-opacity: 0.55; }
.tick { fill: var(--soft); font-size: 11.5px; }
.line { fill: none; stroke-width: 1.7; stroke-linejoin: round; stroke: currentColor; }
.area { stroke: none; fill: currentColor; fill-opacity: 0.13; }
path.mid { color: var(--mid); stroke-width: 1.3; } path.bid { color: var(--bid); } path.ask { color: var(--ask); } path.equity { color: var(--equity); stroke-width: 2; } path.inventory { color: var(--inventory); }
.mark { stroke: var(--card); stroke-width: 1.2; } .mark.up { fill: var(--up); } .mark.down { fill: var(--down); }
.cross { stroke: var(--soft); stroke-dasharray: 3 3; pointer-events: none; }
details.card > summary { display: flex; flex-wrap: wrap; gap: 2px 18px; align-items: baseline; cursor: pointer; margin: -4px 0 4px; padding: 4px 0; list-style: none; }
details.card > summary::-webkit-details-marker { display: none; }
details.card > summary::before { content: "\\25b8"; color: var(--soft); } details.card[open] > summary::before { content: "\\25be"; }
summary b { font-size: 15px; overflow-wrap: anywhere; } summary span { color: var(--soft); font-size: 13.5px; }
.scroll { overflow-x: auto; } .scroll table { font-size: 12.5px; } .scroll th, .scroll td { padding: 7px 6px; }
@media (max-width: 760px) { figure { overflow-x: auto; } figure svg { min-width: 640px; } .reading { margin-left: 0; flex-basis: 100%; min-height: 1.5em; } }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th, td { padding: 7px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th { color: var(--soft); font-weight: 550; } th:first-child, td:first-child { text-align: left; padding-left: 2px; }
tbody tr:last-child td { border-bottom: 0; } tfoot td { border-top: 1.5px solid var(--edge); border-bottom: 0; font-weight: 620; }
.parts { display: grid; grid-template-columns: auto 1fr auto; gap: 9px 14px; align-items: center; padding: 4px 0 8px; }
.parts > * { font-size: 14px; } .parts strong { text-align: right; font-weight: 600; }
.bar { position: relative; height: 12px; border-radius: 3px; background: linear-gradient(var(--soft), var(--soft)) 50% 0 / 1px 100% no-repeat; }
.bar i { position: absolute; top: 0; bottom: 0; border-radius: 3px; background: var(--good); } .bar i.minus { background: var(--bad); }
.note { color: var(--soft); font-size: 13px; margin: 6px 0 4px; }
footer { margin-top: 30px; color: var(--soft); font-size: 13px; }
@media print { details.card { break-inside: avoid; } body { background: none; } }
`;

/** Shows the readings at the pointer, or at the place that the arrow keys chose. */
const SCRIPT = `
for (const figure of document.querySelectorAll('figure.chart')) {
  const svg = figure.querySelector('svg'), out = figure.querySelector('output'), cross = figure.querySelector('.cross');
  const data = JSON.parse(figure.querySelector('script').textContent);
  const span = Math.max(1, data.to - data.from), width = data.right - data.left;
  let chosen = null;
  const lastBefore = (times, t) => {
    let low = 0, high = times.length;
    while (low < high) { const middle = (low + high) >> 1; if (times[middle] <= t) low = middle + 1; else high = middle; }
    return low - 1;
  };
  const show = (t) => {
    chosen = Math.min(span, Math.max(0, t));
    const x = data.left + (chosen / span) * width;
    cross.setAttribute('x1', x); cross.setAttribute('x2', x); cross.setAttribute('visibility', 'visible');
    const parts = [new Date(data.from + chosen).toISOString().slice(11, 19)];
    for (const series of data.series) {
      const value = series.v[lastBefore(series.t, chosen)];
      parts.push(series.name + ' ' + (value === null || value === undefined ? '\\u2013' : data.unit[0] + value.toFixed(data.decimals) + data.unit[1]));
    }
    out.textContent = parts.join('   ');
  };
  const hide = () => { cross.setAttribute('visibility', 'hidden'); out.textContent = ''; };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    show((((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width - data.left) / width * span);
  });
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('blur', hide);
  svg.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    show((chosen ?? (step > 0 ? 0 : span)) + (step * span) / 200);
  });
}
`;
