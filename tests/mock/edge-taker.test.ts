/** The edge taker on the simulated exchange, told where an index is: it takes what is worth more than it costs, once per signal, within its limits, and can be replayed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openAccess } from '../../src/app/access.js';
import type { BotRun } from '../../src/app/bot-run.js';
import { startCommand } from '../../src/app/commands/start.js';
import { needsOf, settingsFor } from '../../src/app/settings-options.js';
import { systemHost } from '../../src/app/system-host.js';
import { tradeOn } from '../../src/app/trading.js';
import { DEFAULT_CROWD } from '../../src/exchange/crowd/settings.js';
import { dispatch } from '../../src/cli/dispatch.js';
import { CapturedOutput } from '../../src/cli/output.js';
import { splitFields } from '../../src/logger/tape-files.js';
import { hostExchange, kmm, runFolder, temporary, until, type Body, type World } from './app-world.js';

const CONFIG = `
strategy: {model: edge-taker, order_size_contracts: 10, take_edge_cents: 2, take_errors: 1}
alpha: {indices: ["KXBTCD=BRTI 60x1s"], index_jump_max_deviations: 1000}
risk: {position_max_contracts: 30, order_rate_max_per_second: 50}
engine: {decision_interval_ms: 200}
`;
const HIGH = 95_000;
const LOW = 89_000;

/** Feeds the index into the running bot until it is told to stop. */
class Index {
  value = HIGH;
  told = 0;
  bot: BotRun | null = null;
  readonly #timer = setInterval(() => this.tell(), 250);

