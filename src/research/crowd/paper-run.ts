/**
 * The same crowd without our orders, seen by a paper venue through the public feed alone. Either the bot trades on it, and answers to what paper fills; or paper is handed
 * the commands that the bot sent in its real run, which leaves the fill model by itself.
 */
import { SeededChance } from '../../domain/chance.js';
import { DIRECT_MEMBER_ROUNDING } from '../../domain/fees.js';
import type { EngineEvent } from '../../domain/events.js';
import type { VenueOrderId } from '../../domain/ids.js';
import type { Approved, VenueCommand } from '../../domain/order.js';
import { opposite, signOf } from '../../domain/market.js';
import { contractsOf, durationUs, later, type DurationUs, type EpochUs } from '../../domain/units.js';
import { Exchange } from '../../exchange/core/exchange.js';
import type { FillModel } from '../../paper/paper-settings.js';
import { PaperVenue } from '../../paper/paper-venue.js';
import { engineOf } from './bot-settings.js';
import { crowdExchange, ENDS_AFTER, marketOf, STARTS_AT, TICKER } from './crowd-world.js';
import type { CrowdFill, CrowdRun } from './ledger.js';
import { MARKET, PublicFeed } from './public-feed.js';
import { begin, type RunTerms, type SentCommand } from './truth-run.js';
import { VirtualBot } from './virtual-bot.js';
import { Watch } from './watch.js';

/** Where a price of ours stood among those of others: better than all of theirs, at their best, or behind it. */
export type Standing = 'inside' | 'touch' | 'behind';

export interface PaperRun extends CrowdRun {
  /** Of the fills that were asked about, in their order: where their price stood a moment before in this world. */
  readonly standings: readonly Standing[];
  /** Of the fills that were asked about: contracts that the same takers traded here at the same moment. Nothing means that the public feed does not show them at all. */
  readonly seen: readonly number[];
}

/** What paper is handed of a real run: the commands, and the fills whose standing is wanted. Both in order of time. */
export interface Given {
  readonly sent: readonly SentCommand[];
  readonly fills: readonly CrowdFill[];
}

/** @param given null lets the bot trade by itself */
export const runPaper = (terms: RunTerms, model: FillModel, given: Given | null): PaperRun => new PaperWorld(terms, model, given).run();

class PaperWorld {
  readonly #exchange: Exchange;
  readonly #feed: PublicFeed;
  readonly #paper: PaperVenue;
  readonly #bot: VirtualBot | null;
  readonly #watch: Watch;
  readonly #commands: Commands;
  readonly #fills: CrowdFill[] = [];
  readonly #asked: readonly CrowdFill[];
  readonly #standings: Standing[] = [];
  /** Contracts traded by moment and side of the taker. */
  readonly #traded = new Map<string, number>();
  #now: EpochUs = STARTS_AT;

