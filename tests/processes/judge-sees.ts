/** The judge finds what is planted: a verdict without complaints means something. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena, Body } from './arena.js';
import { cleanRun } from './crashes.js';
import { Judge, type Witness } from './judge.js';
import { runFolders } from './run-records.js';
import { scenario, type Scenario } from './scenario.js';

/** A judge of the same runs who is told something else. */
const misled = (arena: Arena, lies: Partial<Witness>): Judge =>
  new Judge({
    out: arena.out,
    orders: (status) => arena.orders(status),
    positions: () => arena.positions(),
    fills: () => arena.fills(),
    ...lies,
  });

/** Runs as they are but for a change to a copy of the newest one. */
const tampered = async (arena: Arena, change: (copy: string) => void, place: string): Promise<string[]> => {
  const out = join(arena.folder, place);
  const original = runFolders(arena.out).at(-1) ?? '';
  cpSync(original, join(out, 'a-run'), { recursive: true });
  change(out);
  const complaints = await misled(arena, { out }).history();
  rmSync(out, { recursive: true, force: true });
  return complaints;
};

const flipByte = (file: string): void => {
  const bytes = readFileSync(file);
  const at = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
};

/** The middle row of the tape says another inventory. */
const forgeTape = (file: string): void => {
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.length >> 1;
  const cells = (lines[at] ?? '').split(',');
  lines[at] = cells.with(5, '999.00').join();
  writeFileSync(file, lines.join('\n'));
};

const assertSeen = (complaints: readonly string[], words: RegExp): void => {
  assert.ok(
    complaints.some((complaint) => words.test(complaint)),
    `${words} is not among: ${complaints.join('\n')}`,
  );
};

export const JUDGE_SCENARIOS: readonly Scenario[] = [
  scenario(
    'the judge sees an order left, a wrong position, a fill lost, doubled or invented, and records that were changed',
    async ({ arena, judge }) => {
      let summary: Body = {};
      do summary = await cleanRun(arena, 1500);
      while ((await arena.fills()).length < 3);
      assert.deepEqual(await judge.verdict(summary), []);

      assertSeen(await misled(arena, { positions: () => Promise.resolve({ KXNONE: 1 }) }).standing(summary), /the bot holds/);
      const fills = await arena.fills();
      assertSeen(await misled(arena, { fills: () => Promise.resolve(fills.slice(1)) }).history(), /unknown to the exchange/);
      const another = { ...fills[Math.floor(fills.length / 2)], fill_id: 'another' };
      assertSeen(await misled(arena, { fills: () => Promise.resolve([...fills, another]) }).history(), /another of .* is booked nowhere/);
      const dearer = fills.map((fill) => ({ ...fill, fee_cost: '9.000000' }));
      assertSeen(await misled(arena, { fills: () => Promise.resolve(dearer) }).history(), /is booked as/);

      assertSeen(
        await tampered(arena, (out) => cpSync(join(out, 'a-run'), join(out, 'b-run'), { recursive: true }), 'twice'),
        /booked twice/,
      );
      assertSeen(await tampered(arena, (out) => forgeTape(join(out, 'a-run', 'tape.csv')), 'forged'), /is not the decision of the journal/);
      await assert.rejects(
        tampered(arena, (out) => flipByte(join(out, 'a-run', 'journal-000001.bin')), 'flipped'),
        /damaged/i,
      );

      const [market] = await arena.list('/markets', 'markets');
      await arena.truth.order({ ticker: market?.['ticker'], client_order_id: 'kmm-forgotten-1', price: '0.0100', count: '1.00' });
      assertSeen(await judge.standing(summary), /rests after a clean end/);
    },
  ),
];
