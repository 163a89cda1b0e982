/** What the exchange, its people and other traders do. */
import { clientOrderId, type Ticker } from '../../src/domain/ids.js';
import { opposite, type BookSide } from '../../src/domain/market.js';
import { cash, later, millis, parseCash, parsePrice, quantity, seconds, type DurationUs, type Price } from '../../src/domain/units.js';
import { gridOf } from '../../src/exchange/core/grids.js';
import type { CreateOrder } from '../../src/exchange/core/types.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import { OPEN_DOOR } from './exchange-front.js';
import { isWrite, type WireRequest } from './fates.js';
import type { Incident } from './incidents.js';
import { changeFees } from './observe.js';
import type { SimulatedWorld } from './world.js';

const span = (world: SimulatedWorld, from: number, to: number): DurationUs => world.misfortune.between(seconds(from), seconds(to));
/** Hundredths of contracts that a person trades by hand at most. */
const FOREIGN_MAX = 10_000;
const ENDED_MAX = 1;

const anyMarket = (world: SimulatedWorld): Ticker | undefined =>
  world.misfortune.pick(world.tickers.filter((ticker) => world.exchange.market(ticker)?.status === 'active'));

/** The exchange answers in a way of its own for a while. */
const answerFor = (world: SimulatedWorld, length: DurationUs, door: (request: WireRequest) => Reply | null): void => {
  world.door = door;
  world.time.after(length, () => {
    if (world.door === door) world.door = OPEN_DOOR;
  });
};

