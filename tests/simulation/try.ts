import { runSeed } from './verdict.js';

setImmediate(() => {
  const from = Number(process.argv[2] ?? 1);
  const to = Number(process.argv[3] ?? from);
  const hours = Number(process.argv[4] ?? 1);
  const trace = process.argv[5] === 'trace';
  const felt = new Map<string, number>();
  let sum = 0;
  for (let seed = from; seed <= to; seed++) {
    const cpu = process.cpuUsage();
    const { error, world, fills, virtualSeconds } = runSeed(seed, {
      hours,
      trace: trace ? (line) => console.log(line.slice(0, 600)) : null,
    });
    const { user, system } = process.cpuUsage(cpu);
    sum += (user + system) / 1000;
    for (const [kind, count] of world.misfortune.felt) felt.set(kind, (felt.get(kind) ?? 0) + count);
    console.log(
      seed,
      ((user + system) / 1000).toFixed(0),
      'ms cpu',
      world.events,
      world.deltas,
      world.judge.ownOrders,
      fills,
      virtualSeconds.toFixed(0),
      world.processes,
      error === null ? '' : (error.stack ?? '').slice(0, 400),
    );
  }
  console.log(
    sum / (to - from + 1),
    Object.fromEntries([...felt].sort()),
    [...felt.values()].reduce((a, b) => a + b, 0),
  );
});
