/** `kmm backtest`: recordings and runs once more, with any strategy and parameters, over fills on paper. */
import { availableParallelism } from 'node:os';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';
import { compare, PAIRINGS } from '../backtest-compare.js';
import { documentOf, type Findings } from '../backtest-document.js';
import type { LaneResult } from '../backtest-lane.js';
import { jobsOf, spanFor, type PlannedJob } from '../backtest-plan.js';
import { settingsOf } from '../backtest-points.js';
import { runJobs } from '../backtest-pool.js';
import { findSources, warningsOf, type FoundSources } from '../backtest-sources.js';
import { parseSweep, SHORT_NAMES, sweepPoints } from '../backtest-sweep.js';
import { resultLines, sourceLine, sweepLines } from '../backtest-text.js';
import { totalsOf } from '../backtest-totals.js';

export const backtestCommand: Command = {
  name: 'backtest',
  summary: 'Play recordings and runs again with any strategy.',
  description: [
    'Plays recordings of the stream and journals of runs through the same engine, risk checks and paper venue as `kmm start --env playback`, and says what the strategy would have earned. Of a run only what the market did is played: its own orders, fills and account are left out.',
    `--sweep tries several values of a key: a list (horizon=60,300,900) or a range (gamma=0.005..0.05:6, with :log for equal ratios). Several sweeps make a grid. Every point sees the same sources, markets and seed; its difference to the configured point is shown with a 95 % interval, and what is paired is named. Short names: ${[...SHORT_NAMES.keys()].join(', ')}; any key of the configuration works.`,
    'The results are the same, byte for byte, however many workers there are.',
  ].join('\n\n'),
  positionals: [
    { name: 'source', describe: 'Further recordings or folders of runs, as a shell makes of a pattern.', repeatable: true, path: true },
  ],
  options: [
    {
      name: 'from',
      value: 'path',
      repeatable: true,
      describe: 'A recording, the folder of a run, or a pattern in quotes such as "runs/*".',
    },
    { name: 'config', value: 'path', describe: 'The configuration file. Default: config.yaml where there is one.', placeholder: '<file>' },
    {
      name: 'set',
      value: 'text',
      describe: 'Set one value of the configuration, such as strategy.gamma_per_dollar=0.03.',
      placeholder: '<key=value>',
      repeatable: true,
    },
    {
      name: 'strategy',
      value: 'text',
      choices: ['avellaneda-stoikov', 'symmetric', 'fixed'],
      describe: 'How quotes are made; its numbers are in the configuration.',
    },
    { name: 'markets', value: 'text', placeholder: '<a,b>', describe: 'Only these tickers, separated by commas.' },
    { name: 'markets-file', value: 'path', describe: 'Market bodies, where a recording has no FILE.markets.json beside it.' },
    { name: 'sweep', value: 'text', placeholder: '<key=values>', repeatable: true, describe: 'Try several values of a key.' },
    {
      name: 'pair',
      value: 'text',
      choices: PAIRINGS,
      default: 'auto',
      describe: 'What differences are paired by; auto: sources where there are five, else spans of time.',
    },
    {
      name: 'span',
      value: 'duration',
      describe: 'Width of the spans of time that results are cut into (default: about sixty spans in all).',
    },
    { name: 'seed', value: 'text', default: '1', describe: 'Seed of everything that is drawn.' },
    { name: 'workers', value: 'integer', range: { low: 1, high: 256 }, describe: 'Threads (default: one per core).' },
  ],
  examples: [
    { line: 'backtest --from recording.jsonl.gz', describe: 'what the configured strategy would have earned' },
    { line: 'backtest --from "runs/*" --strategy symmetric --json', describe: 'all runs again with another strategy' },
    { line: 'backtest --from "runs/*" --sweep gamma=0.005..0.05:6 --sweep lot=5,10', describe: 'a grid of parameters' },
  ],
  run: async (context) => {
    const points = sweepPoints(context.options.texts('sweep').map(parseSweep));
    const settings = points.map((point) => settingsOf(context, point, process.env));
    const found = await lookAround(context, settings[0]?.markets.tickers ?? []);
    const span = context.options.optionalDuration('span') ?? spanFor(found.sources);
    const seed = context.options.text('seed');
    const plan = { sources: found.sources, points: settings, seed, span, workers: workersOf(context) };
    const lanes = await playAll(context, jobsOf({ ...plan, detail: 'totals' }), settings.length, plan.workers);
    const findings: Findings = {
      strategy: settings[0]?.strategy.name ?? '',
      seed,
      span,
      ...found,
      points,
      totals: lanes.map((list) => totalsOf(list, span)),
      lanes,
      comparison: points.length < 2 ? null : compare(lanes, pairingOf(context), seed),
    };
    tell(context, findings);
    return ExitCode.ok;
  },
};

