/** The exchange's own index channels: the documents' examples in, facts out. */
import { describe, expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { SessionBench } from '../../support/stream.js';

const MS = 1_710_000_000_123;
const opened = (): SessionBench => {
  const bench = new SessionBench({ cfbenchmarks: ['BRTI'], pyth: ['Metal.XAU/USD'] });
  bench.now = epochUs((MS + 50) * 1000);
  bench.open();
  return bench;
};
const sidOf = (bench: SessionBench, channel: string): number =>
  bench.sent().find(({ params }) => (params['channels'] as string[] | undefined)?.[0] === channel)?.id ?? 0;

const CF = {
  index_id: 'BRTI',
  received_at: MS,
  data: `{"type":"value","id":"BRTI","time":${MS},"value":"68000.12"}`,
  avg_60s_data: { value: '68000.12000000', window_size: 3, window_start_ts_ms: MS - 60_000, window_end_ts_exclusive: MS },
};
const PYTH = { underlying_ticker: 'Metal.XAU/USD', value_usd: '2365.12345000', source_ts_ms: MS - 23, received_at: MS };

const setUp = () => {
  const bench = opened();
  const sids = { cf: sidOf(bench, 'cfbenchmarks_value'), pyth: sidOf(bench, 'pyth_value') };
  bench.take();
  let seq = 0;
  const say = (type: 'cfbenchmarks_value' | 'pyth_value', msg: object): void =>
    bench.frame({ type, sid: type === 'pyth_value' ? sids.pyth : sids.cf, seq: ++seq, msg });
  return { bench, say };
};

test('are subscribed with the indices that are wanted, and not at all where none is', () => {
  const params = opened()
    .sent()
    .map(({ params: wanted }) => wanted);
  expect(params).toContainEqual({ channels: ['cfbenchmarks_value'], index_ids: ['BRTI'] });
  expect(params).toContainEqual({ channels: ['pyth_value'], underlying_tickers: ['Metal.XAU/USD'] });
  const without = new SessionBench();
  without.open();
  expect(JSON.stringify(without.sent())).not.toMatch(/cfbenchmarks|pyth/);
});

test('become facts about an index, stamped by its source', () => {
  const { bench, say } = setUp();
  say('cfbenchmarks_value', CF);
  bench.frame({ type: 'pyth_value', sid: 99, seq: 1, msg: PYTH });
  expect(bench.take().facts).toEqual([{ type: 'index', at: bench.now, index: 'BRTI', value: 68000.12, asOf: MS * 1000 }]);
});

test('of both channels are told, and a batch ends with them', () => {
  const { bench } = setUp();
  const sid = sidOf(opened(), 'pyth_value');
  bench.frame({ type: 'pyth_value', sid, seq: 1, msg: PYTH });
  bench.step({ type: 'read-end', at: bench.now });
  expect(bench.take().facts).toMatchObject([
    { type: 'index', index: 'Metal.XAU/USD', value: 2365.12345, asOf: (MS - 23) * 1000 },
    { type: 'batch-end' },
  ]);
});

test('that go back in time are passed over', () => {
  const { bench, say } = setUp();
  say('cfbenchmarks_value', CF);
  say('cfbenchmarks_value', { ...CF, data: CF.data.replace(String(MS), String(MS - 5000)) });
  expect([bench.take().facts.length, bench.session.counters.indices]).toEqual([1, 1]);
});

test('of a source whose clock runs ahead do not silence those that follow', () => {
  const { bench, say } = setUp();
  say('cfbenchmarks_value', { ...CF, data: CF.data.replace(String(MS), String(MS + 9_000_000)) });
  bench.now = epochUs(bench.now + 1_000_000);
  say('cfbenchmarks_value', { ...CF, data: CF.data.replace(String(MS), String(MS + 1000)) });
  expect(bench.take().facts.length).toBe(2);
});

describe('that cannot be read are typed errors, and cost nothing else', () => {
  test.each<[string, object, RegExp]>([
    ['no data', { ...CF, data: undefined }, /data: expected a JSON object as text/],
    ['data that is no JSON', { ...CF, data: '{' }, /data: expected a JSON object as text/],
    [
      'data of another index',
      { ...CF, data: CF.data.replace('"BRTI"', '"ETHUSD_RTI"') },
      /data\.id: expected the index of the message, BRTI/,
    ],
    ['a value that is no number', { ...CF, data: CF.data.replace('68000.12', 'NaN') }, /data\.value: expected a decimal text above 0/],
    ['a value of 0', { ...CF, data: CF.data.replace('68000.12', '0') }, /above 0/],
    ['a negative value', { ...CF, data: CF.data.replace('68000.12', '-1') }, /above 0/],
    ['a value beyond everything', { ...CF, data: CF.data.replace('68000.12', '9'.repeat(30)) }, /above 0/],
    ['another kind of frame', { ...CF, data: CF.data.replace('"value"', '"status"') }, /data\.type: expected value/],
    ['a time that is none', { ...CF, data: CF.data.replace(String(MS), '-1') }, /data\.time: expected/],
  ])('%s', (_, msg, told) => {
    const { bench, say } = setUp();
    say('cfbenchmarks_value', msg);
    say('cfbenchmarks_value', CF);
    const { facts, actions } = bench.take();
    expect(facts.map(({ type }) => type)).toEqual(['index']);
    expect(actions.map((action) => (action.type === 'report' ? action.text : action.type))).toEqual([expect.stringMatching(told)]);
  });
});

test('a hole in their numbers is told and harms no book', () => {
  const { bench, say } = setUp();
  say('cfbenchmarks_value', CF);
  const sid = sidOf(opened(), 'cfbenchmarks_value');
  bench.frame({ type: 'cfbenchmarks_value', sid, seq: 9, msg: CF });
  const { facts, actions } = bench.take();
  expect(facts.map(({ type }) => type)).toEqual(['index', 'index']);
  expect(actions).toMatchObject([{ type: 'report', code: 'SEQUENCE_GAP' }]);
});

test('a refusal of the channel leaves the stream up', () => {
  const bench = new SessionBench({ cfbenchmarks: ['BRTI'] });
  bench.step({ type: 'start', at: bench.now });
  bench.step({ type: 'opened', at: bench.now });
  const refused = bench.sent().find(({ params }) => (params['channels'] as string[])[0] === 'cfbenchmarks_value');
  bench.confirm();
  bench.frame({ type: 'error', id: refused?.id, msg: { code: 8, msg: 'Unknown channel name' } });
  expect(bench.session.up).toBe(true);
});
