import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCommand } from '../../../src/app/commands/start.js';
import { describedMarkets, heldMarkets } from '../../../src/app/market-choice.js';
import { ExitCode } from '../../../src/cli/exit-codes.js';
import { dispatch } from '../../../src/cli/dispatch.js';
import { CapturedOutput } from '../../../src/cli/output.js';
import { recordedLine } from '../../../src/connector/recording-format.js';
import type { RestApi } from '../../../src/connector/rest-api.js';
import { epochUs } from '../../../src/domain/units.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-choice-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const snapshot = (name: string): string =>
  JSON.stringify({
    type: 'orderbook_snapshot',
    sid: 1,
    seq: 1,
    msg: { market_ticker: name, yes_dollars_fp: [['0.4000', '10.00']], no_dollars_fp: [['0.5000', '10.00']] },
  });

describe('the markets of a run', () => {
  test('a ticker that the exchange does not know is told with its name, and is no fault of the program', async () => {
    const api = { markets: { markets: async () => ({ kind: 'ok', value: [] }) } } as unknown as Pick<RestApi, 'markets'>;
    await expect(describedMarkets(api, ['KXNOPE-1'])).rejects.toMatchObject({
      exitCode: ExitCode.refused,
      what: expect.stringContaining('KXNOPE-1') as unknown,
    });
  });

  const account = (held: readonly string[], statuses: Record<string, string>): RestApi =>
    ({
      account: { positions: async () => ({ kind: 'ok', value: held.map((ticker) => ({ ticker, position: 500 })) }) },
      markets: {
        markets: async () => ({
          kind: 'ok',
          value: Object.entries(statuses).map(([ticker, status]) => ({ ticker, body: { status } })),
        }),
      },
    }) as unknown as RestApi;

  test('a market that has closed with a position of ours stays in the run: it counts for the limits of its event', async () => {
    const api = account(['KXA-1', 'KXA-2', 'KXA-3', 'KXA-4'], { 'KXA-2': 'closed', 'KXA-3': 'active', 'KXA-4': 'inactive' });
    expect(await heldMarkets(api, ['KXA-1'], new Set())).toEqual(['KXA-2']);
    expect(await heldMarkets(api, ['KXA-1'], new Set(['KXA-4']))).toEqual(['KXA-2', 'KXA-4']);
  });

  test('a market that has vanished with a position stops the start, unless a person has named the markets to quote', async () => {
    const api = account(['KXA-2'], {});
    await expect(heldMarkets(api, ['KXA-1'], new Set())).rejects.toMatchObject({ exitCode: ExitCode.refused });
    expect(await heldMarkets(api, ['KXA-1'], null)).toEqual([]);
  });

  test('a ticker that is not in the recording stops the playback and names those that are', async () => {
    const recording = join(folder, 'r.jsonl');
    writeFileSync(recording, recordedLine(snapshot('KXA-1'), epochUs(1_790_000_000_000_000)));
    const output = new CapturedOutput();
    const argv = ['start', '--env', 'playback', '--from', recording, '--markets', 'KXB-1', '--out', join(folder, 'runs')];
    expect(await dispatch([startCommand], argv, output)).toBe(ExitCode.usage);
    expect(output.stderr.join('\n')).toMatch(/no book of KXB-1[^]*books of KXA-1/);
  });
});
