/** The faults that come at moments of their own: planned from the seed before the world starts to turn. */
import { gridOf } from '../../src/exchange/core/grids.js';
import { clientOrderId, type Ticker } from '../../src/domain/ids.js';
import { durationUs, later, millis, price, quantity, seconds, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './faults.js';
import type { SimulatedWorld } from './simulated-world.js';

/** Mean time between two incidents of a kind, in seconds, at intensity 1. */
const EVERY: Partial<Record<FaultKind, number>> = {
  'rest-down': 90,
  'rate-limits': 60,
  'stream-drops': 50,
  'stream-flaps': 90,
  'stream-silence': 80,
  backlog: 70,
  'sequence-gaps': 15,
  'trading-pauses': 80,
  'exchange-pauses': 100,
  'market-pauses': 60,
  'early-closes': 100,
  'tick-changes': 90,
  'manual-orders': 12,
  'unasked-cancels': 15,
  crashes: 100,
  stalls: 70,
  'full-disk': 70,
  'person-pauses': 70,
  kill: 150,
};

/** Hundredths of contracts that a person trades by hand at most. */
const FOREIGN_MAX = 10_000;

type Incidents = Partial<Record<FaultKind, (world: SimulatedWorld) => void>>;

const incidents: Incidents = {
  'rest-down': (world) => {
    world.venue.setDown(true);
    world.laterAs(span(world, 1, 25), 'rest', () => world.venue.setDown(false));
  },
  'rate-limits': (world) => {
    world.venue.setLimited(true);
    world.laterAs(span(world, 0.2, 8), 'limits', () => world.venue.setLimited(false));
  },
  'stream-drops': (world) => {
    world.feed.drop(span(world, 0, 8));
    reconnect(world, span(world, 8, 30));
  },
  'stream-flaps': (world) => {
    for (let i = 0; i < 5; i++)
      world.time.after(durationUs(seconds(4 * i) + world.misfortune.within(seconds(2))), () => {
        world.feed.drop(millis(100));
        reconnect(world, span(world, 0.3, 1.5));
      });
  },
  'stream-silence': (world) => world.feed.beDeaf(),
  backlog: (world) => {
    world.feed.setLate(span(world, 1, 12));
    world.laterAs(span(world, 3, 15), 'backlog', () => world.feed.setLate(durationUs(0)));
  },
  'sequence-gaps': (world) => world.feed.skipNumber(),
  'trading-pauses': (world) => {
    world.exchange.act({ type: 'pause-trading', shard: null, resumesAt: null });
    world.laterAs(span(world, 2, 40), 'trading', () => world.exchange.act({ type: 'resume-trading', shard: null }));
  },
  'exchange-pauses': (world) => {
    world.exchange.act({ type: 'pause-exchange', shard: 0, resumesAt: null });
    world.laterAs(span(world, 2, 30), 'exchange', () => world.exchange.act({ type: 'resume-exchange', shard: 0 }));
  },
  'market-pauses': (world) => {
    const ticker = anyMarket(world, 'active');
    if (ticker === undefined) return;
    world.exchange.act({ type: 'deactivate', ticker });
    world.laterAs(span(world, 1, 40), `market ${ticker}`, () => {
      if (world.exchange.market(ticker)?.status === 'inactive') world.exchange.act({ type: 'activate', ticker });
    });
  },
  'early-closes': (world) => {
    const ticker = anyMarket(world, 'active');
    if (ticker === undefined || world.closed >= 2) return;
    world.closed++;
    if (world.misfortune.next() < 0.5)
      world.exchange.act({ type: 'move-close', ticker, closesAt: later(world.time.now, span(world, 0.1, 20)) });
    else world.exchange.act({ type: 'determine', ticker, result: { kind: world.misfortune.next() < 0.5 ? 'yes' : 'no' } });
  },
  'tick-changes': (world) => {
    const ticker = anyMarket(world, 'active');
    const grid = world.misfortune.pick(['linear_cent', 'deci_cent', 'tapered_deci_cent', 'center_half_edge_deci_cent'] as const);
    if (ticker !== undefined && grid !== undefined)
      world.exchange.act({ type: 'change-grid', ticker, structure: grid, grid: gridOf(grid) });
  },
  'manual-orders': manualOrder,
  'unasked-cancels': (world) => {
    const order = world.misfortune.pick([...world.ledger.resting.values()]);
    if (order === undefined) return;
    const shard = world.exchange.market(order.ticker)?.shard ?? 0;
    world.exchange.cancelOrder(world.account, { orderId: order.orderId, subaccount: 0, shard, ticker: order.ticker });
  },
  crashes: (world) => world.crash(span(world, 3, 20)),
  stalls: (world) => world.stall(span(world, 0.3, 30)),
  'full-disk': (world) => {
    world.diskFull = true;
    world.laterAs(span(world, 0.5, 20), 'disk', () => (world.diskFull = false));
  },
  'person-pauses': (world) => {
    world.control('pause');
    world.laterAs(span(world, 1, 20), 'person', () => world.control('resume'));
  },
  kill: (world) => world.control('kill'),
};

const span = (world: SimulatedWorld, from: number, to: number): DurationUs => world.misfortune.between(seconds(from), seconds(to));

const reconnect = (world: SimulatedWorld, after: DurationUs): void => {
  world.time.after(after, () => world.connect());
};

const anyMarket = (world: SimulatedWorld, status: string): Ticker | undefined =>
  world.misfortune.pick(world.tickers.filter((ticker) => world.exchange.market(ticker)?.status === status));

/** A person buys or sells a few contracts near the top of a book, or cancels what is left of it. */
function manualOrder(world: SimulatedWorld): void {
  const { exchange, account, misfortune, ledger } = world;
  const mine = [...ledger.resting.values()].find(({ clientId }) => clientId?.startsWith('hand') === true);
  if (mine !== undefined && misfortune.next() < 0.4) {
    const shard = exchange.market(mine.ticker)?.shard ?? 0;
    exchange.cancelOrder(account, { orderId: mine.orderId, subaccount: 0, shard, ticker: mine.ticker });
    return;
  }
  const ticker = anyMarket(world, 'active');
  if (ticker === undefined || world.foreign >= FOREIGN_MAX) return;
  const side = misfortune.next() < 0.5 ? 'bid' : 'ask';
  const best = exchange.best(ticker, misfortune.next() < 0.5 ? 'bid' : 'ask');
  if (best === null) return;
  const size = quantity(100 * Math.ceil(misfortune.next() * 5));
  const answer = exchange.createOrder(account, {
    ticker,
    side,
    price: price(best.price),
    quantity: size,
    timeInForce: 'good-till-cancelled',
    selfTrade: 'taker-at-cross',
    clientOrderId: clientOrderId(`hand-${world.handMade++}`),
    expiresAt: null,
    postOnly: false,
    reduceOnly: false,
    cancelOnPause: false,
    group: null,
    subaccount: 0,
    shard: null,
  });
  if (answer.ok) world.foreign += size;
}

export const planIncidents = (world: SimulatedWorld): void => {
  const { misfortune, time } = world;
  const { intensity, seconds: length, kinds } = misfortune.plan;
  const end = later(time.now, seconds(length));
  for (const kind of kinds) {
    const every = EVERY[kind];
    const happen = incidents[kind];
    if (every === undefined || happen === undefined) continue;
    let at = later(time.now, seconds(5));
    for (;;) {
      at = later(at, seconds((-Math.log(1 - misfortune.next()) * every) / intensity));
      if (at >= end) break;
      time.at(at, () => {
        misfortune.note(kind);
        happen(world);
      });
    }
  }
};
