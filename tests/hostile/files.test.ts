/** Damaged journals, tapes, recordings and state files: the end may be torn, the inside is as it was written or is said to be damaged. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openSnapshot, sealSnapshot, type Snapshot } from '../../src/app/snapshot.js';
import { StateFiles } from '../../src/app/state-files.js';
import { readRecording } from '../../src/connector/recording.js';
import { recordedLine } from '../../src/connector/recording-format.js';
import { TradingError } from '../../src/domain/errors.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { fillId, ticker } from '../../src/domain/ids.js';
import { cash, epochUs, quantity } from '../../src/domain/units.js';
import { crc32 } from '../../src/logger/crc32.js';
import { FRAME_HEAD, FRAME_TAIL, PREAMBLE_BYTES } from '../../src/logger/journal-frame.js';
import { JournalReader, type JournalRecord } from '../../src/logger/journal-reader.js';
import { Journal } from '../../src/logger/journal.js';
import { MemoryFiles } from '../../src/logger/memory-files.js';
import { readTape } from '../../src/logger/tape-files.js';
import { formatTapeRow, TAPE_COLUMNS } from '../../src/logger/tape-row.js';
import { itemsOfJournal, tapeOfJournal } from '../../src/replay/run-items.js';
import { HEADER } from '../unit/logger/header.js';
import { TestBot } from '../support/bot.js';
import { run, share, TEST_TIMEOUT } from './campaign.js';
import { simulatedFrames } from './frames.js';
import { mutate, mutateBytes } from './mutations.js';
import type { Random } from './random.js';

const folder = mkdtempSync(join(tmpdir(), 'kmm-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The journal of a bot that quoted for a moment, in several segments. */
const journalOfARun = (): MemoryFiles => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER, { segmentBytes: 6000, bufferBytes: 1024 * 1024 });
  const recorder = {
    event: (event: EngineEvent) => journal.event(event),
    actions: journal.actions.bind(journal),
    flush: () => journal.flush(),
  };
  const bot = new TestBot({ recorder });
  bot.start();
  for (let i = 0; i < 12; i++) bot.delta(0, i % 2 === 0 ? 'bid' : 'ask', i % 2 === 0 ? 44 : 56, 3).trade(0, 'ask', 48, 2);
  journal.close();
  return files;
};

const original = journalOfARun();
const names = original.list();
const readAll = (files: MemoryFiles): { readonly records: JournalRecord[]; readonly reader: JournalReader; readonly error: unknown } => {
  const records: JournalRecord[] = [];
  const reader = new JournalReader(files);
  try {
    for (const record of reader.records()) records.push(record);
    return { records, reader, error: null };
  } catch (error) {
    return { records, reader, error };
  }
};
const written = readAll(original).records.map((record) => JSON.stringify(record));

/** One input: which file is damaged, and what it holds then. */
const packed = (name: string, bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`${name}\n`), bytes]);
const damaged = (input: Buffer): MemoryFiles => {
  const files = new MemoryFiles();
  for (const name of names) files.write(name, original.read(name));
  const at = input.indexOf('\n');
  const name = input.toString('latin1', 0, Math.max(0, at));
  if (names.includes(name)) files.write(name, input.subarray(at + 1));
  return files;
};

/** Bytes of a journal keep no JSON: only crude damage makes sense. Half of it hits the newest file, whose end may be torn. */
const damage = (random: Random): Buffer => {
  const name = random.oneIn(2) ? (names.at(-1) as string) : random.pick(names);
  const bytes = original.read(name);
  if (random.oneIn(8)) return packed(name, bytes.subarray(0, random.below(bytes.length)));
  if (random.oneIn(8)) return packed(name, Buffer.concat([bytes.subarray(0, random.below(bytes.length)), Buffer.alloc(random.below(300))]));
  return packed(name, mutateBytes(bytes, random, original.read(random.pick(names))));
};

