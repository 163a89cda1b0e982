/**
 * The truth and what paper makes of it. One crowd trades in two worlds of the simulated exchange: in the first an order of ours really rests in the book, in the second it
 * does not exist, and the public messages of that second world are all that the paper venue sees.
 */
import { clientOrderId, marketIndex, type VenueOrderId } from '../../../src/domain/ids.js';
import { opposite, type BookSide } from '../../../src/domain/market.js';
import type { EngineEvent, Level } from '../../../src/domain/events.js';
import type { Approved, Place, VenueCommand } from '../../../src/domain/order.js';
import { later, millis, quantity, type EpochUs, type Price, type Quantity } from '../../../src/domain/units.js';
import type { ExchangeEvent } from '../../../src/exchange/core/types.js';
import type { AccountId } from '../../../src/exchange/core/words.js';
import type { PaperSettings } from '../../../src/paper/paper-settings.js';
import { PaperVenue } from '../../../src/paper/paper-venue.js';
import { market } from '../../support/markets.js';
import { PAPER } from '../../support/settings.js';
import { A, Floor, START } from '../exchange/core/floor.js';

export const M = marketIndex(0);

/** How the public messages of one moment reach the listener. */
export type Arrangement = 'as told' | 'trades first' | 'deltas first' | 'trades late';

/** What somebody of the crowd does. Shares are per cent. */
export type Deed =
  /** Takes a share of what the public book shows on the side, down to its `levels`-th level. */
  | { readonly do: 'take'; readonly from: BookSide; readonly levels: number; readonly share: number }
  | { readonly do: 'join'; readonly side: BookSide; readonly cents: number; readonly contracts: number }
  /** Cancels the order with this number (modulo what there is) among those that `may` be cancelled. */
  | { readonly do: 'cancel'; readonly number: number }
  /** A limit order at our price from the other side, larger than what the book shows there: the rest of it stays. */
  | { readonly do: 'cross'; readonly more: number };

interface CrowdOrder {
  readonly side: BookSide;
  readonly cents: number;
  readonly isLater: boolean;
  readonly ids: readonly [VenueOrderId, VenueOrderId];
}

export interface OurOrder {
  readonly side: BookSide;
  readonly cents: number;
  readonly contracts: number;
}

export class TwoWorlds {
  readonly #truth = new Floor();
  readonly #seen = new Floor();
  readonly #worlds = [this.#truth, this.#seen] as const;
  /** Those who rest and those who take are different people: nobody trades with himself. */
  readonly #makers: readonly [AccountId, AccountId];
  readonly #takers: readonly [AccountId, AccountId];
  readonly #us: AccountId;
  readonly #orders: CrowdOrder[] = [];
  readonly papers: readonly PaperVenue[];
  readonly #paperFills: number[];
  readonly paperTotals: () => readonly number[];
  #ours: (OurOrder & { readonly id: VenueOrderId }) | null = null;
  #told = 0;
  #late: EngineEvent[] = [];
  #now: EpochUs = START;

  /** @param settings one paper venue each */
  constructor(
    settings: readonly Partial<PaperSettings>[],
    private readonly arrangement: Arrangement,
  ) {
    this.papers = settings.map((each) => new PaperVenue({ ...PAPER, fills: 'queue', ...each }, { next: () => 0 }, START));
    this.#paperFills = settings.map(() => 0);
    this.paperTotals = () => this.#paperFills;
    this.#makers = [this.#truth.account(1_000_000, 'makers'), this.#seen.account(1_000_000, 'makers')];
    this.#takers = [this.#truth.account(1_000_000, 'takers'), this.#seen.account(1_000_000, 'takers')];
    this.#us = this.#truth.account(1_000_000, 'us');
    for (const [i, paper] of this.papers.entries()) {
      paper.observe({ type: 'market-listed', at: START, index: M, market: market() });
      this.#show(paper, i, { type: 'book-snapshot', at: START, market: M, bids: [], asks: [], exchangeAt: START });
    }
  }

