import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runJob, type JobResult } from '../../../src/app/backtest-job.js';
import { gridBetween } from '../../../src/app/backtest-plan.js';
import { findSources, type Source } from '../../../src/app/backtest-sources.js';
import { mergeConfig } from '../../../src/config/merge.js';
import { toSettings } from '../../../src/config/to-settings.js';
import { epochUs, later, seconds, type EpochUs } from '../../../src/domain/units.js';
import { madeLines } from '../../support/made-recording.js';

const folder = mkdtempSync(join(tmpdir(), 'kmm-job-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = toSettings(mergeConfig({ file: null, variables: {}, overrides: [] }).config);
let source: Source;
beforeAll(async () => {
  const path = join(folder, 'made.jsonl');
  writeFileSync(path, `${madeLines({ steps: 400 }).join('\n')}\n`);
  const { sources } = await findSources({ from: [path], tickers: [], marketsFile: null, onLooked: () => undefined });
  const [found] = sources;
  if (found === undefined) throw new Error('no source');
  source = found;
});

const played = (window: { readonly from: EpochUs; readonly to: EpochUs } | null): Promise<JobResult> =>
  runJob(
    {
      id: 0,
      source,
      points: [settings],
      seed: '1',
      blocks: gridBetween(window?.from ?? source.firstAt, window?.to ?? source.lastAt, seconds(7)),
      window,
      detail: 'full',
    },
    () => true,
  );

describe('the spans of a result', () => {
  test('sum to the result of the whole, and there is one for every seven seconds', async () => {
    const { lanes } = await played(null);
    const [lane] = lanes;
    expect(lane?.blocks.length).toBe(12);
    expect(lane?.report.total.fills).toBeGreaterThan(10);
    expect(lane?.blocks.reduce<number>((sum, net) => sum + net, 0)).toBe(lane?.report.total.parts.net);
  });
});

describe('a window', () => {
  const from = (): EpochUs => later(source.firstAt, seconds(30));
  const to = (): EpochUs => later(source.firstAt, seconds(60));

  test('is all in which something is quoted, filled and counted', async () => {
    const { lanes } = await played({ from: from(), to: to() });
    const report = lanes[0]?.report;
    expect(report?.total.fills).toBeGreaterThan(0);
    const times = report?.markets.flatMap(({ marks }) => marks.map(({ at }) => at)) ?? [];
    expect(Math.min(...times)).toBeGreaterThanOrEqual(from());
    expect(Math.max(...times)).toBeLessThanOrEqual(to());
    expect(report?.from).toBeGreaterThanOrEqual(from());
    // Quoted from its first moment on: the books were there already.
    expect(report?.total.bothSidesShare).toBeGreaterThan(0.9);
  });

  test('from the beginning on is the beginning of the whole', async () => {
    const [whole] = (await played(null)).lanes;
    const [part] = (await played({ from: source.firstAt, to: epochUs(source.lastAt) })).lanes;
    expect(part?.report.total.fills).toBe(whole?.report.total.fills);
    expect(part?.report.total.parts).toEqual(whole?.report.total.parts);
  });
});

test('what is given up in the middle ends in good order: nothing of ours is left', async () => {
  const lines = {
    id: 0,
    source,
    points: [settings],
    seed: '1',
    blocks: gridBetween(source.firstAt, source.lastAt, seconds(7)),
    window: null,
  };
  const { lanes, items } = await runJob({ ...lines, detail: 'totals' }, () => false);
  expect([items, lanes[0]?.left]).toEqual([Math.min(1000, source.items), 0]);
});
