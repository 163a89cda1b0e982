/** The world around a trading process, as ports. Production hands over the system's (`system-host.ts`); a simulation hands over its own, and runs the same code. */
import type { ConnectHttp } from '../connector/http-connection.js';
import type { OpenSocket } from '../connector/socket-port.js';
import type { Chance, Clock, SmallFiles, Timer, Timers } from '../domain/ports.js';
import type { Durability } from '../logger/durability.js';
import type { JournalSource } from '../logger/journal-reader.js';
import type { JournalFiles } from '../logger/journal.js';
import type { StartThread } from '../logger/worker-client.js';

export interface Processes {
  readonly own: number;
  isAlive(id: number): boolean;
}

export interface Host {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  readonly network: { readonly connectHttp: ConnectHttp; readonly openSocket: OpenSocket };
  readonly files: SmallFiles;
  /** The journal's files in a folder, to write and to read. */
  readonly journal: (folder: string, durability?: Durability) => JournalFiles & JournalSource;
  /** How the thread that writes tape and log is started; undefined: the compiled worker. */
  readonly startWriter: StartThread | undefined;
  /** What writes them once that thread has died too often; absent: the trading thread. */
  readonly startWriterHere?: StartThread;
  readonly processes: Processes;
  /** Letters and digits that no other run draws. */
  readonly runSalt: () => string;
  /** Somebody presses the kill switch from outside. */
  readonly onKillSignal: (kill: () => void) => Timer;
  /** What a fault of ours must still do before the process ends; null once there is nothing left to do. */
  readonly setEmergency: (run: (() => Promise<boolean>) | null) => void;
}
