/** What a recording looks like on disk, said once for its writer and its reader. */
import { TradingError, quote } from '../domain/errors.js';
import type { EpochUs } from '../domain/units.js';

/**
 * One line of a recording: the frame as it came, and when. Nanoseconds since the epoch do not fit a safe integer, so the digits are written, never a
 * number. The blanks follow the recordings that exist.
 */
export const recordedLine = (raw: string, at: EpochUs): string => `{"recv_ts_ns": ${at}000, "raw": ${JSON.stringify(raw)}}\n`;

/** What is needed to understand a recording besides its frames: the bodies of market, series and event as the exchange gave them at its start. */
export interface RecordingSidecar {
  readonly markets: readonly unknown[];
  readonly series: readonly unknown[];
  readonly events: readonly unknown[];
}

export const sidecarPath = (recording: string): string => `${recording}.markets.json`;

/** A file that is not the recording it should be. */
export class RecordingError extends TradingError {
  readonly code = 'BAD_RECORDING';
  constructor(
    readonly file: string,
    /** Counted from 1; null where the whole file is meant. */
    readonly line: number | null,
    readonly expected: string,
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${line === null ? '' : ` line ${line}`}: expected ${expected}, got ${quote(received)}`, options);
  }
}
