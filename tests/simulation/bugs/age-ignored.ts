/** Old data is taken for fresh. */
import { DataAge as Original } from '../../../src/engine/data-age.js';
import { durationUs, type DurationUs } from '../../../src/domain/units.js';

export * from '../../../src/engine/data-age.js';

export class DataAge extends Original {
  override get age(): DurationUs {
    return durationUs(0);
  }
}
