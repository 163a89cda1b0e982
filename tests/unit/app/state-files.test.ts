import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateFiles, accountFolder } from '../../../src/app/state-files.js';
import { systemFiles } from '../../../src/app/system-files.js';
import { systemProcesses } from '../../../src/app/system-host.js';
import { CommandFailure, ExitCode } from '../../../src/cli/exit-codes.js';
import type { SmallFiles } from '../../../src/domain/ports.js';

const NOW = new Date('2026-11-21T10:00:00Z');
let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'kmm-state-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const files = (): StateFiles => StateFiles.forAccount(out, 'sim', 'key', 0);

test('the folder names environment, key and subaccount, and shows no key id', () => {
  expect(accountFolder('demo', 'abc', 3)).toBe('demo-ba7816bf-3');
});

test('folder and files are for the owner only', () => {
  files().setLatch('test', NOW);
  const folder = join(out, 'state', accountFolder('sim', 'key', 0));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600]);
});

test('a kill latch survives a restart until it is cleared, and keeps its first reason', () => {
  files().setLatch('loss limit', NOW);
  files().setLatch('again', NOW);
  expect(files().latch()?.reason).toBe('loss limit');
  files().clearLatch();
  expect(files().latch()).toBeNull();
});

test('who clears a latch is kept, for the owner only, one line each', () => {
  files().setLatch('loss limit', NOW);
  files().recordClearing({ who: 'ops', found: 'a bad price' }, NOW);
  files().recordClearing({ who: 'ops', found: 'again' }, NOW);
  const path = join(files().folder, 'kill-latch-history.jsonl');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const entries = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(entries).toMatchObject([
    { clearedBy: 'ops', found: 'a bad price', reason: 'loss limit', clearedAt: NOW.toISOString() },
    { found: 'again' },
  ]);
});

test('a kill on a full disk latches all the same: the latch that was prepared takes its place', () => {
  files().prepareLatch();
  const full = new Error('ENOSPC: no space left on device');
  const disk: SmallFiles = {
    ...systemFiles,
    replace: () => {
      throw full;
    },
  };
  const state = new StateFiles(files().folder, { files: disk, processes: systemProcesses });
  state.setLatch('loss limit', NOW);
  expect(files().latch()?.reason).toContain('the disk took no more writes');
  files().clearLatch();
  expect(() => state.setLatch('loss limit', NOW)).toThrow(CommandFailure);
  expect(files().latch()).toBeNull();
});

test('a latch that cannot be read still latches', () => {
  const state = files();
  writeFileSync(join(state.folder, 'kill-latch.json'), '{"reason": "tor');
  expect(state.latch()?.reason).toContain('unreadable');
});

test('a second bot on the same account is refused, and says whose lease it is', () => {
  const state = files();
  // Process 1 is always alive.
  writeFileSync(join(state.folder, 'lease.json'), JSON.stringify({ pid: 1, run: 'r', startedAt: 'then' }));
  try {
    state.lease(NOW);
    expect.unreachable('the lease was taken');
  } catch (error) {
    expect(error).toBeInstanceOf(CommandFailure);
    expect((error as CommandFailure).exitCode).toBe(ExitCode.alreadyRunning);
    expect((error as CommandFailure).message).toContain('process 1');
  }
});

test('the lease of a process that is gone is taken over', () => {
  const state = files();
  writeFileSync(join(state.folder, 'lease.json'), JSON.stringify({ pid: 2 ** 22 + 1, run: 'r', startedAt: 'then' }));
  state.lease(NOW);
  expect(state.heldLease()?.pid).toBe(process.pid);
  state.release();
  expect(state.heldLease()).toBeNull();
});

test('runs are counted, so that no two share a run id', () => {
  expect(files().beginRun('a', NOW)).toBe(1);
  expect(files().beginRun('b', NOW)).toBe(2);
  expect(files().lastRun()?.folder).toBe('b');
});

test('starts after a crash are remembered from one run to the next, whatever else a hand has put among them', () => {
  const state = files();
  expect(state.crashes()).toEqual([]);
  state.beginRun('a', NOW, [1, 2]);
  expect(files().crashes()).toEqual([1, 2]);
  state.noteCrashes([1, 2, 3]);
  expect(files().crashes()).toEqual([1, 2, 3]);
  expect(files().lastRun()).toMatchObject({ folder: 'a', runs: 1 });
  writeFileSync(join(state.folder, 'last-run.json'), JSON.stringify({ ...state.lastRun(), crashes: [4, 'x', null, 5.5] }));
  expect(files().crashes()).toEqual([4]);
});

test('every account folder is found', () => {
  files();
  StateFiles.forAccount(out, 'demo', 'key', 1);
  expect(StateFiles.all(out)).toHaveLength(2);
  expect(StateFiles.all(join(out, 'nowhere'))).toEqual([]);
});

test('a folder that cannot be made is a storage failure with a fix', () => {
  writeFileSync(join(out, 'state'), 'a file in the way');
  expect(() => files()).toThrow(CommandFailure);
});

test.each(['{}', '', '{"reason": 7}', '[]'])('a latch that somebody wrote by hand as %j latches too, with a reason to show', (text) => {
  const state = files();
  writeFileSync(join(state.folder, 'kill-latch.json'), text);
  expect(state.latch()?.reason).toContain('gives no reason');
});

test.runIf(existsSync('/proc/self'))('a folder on a file system that makes none fails at once instead of hanging', () => {
  expect(() => StateFiles.forAccount('/proc/kmm', 'sim', 'key', 0)).toThrow('cannot be made');
});

test('a stray file beside the account folders is no account', () => {
  files();
  writeFileSync(join(out, 'state', '.notes'), '');
  expect(StateFiles.all(out)).toHaveLength(1);
});

test('a last run or a lease that lacks what it should say is no half of one', () => {
  const state = files();
  for (const text of ['{"runs":"7","folder":"x","startedAt":"y"}', '{"runs":7}', '[]', '{"folder":5,"runs":1,"startedAt":"y"}']) {
    writeFileSync(join(state.folder, 'last-run.json'), text);
    expect(state.lastRun()).toBeNull();
  }
  expect(state.beginRun('runs/1', NOW)).toBe(1);
  writeFileSync(join(state.folder, 'lease.json'), '{"pid":5}');
  expect(state.heldLease()).toEqual({ pid: 5, startedAt: 'an unknown time' });
});
