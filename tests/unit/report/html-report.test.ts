import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { cash, durationUs, epochUs, price, quantity } from '../../../src/domain/units.js';
import { lineChart, niceStep, type ChartSpec } from '../../../src/report/html-chart.js';
import { htmlReport, htmlReportOfRuns, type ReportSubject } from '../../../src/report/html-report.js';
import { cents, contracts, decimal, dollars, duration, escapeHtml, escapeJson, signedDollars } from '../../../src/report/html-text.js';
import { RunCurves, reportOf, type RunReport } from '../../../src/report/run-report.js';
import type { RunItem } from '../../../src/report/run-items.js';
import { itemsOfJournal } from '../../../src/replay/run-items.js';
import { eventsOf, recordsOf, runOf, START, type Move } from '../replay/toy-run.js';
import { Books } from './items.js';

const SUBJECT: ReportSubject = { run: 'run-1', environment: 'sim', build: '0.1.0', strategy: 'symmetric', warnings: [] };

const moves: Move[] = Array.from({ length: 200 }, (_, i) => ({
  afterMs: 300,
  kind: (['tick', 'mid', 'hit', 'tick', 'lift'] as const)[i % 5] ?? 'tick',
  price: 5000 + ((i * 37) % 400),
  size: 100 + (i % 7) * 50,
}));
const toyReport = (): RunReport =>
  reportOf(itemsOfJournal(recordsOf(runOf(eventsOf(moves), { closed: true }).files), { bookHasOwnOrders: false }));

