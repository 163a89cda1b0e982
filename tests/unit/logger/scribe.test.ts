import { bookedFill } from '../../support/fills.js';
import { Buffer } from 'node:buffer';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AppendFile } from '../../../src/domain/ports.js';
import { marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, quantity } from '../../../src/domain/units.js';
import { Scribe, type FromScribe, type ToScribe } from '../../../src/logger/scribe.js';
import { StorageError } from '../../../src/logger/storage-errors.js';
import { ringMemory, TapeProducer } from '../../../src/logger/tape-ring.js';

class Page implements AppendFile {
  text = '';
  errno: string | null = null;
  append(bytes: Uint8Array): void {
    if (this.errno !== null) throw new StorageError('write', 'page', this.errno);
    this.text += Buffer.from(bytes).toString('utf8');
  }
  close(): void {
    this.text += '(closed)';
  }
  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}

let tape: Page;
let log: Page;
let fills: Page;
let answers: FromScribe[];
let post: ToScribe[];
let ring: TapeProducer;
let scribe: Scribe;

beforeEach(() => {
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
});

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
  expect(tape.text).toMatch(/interval.*\n\(closed\)$/);
  expect(log.text).toMatch(/L1.*\n\(closed\)$/);
  expect(answers.map((answer) => answer.type)).toEqual(['flushed', 'closed']);
  row(0);
  scribe.drain();
  expect(tape.text.endsWith('(closed)')).toBe(true);
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
