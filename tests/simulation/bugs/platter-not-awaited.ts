/** Orders and fills do not wait for the platter. */
import { GroupCommit as Original } from '../../../src/logger/durability.js';

export * from '../../../src/logger/durability.js';

export class GroupCommit extends Original {
  override get proven(): number {
    return this.written;
  }
}
