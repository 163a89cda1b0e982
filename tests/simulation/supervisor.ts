/** Whoever starts the bot again: after a crash, after an end that was not asked for, after a person has cleared the latch. And where processes die. */
import { StateFiles } from '../../src/app/state-files.js';
import { millis, seconds, toEpochMs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';
import { Broken } from './judge.js';
import { KEY_ID } from './exchange-front.js';
import { beFaster } from './incidents-exchange.js';
import { OUT } from './bot-settings.js';
import type { Ending, SimulatedWorld } from './world.js';

/** Files as a person's shell would touch them: no process of the bot. */
const SHELL = { alive: true };

const stateOf = (world: SimulatedWorld): StateFiles =>
  StateFiles.forAccount(OUT, 'custom', KEY_ID, 0, {
    files: world.disk.small(SHELL),
    processes: { own: 1, isAlive: (id) => world.process?.id === id },
  });

const wall = (world: SimulatedWorld): Date => new Date(toEpochMs(world.time.now));

export const isLatched = (world: SimulatedWorld): boolean => stateOf(world).latch() !== null;

/** A loss has halted it: it trades no more until a person has looked, and nobody looks. */
export const hasLost = (world: SimulatedWorld): boolean => stateOf(world).latch()?.reason.startsWith('loss-session') === true;

/** The kill switch from outside: the latch file, which a running bot sees, or the signal. */
export const pressKill = (world: SimulatedWorld): void => {
  const bySignal = world.kill !== null && world.process?.frozen === false && world.misfortune.chance(0.5);
  world.note(() => `somebody kills (${bySignal ? 'signal' : 'latch'})`);
  if (bySignal) {
    world.judge.kill(true);
    world.kill?.();
    return;
  }
  try {
    stateOf(world).setLatch('simulated', wall(world));
    world.judge.kill(false);
  } catch {
    // The disk refuses the person as well, who is told so and tries again.
  }
};

export const clearLatch = (world: SimulatedWorld): void => {
  const state = stateOf(world);
  state.clearLatch();
  state.clearGroupHolds();
  world.judge.cleared();
  world.note(() => 'the latch is cleared');
  startSoon(world, 1);
};

/** Dies now; what else a kind does to the disk happens before the next start. */
export const dieNow = (world: SimulatedWorld, kind: FaultKind): void => {
  if (world.process === null || world.misfortune.isQuiet) return;
  world.misfortune.feel(kind);
  const { given } = world.promises;
  world.crash();
  damage(world, kind, given);
  startSoon(world, 1 + 15 * world.misfortune.next());
};

const journals = (world: SimulatedWorld): string[] => world.disk.names().filter((path) => path.includes('/journal-'));

const damage = (world: SimulatedWorld, kind: FaultKind, given: ReadonlySet<string> | null): void => {
  const last = journals(world).at(-1);
  if (last === undefined) return;
  const { misfortune, disk } = world;
  const size = disk.read(last).length;
  const folder = last.slice(0, last.lastIndexOf('/'));
  if (kind === 'd17-power-lost') return world.promises.losePower(folder, given);
  if (kind === 'd8-torn-record') disk.tear(last, misfortune.whole(1, 40));
  if (kind === 'd9-bit-flip' || kind === 'd15-other-version') world.damaged.add(folder);
  if (kind === 'd9-bit-flip') disk.flip(last, misfortune.whole(0, size - 1));
  // The format's version stands behind the magic letters.
  if (kind === 'd15-other-version') disk.flip(last, 4 + misfortune.whole(0, 3));
};

/** Points at which a process can die, until it has. */
export const dieAt = (world: SimulatedWorld, kind: FaultKind): void => {
  world.dying = kind;
};

const hit = (world: SimulatedWorld, kind: FaultKind, share: number): boolean =>
  world.dying === kind && world.process !== null && world.bot !== null && world.misfortune.chance(share);

const die = (world: SimulatedWorld, kind: FaultKind): void => {
  world.dying = null;
  dieNow(world, kind);
};

/** Puts the points of death in place, and restarts what ended. */
export const supervise = (world: SimulatedWorld): void => {
  const isJournal = (path: string): boolean => path.includes('/journal-');
  world.disk.beforeWrite = (path) => {
    if (isJournal(path) && hit(world, 'd1-crash-before-intent', 0.2)) die(world, 'd1-crash-before-intent');
  };
  world.disk.afterWrite = (path) => {
    if (isJournal(path) && hit(world, 'd2-crash-before-send', 0.2)) die(world, 'd2-crash-before-send');
    if (isJournal(path) && hit(world, 'd17-power-lost', 0.05)) die(world, 'd17-power-lost');
  };
  world.onArriving = (request) => beFaster(world, request);
  world.onLeaves = (request) => {
    world.promises.leaves(request);
    if (request.method !== 'GET' && hit(world, 'd17-power-lost', 0.2)) die(world, 'd17-power-lost');
    if (request.method !== 'GET' && hit(world, 'd3-crash-before-answer', 0.3)) die(world, 'd3-crash-before-answer');
  };
  world.onAnswering = (request) => {
    if (request.method !== 'GET' && hit(world, 'd4-crash-before-journal', 0.3)) die(world, 'd4-crash-before-journal');
  };
  world.onTold = (frame) => {
    // While the booking is on its way to the platter, or has just been told.
    if (frame.startsWith('{"type":"fill"') && hit(world, 'd17-power-lost', 0.3))
      world.time.after(world.misfortune.within(millis(500)), () => die(world, 'd17-power-lost'));
    if (frame.startsWith('{"type":"fill"') && hit(world, 'd5-crash-before-tape', 0.7))
      world.time.at(world.time.now, () => die(world, 'd5-crash-before-tape'));
  };
  world.onEnded = (ending) => ended(world, ending);
};

const ended = (world: SimulatedWorld, { code, error }: Ending): void => {
  if (code === null) world.breach(new Broken('I15', `the program ended with a fault of ours: ${error?.stack ?? 'unknown'}`));
  const own = [...world.ledger.resting.values()].filter(({ clientId }) => clientId?.startsWith('kmm-') === true);
  // It says that nothing rests: then nothing does.
  if ((code === 0 || code === 7) && own.length > 0)
    world.breach(new Broken('I2', `ended with ${code}, and ${own.map((o) => o.clientId).join(', ')} rest`));
  // A service manager does not start it again after a 7, even where the disk had no room for the latch: whoever does has read why it ended.
  if (code === 7 && !isLatched(world)) world.judge.cleared();
  startSoon(world, 2 + 8 * world.misfortune.next());
};

/** A latched account is not started again before a person has looked. */
const startSoon = (world: SimulatedWorld, afterSeconds: number): void => {
  world.time.after(seconds(afterSeconds), () => {
    if (world.process === null && !world.finished && !(isLatched(world) && world.misfortune.chance(0.7))) world.start();
    else if (world.process === null && !world.finished) startSoon(world, 10);
  });
};
