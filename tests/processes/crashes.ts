/** Ways to kill a bot, and the clean run that has to follow. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../src/domain/ports.js';
import { COMMANDS } from '../../src/app/commands.js';
import { dispatch } from '../../src/cli/dispatch.js';
import { CapturedOutput } from '../../src/cli/output.js';
import { StateFiles } from '../../src/app/state-files.js';
import { READY, type Arena, type Body } from './arena.js';
import type { Child } from './children.js';
import type { Judge } from './judge.js';
import { LINK_FAULTS, type Links } from './link-faults.js';
import { FULL } from './sizes.js';

export const CRASHES = [
  'while it trades',
  'while it starts',
  'while it stops',
  'while it is killed by its switch',
  'while its links misbehave',
] as const;
export type Crash = (typeof CRASHES)[number];

/** Most deaths in a row before it has recovered. */
const CRASH_LOOP = FULL ? 5 : 2;

const between = (chance: Chance, low: number, high: number): number => low + chance.next() * (high - low);

/** Starts bots and kills them until one more was killed in the way asked for. @returns how many SIGKILLs that took */
export const crash = async (arena: Arena, judge: Judge, how: Crash, chance: Chance): Promise<number> => {
  if (how === 'while its links misbehave') return crashBehind(arena, judge, chance);
  if (how === 'while it starts') return crashLoop(arena, judge, 1 + Math.floor(chance.next() * CRASH_LOOP), chance);
  for (;;) {
    const bot = arena.start();
    await bot.said(READY);
    await pause(between(chance, 0, how === 'while it trades' ? 2000 : 800));
    if (how === 'while it stops') bot.kill('SIGTERM');
    if (how === 'while it is killed by its switch') bot.kill('SIGUSR2');
    if (how !== 'while it trades') await pause(between(chance, 0, 250));
    const killed = await strike(bot, judge);
    if (how === 'while it is killed by its switch') await clearLatch(arena, bot);
    if (killed) return 1;
  }
};

/** Dies again and again before it has recovered. */
const crashLoop = async (arena: Arena, judge: Judge, times: number, chance: Chance): Promise<number> => {
  // Something to recover from.
  const trader = arena.start();
  await trader.said(READY);
  await pause(between(chance, 200, 1200));
  await strike(trader, judge);
  for (let i = 0; i < times; i++) {
    const bot = arena.start();
    await pause(between(chance, 50, 900));
    await strike(bot, judge);
  }
  return 1 + times;
};

/** Dies in the middle of a fault of the network, with who knows what on its way. */
const crashBehind = async (arena: Arena, judge: Judge, chance: Chance): Promise<number> => {
  const links = await arena.links(Math.floor(chance.next() * 1e6));
  const bot = arena.start(links);
  await bot.said(READY);
  await pause(between(chance, 0, 800));
  const fault = LINK_FAULTS[Math.floor(chance.next() * LINK_FAULTS.length)];
  judge.noteCutOff();
  const over = fault?.run(links, chance, between(chance, 200, 2000));
  await pause(between(chance, 0, 2000));
  await strike(bot, judge);
  await over;
  return 1;
};

/** @returns false where it had ended by itself */
const strike = async (bot: Child, judge: Judge): Promise<boolean> => {
  bot.kill('SIGKILL');
  const { signal } = await bot.exited;
  if (signal === 'SIGKILL') judge.noteCutOff();
  return signal === 'SIGKILL';
};

/** The latch is on disk before the bot says that it halts; the next start cancels what is left, does not trade, and ends with 7. */
const clearLatch = async (arena: Arena, bot: Child): Promise<void> => {
  const [state] = StateFiles.all(arena.out);
  const latched = state?.latch() !== null && state !== undefined;
  if (!latched) {
    if (bot.stderr.includes('Trading halted')) throw new Error(`the bot said that it halts, and no latch is on disk:\n${bot.stderr}`);
    return;
  }
  const placed = (await arena.orders()).length;
  const refused = arena.start();
  const { code } = await refused.exited;
  if (code !== 7) throw new Error(`a latched start ended with ${code}:\n${refused.stderr}`);
  if ((await arena.orders('resting')).length > 0) throw new Error('orders of ours rest after a latched start');
  if ((await arena.orders()).length > placed) throw new Error('a latched bot has placed orders');
  const cleared = await dispatch(COMMANDS, ['kill', '--out', arena.out, '--clear', 'looked into', '--yes'], new CapturedOutput());
  if (cleared !== 0) throw new Error(`the latch could not be cleared: ${cleared}`);
};

/** A run from start to clean end. @returns its summary */
export const cleanRun = async (arena: Arena, tradeMs: number, links?: Links): Promise<Body> => {
  const bot = arena.start(links);
  await bot.said(READY);
  await pause(tradeMs);
  return endCleanly(bot);
};

/** @returns the summary of a bot that is asked to stop, and does, with code 0 */
export const endCleanly = async (bot: Child): Promise<Body> => {
  bot.kill('SIGTERM');
  const { code } = await bot.exited;
  if (code !== 0) throw new Error(`a stop ended with ${code}:\n${bot.stderr.slice(-2000)}`);
  return JSON.parse(bot.stdout) as Body;
};
