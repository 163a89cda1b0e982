import { describe, expect, test } from 'vitest';
import { countOf, examine, fail, ok, warn, type Check } from '../../../../src/app/commands/doctor/check.js';
import { variables } from '../../../../src/app/commands/doctor/config-checks.js';
import { proxies, tlsVerification } from '../../../../src/app/commands/doctor/machine-checks.js';
import { nextWeeklyPause } from '../../../../src/app/commands/doctor/maintenance.js';
import { Patient } from '../../../../src/app/commands/doctor/patient.js';
import { CHECKS } from '../../../../src/app/commands/doctor.js';
import type { CommandContext } from '../../../../src/cli/command.js';
import { systemHost } from '../../../../src/app/system-host.js';
import { epochUs } from '../../../../src/domain/units.js';

const patient = (set: Record<string, string>): Patient => new Patient({} as CommandContext, systemHost(), set);
const check = (name: string, needs: readonly string[], run: Check<null>['run']): Check<null> => ({ area: 'machine', name, needs, run });
const run = (checks: readonly Check<null>[], signal = new AbortController().signal) =>
  examine({ checks, patient: null, nowMs: () => 0, signal });

describe('checks', () => {
  test('are skipped behind a failure, with the first failure named, and not behind a warning', async () => {
    const findings = await run([
      check('a', [], () => fail('broken', 'mend it')),
      check('b', ['a'], () => ok('fine')),
      check('c', ['b'], () => ok('fine')),
      check('d', [], () => warn('odd', 'look')),
      check('e', ['d'], () => ok('fine')),
    ]);
    expect(findings.map(({ status, found }) => [status, found])).toEqual([
      ['fail', 'broken'],
      ['skipped', 'not looked at, because of "a"'],
      ['skipped', 'not looked at, because of "a"'],
      ['warn', 'odd'],
      ['ok', 'fine'],
    ]);
    expect(countOf(findings)).toEqual({ ok: 1, warn: 1, fail: 1, skipped: 2 });
  });

  test('that throw have failed, and the others go on', async () => {
    const findings = await run([
      check('a', [], () => {
        throw new Error('no such thing');
      }),
      check('b', [], () => ok('fine')),
    ]);
    expect(findings.map(({ status, found }) => [status, found])).toEqual([
      ['fail', 'no such thing'],
      ['ok', 'fine'],
    ]);
  });

  test('end where somebody asks the program to stop', async () => {
    const stop = new AbortController();
    const findings = await run([check('a', [], () => (stop.abort(), ok('fine'))), check('b', [], () => ok('fine'))], stop.signal);
    expect(findings.map(({ status }) => status)).toEqual(['ok', 'skipped']);
  });

  test('of the doctor have names of their own and stand behind what they need', () => {
    const names = CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const early = CHECKS.flatMap(({ name, needs }, i) =>
      needs.filter((need) => !names.slice(0, i).includes(need)).map((need) => `${name} needs ${need}`),
    );
    expect(early).toEqual([]);
  });

  test('of one area stand together', () => {
    const areas = CHECKS.map(({ area }) => area).filter((area, i, all) => area !== all[i - 1]);
    expect(new Set(areas).size).toBe(areas.length);
  });
});

describe('the surroundings of the process', () => {
  test('certificate checks that were switched off fail', () => {
    expect(tlsVerification(patient({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).status).toBe('fail');
    expect(tlsVerification(patient({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).status).toBe('ok');
    expect(tlsVerification(patient({})).status).toBe('ok');
  });

  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])('%s is a warning, an empty one is not', (name) => {
    expect([proxies(patient({ [name]: 'http://p:3128' })).status, proxies(patient({ [name]: '' })).status]).toEqual(['warn', 'ok']);
  });

  test('a misspelt variable of the configuration fails and names the right one; a strange one is a warning', () => {
    const misspelt = variables(patient({ KMM_RISK_COLAR_CENTS: '8' }));
    expect([misspelt.status, misspelt.fix]).toEqual(['fail', 'rename it to KMM_RISK_COLLAR_CENTS']);
    expect(variables(patient({ KMM_MOON: 'full' }))).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('KMM_MOON') as unknown,
    });
    expect(variables(patient({ KMM_RISK_COLLAR_CENTS: '8', PATH: '/bin' }))).toMatchObject({
      status: 'ok',
      found: '1 set: risk.collar_cents',
    });
  });

  test('no variable is shown with its value', () => {
    expect(JSON.stringify(variables(patient({ KMM_DEMO_KEY_ID: 'canary-1234', KMM_DEMO_KEYID: 'canary-5678' })))).not.toContain('canary');
  });
});

describe('the weekly pause', () => {
  const at = (text: string) => epochUs(Date.parse(text) * 1000);
  const pause = (text: string): readonly string[] | null => {
    const found = nextWeeklyPause(at(text));
    return found === null ? null : [found.from, found.until].map((edge) => new Date(edge / 1000).toISOString());
  };

  test.each([
    // Winter: New York is five hours behind.
    ['2026-11-26T07:59:00Z', ['2026-11-26T08:00:00.000Z', '2026-11-26T10:00:00.000Z']],
    ['2026-11-26T09:30:00Z', ['2026-11-26T08:00:00.000Z', '2026-11-26T10:00:00.000Z']],
    // Summer: four.
    ['2026-07-01T22:00:00Z', ['2026-07-02T07:00:00.000Z', '2026-07-02T09:00:00.000Z']],
    // More than a day away.
    ['2026-11-26T10:00:00Z', null],
    ['2026-11-24T12:00:00Z', null],
  ])('seen from %s', (now, expected) => {
    expect(pause(now)).toEqual(expected);
  });
});
