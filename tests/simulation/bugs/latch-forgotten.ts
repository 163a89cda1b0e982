/** A restart does not see the kill latch. */
import { StateFiles as Original, type KillLatch } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  static override forAccount(...[out, env, keyId, subaccount, host]: Parameters<typeof Original.forAccount>): StateFiles {
    return new StateFiles(Original.forAccount(out, env, keyId, subaccount, host).folder, host);
  }

  override latch(): KillLatch | null {
    return null;
  }
}
