/** `kmm backtest`: recordings and runs once more, with any strategy and parameters, over fills on paper. */
import { availableParallelism } from 'node:os';
import type { Command, CommandContext } from '../../cli/command.js';
import { DURATION_SHAPE, parseDuration } from '../../cli/duration.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';
import { STRATEGIES } from '../../config/schema.js';
import type { Settings } from '../../config/settings.js';
import type { DurationUs } from '../../domain/units.js';
import { htmlReportOfRuns } from '../../report/html-report.js';
import { compare, PAIRINGS } from '../backtest-compare.js';
import { documentOf, type Findings } from '../backtest-document.js';
import { backtestPage } from '../backtest-html.js';
import type { Job, JobResult } from '../backtest-job.js';
import type { LaneResult } from '../backtest-lane.js';
import { drawsRuns, jobsOf, spanFor } from '../backtest-plan.js';
import { settingsOf } from '../backtest-points.js';
import { runJobs } from '../backtest-pool.js';
import { findSources, warningsOf, type FoundSources } from '../backtest-sources.js';
import { parseSweep, SHORT_NAMES, sweepPoints } from '../backtest-sweep.js';
import { bestLines, resultLines, sourceLine, sweepLines } from '../backtest-text.js';
import { totalsOf } from '../backtest-totals.js';
import { walkLines } from '../backtest-walk-text.js';
import { CRITERIA, walkForward, type Walk } from '../backtest-walk.js';
import { BUILD } from '../build.js';
import { systemFiles } from '../system-files.js';

export const backtestCommand: Command = {
  name: 'backtest',
  summary: 'Play recordings and runs again with any strategy.',
  description: [
    'Plays recordings of the stream and journals of runs through the same engine, risk checks and paper venue as `kmm start --env playback`, and says what the strategy would have earned. Of a run only what the market did is played: its own orders, fills and account are left out.',
    `--sweep tries several values of a key: a list (horizon=60,300,900) or a range (gamma=0.005..0.05:6, with :log for equal ratios). Several sweeps make a grid. Every point sees the same sources, markets and seed; its difference to the configured point is shown with a 95 % interval, and what is paired is named. Short names: ${[...SHORT_NAMES.keys()].join(', ')}; any key of the configuration works.`,
    '--walk-forward 4h/1h chooses the best point on four hours of recorded time and judges it on the next one, then moves on by an hour, and so on; only what was not chosen on is counted.',
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
      choices: STRATEGIES,
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
      name: 'walk-forward',
      value: 'text',
      placeholder: '<train/test>',
      describe: 'Choose on one stretch of recorded time, judge on the next, such as 4h/1h.',
    },
    { name: 'criterion', value: 'text', choices: CRITERIA, default: 'net', describe: 'What the choice of a walk-forward goes by.' },
    {
      name: 'span',
      value: 'duration',
      describe: 'Width of the spans of time that results are cut into (default: about sixty spans in all).',
    },
    { name: 'seed', value: 'text', default: '1', describe: 'Seed of everything that is drawn.' },
    { name: 'workers', value: 'integer', range: { low: 1, high: 256 }, describe: 'Threads (default: one per core).' },
    { name: 'html', value: 'path', describe: 'Write the result as one self-contained HTML file.' },
  ],
  examples: [
    { line: 'backtest --from recording.jsonl.gz', describe: 'what the configured strategy would have earned' },
    { line: 'backtest --from "runs/*" --strategy symmetric --json', describe: 'all runs again with another strategy' },
    { line: 'backtest --from "runs/*" --sweep gamma=0.005..0.05:6 --sweep lot=5,10', describe: 'a grid of parameters' },
    { line: 'backtest --from "runs/*" --sweep gamma=0.01,0.1 --walk-forward 4h/1h', describe: 'judged on what it has not seen' },
  ],
  run: async (context) => {
    const walk = walkOption(context);
    const points = sweepPoints(context.options.texts('sweep').map(parseSweep));
    if (walk !== null && points.length === 1)
      throw new CommandFailure(ExitCode.usage, 'option --walk-forward has nothing to choose from', {
        fix: 'name what to try with --sweep',
      });
    const settings = points.map((point) => settingsOf(context, point, process.env));
    const sources = await lookAround(context, settings[0]?.markets.tickers ?? []);
    const found = await playAll(context, sources, settings, walk);
    const lanes = found.lanes;
    tell(context, {
      ...sources,
      ...found,
      strategy: settings[0]?.strategy.name ?? '',
      points,
      totals: lanes.map((list) => totalsOf(list, found.span)),
      comparison: points.length < 2 ? null : compare(lanes, pairingOf(context), found.seed),
    });
    return ExitCode.ok;
  },
};

interface WalkSpans {
  readonly train: DurationUs;
  readonly test: DurationUs;
}