export const EXCHANGE_INCIDENTS: readonly Incident[] = [
  {
    kind: 's1-trading-pause',
    every: 600,
    happen: (world) => {
      world.exchange.act({ type: 'pause-trading', shard: null, resumesAt: null });
      world.misfortune.feel('s1-trading-pause');
      world.time.after(span(world, 2, 60), () => world.exchange.act({ type: 'resume-trading', shard: null }));
    },
  },
  {
    kind: 's2-exchange-pause',
    every: 700,
    happen: (world) => {
      world.exchange.act({ type: 'pause-exchange', shard: null, resumesAt: null });
      world.misfortune.feel('s2-exchange-pause');
      world.time.after(span(world, 2, 40), () => world.exchange.act({ type: 'resume-exchange', shard: null }));
    },
  },
  {
    kind: 's3-maintenance',
    every: 1200,
    happen: (world) => {
      const length = span(world, 20, 120);
      world.exchange.act({ type: 'pause-trading', shard: null, resumesAt: later(world.time.now, length) });
      world.misfortune.feel('s3-maintenance');
      for (let i = 0; i < 3; i++)
        world.time.after(world.misfortune.within(length), () => {
          world.network.resetStream('closed with code 1001 (going away)');
          world.network.resetRest();
        });
      world.time.after(length, () => world.exchange.act({ type: 'resume-trading', shard: null }));
    },
  },
  {
    kind: 's4-early-close',
    every: 2500,
    happen: (world) => {
      const ticker = marketToEnd(world);
      if (ticker === null) return;
      world.misfortune.feel('s4-early-close');
      world.exchange.act({ type: 'move-close', ticker, closesAt: later(world.time.now, span(world, 0.1, 30)) });
    },
  },
  {
    kind: 'f12-settles-under-quotes',
    every: 2500,
    happen: (world) => determine(world, 'f12-settles-under-quotes'),
  },
  {
    kind: 'f13-result-disputed',
    every: 2500,
    happen: (world) => {
      const ticker = determine(world, 'f13-result-disputed');
      if (ticker === null) return;
      world.time.after(span(world, 1, 20), () => {
        if (world.exchange.market(ticker)?.status === 'determined') world.exchange.act({ type: 'dispute', ticker });
      });
    },
  },
  {
    kind: 's5-other-ticks',
    every: 900,
    happen: (world) => {
      const ticker = anyMarket(world);
      const grid = world.misfortune.pick(['linear_cent', 'deci_cent', 'tapered_deci_cent', 'center_half_edge_deci_cent'] as const);
      if (ticker === undefined || grid === undefined) return;
      world.misfortune.feel('s5-other-ticks');
      world.exchange.act({ type: 'change-grid', ticker, structure: grid, grid: gridOf(grid) });
    },
  },
  {
    kind: 's6-market-vanishes',
    every: 600,
    happen: (world) => {
      const { bend } = world;
      const hidden = world.misfortune.pick(world.tickers);
      const hiding: typeof bend = (request, status, text) => {
        if (status !== 200 || !request.path.endsWith('/markets')) return text;
        world.misfortune.feel('s6-market-vanishes');
        const body = JSON.parse(text) as { markets: { ticker: string }[] };
        return JSON.stringify({ ...body, markets: body.markets.filter((market) => market.ticker !== hidden) });
      };
      world.bend = hiding;
      world.time.after(span(world, 10, 60), () => {
        if (world.bend === hiding) world.bend = (_request, _status, text) => text;
      });
    },
  },
  {
    kind: 's7-too-many-requests',
    every: 350,
    happen: (world) =>
      answerFor(world, span(world, 0.2, 10), (request) => {
        if (!request.path.includes('/portfolio') || !world.misfortune.chance(0.8)) return null;
        world.misfortune.feel('s7-too-many-requests');
        return { status: 429, body: { error: 'too many requests' } };
      }),
  },
  {
    kind: 's8-lower-tier',
    every: 900,
    happen: (world) => {
      world.misfortune.feel('s8-lower-tier');
      world.front.setTier('basic');
      world.time.after(span(world, 30, 200), () => world.front.setTier('advanced'));
    },
  },
  {
    kind: 's9-key-refused',
    every: 1200,
    happen: (world) => {
      const status = world.misfortune.chance(0.5) ? 401 : 403;
      answerFor(world, span(world, 2, 30), (request) => {
        if (status === 403 && !isWrite(request)) return null;
        if (request.path.includes('/markets') || request.path.includes('/exchange/status')) return null;
        world.misfortune.feel('s9-key-refused');
        return { status, body: { error: { code: status === 401 ? 'authentication_error' : 'forbidden', message: 'refused' } } };
      });
    },
  },
  {
    kind: 's11-api-gone',
    every: 1500,
    happen: (world) =>
      answerFor(world, span(world, 2, 20), (request) => {
        if (!request.path.includes('/portfolio')) return null;
        world.misfortune.feel('s11-api-gone');
        return { status: 410, body: { error: { code: 'gone', message: 'this version of the API has been switched off' } } };
      }),
  },
  {
    kind: 'x13-no-money',
    every: 700,
    happen: (world) => {
      // What is free goes to a subaccount, and comes back later.
      for (const shard of [0, 2]) {
        const { balance, held } = world.exchange.balance(world.account, { subaccount: 0, shard });
        const amount = cash(Math.floor((balance - held - parseCash('1')) / 10_000) * 10_000);
        const there = { shard, subaccount: 1 };
        const here = { shard, subaccount: 0 };
        const id = `out-${shard}-${world.time.now}`;
        if (amount <= 0 || !world.exchange.transfer(world.account, { transferId: id, from: here, to: there, amount }).ok) continue;
        world.time.after(span(world, 5, 60), () =>
          world.exchange.transfer(world.account, { transferId: `${id}-back`, from: there, to: here, amount }),
        );
      }
    },
  },
  {
    kind: 'x15-group-trips',
    every: 400,
    happen: (world) => {
      const occupied = world.exchange.groups(world.account).filter((group) => group.active && group.orders.length > 0);
      const of = world.misfortune.pick(occupied);
      if (of === undefined) return;
      world.misfortune.feel('x15-group-trips');
      world.exchange.triggerGroup(world.account, { group: of.group, subaccount: of.subaccount, shard: of.shard });
    },
  },
  {
    kind: 'x14-unasked-cancel',
    every: 120,
    happen: (world) => {
      const order = world.misfortune.pick([...world.ledger.resting.values()]);
      if (order === undefined) return;
      const shard = world.exchange.market(order.ticker)?.shard ?? 0;
      world.misfortune.feel('x14-unasked-cancel');
      world.exchange.cancelOrder(world.account, { orderId: order.orderId, subaccount: 0, shard, ticker: order.ticker });
    },
  },
  { kind: 'f9-other-fee', every: 700, happen: (world) => changeFees(world) },
  { kind: 'x16-manual-orders', every: 120, happen: (world) => manualOrder(world) },
  {
    kind: 'b5-silent-market',
    every: 900,
    happen: (world) => {
      const ticker = anyMarket(world);
      if (ticker === undefined) return;
      world.misfortune.feel('b5-silent-market');
      world.front.silence(ticker, true);
      world.time.after(span(world, 10, 90), () => world.front.silence(ticker, false));
    },
  },
  {
    kind: 'b6-burst',
    every: 1500,
    happen: (world) => {
      const ticker = anyMarket(world);
      if (ticker === undefined) return;
      world.misfortune.feel('b6-burst');
      const trader = traderOf(world);
      const best = world.exchange.best(ticker, 'bid');
      if (best === null) return;
      const price = world.exchange.book(ticker)?.bids.at(-1)?.price ?? best.price;
      const round = (left: number): void => {
        if (left === 0) return;
        for (let i = 0; i < 5; i++) {
          const answer = world.exchange.createOrder(trader, { ...order(world, ticker, 'bid', 100), price });
          if (answer.ok)
            world.exchange.cancelOrder(trader, { orderId: answer.orderId, subaccount: 0, shard: shardOf(world, ticker), ticker });
        }
        world.time.after(millis(100), () => round(left - 1));
      };
      round(50);
    },
  },
  { kind: 'b7-price-jump', every: 500, happen: (world) => sweep(world, 'b7-price-jump', 40_000) },
  { kind: 'b8-empty-side', every: 700, happen: (world) => sweep(world, 'b8-empty-side', 10_000_000) },
];

