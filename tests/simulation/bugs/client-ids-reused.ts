/** Every run begins with the same client ids. */
import { ClientIds as Original } from '../../../src/domain/ids.js';

export * from '../../../src/domain/ids.js';

export class ClientIds extends Original {
  constructor(prefix: string, _run: string, first?: number) {
    super(prefix, 'run', first);
  }
}
