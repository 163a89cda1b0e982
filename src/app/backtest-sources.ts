/** What a backtest is played on: recordings of the stream and journals of runs, each looked through once before anything is played. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { RecordingError } from '../connector/recording-format.js';
import { quote } from '../domain/errors.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';
import { DiskJournal } from '../logger/journal-files.js';
import { JournalReader } from '../logger/journal-reader.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../logger/storage-errors.js';
import { findPaths, type FoundPath } from './backtest-files.js';
import { isOfTheRun } from './paper-desk.js';
import { chosenOf, marketsOf } from './recorded-markets.js';
import { bookOf } from './system-records.js';
import { tickersOf } from './recorded-tickers.js';

interface SourceBase {
  readonly path: string;
  readonly firstAt: EpochUs;
  readonly lastAt: EpochUs;
  /** In the order of their indices. */
  readonly tickers: readonly string[];
  /** What a reader must know before trusting results from it. */
  readonly warnings: readonly string[];
}

export interface RecordingSource extends SourceBase {
  readonly kind: 'recording';
  /** Frames that count: a recording that still grows is played as far as it went when it was looked at. */
  readonly items: number;
  readonly offCent: readonly string[];
  readonly marketsFile: string | null;
  /** What was assumed of its markets for want of their bodies. */
  readonly assumed: readonly string[];
}

export interface RunSource extends SourceBase {
  readonly kind: 'run';
  /** Facts that count, private ones included. */
  readonly items: number;
}

/** Plain data: it passes between threads. */
export type Source = RecordingSource | RunSource;

export interface FoundSources {
  readonly sources: readonly Source[];
  /** What a pattern matched and is no source, with the reason. */
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
}

export interface SourceOptions {
  readonly from: readonly string[];
  /** Only these markets; none means all. */
  readonly tickers: readonly string[];
  readonly marketsFile: string | null;
  readonly onLooked: (done: number, total: number) => void;
}

/**
 * Looks through everything that is named.
 * @throws CommandFailure where something named is not to be had, or a journal is damaged: results over a part would pass for results over the whole
 */
export const findSources = async (options: SourceOptions): Promise<FoundSources> => {
  const found = findPaths(options.from);
  const sources: Source[] = [];
  const passedOver: { path: string; why: string }[] = [];
  for (const [i, place] of found.entries()) {
    options.onLooked(i, found.length);
    const looked = await look(place, options);
    if (typeof looked === 'string') passedOver.push({ path: place.path, why: looked });
    else sources.push(looked);
  }
  if (sources.length === 0)
    throw new CommandFailure(ExitCode.usage, 'none of what --from names can be played', {
      notes: passedOver.map(({ path, why }) => `${path}: ${why}`),
      fix: 'name recordings of raw frames with order books, or folders of runs',
    });
  return { sources: [...sources].sort((a, b) => a.firstAt - b.firstAt), passedOver };
};

/** What a reader must know before trusting results: what many recordings lack is said once. */
export const warningsOf = (sources: readonly Source[]): readonly string[] => {
  const bare = sources.flatMap((source) => (source.kind === 'recording' && source.assumed.length > 0 ? [source] : []));
  const [first] = bare;
  return [
    ...(first === undefined
      ? []
      : [`${bare.length === 1 ? first.path : `${bare.length} recordings`} without market bodies: assumed ${first.assumed.join('; ')}`]),
    ...sources.flatMap(({ warnings }) => warnings),
  ];
};

/** @returns the source, or why it is passed over */
const look = async (place: FoundPath, options: SourceOptions): Promise<Source | string> => {
  if (place.kind === 'folder') return unfit(place, 'a folder without a journal');
  if (place.kind === 'run') return lookAtRun(place, options.tickers);
  if (place.by === 'pattern' && place.path.endsWith('.markets.json')) return 'market bodies of a recording';
  try {
    return await lookAtRecording(place.path, options);
  } catch (error) {
    if (error instanceof RecordingError) return unfit(place, wordsOf(error), error);
    if (error instanceof CommandFailure && place.by === 'pattern') return error.what;
    throw error;
  }
};