/** One of those that trade. The last one goes on, or there would be nothing left to trade. */
const marketToEnd = (world: SimulatedWorld): Ticker | null => {
  const ticker = anyMarket(world);
  if (ticker === undefined || world.ending.has(ticker) || world.ending.size >= Math.min(ENDED_MAX, world.tickers.length - 1)) return null;
  world.ending.add(ticker);
  return ticker;
};

const determine = (world: SimulatedWorld, kind: 'f12-settles-under-quotes' | 'f13-result-disputed'): Ticker | null => {
  const ticker = marketToEnd(world);
  if (ticker === null) return null;
  world.misfortune.feel(kind);
  world.exchange.act({ type: 'determine', ticker, result: { kind: world.misfortune.chance(0.5) ? 'yes' : 'no' } });
  return ticker;
};

const shardOf = (world: SimulatedWorld, ticker: Ticker): number => world.exchange.market(ticker)?.shard ?? 0;

const order = (world: SimulatedWorld, ticker: Ticker, side: BookSide, size: number): Omit<CreateOrder, 'price'> => ({
  ticker,
  side,
  quantity: quantity(size),
  timeInForce: 'good-till-cancelled',
  selfTrade: 'taker-at-cross',
  clientOrderId: clientOrderId(`x-${world.handMade++}`),
  expiresAt: null,
  postOnly: false,
  reduceOnly: false,
  cancelOnPause: false,
  group: null,
  subaccount: 0,
  shard: null,
});

/** Somebody else with a lot of money. */
const traderOf = (world: SimulatedWorld): AccountId => {
  world.trader ??= world.exchange.openAccount({
    name: 'whale',
    deposits: [0, 2].map((shard) => ({ shard, amount: parseCash('1000000') })),
    precision: parseCash('0.0001'),
  });
  return world.trader;
};

/** Takes everything on one side, up to a size: the price jumps, or the side is empty for a while. */
const sweep = (world: SimulatedWorld, kind: 'b7-price-jump' | 'b8-empty-side', size: number): void => {
  const ticker = anyMarket(world);
  if (ticker === undefined) return;
  const side: BookSide = world.misfortune.chance(0.5) ? 'bid' : 'ask';
  const book = world.exchange.book(ticker);
  const levels = book === null ? [] : side === 'bid' ? book.asks : book.bids;
  const last = levels.at(kind === 'b8-empty-side' ? -1 : Math.min(4, levels.length - 1));
  if (last === undefined || best(world, ticker, opposite(side)) === null) return;
  world.misfortune.feel(kind);
  world.exchange.createOrder(traderOf(world), {
    ...order(world, ticker, side, size),
    price: last.price,
    timeInForce: 'immediate-or-cancel',
  });
};

