import { describe, expect, test } from 'vitest';
import { botSettings, settingsOf as shipped } from '../../../src/app/commands/experiments.js';
import { dollarsOfCash, later, millis, seconds } from '../../../src/domain/units.js';
import { botRows } from '../../../src/research/bots-report.js';
import { runBots } from '../../../src/research/bots.js';
import { STARTS_AT } from '../../../src/research/crowd/crowd-world.js';
import { figuresOf } from '../../../src/research/crowd/ledger.js';
import { runPaper } from '../../../src/research/crowd/paper-run.js';
import { runTruth, type RunTerms } from '../../../src/research/crowd/truth-run.js';
import { fidelityRows } from '../../../src/research/fidelity-report.js';
import { runFidelity } from '../../../src/research/fidelity.js';

const settingsOf = (model: string) => shipped([{ key: 'strategy.model', flag: 'set', text: model }]);
const bot = botSettings(settingsOf('symmetric'));
/** Long enough to be filled, past the last seconds in which the bot only reduces. */
const LASTS = seconds(240);
const terms = (seed: string, model = 'symmetric'): RunTerms => ({
  seed,
  lasts: LASTS,
  delay: millis(20),
  bot,
  strategy: settingsOf(model).strategy,
});

describe('the bot among the crowd', () => {
  const run = runTruth(terms('a'));

  test('trades, and is never halted', () => {
    expect(run.halted).toBeNull();
    expect(run.fills.length).toBeGreaterThan(20);
    expect(run.uptime).toBeGreaterThan(0.3);
  });

  test('earns by its own fills what the exchange has paid out, to the cent of the settlement', () => {
    expect(Math.abs(figuresOf(run).pnl - dollarsOfCash(run.earned))).toBeLessThan(0.01);
  });

  test('does the same again with the same seed, and something else with another', () => {
    expect(runTruth(terms('a')).fills).toEqual(run.fills);
    expect(runTruth(terms('b')).fills).not.toEqual(run.fills);
  });

  test('does not change what the crowd thinks', () => {
    const paper = runPaper(terms('a'), 'queue', { sent: [], fills: [] });
    const moments = Array.from({ length: 240 }, (_, i) => later(STARTS_AT, seconds(i)));
    expect(moments.map((at) => paper.fair.at(at))).toEqual(moments.map((at) => run.fair.at(at)));
    expect(paper.settlement).toBe(run.settlement);
  });

  test('gives the same row for ever', () => {
    const contenders = ['symmetric', 'bounded'].map((name) => ({ name, strategy: settingsOf(name).strategy }));
    const results = ['a', 'b', 'c'].map((seed) => runBots({ seed, bot, contenders, lasts: LASTS }));
    const [first, second] = botRows(contenders, results);
    expect(first).toMatchObject({ strategy: 'symmetric', seeds: 3, halted: 0, beyond_default: null });
    expect([first?.pnl, first?.sd, first?.fills].map((value) => value?.toFixed(4))).toEqual(['10.5822', '3.5566', '94.0000']);
    const [low, high] = second?.beyond_default_ci ?? [0, 0];
    expect(second?.beyond_default).toBeCloseTo((low + high) / 2, 9);
    expect(second?.max_q).toBeLessThan(first?.max_q ?? 0);
  });
});

describe('paper', () => {
  test('without commands is never filled', () => {
    expect(runPaper(terms('a'), 'optimistic', { sent: [], fills: [] }).fills).toEqual([]);
  });

  test('that is handed the real commands finds some of the real fills, and the feed cannot show them all', () => {
    const result = runFidelity({ seed: 'a', bot, strategy: terms('a').strategy, lasts: LASTS });
    for (const row of fidelityRows('commands', [result])) {
      expect(row.recall).toBeGreaterThan(0.2);
      expect(row.recall_most).toBeGreaterThanOrEqual(row.recall - 1e-9);
      expect(row.recall_most).toBeLessThan(1);
    }
  });

  test('gives the same row for ever', () => {
    const results = ['a', 'b'].map((seed) => runFidelity({ seed, bot, strategy: terms(seed).strategy, lasts: LASTS }));
    const row = fidelityRows('bot', results).find(({ model }) => model === 'queue');
    expect(row).toMatchObject({ seeds: 2, standing: null, recall_most: null });
    expect([row?.precision, row?.recall, row?.size_error, row?.time_error_ms, row?.pnl_bias].map((value) => value?.toFixed(4))).toEqual([
      '0.8497',
      '0.5718',
      '0.0963',
      '16.7648',
      '-0.3265',
    ]);
  });
});