test(
  'a journal tells what was written up to the damage, and says that there is damage',
  async () => {
    const tally = await run({
      name: 'journal',
      count: share(0.04),
      input: damage,
      judge: (input) => {
        let result: ReturnType<typeof readAll>;
        try {
          result = readAll(damaged(input));
        } catch (error) {
          if (error instanceof TradingError) return 'refused';
          throw error;
        }
        const { records, reader, error } = result;
        if (error instanceof TradingError) return 'damaged';
        if (error !== null) throw error;
        records.forEach((record, i) => {
          if (JSON.stringify(record) !== written[i])
            throw new Error(`record ${i} is not what was written: ${JSON.stringify(record).slice(0, 200)}`);
        });
        if (records.length === written.length) return 'whole';
        const { torn, closed, abandoned } = reader.ending;
        if (torn === null && closed && abandoned.length === 0)
          throw new Error(`${written.length - records.length} records are missing and nothing is said`);
        return torn === null ? 'cut' : 'torn';
      },
    });
    for (const word of ['damaged', 'torn', 'refused']) expect(tally.get(word)).toBeGreaterThan(share(0.04) / 100);
  },
  TEST_TIMEOUT,
);

/** Mutates the content of one record and seals it again, as a program with a fault would write it. */
const resealed = (random: Random): Buffer => {
  const name = random.pick(names);
  const bytes = original.read(name);
  const starts: number[] = [];
  for (let at = PREAMBLE_BYTES; at < bytes.length; at += FRAME_HEAD + bytes.readUInt32LE(at) + FRAME_TAIL) starts.push(at);
  const at = random.oneIn(4) ? (starts[0] ?? PREAMBLE_BYTES) : random.pick(starts);
  const size = bytes.readUInt32LE(at);
  const head = Buffer.from(bytes.subarray(at, at + FRAME_HEAD));
  const content = Buffer.from(bytes.subarray(at + FRAME_HEAD, at + FRAME_HEAD + size));
  for (let i = 1 + random.below(4); i > 0 && content.length > 0; i--) content[random.below(content.length)] = random.below(256);
  const sealed = Buffer.concat([head, content, Buffer.alloc(FRAME_TAIL)]);
  sealed.writeUInt32LE(crc32(sealed, 0, sealed.length - FRAME_TAIL), sealed.length - FRAME_TAIL);
  return packed(name, Buffer.concat([bytes.subarray(0, at), sealed, bytes.subarray(at + FRAME_HEAD + size + FRAME_TAIL)]));
};

test(
  'a journal whose records are sealed but senseless is refused with a typed error, by the reports as well',
  async () => {
    const tally = await run({
      name: 'resealed journal',
      count: share(0.02),
      input: resealed,
      judge: (input) => {
        try {
          const reader = new JournalReader(damaged(input));
          for (const item of itemsOfJournal(reader.records(), { bookHasOwnOrders: true })) void item;
          for (const row of tapeOfJournal(new JournalReader(damaged(input)).records())) formatTapeRow(row);
          return 'read';
        } catch (error) {
          if (error instanceof TradingError) return 'refused';
          throw error;
        }
      },
    });
    for (const word of ['read', 'refused']) expect(tally.get(word)).toBeGreaterThan(share(0.02) / 100);
  },
  TEST_TIMEOUT,
);

const TAPE = [
  TAPE_COLUMNS.join(','),
  ...Array.from(
    { length: 12 },
    (_, i) =>
      `2026-11-21T10:45:57.12345${i % 10}Z,KXTEST-A,0.48500,0.4600,0.5100,${i}.00,0.100000,-0.010000,1.250000,0.4800,0.4900,0.48500,,10.00,10.00,0.000000,quote,,,${i + 1}`,
  ),
]
  .map((line) => `${line}\n`)
  .join('');

test(
  'a tape gives whole rows or a typed error; a last line without its end is no row',
  async () => {
    const path = join(folder, 'tape.csv');
    const tally = await run({
      name: 'tape',
      count: share(0.005),
      input: (random) => mutateBytes(Buffer.from(TAPE), random, Buffer.from(TAPE)),
      judge: (bytes) => {
        writeFileSync(path, bytes);
        let rows = 0;
        try {
          for (const row of readTape(folder)) {
            rows++;
            if (!Number.isSafeInteger(row.seq) || !Number.isSafeInteger(row.inventory))
              throw new Error(`a row of no numbers: ${JSON.stringify(row)}`);
          }
        } catch (error) {
          if (error instanceof TradingError) return 'refused';
          throw error;
        }
        const ended = bytes.toString('latin1').split('\n').length - 1;
        if (rows > Math.max(0, ended - 1)) throw new Error(`${rows} rows from ${ended} ended lines`);
        return 'read';
      },
    });
    for (const word of ['read', 'refused']) expect(tally.get(word)).toBeGreaterThan(share(0.005) / 100);
  },
  TEST_TIMEOUT,
);