  tell(): void {
    if (this.bot === null) return;
    const { clock } = systemHost();
    const at = clock.now();
    this.bot.offer({ type: 'index-volatility', at, index: 'BRTI', annual: 0.55, error: 0.05, asOf: at });
    this.bot.offer({ type: 'index', at, index: 'BRTI', value: this.value, asOf: at });
    this.bot.offer({ type: 'batch-end', at });
    this.told++;
  }
  end(): void {
    clearInterval(this.#timer);
  }
}

/** A table by the names of its columns. */
const rowsOf = (folder: string, name: string): Record<string, string>[] => {
  const [head = '', ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((line) => Object.fromEntries(splitFields(line, name).map((cell, i) => [columns[i] ?? '', cell])));
};

const crypto = (orders: readonly Body[]): Body[] => orders.filter((order) => String(order['ticker']).startsWith('KXBTCD'));

describe('a run', () => {
  let world: World;
  let out: string;
  let run: string;
  let orders: Body[];
  let fills: Body[];
  let positions: number[];
  let code: number;
  const index = new Index();
  const output = new CapturedOutput();

  beforeAll(async () => {
    world = await hostExchange({ seed: 'edge-taker', core: { crowd: DEFAULT_CROWD } });
    out = temporary();
    const config = join(world.folder, 'config.yaml');
    writeFileSync(config, CONFIG);
    const stop = new AbortController();
    const command = {
      ...startCommand,
      run: async (context: Parameters<typeof startCommand.run>[0]) => {
        const { settings } = settingsFor(context, ['out', 'connect', 'console'], needsOf(context));
        const access = await openAccess(settings, context.options.optionalText('connect'));
        try {
          return (await tradeOn(systemHost(), context, settings, access, (bot) => (index.bot = bot))).exitCode;
        } finally {
          await access.close();
        }
      },
    };
    const argv = ['start', '--env', 'custom', '--connect', world.connect, '--out', out, '--config', config, '--console', 'trades'];
    const ended = dispatch([command], argv, output, { signal: stop.signal });
    const position = async (): Promise<number> =>
      Object.entries(await world.positions()).find(([name]) => name.startsWith('KXBTCD'))?.[1] ?? 0;
    await until('it has bought up to its limit', async () => (await position()) === 30);
    index.value = LOW;
    await until('it has sold down to its limit', async () => (await position()) === -30);
    stop.abort();
    code = await ended;
    index.end();
    orders = crypto(await world.orders());
    fills = crypto(await world.fills());
    run = runFolder(out);
    positions = [];
    let held = 0;
    for (const line of readFileSync(join(run, 'fills.csv'), 'utf8').trimEnd().split('\n').slice(1)) {
      const [, , , side, , quantity] = line.split(',');
      held += (side === 'bid' ? 1 : -1) * Number(quantity);
      positions.push(held);
    }
    // Both waits may take their whole patience on a busy machine.
  }, 60_000);

  test('ends well, with nothing resting', async () => {
    expect(code).toBe(0);
    expect(await world.orders('resting')).toEqual([]);
    expect(orders.length).toBeGreaterThanOrEqual(9);
  });

  test('trades only the market that it can value, and only as a taker', async () => {
    expect((await world.orders()).length).toBe(orders.length);
    expect(fills.every((fill) => fill['is_taker'] === true)).toBe(true);
  });

  test('never goes beyond its limits, and no order is larger than its size', () => {
    expect(positions.every((held) => Math.abs(held) <= 30)).toBe(true);
    expect(Math.max(...orders.map((order) => Number(order['initial_count_fp'])))).toBeLessThanOrEqual(10);
  });

  test('pays and takes no price that leaves less than the edge', () => {
    // The contract is worth about 97 c while the index is high and about 3 c while it is low.
    for (const order of orders) {
      const price = Number(order['yes_price_dollars']);
      expect(order['book_side'] === 'bid' ? price <= 0.95 : price >= 0.05).toBe(true);
    }
    expect(new Set(orders.map((order) => order['book_side']))).toEqual(new Set(['bid', 'ask']));
  });

  test('answers no signal twice', () => {
    expect(orders.length).toBeLessThanOrEqual(index.told);
    const ids = new Set(orders.map((order) => order['client_order_id']));
    expect(ids.size).toBe(orders.length);
  });

  test('its console tells orders, fills and changes of state, and nothing else', () => {
    const told = (pattern: RegExp): number => output.stdout.filter((line) => pattern.test(line)).length;
    expect(told(/^\[INFO\] Order: (buy|sell) [\d.]+ at 0\.\d{4}, immediate or cancel, KXBTCD/)).toBe(orders.length);
    expect(told(/^\[INFO\] (Bought|Sold) /)).toBe(fills.length);
    expect(told(/Quoting|placed, /)).toBe(0);
  });

  test('valuations, orders and changes of state have tables of their own', () => {
    const valuations = rowsOf(run, 'valuations.csv');
    expect(valuations.length).toBeGreaterThan(10);
    const valued = valuations.filter((row) => row['probability'] !== '');
    expect(valued.length).toBeGreaterThan(10);
    for (const row of valued) {
      expect(row['ticker']).toMatch(/^KXBTCD/);
      expect([String(HIGH), String(LOW)]).toContain(row['index_value']);
      expect(Number(row['probability']) > 0.5).toBe(row['index_value'] === String(HIGH));
    }
    const table = rowsOf(run, 'orders.csv');
    expect(table.filter((row) => row['what'] === 'place' && row['time_in_force'] === 'immediate-or-cancel')).toHaveLength(orders.length);
    expect(table.filter((row) => row['what'] === 'accepted')).toHaveLength(orders.length);
    const state = rowsOf(run, 'state.csv');
    expect(state.filter((row) => row['what'] === 'fill').map((row) => Number(row['position']))).toEqual(positions);
    expect(state.map((row) => row['what'])).toEqual(expect.arrayContaining(['FEED_UP', 'stopped']));
  });

  test('every decision of it can be made again from the journal', async () => {
    const verified = await kmm(['replay', run, '--verify', '--json']);
    expect(verified.code).toBe(0);
    expect(verified.document).toMatchObject({ verified: true });
  });
});
