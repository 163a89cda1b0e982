import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StateFiles } from '../../../src/app/state-files.js';
import { exposureOf } from '../../../src/app/system-exposure.js';
import { CommandFailure } from '../../../src/cli/exit-codes.js';

const NOW = new Date('2026-11-21T10:00:00Z');
const me = process.getuid?.() ?? 0;
let root: string;
let out: string;
let state: StateFiles;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kmm-exposure-'));
  out = join(root, 'runs');
  state = StateFiles.forAccount(out, 'demo', 'key', 0);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(process.getuid !== undefined)('the folder of a kill latch', () => {
  test('as the program makes it trades', () => {
    expect(exposureOf(state.folder)).toBeNull();
    expect(state.latch()).toBeNull();
  });

  test.each([
    ['by everybody', 0o777, () => state.folder],
    ['by the group', 0o770, () => state.folder],
    ['by others, who see nothing', 0o702, () => state.folder],
    ['even if sticky, for others could make a latch and then remove it', 0o1777, () => state.folder],
    ['at the folder above it', 0o777, () => join(out, 'state')],
    ['at the folder of the runs', 0o775, () => out],
  ])('that can be changed %s is as good as killed, and says how to mend it', (_, mode, folder) => {
    chmodSync(folder(), mode);
    expect(state.latch()?.reason).toContain(`run: chmod go-w ${folder()}`);
    chmodSync(folder(), 0o700);
    expect(state.latch()).toBeNull();
  });

  test('below a sticky folder, such as the temporary one, is safe', () => {
    chmodSync(out, 0o1777);
    expect(exposureOf(state.folder)).toBeNull();
  });

  test('that belongs to another user is as good as killed', () => {
    expect(exposureOf(state.folder, me + 1)).toContain(`belongs to another user (${me})`);
  });

  test('that is a link to somewhere else is as good as killed', () => {
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    rmSync(state.folder, { recursive: true });
    symlinkSync(elsewhere, state.folder);
    expect(state.latch()?.reason).toContain('is not a folder');
  });

  test('that is exposed still takes a kill, and refuses to be cleared', () => {
    chmodSync(state.folder, 0o777);
    state.setLatch('strange fills', NOW);
    expect(existsSync(join(state.folder, 'kill-latch.json'))).toBe(true);
    expect(() => state.clearLatch()).toThrow(CommandFailure);
    chmodSync(state.folder, 0o700);
    expect(state.latch()?.reason).toBe('strange fills');
    state.clearLatch();
    expect(state.latch()).toBeNull();
  });

  test('keeps a latch that a link put there, and does not write through it', () => {
    const target = join(root, 'target');
    writeFileSync(target, 'untouched');
    symlinkSync(target, join(state.folder, 'kill-latch.json'));
    expect(state.latch()).not.toBeNull();
    state.clearLatch();
    expect([state.latch(), existsSync(target)]).toEqual([null, true]);
  });
});
