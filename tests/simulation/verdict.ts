/** One seed from start to end: faults, then quiet, then a look whether everything has come right again. */
import type { MarketIndex, Ticker } from '../../src/domain/ids.js';
import { later, millis, seconds } from '../../src/domain/units.js';
import type { FaultPlan } from './faults.js';
import { Broken } from './judge.js';
import type { SimulatedBot } from './simulated-bot.js';
import { SimulatedWorld, type Tracer } from './simulated-world.js';

export interface Outcome {
  readonly seed: number;
  readonly world: SimulatedWorld;
  readonly virtualSeconds: number;
  readonly fills: number;
  readonly error: Error | null;
}

const QUIET = seconds(75);
/** Reasons that must have gone a minute after the last fault. */
const PASSING = new Set([
  'no-feed',
  'recovering',
  'storage',
  'stale-feed',
  'no-book',
  'book-lost',
  'crossed-book',
  'old-data',
  'position-drift',
  'rate-limited',
  'exchange-paused',
  'paused',
  'stopping',
  'stopped',
  'duplicate',
  'unknown-order',
]);

export const runSeed = (seed: number, trace: Tracer | null = null, plan?: FaultPlan): Outcome => {
  const world = new SimulatedWorld(seed, plan, trace);
  const start = world.time.now;
  let error: Error | null = null;
  try {
    world.run(seconds(world.plan.seconds));
    endFaults(world);
    world.run(QUIET);
    if (world.judge.killed) judgeKilled(world);
    else {
      judgeLiveness(world);
      judgeRest(world);
      judgeStop(world);
    }
    world.exchange.audit();
  } catch (caught) {
    error = caught instanceof Error ? caught : new Error(String(caught));
  }
  const fills = [...world.ledger.markets.values()].reduce((sum, market) => sum + market.fills.length, 0);
  return { seed, world, virtualSeconds: (world.time.now - start) / 1e6, fills, error };
};

const endFaults = (world: SimulatedWorld): void => {
  world.misfortune.endFaults();
  world.note(() => 'the faults end');
  world.venue.setDown(false);
  world.venue.setLimited(false);
  world.feed.setLate(millis(0));
  world.diskFull = false;
  for (const { shard, tradingActive, exchangeActive } of world.exchange.exchangeStatus()) {
    if (!tradingActive) world.exchange.act({ type: 'resume-trading', shard });
    if (!exchangeActive) world.exchange.act({ type: 'resume-exchange', shard });
  }
  for (const ticker of world.tickers)
    if (world.exchange.market(ticker)?.status === 'inactive') world.exchange.act({ type: 'activate', ticker });
  world.bot?.goOn();
  if (!world.judge.killed) world.control('resume');
  world.startBot();
  world.connect();
};

const fail = (invariant: string, text: string): never => {
  throw new Broken(invariant, text);
};

const botOf = (world: SimulatedWorld): SimulatedBot => world.bot ?? fail('I13', 'no process runs');

/** After a kill: nothing of ours rests, and the bot has said that it stopped. */
const judgeKilled = (world: SimulatedWorld): void => {
  const own = [...world.ledger.resting.values()].filter(({ clientId }) => clientId?.startsWith('kmm-') === true);
  const { stopped } = botOf(world);
  if (stopped === null) return fail('I5', 'killed, and never told that it stopped');
  if (own.length > 0 && stopped.left === 0) fail('I5', `${own.length} orders of ours rest after the kill, and the bot says none`);
};

const judgeLiveness = (world: SimulatedWorld): void => {
  const bot = botOf(world);
  const { state } = bot.engine;
  if (state.recovery.phase !== 'trading') fail('I13', `a minute after the last fault the bot is ${state.recovery.phase}`);
  for (const [i, ticker] of world.tickers.entries()) {
    const last = bot.decisions[i];
    if (last === undefined) return fail('I13', `${ticker}: no decision was ever told`);
    if (bot.now - last.at > 2_500_000) fail('I13', `${ticker}: the last decision is ${(bot.now - last.at) / 1e6} s old`);
    for (const [price, why] of [
      [last.bid, last.noBid],
      [last.ask, last.noAsk],
    ] as const) {
      if (price !== null) continue;
      if (why === null) continue;
      if (PASSING.has(why.code) && !isOffGrid(world, ticker)) fail('I13', `${ticker} is not quoted: ${why.code} (${why.text})`);
    }
    const isSilent = last.bid === null && last.noBid === null && last.ask === null && last.noAsk === null;
    if (isSilent && state.orders.forMarket(i as MarketIndex, 'bid').length === 0)
      fail('I13', `${ticker} is not quoted, and nobody says why`);
  }
};

