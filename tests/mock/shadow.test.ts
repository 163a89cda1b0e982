/** A second set of parameters on paper beside a run: same feed, own records, no way to send. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PairedSpans } from '../../src/app/paired-spans.js';
import { cash, seconds } from '../../src/domain/units.js';
import { madeLines } from '../support/made-recording.js';
import { hostExchange, kmm, runFolder, temporary, type Body } from './app-world.js';

const file = (text: string): string => {
  const path = join(temporary(), 'shadow.yaml');
  writeFileSync(path, text);
  return path;
};

const recording = (steps = 400): string => {
  const path = join(temporary(), 'made.jsonl');
  writeFileSync(path, `${madeLines({ steps }).join('\n')}\n`);
  return path;
};

interface Played {
  readonly code: number;
  readonly run: string;
  readonly summary: Body;
  readonly shadow: Body;
}

const played = async (...argv: readonly string[]): Promise<Played> => {
  const out = temporary();
  const { code, document } = await kmm(['start', '--env', 'playback', '--out', out, '--json', ...argv]);
  return { code, run: runFolder(out), summary: document, shadow: (document['shadow'] ?? {}) as Body };
};

const verified = async (folder: string): Promise<unknown> => (await kmm(['replay', folder, '--verify', '--json'])).document['verified'];

describe('in playback', () => {
  test('with the parameters of the run it does what the run does: the difference is nothing', async () => {
    const { code, summary, shadow } = await played('--from', recording(), '--shadow', file('strategy:\n  gamma_per_dollar: 0.02\n'));
    expect(code).toBe(0);
    expect(summary['fills']).toBeGreaterThan(10);
    expect(shadow).toMatchObject({
      fills: summary['fills'],
      orders_placed: summary['orders_placed'],
      realized_pnl: summary['realized_pnl'],
      fees: summary['fees'],
      difference_dollars: 0,
      interval_95: [0, 0],
      ended: null,
    });
  });

  test('with others it differs, the run does not, and both can be replayed', async () => {
    const from = recording();
    const alone = await played('--from', from);
    const both = await played('--from', from, '--shadow', file('strategy:\n  model: symmetric\n  half_spread_cents: 4\n'));
    expect(both.summary['decision_hash']).toBe(alone.summary['decision_hash']);
    expect(both.shadow).toMatchObject({ strategy: 'symmetric', ended: null });
    expect(both.shadow['fills']).not.toBe(both.summary['fills']);
    const result = (part: Body): number => Number(part['realized_pnl']) + Number(part['unrealized_pnl']) - Number(part['fees']);
    expect(both.shadow['difference_dollars']).toBeCloseTo(result(both.summary) - result(both.shadow), 5);
    expect([await verified(both.run), await verified(join(both.run, 'shadow'))]).toEqual([true, true]);
    for (const name of ['tape.csv', 'fills.csv', 'ops.log', 'summary.json']) expect(existsSync(join(both.run, 'shadow', name))).toBe(true);
  });

  test('is told to people at the end', async () => {
    const argv = ['--env', 'playback', '--from', recording(100), '--out', temporary(), '--shadow', file('risk:\n  collar_cents: 9\n')];
    expect((await kmm(['start', ...argv])).stdout).toMatch(/shadow bounded: \d+ fills on paper; this run less it [+-]\d/);
  });
});

describe('on an exchange', () => {
  test('it trades on paper beside the run, and nothing of it reaches the exchange', async () => {
    const world = await hostExchange();
    const out = temporary();
    const { code, document } = await kmm([
      'start',
      '--env',
      'custom',
      '--connect',
      world.connect,
      '--out',
      out,
      '--duration',
      '6s',
      '--json',
      '--shadow',
      file('strategy:\n  model: symmetric\n  half_spread_cents: 1\n'),
    ]);
    const run = runFolder(out);
    const shadow = document['shadow'] as Body;
    expect([code, shadow['ended']]).toEqual([0, null]);
    expect(shadow['orders_placed']).toBeGreaterThan(0);
    const id = String((JSON.parse(readFileSync(join(run, 'shadow', 'summary.json'), 'utf8')) as Body)['run']);
    const sent = (await world.orders()).map((order) => String(order['client_order_id']));
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter((name) => name.includes(`-${id}-`))).toEqual([]);
    expect([await verified(run), await verified(join(run, 'shadow'))]).toEqual([true, true]);
  });
});

describe('a file that is no shadow', () => {
  const refused = async (path: string): Promise<[number, string]> => {
    const { code, stderr } = await kmm(['start', '--env', 'playback', '--from', recording(10), '--out', temporary(), '--shadow', path]);
    return [code, stderr];
  };

  test.each([
    ['strategy:\n  gama_per_dollar: 1\n', 3, 'gamma_per_dollar'],
    ['strategy:\n  gamma_per_dollar: 99\n', 3, 'from 0.000001 to 10'],
    ['environment: prod\n', 3, 'cannot have its own environment'],
    ['markets:\n  tickers: [KXA]\n', 3, 'cannot have its own markets.tickers'],
    ['# nothing\n', 3, 'names nothing that differs'],
  ])('%j', async (text, code, words) => {
    expect(await refused(file(text))).toEqual([code, expect.stringContaining(words)]);
  });

  test('or is not there', async () => {
    expect(await refused('no-such.yaml')).toEqual([2, expect.stringContaining('there is no file no-such.yaml')]);
  });
});

describe('paired spans', () => {
  const spans = (differences: readonly number[]): ReturnType<PairedSpans['result']> => {
    const paired = new PairedSpans(seconds(10));
    let net = 0;
    for (const difference of differences) paired.add(cash(Math.round((net += difference) * 1e6)), cash(0));
    return paired.result();
  };

  test('of one span there is a difference and no interval', () => {
    expect(spans([2])).toEqual({ difference: 2, interval: null, groups: 1, groupSeconds: 10 });
  });

  test('many spans are judged in groups, and what is always the same is certain', () => {
    const found = spans(Array.from({ length: 90 }, () => 0.5));
    expect([found.groups, found.groupSeconds]).toEqual([30, 30]);
    expect([found.interval?.low, found.interval?.high]).toEqual([expect.closeTo(45, 6), expect.closeTo(45, 6)]);
  });

  test('a run of any length is kept in bounded memory, its difference exact', () => {
    const found = spans(Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 0.25 : -0.125)));
    expect(found.difference).toBeCloseTo(1250, 6);
    expect(found.groups).toBeLessThanOrEqual(30);
    expect(found.groupSeconds * found.groups).toBeGreaterThan(150_000);
  });
});
