import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Recorder, writeSidecar } from '../../../src/connector/recorder.js';
import { readRecording, readSidecar, type RecordedFrame } from '../../../src/connector/recording.js';
import { RecordingError } from '../../../src/connector/recording-format.js';
import { epochUs, seconds } from '../../../src/domain/units.js';
import { FakeTime } from '../../support/fake-time.js';
import { readLines, recordingsDir } from '../../support/recordings.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmm-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const read = async (path: string): Promise<{ frames: { at: number | null; text: string; line: number }[]; notes: string[] }> => {
  const frames: { at: number | null; text: string; line: number }[] = [];
  const notes: string[] = [];
  for await (const { at, bytes, line } of readRecording(path, { onTruncated: (text) => notes.push(text) }))
    frames.push({ at, text: bytes.toString(), line });
  return { frames, notes };
};

const refusal = async (path: string): Promise<RecordingError> => {
  const error = await read(path).then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error instanceof RecordingError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
};

const frame = (n: number, ts?: string): string =>
  JSON.stringify({ type: 'orderbook_delta', sid: 1, seq: n, msg: { n, ...(ts === undefined ? {} : { ts }) } });
const stamped = (n: number, tsMs: number): string =>
  `{"type":"orderbook_delta","sid":1,"seq":${n},"msg":{"ts_ms":${tsMs}},"sending_ts_ms":9999999999999}`;

describe('reading a recording', () => {
  test('raw frames take the newest exchange stamp seen; those before the first take the first; time never runs back', async () => {
    const lines = [frame(1), frame(2), stamped(3, 1781159387354), frame(4), stamped(5, 1781159387350), frame(6, '2026-06-11T06:30:00.5Z')];
    const { frames } = await read(file('r.jsonl', `${lines.join('\n')}\n`));
    expect(frames.map(({ text }) => text)).toEqual(lines);
    const first = 1781159387354000;
    expect(frames.map(({ at }) => at)).toEqual([first, first, first, first, first, Date.UTC(2026, 5, 11, 6, 30) * 1000 + 500_000]);
    expect(frames.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('frames without any time at all have none', async () => {
    expect((await read(file('r.jsonl', frame(1)))).frames).toEqual([{ at: null, text: frame(1), line: 1 }]);
  });

  test('receive times are kept to the microsecond although nanoseconds exceed exact numbers', async () => {
    const lines = ['1776490453460692999', '1776490453460693001'].map(
      (ns) => `{"recv_ts_ns": ${ns}, "raw": ${JSON.stringify(`${frame(1)}\n`)}}`,
    );
    const { frames } = await read(file('r.jsonl', lines.join('\r\n\n')));
    expect(frames).toEqual([
      { at: 1776490453460692, text: `${frame(1)}\n`, line: 1 },
      { at: 1776490453460693, text: `${frame(1)}\n`, line: 3 },
    ]);
  });

  test('gzip is told by its bytes, not by its name, and lines may span chunks', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ type: 'x', sid: 1, msg: { pad: String(Math.sin(i)).repeat(10) } }),
    );
    const { frames, notes } = await read(file('r.dat', gzipSync(`${lines.join('\n')}\n`)));
    expect(frames.map(({ text }) => text)).toEqual(lines);
    expect(notes).toEqual([]);
  });

  test('of several gzip parts in one file all are read', async () => {
    const { frames } = await read(file('r.gz', Buffer.concat([gzipSync(`${frame(1)}\n`), gzipSync(`${frame(2)}\n`)])));
    expect(frames).toHaveLength(2);
  });

  test.each([0.3, 0.6, 0.99])('a gzip file cut off at %d gives all that is whole, and says so', async (part) => {
    const lines = Array.from({ length: 20_000 }, (_, i) => stamped(i, 1781159387354 + ((i * 7919) % 100_000)));
    const whole = gzipSync(`${lines.join('\n')}\n`);
    const { frames, notes } = await read(file('r.gz', whole.subarray(0, Math.floor(whole.length * part))));
    expect(frames.length).toBeGreaterThan(lines.length * (part - 0.15));
    expect(frames.map(({ text }) => text)).toEqual(lines.slice(0, frames.length));
    expect(notes.some((note) => note.includes('the compressed file is cut off'))).toBe(true);
  });

  test('a plain file cut off in its last line leaves that line out, and says so', async () => {
    const { frames, notes } = await read(file('r.jsonl', `${frame(1)}\n${frame(2).slice(0, 20)}`));
    expect(frames).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining('line 2: the last line is cut off')]);
  });

  test.each([
    ['an empty file', '', null],
    ['blank lines only', '\n \n', null],
    ['a csv', 'ts,ticker\n1,2\n', 1],
    ['broken JSON in the middle', `${frame(1)}\n{"type":\n${frame(2)}\n`, 2],
    ['JSON that is no frame', `${frame(1)}\n{"type":"meta","ticker":"KX"}\n`, 2],
    ['a number', '5\n', 1],
    ['a receive time of nothing', '{"recv_ts_ns":0,"raw":"{}"}\n', 1],
    ['a frame that is not text', '{"recv_ts_ns":1776490453460692000,"raw":{}}\n', 1],
  ])('%s is refused, naming file and line', async (_name, content, line) => {
    const path = file('r.jsonl', content);
    const error = await refusal(path);
    expect(error).toMatchObject({ code: 'BAD_RECORDING', file: path, line });
    expect(error.message).toMatch(/expected (a recording of raw websocket frames|recv_ts_ns in nanoseconds)/);
  });

  test('zeros behind a gzip file do not hold the reader up for ever: they are left out, and said', async () => {
    const { frames, notes } = await read(file('r.gz', Buffer.concat([gzipSync(`${frame(1)}\n`), Buffer.alloc(4)])));
    expect(frames).toHaveLength(1);
    expect(notes.join()).toContain('left out');
  });

  test('rubbish behind a gzip file is a damaged file', async () => {
    const path = file('r.gz', Buffer.concat([gzipSync(`${frame(1)}\n`), Buffer.from('rubbish of some length')]));
    expect(await refusal(path)).toMatchObject({ code: 'BAD_RECORDING' });
  });

  test('a damaged gzip file and a missing file are refused by name', async () => {
    const whole = gzipSync(Array.from({ length: 500 }, (_, i) => frame(i)).join('\n'));
    whole[Math.floor(whole.length / 2)] = (whole[Math.floor(whole.length / 2)] ?? 0) ^ 0xff;
    expect((await refusal(file('r.gz', whole))).message).toContain('r.gz');
    expect((await refusal(join(folder, 'nowhere.gz'))).message).toContain('ENOENT');
  });
});