/** After a change of ticks somebody's order may rest at a price that is no price any more: such a book cannot be quoted. */
const isOffGrid = (world: SimulatedWorld, ticker: Ticker): boolean => {
  const book = world.exchange.book(ticker);
  const grid = world.exchange.grid(ticker);
  return book !== null && [...book.bids, ...book.asks].some((level) => !grid.has(level.price));
};

/** Waits for a moment without private word under way, then holds the bot against the ledger. */
const judgeRest = (world: SimulatedWorld): void => {
  const bot = botOf(world);
  const end = later(world.time.now, seconds(30));
  while (world.feed.privateUnderWay > 0 || world.venue.writesUnderWay > 0) {
    if (world.time.now >= end) return fail('I3', 'the bot and the exchange never come to rest');
    world.run(millis(1));
  }
  judgeOrders(world, bot);
  for (const [i, ticker] of world.tickers.entries()) judgeMarket(world, bot, i as MarketIndex, ticker);
};

const judgeOrders = (world: SimulatedWorld, bot: SimulatedBot): void => {
  const { orders } = bot.engine.state;
  orders.assertConsistent();
  const theirs = [...world.ledger.resting.values()]
    .map((order) => `${order.orderId} ${order.side} ${order.remaining} @ ${order.price}`)
    .sort();
  const ours = orders
    .live()
    .map((order) => `${order.orderId} ${order.side} ${order.remaining} @ ${order.price}`)
    .sort();
  if (theirs.join('; ') !== ours.join('; ')) fail('I2', `the exchange has [${theirs.join('; ')}], the bot believes [${ours.join('; ')}]`);
  for (const order of orders.live()) if (order.phase !== 'resting') fail('I3', `${order.clientId} is ${order.phase} at rest`);
};

const judgeMarket = (world: SimulatedWorld, bot: SimulatedBot, index: MarketIndex, ticker: Ticker): void => {
  const { inventory, adoptedAsOf } = bot.engine.state;
  const truth = world.ledger.markets.get(ticker);
  if (truth === undefined) return;
  const holding = inventory.holding(index);
  const isDetermined = world.exchange.market(ticker)?.settlementValue !== null;
  const expected = isDetermined ? 0 : truth.position;
  if (holding.position !== expected) fail('I3', `${ticker}: the bot holds ${holding.position}, the exchange ${expected}`);
  const { fills, fees, cash } = world.ledger.since(ticker, adoptedAsOf);
  const booked = bot.booked
    .filter((each) => each.market === index)
    .map((each) => `${each.side} ${each.quantity} @ ${each.price} fee ${each.fee}`);
  const told = fills.map((each) => `${each.side} ${each.quantity} @ ${each.price} fee ${each.fee}`);
  const missing = without(told, booked);
  const invented = without(booked, told);
  if (missing.length + invented.length > 0)
    fail('I4', `${ticker}: of ${told.length} fills [${missing.join('; ')}] were never booked, and [${invented.join('; ')}] never happened`);
  if (isDetermined) return;
  if (holding.fees !== fees) fail('I17', `${ticker}: fees of ${holding.fees} booked, ${fees} charged`);
  // Before that the position had a cost, which the exchange has stated: it is counted as bought then.
  const before = world.ledger.positionAt(ticker, adoptedAsOf);
  if (before === 0 && holding.cash !== cash) fail('I17', `${ticker}: cash of ${holding.cash} booked, ${cash} moved`);
};

/** What is in one list more often than in the other. */
const without = (list: readonly string[], other: readonly string[]): string[] => {
  const left = [...other];
  return list.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

const judgeStop = (world: SimulatedWorld): void => {
  world.control('stop');
  world.run(seconds(10));
  const { stopped } = botOf(world);
  if (stopped === null) return fail('I2', 'asked to stop, and never told that it stopped');
  const own = [...world.ledger.resting.values()].filter(({ clientId }) => clientId?.startsWith('kmm-') === true);
  if (own.length > 0 || stopped.left > 0) fail('I2', `${own.length} orders rest after the stop, the bot says ${stopped.left}`);
};
