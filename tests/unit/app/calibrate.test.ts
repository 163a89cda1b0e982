import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pooledOf } from '../../../src/app/calibration-pool.js';
import { configOf, yamlOf } from '../../../src/app/calibration-text.js';
import { calibrateCommand } from '../../../src/app/commands/calibrate.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { mergeConfig } from '../../../src/config/merge.js';
import { toSettings } from '../../../src/config/to-settings.js';
import { MAGIC } from '../../../src/logger/journal-frame.js';
import { makeRun, type MadeRun, type MarketTruth } from './made-runs.js';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'kmm-calibrate-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

interface Answer {
  readonly runs: readonly { readonly warnings: readonly string[] }[];
  readonly passed_over: readonly { readonly path: string; readonly why: string }[];
  readonly markets: readonly ({ readonly ticker: string; readonly fills: number; readonly notes: readonly string[] } & Record<
    string,
    unknown
  >)[];
  readonly pooled: Record<string, { readonly value: number; readonly error: number } | null>;
  readonly config: Record<string, number>;
  readonly left_out: readonly string[];
  readonly yaml: string;
  readonly error?: { readonly what: string };
}

const calibrate = async (...argv: string[]) => {
  const output = new CapturedOutput();
  const code = await dispatch([calibrateCommand], ['calibrate', ...argv], output);
  return { code, answer: output.documents[0] as Answer, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

/** 0.25 per root of an hour, six jumps an hour of 0.5, three fills a minute at fair value. */
const TRUTH: MarketTruth = { ticker: 'KXA-1', sigma: 1 / 240, jumpRate: 6 / 3600, jumpSize: 0.5, kappa: 60, intensity: 0.05 };
const RUN: MadeRun = { seed: 1, hours: 6, markets: [TRUTH, { ...TRUTH, ticker: 'KXB-1' }], distances: [0.5, 1, 1.5, 2.5] };
const SHORT: MadeRun = { ...RUN, hours: 0.1 };

describe('runs in markets with known parameters', () => {
  test('give them back within three of the stated errors, per market and pooled, as configuration that is taken', async () => {
    makeRun(join(out, 'a'), RUN);
    makeRun(join(out, 'b'), { ...RUN, seed: 2, hours: 3 });
    const { code, answer } = await calibrate('--from', join(out, '*'), '--json');
    expect(code).toBe(0);
    const truth: Record<string, number> = {
      belief_volatility_per_sqrt_hour: 0.25,
      jumps_per_hour: 6,
      jump_size_log_odds: 0.5,
      kappa_per_dollar: 60,
      fills_per_minute: 3,
    };
    for (const of of [...answer.markets, answer.pooled] as readonly Record<string, unknown>[])
      for (const [key, value] of Object.entries(truth)) {
        const found = of[key] as { readonly value: number; readonly error: number };
        const told = `${key} ${found.value} +- ${found.error}`;
        expect([told, Math.abs(found.value - value) < 3 * found.error, found.error < 0.4 * value]).toEqual([told, true, true]);
      }
    expect(answer.markets.map(({ ticker, notes }) => [ticker, notes])).toEqual([
      ['KXA-1', []],
      ['KXB-1', []],
    ]);
    const { estimators } = toSettings(mergeConfig({ file: { name: 'c.yaml', text: answer.yaml }, variables: {}, overrides: [] }).config);
    expect(estimators.fills.decay).toBe(answer.config['strategy.kappa_per_dollar']);
    expect(estimators.belief.prior * 60).toBeCloseTo(answer.pooled['belief_volatility_per_sqrt_hour']?.value ?? NaN, 3);
    expect(estimators.jumps.rate * 3600).toBeCloseTo(answer.pooled['jumps_per_hour']?.value ?? NaN, 2);
  });

  test('are a table with errors for people, and a file for --config', async () => {
    makeRun(join(out, 'a'), { ...RUN, hours: 2 });
    const file = join(out, 'calibrated.yaml');
    const { code, stdout, stderr } = await calibrate('--from', join(out, 'a'), '--out', file);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^market +hours +volatility\/sqrt h +jumps\/h +of size +fills +kappa\/\$ +fills\/min/);
    expect(stdout).toMatch(/KXA-1 +2\.0 +0\.\d+\+-0\.0\d+ /);
    expect(stdout).toContain(`written to ${file}`);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Estimated by kmm calibrate .* from 1 runs and 2 markets\.\n/);
    expect(() => mergeConfig({ file: { name: file, text: readFileSync(file, 'utf8') }, variables: {}, overrides: [] })).not.toThrow();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a folder of runs, names and a pattern are the same runs, each once', async () => {
    makeRun(join(out, 'a'), SHORT);
    makeRun(join(out, 'b'), { ...SHORT, seed: 2 });
    const asked = [
      ['--from', out],
      ['--from', join(out, '*')],
      ['--from', join(out, 'a'), join(out, 'b')],
      ['--from', join(out, 'a'), '--from', join(out, 'b'), join(out, 'a')],
    ];
    const answers = [];
    for (const argv of asked) answers.push((await calibrate(...argv, '--json')).answer);
    expect(answers[0]?.runs).toHaveLength(2);
    for (const answer of answers.slice(1)) expect(answer.markets).toEqual(answers[0]?.markets);
  });
});