const best = (world: SimulatedWorld, ticker: Ticker, side: BookSide): number | null => world.exchange.best(ticker, side)?.price ?? null;

const WHOLE_LEVEL = 1_000_000;

/** Somebody is faster: an order comes in just before one of the bot's, so that it would trade at once, or hits the one that it is about to change or cancel. */
export const beFaster = (world: SimulatedWorld, request: WireRequest): void => {
  if (!request.path.includes('/portfolio/events/orders')) return;
  if (request.method === 'DELETE') {
    const cancelled = [...world.ledger.resting.values()].find(({ orderId }) => request.path.endsWith(orderId));
    if (cancelled === undefined || !world.misfortune.strikes('x6-cancel-too-late', 0.03)) return;
    // Whoever wants this one takes everything before it.
    hit(world, cancelled.ticker, opposite(cancelled.side), cancelled.price, 'immediate-or-cancel', WHOLE_LEVEL);
    return;
  }
  if (request.method !== 'POST') return;
  if (request.path.endsWith('/amend')) {
    const amended = [...world.ledger.resting.values()].find(({ orderId }) => request.path.includes(orderId));
    if (amended === undefined || amended.remaining < 200 || !world.misfortune.strikes('x10-amend-race', 0.05)) return;
    hit(world, amended.ticker, opposite(amended.side), amended.price, 'immediate-or-cancel');
    return;
  }
  if (request.path.endsWith('/decrease') || !world.misfortune.strikes('x12-post-only-cross', 0.03)) return;
  const sent = JSON.parse(request.body) as { ticker?: string; side?: BookSide; price?: string };
  const found = world.tickers.find((each) => each === sent.ticker);
  if (found !== undefined && sent.side !== undefined && sent.price !== undefined)
    hit(world, found, opposite(sent.side), parsePrice(sent.price), 'good-till-cancelled');
};

const hit = (
  world: SimulatedWorld,
  ticker: Ticker,
  side: BookSide,
  price: Price,
  timeInForce: CreateOrder['timeInForce'],
  size = 100,
): void => {
  const trader = traderOf(world);
  const answer = world.exchange.createOrder(trader, { ...order(world, ticker, side, size), price, timeInForce });
  if (!answer.ok || answer.remaining === 0) return;
  const address = { orderId: answer.orderId, subaccount: 0, shard: shardOf(world, ticker), ticker };
  world.time.after(seconds(2), () => world.exchange.cancelOrder(trader, address));
};

/** A person buys or sells a few contracts near the top of a book, or cancels what is left of it. */
const manualOrder = (world: SimulatedWorld): void => {
  const { exchange, account, misfortune, ledger } = world;
  const mine = [...ledger.resting.values()].find(({ clientId }) => clientId?.startsWith('hand') === true);
  if (mine !== undefined && misfortune.next() < 0.4) {
    exchange.cancelOrder(account, { orderId: mine.orderId, subaccount: 0, shard: shardOf(world, mine.ticker), ticker: mine.ticker });
    return;
  }
  const ticker = anyMarket(world);
  if (ticker === undefined || world.foreign >= FOREIGN_MAX) return;
  const top = exchange.best(ticker, misfortune.chance(0.5) ? 'bid' : 'ask');
  if (top === null) return;
  const size = 100 * misfortune.whole(1, 5);
  const answer = exchange.createOrder(account, {
    ...order(world, ticker, misfortune.chance(0.5) ? 'bid' : 'ask', size),
    price: top.price,
    clientOrderId: clientOrderId(`hand-${world.handMade++}`),
  });
  if (!answer.ok) return;
  world.foreign += size;
  misfortune.feel('x16-manual-orders');
};
