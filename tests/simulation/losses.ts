/** The result of the present session as the exchange's own books have it: what the loss limit is held against. */
import { signOf } from '../../src/domain/market.js';
import { cash, formatCash, type Cash } from '../../src/domain/units.js';
import type { SimulatedWorld } from './world.js';

/** Marks differ by the bot's own orders, and by what it has not heard yet. */
const SLACK = cash(2_000_000);
/** It has heard by then. */
const HALTED_WITHIN = 10_000_000;

/** Where a session began. */
interface Session {
  /** Per market: closed result, and how many fills there were, when the session began. */
  readonly realized: number[];
  readonly fills: number[];
}

const MICROS_PER_DAY = 86_400_000_000;
const dayOf = (at: number): number => Math.floor(at / MICROS_PER_DAY);

export class Losses {
  /** From where the bot may count: usually one. Where records were lost it cannot know all of the past, and may count from after that as well. */
  #sessions: Session[] = [];
  #isFresh = true;
  #damaged = 0;
  #lookedAt: number;
  #beyondSince = Number.POSITIVE_INFINITY;

  constructor(private readonly world: SimulatedWorld) {
    this.#lookedAt = world.time.now;
  }

  /** Another process: it goes on with the session, once it has taken over the positions. */
  restarted(): void {
    this.#isFresh = true;
    this.#beyondSince = Number.POSITIVE_INFINITY;
  }

  look(): void {
    const { world } = this;
    if (world.bot?.engine.state.adopted !== true) return;
    if (this.#isFresh) this.#takeOver();
    this.#isFresh = false;
    this.#lookedAt = world.time.now;
    const isBeyond = this.#sessions.every((session) => -(this.#result(session) ?? 0) > world.settings.risk.lossMaxSession + SLACK);
    this.#beyondSince = isBeyond ? Math.min(this.#beyondSince, world.time.now) : Number.POSITIVE_INFINITY;
  }

  #takeOver(): void {
    const { world } = this;
    if (dayOf(this.#lookedAt) !== dayOf(world.time.now)) this.#sessions = [];
    const isDamaged = world.damaged.size > this.#damaged;
    this.#damaged = world.damaged.size;
    if (this.#sessions.length > 0 && !isDamaged) return;
    const markets = [...world.ledger.markets.values()];
    this.#sessions.push({ realized: markets.map(({ realized }) => realized), fills: markets.map(({ fills }) => fills.length) });
  }

  /** Why no order may leave any more, or null. */
  objection(): string | null {
    const { world } = this;
    const since = world.time.now - this.#beyondSince;
    if (since < HALTED_WITHIN) return null;
    return `the session has been below ${formatCash(cash(-world.settings.risk.lossMaxSession))} dollars for ${since / 1e6} s`;
  }

  /** null while a book has no mid. */
  #result(session: Session): Cash | null {
    let sum = 0;
    for (const [i, [ticker, market]] of [...this.world.ledger.markets].entries()) {
      sum += market.realized - (session.realized[i] ?? 0);
      for (const fill of market.fills.slice(session.fills[i] ?? 0)) sum -= fill.fee;
      if (market.position === 0 || market.determinedAt !== null) continue;
      const bid = this.world.exchange.best(ticker, 'bid')?.price;
      const ask = this.world.exchange.best(ticker, 'ask')?.price;
      if (bid === undefined || ask === undefined) return null;
      const mark = (bid + ask) / 2;
      const payout = this.world.exchange.market(ticker)?.payout ?? 0;
      const own = signOf(market.position > 0 ? 'bid' : 'ask') > 0 ? mark : payout - mark;
      sum += Math.abs(market.position) * own - market.cost;
    }
    return cash(Math.round(sum));
  }
}
