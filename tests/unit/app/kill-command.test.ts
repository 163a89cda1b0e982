import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killCommand } from '../../../src/app/commands/kill.js';
import { StateFiles } from '../../../src/app/state-files.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'kmm-kill-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const NOW = new Date('2026-11-21T12:00:00Z');
const account = (env: string): StateFiles => StateFiles.forAccount(out, env, 'a key', 0);
const kill = async (...argv: string[]) => {
  const output = new CapturedOutput();
  const code = await dispatch([killCommand], ['kill', '--out', out, ...argv], output);
  return { code, documents: output.documents, stdout: output.stdout.join('\n'), stderr: output.stderr.join('\n') };
};

describe('kmm kill', () => {
  test('latches every account that has traded from the folder, and clears them again', async () => {
    const [demo, prod] = [account('demo'), account('prod')];
    expect(await kill('--reason', 'strange fills')).toMatchObject({ code: 0, stderr: '' });
    expect([demo.latch()?.reason, prod.latch()?.reason]).toEqual(['strange fills', 'strange fills']);
    const unsure = await kill('--clear', 'bad signal file');
    expect([unsure.code, unsure.stderr.includes('typed confirmation')]).toEqual([2, true]);
    const cleared = await kill('--clear', 'bad signal file', '--yes');
    expect(cleared.stdout).toContain('it was: strange fills; found: bad signal file');
    expect([demo.latch(), prod.latch()]).toEqual([null, null]);
  });

  test.each([
    ['clear the latch', 0, true],
    ['clear', 2, false],
    [null, 2, false],
  ])('clearing what cannot be checked asks on a terminal: %j ends with %i', async (answer, code, cleared) => {
    const demo = account('demo');
    await kill();
    const output = new CapturedOutput();
    const prompt = { isTty: true, ask: async () => answer };
    expect(await dispatch([killCommand], ['kill', '--out', out, '--clear', 'looked'], output, { prompt })).toBe(code);
    expect([demo.latch() === null, output.stderr.join(' ').includes('could not be checked')]).toEqual([cleared, true]);
  });

  test('a latch is not cleared beside a bot without being asked', async () => {
    const sim = account('sim');
    await kill();
    sim.lease(NOW);
    const { code, stderr } = await kill('--clear', 'looked');
    expect([code, sim.latch() === null, stderr.includes('typed confirmation')]).toEqual([2, false, true]);
    expect((await kill('--clear', 'looked', '--yes')).code).toBe(0);
  });

  test('says of the simulated exchange that there is nothing to sweep', async () => {
    account('sim');
    expect(await kill()).toMatchObject({ code: 0, stdout: expect.stringContaining('lives in the process of the bot') as unknown });
  });

  test('keeps the first reason when it is used twice', async () => {
    const demo = account('demo');
    await kill('--reason', 'first');
    expect((await kill('--reason', 'second')).stdout).toContain('latched already (first)');
    expect(demo.latch()?.reason).toBe('first');
  });

  test('with --env leaves the accounts of other environments alone', async () => {
    const [demo, prod] = [account('demo'), account('prod')];
    expect((await kill('--env', 'demo')).code).toBe(0);
    expect([demo.latch() === null, prod.latch() === null]).toEqual([false, true]);
  });

  test('names the bot that runs', async () => {
    account('demo').lease(NOW);
    expect((await kill('--json')).documents).toMatchObject([{ accounts: [{ bot: process.pid, latched: true }] }]);
  });

  test('promises nothing of a bot that died and left its lease behind', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(account('demo').folder, 'lease.json'), JSON.stringify({ pid, run: 'run', startedAt: NOW.toISOString() }));
    // No key is configured here, so nobody knows what it left.
    const { code, stdout } = await kill();
    expect([code, stdout.includes('no bot runs here')]).toEqual([12, true]);
  });

  test('says so where no account has traded', async () => {
    expect(await kill()).toMatchObject({ code: 2, stderr: expect.stringContaining('no account has traded') as unknown });
  });
});
