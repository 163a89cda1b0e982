/** Ends that a person or a service manager asks for, with the exchange in reach and out of it. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arena, READY } from './arena.js';
import { killChildren, type Child } from './children.js';
import { cleanRun, endCleanly } from './crashes.js';
import { Judge } from './judge.js';
import { SEED } from './sizes.js';

let arena: Arena;
let judge: Judge;

beforeAll(async () => {
  arena = await Arena.open(`stops-${SEED}`);
  judge = new Judge(arena);
});
afterAll(async () => {
  await arena.close();
  killChildren();
});

/** A bot with orders at the exchange. */
const quoting = async (...at: Parameters<Arena['start']>): Promise<Child> => {
  const bot = arena.start(...at);
  await bot.said(READY);
  while ((await arena.orders('resting')).length < 4) await pause(20);
  return bot;
};

/** Two requests this close together are one, as when a terminal signals the whole group. */
const ANOTHER_REQUEST_MS = 600;

describe.sequential('a bot that is asked to end', () => {
  test('SIGTERM with orders open ends with 0, and nothing rests', async () => {
    const summary = await endCleanly(await quoting());
    expect(Number(summary['orders_cancelled'])).toBeGreaterThan(0);
    expect(await judge.verdict(summary)).toEqual([]);
    expect(judge.deadFills).toEqual([]);
  });

  test('a second bot on the account is refused with 10, and the first trades on', async () => {
    const first = await quoting();
    const placed = (await arena.orders()).length;
    const second = arena.start();
    expect((await second.exited).code).toBe(10);
    expect(second.stderr).toContain(`process ${first.pid}`);
    while ((await arena.orders()).length === placed) await pause(20);
    expect(await judge.verdict(await endCleanly(first))).toEqual([]);
  });

  test('of bots that start at once over the lease of a dead one, exactly one trades', async () => {
    const dead = await quoting();
    dead.kill('SIGKILL');
    await dead.exited;
    judge.noteCutOff();
    const bots = [arena.start(), arena.start(), arena.start()];
    const ends = await Promise.all(
      bots.map((bot) =>
        Promise.race([
          bot.said(READY).then(
            () => 'trades',
            () => 'never ready',
          ),
          bot.exited.then(({ code }) => code),
        ]),
      ),
    );
    expect(ends.toSorted()).toEqual([10, 10, 'trades']);
    const winner = bots[ends.indexOf('trades')] as Child;
    expect(await judge.verdict(await endCleanly(winner))).toEqual([]);
  });

  test('SIGTERM while the exchange is out of reach ends with 12 and says so; the next start puts it right', async () => {
    const links = await arena.links(SEED);
    const bot = await quoting(links);
    for (const proxy of [links.rest, links.ws]) {
      proxy.refuse();
      proxy.resetAll();
    }
    judge.noteCutOff();
    bot.kill('SIGTERM');
    expect(await bot.exited).toEqual({ code: 12, signal: null });
    expect(bot.stderr).toContain('look at the exchange');
    expect((await arena.orders('resting')).length).toBeGreaterThan(0);
    expect(await judge.verdict(await cleanRun(arena, 200))).toEqual([]);
  }, 60_000);

  test('a second SIGTERM while the first one waits for the exchange ends at once, with 12', async () => {
    const links = await arena.links(SEED + 1);
    const bot = await quoting(links);
    for (const proxy of [links.rest, links.ws]) proxy.halfOpen();
    judge.noteCutOff();
    bot.kill('SIGTERM');
    await pause(ANOTHER_REQUEST_MS);
    expect(bot.ended).toBeNull();
    bot.kill('SIGTERM');
    expect(await bot.exited).toEqual({ code: 12, signal: null });
    expect(bot.stderr).toContain('second SIGTERM: leaving at once');
    expect(await judge.verdict(await cleanRun(arena, 200))).toEqual([]);
  }, 60_000);

  test('READY is a line of ops.log with a code of its own', async () => {
    const summary = await cleanRun(arena, 0);
    const lines = readFileSync(`${String(summary['folder'])}/ops.log`, 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { code: string }).code).filter((code) => code === 'READY')).toEqual(['READY']);
  });
});
