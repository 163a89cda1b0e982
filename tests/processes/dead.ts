/** What goes on at the exchange while nobody of ours lives: orders lapse by themselves, and fills are found by the next bot. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { quoting, type Arena, type Body } from './arena.js';
import { cleanRun } from './crashes.js';
import { FILLS_ARE_CARRIED_OVER, type Judge } from './judge.js';
import { inFullRun, scenario, type Scenario } from './scenario.js';

/** @returns the orders that a bot leaves which is killed while it quotes */
const leftByDead = async (arena: Arena, judge: Judge, env?: Readonly<Record<string, string>>): Promise<Body[]> => {
  const bot = await quoting(arena, undefined, env);
  bot.kill('SIGKILL');
  await bot.exited;
  judge.noteCutOff();
  const left = await arena.orders('resting');
  assert.ok(left.length > 0);
  return left;
};

const LIFE_S = 5;

export const DEAD_SCENARIOS: readonly Scenario[] = [
  scenario('a fill while the bot is dead is in the position of the next one, and on a record once', async ({ arena, judge }) => {
    const left = await leftByDead(arena, judge);
    // Later than anything that could have been on its way to the bot.
    await pause(1600);
    const before = new Set((await arena.fills()).map((fill) => fill['fill_id']));
    for (const { ticker, book_side: side, yes_price_dollars: price } of left)
      await arena.stranger.order({
        ticker,
        side: side === 'bid' ? 'ask' : 'bid',
        price,
        count: '40.00',
        time_in_force: 'immediate_or_cancel',
      });
    const filled = (await arena.fills()).map((fill) => String(fill['fill_id'])).filter((id) => !before.has(id));
    assert.ok(filled.length > 0);
    assert.deepEqual(await judge.verdict(await cleanRun(arena, 300)), []);
    const unbooked = judge.deadFills.map(({ fillId }) => fillId);
    assert.deepEqual(
      filled.filter((id) => unbooked.includes(id)),
      FILLS_ARE_CARRIED_OVER ? [] : filled,
    );
  }),

  ...inFullRun(
    scenario(
      'the orders of a dead bot lapse at the expiry that it gave them, with nobody there to cancel them',
      async ({ arena, judge }) => {
        const left = await leftByDead(arena, judge, { KMM_EXECUTION_ORDER_LIFE_SECONDS: String(LIFE_S) });
        const latest = Date.now() + LIFE_S * 1000;
        const moment = (order: Body, name: string): number => Date.parse(String(order[name]));
        assert.deepEqual(
          left.filter((order) => !(moment(order, 'expiration_time') <= latest)),
          [],
        );
        while ((await arena.orders('resting')).length > 0) await pause(100);
        const ids = new Set(left.map((order) => order['order_id']));
        const lapsed = (await arena.orders()).filter((order) => ids.has(order['order_id']) && order['status'] === 'canceled');
        assert.deepEqual(
          lapsed.filter((order) => moment(order, 'last_update_time') > moment(order, 'expiration_time') + 1000),
          [],
        );
        assert.deepEqual(await judge.verdict(await cleanRun(arena, 200)), []);
      },
    ),
  ),
];
