/** `kmm calibrate`: volatility, jumps, kappa and fills of the markets that runs have traded, as a table and as configuration. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';
import { DiskJournal } from '../../logger/journal-files.js';
import { JournalReader, type JournalSource } from '../../logger/journal-reader.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../../logger/storage-errors.js';
import { findPaths, type FoundPath } from '../backtest-files.js';
import { BUILD } from '../build.js';
import { Calibration } from '../calibration.js';
import type { MarketCalibration } from '../calibration-market.js';
import { poolOf, type PooledCalibration } from '../calibration-pool.js';
import { configOf, perHour, perMinute, perRootHour, tableLines, yamlOf, type CalibratedConfig } from '../calibration-text.js';
import { systemFiles } from '../system-files.js';

export const calibrateCommand: Command = {
  name: 'calibrate',
  summary: 'Estimate volatility, jumps and fills from runs, as configuration.',
  description: [
    'Reads the journals of runs and estimates for each market how much the probability moves (belief volatility), how often and how far news moves it in one step, and how the chance of a fill falls with the distance of a quote from fair value (kappa), each with its standard error.',
    'The configuration holds one value for all markets: it is the mean over the markets, each counted by what it knows. --out writes it as a file that --config takes; without --out it is printed. What cannot be estimated (too few fills, too few changes) is left out and said.',
    'A run that breaks off counts as far as it goes. A fill counts as the part of its order that was filled. kappa needs fills at several distances: quote at more than one for a while to learn it.',
  ].join('\n\n'),
  positionals: [{ name: 'run-dir', describe: 'Further folders of runs, as a shell makes of a pattern.', repeatable: true, path: true }],
  options: [
    {
      name: 'from',
      value: 'path',
      repeatable: true,
      describe: 'The folder of a run, a folder of such folders, or a pattern in quotes such as "runs/*".',
    },
    { name: 'out', value: 'path', placeholder: '<file>', describe: 'Write the configuration into this file.' },
  ],
  examples: [
    { line: 'calibrate --from "runs/*"', describe: 'what all runs together teach' },
    { line: 'calibrate --from runs --out calibrated.yaml', describe: 'the same as a file for --config' },
    { line: 'calibrate --from runs --json', describe: 'every market with its errors, for programs' },
  ],
  run: async (context) => {
    const places = runsOf([...context.options.texts('from'), ...context.positionals]);
    const calibration = new Calibration();
    const read = await readAll(context, places, calibration);
    const markets = calibration.markets();
    const pooled = poolOf(markets);
    const config = configOf(pooled);
    if (config.values.length === 0) throw nothingLearnt(read, markets);
    const source = `Estimated by kmm calibrate (${BUILD}) from ${read.used.length} runs and ${markets.length} markets.`;
    const yaml = yamlOf(config, source);
    const out = context.options.optionalText('out');
    if (out !== null) write(out, yaml);
    if (context.json)
      context.output.json({ runs: read.used, passed_over: read.passedOver, ...documentOf(markets, pooled, config), yaml, out });
    else {
      for (const line of tableLines(markets, pooled)) context.output.out(line);
      context.output.out('');
      for (const line of out === null ? yaml.trimEnd().split('\n') : [`written to ${out}: kmm start --config ${out}`])
        context.output.out(line);
    }
    return ExitCode.ok;
  },
};

interface Read {
  readonly used: readonly {
    readonly folder: string;
    readonly run: string;
    readonly environment: string;
    readonly events: number;
    readonly warnings: readonly string[];
  }[];
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
}

/** Folders of runs, and what is none, with the reason. @throws CommandFailure where nothing is named, or a name leads to nothing */
const runsOf = (names: readonly string[]): readonly FoundPath[] => {
  if (names.length === 0)
    throw new CommandFailure(ExitCode.usage, 'there is nothing to calibrate from', {
      fix: 'name folders of runs: --from runs, --from "runs/*-prod"',
    });
  const found = findPaths(names);
  return found.flatMap((place) => {
    if (place.kind !== 'folder' || place.by === 'pattern') return [place];
    // A named folder without a journal is a folder of runs.
    const inside = readdirSync(place.path).length === 0 ? [] : findPaths([join(place.path, '*')]);
    const runs = inside.filter(({ kind }) => kind === 'run');
    return runs.length > 0 ? runs : [place];
  });
};

const readAll = async (context: CommandContext, places: readonly FoundPath[], calibration: Calibration): Promise<Read> => {
  const used: Read['used'][number][] = [];
  const passedOver: Read['passedOver'][number][] = [];
  const journals = places.flatMap((place) => {
    const why = place.kind === 'file' ? NO_RUN : place.kind === 'folder' ? 'a folder without a journal' : null;
    if (why !== null) passedOver.push({ path: place.path, why });
    return why === null ? [{ path: place.path, source: new CountedJournal(new DiskJournal(place.path)) }] : [];
  });
  const total = journals.reduce((sum, { source }) => sum + source.bytes, 0);
  const bar = new Progress(context.output, { label: 'reading', total, nowMs: () => performance.now() });
  let before = 0;
  for (const { path, source } of journals) {
    const start = before;
    const result = await readRun(path, source, calibration, () => bar.update(start + source.taken), context.signal);
    before += source.bytes;
    if (typeof result === 'string') passedOver.push({ path, why: result });
    else used.push(result);
  }
  bar.finish();
  for (const { path, why } of passedOver) context.output.err(`[WARNING] ${path} is passed over: ${why}`);
  for (const { folder, warnings } of used) for (const warning of warnings) context.output.err(`[WARNING] ${folder}: ${warning}`);
  return { used, passedOver };
};

