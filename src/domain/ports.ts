/** The world as small interfaces. Production wires them to sockets, files and the system clock; simulations to virtual ones. */
import type { RequestAccount } from './actions.js';
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
}

/** Market data that can be asked for a fresh book. */
export interface Feed {
  requestSnapshot(market: MarketIndex): void;
}

/** A file that only grows. `append` returns when the bytes are with the kernel and throws where they are not. */
export interface AppendFile {
  append(bytes: Uint8Array): void;
  close(): void;
}
