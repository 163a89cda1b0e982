/** What happens to the bot's own process: its clock, its disk, its life. */
import { mergeConfig } from '../../src/config/merge.js';
import { ConfigError } from '../../src/config/issue.js';
import { durationUs, millis, seconds, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';
import type { Incident } from './incidents.js';
import { Broken } from './judge.js';
import { CALM, type DiskMood } from './simulated-disk.js';
import { SimulatedProcess } from './simulated-process.js';
import { clearLatch, dieAt, dieNow, pressKill } from './supervisor.js';
import type { SimulatedWorld } from './world.js';

const span = (world: SimulatedWorld, from: number, to: number): DurationUs => world.misfortune.between(seconds(from), seconds(to));

/** The disk is in a mood for a while; it is felt with the first refusal. */
const moodFor = (world: SimulatedWorld, length: DurationUs, mood: DiskMood): void => {
  world.disk.mood = mood;
  world.time.after(length, () => {
    if (world.disk.mood === mood) world.disk.mood = CALM;
  });
};

const refusing = (world: SimulatedWorld, kind: FaultKind, errno: 'ENOSPC' | 'EIO' | 'EMFILE'): DiskMood => {
  let felt = false;
  const refuse = (): typeof errno => {
    if (!felt) world.misfortune.feel(kind);
    felt = true;
    return errno;
  };
  return {
    write: (_path, bytes) => (errno === 'EMFILE' ? null : { errno: refuse() as 'ENOSPC' | 'EIO', kept: world.misfortune.whole(0, bytes) }),
    sync: () => (errno === 'EMFILE' ? null : refuse()),
    open: () => (errno === 'EIO' ? null : refuse()),
  };
};

/** Nothing is refused, and nothing is confirmed for a while. */
const stalling = (world: SimulatedWorld, slow: DurationUs): DiskMood => {
  let felt = false;
  return {
    ...CALM,
    slow,
    sync: () => {
      if (!felt) world.misfortune.feel('d11-sync-fails');
      felt = true;
      return null;
    },
  };
};

const freeze = (world: SimulatedWorld, kind: FaultKind, length: DurationUs): void => {
  const { process } = world;
  if (process === null || process.frozen) return;
  process.freeze();
  world.misfortune.feel(kind);
  world.time.after(length, () => process.thaw());
};

export const PROCESS_INCIDENTS: readonly Incident[] = [
  {
    kind: 'c1-clock-skew',
    every: 700,
    happen: (world) => {
      const { misfortune } = world;
      // Small errors are common, large ones make signatures invalid.
      const most = misfortune.chance(0.7) ? seconds(4) : seconds(120);
      world.wallError = durationUs(misfortune.within(durationUs(2 * most)) - most);
      misfortune.feel('c1-clock-skew');
      world.time.after(span(world, 20, 200), () => (world.wallError = durationUs(0)));
    },
  },
  {
    kind: 'c2-clock-step',
    every: 1500,
    happen: (world) => {
      world.wallError = seconds(world.misfortune.chance(0.5) ? 3600 : -3600);
      world.misfortune.feel('c2-clock-step');
      world.time.after(span(world, 5, 60), () => (world.wallError = durationUs(0)));
    },
  },
  { kind: 'c3-frozen', every: 500, happen: (world) => freeze(world, 'c3-frozen', span(world, 2, 30)) },
  { kind: 'c4-stall', every: 150, happen: (world) => freeze(world, 'c4-stall', span(world, 0.15, 1)) },
  { kind: 'd1-crash-before-intent', every: 900, happen: (world) => dieAt(world, 'd1-crash-before-intent') },
  { kind: 'd2-crash-before-send', every: 900, happen: (world) => dieAt(world, 'd2-crash-before-send') },
  { kind: 'd3-crash-before-answer', every: 900, happen: (world) => dieAt(world, 'd3-crash-before-answer') },
  { kind: 'd4-crash-before-journal', every: 900, happen: (world) => dieAt(world, 'd4-crash-before-journal') },
  { kind: 'd5-crash-before-tape', every: 900, happen: (world) => dieAt(world, 'd5-crash-before-tape') },
  {
    kind: 'd6-crash-in-kill',
    every: 2500,
    happen: (world) => {
      if (world.process === null) return;
      pressKill(world);
      world.time.after(world.misfortune.within(millis(400)), () => dieNow(world, 'd6-crash-in-kill'));
      world.time.after(span(world, 20, 60), () => clearLatch(world));
    },
  },
  {
    kind: 'd7-crash-in-recovery',
    every: 1500,
    happen: (world) => {
      dieNow(world, 'd7-crash-in-recovery');
      for (let i = 1; i < world.misfortune.whole(2, 5); i++)
        world.time.after(durationUs(seconds(3 * i) + world.misfortune.within(seconds(2))), () => dieNow(world, 'd7-crash-in-recovery'));
    },
  },
  {
    kind: 'd17-power-lost',
    every: 700,
    happen: (world) => (world.misfortune.chance(0.25) ? dieNow(world, 'd17-power-lost') : dieAt(world, 'd17-power-lost')),
  },
  { kind: 'd8-torn-record', every: 1500, happen: (world) => dieNow(world, 'd8-torn-record') },
  { kind: 'd9-bit-flip', every: 1500, happen: (world) => dieNow(world, 'd9-bit-flip') },
  { kind: 'd15-other-version', every: 2000, happen: (world) => dieNow(world, 'd15-other-version') },
  {
    kind: 'd10-disk-full',
    every: 600,
    happen: (world) => moodFor(world, span(world, 0.5, 20), refusing(world, 'd10-disk-full', 'ENOSPC')),
  },
  {
    kind: 'd11-sync-fails',
    every: 800,
    happen: (world) => {
      const length = span(world, 0.2, 5);
      const stalls = world.settings.journal.durability === 'power' && world.misfortune.chance(0.5);
      moodFor(world, length, stalls ? stalling(world, length) : refusing(world, 'd11-sync-fails', 'EIO'));
    },
  },
  {
    kind: 'd14-no-handles',
    every: 300,
    happen: (world) => moodFor(world, span(world, 1, 20), refusing(world, 'd14-no-handles', 'EMFILE')),
  },
  {
    kind: 'd13-files-deleted',
    every: 900,
    happen: (world) => {
      const name = world.disk
        .names()
        .filter((path) => path.endsWith('tape.csv') || path.endsWith('ops.log'))
        .at(-1);
      if (name === undefined) return;
      world.disk.delete(name);
      world.misfortune.feel('d13-files-deleted');
    },
  },
  {
    kind: 'd16-terminated',
    every: 1500,
    happen: (world) => {
      if (world.stop === null || world.process === null) return;
      world.misfortune.feel('d16-terminated');
      world.stop.abort('SIGTERM');
      // Somebody insists.
      if (world.misfortune.chance(0.3)) world.time.after(world.misfortune.within(seconds(2)), () => dieNow(world, 'd16-terminated'));
    },
  },
  {
    kind: 'x17-second-bot',
    every: 900,
    happen: (world) => {
      if (world.process === null || world.bot === null) return;
      const second = new SimulatedProcess(9000, world.time, () => world.wallError);
      const run = async (): Promise<void> => {
        const { code, error } = await world.trade(second, new AbortController());
        second.die();
        if (error === null) world.breach(new Broken('I6', `a second bot traded on the same account (${String(code)})`));
        world.misfortune.feel('x17-second-bot');
      };
      void run();
      second.settle();
      world.time.after(millis(50), () => {
        if (second.alive) world.breach(new Broken('I6', 'a second bot trades on the same account'));
      });
    },
  },
  {
    kind: 'g13-bad-config',
    every: 900,
    happen: (world) => {
      const text = world.misfortune.pick([
        'risk: { order_size_max_contracts: -1 }',
        'risk: { band_low_cents: 97, band_high_cents: 3 }',
        'rsik: {}',
        'environment: prod\nenvironment: demo',
        'markets: { tickers: [1, {}] }',
      ]) as string;
      try {
        mergeConfig({ file: { name: 'bad', text }, variables: {}, overrides: [] });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        world.misfortune.feel('g13-bad-config');
        return;
      }
      world.breach(new Broken('G13', `a configuration that is wrong was taken: ${text}`));
    },
  },
  {
    kind: 'g15-killed-twice',
    every: 2500,
    happen: (world) => {
      if (world.process === null) return;
      world.misfortune.feel('g15-killed-twice');
      pressKill(world);
      world.time.after(world.misfortune.within(seconds(3)), () => pressKill(world));
      world.time.after(span(world, 20, 90), () => clearLatch(world));
    },
  },
];