/** The path is named beside it. */
const wordsOf = ({ line, expected, received }: RecordingError): string =>
  `${line === null ? '' : `line ${line}: `}expected ${expected}, got ${quote(received)}`;

const unfit = ({ path, by }: FoundPath, why: string, cause?: unknown): string => {
  if (by === 'pattern') return why;
  throw new CommandFailure(cause === undefined ? ExitCode.usage : ExitCode.storage, `${path} cannot be played`, {
    why,
    fix: 'name a recording that `npm run record` or another recorder of raw frames has written, or the folder of a run',
    cause,
  });
};

const lookAtRecording = async (path: string, options: SourceOptions): Promise<RecordingSource> => {
  const { tickers, firstAt, lastAt, frames, offCent } = await tickersOf(path);
  const chosen = chosenOf(tickers, options.tickers);
  const markets = await marketsOf(path, chosen, offCent, options.marketsFile);
  const assumed = markets.filter((market) => market.assumed.length > 0);
  return {
    kind: 'recording',
    path,
    firstAt,
    lastAt,
    items: frames,
    tickers: chosen,
    offCent,
    marketsFile: options.marketsFile,
    assumed: assumed[0]?.assumed ?? [],
    warnings: firstAt === UNKNOWN_TIME ? [`${path} has no times: it is played as if everything came at one moment`] : [],
  };
};

const lookAtRun = (place: FoundPath, wanted: readonly string[]): RunSource | string => {
  try {
    const seen = seeRun(place.path);
    if (seen.tickers.length === 0) return unfit(place, 'its journal lists no market');
    const { reader } = seen;
    const { torn, closed } = reader.ending;
    return {
      kind: 'run',
      path: place.path,
      firstAt: seen.firstAt,
      lastAt: seen.lastAt,
      items: reader.ending.events,
      tickers: chosenOf(seen.tickers, wanted),
      warnings: [
        ...(torn === null ? [] : [`${place.path}: the last record of ${torn.file} is torn and left out`]),
        ...(closed ? [] : [`${place.path} did not end in good order, or is still running: its first ${reader.ending.events} facts count`]),
        ...(seen.gap ? [`${place.path}: records were lost while the disk refused; what comes after that is left out`] : []),
        ...(seen.sent > 0 && bookOf(reader.header).bookHasOwnOrders
          ? [
              `${place.path}: the book holds the ${seen.sent} orders that this run sent itself; results of other quotes on it lean to its own`,
            ]
          : []),
      ],
    };
  } catch (error) {
    if (error instanceof JournalDamagedError || error instanceof JournalVersionError || error instanceof StorageError)
      throw new CommandFailure(ExitCode.storage, `the journal of ${place.path} cannot be read to its end`, {
        why: error.message,
        fix: 'restore the file from a copy, or leave this run out: results over a part of it would pass for results over the whole',
        cause: error,
      });
    throw error;
  }
};

interface SeenRun {
  readonly reader: JournalReader;
  readonly firstAt: EpochUs;
  readonly lastAt: EpochUs;
  readonly tickers: readonly string[];
  /** Orders that the recorded run sent. */
  readonly sent: number;
  readonly gap: boolean;
}

const seeRun = (path: string): SeenRun => {
  const reader = new JournalReader(new DiskJournal(path));
  const tickers: string[] = [];
  let firstAt = UNKNOWN_TIME;
  let lastAt = UNKNOWN_TIME;
  let sent = 0;
  let gap = false;
  for (const record of reader.records()) {
    if (record.type === 'gap') {
      gap = true;
      break;
    }
    if (record.type === 'actions')
      for (const action of record.actions)
        if (action.type === 'send') sent += action.call.commands.filter(({ type }) => type === 'place').length;
    if (record.type !== 'event' || isOfTheRun(record.event)) continue;
    if (firstAt === UNKNOWN_TIME) firstAt = record.event.at;
    lastAt = record.event.at;
    if (record.event.type === 'market-listed') tickers.push(record.event.market.ticker);
  }
  return { reader, firstAt, lastAt, tickers, sent, gap };
};
