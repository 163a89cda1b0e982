/** `npm run simulate:long -- [virtual hours]`: one world for long, with the faults of every day; its heap must not grow. */
import { seconds } from '../../src/domain/units.js';
import { drawPlan } from './misfortune.js';
import { planIncidents } from './incidents.js';
import { supervise } from './supervisor.js';
import { SimulatedWorld } from './world.js';

const hours = Number(process.argv[2] ?? 24);
const collect = (globalThis as { readonly gc?: () => void }).gc;

/** Megabytes in use, after a collection where the process may ask for one (`node --expose-gc`). */
const heap = (): number => {
  collect?.();
  return process.memoryUsage().heapUsed / 1e6;
};

const FAULTS = ['n5-answer-lost', 'n8-stream-cut', 'x14-unasked-cancel', 'b1-gap', 'f6-fill-lost', 'c4-stall'] as const;

setImmediate(() => {
  const world = new SimulatedWorld(1, { ...drawPlan(1), kinds: new Set(FAULTS) }, null, { hours });
  supervise(world);
  world.start();
  planIncidents(world, seconds(hours * 3600));
  const heaps: number[] = [];
  for (let hour = 1; hour <= hours; hour++) {
    world.run(seconds(3600));
    heaps.push(heap());
    process.stderr.write(
      `hour ${hour}: heap ${heaps[hour - 1]?.toFixed(1) ?? ''} MB, ${world.judge.ownOrders} own orders, ${world.processes} processes\n`,
    );
  }
  const [first = 0] = heaps;
  const last = heaps.at(-1) ?? 0;
  process.stdout.write(
    `${JSON.stringify({ hours, heap_first_mb: first, heap_last_mb: last, growth: last / first - 1, processes: world.processes })}\n`,
  );
  process.exitCode = last <= first * 1.2 ? 0 : 1;
});
