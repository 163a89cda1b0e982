/** Whole program against whole exchange, faults drawn from seeds, invariants held at every event. More of it: npm run simulate -- --help */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from './catalogue.js';

const MAIN = 'build/tests/simulation/main.js';

interface Document {
  readonly seeds: number;
  readonly violations: number;
  readonly first_violation: unknown;
  readonly faults: number;
  readonly own_orders: number;
  readonly faults_by_kind: Record<string, number>;
}

const simulate = async (
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly document: Document; readonly said: string }> => {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, document: JSON.parse(out) as Document, said };
};

describe('whatever goes wrong', () => {
  test('the simulation has been built (npm test does it)', () => {
    expect(existsSync(MAIN)).toBe(true);
  });

  test('40 seeds of a quarter of an hour end well, and the corpus before them', { timeout: 240_000 }, async () => {
    const { code, document, said } = await simulate(['--seeds', '40', '--hours', '0.25', '--threads', '2']);
    if (document.first_violation !== null) expect.fail(said);
    expect(code).toBe(0);
    expect(document.seeds).toBeGreaterThanOrEqual(40);
    expect(document.own_orders).toBeGreaterThan(1000);
    expect(document.faults).toBeGreaterThan(1000);
    // Rare kinds need longer runs (npm run test:full); most must have been met here.
    expect(FAULT_KINDS.filter((kind) => (document.faults_by_kind[kind] ?? 0) > 0).length).toBeGreaterThan(FAULT_KINDS.length * 0.8);
  });

  test('one seed is the same world every time, with its orders and their moments', { timeout: 60_000 }, async () => {
    // Every fiftieth seed is run twice and compared by all that passed between bot and exchange.
    const { document, said } = await simulate(['--from', '50', '--seeds', '1', '--hours', '0.2', '--no-corpus']);
    expect(`${String(document.violations)} ${said}`).toMatch(/^0 /);
  });

  test('a kind of fault that does not exist is refused with the names of those that do', async () => {
    const child = spawn(process.execPath, [MAIN, '--seed', '1', '--kinds', 'no-such-fault'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(said).toContain('no-such-fault');
  });
});
