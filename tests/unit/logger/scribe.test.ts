import { bookedFill } from '../../support/fills.js';
import { Buffer } from 'node:buffer';
import { beforeEach, describe, expect, test } from 'vitest';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, quantity } from '../../../src/domain/units.js';
import { Scribe, type FromScribe, type ToScribe } from '../../../src/logger/scribe.js';
import { FILL_HEAD, type FillFile } from '../../../src/logger/fill-tape.js';
import { TAPE_COLUMNS } from '../../../src/logger/tape-row.js';
import { TAPE_HEAD, TapeSink, type TapeFile } from '../../../src/logger/tape-sink.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import { ringMemory, TapeConsumer, TapeProducer } from '../../../src/logger/tape-ring.js';

type LineFile = TapeFile & FillFile;

class Page implements LineFile {
  content = '';
  errno: string | null = null;
  /** Bytes of a refused write that stay all the same. */
  kept = 0;
  append(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('utf8');
    this.content += this.errno === null ? text : text.slice(0, this.kept);
    if (this.errno !== null) throw new StorageError('write', 'page', this.errno);
  }
  close(): void {
    this.content += '(closed)';
  }
  text(): string {
    this.content = this.content.slice(0, this.content.lastIndexOf('\n') + 1);
    return this.content;
  }
  lastLine(): string {
    return this.text().split('\n').at(-2) ?? '';
  }
  get lines(): string[] {
    return this.content.split('\n').filter((line) => line !== '');
  }
}

let tape: Page;
let log: Page;
let fills: Page;
let answers: FromScribe[];
let post: ToScribe[];
let ring: TapeProducer;
let scribe: Scribe;

const beginAgain = (): void => {
  tape = new Page();
  log = new Page();
  fills = new Page();
  answers = [];
  post = [];
  const memory = ringMemory(8);
  ring = new TapeProducer(memory);
  scribe = new Scribe(memory, {
    files: { tape, log, fills, writtenFills: ['f0'] },
    answer: (message) => answers.push(message),
    pull: (take) => {
      for (const message of post.splice(0)) take(message);
    },
  });
};
beforeEach(beginAgain);

const row = (market: number): void => {
  ring.put(
    {
      type: 'decision',
      market: marketIndex(market),
      at: epochUs(1),
      bestBid: null,
      bestAsk: null,
      mid: null,
      fair: null,
      reservation: null,
      bid: null,
      bidSize: quantity(0),
      ask: null,
      askSize: quantity(0),
      noBid: null,
      noAsk: null,
      inventory: quantity(0),
      unrealized: cash(0),
      realized: cash(0),
      fees: cash(0),
      cause: 'interval',
    },
    0,
    0,
    0,
  );
};
const line = (seq: number): ToScribe => ({
  type: 'line',
  line: { seq, at: epochUs(1), severity: 'info', code: `L${seq}`, text: '', fields: {} },
});

test('a row whose name is still in the post is written with its name', () => {
  post.push({ type: 'market', index: 2, ticker: ticker('KX-LATE') });
  row(2);
  scribe.drain();
  expect(tape.lines[0]).toContain('KX-LATE');
});

test('a row of a market that nobody named is written under its number', () => {
  row(4);
  scribe.drain();
  expect(tape.lines[0]).toContain('#4');
});

describe('when the tape cannot be written', () => {
  test('rows stay in the ring, the log goes on, and the trouble is told once', () => {
    tape.errno = 'ENOSPC';
    row(0);
    scribe.take(line(1));
    scribe.drain();
    scribe.drain();
    expect(ring.waiting).toBe(1);
    expect(log.lines).toHaveLength(1);
    expect(answers).toMatchObject([{ type: 'health', ok: false }]);
    tape.errno = null;
    scribe.drain();
    expect(ring.waiting).toBe(0);
    expect(tape.lines).toHaveLength(1);
    expect(answers).toMatchObject([{ ok: false }, { type: 'health', ok: true }]);
  });

  test('a flush says that it was in vain', () => {
    tape.errno = 'EIO';
    row(0);
    scribe.take({ type: 'flush', id: 7 });
    expect(answers.at(-1)).toMatchObject({ type: 'flushed', id: 7, problem: expect.stringContaining('EIO') as string });
  });
});

test('when the log cannot be written, the tape goes on and lines count as unwritten', () => {
  log.errno = 'ENOSPC';
  row(0);
  scribe.take(line(1));
  scribe.drain();
  expect(tape.lines).toHaveLength(1);
  expect(ring.linesDone).toBe(0);
  log.errno = null;
  scribe.drain();
  expect(ring.linesDone).toBe(1);
});

