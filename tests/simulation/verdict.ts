/** One seed from start to end: faults, then quiet, then a look whether everything has come right again. */
import type { MarketIndex, Ticker } from '../../src/domain/ids.js';
import { durationUs, later, millis, seconds } from '../../src/domain/units.js';
import type { BotRun } from '../../src/app/bot-run.js';
import { bookedByAllRuns, bookedByLastRun, firstAdopted } from './records.js';
import { OPEN_DOOR } from './exchange-front.js';
import { planIncidents } from './incidents.js';
import { judgeRecords } from './judge-records.js';
import { Broken } from './judge.js';
import type { FaultPlan } from './misfortune.js';
import { CALM } from './simulated-disk.js';
import { clearLatch, hasLost, isLatched, supervise } from './supervisor.js';
import { Unknowns } from './unknowns.js';
import { SimulatedWorld, type Tracer } from './world.js';

export interface Outcome {
  readonly seed: number;
  readonly world: SimulatedWorld;
  readonly virtualSeconds: number;
  readonly fills: number;
  /** How long each unknown outcome stayed so. */
  readonly unknownSeconds: readonly number[];
  readonly error: Error | null;
}

export interface SeedOptions {
  readonly hours: number;
  readonly plan?: FaultPlan;
  readonly trace?: Tracer | null;
}

/** After the last fault: a slow reading, a backoff and a crash's restart fit in. */
const QUIET = seconds(90);
/** Data that is this old is still quoted on. */
const CLOCK_ERROR_MAX = seconds(4);
const DECISION_SLACK = millis(1500);
/** Reasons that must have gone by then. */
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

export const runSeed = (seed: number, options: SeedOptions): Outcome => {
  const world = new SimulatedWorld(seed, options.plan, options.trace ?? null, { hours: options.hours });
  const unknowns = new Unknowns(world);
  const start = world.time.now;
  const faults = durationUs(Math.max(seconds(60), seconds(options.hours * 3600) - QUIET - seconds(30)));
  let error: Error | null = null;
  try {
    supervise(world);
    world.every(seconds(1), () => {
      unknowns.look();
      world.judge.look(world.rest.standing === 'up' && world.process?.frozen === false);
      world.conduct.look();
    });
    world.start();
    planIncidents(world, faults);
    world.run(faults);
    endFaults(world);
    world.run(QUIET);
    if (hasLost(world)) judgeHalt(world);
    else judgeTrading(world);
    judgeRecords(world);
    world.exchange.audit();
  } catch (caught) {
    error = caught instanceof Error ? caught : new Error(String(caught));
  }
  const fills = [...world.ledger.markets.values()].reduce((sum, market) => sum + market.fills.length, 0);
  return { seed, world, virtualSeconds: (world.time.now - start) / 1e6, fills, unknownSeconds: unknowns.spans, error };
};

const endFaults = (world: SimulatedWorld): void => {
  world.misfortune.endFaults();
  world.note(() => 'the faults end');
  world.dying = null;
  world.rest.reset();
  world.stream.reset();
  world.disk.mood = CALM;
  world.wallError = durationUs(0);
  world.door = OPEN_DOOR;
  world.bend = (_request, _status, text) => text;
  world.front.setTier('advanced');
  for (const ticker of world.tickers) world.front.silence(ticker, false);
  for (const { shard, tradingActive, exchangeActive } of world.exchange.exchangeStatus()) {
    if (!tradingActive) world.exchange.act({ type: 'resume-trading', shard });
    if (!exchangeActive) world.exchange.act({ type: 'resume-exchange', shard });
  }
  for (const ticker of world.tickers)
    if (world.exchange.market(ticker)?.status === 'inactive') world.exchange.act({ type: 'activate', ticker });
  world.process?.thaw();
  // Whoever puts a clock right starts what has read the time from it again.
  if (world.process !== null && Math.abs(world.process.now() - world.time.now) > CLOCK_ERROR_MAX) world.crash();
  if (isLatched(world)) {
    // It ends by itself first, and a person looks.
    world.run(seconds(15));
    clearLatch(world);
    world.run(seconds(5));
  }
  world.start();
};

