/** `kmm experiments`: the measurements behind what the documentation says of the models, run again on this machine. */
import { writeFileSync } from 'node:fs';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';
import { ConfigError } from '../../config/issue.js';
import { mergeConfig } from '../../config/merge.js';
import type { Settings } from '../../config/settings.js';
import type { Override } from '../../config/text-source.js';
import { toSettings } from '../../config/to-settings.js';
import { millis } from '../../domain/units.js';
import { htmlPage } from '../../report/html-page.js';
import { escapeHtml } from '../../report/html-text.js';
import type { BotSettings } from '../../research/crowd/bot-settings.js';
import type { Experiment, Report, Request } from '../../research/experiment.js';
import { EXPERIMENTS } from '../../research/suite.js';
import { ExperimentError, runJobs } from '../../research/worker-client.js';
import { configFailure, overrideOf } from '../config-options.js';

const NAMES = EXPERIMENTS.map((experiment) => experiment.name);

export const experimentsCommand: Command = {
  name: 'experiments',
  summary: 'Measure the models: published tables, simulated markets, the crowd, paper against truth.',
  description: [
    'Runs the experiments of docs/experiments.md with the strategies of this program in the loop and prints their tables. The same seed gives the same figures on every machine and with any number of workers; without options the figures are the published ones.',
    'as2008 repeats the simulation of Avellaneda and Stoikov (2008). models repeats the tables of the quoting reference. bots runs the whole bot with each strategy among the crowd of the simulated exchange, in virtual time. fidelity holds what paper fills against what truly fills there.',
  ].join('\n\n'),
  options: [
    { name: 'only', value: 'text', choices: NAMES, describe: 'Run this experiment alone.' },
    { name: 'paths', value: 'integer', range: { low: 2, high: 10_000_000 }, describe: 'Simulated paths (default: as published).' },
    { name: 'seeds', value: 'integer', range: { low: 2, high: 100_000 }, describe: 'Crowds to meet (default: as published).' },
    {
      name: 'set',
      value: 'text',
      placeholder: '<key=value>',
      repeatable: true,
      describe: 'Change one value of the shipped configuration for bots and fidelity, such as strategy.model=symmetric.',
    },
    { name: 'seed', value: 'text', default: '1', describe: 'Where all chance comes from.' },
    { name: 'workers', value: 'integer', default: '1', range: { low: 1, high: 64 }, describe: 'Threads that work.' },
    { name: 'html', value: 'path', placeholder: '<file>', describe: 'Write tables and pictures as one page that opens offline.' },
  ],
  examples: [
    { line: 'experiments', describe: 'everything, as published' },
    { line: 'experiments --only as2008 --json', describe: 'one table for a program' },
    {
      line: 'experiments --only fidelity --set strategy.model=symmetric',
      describe: 'paper with another strategy',
    },
    { line: 'experiments --workers 2 --html experiments.html', describe: 'faster, and as a page' },
  ],
  run: async (context) => {
    const { options, output, json } = context;
    const only = options.optionalText('only');
    const request = requestOf(context);
    const reports: { readonly experiment: Experiment; readonly report: Report }[] = [];
    for (const experiment of EXPERIMENTS.filter(({ name }) => only === null || name === only)) {
      const report = await runOne(context, experiment, request);
      reports.push({ experiment, report });
      if (!json) for (const line of [experiment.title, '', ...report.text, '']) output.out(line);
    }
    const file = options.optionalText('html');
    if (file !== null) write(file, pageOf(reports));
    if (json) output.json(documentOf(request, reports));
    return ExitCode.ok;
  },
};

/** The default first. */
const MODELS = ['bounded', 'avellaneda-stoikov', 'glft', 'logit', 'symmetric', 'fixed'] as const;

const requestOf = ({ options }: CommandContext): Request => {
  const set = options.texts('set').map(overrideOf);
  const chosen = settingsOf(set);
  return {
    paths: options.optionalNumber('paths'),
    seeds: options.optionalNumber('seeds'),
    seed: options.text('seed'),
    bot: botSettings(chosen),
    strategy: chosen.strategy,
    contenders: MODELS.map((name) => ({ name, strategy: settingsOf([...set, modelIs(name)]).strategy })),
  };
};

const modelIs = (name: string): Override => ({ key: 'strategy.model', flag: 'set', text: name });

/** The configuration as it is shipped and what the command line changes: what is published must not depend on a file of the reader's. */
export const settingsOf = (overrides: readonly Override[]): Settings => {
  try {
    return toSettings(mergeConfig({ file: null, variables: {}, overrides }).config);
  } catch (error) {
    throw error instanceof ConfigError ? configFailure(error) : error;
  }
};

export const botSettings = (settings: Settings): BotSettings => ({
  engine: settings.engine,
  execution: settings.execution,
  risk: settings.risk,
  estimators: settings.estimators,
  protection: settings.protection,
  signals: { ageMax: settings.alpha.ageMax, shiftMax: settings.alpha.shiftMax },
  // The crowd's fair price moves as often. Facts are decided upon as they come, whatever the tick.
  tick: millis(200),
  balance: settings.paper.balance,
  paper: { cancels: settings.paper.cancels, splitPower: settings.paper.splitPower, takenFor: settings.paper.takenFor },
});

const runOne = async ({ options, output, signal }: CommandContext, experiment: Experiment, request: Request): Promise<Report> => {
  const jobs = experiment.jobs(request);
  const bar = new Progress(output, { label: experiment.name, total: jobs.length, nowMs: () => performance.now() });
  try {
    const results = await runJobs(jobs, { workers: options.number('workers'), signal, onDone: (done) => bar.update(done) });
    return experiment.report(request, results);
  } catch (error) {
    if (error instanceof ExperimentError && error.code === 'INTERRUPTED')
      throw new CommandFailure(ExitCode.interrupted, `${experiment.name} was interrupted`, {
        fix: 'run it again; --paths and --seeds make it shorter',
        cause: error,
      });
    throw error;
  } finally {
    bar.finish();
  }
};

type Reports = readonly { readonly experiment: Experiment; readonly report: Report }[];

/** One experiment's rows also stand at the top, where scripts look for them. */
const documentOf = ({ paths, seeds, seed }: Request, reports: Reports): object => ({
  request: { paths, seeds, seed },
  ...(reports.length === 1 ? { rows: reports[0]?.report.document.rows } : {}),
  ...Object.fromEntries(reports.map(({ experiment, report }) => [experiment.name, report.document])),
});

const pageOf = (reports: Reports): string =>
  htmlPage(
    'Experiments',
    `<main><header><p class="eyebrow">kmm experiments</p><h1>Experiments</h1><p>${escapeHtml(NAMES.join(', '))}</p></header>${reports.map(({ report }) => report.html).join('')}</main>`,
  );

const write = (file: string, text: string): void => {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CommandFailure(ExitCode.storage, `cannot write ${file}`, {
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'name a file in a folder that exists and can be written',
      cause,
    });
  }
};