describe('the sidecar', () => {
  test('comes back as it was written, and its absence is no error', async () => {
    const path = join(folder, 'r.jsonl.gz');
    expect(await readSidecar(path)).toBeNull();
    const bodies = { markets: [{ ticker: 'M-A' }], series: [{ ticker: 'S' }], events: [] };
    writeSidecar(path, bodies);
    expect(await readSidecar(path)).toEqual(bodies);
    expect(() => writeSidecar(path, bodies)).toThrow('EEXIST');
  });

  test.each(['', '[]', '{"markets":[]}', '{"markets":{},"series":[],"events":[]}'])('holding %j is refused', async (content) => {
    file('r.jsonl.markets.json', content);
    await expect(readSidecar(join(folder, 'r.jsonl'))).rejects.toThrow('expected a JSON object with the lists markets, series and events');
  });
});

describe('recording', () => {
  const aRecorder = (
    options: { bufferBytesMax?: number } = {},
  ): { recorder: Recorder; path: string; problems: string[]; time: FakeTime } => {
    const path = join(folder, 'deeper', 'run.jsonl.gz');
    const problems: string[] = [];
    const time = new FakeTime();
    return { recorder: new Recorder({ path, timers: time, onProblem: (text) => problems.push(text), ...options }), path, problems, time };
  };
  const at = epochUs(1_776_490_453_460_692);

  test('writes the form of the known recordings, and what is written is read back', async () => {
    const { recorder, path } = aRecorder();
    const raw = `${frame(1)}\n`;
    recorder.frame(Buffer.from(raw), at);
    recorder.frame(Buffer.from('{"type":"note","msg":{"text":"\\"é\u2028"}}'), epochUs(at + 1));
    expect(await recorder.close()).toEqual({ written: 2, dropped: 0 });
    const [line] = gunzipSync(readFileSync(path)).toString().split('\n');
    expect(line).toBe(`{"recv_ts_ns": 1776490453460692000, "raw": ${JSON.stringify(raw)}}`);
    const { frames } = await read(path);
    expect(frames).toEqual([
      { at, text: raw, line: 1 },
      { at: at + 1, text: '{"type":"note","msg":{"text":"\\"é\u2028"}}', line: 2 },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('never overwrites a file', async () => {
    const { recorder, path } = aRecorder();
    await recorder.close();
    expect(() => new Recorder({ path, timers: new FakeTime(), onProblem: () => undefined })).toThrow('EEXIST');
  });

  test('what was flushed survives a kill', async () => {
    const { recorder, path, time } = aRecorder();
    recorder.frame(Buffer.from(frame(1)), at);
    time.advance(seconds(1));
    const { promise, resolve } = withResolvers<RecordedFrame>();
    const look = async (): Promise<void> => {
      // The compressor works beside us: look again each turn until the flushed bytes are in the file.
      while (statSync(path).size < 40) await new Promise<void>((next) => setImmediate(next));
      for await (const found of readRecording(path)) resolve(found);
    };
    await look();
    expect((await promise).bytes.toString()).toBe(frame(1));
    await recorder.close();
  });

  test('drops, counts and says so when the disk does not keep up, and goes on when it does', async () => {
    const { recorder, path, problems } = aRecorder({ bufferBytesMax: 500 });
    const bytes = Buffer.from(frame(1));
    for (let i = 0; i < 20; i++) recorder.frame(bytes, at);
    expect(recorder.dropped).toBeGreaterThan(10);
    expect(problems).toEqual([expect.stringContaining('frames are dropped')]);
    const missing = recorder.dropped;
    recorder.flush();
    while (recorder.dropped > missing - 1 && problems.length < 2) {
      await new Promise<void>((next) => setImmediate(next));
      recorder.frame(bytes, at);
    }
    expect(problems[1]).toContain('recording again');
    const { written, dropped } = await recorder.close();
    expect((await read(path)).frames).toHaveLength(written);
    expect(dropped).toBeGreaterThanOrEqual(missing);
  });
});

const withResolvers = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

describe.skipIf(recordingsDir() === null)('the real recordings', () => {
  test.each([
    ['ws-demo-5mkt-20260701.jsonl.gz', 2898],
    ['ws-demo-quiet-orderbook-20260611.jsonl', 12],
    ['ws-prod-kxbtc-hourly-20260418.jsonl.gz', 74],
    ['ws-demo-perp-20260612-5000frames.jsonl.gz', 5000],
  ])('%s: %i frames, each with a time', async (name, count) => {
    const { frames, notes } = await read(join(recordingsDir() ?? '', name));
    expect(frames).toHaveLength(count);
    expect(notes).toEqual([]);
    expect(frames.every(({ at }, i) => at !== null && at >= (frames[Math.max(0, i - 1)]?.at ?? 0))).toBe(true);
  });

  test('the production recording keeps its receive times', async () => {
    const name = 'ws-prod-kxbtc-hourly-20260418.jsonl.gz';
    const { frames } = await read(join(recordingsDir() ?? '', name));
    const times = readLines(name).map((line) => Number(BigInt(/"recv_ts_ns": (\d+)/.exec(line)?.[1] ?? '') / 1000n));
    expect(frames.map(({ at }) => at)).toEqual(times);
  });

  test.each(['ws-prod-kxbtc15m-20260419-a-open.jsonl', 'ws-prod-cents-deltas-20250814.jsonl', 'rest-demo-5mkt-20260701.jsonl.gz'])(
    '%s is no recording of frames',
    async (name) => {
      expect(await refusal(join(recordingsDir() ?? '', name))).toMatchObject({ line: 1 });
    },
  );
});
