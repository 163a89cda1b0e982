/** Reading a text from an address, as polling feeds see it. */
import type { DurationUs } from '../../domain/units.js';

export interface TextRequest {
  /** https://... anywhere, http://... to this machine only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From the first try to the last byte. */
  readonly timeout: DurationUs;
  readonly bytesMax: number;
}

export interface TextAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
}

/** Follows no redirect. Rejects where no whole answer of at most `bytesMax` comes in time. */
export type ReadText = (request: TextRequest) => Promise<TextAnswer>;
