/** A stream that says nothing any more is taken for a quiet one. */
import { Connection as Original } from '../../../src/connector/connection.js';
import type { EpochUs } from '../../../src/domain/units.js';

export * from '../../../src/connector/connection.js';

export class Connection extends Original {
  override tick(at: EpochUs): string | null {
    if (this.isOpen) this.heard(at);
    return super.tick(at);
  }
}
