/** The whole bot for real on the simulated exchange, in virtual time. */
import type { StrategySettings } from '../../domain/settings.js';
import type { Approved, VenueCommand } from '../../domain/order.js';
import { later, subtractCash, type Cash, type DurationUs, type EpochUs } from '../../domain/units.js';
import { Exchange } from '../../exchange/core/exchange.js';
import { DIRECT_MEMBER_ROUNDING } from '../../domain/fees.js';
import { engineOf, type BotSettings } from './bot-settings.js';
import { crowdExchange, ENDS_AFTER, marketOf, STARTS_AT, TICKER } from './crowd-world.js';
import { ExchangeVenue } from './exchange-venue.js';
import type { CrowdFill, CrowdRun } from './ledger.js';
import { PublicFeed, MARKET } from './public-feed.js';
import { VirtualBot } from './virtual-bot.js';
import { Watch } from './watch.js';

export interface RunTerms {
  readonly seed: string;
  readonly lasts: DurationUs;
  /** One way, to the exchange and back from it. */
  readonly delay: DurationUs;
  readonly bot: BotSettings;
  readonly strategy: StrategySettings;
}

export interface SentCommand {
  readonly at: EpochUs;
  readonly command: Approved<VenueCommand>;
}

export interface TruthRun extends CrowdRun {
  /** All that left the bot, in order. */
  readonly sent: readonly SentCommand[];
  /** What the exchange's own ledger says was earned, settlement included. */
  readonly earned: Cash;
}

const ACCOUNT_SHARDS = [0];

export const runTruth = ({ seed, lasts, delay, bot: settings, strategy }: RunTerms): TruthRun => {
  const exchange = new Exchange(crowdExchange(seed, lasts));
  const account = exchange.openAccount({
    name: 'bot',
    precision: DIRECT_MEMBER_ROUNDING.balancePrecision,
    deposits: ACCOUNT_SHARDS.map((shard) => ({ shard, amount: settings.balance })),
  });
  let now: EpochUs = STARTS_AT;
  const feed = new PublicFeed(exchange, delay);
  const venue = new ExchangeVenue(exchange, account, feed, delay, () => now);
  const fills: CrowdFill[] = [];
  const sent: SentCommand[] = [];
  exchange.onEvent((event) => {
    if (event.type !== 'fill' || event.account !== account) return;
    const { at, side, price, quantity, fee } = event.fill;
    fills.push({ at, side, price, quantity, fee });
  });
  const bot = new VirtualBot(
    engineOf(settings, strategy, true),
    venue,
    venue,
    () => now,
    (call) => {
      for (const command of call.commands) sent.push({ at: now, command });
    },
  );
  const watch = new Watch(exchange, bot);
  begin(bot, exchange, now);
  feed.snapshot();
  const end = later(later(STARTS_AT, lasts), ENDS_AFTER);
  let tickAt = now;
  while (now < end) {
    now = Math.min(exchange.nextAt ?? end, venue.line.nextAt ?? end, feed.line.nextAt ?? end, tickAt, end) as EpochUs;
    exchange.advance(now);
    for (let run = venue.line.take(now); run !== null; run = venue.line.take(now)) run();
    for (let fact = feed.line.take(now); fact !== null; fact = feed.line.take(now)) bot.offer(fact);
    if (now >= tickAt) {
      bot.offer({ type: 'tick', at: now });
      tickAt = later(now, settings.tick);
      watch.look(now);
    }
    bot.endBatch(now);
  }
  const earned = subtractCash(exchange.balance(account).balance, settings.balance);
  return { fills, sent, earned, ...watch.end(later(STARTS_AT, lasts)) };
};

/** Rich enough that no budget binds: what is measured is the model and the fills. */
export const begin = (bot: VirtualBot, exchange: Exchange, at: EpochUs): void => {
  const view = exchange.market(TICKER);
  if (view === null) throw new RangeError(`no market ${TICKER}`);
  bot.offer({ type: 'market-listed', at, index: MARKET, market: marketOf(view) });
  bot.offer({ type: 'write-budget', at, refillPerSecond: 1000, capacity: 2000, createCost: 10, amendCost: 10, cancelCost: 2 });
  bot.offer({ type: 'feed-up', at });
  bot.endBatch(at);
};
