import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Approved, Call, VenueCommand } from '../../../src/domain/order.js';
import { planCalls } from '../../../src/execution/call-planner.js';
import { amend, cancel, decrease, place } from './facts.js';

const COSTS = { place: 10, amend: 10, decrease: 10, cancel: 2 } as const;
const approve = (commands: readonly VenueCommand[]): readonly Approved<VenueCommand>[] => commands as readonly Approved<VenueCommand>[];

const plan = (commands: readonly VenueCommand[], shard = 0, unscopedTokens = 1000): Call[] =>
  planCalls(approve(commands), { shardOf: () => shard, unscopedTokens, cost: (kind) => COSTS[kind] });
const shape = (calls: readonly Call[]): readonly string[] =>
  calls.map((call) => `${call.mode} ${call.commands.map((command) => command.type).join(' ')}`);
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

describe('calls', () => {
  test('nothing makes no call, one command a single one', () => {
    expect([shape(plan([])), shape(plan([place()]))]).toEqual([[], ['single place']]);
  });

  test('few travel alone, cancels first', () => {
    const commands = [place({ n: 1 }), amend(2, 50, 10), decrease(3, 5), cancel(4)];
    expect(shape(plan(commands))).toEqual(['single cancel', 'single decrease', 'single amend', 'single place']);
  });

  test('many of one kind share a batch; amends and decreases have none', () => {
    expect(shape(plan(times(6, cancel)))).toEqual(['batch cancel cancel cancel cancel cancel cancel']);
    expect(plan(times(6, (n) => amend(n, 50, 10))).map((call) => call.mode)).toEqual(times(6, () => 'single'));
  });

  test('a batch has a bound', () => {
    expect(plan(times(45, cancel)).map((call) => call.commands.length)).toEqual([20, 20, 5]);
  });

  test('a shard that the unscoped bucket cannot pay for goes alone, on its own bucket', () => {
    expect(
      plan(
        times(6, (n) => place({ n })),
        2,
        59,
      ).map((call) => call.mode),
    ).toEqual(times(6, () => 'single'));
    expect(
      plan(
        times(6, (n) => place({ n })),
        2,
        60,
      ).map((call) => call.mode),
    ).toEqual(['batch']);
  });

  test('a second batch is held against what the first left', () => {
    const commands = [...times(5, cancel), ...times(5, (n) => place({ n: `p${n}` }))];
    expect(plan(commands, 2, 59).map((call) => call.mode)).toEqual(['batch', ...times(5, () => 'single')]);
  });

  test('shard 0 is paid for by the unscoped bucket either way', () => {
    expect(
      plan(
        times(6, (n) => place({ n })),
        0,
        0,
      ).map((call) => call.mode),
    ).toEqual(['batch']);
  });
});

test('every command travels exactly once, kinds are never mixed in a batch, and cancels come before all else', () => {
  const command = (n: number, kind: number): VenueCommand =>
    kind === 0 ? place({ n }) : kind === 1 ? amend(n, 50, 10) : kind === 2 ? decrease(n, 5) : cancel(n);
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 3 }), { maxLength: 60, size: 'max' }),
      fc.nat({ max: 2 }),
      fc.nat({ max: 400 }),
      (kinds, shard, tokens) => {
        const commands = kinds.map((kind, n) => command(n, kind));
        const calls = plan(commands, shard, tokens);
        const flat = calls.flatMap((call) => call.commands);
        expect(flat.length).toBe(commands.length);
        expect(new Set(flat)).toEqual(new Set(commands));
        for (const call of calls) {
          expect(new Set(call.commands.map((one) => one.type)).size).toBe(1);
          if (call.mode === 'single') expect(call.commands.length).toBe(1);
        }
        const lastCancel = flat.map((one) => one.type).lastIndexOf('cancel');
        expect(flat.slice(0, lastCancel + 1).every((one) => one.type === 'cancel')).toBe(true);
      },
    ),
  );
});