const NO_RUN = 'a file, not the folder of a run; play a recording first (kmm start --env playback --from FILE) and calibrate from that run';
/** Records between two looks at the terminal and the keyboard. */
const BREATH = 2000;

/** @returns what was read, or why nothing was */
const readRun = async (
  path: string,
  source: CountedJournal,
  calibration: Calibration,
  tell: () => void,
  signal: AbortSignal,
): Promise<Read['used'][number] | string> => {
  const warnings: string[] = [];
  let reader: JournalReader | null = null;
  calibration.beginRun();
  try {
    if (JournalReader.isEmpty(source)) return 'nothing was ever recorded in it';
    reader = new JournalReader(source);
    let count = 0;
    for (const record of reader.records()) {
      calibration.take(record);
      if (++count % BREATH !== 0) continue;
      tell();
      await new Promise((resolve) => void setImmediate(resolve));
      signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof JournalVersionError) return error.message;
    if (!(error instanceof JournalDamagedError || error instanceof StorageError)) throw error;
    if (reader === null || calibration.decisions === 0) return error.message;
    warnings.push(`counts up to the damage only: ${error.message}`);
  }
  if (calibration.decisions === 0) return 'nothing was decided in it';
  const { ending, header } = reader;
  if (ending.torn !== null) warnings.push(`the last record of ${ending.torn.file} is torn and left out`);
  else if (!ending.closed && warnings.length === 0) warnings.push('did not end in good order, or is still running');
  return { folder: path, run: header.run, environment: header.environment, events: ending.events, warnings };
};

/** A journal that knows how far it has been read. */
class CountedJournal implements JournalSource {
  readonly bytes: number;
  #taken = 0;

  constructor(private readonly journal: DiskJournal) {
    this.bytes = journal.list().reduce((sum, name) => sum + this.#sizeOf(name), 0);
  }

  get taken(): number {
    return this.#taken;
  }

  list(): readonly string[] {
    return this.journal.list();
  }

  open(name: string): ReturnType<JournalSource['open']> {
    const file = this.journal.open(name);
    return {
      size: file.size,
      read: (into, position) => {
        const got = file.read(into, position);
        this.#taken += got;
        return got;
      },
      close: () => file.close(),
    };
  }

  #sizeOf(name: string): number {
    const file = this.journal.open(name);
    file.close();
    return file.size;
  }
}

const nothingLearnt = ({ used, passedOver }: Read, markets: readonly MarketCalibration[]): CommandFailure => {
  const unread = used.length === 0;
  return new CommandFailure(
    unread ? ExitCode.storage : ExitCode.usage,
    unread ? 'none of these runs can be read' : 'these runs are too short to estimate anything',
    {
      notes: [
        ...passedOver.map(({ path, why }) => `${path}: ${why}`),
        ...markets.flatMap(({ ticker, notes }) => notes.map((note) => `${ticker}: ${note}`)),
      ],
      fix: unread ? 'name folders that kmm start has made, each with a journal-000001.bin' : 'trade for longer, or name more runs',
    },
  );
};

const documentOf = (markets: readonly MarketCalibration[], pooled: PooledCalibration, { values, left }: CalibratedConfig): object => ({
  markets: markets.map((market) => ({
    ticker: market.ticker,
    hours: market.hours,
    samples: market.changes,
    sample_seconds: market.sampleSeconds,
    jumps: market.jumps,
    fills: market.fills,
    quoted_hours: market.quotedHours,
    ...estimatesDocument(market),
    takers: market.takers,
    kappa_of_takers_per_dollar: market.takerDecay,
    notes: market.notes,
  })),
  pooled: estimatesDocument(pooled),
  config: Object.fromEntries(values.map(({ key, value }) => [key, value])),
  left_out: left,
});

const estimatesDocument = (of: PooledCalibration): object => ({
  belief_volatility_per_sqrt_hour: perRootHour(of.volatility),
  jumps_per_hour: perHour(of.jumpRate),
  jump_size_log_odds: of.jumpSize,
  kappa_per_dollar: of.decay,
  fills_per_minute: perMinute(of.intensity),
});

const write = (path: string, yaml: string): void => {
  try {
    systemFiles.replace(path, yaml, 'kernel');
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: error instanceof Error ? error.message : String(error),
      fix: 'name another file with --out',
      cause: error,
    });
  }
};
