/** What the run before left: read from its snapshot and the end of its journal. What cannot be trusted is told and left to the exchange. */
import { join } from 'node:path';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Severity } from '../domain/actions.js';
import type { CarriedOver, SessionSoFar } from '../domain/events.js';
import type { MarketIndex, Ticker } from '../domain/ids.js';
import { addCash, fromEpochMs, seconds, ZERO_CASH, type Cash, type EpochUs } from '../domain/units.js';
import { completedFills, tapedIn, type FillRow } from '../logger/fill-tape.js';
import type { Durability } from '../logger/durability.js';
import { JournalReader, type JournalRecord, type JournalSource } from '../logger/journal-reader.js';
import type { JournalPlace } from '../logger/journal.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../logger/storage-errors.js';
import { LeftBehind, type LeftMarket } from '../replay/left-behind.js';
import type { Host } from './host.js';
import { openSnapshot, type KnownCost, type Snapshot } from './snapshot.js';

export interface CarriedIn {
  /** The run that left it; null where there was none. */
  readonly run: string | null;
  readonly markets: readonly LeftMarket[];
  /** What the session has earned in earlier runs; null where it begins with this one. */
  readonly session: SessionSoFar | null;
  /** Of a snapshot of the first version. */
  readonly costs: readonly KnownCost[];
  /** Fills on the tape of that run. One of which its journal has lost the booking is booked again, and must not be told twice. */
  readonly taped?: ReadonlySet<string>;
  /** For log and screen, once there are any. */
  readonly notes: readonly { readonly severity: Severity; readonly code: string; readonly text: string }[];
}

/** Before a first run. */
export const NOTHING: CarriedIn = { run: null, markets: [], session: null, costs: [], notes: [] };

/** Of the fills of a run. */
const TAPE = 'fills.csv';
/** Fills of longer ago are not asked for one by one: such a position is taken over from the exchange. */
const AGE_MAX = seconds(7 * 86_400);

export interface CarrySources {
  readonly host: Pick<Host, 'files' | 'journal'>;
  /** The snapshot's text; null where there is none. */
  readonly snapshot: string | null;
  /** Where the last run wrote, for a snapshot that cannot be read. */
  readonly lastFolder: string | null;
  /** Where the run before that one wrote: what its tape has told, the last run has not. Absent: not known. */
  readonly beforeFolder?: string | null;
  readonly snapshotPath: string;
  /** When a person last began a new session; null: never. */
  readonly sessionResetMs?: number | null;
  /** Of this run: what it builds upon must be as safe as what it writes. Absent: `kernel`. */
  readonly durability?: Durability;
  readonly nowMs: number;
}

/** Completes the tape of that run on the way. @throws CommandFailure for files of a newer build */
export const carriedIn = (sources: CarrySources): CarriedIn => {
  const found = openSnapshot(sources.snapshot);
  switch (found.kind) {
    case 'none':
      return NOTHING;
    case 'old':
      return { ...NOTHING, costs: found.costs };
    case 'newer':
      throw ofNewerBuild(`the snapshot has format ${found.version}, which this build does not know`, sources.snapshotPath);
    case 'damaged':
      return withTape(sources, [sources.lastFolder], fromJournalAlone(sources, found.why));
    case 'whole':
      return withTape(sources, [found.snapshot.folder, sources.lastFolder], young(sources, fromSnapshot(sources, found.snapshot)));
  }
};

/** Whatever became of the journal, what that run has told stays told. */
const withTape = ({ host }: CarrySources, folders: readonly (string | null)[], carried: CarriedIn): CarriedIn => {
  try {
    const taped = folders.flatMap((folder) => (folder === null ? [] : tapedIn(host.files.read(join(folder, TAPE)))));
    return taped.length === 0 ? carried : { ...carried, taped: new Set(taped) };
  } catch {
    // A tape that cannot be read is told of where it is completed; at worst a fill is told twice.
    return carried;
  }
};

const ofNewerBuild = (what: string, path: string): CommandFailure =>
  new CommandFailure(ExitCode.storage, what, {
    why: 'what it knows of fills would be lost, and some might be booked twice',
    fix: `use the build that wrote it or a newer one; or move ${path} away to begin with the positions of the exchange`,
  });