const fail = (invariant: string, text: string): never => {
  throw new Broken(invariant, text);
};

const judgeTrading = (world: SimulatedWorld): void => {
  judgeLiveness(world);
  judgeRest(world);
  judgeStop(world);
};

/** A loss has halted it after the last fault: a named state, and nothing of ours rests. */
const judgeHalt = (world: SimulatedWorld): void => {
  world.finished = true;
  world.run(seconds(12));
  failIfOwnRest(world, 'after the halt');
};

const failIfOwnRest = (world: SimulatedWorld, when: string): void => {
  const own = [...world.ledger.resting.values()].filter(({ clientId }) => clientId?.startsWith('kmm-') === true);
  if (own.length > 0) fail('I2', `${own.length} orders rest ${when}`);
};

const botOf = (world: SimulatedWorld): BotRun => world.bot ?? fail('I13', 'no process trades');

/** Whatever stands in the way must pass within some seconds. */
const judgeLiveness = (world: SimulatedWorld): void => {
  for (let tries = 0; objectionToLife(world) !== null && tries < 10; tries++) world.run(seconds(1));
  const objection = objectionToLife(world);
  if (objection !== null) fail('I13', objection);
};

const objectionToLife = (world: SimulatedWorld): string | null => {
  if (world.bot === null) return 'no process trades';
  const { state } = world.bot.engine;
  if (state.recovery.phase !== 'trading') return `long after the last fault the bot is ${state.recovery.phase}`;
  for (const ticker of world.tickers) {
    // A market that had ended before the process started is none of its business.
    const market = state.markets.find((each) => each.market.ticker === ticker);
    if (market === undefined || world.exchange.market(ticker)?.status !== 'active') continue;
    const { last } = market;
    if (last === null) return `${ticker}: no decision was ever told`;
    if (state.now - last.at > state.settings.decisionInterval + DECISION_SLACK)
      return `${ticker}: the last decision is ${(state.now - last.at) / 1e6} s old`;
    for (const [price, why] of [
      [last.bid, last.noBid],
      [last.ask, last.noAsk],
    ] as const)
      if (price === null && why !== null && PASSING.has(why.code) && !needsPerson(why.text) && !isOffGrid(world, ticker))
        return `${ticker} is not quoted: ${why.code} (${why.text})`;
  }
  return null;
};

/** What may be read may still not be written: that stays until a person has looked. */
const needsPerson = (text: string): boolean => text.includes('refuses our key');

/** After a change of ticks somebody's order may rest at a price that is no price any more: such a book cannot be quoted. */
const isOffGrid = (world: SimulatedWorld, ticker: Ticker): boolean => {
  const book = world.exchange.book(ticker);
  const grid = world.exchange.grid(ticker);
  return book !== null && [...book.bids, ...book.asks].some((level) => !grid.has(level.price));
};

/** Waits for a moment without private word under way, then holds the bot against the ledger. */
const judgeRest = (world: SimulatedWorld): void => {
  const end = later(world.time.now, seconds(30));
  while (isBusy(world)) {
    if (world.time.now >= end) return fail('I3', 'the bot and the exchange never come to rest');
    world.run(millis(5));
  }
  const bot = botOf(world);
  judgeOrders(world, bot);
  for (const { index, market } of bot.engine.state.markets) judgeMarket(world, bot, index, market.ticker);
};

const isBusy = (world: SimulatedWorld): boolean => {
  const { orders } = botOf(world).engine.state;
  return (
    (world.network.stream?.privateUnderWay ?? 0) > 0 ||
    world.network.requestsUnderWay > 0 ||
    orders.live().some((order) => order.phase !== 'resting')
  );
};

const judgeOrders = (world: SimulatedWorld, bot: BotRun): void => {
  const { orders } = bot.engine.state;
  judgeOnce(world);
  orders.assertConsistent();
  const theirs = [...world.ledger.resting.values()]
    .map((order) => `${order.orderId} ${order.side} ${order.remaining} @ ${order.price}`)
    .sort();
  const ours = orders
    .live()
    .map((order) => `${order.orderId} ${order.side} ${order.remaining} @ ${order.price}`)
    .sort();
  if (theirs.join('; ') !== ours.join('; ')) fail('I2', `the exchange has [${theirs.join('; ')}], the bot believes [${ours.join('; ')}]`);
};

