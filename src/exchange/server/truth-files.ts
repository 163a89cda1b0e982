/** Writes the matching engine's own account of a run to a file, one JSON line per event. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { EpochUs } from '../../domain/units.js';
import { truthLine } from '../core/truth.js';
import type { ExchangeEvent } from '../core/types.js';

export class TruthFile {
  readonly #stream: WriteStream;

  /** @param fault hears that the file cannot be written; lines are lost from then on */
  constructor(
    path: string,
    private readonly startAt: EpochUs,
    fault: (error: unknown) => void,
  ) {
    this.#stream = createWriteStream(path, { flags: 'w', mode: 0o600 });
    this.#stream.on('error', fault);
  }

  hear(event: ExchangeEvent): void {
    const line = truthLine(event, this.startAt);
    if (line !== null) this.#stream.write(`${line}\n`);
  }

  /** All lines are with the system afterwards. */
  async close(): Promise<void> {
    if (this.#stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#stream.once('close', () => resolve());
      this.#stream.end();
    });
  }
}