  /** Contracts in hundredths that our real order has traded. */
  get filled(): number {
    return this.#truth.events.reduce(
      (sum, event) => (event.type === 'fill' && event.account === this.#us ? sum + event.fill.quantity : sum),
      0,
    );
  }

  /** Contracts ahead of our real order at its own price, in hundredths; 0 once it is gone. */
  get ahead(): number {
    if (this.#ours === null) return 0;
    const { id, side, cents } = this.#ours;
    const all = this.#truth.exchange.queuePositions(this.#us, { subaccount: 0 }).find((each) => each.orderId === id)?.ahead ?? 0;
    const better = this.#levels(this.#truth, side).filter((level) =>
      side === 'bid' ? level.price > cents * 100 : level.price < cents * 100,
    );
    return all - better.reduce((sum, level) => sum + level.quantity, 0);
  }

  /** Our order really rests in the one world, and on paper beside the other. */
  enter(order: OurOrder): void {
    this.#pass();
    const { orderId } = this.#truth.place(this.#us, order.side, order.cents, order.contracts, { postOnly: true });
    this.#ours = { ...order, id: orderId };
    this.#command({
      type: 'place',
      clientId: clientOrderId('kmm-1'),
      market: M,
      side: order.side,
      price: (order.cents * 100) as Price,
      quantity: quantity(order.contracts * 100),
      timeInForce: 'good-till-cancelled',
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: false,
      selfTrade: 'taker-at-cross',
      expiresAt: null,
      group: null,
    } satisfies Place);
  }

  /** Makes it smaller in both worlds. */
  decrease(contracts: number): void {
    if (this.#ours === null) return;
    this.#pass();
    const { id } = this.#ours;
    const left = this.#truth.exchange.remaining(this.#us, id);
    if (left === null || left <= contracts * 100) return;
    this.#truth.exchange.decreaseOrder(this.#us, { ...this.#truth.address(id), reduceTo: quantity(contracts * 100) });
    const target = { clientId: clientOrderId('kmm-1'), market: M };
    for (const [i, paper] of this.papers.entries()) {
      const orderId = 'paper-1' as VenueOrderId;
      this.#send(paper, i, { type: 'decrease', ...target, orderId, remaining: quantity(contracts * 100) });
    }
  }

  /** The crowd acts, the same in both worlds. @param may which cancels are allowed */
  crowd(deed: Deed, may: 'all' | 'behind us' = 'all'): void {
    this.#pass();
    switch (deed.do) {
      case 'join':
        this.#join(deed.side, deed.cents, deed.contracts);
        break;
      case 'take': {
        const levels = this.#levels(this.#seen, deed.from).slice(0, deed.levels);
        const shown = levels.reduce((sum, level) => sum + level.quantity, 0);
        const size = Math.floor((shown * deed.share) / 100);
        const last = levels.at(-1);
        if (last !== undefined && size > 0)
          this.#both(this.#takers, (floor, account) => floor.ioc(account, opposite(deed.from), last.price / 100, size / 100));
        break;
      }
      case 'cancel': {
        const ours = this.#ours;
        const candidates = this.#orders.filter(
          (order) => may === 'all' || order.isLater || ours === null || order.side !== ours.side || order.cents !== ours.cents,
        );
        const picked = candidates[deed.number % Math.max(candidates.length, 1)];
        if (picked !== undefined)
          this.#both(this.#makers, (floor, account, i) => void floor.exchange.cancelOrder(account, floor.address(picked.ids[i])));
        break;
      }
      case 'cross': {
        const ours = this.#ours;
        if (ours === null) break;
        const reach = this.#levels(this.#seen, ours.side).filter((level) =>
          ours.side === 'bid' ? level.price >= ours.cents * 100 : level.price <= ours.cents * 100,
        );
        const shown = reach.reduce((sum, level) => sum + level.quantity, 0);
        this.#both(this.#takers, (floor, account) => floor.place(account, opposite(ours.side), ours.cents, shown / 100 + deed.more));
        break;
      }
    }
    this.#tell();
  }

  /** What is still under way arrives. */
  finish(): void {
    this.#pass();
    this.#deliver(this.#late);
    this.#late = [];
  }

  #join(side: BookSide, cents: number, contracts: number): void {
    const best = this.#levels(this.#seen, opposite(side))[0];
    const ours = this.#ours;
    // A quote of the crowd that would trade on arrival is no quote, in neither world.
    if (best !== undefined && (side === 'bid' ? cents * 100 >= best.price : cents * 100 <= best.price)) return;
    if (ours !== null && ours.side !== side && (side === 'bid' ? cents >= ours.cents : cents <= ours.cents)) return;
    const ids = this.#both(this.#makers, (floor, account) => floor.place(account, side, cents, contracts).orderId);
    this.#orders.push({ side, cents, isLater: ours !== null, ids });
  }

  #both<T>(who: readonly [AccountId, AccountId], act: (floor: Floor, account: AccountId, i: 0 | 1) => T): [T, T] {
    return [act(this.#worlds[0], who[0], 0), act(this.#worlds[1], who[1], 1)];
  }

  #levels(floor: Floor, side: BookSide): readonly Level[] {
    const book = floor.exchange.book(A);
    return (side === 'bid' ? book?.bids : book?.asks) ?? [];
  }

  #pass(): void {
    this.#now = later(this.#now, millis(10));
    for (const floor of this.#worlds) floor.exchange.advance(this.#now);
  }

  #tell(): void {
    const facts = this.#seen.events.slice(this.#told).flatMap((event) => publicFact(event));
    this.#told = this.#seen.events.length;
    const trades = facts.filter((fact) => fact.type === 'trade');
    const deltas = facts.filter((fact) => fact.type !== 'trade');
    switch (this.arrangement) {
      case 'as told':
        return this.#deliver(facts);
      case 'trades first':
        return this.#deliver([...trades, ...deltas]);
      case 'deltas first':
        return this.#deliver([...deltas, ...trades]);
      case 'trades late':
        this.#deliver([...deltas, ...this.#late]);
        this.#late = trades;
    }
  }

  #deliver(facts: readonly EngineEvent[]): void {
    for (const [i, paper] of this.papers.entries()) for (const fact of facts) this.#show(paper, i, { ...fact, at: this.#now });
  }

  #show(paper: PaperVenue, i: number, fact: EngineEvent): void {
    this.#count(i, paper.advance(this.#now));
    paper.observe(fact);
    this.#count(i, paper.advance(this.#now));
  }

  #command(command: VenueCommand): void {
    for (const [i, paper] of this.papers.entries()) this.#send(paper, i, command);
  }

  #send(paper: PaperVenue, i: number, command: VenueCommand): void {
    this.#count(i, paper.advance(this.#now));
    paper.send({ mode: 'single', commands: [command as Approved<VenueCommand>] });
    this.#count(i, paper.advance(this.#now));
  }

  #count(i: number, facts: readonly EngineEvent[]): void {
    for (const fact of facts) {
      if (fact.type === 'command-refused') throw new Error(`refused on paper: ${fact.detail}`);
      if (fact.type === 'fill') this.#paperFills[i] = (this.#paperFills[i] ?? 0) + fact.fill.quantity;
    }
  }
}

const publicFact = (event: ExchangeEvent): EngineEvent[] => {
  if (event.type === 'book')
    return event.ticker === A
      ? [{ type: 'book-delta', at: event.at, market: M, side: event.side, price: event.price, change: event.change, exchangeAt: event.at }]
      : [];
  if (event.type !== 'trade' || event.trade.ticker !== A) return [];
  const { price, quantity: size, takerSide } = event.trade;
  return [{ type: 'trade', at: event.at, market: M, price, quantity: size, takerSide, exchangeAt: event.at }];
};

export const contractsOf = (size: Quantity | number): number => size / 100;