test('a fault of our own is not taken for one of the disk', () => {
  tape.append = () => {
    throw new TypeError('ours');
  };
  row(0);
  expect(() => {
    scribe.drain();
  }).toThrow('ours');
});

test('closing writes everything, closes both files and says so last', () => {
  row(0);
  post.push(line(1), { type: 'flush', id: 1 });
  scribe.take({ type: 'close' });
  expect(tape.content).toMatch(/interval.*\n\(closed\)$/);
  expect(log.content).toMatch(/L1.*\n\(closed\)$/);
  expect(answers.map((answer) => answer.type)).toEqual(['flushed', 'closed']);
  row(0);
  scribe.drain();
  expect(tape.content.endsWith('(closed)')).toBe(true);
});

test('every round is a sign of life', () => {
  const before = ring.beats;
  scribe.drain();
  scribe.drain();
  expect(ring.beats).toBe(before + 2);
});

test('a fill is written once, also where a thread before this one had written it', () => {
  const told = (seq: number, id: string): ToScribe => ({ type: 'fill', seq, fill: { ticker: ticker('KX-A'), booked: bookedFill(id) } });
  post.push(told(1, 'f0'), told(2, 'f1'));
  scribe.drain();
  expect(fills.lines.map((each) => each.split(',')[2])).toEqual(['f1']);
  expect(ring.fillsDone).toBe(2);
});

test('fills that the disk refuses are kept and written later', () => {
  fills.errno = 'ENOSPC';
  post.push({ type: 'fill', seq: 1, fill: { ticker: ticker('KX-A'), booked: bookedFill('f1') } });
  scribe.drain();
  expect(ring.fillsDone).toBe(0);
  fills.errno = null;
  scribe.drain();
  expect([fills.lines.length, ring.fillsDone]).toEqual([1, 1]);
});

describe('a disk that is full in the middle of a write', () => {
  const sequences = (): number[] => tape.lines.slice(1).map((each) => Number(each.split(',').at(-1)));

  test('leaves no row of the tape twice, and none torn, however much of the write it has kept', () => {
    const head = (tape.content = TAPE_HEAD);
    tape.errno = 'ENOSPC';
    for (let i = 0; i < 3; i++) row(0);
    tape.kept = 10_000;
    scribe.drain();
    const { length } = tape.content.slice(head.length);
    expect(length).toBeGreaterThan(100);
    for (let kept = 0; kept <= length; kept++) {
      beginAgain();
      tape.content = TAPE_HEAD;
      row(0);
      scribe.drain();
      tape.errno = 'ENOSPC';
      tape.kept = kept;
      for (let i = 0; i < 3; i++) row(0);
      scribe.drain();
      row(0);
      scribe.drain();
      tape.errno = null;
      row(0);
      scribe.drain();
      expect(sequences()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(ring.waiting).toBe(0);
      expect(tape.lines.every((each) => each.split(',').length === TAPE_COLUMNS.length)).toBe(true);
    }
  });

  test('leaves no fill twice, and none torn', () => {
    const told = (seq: number): ToScribe => ({
      type: 'fill',
      seq,
      fill: { ticker: ticker('KX-A'), booked: bookedFill(`f${seq}`) },
    });
    for (let kept = 0; kept < 600; kept += 7) {
      beginAgain();
      fills.content = FILL_HEAD;
      fills.errno = 'ENOSPC';
      fills.kept = kept;
      post.push(told(1), told(2));
      scribe.drain();
      scribe.drain();
      fills.errno = null;
      post.push(told(3));
      scribe.drain();
      expect(fills.lines.slice(1).map((each) => each.split(',')[2])).toEqual(['f1', 'f2', 'f3']);
    }
  });
});

test('rows that a thread wrote just before it died are not written again by the next', () => {
  tape.content = TAPE_HEAD;
  const memory = ringMemory(8);
  const dying = new TapeConsumer(memory);
  ring = new TapeProducer(memory);
  const start = (consumed: TapeConsumer): TapeSink => new TapeSink(consumed, tape);
  const first = start(dying);
  dying.beat();
  row(0);
  row(0);
  dying.release = () => undefined;
  first.write(2);
  row(0);
  start(new TapeConsumer(memory)).write(3);
  expect(tape.lines.slice(1).map((each) => Number(each.split(',').at(-1)))).toEqual([1, 2, 3]);
  expect(ring.waiting).toBe(0);
});