describe('what cannot be estimated is said and left out', () => {
  test('too few fills: kappa and fills keep their present values', async () => {
    makeRun(join(out, 'a'), { ...RUN, hours: 1, markets: [{ ...TRUTH, intensity: 0.001 }] });
    const { code, answer } = await calibrate('--from', join(out, 'a'), '--json');
    expect(code).toBe(0);
    expect(answer.markets[0]?.notes.join()).toMatch(/too few fills: \d+ of 20/);
    expect(Object.keys(answer.config)).not.toContain('strategy.kappa_per_dollar');
    expect(answer.left_out).toContain('strategy.kappa_per_dollar could not be estimated: its present value stays');
  });

  test('fills at one distance only tell no kappa', async () => {
    makeRun(join(out, 'a'), { ...RUN, hours: 1, distances: [1] });
    const { answer } = await calibrate('--from', join(out, 'a'), '--json');
    expect(answer.markets[0]?.fills).toBeGreaterThan(100);
    expect(answer.markets[0]?.notes).toContain('fills at too few distances: kappa cannot be told from them');
  });

  test('a value beyond what the configuration takes is told, not written; a low volatility takes its floor along', () => {
    const estimate = (value: number) => ({ value, error: value / 10 });
    const pooled = { volatility: estimate(0.06 / 60), jumpRate: null, jumpSize: null, decay: estimate(2000), intensity: null };
    const config = configOf(pooled);
    expect(config.left[0]).toBe(
      'strategy.kappa_per_dollar: estimated 2000, and the configuration takes a number per dollar from 1 to 1000',
    );
    const text = yamlOf(config, 'test');
    expect(text).toContain('belief_volatility_floor_per_sqrt_hour: 0.006');
    expect(() => mergeConfig({ file: { name: 'c.yaml', text }, variables: {}, overrides: [] })).not.toThrow();
  });

  test('a run that is too short for anything ends in a failure that says why, market by market', async () => {
    makeRun(join(out, 'a'), { ...SHORT, hours: 0.02 });
    const { code, stderr } = await calibrate('--from', join(out, 'a'));
    expect(code).toBe(2);
    expect(stderr).toContain('KXA-1: too few samples of the mid');
    expect(stderr).toContain('fix: trade for longer, or name more runs');
  });
});