  constructor(
    private readonly terms: RunTerms,
    model: FillModel,
    given: Given | null,
  ) {
    const { seed, lasts, delay, bot, strategy } = terms;
    this.#exchange = new Exchange(crowdExchange(seed, lasts));
    this.#feed = new PublicFeed(this.#exchange, delay);
    this.#paper = new PaperVenue(
      {
        ...bot.paper,
        fills: model,
        // There and back: what our command met at the exchange is what the feed shows when its answer comes.
        latency: durationUs(2 * delay),
        jitter: durationUs(0),
        balance: bot.balance,
        rounding: DIRECT_MEMBER_ROUNDING,
      },
      new SeededChance(0, seed),
      STARTS_AT,
    );
    this.#commands = new Commands(given?.sent ?? []);
    this.#asked = given?.fills ?? [];
    const feed = { requestSnapshot: () => this.#feed.snapshot() };
    this.#bot = given === null ? new VirtualBot(engineOf(bot, strategy, false), this.#paper, feed, () => this.#now) : null;
    this.#watch = new Watch(this.#exchange, this.#bot);
    if (given !== null)
      this.#exchange.onEvent((event) => {
        if (event.type !== 'trade') return;
        const key = `${event.trade.at} ${event.trade.takerSide}`;
        this.#traded.set(key, (this.#traded.get(key) ?? 0) + contractsOf(event.trade.quantity));
      });
  }

  run(): PaperRun {
    const { lasts, bot: settings } = this.terms;
    this.#begin();
    const closesAt = later(STARTS_AT, lasts);
    const end = later(closesAt, ENDS_AFTER);
    let tickAt = this.#now;
    while (this.#now < end) {
      const now = this.#nextMoment(tickAt, end);
      this.#now = now;
      this.#exchange.advance(now);
      this.#stand(now);
      this.#answers(now);
      for (let fact = this.#feed.line.take(now); fact !== null; fact = this.#feed.line.take(now)) this.#tell(fact);
      this.#answers(now);
      if (now >= tickAt) {
        this.#bot?.offer({ type: 'tick', at: now });
        tickAt = later(now, settings.tick);
        this.#watch.look(now);
      }
      this.#bot?.endBatch(now);
      for (let command = this.#commands.take(now); command !== null; command = this.#commands.take(now))
        this.#paper.send({ mode: 'single', commands: [command] });
    }
    const seen = this.#asked.map(({ at, side, quantity }) =>
      Math.min(this.#traded.get(`${at} ${opposite(side)}`) ?? 0, contractsOf(quantity)),
    );
    return { fills: this.#fills, standings: this.#standings, seen, ...this.#watch.end(closesAt) };
  }

  #begin(): void {
    const view = this.#exchange.market(TICKER);
    if (view === null) throw new RangeError(`no market ${TICKER}`);
    this.#paper.observe({ type: 'market-listed', at: this.#now, index: MARKET, market: marketOf(view) });
    if (this.#bot !== null) begin(this.#bot, this.#exchange, this.#now);
    this.#feed.snapshot();
  }

  #nextMoment(tickAt: EpochUs, end: EpochUs): EpochUs {
    const due = this.#paper.nextDue ?? end;
    const crowd = this.#exchange.nextAt ?? end;
    const asked = this.#asked[this.#standings.length];
    return Math.min(
      asked === undefined ? end : Math.max(asked.at - 1, this.#now),
      crowd,
      this.#feed.line.nextAt ?? end,
      due,
      this.#commands.nextAt ?? end,
      tickAt,
      end,
    ) as EpochUs;
  }

  /** The book just before the takers of the fills that are asked about came. */
  #stand(now: EpochUs): void {
    for (
      let fill = this.#asked[this.#standings.length];
      fill !== undefined && fill.at - 1 <= now;
      fill = this.#asked[this.#standings.length]
    ) {
      const best = this.#exchange.best(TICKER, fill.side)?.price ?? null;
      const ahead = best === null ? Infinity : signOf(fill.side) * (fill.price - best);
      this.#standings.push(ahead > 0 ? 'inside' : ahead === 0 ? 'touch' : 'behind');
    }
  }

  #tell(fact: EngineEvent): void {
    this.#paper.observe(fact);
    this.#bot?.offer(fact);
  }

  #answers(now: EpochUs): void {
    for (const fact of this.#paper.advance(now)) {
      if (fact.type === 'fill') this.#keep(fact.fill.exchangeAt, fact.fill);
      if (fact.type === 'order-accepted') this.#commands.known.set(fact.clientId, fact.orderId);
      this.#bot?.offer(fact);
    }
  }

  /** What the feed shows now has happened a little ago. */
  #keep(seenAt: EpochUs, { side, price, quantity, fee }: Omit<CrowdFill, 'at'>): void {
    this.#fills.push({ at: later(seenAt, -this.terms.delay as DurationUs), side, price, quantity, fee });
  }
}

/** Commands of a real run, as paper can take them: its orders have names of their own. */
class Commands {
  readonly known = new Map<string, VenueOrderId>();
  #next = 0;

  constructor(private readonly given: readonly SentCommand[]) {}

  get nextAt(): EpochUs | null {
    return this.given[this.#next]?.at ?? null;
  }

  /** The next command of `now`; those for orders that paper never had are left out. */
  take(now: EpochUs): Approved<VenueCommand> | null {
    for (let next = this.given[this.#next]; next !== undefined && next.at <= now; next = this.given[this.#next]) {
      this.#next++;
      const { command } = next;
      if (command.type === 'place') return command;
      const orderId = this.known.get(command.clientId);
      if (orderId !== undefined) return { ...command, orderId };
    }
    return null;
  }
}
