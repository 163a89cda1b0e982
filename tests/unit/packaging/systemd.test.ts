/** The service by its unit: systemd itself reads it, and it never starts again by itself what a person must look at. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExitCode } from '../../../src/cli/exit-codes.js';

const UNIT = 'packaging/systemd/kmm.service';
const text = readFileSync(UNIT, 'utf8');
const settings = new Map([...text.matchAll(/^([A-Za-z]+)=(.*)$/gm)].map((match) => [match[1], match[2]]));
const words = (name: string): string[] => (settings.get(name) ?? '').split(' ').filter((word) => word !== '');

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasAnalyze) process.stderr.write('skipped: the check of the service unit needs the program systemd-analyze\n');

/** Of 10; what is left are the network, and the compiler of JavaScript. */
const EXPOSURE_MAX = 2;

describe.runIf(hasAnalyze)('systemd', () => {
  let folder: string;
  let unit: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmm-unit-'));
    unit = join(folder, 'kmm.service');
    // Programs lie elsewhere on the machine of a test.
    writeFileSync(unit, text.replace('/usr/bin/node', process.execPath));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('finds nothing wrong with the unit', () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    expect([status, stdout + stderr]).toEqual([0, '']);
  });

  test('would say so if there were', () => {
    const broken = join(folder, 'broken.service');
    writeFileSync(broken, text.replace('/usr/bin/node', '/nowhere/node').replace('ProtectSystem=strict', 'ProtectSytem=strict'));
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', broken], { encoding: 'utf8' });
    expect(stdout + stderr).toContain('ProtectSytem');
  });

  test('calls the service hardly exposed', () => {
    const words = ['security', '--offline=true', '--no-pager', `--threshold=${EXPOSURE_MAX * 10}`, unit];
    const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    // Older ones cannot judge a file.
    if (/unrecognized option/.test(stderr)) return expect(status).not.toBe(0);
    expect(Number(/exposure level for kmm\.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(EXPOSURE_MAX);
    expect(status).toBe(0);
  });
});

describe('the service', () => {
  test('is not started again after an end that a person must look at', () => {
    const person = [
      ExitCode.usage,
      ExitCode.configInvalid,
      ExitCode.credentials,
      ExitCode.riskHalt,
      ExitCode.reconcileFailed,
      ExitCode.storage,
      ExitCode.alreadyRunning,
      ExitCode.preflightFailed,
      ExitCode.ordersPossiblyLeft,
    ];
    expect(words('RestartPreventExitStatus').map(Number)).toEqual(person);
    expect(settings.get('Restart')).toBe('on-failure');
    expect(Number(settings.get('StartLimitBurst'))).toBeLessThanOrEqual(5);
  });

  test('has time to cancel everything', () => {
    expect(settings.get('KillSignal')).toBe('SIGTERM');
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(20);
    expect(words('SuccessExitStatus').map(Number)).toEqual([ExitCode.terminated]);
  });

  test('gets its key as a credential, and no secret in its environment or command line', () => {
    expect(settings.get('LoadCredential')).toMatch(/^key\.pem:\/etc\/kmm\//);
    expect([settings.has('Environment'), settings.has('EnvironmentFile')]).toEqual([false, false]);
    expect(settings.get('ExecStart')).not.toMatch(/pass|secret|key|prod|real-money/);
    expect(words('UnsetEnvironment')).toEqual(expect.arrayContaining(['NODE_OPTIONS', 'NODE_TLS_REJECT_UNAUTHORIZED']));
  });

  test('owns one private folder and nothing else', () => {
    for (const [name, value] of Object.entries({
      User: 'kmm',
      UMask: '0077',
      StateDirectoryMode: '0700',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      CapabilityBoundingSet: '',
      LimitCORE: '0',
      MemorySwapMax: '0',
    }))
      expect([name, settings.get(name)]).toEqual([name, value]);
    expect(settings.get('MemoryMax')).toMatch(/^\d+[MG]$/);
    expect(text).toMatch(/^SystemCallFilter=@system-service$/m);
  });
});
