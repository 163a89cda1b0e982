/** Every benchmark the project keeps, in the order they run. */
import { allocBench } from './alloc.js';
import type { Bench } from './bench.js';
import { decideBench } from './decide.js';
import { durabilityBench } from './durability.js';
import { growthBench } from './growth.js';
import { ingestBench } from './ingest.js';
import { journalBench } from './journal.js';
import { killBench } from './kill.js';
import { paperBench } from './paper.js';
import { replayBench } from './replay.js';
import { restartBench } from './restart.js';
import { shadowBench } from './shadow.js';
import { tapeBench } from './tape.js';
import { tickToWireBench } from './tick-to-wire.js';
import { twoOrdersBench } from './two-orders.js';

export const BENCHES: readonly Bench[] = [
  decideBench,
  ingestBench,
  allocBench,
  tapeBench,
  journalBench,
  durabilityBench,
  replayBench,
  growthBench,
  paperBench,
  twoOrdersBench,
  restartBench,
  shadowBench,
  tickToWireBench,
  killBench,
];
