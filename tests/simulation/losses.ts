/** The result of the present session as the exchange's own books have it: what the loss limit is held against. */
import { signOf } from '../../src/domain/market.js';
import { cash, formatCash, type Cash } from '../../src/domain/units.js';
import type { SimulatedWorld } from './world.js';

/** Marks differ by the bot's own orders, and by what it has not heard yet. */
const SLACK = cash(2_000_000);
/** It has heard by then. */
const HALTED_WITHIN = 10_000_000;

interface Session {
  /** Per market: closed result, and how many fills there were, when the session began. */
  readonly realized: number[];
  readonly fills: number[];
}

export class Losses {
  #session: Session | null = null;
  #beyondSince = Number.POSITIVE_INFINITY;

  constructor(private readonly world: SimulatedWorld) {}

  /** The session begins when the bot takes over its positions, not before it trades. */
  restarted(): void {
    this.#session = null;
    this.#beyondSince = Number.POSITIVE_INFINITY;
  }

  look(): void {
    const { world } = this;
    if (world.bot?.engine.state.adopted !== true) return;
    const markets = [...world.ledger.markets.values()];
    this.#session ??= { realized: markets.map(({ realized }) => realized), fills: markets.map(({ fills }) => fills.length) };
    const isBeyond = -(this.#result(this.#session) ?? 0) > world.settings.risk.lossMaxSession + SLACK;
    this.#beyondSince = isBeyond ? Math.min(this.#beyondSince, world.time.now) : Number.POSITIVE_INFINITY;
  }

  /** Why no order may leave any more, or null. */
  objection(): string | null {
    const { world } = this;
    const since = world.time.now - this.#beyondSince;
    if (since < HALTED_WITHIN || this.#session === null) return null;
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
