/** A latch that is set while the bot runs is not seen. */
import { StateFiles as Original, type KillLatch } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  #atStart: KillLatch | null | undefined = undefined;

  override latch(): KillLatch | null {
    if (this.#atStart === undefined) this.#atStart = super.latch();
    return this.#atStart;
  }
}
