import { seconds } from '../../src/domain/units.js';
import { SimulatedWorld } from './world.js';

setImmediate(() => {
const seed = Number(process.argv[2] ?? 1);
const trace = process.argv[3] === 'trace';
const started = performance.now();
const world = new SimulatedWorld(seed, { kinds: new Set(), intensity: 1 }, trace ? (line) => console.log(line) : null);
world.start();
world.run(seconds(Number(process.argv[4] ?? 60)));
console.log({ ms: performance.now() - started, events: world.events, deltas: world.deltas, own: world.judge.ownOrders, phase: world.bot?.engine.state.recovery.phase, endings: world.endings });
});
