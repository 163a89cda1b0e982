/** `kmm backtest` from end to end: recordings and runs, sweeps, and what is refused. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CapturedOutput } from '../../src/cli/output.js';
import { madeLines, MADE_TICKERS, type MadeRecording } from '../support/made-recording.js';
import { recordingsDir } from '../support/recordings.js';
import { kmm, Program, runFolder, temporary, type Body } from './app-world.js';

const made = (options: MadeRecording = {}, folder = temporary(), name = 'made.jsonl'): string => {
  const file = join(folder, name);
  writeFileSync(file, `${madeLines(options).join('\n')}\n`);
  return file;
};

const HERE = ['--workers', '1'] as const;

interface Document {
  readonly sources: readonly (Body & { readonly path: string; readonly warnings: readonly string[] })[];
  readonly points: readonly {
    readonly label: string;
    readonly values: Body;
    readonly total: Record<string, number>;
    readonly sources: readonly (Body & { readonly decision_hash: string; readonly markets: readonly Body[] })[];
  }[];
  readonly comparison: {
    readonly paired_by: string;
    readonly pairs: number;
    readonly best: string;
    readonly differences: readonly {
      readonly label: string;
      readonly difference_dollars: number;
      readonly interval_95: [number, number];
    }[];
    readonly out_of_sample: Body;
  } | null;
}

const backtest = async (...argv: readonly string[]): Promise<{ code: number; found: Document; stderr: string }> => {
  const { code, document, stderr } = await kmm(['backtest', ...HERE, '--json', ...argv]);
  return { code, found: document as unknown as Document, stderr };
};

const played = async (from: string, ...more: readonly string[]): Promise<{ run: string; summary: Body }> => {
  const out = temporary();
  const { document } = await kmm(['start', '--env', 'playback', '--from', from, '--out', out, '--json', ...more]);
  return { run: runFolder(out), summary: document };
};

describe('one recording', () => {
  let file: string;
  beforeAll(() => {
    file = made();
  });

  test('is decided as playback decides it, byte for byte, and earns what that earned', async () => {
    const { code, found } = await backtest('--from', file, '--seed', '3');
    const { summary } = await played(file, '--seed', '3');
    expect(code).toBe(0);
    expect(found.points[0]?.sources[0]?.decision_hash).toBe(summary['decision_hash']);
    expect(found.points[0]?.total['fills']).toBeGreaterThan(10);
    expect(found.points[0]?.total).toMatchObject({
      fills: summary['fills'],
      fees_dollars: summary['fees'],
      realized_dollars: summary['realized_pnl'],
      unrealized_dollars: summary['unrealized_pnl'],
      orders_refused: summary['orders_rejected'],
    });
  });

  test('of another strategy gives another result, of named markets only theirs', async () => {
    const [as, fixed] = [
      await backtest('--from', file),
      await backtest('--from', file, '--strategy', 'fixed', '--markets', MADE_TICKERS[1]),
    ];
    expect(fixed.found.points[0]?.sources[0]?.decision_hash).not.toBe(as.found.points[0]?.sources[0]?.decision_hash);
    expect(fixed.found.points[0]?.sources[0]?.markets.map((market) => market['ticker'])).toEqual([MADE_TICKERS[1]]);
  });

  test('is told to people with result, markouts and what was assumed', async () => {
    const { code, stdout, stderr } = await kmm(['backtest', ...HERE, '--from', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 recording, 2 markets');
    expect(stdout).toMatch(/Sharpe -?\d.* per 2 s over 60 spans/);
    expect(stdout).toContain('kept in cents per contract after 1 s');
    expect(stderr).toContain('without market bodies: assumed payout');
  });

  test('alone becomes the report of a run, with quotes and fills', async () => {
    const page = join(temporary(), 'run.html');
    expect((await kmm(['backtest', ...HERE, '--from', file, '--html', page])).code).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain(MADE_TICKERS[0]);
    const nowhere = await kmm(['backtest', ...HERE, '--from', file, '--html', '/proc/no/such.html']);
    expect([nowhere.code, nowhere.stderr]).toEqual([9, expect.stringContaining('cannot be written')]);
  });

  test('draws a bar on a terminal and nothing where it is piped', async () => {
    const [terminal, pipe] = [new CapturedOutput(true), new CapturedOutput(false)];
    await kmm(['backtest', ...HERE, '--from', file], undefined, terminal);
    await kmm(['backtest', ...HERE, '--from', file], undefined, pipe);
    expect(terminal.drawn).toContain('playing');
    expect(pipe.drawn).toBe('');
  });

  test('ends with 130 where a person stops it', async () => {
    const stop = AbortSignal.abort('SIGINT');
    expect((await kmm(['backtest', ...HERE, '--from', file], stop)).code).toBe(130);
  });
});

describe('a run', () => {
  let file: string;
  let run: string;
  let summary: Body;
  beforeAll(async () => {
    file = made({ steps: 300 });
    ({ run, summary } = await played(file, '--seed', '3'));
  });

  test('gives its public facts and keeps its own orders and fills to itself', async () => {
    const { code, found } = await backtest('--from', run, '--seed', '3');
    expect([code, found.sources[0]?.['kind']]).toEqual([0, 'run']);
    // The same facts at the same moments on the same paper: what the run did comes out again.
    expect(found.points[0]?.total).toMatchObject({
      fills: summary['fills'],
      fees_dollars: summary['fees'],
      realized_dollars: summary['realized_pnl'],
    });
    expect(found.points[0]?.total['fills']).toBeGreaterThan(0);
  });

  test('of one of its markets alone is played with that one', async () => {
    const { found } = await backtest('--from', run, '--markets', MADE_TICKERS[1]);
    expect(found.points[0]?.sources[0]?.markets.map((market) => market['ticker'])).toEqual([MADE_TICKERS[1]]);
    expect(found.points[0]?.total['orders_placed']).toBeGreaterThan(0);
  });

  test('and recordings go together, in the order of their times', async () => {
    const later = made({ seed: 2, steps: 200, startMs: 1_795_300_000_000 });
    const { found } = await backtest('--from', later, run);
    expect(found.sources.map((source) => source['kind'])).toEqual(['run', 'recording']);
  });

  test('that is still written is played as far as it had got, and that is said', async () => {
    const folder = join(temporary(), 'running');
    mkdirSync(folder);
    copyFileSync(join(run, 'journal-000001.bin'), join(folder, 'journal-000001.bin'));
    truncateSync(join(folder, 'journal-000001.bin'), Math.floor(statSync(join(run, 'journal-000001.bin')).size / 2));
    const { code, stderr } = await backtest('--from', folder);
    expect([code, stderr]).toEqual([0, expect.stringContaining('did not end in good order, or is still running')]);
  });

  test('with a damaged journal is refused with 9, also below a pattern: a part would pass for the whole', async () => {
    const parent = temporary();
    mkdirSync(join(parent, 'bad'));
    const bytes = readFileSync(join(run, 'journal-000001.bin'));
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(join(parent, 'bad', 'journal-000001.bin'), bytes);
    const { code, stderr } = await kmm(['backtest', ...HERE, '--from', join(parent, '*')]);
    expect([code, stderr]).toEqual([9, expect.stringContaining('cannot be read to its end')]);
  });
});

describe('a sweep', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporary();
    for (let seed = 1; seed <= 6; seed++) made({ seed, steps: 200, startMs: 1_795_262_400_000 + seed * 1e6 }, folder, `made-${seed}.jsonl`);
  });

  test('over enough recordings pairs by recording, against the configured point', async () => {
    const { code, found } = await backtest('--from', join(folder, 'made-*.jsonl'), '--sweep', 'gamma=0.005,0.5', '--sweep', 'lot=5,10');
    expect([code, found.sources.length]).toEqual([0, 6]);
    expect(found.points.map(({ label }) => label)).toEqual([
      'configured',
      'gamma=0.005 lot=5',
      'gamma=0.005 lot=10',
      'gamma=0.5 lot=5',
      'gamma=0.5 lot=10',
    ]);
    expect([found.comparison?.paired_by, found.comparison?.pairs, found.comparison?.differences.length]).toEqual(['sources', 6, 4]);
    for (const { difference_dollars: difference, interval_95 } of found.comparison?.differences ?? []) {
      expect(interval_95[0]).toBeLessThanOrEqual(difference);
      expect(interval_95[1]).toBeGreaterThanOrEqual(difference);
    }
    expect(found.comparison?.out_of_sample).toMatchObject({ folds: 6, folds_are: 'sources' });
  });

  test('over one recording pairs by spans of time, and a value that changes nothing differs by nothing', async () => {
    const { found } = await backtest('--from', join(folder, 'made-1.jsonl'), '--sweep', 'strategy.gamma_per_dollar=0.02,1');
    expect(found.comparison?.paired_by).toBe('blocks');
    expect(found.comparison?.differences[0]).toMatchObject({
      label: 'strategy.gamma_per_dollar=0.02',
      difference_dollars: 0,
      interval_95: [0, 0],
    });
    expect(found.points[1]?.sources[0]?.decision_hash).toBe(found.points[0]?.sources[0]?.decision_hash);
    expect(found.comparison?.differences[1]?.difference_dollars).not.toBe(0);
  });

  test('by markets pairs each market of each recording', async () => {
    const { found } = await backtest('--from', join(folder, 'made-?.jsonl'), '--sweep', 'gamma=1', '--pair', 'markets');
    expect([found.comparison?.paired_by, found.comparison?.pairs]).toEqual(['markets', 12]);
  });

  test('gives every point what it gets alone: lanes of one source do not see each other', async () => {
    const from = join(folder, 'made-2.jsonl');
    const { found } = await backtest('--from', from, '--sweep', 'gamma=0.005,0.1,1');
    const alone = await backtest('--from', from, '--set', 'strategy.gamma_per_dollar=0.1');
    expect(found.points[2]?.sources).toEqual(alone.found.points[0]?.sources);
  });

  test('is told as a table that names the pairs and warns of the best of many', async () => {
    const { stdout } = await kmm(['backtest', ...HERE, '--from', join(folder, '*'), '--sweep', 'gamma=0.005..1:4:log']);
    expect(stdout).toContain('paired by 6 recordings and runs');
    expect(stdout).toMatch(/the best of many looks better than it is|no point did better/);
    expect(stdout).toContain('out of sample: the best on all but one source');
  });

  test('walks forward: chosen on one stretch, judged on the next, and only that counts', async () => {
    const argv = ['--from', join(folder, 'made-?.jsonl'), '--sweep', 'gamma=0.01,1', '--walk-forward', '60s/40s'];
    const { code, found } = await backtest(...argv);
    const walk = (found as unknown as Body)['walk_forward'] as Body & { steps: Body[] };
    // Six recordings of 40 s: 60 s of training, then 40 s of test, four times over.
    expect([code, walk.steps.length, walk['train_s'], walk['test_s']]).toEqual([0, 4, 60, 40]);
    expect(walk['net_dollars']).toBeCloseTo(
      walk.steps.reduce((sum, step) => sum + Number(step['test_net_dollars']), 0),
      9,
    );
    for (const step of walk.steps) expect(['configured', 'gamma=0.01', 'gamma=1']).toContain(step['chosen']);
    const { stdout } = await kmm(['backtest', ...HERE, ...argv, '--criterion', 'sharpe']);
    expect(stdout).toContain('walk-forward: 1:00 of training, 0:40 of test, chosen by the highest Sharpe ratio of the training');
    expect(stdout).toMatch(/out of sample [+-]\d/);
  });

  test('becomes one page that asks for nothing from anywhere', async () => {
    const page = join(temporary(), 'sweep.html');
    const argv = ['--from', join(folder, 'made-?.jsonl'), '--sweep', 'gamma=0.01,1', '--walk-forward', '60s/40s'];
    expect((await kmm(['backtest', ...HERE, ...argv, '--html', page])).code).toBe(0);
    const html = readFileSync(page, 'utf8');
    for (const part of ['gamma=0.01', 'Walk-forward', 'made-1.jsonl', '95 % for all at once']) expect(html).toContain(part);
    expect(html).not.toMatch(/(src|href)=/);
    expect([...html.matchAll(/<svg/g)].length).toBe([...html.matchAll(/<\/svg>/g)].length);
  });

  test('is the same document, byte for byte, with one worker and with two, and again', { timeout: 120_000 }, async () => {
    const argv = ['backtest', '--json', '--from', join(folder, 'made-?.jsonl'), '--sweep', 'gamma=0.01,1'];
    const texts: string[] = [];
    for (const workers of ['1', '2', '2']) {
      const program = new Program([...argv, '--workers', workers]);
      expect((await program.exited).code).toBe(0);
      texts.push(program.stdout);
    }
    expect(texts[0]?.length).toBeGreaterThan(1000);
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });
});

describe('what cannot be played', () => {
  const refused = async (...argv: readonly string[]): Promise<[number, string]> => {
    const { code, stderr } = await kmm(['backtest', ...HERE, ...argv]);
    return [code, stderr];
  };

  test('nothing named is a mistake of the caller', async () => {
    expect(await refused()).toEqual([2, expect.stringContaining('a backtest needs something to play')]);
  });

  test('a name without a file, and a pattern that matches nothing', async () => {
    expect(await refused('--from', 'no-such.jsonl')).toEqual([2, expect.stringContaining('there is no file or folder no-such.jsonl')]);
    expect(await refused('--from', `${temporary()}/*`)).toEqual([2, expect.stringContaining('nothing matches')]);
  });

  test('an empty recording', async () => {
    const file = join(temporary(), 'empty.jsonl');
    writeFileSync(file, '');
    expect(await refused('--from', file)).toEqual([9, expect.stringContaining('an empty file')]);
  });

  test('a recording without an order book', async () => {
    const file = join(temporary(), 'ticks.jsonl');
    writeFileSync(file, '{"type":"subscribed","id":1,"msg":{"channel":"ticker","sid":1}}\n');
    expect(await refused('--from', file)).toEqual([2, expect.stringContaining('has no order book in it')]);
  });

  test('another format: refused where it was named, passed over where a pattern met it', async () => {
    const folder = temporary();
    const other = join(folder, 'a.csv');
    writeFileSync(other, 'time,price\n1,2\n');
    expect(await refused('--from', other)).toEqual([9, expect.stringContaining('expected a recording of raw websocket frames')]);
    expect(await refused('--from', join(folder, '*'))).toEqual([2, expect.stringContaining('none of what --from names can be played')]);
    made({ steps: 50 }, folder);
    const { code, stderr } = await backtest('--from', join(folder, '*'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('a.csv is passed over: line 1: expected a recording')]);
  });

  test('prices that are no whole cents, where nobody gives the market bodies', async () => {
    const file = join(temporary(), 'deci.jsonl');
    writeFileSync(file, madeLines({ steps: 20 }).join('\n').replaceAll('0.4300', '0.4310'));
    expect(await refused('--from', file)).toEqual([2, expect.stringContaining('prices that are not whole cents')]);
  });

  test('a folder that is no run', async () => {
    expect(await refused('--from', temporary())).toEqual([2, expect.stringContaining('a folder without a journal')]);
  });

  test('a market that is not in it', async () => {
    expect(await refused('--from', made({ steps: 20 }), '--markets', 'KXNONE')).toEqual([
      2,
      expect.stringContaining('has no book of KXNONE'),
    ]);
  });

  test('a walk-forward without a choice, of no spans, or over more time than there is', async () => {
    const file = made({ steps: 20 });
    expect(await refused('--from', file, '--walk-forward', '2s/1s')).toEqual([2, expect.stringContaining('nothing to choose from')]);
    expect(await refused('--from', file, '--walk-forward', '2s', '--sweep', 'gamma=1')).toEqual([
      2,
      expect.stringContaining('two spans with a slash'),
    ]);
    expect(await refused('--from', file, '--walk-forward', '4h/1h', '--sweep', 'gamma=1')).toEqual([
      2,
      expect.stringContaining('expected at least 5:00:00 of recorded time, got 0:04'),
    ]);
  });

  test('a sweep of a key that does not exist, and of a value that the key refuses', async () => {
    const file = made({ steps: 20 });
    expect(await refused('--from', file, '--sweep', 'gama=1')).toEqual([2, expect.stringContaining('write gamma')]);
    expect(await refused('--from', file, '--sweep', 'gamma=99')).toEqual([
      3,
      expect.stringContaining('the point gamma=99 is no sound configuration'),
    ]);
  });
});

describe.runIf(recordingsDir() !== null)('real recordings', () => {
  test('a folder with everything in it is played as far as it is recordings, and the rest is named', async () => {
    const folder = recordingsDir() ?? '';
    const { code, found, stderr } = await backtest('--from', join(folder, 'ws-demo-*'));
    expect(code).toBe(0);
    expect(found.sources.length + [...stderr.matchAll(/is passed over/g)].length).toBe(
      readdirSync(folder).filter((name) => name.startsWith('ws-demo-')).length,
    );
    expect(found.points[0]?.total['orders_placed']).toBeGreaterThan(0);
  });
});