describe('bad input', () => {
  test.each([
    ['nothing named', [], 2, 'there is nothing to calibrate from'],
    ['a folder that is not there', ['--from', 'no-such-folder'], 2, 'there is no file or folder no-such-folder'],
    ['a pattern that matches nothing', ['--from', 'no-such-*'], 2, 'nothing matches no-such-*'],
  ])('%s', async (_, argv, code, text) => {
    const answer = await calibrate(...argv);
    expect([answer.code, answer.stderr.includes(text)]).toEqual([code, true]);
  });

  test('a folder without a journal, a recording of the stream, an empty journal: none of them is a run', async () => {
    mkdirSync(join(out, 'empty'));
    writeFileSync(join(out, 'recording.jsonl'), '{"type":"orderbook_snapshot"}\n');
    mkdirSync(join(out, 'born'));
    writeFileSync(join(out, 'born', 'journal-000001.bin'), '');
    const { code, stderr } = await calibrate(
      '--from',
      join(out, 'empty'),
      '--from',
      join(out, 'recording.jsonl'),
      '--from',
      join(out, 'born'),
    );
    expect(code).toBe(9);
    expect(stderr).toContain('empty: a folder without a journal');
    expect(stderr).toContain('recording.jsonl: a file, not the folder of a run; play a recording first');
    expect(stderr).toContain('born: nothing was ever recorded in it');
  });

  test('a run in which nothing was decided is passed over', async () => {
    makeRun(join(out, 'a'), { ...SHORT, hours: 0 });
    makeRun(join(out, 'b'), { ...RUN, hours: 1 });
    const { code, answer } = await calibrate('--from', out, '--json');
    expect([code, answer.passed_over.map(({ why }) => why), answer.runs.length]).toEqual([0, ['nothing was decided in it'], 1]);
  });

  test('a journal of another format is passed over with its number', async () => {
    makeRun(join(out, 'a'), SHORT);
    const path = join(out, 'a', 'journal-000001.bin');
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(99, MAGIC.length);
    writeFileSync(path, bytes);
    const { code, stderr } = await calibrate('--from', join(out, 'a'));
    expect([code, stderr.includes('format 99')]).toEqual([9, true]);
  });

  test('a torn journal counts to its last whole record, a damaged one up to the damage, and both say so', async () => {
    makeRun(join(out, 'torn'), { ...RUN, hours: 2, closed: false });
    makeRun(join(out, 'damaged'), { ...RUN, hours: 2 });
    const [torn, damaged] = ['torn', 'damaged'].map((name) => join(out, name, 'journal-000001.bin')) as [string, string];
    truncateSync(torn, statSync(torn).size - 5);
    const bytes = readFileSync(damaged);
    const middle = Math.floor(bytes.length * 0.9);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(damaged, bytes);
    const { code, answer } = await calibrate('--from', join(out, 'torn'), join(out, 'damaged'), '--json');
    expect([code, answer.runs.length]).toEqual([0, 2]);
    expect(answer.runs[0]?.warnings[0]).toContain('is torn and left out');
    expect(answer.runs[1]?.warnings[0]).toContain('counts up to the damage only');
  });

  test('an interruption ends it', async () => {
    makeRun(join(out, 'a'), { ...RUN, hours: 3 });
    const stop = new AbortController();
    stop.abort('SIGINT');
    const output = new CapturedOutput();
    expect(await dispatch([calibrateCommand], ['calibrate', '--from', join(out, 'a')], output, { signal: stop.signal })).toBe(130);
  });

  test('a terminal sees how far it is', async () => {
    makeRun(join(out, 'a'), { ...RUN, hours: 3 });
    const output = new CapturedOutput(true);
    await dispatch([calibrateCommand], ['calibrate', '--from', join(out, 'a')], output);
    expect(output.drawn).toMatch(/reading \[#*-*\] +\d+ % +\d+:\d\d left/);
  });
});

describe('several markets as one', () => {
  test('count by what they know', () => {
    const pooled = pooledOf([
      { value: 50, error: 5 },
      { value: 60, error: 60 },
    ]);
    expect(pooled?.value).toBeCloseTo(50 * (60 / 50) ** (1 / 101), 9);
    expect((pooled?.error ?? 0) / (pooled?.value ?? 1)).toBeCloseTo(1 / Math.sqrt(101), 9);
  });

  test('that are not alike make the error larger', () => {
    const pooled = pooledOf([
      { value: 20, error: 1 },
      { value: 80, error: 4 },
    ]);
    expect(pooled?.value).toBeCloseTo(40, 9);
    expect((pooled?.error ?? 0) / (pooled?.value ?? 1)).toBeCloseTo(Math.log(2), 9);
  });

  test('without an error, or without a value, say nothing', () => {
    expect([pooledOf([]), pooledOf([{ value: 5, error: null }]), pooledOf([{ value: 0, error: 1 }])]).toEqual([null, null, null]);
  });
});
