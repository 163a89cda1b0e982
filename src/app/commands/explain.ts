/** `kmm explain`: why a market was quoted as it was, term by term. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';
import { ticker, type Ticker } from '../../domain/ids.js';
import { nearestName } from '../../domain/near-name.js';
import { epochUs, type EpochUs } from '../../domain/units.js';
import { DiskJournal } from '../../logger/journal-files.js';
import { JournalReader } from '../../logger/journal-reader.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../../logger/storage-errors.js';
import { formatTime } from '../../logger/time-text.js';
import { explainRun, type Explained } from '../../replay/explain-run.js';
import { explanationDocument, explanationLines } from '../../replay/explain-text.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { makeEngine, type EngineRecipe } from '../engine-recipe.js';
import { OUT_OPTION, settingsFor } from '../settings-options.js';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Explain a quote, term by term.',
  description: [
    'Steps the facts of a run through the engine again, up to a moment, and shows how the last decision before it came about: what was known and estimated, what each step added to bid and ask in cents, what the limits left of it, and why a side is missing. The terms sum to the quote exactly.',
    'It reads the journal of the run only, so it can be asked of a bot that is running.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    OUT_OPTION,
    { name: 'ticker', value: 'text', describe: 'The market.' },
    { name: 'run', value: 'path', placeholder: '<dir>', describe: 'Folder of the run (default: the newest below --out).' },
    {
      name: 'at',
      value: 'text',
      placeholder: '<time>',
      describe: 'UTC, such as 2026-11-21T10:45:57Z or 10:45:57.25 on the day of the run (default: its last moment).',
    },
  ],
  examples: [
    { line: 'explain --ticker KXHIGHNY-26NOV21-T51', describe: 'the latest quote of the latest run' },
    {
      line: 'explain --ticker KXHIGHNY-26NOV21-T51 --run RUN_DIR --at 10:02:30',
      describe: 'one moment of one run',
    },
  ],
  run: async (context) => {
    const wanted = context.options.optionalText('ticker');
    const folder = context.options.optionalText('run') ?? newestRun(context);
    try {
      const journal = new DiskJournal(folder);
      if (journal.list().length === 0)
        throw new CommandFailure(ExitCode.usage, `${folder} is no folder of a run: it has no journal-000001.bin`, {
          fix: 'name the folder of a run with --run; kmm start prints it at its end',
        });
      const reader = new JournalReader(journal);
      if (wanted === null) throw unnamed(reader);
      return show(context, reader, ticker(wanted));
    } catch (error) {
      if (error instanceof JournalDamagedError || error instanceof JournalVersionError || error instanceof StorageError)
        throw new CommandFailure(ExitCode.storage, 'the journal of this run cannot be read', {
          why: error.message,
          fix: 'name another run with --run',
          cause: error,
        });
      throw error;
    }
  },
};

/** Facts between two looks at how far it is. */
const PROGRESS_EVERY = 4096;

const newestRun = (context: CommandContext): string => {
  const { settings } = settingsFor(context, ['out'], { credentials: false, markets: false });
  const { folder } = settings.logger;
  const runs = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^\d{4}-/.test(entry.name))
        .map(({ name }) => name)
        .sort()
    : [];
  const newest = runs.at(-1);
  if (newest === undefined)
    throw new CommandFailure(ExitCode.usage, `there is no run below ${folder}`, {
      fix: 'start one with kmm start, or name one with --run',
    });
  return join(folder, newest);
};

const show = (context: CommandContext, reader: JournalReader, name: Ticker): number => {
  const { header } = reader;
  const at = momentOf(context.options.optionalText('at'), header.created);
  const engine = makeEngine(header.settings as EngineRecipe);
  const progress = new Progress(context.output, { label: 'replaying', total: reader.bytes.all, nowMs: () => performance.now() });
  const found = explainRun(reader.records(), engine, {
    ticker: name,
    at,
    onEvent: (number) => {
      if (number % PROGRESS_EVERY === 0) progress.update(reader.bytes.read);
    },
  });
  progress.finish();
  if (found.kind !== 'explained') throw unexplained(found, name, at);
  if (context.json) context.output.json({ run: header.run, ...explanationDocument(name, found.explanation) });
  else for (const line of explanationLines(name, found.explanation)) context.output.out(line);
  return ExitCode.ok;
};

/** @param day the time of a clock alone is of this day, or of the next where the run went over midnight */
const momentOf = (text: string | null, day: EpochUs): EpochUs | null => {
  if (text === null) return null;
  const clock = /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(text);
  const iso = clock ? `${formatTime(day).slice(0, 11)}${text}Z` : text.endsWith('Z') ? text : `${text}Z`;
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(\.\d{1,6})?Z$/.exec(iso);
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(ms))
    throw new CommandFailure(ExitCode.usage, `--at ${text} is no time`, { fix: 'write UTC, such as 2026-11-21T10:45:57.25Z or 10:45:57' });
  const moment = epochUs(ms * 1000 + Math.round(Number(match[2] ?? 0) * 1_000_000));
  return clock && moment < day ? epochUs(moment + 86_400_000_000) : moment;
};

const unnamed = (reader: JournalReader): CommandFailure => {
  const tickers: string[] = [];
  for (const record of reader.records()) {
    if (record.type === 'event' && record.event.type === 'market-listed') tickers.push(record.event.market.ticker);
    else if (record.type === 'event' && record.event.type === 'batch-end') break;
  }
  return new CommandFailure(ExitCode.usage, 'no market is named', { fix: `add --ticker with one of ${tickers.join(', ')}` });
};

const unexplained = (found: Exclude<Explained, { readonly kind: 'explained' }>, name: Ticker, at: EpochUs | null): CommandFailure => {
  if (found.kind === 'unknown-ticker') {
    const near = nearestName(name, found.tickers);
    return new CommandFailure(ExitCode.usage, `this run has no market ${name}`, {
      fix: near !== null ? `did you mean ${near}?` : `it has ${found.tickers.join(', ')}`,
    });
  }
  const { firstAt, lastAt } = found;
  return new CommandFailure(ExitCode.usage, `nothing was decided about ${name}${at === null ? '' : ` up to ${formatTime(at)}`}`, {
    fix:
      firstAt === null || lastAt === null
        ? 'the run is empty: name another one'
        : `the run goes from ${formatTime(firstAt)} on: name a later moment`,
  });
};
