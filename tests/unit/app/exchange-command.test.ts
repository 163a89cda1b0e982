import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exchangeCommand } from '../../../src/app/commands/exchange.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import type { Output } from '../../../src/cli/output.js';
import { readSwitches, SWITCH_VALUES } from '../../../src/exchange/server/switch-texts.js';
import { DEFAULT_SWITCHES } from '../../../src/exchange/core/switches.js';

class Said implements Output {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly isTty = false;
  readonly columns = 80;
  readonly rows = 24;
  out(line: string): void {
    this.lines.push(line);
  }
  err(line: string): void {
    this.errors.push(line);
  }
  json(document: unknown): void {
    this.lines.push(JSON.stringify(document));
  }
  draw(): void {}
}

const NOBODY = { isTty: false, ask: async () => null };

/** Runs `kmm exchange` and ends it as soon as it has printed its line, doing `meanwhile` first. */
const runUntilReady = async (argv: readonly string[], meanwhile: (line: string) => Promise<void> = async () => {}) => {
  const stop = new AbortController();
  const printed: string[] = [];
  let done: Promise<void> = Promise.resolve();
  const command = exchangeCommand((line) => {
    printed.push(line);
    done = meanwhile(line).finally(() => stop.abort('SIGTERM'));
  });
  const output = new Said();
  const code = await dispatch([command], ['exchange', ...argv], output, {
    program: 'kmm',
    version: 'test',
    prompt: NOBODY,
    signal: stop.signal,
  });
  await done;
  return { code, printed, output };
};

describe('kmm exchange', () => {
  test('prints one line with all that a client needs, answers there, and leaves no key behind', async () => {
    let status = 0;
    let key = '';
    const { code, printed, output } = await runUntilReady(
      ['--json', '--key-type', 'ed25519', '--no-crowd', '--no-latency'],
      async (line) => {
        const said = JSON.parse(line) as Record<string, string>;
        key = said['private_key_path'] ?? '';
        expect(existsSync(key)).toBe(true);
        status = (await fetch(`${said['rest']}/markets`)).status;
      },
    );
    expect([code, status, printed.length, output.lines]).toEqual([0, 200, 1, []]);
    expect(Object.keys(JSON.parse(printed[0] ?? '') as object)).toEqual(['rest', 'ws', 'key_id', 'private_key_path']);
    expect(existsSync(key)).toBe(false);
  });

  test('with several accounts all keys are in the line; without --json the facts are told in words as well', async () => {
    const { code, printed, output } = await runUntilReady(['--keys', '2', '--key-type', 'ed25519', '--no-crowd']);
    const { keys } = JSON.parse(printed[0] ?? '') as { keys: { key_id: string }[] };
    expect([code, keys.length]).toEqual([0, 2]);
    expect(output.lines.join('\n')).toContain(keys[1]?.key_id);
  });

  test('ends by itself when its time is up', async () => {
    const stop = new AbortController();
    const command = exchangeCommand(() => {});
    const code = await dispatch([command], ['exchange', '--key-type', 'ed25519', '--no-crowd', '--duration', '1ms'], new Said(), {
      program: 'kmm',
      version: 'test',
      prompt: NOBODY,
      signal: stop.signal,
    });
    expect(code).toBe(0);
  });

  test.each([
    [['--switch', 'groupTriggerAt=limit'], 2, 'did you mean groupTriggersAt?'],
    [['--switch', 'groupTriggersAt=sometimes'], 2, 'expected above-limit | limit, got "sometimes"'],
    [['--tier', 'golden'], 2, 'one of basic, advanced'],
    [['--markets', '9'], 2, 'from 1 to 5'],
  ])('%j ends with %i and says what to do', async (argv, code, said) => {
    const result = await runUntilReady(argv);
    expect([result.code, result.printed]).toEqual([code, []]);
    expect(result.output.errors.join('\n')).toContain(said);
  });
});

describe('switches as texts', () => {
  test('every switch of the exchange can be named', () => {
    expect(SWITCH_VALUES.map(({ name }) => name).toSorted()).toEqual(Object.keys(DEFAULT_SWITCHES).toSorted());
  });

  test('without changes they are the defaults', () => {
    expect(readSwitches([])).toEqual(DEFAULT_SWITCHES);
  });

  test.each<[string, unknown]>([
    ['groupTriggersAt=limit', { groupTriggersAt: 'limit' }],
    ['reasonOfUserCancel=none', { reasonOfUserCancel: null }],
    ['balanceExcludesResting=true', { balanceExcludesResting: true }],
    ['orderSizeMax=5000', { orderSizeMax: 5000 }],
    [
      'tradingPauseRefusal=503:closed_now:try later',
      { tradingPauseRefusal: { status: 503, code: 'closed_now', message: 'closed now', details: 'try later' } },
    ],
    [
      'publishOrder=fill,order,trade,book,position,group,other,ticker',
      { publishOrder: ['fill', 'order', 'trade', 'book', 'position', 'group', 'other', 'ticker'] },
    ],
  ])('%s', (text, change) => {
    expect(readSwitches([text])).toEqual({ ...DEFAULT_SWITCHES, ...(change as object) });
  });

  test.each([
    'publishOrder=fill,fill',
    'openOrdersMax=-1',
    'flatFee=1.5',
    'tradingPauseRefusal=200:fine',
    'balanceExcludesResting=yes',
    'groupTriggersAt',
  ])('%s is refused', (text) => {
    expect(() => readSwitches([text])).toThrow('expected');
  });
});
