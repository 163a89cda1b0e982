/** A second bot may trade the same account. */
import { StateFiles as Original } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  override lease(): void {
    // Whoever comes is welcome.
  }
}