/** Over all runs each fill of the exchange was booked, and none twice; not where a fault has left a journal that cannot be read. */
const judgeOnce = (world: SimulatedWorld): void => {
  const booked = bookedByAllRuns(world.disk);
  if (booked === null) return;
  const seen = new Set<string>();
  for (const { fillId } of booked) {
    if (seen.has(fillId)) fail('I4', `fill ${fillId} was booked twice`);
    seen.add(fillId);
  }
  // A person may trade by hand while the first run is still reading the account: such fills are in the positions that it takes over.
  const since = Math.max(world.disk.lostUntil, ...firstAdopted(world.disk).map(({ asOf }) => asOf));
  for (const [ticker, { fills }] of world.ledger.markets)
    for (const fill of fills)
      if (world.tickers.includes(ticker) && !seen.has(fill.tradeId) && fill.at > since)
        fail('I4', `fill ${fill.tradeId} of ${ticker} at ${fill.at} was never booked`);
};

const judgeMarket = (world: SimulatedWorld, bot: BotRun, index: MarketIndex, ticker: Ticker): void => {
  const { inventory } = bot.engine.state;
  const truth = world.ledger.markets.get(ticker);
  if (truth === undefined) return;
  const holding = inventory.holding(index);
  const view = world.exchange.market(ticker);
  if (view !== null && (view.settlementValue !== null || view.status === 'disputed' || view.status === 'finalized')) {
    // Known and not yet paid out, or doubted again: both pictures are honest. Once paid out nothing is left.
    const isPaid = view.settledAt !== null;
    if (holding.position !== 0 && (isPaid || holding.position !== truth.position))
      fail('I3', `${ticker} is ${view.status}: the bot holds ${holding.position}, the exchange ${isPaid ? 0 : truth.position}`);
    if (isPaid && world.processes === 1) judgePayout(world, bot, index, ticker);
    return;
  }
  if (holding.position !== truth.position) fail('I3', `${ticker}: the bot holds ${holding.position}, the exchange ${truth.position}`);
  const ids = new Set<string>(bookedByLastRun(world.disk).map((booked) => String(booked.fillId)));
  const { fees, cash, change } = world.ledger.of(ticker, (fill) => ids.has(String(fill.tradeId)));
  if (holding.fees !== fees) fail('I17', `${ticker}: fees of ${holding.fees} booked, ${fees} charged`);
  // A position that was there before had a cost: it is counted as bought then.
  if (change === truth.position && holding.cash !== cash) fail('I17', `${ticker}: cash of ${holding.cash} booked, ${cash} moved`);
};

/** One process has seen it all: every fill, and what the market paid. */
const judgePayout = (world: SimulatedWorld, bot: BotRun, index: MarketIndex, ticker: Ticker): void => {
  const settlement = world.ledger.markets.get(ticker)?.settlement ?? null;
  if (settlement === null) return;
  const { yesQuantity, noQuantity, value, settlementFee } = settlement;
  const paid = (yesQuantity - noQuantity) * value - settlementFee;
  const expected = world.ledger.of(ticker, () => true).cash + paid;
  const booked = bot.engine.state.inventory.holding(index).cash;
  if (booked !== expected) fail('I17', `${ticker} has settled: cash of ${booked} booked, ${expected} moved`);
};

const judgeStop = (world: SimulatedWorld): void => {
  world.finished = true;
  const before = world.endings.length;
  world.stop?.abort('SIGTERM');
  world.run(seconds(12));
  const ending = world.endings.at(before);
  if (ending === undefined) return fail('I2', 'asked to stop, and never ended');
  if (ending.code !== 0) fail('I2', `asked to stop, and ended with ${String(ending.code)} ${ending.error?.message ?? ''}`);
  failIfOwnRest(world, 'after the stop');
};
