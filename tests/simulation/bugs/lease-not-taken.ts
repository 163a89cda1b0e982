/** A second bot may trade the same account. */
import { StateFiles as Original } from '../../../src/app/state-files.js';

export * from '../../../src/app/state-files.js';

export class StateFiles extends Original {
  static override forAccount(...[out, env, keyId, subaccount, host]: Parameters<typeof Original.forAccount>): StateFiles {
    return new StateFiles(Original.forAccount(out, env, keyId, subaccount, host).folder, host);
  }

  /** Whoever comes is welcome. */
  override lease(): boolean {
    return false;
  }
}
