/** A scribe that gets its files late: where the disk refuses to open them it tries again, for as long as it takes. Runs in the writing thread. */
import { Scribe, type FromScribe, type ScribeFiles, type ScribePorts, type ToScribe } from './scribe.js';
import { StorageError } from './storage-errors.js';
import { TapeConsumer } from './tape-ring.js';

/** About once a second. */
const ROUNDS_BETWEEN_TRIES = 50;

export class PatientScribe {
  readonly #memory: SharedArrayBuffer;
  readonly #open: () => ScribeFiles;
  readonly #ports: Omit<ScribePorts, 'files'>;
  readonly #ring: TapeConsumer;
  #scribe: Scribe | null = null;
  readonly #names: ToScribe[] = [];
  #rounds = 0;

  /** Tries at once and answers `ready` or `refused`. @param open throws StorageError where the files cannot be had */
  constructor(memory: SharedArrayBuffer, open: () => ScribeFiles, ports: Omit<ScribePorts, 'files'>) {
    this.#memory = memory;
    this.#open = open;
    this.#ports = ports;
    this.#ring = new TapeConsumer(memory);
    this.#try();
  }

  /** One message. Without files only names are kept, which rows need at once: whoever sent the rest does so again after `ready`. */
  take(message: ToScribe): void {
    if (this.#scribe !== null) this.#scribe.take(message);
    else if (message.type === 'market' || message.type === 'reason') this.#names.push(message);
  }

  drain(): void {
    if (this.#scribe !== null) return this.#scribe.drain();
    // It waits, but it lives.
    this.#ring.beat();
    if (++this.#rounds % ROUNDS_BETWEEN_TRIES === 0) this.#try();
  }

  #try(): void {
    try {
      const scribe = new Scribe(this.#memory, { ...this.#ports, files: this.#open() });
      for (const name of this.#names.splice(0)) scribe.take(name);
      this.#scribe = scribe;
      this.#ports.answer({ type: 'ready' });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#ports.answer({ type: 'refused', operation: error.operation, file: error.file, errno: error.errno } satisfies FromScribe);
    }
  }
}
