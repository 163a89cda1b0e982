/** Writes the matching engine's own account of a run to a file, one JSON line per event. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { EpochUs } from '../../domain/units.js';
import { truthLine } from '../core/truth.js';
import type { ExchangeEvent } from '../core/types.js';
import { ExchangeOptionError } from './options.js';

export class TruthFile {
  private constructor(
    private readonly stream: WriteStream,
    private readonly startAt: EpochUs,
  ) {}

  /**
   * @param fault hears that the file cannot be written any more; lines are lost from then on
   * @throws ExchangeOptionError where it cannot be written at all
   */
  static async open(path: string, startAt: EpochUs, fault: (error: unknown) => void): Promise<TruthFile> {
    const stream = createWriteStream(path, { flags: 'w', mode: 0o600 });
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new ExchangeOptionError(
        `truth file ${path}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); choose another path`,
        {
          cause: error,
        },
      );
    }
    stream.on('error', fault);
    return new TruthFile(stream, startAt);
  }

  hear(event: ExchangeEvent): void {
    const line = truthLine(event, this.startAt);
    if (line !== null) this.stream.write(`${line}\n`);
  }

  /** All lines are with the system afterwards. */
  async close(): Promise<void> {
    if (this.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.stream.once('close', () => resolve());
      this.stream.end();
    });
  }
}
