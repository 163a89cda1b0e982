import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { ticker } from '../../../src/domain/ids.js';
import { cash, durationUs, epochUs, price, quantity } from '../../../src/domain/units.js';
import { RunCurves, type RunReport } from '../../../src/replay/equity.js';
import { lineChart, niceStep, type ChartSpec } from '../../../src/replay/html-chart.js';
import { htmlReport, type ReportSubject } from '../../../src/replay/html-report.js';
import { cents, contracts, decimal, dollars, duration, escapeHtml, escapeJson, signedDollars } from '../../../src/replay/html-text.js';
import { itemsOfJournal, reportOf } from '../../../src/replay/run-rows.js';
import { eventsOf, recordsOf, runOf, START, type Move } from './toy-run.js';

const SUBJECT: ReportSubject = { run: 'run-1', environment: 'sim', build: '0.1.0', strategy: 'symmetric', warnings: [] };

const moves: Move[] = Array.from({ length: 200 }, (_, i) => ({
  afterMs: 300,
  kind: (['tick', 'mid', 'hit', 'tick', 'lift'] as const)[i % 5] ?? 'tick',
  price: 5000 + ((i * 37) % 400),
  size: 100 + (i % 7) * 50,
}));
const toyReport = (): RunReport => reportOf(itemsOfJournal(recordsOf(runOf(eventsOf(moves), { closed: true }).files)));

describe('the report of a run', () => {
  const html = htmlReport(toyReport(), SUBJECT);

  test('is one file that asks nobody for anything', () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`);
    expect(html.match(/https?:\/\/|\ssrc=|\shref=|@import|url\(/g)).toBeNull();
  });

  test('has every section, and no number that is none', () => {
    for (const text of ['Equity', 'Where the result came from', 'After a fill', 'Markets', 'Totals', 'KX-TOY'])
      expect(html).toContain(text);
    expect(html.slice(0, html.lastIndexOf('<script>')).match(/NaN|undefined|Infinity|\[object/)).toBeNull();
  });

  test('shows the figures of the report', () => {
    const { total } = toyReport();
    expect(html).toContain(`>${signedDollars(total.net)}<`);
    expect(html).toContain(`<span>${total.fills} fills</span>`);
  });

  test('has one reading for each chart, and each can be parsed', () => {
    const readings = [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].map(
      (match) => JSON.parse(match[1] ?? '') as { series: { t: number[]; v: unknown[] }[] },
    );
    expect(readings).toHaveLength(3);
    for (const { series } of readings) for (const { t, v } of series) expect(t).toHaveLength(v.length);
  });

  test('adapts to dark and light', () => {
    expect(html).toContain('prefers-color-scheme: dark');
  });
});

test('what came from outside cannot become markup', () => {
  const curves = new RunCurves();
  const evil = ticker('</script><img src=x onerror=alert(1)>');
  curves.addFill({ at: epochUs(START), ticker: evil, side: 'bid', price: price(5000), quantity: quantity(100), fee: cash(0) });
  const html = htmlReport(curves.report(), { ...SUBJECT, run: '<b>"\'&', strategy: '<i>', warnings: ['<u>'] });
  const drawn = htmlReport(
    { ...toyReport(), markets: toyReport().markets.map((market) => ({ ...market, ticker: evil })) },
    { ...SUBJECT, warnings: ['the <journal> was torn'] },
  );
  for (const page of [html, drawn]) {
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/<[biu]>"/);
  }
  expect(drawn).toContain('the &lt;journal&gt; was torn');
  expect(html).toContain('&lt;b&gt;&quot;&#39;&amp;');
});

test('text for a script element never contains a tag', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeJson([text])).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(escapeJson([text]))).toEqual([text]);
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
    }),
  );
});

test('a run without a decision says so', () => {
  expect(htmlReport(new RunCurves().report(), SUBJECT)).toContain('nothing to show');
});

const spec = (parts: Partial<ChartSpec>): ChartSpec => ({
  label: 'test',
  from: epochUs(START),
  to: epochUs(START + 60_000_000),
  height: 200,
  series: [],
  marks: [],
  includeZero: false,
  unit: ['', ''],
  decimals: 2,
  ...parts,
});

describe('a chart', () => {
  const coordinates = (svg: string): number[] =>
    [...svg.matchAll(/class="(?:line|area)[^"]*" d="([^"]*)"/g)].flatMap(
      (match) => (match[1] ?? '').match(/-?\d+\.\d/g)?.map(Number) ?? [],
    );

  test('stays inside its frame whatever the values', () => {
    const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null }), { maxLength: 30 });
    fc.assert(
      fc.property(values, fc.boolean(), fc.constantFrom('step' as const, 'line' as const), (list, includeZero, shape) => {
        const points = list.map((value, i) => ({ at: epochUs(START + i * 1_000_000), value }));
        const svg = lineChart(spec({ includeZero, series: [{ name: 'x', style: 'mid', shape, area: true, points }] }));
        expect(svg).not.toMatch(/NaN|Infinity/);
        for (const coordinate of coordinates(svg)) {
          expect(coordinate).toBeGreaterThanOrEqual(0);
          expect(coordinate).toBeLessThanOrEqual(1040);
        }
      }),
    );
  });

  test('leaves a hole where nothing was quoted', () => {
    const points = [5, 5, null, null, 6, 6].map((value, i) => ({ at: epochUs(START + i * 1_000_000), value }));
    const svg = lineChart(spec({ series: [{ name: 'bid', style: 'bid', shape: 'step', points }] }));
    expect(/class="line bid" d="([^"]*)"/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(2);
  });

  test('a moment without length is drawn all the same', () => {
    const svg = lineChart(
      spec({ to: epochUs(START), series: [{ name: 'x', style: 'mid', shape: 'line', points: [{ at: epochUs(START), value: 1 }] }] }),
    );
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('fills point up where we bought and down where we sold', () => {
    const at = epochUs(START + 1);
    const svg = lineChart(
      spec({
        marks: [
          { at, value: 1, direction: 'up', label: 'a' },
          { at, value: 2, direction: 'down', label: 'b' },
        ],
      }),
    );
    expect(svg).toMatch(/class="mark up".*class="mark down"/);
  });
});

test.each([
  [100, 5, 20],
  [9, 4, 2.5],
  [0.03, 3, 0.01],
  [1, 10, 0.1],
])('a span of %d in about %i parts has steps of %d', (span, count, step) => {
  expect(niceStep(span, count)).toBeCloseTo(step, 10);
});

test('numbers read as people write them', () => {
  expect(decimal(1_234_567.891, 2)).toBe('1,234,567.89');
  expect(decimal(-0.001, 2)).toBe('0.00');
  expect(decimal(-1234, 0)).toBe('\u22121,234');
  expect(dollars(cash(-1_234_567_890))).toBe('\u2212$1,234.57');
  expect(signedDollars(cash(1_500_000))).toBe('+$1.50');
  expect(signedDollars(cash(1))).toBe('$0.00');
  expect(contracts(quantity(1000))).toBe('10');
  expect(contracts(quantity(-1050))).toBe('\u221210.50');
  expect(cents(5650)).toBe('56.50\u00a2');
  expect(duration(durationUs(12_400_000))).toBe('12.4 s');
  expect(duration(durationUs(200_000_000))).toBe('3 min 20 s');
  expect(duration(durationUs(7_500_000_000))).toBe('2 h 05 min');
});
