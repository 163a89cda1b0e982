import { expect, test } from 'vitest';
import { readStatus, statusOf } from '../../../src/app/status-file.js';
import { accountLines } from '../../../src/app/status-text.js';
import type { AccountStatus } from '../../../src/app/status-report.js';
import { cash, epochUs, seconds } from '../../../src/domain/units.js';
import { StatusModel, type CompanionStanding } from '../../../src/screen/status-model.js';

const STANDING: CompanionStanding = {
  strategy: 'symmetric',
  file: 'wide.yaml',
  profit: cash(1_500_000),
  fills: 12,
  difference: -0.75,
  interval: { low: -2, high: 0.5 },
  groups: 30,
  groupSeconds: 20,
  behind: 3,
  ended: null,
};

const status = (shadow: CompanionStanding | undefined) =>
  statusOf(
    new StatusModel(),
    {
      env: 'sim',
      strategy: 'bounded',
      now: epochUs(2e6),
      startedAt: epochUs(1e6),
      frames: 0,
      gaps: 0,
      droppedRows: 0,
      openOrders: 0,
      estimates: () => null,
      latencyUs: { p50: 0, p99: 0, max: 0 },
      ...(shadow === undefined ? {} : { shadow }),
    },
    { wall: epochUs(2e6), every: seconds(1), pid: 1, run: 'r', folder: 'runs/r', heardAgo: null, outside: [], signalsOn: () => [] },
  );

const lines = (shadow: CompanionStanding | undefined): readonly string[] => {
  const account: AccountStatus = {
    name: 'sim-00000000-0',
    life: 'running',
    lease: { pid: 1, startedAt: 'now' },
    latch: null,
    lastRun: null,
    status: status(shadow),
    statusAgeMs: 0,
  } as unknown as AccountStatus;
  return accountLines(account, 300);
};

test('a shadow is in the picture of a run, with what the run earns less it and how sure that is', () => {
  expect(readStatus(JSON.stringify(status(STANDING)))?.shadow).toEqual({
    strategy: 'symmetric',
    file: 'wide.yaml',
    profit: '1.500000',
    fills: 12,
    difference_dollars: -0.75,
    interval_95: [-2, 0.5],
    pairs: 30,
    pair_s: 20,
    behind: 3,
    ended: null,
  });
  expect(lines(STANDING)).toContainEqual(
    expect.stringMatching(
      /shadow symmetric \(wide\.yaml\): P&L \+?1\.50 \$, 12 fills on paper; this run less it -0\.75 \$ \(95 % -2\.00 \.\. \+0\.50 over 30 pairs of 20 s\)/,
    ),
  );
});

test('one that ended before its run says why', () => {
  expect(lines({ ...STANDING, interval: null, ended: 'it failed (no)' }).join('\n')).toMatch(
    /too short to say more\); ENDED: it failed \(no\)/,
  );
});

test('without a shadow there is no word of one', () => {
  expect('shadow' in status(undefined)).toBe(false);
  expect(lines(undefined).join('\n')).not.toContain('shadow');
});
