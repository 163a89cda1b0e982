/** A latch that is set while the bot runs is not seen. */
import { StateFiles as Original, type KillLatch } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  #atStart: KillLatch | null | undefined = undefined;

  static override forAccount(...[out, env, keyId, subaccount, host]: Parameters<typeof Original.forAccount>): StateFiles {
    return new StateFiles(Original.forAccount(out, env, keyId, subaccount, host).folder, host);
  }

  override latch(): KillLatch | null {
    if (this.#atStart === undefined) this.#atStart = super.latch();
    return this.#atStart;
  }
}