test(
  'a recording gives its frames up to the damage; the cut-off end is left out and said',
  async () => {
    const frames = (await simulatedFrames()).slice(0, 15);
    const wrapped = Buffer.from(frames.map((frame, i) => recordedLine(frame.toString(), epochUs(1_795_000_000_000_000 + i))).join(''));
    const plain = Buffer.from(frames.map((frame) => `${frame.toString()}\n`).join(''));
    const bases = [wrapped, plain, gzipSync(wrapped)];
    const path = join(folder, 'recording.jsonl');
    const tally = await run({
      name: 'recording',
      count: share(0.002),
      input: (random) => mutateBytes(random.pick(bases), random, random.pick(bases)),
      judge: async (bytes) => {
        writeFileSync(path, bytes);
        let cut = false;
        let last = 0;
        try {
          for await (const frame of readRecording(path, { onTruncated: () => (cut = true) })) {
            if (frame.at !== null && frame.at < last) throw new Error('time went back');
            last = frame.at ?? last;
          }
        } catch (error) {
          if (error instanceof TradingError) return 'refused';
          throw error;
        }
        return cut ? 'cut off' : 'read';
      },
    });
    for (const word of ['read', 'refused', 'cut off']) expect(tally.get(word)).toBeGreaterThan(0);
  },
  TEST_TIMEOUT,
);

const SNAPSHOT: Snapshot = {
  run: 'r1',
  at: '2026-11-21T10:00:00.000Z',
  folder: 'runs/x',
  place: { segment: 'journal-000001.bin', offset: 1000, events: 12 },
  tapePlace: null,
  closed: false,
  listed: [ticker('KXA-1')],
  markets: [
    {
      ticker: ticker('KXA-1'),
      position: quantity(100),
      cost: cash(4500),
      realized: cash(-10),
      fees: cash(3),
      countedAfter: epochUs(1_795_000_000_000_000),
      fills: [{ id: fillId('f-1'), at: epochUs(1_795_000_000_000_001) }],
    },
  ],
};

const STATE: readonly (readonly [name: string, text: string])[] = [
  ['lease.json', '{"pid":2147483646,"startedAt":"2026-11-21T10:00:00.000Z"}'],
  ['kill-latch.json', '{"reason":"by hand","at":"2026-11-21T10:00:00.000Z"}'],
  ['last-run.json', '{"folder":"runs/x","startedAt":"2026-11-21T10:00:00.000Z","runs":7}'],
  ['snapshot.json', sealSnapshot(SNAPSHOT)],
];

test(
  'state files: a latch that cannot be read latches, half a lease or last run is none, and a snapshot is whole or is said not to be',
  async () => {
    const state = new StateFiles(join(folder, 'state'));
    const tally = await run({
      name: 'state files',
      count: share(0.01),
      input: (random) => {
        const [name, text] = random.pick(STATE);
        return packed(name, mutate(Buffer.from(text), random, Buffer.from(random.pick(STATE)[1])));
      },
      judge: (input) => {
        const at = input.indexOf('\n');
        const name = STATE.find(([each]) => each === input.toString('latin1', 0, Math.max(0, at)))?.[0];
        if (name === undefined) return 'no file';
        writeFileSync(join(state.folder, name), input.subarray(at + 1), { mode: 0o600 });
        if (name === 'kill-latch.json' && state.latch() === null) throw new Error('a latch file that does not latch');
        const lease = state.heldLease();
        if (lease !== null && !(Number.isSafeInteger(lease.pid) && typeof lease.startedAt === 'string'))
          throw new Error('a lease of no process');
        state.runningBot();
        const last = state.lastRun();
        if (last !== null && !(typeof last.folder === 'string' && Number.isSafeInteger(last.runs)))
          throw new Error(`a last run of nothing: ${JSON.stringify(last)}`);
        if (name !== 'snapshot.json') return name;
        const found = openSnapshot(state.snapshot());
        if (found.kind === 'whole' && JSON.stringify(found.snapshot) !== JSON.stringify(SNAPSHOT))
          throw new Error(`another snapshot than was sealed: ${JSON.stringify(found.snapshot)}`);
        return found.kind;
      },
    });
    for (const word of ['damaged', 'whole']) expect(tally.get(word)).toBeGreaterThan(0);
  },
  TEST_TIMEOUT,
);
