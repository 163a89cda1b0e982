/** A second bot may trade the same account. */
import { StateFiles as Original } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  static override forAccount(...[out, env, keyId, subaccount, host]: Parameters<typeof Original.forAccount>): StateFiles {
    return new StateFiles(Original.forAccount(out, env, keyId, subaccount, host).folder, host);
  }

  override lease(): void {
    // Whoever comes is welcome.
  }
}