const LEAVES = /https?:\/\/|\ssrc=|\shref=|@import|url\(/g;
const NO_NUMBER = /NaN|undefined|Infinity|\[object/;
const drawnPart = (html: string): string => html.slice(html.indexOf('<body>'), html.lastIndexOf('<script>'));
const readingsIn = (html: string) =>
  [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].map(
    (match) => JSON.parse(match[1] ?? '') as { series: { t: number[]; v: unknown[] }[]; marks: { text: string }[] },
  );

describe('the report of a run', () => {
  const html = htmlReport(toyReport(), SUBJECT);

  test('is one file that asks nobody for anything', () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`);
    expect(html.match(LEAVES)).toBeNull();
  });

  test('has every section, and no number that is none', () => {
    for (const text of ['Equity', 'Where the result came from', 'After a fill', 'How good, how sure', 'Markets', 'Totals', 'KX-TOY'])
      expect(html).toContain(text);
    expect(drawnPart(html).match(NO_NUMBER)).toBeNull();
  });

  test('shows the figures of the report, and every error beside its ratio', () => {
    const { total, periods } = toyReport();
    expect(html).toContain(`>${signedDollars(total.parts.net)}<`);
    expect(html).toContain(`<span>${total.fills} fills</span>`);
    expect(html).toContain(`${decimal(periods.sharpe?.ratio ?? Number.NaN, 3)} \u00b1 ${decimal(periods.sharpe?.error ?? Number.NaN, 3)}`);
    expect(html).toContain(`all ${decimal(total.check.times, 0)} checks`);
  });

  test('has one reading for each chart, and each can be parsed; fills can be read there too', () => {
    const readings = readingsIn(html);
    expect(readings).toHaveLength(4);
    for (const { series } of readings) for (const { t, v } of series) expect(t).toHaveLength(v.length);
    expect(readings.flatMap(({ marks }) => marks.map(({ text }) => text)).join()).toContain('bought');
  });

  test('adapts to dark and light', () => {
    expect(html).toContain('prefers-color-scheme: dark');
  });

  test('says when the parts do not agree with what the bot booked', () => {
    const { total, ...rest } = toyReport();
    const check = { times: 9, broken: 2, largest: cash(1_500_000) };
    expect(htmlReport({ ...rest, total: { ...total, check } }, SUBJECT)).toContain(
      'differ from the bot&#39;s own account by up to $1.500000 (2 of 9 checks)',
    );
  });
});

describe('several runs on one page', () => {
  const runs = Array.from({ length: 3 }, (_, i) => ({ report: toyReport(), subject: { ...SUBJECT, run: `run-${i}` } }));
  const html = htmlReportOfRuns('a sweep', runs);

  test('show each of them and what they came to together', () => {
    for (const { subject } of runs) expect(html).toContain(`<b>${subject.run}</b>`);
    const { net } = toyReport().total.parts;
    expect(html).toContain(`>${signedDollars(cash(3 * net))}<`);
    expect(html).toContain('3 of 3');
    expect(html.match(LEAVES)).toBeNull();
    expect(drawnPart(html).match(NO_NUMBER)).toBeNull();
    for (const { series } of readingsIn(html)) for (const { t, v } of series) expect(t).toHaveLength(v.length);
  });

  test('one run is shown as itself, and none says so', () => {
    expect(htmlReportOfRuns('x', runs.slice(0, 1))).toBe(htmlReport(runs[0]?.report ?? toyReport(), { ...SUBJECT, run: 'run-0' }));
    expect(htmlReportOfRuns('nothing', [])).toContain('nothing to show');
  });

  test('an empty run among them does no harm', () => {
    const page = htmlReportOfRuns('x', [...runs, { report: reportOf([]), subject: { ...SUBJECT, run: 'empty' } }]);
    expect(page).toContain('<b>empty</b>');
    expect(drawnPart(page).match(NO_NUMBER)).toBeNull();
  });
});

describe('the size of a page is bounded', () => {
  /** A restless run in many markets: every mid another one, and a fill at every tenth. */
  const restless = (markets: number, steps: number): RunReport => {
    const books = Array.from({ length: markets }, (_, i) => new Books(ticker(`KX-MANY-${i}`)));
    const items = function* (): Generator<RunItem> {
      for (let i = 0; i < steps; i++) {
        const own = books[i % markets] ?? new Books();
        const mid = 30 + ((i * 7919) % 4001) / 100;
        yield own.mid(i * 10, mid);
        if (i % 10 === 0) yield own.fill(i * 10, i % 20 === 0 ? 'bid' : 'ask', 1 + (i % 5), Math.round(mid));
        yield own.row(i * 10, mid, { bid: price(3000 + (i % 900)), ask: price(6000 + (i % 700)), reservation: 4000 + (i % 1000) });
      }
    };
    return reportOf(items());
  };
  const many = htmlReport(restless(60, 30_000), SUBJECT);
  test('of one market with many fills, and of many markets', () => {
    expect(htmlReport(restless(1, 25_000), SUBJECT).length).toBeLessThan(6_000_000);
    expect(many.length).toBeLessThan(6_000_000);
  });
  test('and of many runs', () => {
    const report = restless(10, 5000);
    const runs = Array.from({ length: 100 }, (_, i) => ({ report, subject: { ...SUBJECT, run: `run-${i}` } }));
    const html = htmlReportOfRuns('many', runs);
    expect(html.length).toBeLessThan(8_000_000);
    expect(html).toContain('76 further runs are in the table only');
  });
  test('and the highest and lowest mid are still drawn', () => {
    const values = readingsIn(many).flatMap(({ series }) =>
      series.filter((each) => (each as { name?: string }).name === 'mid').flatMap(({ v }) => v as number[]),
    );
    expect([Math.min(...values), Math.max(...values)]).toEqual([30, 70]);
  });
});

test('what came from outside cannot become markup', () => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const named = new RunCurves();
  named.take(new Books(ticker(evil)).fill(0, 'bid', 1, 50));
  const html = htmlReport(named.report(), { ...SUBJECT, run: '<b>"\'&', strategy: '<i>', warnings: ['<u>'], notes: [['<s>', '<q>']] });
  const drawn = htmlReport(
    { ...toyReport(), markets: toyReport().markets.map((market) => ({ ...market, ticker: ticker(evil) })) },
    { ...SUBJECT, warnings: ['the <journal> was torn'] },
  );
  const several = htmlReportOfRuns(evil, [
    { report: toyReport(), subject: { ...SUBJECT, run: evil, strategy: evil, environment: evil, build: evil } },
    { report: toyReport(), subject: { ...SUBJECT, run: evil } },
  ]);
  for (const page of [html, drawn, several]) {
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/<[biu]>"|<[sq]>/);
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
  expect(htmlReport(reportOf([]), SUBJECT)).toContain('nothing to show');
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
  test('writes amounts below zero with the sign before the dollar', () => {
    const points = [-3, -1].map((value, i) => ({ at: epochUs(START + i * 1_000_000), value }));
    const svg = lineChart(spec({ unit: ['$', ''], series: [{ name: 'x', style: 'mid', shape: 'line', points }] }));
    expect(svg).toContain('>\u2212$3');
    expect(svg).not.toContain('$\u2212');
  });

  test('over days its times have a date, and elapsed time counts from zero', () => {
    const days = lineChart(spec({ to: epochUs(START + 5 * 86_400_000_000) }));
    expect(days).toMatch(/>\d\d-\d\d 00:00</);
    expect(lineChart(spec({ from: epochUs(0), to: epochUs(3 * 3_600_000_000), isElapsed: true }))).toMatch(/>30 min</);
  });

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
  expect(duration(durationUs(10_000_000))).toBe('10 s');
  expect(duration(durationUs(60_000_000))).toBe('1 min');
  expect(duration(durationUs(200_000_000))).toBe('3 min 20 s');
  expect(duration(durationUs(7_500_000_000))).toBe('2 h 05 min');
});
