/** What a bot writes of itself, and what `kmm status` makes of it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountOf, type Account } from '../../../src/app/accounts.js';
import { statusCommand } from '../../../src/app/commands/status.js';
import { StateFiles } from '../../../src/app/state-files.js';
import { readStatus, statusOf, type RunStatus } from '../../../src/app/status-file.js';
import { isHealthy, statusOfAccount, type AccountStatus } from '../../../src/app/status-report.js';
import { accountLines } from '../../../src/app/status-text.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { epochUs, millis, seconds } from '../../../src/domain/units.js';
import { AROUND, booked, decision, modelOf } from '../screen/records.js';

const WALL = epochUs(Date.parse('2026-11-21T12:00:00Z') * 1000);
const GONE = 2 ** 22 + 1;
let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'kmm-status-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const account = (env = 'demo'): Account => {
  const made = accountOf(StateFiles.forAccount(out, env, 'a key', 0));
  if (made === null) throw new Error('no account');
  return made;
};
const lease = ({ state }: Account, pid: number, startedAt = '2026-11-21T11:00:00.000Z'): void =>
  writeFileSync(join(state.folder, 'lease.json'), JSON.stringify({ pid, startedAt }));
const picture = (changes: Partial<RunStatus> = {}): RunStatus => {
  const model = modelOf(['KXA-1', 'KXB-1'], () => null);
  model.decision({ ...decision(0), bid: null, noBid: { code: 'position', text: 'position 500, limit 500 (risk.position_max_contracts)' } });
  model.booked(booked(0));
  const facts = {
    wall: WALL,
    every: seconds(1),
    pid: process.pid,
    run: 'r1',
    folder: 'runs/x',
    heardAgo: millis(120),
    outside: [],
    signalsOn: () => [],
  };
  return { ...statusOf(model, AROUND, facts), ...changes };
};
const look = (of: Account, ageMs = 500): AccountStatus => statusOfAccount(of, epochUs(WALL + ageMs * 1000));

describe('the status file', () => {
  test('is read as it was written, and says why a side is not quoted', () => {
    const status = picture();
    const read = readStatus(JSON.stringify(status));
    expect(read).toEqual(status);
    expect(read?.markets[0]).toMatchObject({ ticker: 'KXA-1', bid: null, no_bid: expect.stringContaining('limit 500') as unknown });
    expect(read?.markets[1]).toMatchObject({ no_bid: 'waiting for its book', decided_ms_ago: null });
  });

  test.each([
    ['torn', '{"schema_version": 1, "at'],
    ['of another version', JSON.stringify({ ...picture(), schema_version: 2 })],
    ['without its time', JSON.stringify({ ...picture(), at: undefined })],
    ['with a price that is no decimal', JSON.stringify({ ...picture(), profit: 'NaN' })],
    ['no object', '[]'],
  ])('%s is none', (_, text) => {
    expect(readStatus(text)).toBeNull();
  });

  test('of a newer build with more fields is read all the same', () => {
    expect(readStatus(JSON.stringify({ ...picture(), moon: 'full' }))).toEqual(picture());
  });

  test('states what is believed of each market, and one of an older build that does not is read too', () => {
    const status = picture();
    const believes = { value: 1.04, error: 0.07 };
    const set = { value: 2, error: null };
    const estimates = {
      belief_volatility_per_sqrt_hour: believes,
      jumps_per_hour: set,
      jump_size_log_odds: set,
      kappa_per_dollar: set,
      fills_per_minute: set,
    };
    const learnt = { ...status, markets: status.markets.map((market) => ({ ...market, estimates })) };
    expect(readStatus(JSON.stringify(learnt))).toEqual(learnt);
    const of = account();
    of.state.saveStatus(learnt);
    lease(of, process.pid);
    expect(accountLines(look(of), 200).join('\n')).toContain('believes: volatility 1.040+-0.070/sqrt h; set: kappa 2/$');
    const older = { ...status, markets: status.markets.map((market) => ({ ...market, estimates: undefined })) };
    expect(readStatus(JSON.stringify(older))?.markets[0]?.estimates).toBeUndefined();
  });

  test('is for the owner only', () => {
    const { state } = account();
    state.saveStatus(picture());
    expect(statSync(join(state.folder, 'status.json')).mode & 0o777).toBe(0o600);
  });
});

describe('an account', () => {
  test('whose bot writes every second runs and is healthy', () => {
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(picture({ standing: 'trading' }));
    expect(look(of)).toMatchObject({ life: 'running', healthy: true, statusAgeMs: 500 });
  });

  test('whose process lives and has written nothing for more than five seconds hangs', () => {
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(picture({ standing: 'trading' }));
    expect([look(of, 5000).life, look(of, 5001).life, look(of, 5001).healthy]).toEqual(['running', 'hung', false]);
    expect(accountLines(look(of, 6000), 200)[0]).toContain('HUNG? process');
  });

  test('whose process is gone and has left its lease has died, however fresh its picture is', () => {
    const of = account();
    lease(of, GONE);
    of.state.saveStatus(picture({ standing: 'trading', pid: GONE }));
    expect(look(of)).toMatchObject({ life: 'died', healthy: false });
  });

  test('that is set up to write seldom is given as many turns before it counts as hung', () => {
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(picture({ standing: 'trading', every_ms: 10_000 }));
    expect([look(of, 45_000).life, look(of, 55_000).life]).toEqual(['running', 'hung']);
  });

  test('the picture of an earlier process does not make a new one hang while it starts', () => {
    const of = account();
    lease(of, process.pid, '2026-11-21T11:59:50.000Z');
    of.state.saveStatus(picture({ pid: GONE }));
    expect(look(of, 8000)).toMatchObject({ life: 'running', healthy: false });
    expect(look(of, 25_000).life).toBe('hung');
  });

  test.each<[string, (of: Account) => void]>([
    ['that is halted', (of) => of.state.saveStatus(picture({ standing: 'halted', halt: { code: 'LOSS', text: 'too much' } }))],
    ['that is latched', (of) => (of.state.saveStatus(picture()), of.state.setLatch('a drill', new Date(0)))],
    ['that has stopped', (of) => of.state.saveStatus(picture({ standing: 'stopped' }))],
    ['without a picture', () => undefined],
  ])('%s is not healthy', (_, arrange) => {
    const of = account();
    lease(of, process.pid);
    arrange(of);
    expect(look(of).healthy).toBe(false);
  });

  test('that nobody trades any more does not count against the others, and none at all is not healthy', () => {
    const [trading, idle] = [account('demo'), account('prod')];
    lease(trading, process.pid);
    trading.state.saveStatus(picture({ standing: 'trading' }));
    expect([isHealthy([look(trading), look(idle)]), isHealthy([look(idle)]), isHealthy([])]).toEqual([true, false, false]);
  });
});

describe('kmm status', () => {
  const run = async (...argv: string[]) => {
    const output = new CapturedOutput();
    const code = await dispatch([statusCommand], ['status', '--out', out, ...argv], output);
    return { code, text: output.stdout.join('\n'), error: output.stderr.join('\n'), documents: output.documents };
  };
  const fresh = (): RunStatus => picture({ at: new Date().toISOString(), standing: 'trading' });

  test('shows position, result, quotes, reasons and ages', async () => {
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(fresh());
    const { code, text } = await run();
    expect(code).toBe(0);
    expect(text).toMatch(/TRADING {2}process \d+ since 2026-11-21T11:00:00\.000Z, last heard \d\.\d s ago/);
    expect(text).toContain('feed heard 0.1 s ago');
    expect(text).toContain('no bid: position 500, limit 500');
  });

  test('--healthy ends with 0 or 1', async () => {
    expect((await run('--healthy')).code).toBe(1);
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(fresh());
    expect((await run('--healthy', '--json')).documents).toMatchObject([{ healthy: true, accounts: [{ life: 'running' }] }]);
    expect((await run('--healthy')).code).toBe(0);
    of.state.setLatch('a drill', new Date());
    expect((await run('--healthy')).code).toBe(1);
    expect((await run()).text).toContain('LATCHED since');
  });

  test('says so where nobody has traded, and only names the accounts of one environment where asked', async () => {
    expect((await run()).text).toContain('no account has traded');
    account('demo');
    expect([(await run('--env', 'prod')).text, (await run('--env', 'demo')).text]).toEqual([
      expect.stringContaining('no account has traded'),
      expect.stringContaining('no bot runs'),
    ]);
  });

  test('a status file of somebody else is no status', async () => {
    const of = account();
    lease(of, process.pid, new Date().toISOString());
    writeFileSync(join(of.state.folder, 'status.json'), '{"schema_version": 99}');
    expect(await run()).toMatchObject({ code: 0, text: expect.stringContaining('STARTING') as unknown });
  });

  test('--watch paints until it is told to stop, and gives the terminal back', async () => {
    const output = new CapturedOutput(true, 60, 12);
    account();
    const stop = new AbortController();
    const watching = dispatch([statusCommand], ['status', '--out', out, '--watch'], output, { signal: stop.signal });
    stop.abort('SIGINT');
    expect(await watching).toBe(0);
    expect(output.drawn.startsWith('\x1b[?1049h')).toBe(true);
    expect(output.drawn.endsWith('\x1b[?1049l')).toBe(true);
    expect(await run('--watch', '--json')).toMatchObject({ code: 2 });
  });

  test('every line fits the terminal', () => {
    const of = account();
    lease(of, process.pid);
    of.state.saveStatus(picture({ trouble: 'x'.repeat(300) }));
    expect(accountLines(look(of), 80).filter((line) => line.length > 80)).toEqual([]);
  });
});
