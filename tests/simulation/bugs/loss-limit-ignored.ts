/** A loss beyond its limit does not halt. */
import type { Cash } from '../../../src/domain/units.js';
import { LossLimits as Original } from '../../../src/risk/loss-limits.js';

export * from '../../../src/risk/loss-limits.js';

export class LossLimits extends Original {
  override observe(result: Cash): null {
    void result;
    return null;
  }
}
