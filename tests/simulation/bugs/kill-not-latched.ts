/** The kill is not written to disk. */
import { StateFiles as Original } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  static override forAccount(...[out, env, keyId, subaccount, host]: Parameters<typeof Original.forAccount>): StateFiles {
    return new StateFiles(Original.forAccount(out, env, keyId, subaccount, host).folder, host);
  }

  override setLatch(): void {
    // It is known to this process, and dies with it.
  }
}
