/** Mutated frames against the byte scanner and the JSON path, and against a session that only listens. */
import { describe, expect, test } from 'vitest';
import { DeltaScanner, type ScannedDelta } from '../../src/connector/delta-scanner.js';
import { playbackSettings } from '../../src/connector/session-types.js';
import { TickerBytes } from '../../src/connector/ticker-bytes.js';
import { MalformedFrameError, type NoSideConvention } from '../../src/connector/wire-fields.js';
import { parseFrame } from '../../src/connector/wire-frame.js';
import { decodeMessage } from '../../src/connector/wire-messages.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { marketIndex } from '../../src/domain/ids.js';
import { price } from '../../src/domain/units.js';
import { SessionBench } from '../support/stream.js';
import { run, share, TEST_TIMEOUT } from './campaign.js';
import { recordedFrames, simulatedFrames, tickersIn } from './frames.js';
import { Mirror } from './mirror.js';
import { mutate, mutateMeaning } from './mutations.js';
import { readNaively } from './naive-frame.js';
import type { Random } from './random.js';

const PAYOUT = price(10_000);
const corpus = [...(await simulatedFrames()), ...recordedFrames()];
const deltas = corpus.filter((frame) => frame.includes('"orderbook_delta","sid"'));
const NAMES = tickersIn(corpus);

const from =
  (frames: readonly Buffer[]) =>
  (random: Random): Buffer => {
    const change = random.oneIn(3) ? mutate : mutateMeaning;
    return change(random.pick(frames), random, random.pick(frames));
  };

/** As `toEqual`, but fast enough for a million. */
const assertSame = (one: unknown, other: unknown): void => {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
};

describe.each<NoSideConvention>(['no-price', 'yes-price'])('deltas (%s)', (noSide) => {
  const tickers = new TickerBytes();
  NAMES.forEach((name, i) => tickers.add(name, marketIndex(i), PAYOUT));
  const scanner = new DeltaScanner(tickers, noSide);
  const context = { noSide, payoutOf: () => PAYOUT };

  /** What the JSON path makes of the bytes, or null where it refuses them. */
  const parsed = (bytes: Buffer): ScannedDelta | null => {
    try {
      const frame = parseFrame(bytes);
      const message = decodeMessage(frame, context);
      if (message.type !== 'orderbook_delta') return null;
      const { ticker, side, price, change, exchangeAt } = message;
      return { sid: frame.sid ?? -1, seq: frame.seq ?? -1, market: marketIndex(NAMES.indexOf(ticker)), side, price, change, exchangeAt };
    } catch (error) {
      if (error instanceof MalformedFrameError) return null;
      throw error;
    }
  };

  test(
    'the scanner says what the JSON path says, that says what plain JSON says, and both refuse with a typed error',
    async () => {
      const tally = await run({
        name: `deltas ${noSide}`,
        count: share(0.21),
        input: from(deltas),
        judge: (bytes) => {
          const scanned = scanner.scan(bytes) ? { ...scanner.delta } : null;
          const decoded = parsed(bytes);
          if (scanned !== null) assertSame(scanned, decoded);
          if (decoded === null) return 'refused';
          const said = readNaively(bytes, context);
          const { side, price, change } = decoded;
          assertSame({ type: 'delta', ticker: NAMES[decoded.market] ?? said?.ticker, side, price, change }, said);
          return scanned === null ? 'parsed' : 'scanned';
        },
      });
      for (const word of ['refused', 'parsed', 'scanned']) expect(tally.get(word)).toBeGreaterThan(share(0.21) / 50);
    },
    TEST_TIMEOUT,
  );
});

const snapshots = corpus.filter((frame) => frame.includes('"orderbook_snapshot","sid"'));

/** The frame with the number that is due, so that it is not merely old or a gap. */
const numbered = (frame: Buffer, seq: number): Buffer =>
  Buffer.from(frame.toString('latin1').replace(/"seq":\d+/, `"seq":${seq}`), 'latin1');

test(
  'a session that only listens: whatever it is told, it tells nothing that the frames do not say',
  async () => {
    let bench = new SessionBench();
    let mirror = new Mirror(0);
    let seq = 0;
    const begin = (): void => {
      bench = new SessionBench(playbackSettings('no-price'), NAMES);
      mirror = new Mirror(NAMES.length);
      seq = 1;
      bench.step({ type: 'start', at: bench.now });
      bench.step({ type: 'opened', at: bench.now });
    };
    const hear = (bytes: Buffer): EngineEvent[] => {
      bench.step({ type: 'frame', at: bench.now, bytes });
      const facts = bench.facts.splice(0);
      bench.actions.length = 0;
      for (const fact of facts) mirror.take(fact, () => readNaively(bytes, { noSide: 'no-price', payoutOf: () => PAYOUT }));
      return facts;
    };
    const tally = await run({
      name: 'listening',
      count: share(0.25),
      input: from(corpus),
      judge: (bytes) => {
        if (seq === 0 || seq > 4000) begin();
        hear(numbered(snapshots[seq % snapshots.length] ?? bytes, seq++));
        const { malformed } = bench.session.counters;
        const facts = hear(numbered(bytes, seq++));
        if (bench.session.counters.malformed > malformed) return 'malformed';
        return facts.length > 0 ? 'told' : 'kept quiet';
      },
    });
    for (const word of ['malformed', 'told', 'kept quiet']) expect(tally.get(word)).toBeGreaterThan(share(0.25) / 100);
  },
  TEST_TIMEOUT,
);
