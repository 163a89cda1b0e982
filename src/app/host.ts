/** The world around a trading process, as ports. Production hands over the system's (`system-host.ts`); a simulation hands over its own, and runs the same code. */
import type { ConnectRedis } from '../alpha/feeds/redis-port.js';
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
  readonly network: {
    readonly connectHttp: ConnectHttp;
    readonly openSocket: OpenSocket;
    /** Absent: there is none in this world. */
    readonly connectRedis?: ConnectRedis;
  };
  /** A secret that the settings only name, such as the value of an environment variable; null where it is not set. Absent: there are none. */
  readonly secret?: (name: string) => string | null;
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
