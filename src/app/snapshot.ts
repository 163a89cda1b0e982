/**
 * What outlives a run, as one file: every market's position with its cost to the millionth, which fills are in it, and the place in the journal from which on the rest is to be
 * read. Sealed with a checksum and numbered, so that a torn one and one of another build are told.
 */
import type { SessionSoFar } from '../domain/events.js';
import type { Ticker } from '../domain/ids.js';
import { crc32 } from '../logger/crc32.js';
import type { JournalPlace } from '../logger/journal.js';
import type { LeftMarket } from '../replay/left-behind.js';

export interface Snapshot {
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  /** Folder of the run: its journal goes on behind `place`. */
  readonly folder: string;
  /** null: nothing of that journal is in it yet. */
  readonly place: JournalPlace | null;
  /** Up to there the tape of fills is known to be whole; null: not at all. */
  readonly tapePlace: JournalPlace | null;
  /** The run ended in good order: nothing follows. */
  readonly closed: boolean;
  /** Markets of that run by their index. */
  readonly listed: readonly Ticker[];
  readonly markets: readonly LeftMarket[];
  /** Up to `place`. Absent where an earlier build wrote it. */
  readonly session?: SessionSoFar;
}

const FORMAT = 'kmm-snapshot';
const VERSION = 2;

/** What was found on the disk. */
export type FoundSnapshot =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly snapshot: Snapshot }
  /** Of the first version: positions and costs only, not tied to a journal. */
  | { readonly kind: 'old'; readonly costs: readonly KnownCost[] }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly why: string };

export interface KnownCost {
  readonly ticker: string;
  readonly position: number;
  readonly cost: number;
}

interface Sealed {
  readonly format: string;
  readonly version: number;
  readonly crc32: number;
  readonly body: unknown;
}

/** Over the version too: a bit that turned in it must not pass for a newer build. */
const sumOf = (version: number, body: string): number => {
  const bytes = new TextEncoder().encode(`${version} ${body}`);
  return crc32(bytes, 0, bytes.length);
};

/** @param version another one only to see what this build makes of it */
export const sealSnapshot = (snapshot: Snapshot, version = VERSION): string => {
  const body = JSON.stringify(snapshot);
  return `{"format":"${FORMAT}","version":${version},"crc32":${sumOf(version, body)},"body":${body}}\n`;
};

/** @param text null where there is no file */
export const openSnapshot = (text: string | null): FoundSnapshot => {
  if (text === null) return { kind: 'none' };
  let found: Partial<Sealed>;
  let body: string;
  try {
    found = (JSON.parse(text) ?? {}) as Partial<Sealed>;
    // What nests without end can be read but not written again.
    body = JSON.stringify(found.body);
  } catch {
    return { kind: 'damaged', why: 'it is no JSON: it was torn, or changed by hand' };
  }
  if (typeof found !== 'object') return { kind: 'damaged', why: 'it is no snapshot' };
  if (found.format === undefined) return oldOf(found);
  if (found.format !== FORMAT || !Number.isSafeInteger(found.version)) return { kind: 'damaged', why: 'it is no snapshot' };
  const version = found.version ?? 0;
  if (sumOf(version, body) !== found.crc32) return { kind: 'damaged', why: 'it does not agree with its checksum' };
  if (version > VERSION) return { kind: 'newer', version };
  const snapshot = snapshotOf(found.body);
  return snapshot === null ? { kind: 'damaged', why: 'its content is not that of a snapshot' } : { kind: 'whole', snapshot };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const oldOf = (found: unknown): FoundSnapshot => {
  const positions = isRecord(found) ? found['positions'] : undefined;
  const isCost = (value: unknown): value is KnownCost =>
    isRecord(value) && typeof value['ticker'] === 'string' && isWhole(value['position']) && isWhole(value['cost']);
  return Array.isArray(positions) && positions.every(isCost)
    ? { kind: 'old', costs: positions }
    : { kind: 'damaged', why: 'its content is not that of a snapshot' };
};

/** The content was sealed by this program; the shape is proven all the same, since the seal is no secret. */
const snapshotOf = (body: unknown): Snapshot | null => {
  if (!isRecord(body)) return null;
  const { run, at, folder, place, tapePlace, closed, listed, markets, session } = body;
  if (typeof run !== 'string' || typeof at !== 'string' || typeof folder !== 'string' || typeof closed !== 'boolean') return null;
  if (!isPlace(place) || !isPlace(tapePlace) || !Array.isArray(listed) || !Array.isArray(markets)) return null;
  if (!listed.every((name): name is Ticker => typeof name === 'string') || !markets.every(isMarket)) return null;
  if (session !== undefined && !isSession(session)) return null;
  return { run, at, folder, place, tapePlace, closed, listed, markets, ...(session === undefined ? {} : { session }) };
};

const isSession = (value: unknown): value is SessionSoFar => isRecord(value) && isWhole(value['realized']) && isWhole(value['peak']);

const isPlace = (value: unknown): value is JournalPlace | null =>
  value === null || (isRecord(value) && typeof value['segment'] === 'string' && isWhole(value['offset']) && isWhole(value['events']));

const NUMBERS = ['position', 'cost', 'realized', 'fees', 'countedAfter'] as const;

const isMarket = (value: unknown): value is LeftMarket => {
  if (!isRecord(value) || typeof value['ticker'] !== 'string' || !NUMBERS.every((name) => isWhole(value[name]))) return false;
  const { fills } = value;
  return Array.isArray(fills) && fills.every((fill) => isRecord(fill) && typeof fill['id'] === 'string' && isWhole(fill['at']));
};