const fromSnapshot = (sources: CarrySources, snapshot: Snapshot): CarriedIn => {
  const { run, place, tapePlace, closed } = snapshot;
  const session = (gained: Cash): SessionSoFar | null => sessionOf(sources, Date.parse(snapshot.at), snapshot.session, gained);
  if (closed && samePlace(place, tapePlace)) return { ...NOTHING, run, markets: snapshot.markets, session: session(ZERO_CASH) };
  const source = settled(sources, snapshot.folder);
  try {
    if (JournalReader.isEmpty(source)) return { ...withoutJournal(snapshot), session: session(ZERO_CASH) };
    const state = new LeftBehind(snapshot.markets, snapshot.listed);
    const tape = new LeftBehind([], snapshot.listed);
    for (const record of recordsFrom(source, tapePlace)) {
      tape.take(record);
      if (!closed && isBehind(record, place)) state.take(record);
    }
    if (state.lost > 0)
      throw new JournalDamagedError(snapshot.folder, 0, 'a journal without a hole', `${state.lost} records that the disk refused`);
    const notes = completeTape(sources, snapshot.folder, tape.booked);
    return { ...NOTHING, run, markets: state.markets, session: session(state.gained), notes };
  } catch (error) {
    return { ...untrusted(sources, snapshot, error), session: session(ZERO_CASH) };
  }
};

/**
 * A session is what runs of one UTC day have in common: it goes on where the run before was last heard of on the day of this start, and a person may begin a new one.
 * @param atMs when the records end
 */
const sessionOf = (
  { nowMs, sessionResetMs = null }: CarrySources,
  atMs: number,
  before: SessionSoFar | undefined,
  gained: Cash,
): SessionSoFar | null => {
  if (before === undefined || !Number.isFinite(atMs) || dayOf(atMs) !== dayOf(nowMs) || (sessionResetMs ?? -Infinity) >= atMs) return null;
  return { ...before, realized: addCash(before.realized, gained) };
};

const DAY_MS = 86_400_000;
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/** @throws StorageError where it cannot be forced to the platter: then nothing may be built upon it yet */
const settled = (sources: CarrySources, folder: string): JournalSource => {
  const source = sources.host.journal(folder, sources.durability);
  source.settle?.();
  return source;
};

const samePlace = (a: JournalPlace | null, b: JournalPlace | null): boolean => a?.events === b?.events;

const recordsFrom = (source: JournalSource, place: JournalPlace | null): Iterable<JournalRecord> => {
  const reader = new JournalReader(source);
  return place === null ? reader.records() : reader.recordsAfter(place);
};

const isBehind = (record: JournalRecord, place: JournalPlace | null): boolean =>
  place === null || !(record.type === 'event' || record.type === 'actions') || record.number > place.events;

const withoutJournal = (snapshot: Snapshot): CarriedIn => ({
  ...NOTHING,
  run: snapshot.run,
  markets: snapshot.markets,
  notes:
    snapshot.place === null
      ? []
      : [
          {
            severity: 'warn',
            code: 'JOURNAL_GONE',
            text: `The journal of the last run is not in ${snapshot.folder} any more: fills since ${snapshot.at} are booked again.`,
          },
        ],
});

/** The markets of that run are left to the exchange; others, which it did not touch, stand as they were. */
const untrusted = (sources: CarrySources, snapshot: Snapshot, error: unknown): CarriedIn => {
  if (error instanceof JournalVersionError) throw ofNewerBuild(error.message, sources.snapshotPath);
  if (!isExpected(error)) throw error;
  const touched = new Set<Ticker>(snapshot.listed);
  return {
    ...NOTHING,
    run: snapshot.run,
    markets: snapshot.listed.length === 0 ? [] : snapshot.markets.filter(({ ticker }) => !touched.has(ticker)),
    notes: [damaged(error)],
  };
};

const isExpected = (error: unknown): error is Error =>
  error instanceof JournalDamagedError || error instanceof StorageError || error instanceof RangeError;

const damaged = (error: Error): CarriedIn['notes'][number] => ({
  severity: 'error',
  code: 'REBUILT_FROM_EXCHANGE',
  text: `The records of the last run cannot be trusted to their end (${error.message}): positions are taken over from the exchange, and fills since then are not booked one by one.`,
});

