/** A fill counts as often as it is told. */
import { FillMemory as Original } from '../../../src/execution/fill-memory.js';

export * from '../../../src/execution/fill-memory.js';

export class FillMemory extends Original {
  override note(...fill: Parameters<Original['note']>): ReturnType<Original['note']> {
    super.note(...fill);
    return 'new';
  }
}
