/** A restart goes by the snapshot and does not read what the journal has behind it. */
import { LeftBehind as Original } from '../../../src/replay/left-behind.js';

export * from '../../../src/replay/left-behind.js';

export class LeftBehind extends Original {
  override take(): void {
    // The snapshot is recent enough.
  }
}
