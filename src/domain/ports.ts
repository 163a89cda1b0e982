/** The world as small interfaces. Production wires them to sockets, files and the system clock; simulations to virtual ones. */
import type { GroupCall, RequestAccount } from './actions.js';
import type { EngineEvent } from './events.js';
import type { MarketIndex } from './ids.js';
import type { Call } from './order.js';
import type { DurationUs, EpochUs, MonoNs } from './units.js';

export interface Clock {
  /** Engine time: never steps back. */
  now(): EpochUs;
  /** For measuring our own latency. */
  monoNs(): MonoNs;
  /** The system's wall clock as it stands, for signatures and expiries that the exchange judges. */
  wall(): EpochUs;
}

export interface Timers {
  after(span: DurationUs, run: () => void): Timer;
  every(span: DurationUs, run: () => void): Timer;
  /** Runs once everything that came in together has been told, before any time passes. */
  soon(run: () => void): void;
}

export interface Timer {
  cancel(): void;
}

/** Uniform numbers in [0, 1) from a seed or from the system. */
export interface Chance {
  next(): number;
}

/** Where facts go: the loop in front of the engine. */
export type Offer = (event: EngineEvent) => void;

/** Carries approved commands to an exchange; every outcome comes back as a fact, never as a return value. */
export interface Venue {
  send(call: Call): void;
  readAccount(request: RequestAccount): void;
  /** Answered by one `group-answer`. Absent where the venue has no order groups. */
  groups?(call: GroupCall): void;
}

/** Market data that can be asked for a fresh book. */
export interface Feed {
  requestSnapshot(market: MarketIndex): void;
}

/** Small files that are read and replaced as a whole, private to their owner. Every method throws where the system refuses. */
export interface SmallFiles {
  /** Makes a folder and its missing parents. */
  makeFolder(path: string): void;
  /** Names of the folders below; none where there is no such folder. */
  folders(path: string): readonly string[];
  removeFolder(path: string): void;
  exists(path: string): boolean;
  /** null where there is no such file. */
  read(path: string): string | null;
  /** The new content stands in its place whole or not at all; `platter` also waits until it survives a power failure. */
  replace(path: string, text: string, until: 'platter' | 'kernel'): void;
  /** As `replace`, for a file that is not there yet. @returns false where it is there */
  create(path: string, text: string): boolean;
  remove(path: string): void;
  /** Another name in the same folder, kept through a power failure; needs no room, so it works on a full disk too. @returns false where there is no such file */
  rename(from: string, to: string): boolean;
  /** Why others could change what lies in this folder, or null. Absent where there are no others, as on a simulated disk. */
  exposure?(folder: string): string | null;
}

/** A file that only grows. `append` returns when the bytes are with the kernel and throws where they are not. */
export interface AppendFile {
  append(bytes: Uint8Array): void;
  close(): void;
}
