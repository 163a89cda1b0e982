import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { experimentsCommand } from '../../../src/app/commands/experiments.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { runJobs } from '../../../src/research/worker-client.js';

const out = mkdtempSync(join(tmpdir(), 'kmm-experiments-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const experiments = async (...argv: string[]) => {
  const output = new CapturedOutput();
  const code = await dispatch([experimentsCommand], ['experiments', ...argv], output);
  return { code, documents: output.documents, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

describe('kmm experiments', () => {
  test('--json of one experiment has its rows at the top', async () => {
    const { code, documents } = await experiments('--only', 'as2008', '--paths', '50', '--json');
    expect(code).toBe(0);
    expect(documents).toEqual([expect.objectContaining({ request: { paths: 50, seeds: null, seed: '1' }, as2008: expect.anything() })]);
    const { rows } = documents[0] as { readonly rows: readonly Record<string, unknown>[] };
    expect(rows.map((row) => Object.keys(row))).toEqual(
      Array.from({ length: 6 }, () => ['gamma', 'strategy', 'paths', 'spread', 'profit_mean', 'profit_sd', 'q_mean', 'q_sd']),
    );
  });

  test('prints the published rows beside ours, and writes a page that loads nothing', async () => {
    const file = join(out, 'page.html');
    const { stdout } = await experiments('--only', 'as2008', '--paths', '50', '--html', file);
    expect(stdout).toMatch(/0\.1 +inventory +published +1000 +- +65\.00 +6\.60/);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('<td>symmetric</td>');
    expect(page).not.toMatch(/(src|href)="http/);
  });

  test('another seed gives other numbers, the same one the same', async () => {
    const rowsOf = async (seed: string) => (await experiments('--only', 'as2008', '--paths', '50', '--json', '--seed', seed)).documents;
    expect(await rowsOf('2')).toEqual(await rowsOf('2'));
    expect(await rowsOf('2')).not.toEqual(await rowsOf('3'));
  });

  test.each([
    [['--only', 'nothing'], 2, 'only'],
    [['--paths', '1'], 2, 'paths'],
    [['--only', 'as2008', '--set', 'strategy.modle=x'], 3, 'did you mean strategy.model'],
    [['--only', 'as2008', '--paths', '2', '--html', join(out, 'missing', 'page.html')], 9, 'name a file in a folder that exists'],
  ])('%j ends with %i', async (argv, code, words) => {
    const told = await experiments(...argv);
    expect(told.code).toBe(code);
    expect(told.stderr).toContain(words);
  });

  test('that is interrupted says so and gives no figures', async () => {
    const jobs = [{ experiment: 'as2008', job: { gamma: 0.1, strategy: 'inventory', chunk: 0, paths: 2, seed: '1' } }] as const;
    const run = { workers: 1, signal: AbortSignal.abort(), onDone: () => {} };
    await expect(runJobs(jobs, run)).rejects.toThrow('interrupted');
  });
});