/** Everything that is left of it is in the journal of the last run, from its beginning on. */
const fromJournalAlone = (sources: CarrySources, why: string): CarriedIn => {
  const folder = sources.lastFolder;
  const source = folder === null ? null : settled(sources, folder);
  const broken = `The snapshot cannot be used (${why})`;
  try {
    if (folder === null || source === null)
      throw new JournalDamagedError('(none)', 0, 'the journal of the last run', 'no folder that names one');
    const left = new LeftBehind([], []);
    const reader = new JournalReader(source);
    for (const record of reader.records()) left.take(record);
    if (left.lost > 0) throw new JournalDamagedError(folder, 0, 'a journal without a hole', `${left.lost} records that the disk refused`);
    const note = {
      severity: 'warn',
      code: 'SNAPSHOT_DAMAGED',
      text: `${broken}: what it held is read from the journal of run ${reader.header.run}.`,
    } as const;
    const session = sessionOf(sources, left.lastAt / 1000, left.session, ZERO_CASH);
    const notes = [note, ...completeTape(sources, folder, left.booked)];
    return { ...NOTHING, run: reader.header.run, markets: left.markets, session, notes };
  } catch (error) {
    if (error instanceof JournalVersionError) throw ofNewerBuild(error.message, sources.snapshotPath);
    if (!isExpected(error)) throw error;
    return { ...NOTHING, notes: [{ ...damaged(error), text: `${broken}. ${damaged(error).text}` }] };
  }
};

/** Fills that the journal has and the tape has not are added to it, once. */
const completeTape = (sources: CarrySources, folder: string, booked: readonly FillRow[]): CarriedIn['notes'] => {
  const path = join(folder, TAPE);
  const { files } = sources.host;
  try {
    const before = sources.beforeFolder ?? null;
    const told = new Set(before === null ? [] : tapedIn(files.read(join(before, TAPE))));
    const whole = completedFills(
      files.read(path),
      booked.filter(({ booked: { fillId } }) => !told.has(fillId)),
    );
    if (whole === null) return [];
    files.replace(path, whole.text, 'platter');
    const text = `${whole.added} fills that a crash had kept from ${path} were added to it from the journal.`;
    return [{ severity: 'info', code: 'TAPE_COMPLETED', text }];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const note = `${path} could not be completed from the journal (${text}); the journal has all of its fills.`;
    return [{ severity: 'warn', code: 'TAPE_INCOMPLETE', text: note }];
  }
};

const young = (sources: CarrySources, carried: CarriedIn): CarriedIn => {
  const from: EpochUs = fromEpochMs(sources.nowMs - AGE_MAX / 1000);
  const markets = carried.markets.filter(({ countedAfter }) => countedAfter >= from);
  if (markets.length === carried.markets.length) return carried;
  const text = `${carried.markets.length - markets.length} positions were left more than a week ago: they are taken over from the exchange.`;
  return { ...carried, markets, notes: [...carried.notes, { severity: 'warn', code: 'CARRIED_TOO_OLD', text }] };
};

/** The fact for the engine: those of them that this run lists. null where there are none. */
export const carriedOverFact = (carried: CarriedIn, indexOf: (ticker: string) => MarketIndex | null, at: EpochUs): CarriedOver | null => {
  const known = carried.markets.flatMap((left) => {
    const market = indexOf(left.ticker);
    return market === null ? [] : [{ market, left }];
  });
  const { session } = carried;
  const hasSession = session !== null && (session.realized !== 0 || session.peak !== 0);
  if (known.length === 0 && !hasSession) return null;
  return {
    type: 'carried-over',
    at,
    run: carried.run ?? '',
    holdings: known.map(({ market, left: { position, cost, countedAfter } }) => ({ market, position, cost, countedAfter })),
    fills: known
      .flatMap(({ market, left }) => left.fills.map(({ id, at: exchangeAt }) => ({ fillId: id, market, exchangeAt })))
      .toSorted((a, b) => a.exchangeAt - b.exchangeAt),
    ...(hasSession ? { session } : {}),
  };
};