const workersOf = ({ options }: CommandContext): number => options.optionalNumber('workers') ?? availableParallelism();

const pairingOf = ({ options }: CommandContext): (typeof PAIRINGS)[number] =>
  PAIRINGS.find((name) => name === options.text('pair')) ?? 'auto';

const lookAround = async (context: CommandContext, tickers: readonly string[]): Promise<FoundSources> => {
  const { options, output, positionals } = context;
  const from = [...options.texts('from'), ...positionals];
  if (from.length === 0)
    throw new CommandFailure(ExitCode.usage, 'a backtest needs something to play', {
      fix: 'name recordings or folders of runs: --from recording.jsonl.gz, --from "runs/*"',
    });
  const bar = new Progress(output, { label: 'looking', total: 1, nowMs: () => performance.now() });
  const found = await findSources({
    from,
    tickers,
    marketsFile: options.optionalText('markets-file'),
    onLooked: (done, total) => bar.update(done / total),
  });
  bar.finish();
  for (const { path, why } of found.passedOver) output.err(`[INFO] ${path} is passed over: ${why}`);
  for (const warning of warningsOf(found.sources)) output.err(`[WARNING] ${warning}`);
  return found;
};

/** @returns results by point, then by source */
const playAll = async (context: CommandContext, jobs: readonly PlannedJob[], points: number, workers: number): Promise<LaneResult[][]> => {
  const { output, signal } = context;
  const total = jobs.reduce((sum, job) => sum + job.source.items * job.points.length, 0);
  const bar = new Progress(output, { label: 'playing', total, nowMs: () => performance.now() });
  const done = new Map<number, number>();
  const started = performance.now();
  let sum = 0;
  const results = await runJobs(jobs, {
    workers,
    signal,
    onItems: (id, items) => {
      const worth = items * (jobs[id]?.points.length ?? 0);
      sum += worth - (done.get(id) ?? 0);
      done.set(id, worth);
      bar.update(sum);
    },
  });
  bar.finish();
  output.err(
    `[INFO] ${speedText(
      results.reduce((items, { items: n, lanes }) => items + n * lanes.length, 0),
      performance.now() - started,
    )}`,
  );
  const lanes: LaneResult[][] = Array.from({ length: points }, () => []);
  for (const [i, result] of results.entries()) {
    const job = jobs[i] as PlannedJob;
    for (const [k, lane] of result.lanes.entries()) (lanes[job.pointIndex + k] as LaneResult[])[job.sourceIndex] = lane;
  }
  return lanes;
};

/** Every point counts each frame for itself. */
const speedText = (items: number, ms: number): string =>
  `played ${items} frames in ${(ms / 1000).toFixed(1)} s, ${Math.round((items / Math.max(ms, 1)) * 1000)} a second`;

const tell = ({ json, output }: CommandContext, findings: Findings): void => {
  if (json) return output.json(documentOf(findings));
  const { sources, strategy, seed, lanes, totals, span, comparison, points } = findings;
  output.out(sourceLine(sources, strategy, seed));
  const [first, firstTotals] = [lanes[0], totals[0]];
  if (first !== undefined && firstTotals !== undefined) for (const line of resultLines(sources, first, firstTotals, span)) output.out(line);
  if (comparison === null) return;
  output.out('');
  for (const line of sweepLines(
    points.map(({ label }) => label),
    totals,
    comparison,
    span,
  ))
    output.out(line);
};
