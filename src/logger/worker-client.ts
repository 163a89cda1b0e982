/** Where the writing side runs: a thread of its own, or, where that cannot be, this one. Both look the same from outside. */
import { Worker } from 'node:worker_threads';
import { FILL_HEAD, fillIdsIn } from './fill-tape.js';
import { RotatingFile } from './rotating-files.js';
import { PatientScribe } from './patient-scribe.js';
import type { FromScribe, ScribeFiles, ToScribe } from './scribe.js';
import { sideHead } from './side-tables.js';
import { TAPE_HEAD } from './tape-sink.js';
import { TapeConsumer } from './tape-ring.js';

export interface LoggerLimits {
  /** The tape is put aside at this size; every file is kept. */
  readonly tapeBytes: number;
  /** The log is put aside at this size ... */
  readonly logBytes: number;
  /** ... and so many old ones are kept. */
  readonly logsKept: number;
  /** Lines that may wait for the disk; more are dropped and counted. */
  readonly linesMax: number;
  /** Rows of the ring, a power of two. */
  readonly ringRows: number;
  /** How far a fill must be before it counts as written: under `platter` it survives a power failure. */
  readonly fillsUntil: 'kernel' | 'platter';
}

/** What the writing side needs to begin. */
export interface ScribeSetup {
  readonly memory: SharedArrayBuffer;
  readonly dir: string;
  readonly limits: LoggerLimits;
}

export interface ThreadEvents {
  message(message: FromScribe): void;
  /** The thread is gone without having been told to go. Called once. */
  died(reason: string): void;
}

/** Where the disk refuses its files it says so, tries again by itself, and says `ready` once it has them; what it was told meanwhile is forgotten. */
export interface WritingThread {
  readonly kind: 'worker' | 'in-thread';
  post(message: ToScribe): void;
  /** Whether the process must stay alive for it. */
  hold(on: boolean): void;
  /** Ends it whatever it does; `died` is not called any more. */
  end(): void;
}

export type StartThread = (setup: ScribeSetup, events: ThreadEvents) => WritingThread;

/** How often the writing side looks into the ring. */
export const DRAIN_EVERY_MS = 20;
const WATCH_EVERY_MS = 1000;
/** So many looks without a sign of life, and the thread counts as hung. */
const SILENT_LOOKS_MAX = 15;
const NOTHING_TO_TRANSFER: readonly [] = [];

/** @throws StorageError */
export const openScribeFiles = (dir: string, limits: LoggerLimits): ScribeFiles => {
  const opened: RotatingFile[] = [];
  const open = (
    name: string,
    bytesMax: number,
    keep: number | null,
    head: string,
    until: 'kernel' | 'platter' = 'kernel',
  ): RotatingFile => {
    const file = new RotatingFile({ folder: dir, name, bytesMax, keep, head, until });
    opened.push(file);
    return file;
  };
  try {
    const tape = open('tape.csv', limits.tapeBytes, null, TAPE_HEAD);
    // Never put aside: a fill is looked for in one file.
    const fills = open('fills.csv', Infinity, null, FILL_HEAD, limits.fillsUntil);
    return {
      tape,
      fills,
      writtenFills: fillIdsIn(fills.text()),
      log: open('ops.log', limits.logBytes, limits.logsKept, ''),
      openSide: (table) =>
        new RotatingFile({ folder: dir, name: `${table}.csv`, bytesMax: limits.tapeBytes, keep: null, head: sideHead(table) }),
    };
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
};

/** Starts the compiled worker file. */
export const startWorker =
  (file: URL): StartThread =>
  (setup, events) =>
    new WorkerThread(new Worker(file, { workerData: setup, name: 'kmm-logger' }), setup, events);

class WorkerThread implements WritingThread {
  readonly kind = 'worker';
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #watch: NodeJS.Timeout;
  #over = false;

  constructor(worker: Worker, setup: ScribeSetup, events: ThreadEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.on('message', (message: FromScribe) => {
      if (!this.#over) events.message(message);
    });
    worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#die(`exit code ${code}`));
    this.#watch = this.#startWatch(new TapeConsumer(setup.memory));
    worker.unref();
  }

  post(message: ToScribe): void {
    this.#worker.postMessage(message, NOTHING_TO_TRANSFER);
  }

  hold(on: boolean): void {
    if (on) this.#worker.ref();
    else this.#worker.unref();
  }

  end(): void {
    this.#over = true;
    clearInterval(this.#watch);
    void this.#worker.terminate();
  }

  #startWatch(ring: TapeConsumer): NodeJS.Timeout {
    let lastBeats = ring.beats;
    let silentLooks = 0;
    const watch = setInterval(() => {
      silentLooks = ring.beats === lastBeats ? silentLooks + 1 : 0;
      lastBeats = ring.beats;
      if (silentLooks >= SILENT_LOOKS_MAX) this.#die(`no sign of life for ${(SILENT_LOOKS_MAX * WATCH_EVERY_MS) / 1000} s`);
    }, WATCH_EVERY_MS);
    return watch.unref();
  }

  #die(reason: string): void {
    if (this.#over) return;
    this.end();
    this.#events.died(reason);
  }
}

/** Writes from this thread, on a timer: for tests, and for the day when no worker can be had. */
export const startInThread: StartThread = (setup, events) => new InThread(setup, events);

class InThread implements WritingThread {
  readonly kind = 'in-thread';
  readonly #scribe: PatientScribe;
  readonly #timer: NodeJS.Timeout;
  readonly #events: ThreadEvents;
  #ended = false;

  constructor(setup: ScribeSetup, events: ThreadEvents) {
    this.#events = events;
    this.#timer = setInterval(() => this.#guard((scribe) => scribe.drain()), DRAIN_EVERY_MS);
    this.#timer.unref();
    this.#scribe = new PatientScribe(setup.memory, () => openScribeFiles(setup.dir, setup.limits), {
      answer: (message) => this.#answer(message),
      pull: () => undefined,
    });
  }

  post(message: ToScribe): void {
    this.#guard((scribe) => scribe.take(message));
  }

  hold(on: boolean): void {
    if (on) this.#timer.ref();
    else this.#timer.unref();
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  /** Answers arrive later, as they do from a thread. */
  #answer(message: FromScribe): void {
    queueMicrotask(() => {
      if (!this.#ended || message.type === 'closed') this.#events.message(message);
    });
  }

  /** A fault of the log must not become a fault of trading. */
  #guard(run: (scribe: PatientScribe) => void): void {
    if (this.#ended) return;
    try {
      run(this.#scribe);
    } catch (error) {
      this.end();
      this.#events.died(error instanceof Error ? error.message : String(error));
    }
  }
}
