import { epochUs } from '../../../src/domain/units.js';
import type { JournalHeader } from '../../../src/logger/journal-segment.js';

/** The header of a small simulated run. */
export const HEADER: JournalHeader = {
  build: '0.1.0+test',
  run: 'run-1',
  created: epochUs(1_795_000_000_000_000),
  environment: 'sim',
  seed: '42',
  settings: { strategy: { name: 'symmetric', halfSpread: 200.5 }, list: [1, null, 'x'] },
};
