/** What watching the feed costs the paper venue, beside keeping the book alone: with no order of ours, and with two on each side of every market. */
import { SeededChance } from '../src/domain/chance.js';
import type { BookDelta, EngineEvent, PublicTrade } from '../src/domain/events.js';
import { DIRECT_MEMBER_ROUNDING } from '../src/domain/fees.js';
import { clientOrderId, marketIndex } from '../src/domain/ids.js';
import type { Call, Place } from '../src/domain/order.js';
import { durationUs, epochUs, parseCash, price, quantity, seconds } from '../src/domain/units.js';
import { OrderBook } from '../src/orderbook/order-book.js';
import { PaperVenue } from '../src/paper/paper-venue.js';
import { scaled, type Bench } from './bench.js';
import { makeMarkets } from './markets.js';
import { interleave, rowOf, type Variant } from './measure.js';
import { atMost, ratio } from './report.js';

const MARKETS = 50;
const START = 1_795_262_400_000_000;
/** Ten thousand messages a second. */
const STEP_US = 100;
/** Of the messages one in twenty is a trade with its reduction, one in ten strikes the best price. */
const TRADES = 0.05;
const TOP = 0.1;

export const paperBench: Bench = {
  name: 'paper',
  what: 'a public message through the paper venue, 50 markets, against the book alone',
  run: (options) => {
    const messages = flow(scaled(40_000, options, 0.1));
    const variants = [
      bookAlone(messages),
      watching(messages, 'no order', 'queue', 0),
      watching(messages, '4 orders a market, pessimistic', 'pessimistic', 2),
      watching(messages, '4 orders a market, queue', 'queue', 2),
    ];
    const timings = interleave(variants, options.rounds, options.tick);
    const [book, none, , queue] = timings.map(({ best }) => best) as [number, number, number, number];
    return Promise.resolve({
      name: 'paper',
      what: paperBench.what,
      rows: timings.map((timing) => rowOf(timing)),
      notes: ['each message: what is due first, then the message, then what it filled; one trade in thirty messages'],
      verdicts: [ratio('no order / book alone', none / book, atMost(4)), ratio('queue with orders / book alone', queue / book, atMost(8))],
    });
  },
};

type Message = BookDelta | PublicTrade;

/** Changes around a book of 45 bid and 55 asked that never empties. */
const flow = (count: number): Message[] => {
  const chance = new SeededChance(1, 'paper');
  const messages: Message[] = [];
  while (messages.length < count) {
    const at = epochUs(START + messages.length * STEP_US);
    const market = marketIndex(Math.floor(chance.next() * MARKETS));
    const side = chance.next() < 0.5 ? 'bid' : 'ask';
    const away = chance.next() < TOP ? 0 : 1 + Math.floor(chance.next() * 8);
    const best = side === 'bid' ? 4500 : 5500;
    const isTrade = chance.next() < TRADES;
    const level = price(isTrade ? best : side === 'bid' ? best - away * 100 : best + away * 100);
    const size = quantity(100 + Math.floor(chance.next() * 2000));
    const change = { type: 'book-delta', at, market, side, price: level, exchangeAt: at } as const;
    messages.push({ ...change, change: size }, { ...change, change: quantity(-size) });
    if (isTrade)
      messages.push({ type: 'trade', at, market, takerSide: side === 'bid' ? 'ask' : 'bid', price: level, quantity: size, exchangeAt: at });
  }
  return messages;
};

const bookAlone = (messages: readonly Message[]): Variant => ({
  label: 'book alone',
  items: messages.length,
  prepare: () => {
    const books = makeMarkets(MARKETS).map(({ grid }) => {
      const book = new OrderBook(grid);
      book.applySnapshot(BIDS, ASKS);
      return book;
    });
    return (i) => {
      const message = messages[i] as Message;
      if (message.type === 'book-delta') (books[message.market] as OrderBook).applyDelta(message.side, message.price, message.change);
    };
  },
});

const SIZE = quantity(1_000_000);
const ladder = (from: number, step: number) => Array.from({ length: 10 }, (_, i) => ({ price: price(from + i * step), quantity: SIZE }));
const BIDS = ladder(4500, -100);
const ASKS = ladder(5500, 100);

const watching = (messages: readonly Message[], label: string, fills: 'queue' | 'pessimistic', perSide: number): Variant => ({
  label,
  items: messages.length,
  prepare: () => {
    const start = epochUs(START);
    const settings = {
      fills,
      cancels: 'by-size',
      splitPower: 1,
      latency: durationUs(0),
      jitter: durationUs(0),
      takenFor: seconds(10),
    } as const;
    const venue = new PaperVenue(
      { ...settings, balance: parseCash('10000000'), rounding: DIRECT_MEMBER_ROUNDING },
      new SeededChance(1),
      start,
    );
    const tell = (event: EngineEvent): void => {
      venue.advance(event.at);
      venue.observe(event);
      venue.advance(event.at);
    };
    for (const [i, market] of makeMarkets(MARKETS).entries()) {
      tell({ type: 'market-listed', at: start, index: marketIndex(i), market });
      tell({ type: 'book-snapshot', at: start, market: marketIndex(i), bids: BIDS, asks: ASKS, exchangeAt: start });
      for (let n = 0; n < perSide; n++) for (const side of ['bid', 'ask'] as const) venue.send(order(i, side, n));
    }
    venue.advance(start);
    return (i) => tell(messages[i] as Message);
  },
});

/** No risk stands before a benchmark, and no exchange behind a paper venue. */
const order = (market: number, side: 'bid' | 'ask', n: number): Call => {
  const place: Place = {
    type: 'place',
    clientId: clientOrderId(`kmm-${market}-${side}-${n}`),
    market: marketIndex(market),
    side,
    price: price(side === 'bid' ? 4500 - n * 100 : 5500 + n * 100),
    quantity: quantity(1000),
    timeInForce: 'good-till-cancelled',
    postOnly: true,
    reduceOnly: false,
    cancelOnPause: false,
    selfTrade: 'taker-at-cross',
    expiresAt: null,
    group: null,
  };
  return { mode: 'single', commands: [place] } as unknown as Call;
};