const walkOption = ({ options }: CommandContext): WalkSpans | null => {
  const text = options.optionalText('walk-forward');
  if (text === null) return null;
  const [train, test, ...more] = text.split('/').map((part) => parseDuration(part.trim()));
  if (train === undefined || test === undefined || train === null || test === null || train <= 0 || test <= 0 || more.length > 0)
    throw new CommandFailure(ExitCode.usage, `option --walk-forward: expected two spans with a slash between them, got ${text}`, {
      fix: `write for instance 4h/1h; a span is ${DURATION_SHAPE}`,
    });
  return { train, test };
};

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
  const marketsFile = options.optionalText('markets-file');
  const found = await findSources({ from, tickers, marketsFile, onLooked: (done, total) => bar.update(done / total) });
  bar.finish();
  for (const { path, why } of found.passedOver) output.err(`[INFO] ${path} is passed over: ${why}`);
  for (const warning of warningsOf(found.sources)) output.err(`[WARNING] ${warning}`);
  return found;
};

interface Played {
  readonly seed: string;
  readonly span: DurationUs;
  /** By point, then by source. */
  readonly lanes: readonly (readonly LaneResult[])[];
  readonly walk: Walk | null;
}

const playAll = async (
  context: CommandContext,
  { sources }: FoundSources,
  points: readonly Settings[],
  walk: WalkSpans | null,
): Promise<Played> => {
  const { options } = context;
  const workers = options.optionalNumber('workers') ?? availableParallelism();
  const seed = options.text('seed');
  const span = options.optionalDuration('span') ?? spanFor(sources);
  const run = (jobs: readonly Job[], what: string): Promise<readonly JobResult[]> => runWithBar(context, jobs, what, workers);
  const jobs = jobsOf({ sources, points, seed, span, workers });
  const lanes: LaneResult[][] = points.map(() => []);
  for (const [i, result] of (await run(jobs, 'playing')).entries())
    for (const [k, lane] of result.lanes.entries()) {
      const { pointIndex = 0, sourceIndex = 0 } = jobs[i] ?? {};
      (lanes[pointIndex + k] as LaneResult[])[sourceIndex] = lane;
    }
  const criterion = CRITERIA.find((name) => name === options.text('criterion')) ?? 'net';
  return { seed, span, lanes, walk: walk === null ? null : await walkForward({ sources, points, seed, span, ...walk, criterion, run }) };
};

const runWithBar = async (context: CommandContext, jobs: readonly Job[], label: string, workers: number): Promise<readonly JobResult[]> => {
  const { output, signal } = context;
  const total = jobs.reduce((sum, job) => sum + job.source.items * job.points.length, 0);
  const bar = new Progress(output, { label, total, nowMs: () => performance.now() });
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
  const frames = results.reduce((items, result) => items + result.items * result.lanes.length, 0);
  const ms = Math.max(1, performance.now() - started);
  // Every point counts each frame for itself.
  output.err(`[INFO] ${label}: ${frames} frames in ${(ms / 1000).toFixed(1)} s, ${Math.round((frames / ms) * 1000)} a second`);
  return results;
};

const tell = (context: CommandContext, findings: Findings): void => {
  const { json, output, options } = context;
  const html = options.optionalText('html');
  if (html !== null) writePage(html, pageOf(findings));
  if (json) return output.json(documentOf(findings));
  const { sources, strategy, seed, lanes, totals, span, comparison, points, walk } = findings;
  const labels = points.map(({ label }) => label);
  const [first, firstTotals] = [lanes[0], totals[0]];
  if (first === undefined || firstTotals === undefined) return;
  const lines = [
    sourceLine(sources, strategy, seed),
    ...resultLines(sources, first, firstTotals, span),
    ...(comparison === null ? [] : ['', ...sweepLines(labels, totals, comparison, span)]),
    ...(walk === null ? [] : ['', ...walkLines(walk, labels)]),
    ...(html === null ? [] : [`report written to ${html}`]),
  ];
  for (const line of lines) output.out(line);
};

/** Few runs of one point have curves of their own; of many there is the comparison. */
const pageOf = (findings: Findings): string => {
  const { sources, lanes, points, strategy, comparison } = findings;
  const warnings = warningsOf(sources);
  if (drawsRuns(sources, points)) {
    const runs = sources.flatMap((source, i) => {
      const report = lanes[0]?.[i]?.report;
      return report === undefined
        ? []
        : [{ report, subject: { run: source.path, environment: 'backtest', build: BUILD, strategy, warnings } }];
    });
    return htmlReportOfRuns(`Backtest of ${strategy}`, runs);
  }
  const labels = points.map(({ label }) => label);
  return backtestPage(findings, { build: BUILD, warnings, verdict: comparison === null ? [] : bestLines(labels, comparison) });
};

const writePage = (path: string, page: string): void => {
  try {
    systemFiles.replace(path, page, 'kernel');
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: error instanceof Error ? error.message : String(error),
      fix: 'name another file with --html',
      cause: error,
    });
  }
};
