/** `kmm replay`: what a run earned, from its records; with `--verify` every decision again. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { JournalReader } from '../../logger/journal-reader.js';
import type { JournalHeader } from '../../logger/journal-segment.js';
import { describeDifference, verify, type Verification } from '../../replay/verify.js';
import { htmlReportOfRuns } from '../../report/html-report.js';
import { documentOf } from '../../report/run-document.js';
import { textOf } from '../../report/run-text.js';
import { BUILD } from '../build.js';
import { makeEngine, type EngineRecipe } from '../engine-recipe.js';
import { openRun, readRun, storageFailure, type ReadRun } from '../system-records.js';
import { systemFiles } from '../system-files.js';

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Show what a run earned; verify its decisions.',
  description: [
    'Reads the journal of a run and prints its result by parts (spread, inventory, settlement, fees), Sharpe ratio with its error, drawdown, markouts and what quoting took. --html writes one page with charts that opens without a network; several runs share one page. What every figure means: docs/reports.md.',
    'With --verify every recorded fact goes through the pipeline again and every answer is compared with the recorded one, byte for byte. A difference or a damaged journal ends with a code above 0.',
  ].join('\n\n'),
  positionals: [
    {
      name: 'run-dir',
      describe: 'Folder of the run, such as runs/2026-11-21T10-00-00-000Z-sim.',
      required: true,
      repeatable: true,
      path: true,
    },
  ],
  options: [
    { name: 'verify', value: 'flag', describe: 'Step every fact again and compare every decision.' },
    { name: 'html', value: 'path', describe: 'Write the report as one self-contained HTML file.' },
  ],
  examples: [
    { line: 'replay runs/2026-11-21T10-00-00-000Z-sim --verify', describe: 'check that the run can be replayed' },
    { line: 'replay runs/2026-11-21T10-00-00-000Z-sim --html report.html', describe: 'look at it' },
  ],
  run: async (context) => {
    const folders = context.positionals;
    if (context.options.flag('verify') && folders.length > 1)
      throw new CommandFailure(ExitCode.usage, 'one run is verified at a time', { fix: 'name one folder with --verify' });
    return storageFailure(() => (context.options.flag('verify') ? verifyRun(context, folders[0] ?? '') : showRuns(context, folders)));
  },
};

const engineOf = (header: JournalHeader): ReturnType<typeof makeEngine> => makeEngine(header.settings as EngineRecipe);

const verifyRun = (context: CommandContext, folder: string): number => {
  const reader = openRun(folder, context.output);
  const found = verify(reader.header, reader.records(), engineOf);
  const notes = notesOf(found, reader);
  if (context.json)
    context.output.json({
      verified: agrees(found),
      events: found.events,
      actions: found.actions,
      decisions: found.decisions,
      decision_hash: found.decisionHash,
      states: found.states,
      difference: differenceIn(found),
      notes,
    });
  else {
    for (const note of notes) context.output.out(note);
    context.output.out(`${found.events} events and ${found.decisions} decisions replayed, hash ${found.decisionHash}`);
    if (found.states > 0) context.output.out(`${found.states} digests of the state are the same`);
    const difference = differenceIn(found);
    context.output.out(difference === null ? 'every decision is the same, byte for byte' : `first difference: ${difference}`);
  }
  return agrees(found) ? ExitCode.ok : ExitCode.reconcileFailed;
};

const agrees = (found: Verification): boolean => found.difference === null && found.stateDifference === null && found.gap === null;

const differenceIn = ({ difference, stateDifference }: Verification): string | null => {
  if (difference !== null) return describeDifference(difference);
  if (stateDifference === null) return null;
  const { afterEvent, expected, got } = stateDifference;
  return `the state after event ${afterEvent}: expected ${expected}, got ${got}`;
};

const notesOf = (found: Verification, reader: JournalReader): string[] => {
  const { torn } = reader.ending;
  return [
    ...(reader.header.build === BUILD ? [] : [`this run was made by ${reader.header.build}, this is ${BUILD}`]),
    ...(torn === null ? [] : [`the last record of ${torn.file} is torn (${torn.bytes} bytes at ${torn.offset}): dropped`]),
    ...(found.gap === null ? [] : [`${found.gap.dropped} records after event ${found.gap.afterEvent} were lost while the disk refused`]),
    ...(found.closed ? [] : ['the run did not end in good order']),
    ...(found.unanswered === null ? [] : [`the answer to the last event (${found.unanswered.event.type}) was not recorded`]),
  ];
};

const showRuns = (context: CommandContext, folders: readonly string[]): number => {
  const runs = folders.map((folder) => readRun(folder, context.output));
  const html = context.options.optionalText('html');
  const [only] = runs;
  if (html !== null) writePage(html, htmlReportOfRuns(`${runs.length} runs`, runs));
  if (context.json)
    context.output.json(runs.length === 1 && only !== undefined ? { ...runDocument(only), html } : { runs: runs.map(runDocument), html });
  else {
    for (const { report, subject } of runs) {
      if (runs.length > 1) context.output.out(`${subject.run} (${subject.strategy}, ${subject.environment})`);
      for (const line of [...subject.warnings, ...textOf(report), ...(runs.length > 1 ? [''] : [])]) context.output.out(line);
    }
    if (html !== null) context.output.out(`report written to ${html}`);
  }
  return ExitCode.ok;
};

const runDocument = ({ folder, report, subject }: ReadRun): Record<string, unknown> => ({
  run: subject.run,
  folder,
  environment: subject.environment,
  strategy: subject.strategy,
  warnings: subject.warnings,
  ...documentOf(report),
});

const writePage = (path: string, page: string): void => {
  try {
    // Put in place whole: an older report's looser mode ends, and no link is written through.
    systemFiles.replace(path, page, 'kernel');
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: error instanceof Error ? error.message : String(error),
      fix: 'name another file with --html',
      cause: error,
    });
  }
};
