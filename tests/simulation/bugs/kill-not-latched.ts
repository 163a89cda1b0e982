/** The kill is not written to disk. */
import { StateFiles as Original } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  override setLatch(): void {
    // It is known to this process, and dies with it.
  }
}
