/** A restart does not see the kill latch. */
import { StateFiles as Original, type KillLatch } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  override latch(): KillLatch | null {
    return null;
  }
}
