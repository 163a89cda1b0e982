/** Frames into books, with no decision due: from memory against JSON.parse and a Map, and through a socket against a consumer that does nothing. */
import { WebSocket } from 'ws';
import { SystemClock, systemTimers } from '../src/app/system-clock.js';
import { WebSocketFeed } from '../src/connector/feed.js';
import { MarketRegister } from '../src/connector/market-table.js';
import { playbackSettings, SESSION_DEFAULTS } from '../src/connector/session-types.js';
import { Session } from '../src/connector/session.js';
import { SeededChance } from '../src/domain/chance.js';
import type { EngineEvent } from '../src/domain/events.js';
import { marketIndex } from '../src/domain/ids.js';
import type { Market } from '../src/domain/market.js';
import { seconds, type EpochUs } from '../src/domain/units.js';
import { OrderBook } from '../src/orderbook/order-book.js';
import { scaled, type Bench, type BenchOptions } from './bench.js';
import { nextMessage, startChild } from './child.js';
import { Flow } from './flow.js';
import { JsonBot } from './json-bot.js';
import { makeMarkets } from './markets.js';
import { bestOf, interleave, rowOf, type Timing, type Variant } from './measure.js';
import { atLeast, atMost, ratio, type Report } from './report.js';

const MARKETS = 50;

export const ingestBench: Bench = {
  name: 'ingest',
  what: `frames into ${MARKETS} books, no decision due`,
  run: async (options) => {
    const markets = makeMarkets(MARKETS);
    const flow = new Flow({ markets, frames: scaled(40_000, options), topShare: 0 });
    const variants: Variant[] = [
      ingestVariant('from memory: ours, session and book', flow),
      {
        label: 'from memory: JSON.parse + Map book',
        items: flow.length,
        prepare: () => {
          const bot = new JsonBot(markets, flow.snapshots, null);
          return (i) => bot.frame(flow.frames[i] as Buffer, flow.at(i));
        },
      },
    ];
    const [ours, map] = interleave(variants, options.rounds, options.tick) as [Timing, Timing];
    const socket = await throughSocket(markets, options);
    return {
      name: 'ingest',
      what: ingestBench.what,
      rows: [rowOf(ours), rowOf(map), ...socket.rows],
      verdicts: [ratio('from memory: JSON.parse + Map book / ours', map.best / ours.best, atLeast(4)), ...socket.verdicts],
      notes: socket.notes,
    };
  },
};

/** Session and books alone, one frame at a time. */
export const ingestVariant = (label: string, flow: Flow): Variant => ({
  label,
  items: flow.length,
  prepare: () => {
    const { markets } = flow.options;
    const books = new Books(markets);
    const session = new Session({
      settings: playbackSettings('yes-price'),
      markets: new MarketRegister(markets),
      chance: new SeededChance(1),
      offer: books.offer,
    });
    const at = flow.at(0);
    session.step({ type: 'add-markets', at, markets: markets.map((_, i) => marketIndex(i)) });
    session.step({ type: 'start', at });
    session.step({ type: 'opened', at });
    for (const bytes of flow.snapshots) session.step({ type: 'frame', at, bytes });
    const frame: { type: 'frame'; at: EpochUs; bytes: Uint8Array } = { type: 'frame', at, bytes: new Uint8Array(0) };
    return (i) => {
      frame.at = flow.at(i);
      frame.bytes = flow.frames[i] as Buffer;
      session.step(frame);
    };
  },
});

class Books {
  readonly #books: readonly OrderBook[];
  deltas = 0;
  snapshots = 0;

  constructor(markets: readonly Market[]) {
    this.#books = markets.map(({ grid }) => new OrderBook(grid));
  }

  readonly offer = (event: EngineEvent): void => {
    if (event.type === 'book-delta') {
      this.deltas++;
      this.#books[event.market]?.applyDelta(event.side, event.price, event.change);
    } else if (event.type === 'book-snapshot') {
      this.snapshots++;
      this.#books[event.market]?.applySnapshot(event.bids, event.asks);
    }
  };
}

const throughSocket = async (markets: readonly Market[], options: BenchOptions): Promise<Pick<Report, 'rows' | 'verdicts' | 'notes'>> => {
  const frames = scaled(40_000, options);
  const server = startChild('feed-server', { args: [String(markets.length), String(frames)] });
  try {
    const url = `ws://127.0.0.1:${await nextMessage<number>(server)}/trade-api/ws/v2`;
    const go = (): void => void server.send('go');
    const best = await bestOf(
      [
        { label: OURS, run: () => ourFeed(url, markets, frames, go) },
        { label: NOTHING, run: () => idleConsumer(url, frames, go) },
      ],
      options.rounds,
      options.tick,
    );
    const [ours, nothing] = [best.get(OURS) as number, best.get(NOTHING) as number];
    return {
      rows: [
        { label: OURS, unit: 'ns CPU', best: ours },
        { label: NOTHING, unit: 'ns CPU', best: nothing },
      ],
      verdicts: [ratio('through a socket: ours / does nothing, CPU per message', ours / nothing, atMost(1.2))],
      notes: ['through the socket the frames come as fast as the loopback carries them, many to a read; CPU is that of the whole process'],
    };
  } finally {
    server.kill();
  }
};

const OURS = 'through a socket: our feed, session and book';
const NOTHING = 'through a socket: a ws consumer that does nothing';

/** CPU of this process per message, in nanoseconds. */
const cpuPerMessage = (from: NodeJS.CpuUsage, messages: number): number => {
  const { user, system } = process.cpuUsage(from);
  return ((user + system) * 1000) / messages;
};

const ourFeed = (url: string, markets: readonly Market[], frames: number, go: () => void): Promise<number> =>
  new Promise((resolve) => {
    const books = new Books(markets);
    let from = process.cpuUsage();
    const feed = new WebSocketFeed({
      url,
      headers: () => ({}),
      settings: { ...SESSION_DEFAULTS, trades: false, lifecycle: false, privateMessages: 'count', replyWithin: seconds(60) },
      markets: new MarketRegister(markets),
      chance: new SeededChance(1),
      clock: new SystemClock(),
      timers: systemTimers,
      offer: (event) => {
        books.offer(event);
        if (event.type === 'book-snapshot' && books.snapshots === markets.length) {
          from = process.cpuUsage();
          go();
        }
        if (event.type === 'book-delta' && books.deltas === frames) {
          resolve(cpuPerMessage(from, frames));
          feed.stop();
        }
      },
      onReport: () => undefined,
      onRefused: () => undefined,
    });
    feed.addMarkets(markets.map((_, i) => marketIndex(i)));
    feed.start();
  });

const idleConsumer = (url: string, frames: number, go: () => void): Promise<number> =>
  new Promise((resolve) => {
    let count = 0;
    let from = process.cpuUsage();
    const ws = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
    ws.on('open', () => {
      from = process.cpuUsage();
      go();
    });
    ws.on('message', () => {
      if (++count < frames) return;
      resolve(cpuPerMessage(from, frames));
      ws.terminate();
    });
  });
