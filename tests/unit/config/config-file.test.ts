import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig, writeNewConfig } from '../../../src/config/config-file.js';
import { ConfigError } from '../../../src/config/issue.js';
import { showDocument, showLines } from '../../../src/config/show.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (path: string | null, variables: Record<string, string> = {}) => loadConfig({ path, variables, overrides: [] });

describe('loading', () => {
  test('reads the named file', () => {
    const path = join(folder, 'mine.yaml');
    writeFileSync(path, 'risk: {collar_cents: 8}\n');
    expect(load(path)).toMatchObject({ path, settings: { risk: { collar: 800 } } });
  });

  test('a named file that is not there is an error with a fix', () => {
    const path = join(folder, 'none.yaml');
    expect(() => load(path)).toThrow(ConfigError);
    expect(() => load(path)).toThrow(/none\.yaml:1: \(file\): .*no such file; fix: .*kmm init/);
  });

  test('a folder is no file, and an oversized file is none of ours', () => {
    expect(() => load(folder)).toThrow(/not a file/);
    const path = join(folder, 'big.yaml');
    writeFileSync(path, '#'.repeat(2 * 1024 * 1024));
    expect(() => load(path)).toThrow(/2097152 bytes/);
  });
});

describe('a calendar', () => {
  const withCalendar = (text: string | null): ReturnType<typeof load> => {
    const calendar = join(folder, 'calendar.yaml');
    if (text !== null) writeFileSync(calendar, text);
    const path = join(folder, 'config.yaml');
    writeFileSync(path, `horizon: {calendar_file: ${calendar}}\n`);
    return load(path);
  };

  test('is read beside the configuration that names it', () => {
    const { settings } = withCalendar('- { name: CPI, at: 2026-12-10T08:30:00-05:00 }\n');
    expect(settings.engine.schedule.calendar).toMatchObject([{ name: 'CPI', action: 'pull' }]);
  });

  test('that is missing or wrong is an error, never an empty calendar', () => {
    expect(() => withCalendar(null)).toThrow(/calendar\.yaml:1: .*no such file/);
    expect(() => withCalendar('- { name: CPI, at: tomorrow }\n')).toThrow(/calendar\.yaml:1: \[0\]\.at/);
  });
});

describe('a new file', () => {
  test('is readable by its owner alone', () => {
    const path = join(folder, 'config.yaml');
    expect(writeNewConfig(path, 'environment: sim\n')).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(load(path).path).toBe(path);
  });

  test('never replaces another', () => {
    const path = join(folder, 'config.yaml');
    writeFileSync(path, 'risk: {collar_cents: 8}\n');
    chmodSync(path, 0o644);
    expect(writeNewConfig(path, 'environment: sim\n')).toBe(false);
    expect(load(path).settings.risk.collar).toBe(800);
  });
});

describe('showing', () => {
  const shown = () => {
    const path = join(folder, 'config.yaml');
    writeFileSync(
      path,
      'credentials:\n  demo:\n    key_id: 12345678-canary\n    private_key_path: keys/demo.pem\n    passphrase_env: DEMO_PASS\n',
    );
    return { path, loaded: load(path, { KMM_RISK_COLLAR_CENTS: '8', DEMO_PASS: 'canary' }) };
  };

  test('says where every value comes from and shows no secret', () => {
    const { path, loaded } = shown();
    const lines = showLines(loaded, 'with-origin');
    expect(lines.find((line) => line.includes('collar_cents'))).toMatch(/^ {2}collar_cents: "8" +# env KMM_RISK_COLLAR_CENTS$/);
    expect(lines.find((line) => line.includes('private_key_path: keys/demo.pem'))).toContain(`# ${path}:4`);
    expect(lines.find((line) => line.includes('gamma_per_dollar'))).toMatch(/0\.02 +# default$/);
    expect(lines.join('\n')).toContain('1234...');
    expect(`${lines.join('\n')}${JSON.stringify(showDocument(loaded))}`).not.toContain('canary');
  });

  test('is a configuration again, but for the ids of keys', () => {
    const path = join(folder, 'again.yaml');
    const first = load(null, { KMM_LOGGER_FOLDER: 'with space: #1', KMM_MARKETS_TICKERS: 'KXA-1,KXB-2', KMM_ALPHA_FILE: 'yes' });
    writeFileSync(path, showLines(first, 'plain').join('\n'));
    expect(load(path).settings).toEqual(first.settings);
  });

  test('as a document has one entry per key', () => {
    const { loaded } = shown();
    expect(showDocument(loaded)).toMatchObject({ 'risk.collar_cents': { value: '8', origin: 'env KMM_RISK_COLLAR_CENTS' } });
    expect(Object.keys(showDocument(loaded))).toEqual([...loaded.values.keys()]);
  });
});
