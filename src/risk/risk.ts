/**
 * The last word before an order leaves, and the only maker of `Approved`. `shape` trims what a strategy wants to what the limits leave; `approve` judges each
 * command again on the worst case: position plus everything resting, in flight or unknown, filled. Cancels and decreases always pass.
 */
import type { MarketIndex, ClientOrderId } from '../domain/ids.js';
import type { BookSide, Market } from '../domain/market.js';
import type { Amend, Approved, Place, VenueCommand } from '../domain/order.js';
import type { RiskSettings } from '../domain/settings.js';
import {
  cash,
  complement,
  formatQuantity,
  notional,
  parseQuantity,
  quantity,
  seconds,
  subtractQuantity,
  toSeconds,
  type Cash,
  type DurationUs,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { noTarget, type Quote, type Take, type Target } from '../domain/view.js';
import { markApproved } from './approve.js';
import { underCeilings } from './ceilings.js';
import {
  checkBand,
  checkBook,
  checkCollar,
  checkGrid,
  checkMarketOpen,
  checkOpenOrders,
  checkPostOnly,
  checkSelfCross,
  checkSize,
  checkWorstCases,
  isWithinLimits,
} from './checks.js';
import { worstCases, type MarketExposure, type OtherExposures } from './exposure.js';
import { KillSwitch } from './kill-switch.js';
import { LossLimits } from './loss-limits.js';
import type { Violation } from './violation.js';
import { DuplicateWatch, RateWindow, RefusalBreaker } from './windows.js';

/** One of our live orders, as far as risk needs it. */
export interface OpenOrder {
  readonly clientId: ClientOrderId;
  /** Worst of its present price and the one an unanswered amend will bring. */
  readonly worstPrice: Price;
  /** Worst case of it still to fill. */
  readonly exposure: Quantity;
  /** Contracts of it that are in the position already. */
  readonly booked: Quantity;
}

/** One market at the moment of a decision. `exposure` contains every order of ours, `quotedBid` and `quotedAsk` included. */
export interface RiskContext {
  readonly now: EpochUs;
  readonly index: MarketIndex;
  readonly market: Market;
  readonly exposure: MarketExposure;
  readonly others: OtherExposures;
  /** Orders open on the account. */
  readonly openOrders: number;
  /** Best prices and mid without our own orders. */
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  readonly mid: number | null;
  /** Most aggressive price at which an order of this account may rest, per side; null where none. */
  readonly ownBid: Price | null;
  readonly ownAsk: Price | null;
  /** Why the book cannot be trusted (stale, gapped, crossed), or null where it can. */
  readonly bookProblem: string | null;
  /** The order of each side that a new quote takes the place of, or that an amend changes; null where none. */
  readonly quotedBid: OpenOrder | null;
  readonly quotedAsk: OpenOrder | null;
}

export type Approval =
  { readonly ok: true; readonly command: Approved<VenueCommand> } | { readonly ok: false; readonly code: string; readonly text: string };

/** What became of a quote: as it was, cut, or refused. */
export type Shaped = { readonly quote: Quote; readonly refused: null } | { readonly quote: null; readonly refused: Violation };

const NONE_WANTED = Object.freeze({ quote: null, refused: null });

export interface RiskOptions {
  readonly settings: RiskSettings;
  /** Every order must rest: one that would trade on arrival is refused. */
  readonly postOnly: boolean;
  /** Orders that trade at once or not at all; absent: never. */
  readonly takes?: 'allowed' | 'never';
  readonly stopBeforeClose: DurationUs;
}

const ONE_CONTRACT = parseQuantity('1');
const RATE_WINDOW = seconds(1);

export class Risk {
  readonly killSwitch = new KillSwitch();
  readonly losses: LossLimits;
  /** Limits in force, after the hard ceilings. */
  readonly settings: RiskSettings;
  /** Limits that the ceilings brought down, for people. */
  readonly lowered: readonly string[];
  readonly #postOnly: boolean;
  readonly #mayTake: boolean;
  readonly #stopBeforeClose: DurationUs;
  readonly #rate: RateWindow;
  readonly #duplicates: DuplicateWatch;
  readonly #refusals: RefusalBreaker;
  readonly #counters = new Map<string, number>();

  constructor(options: RiskOptions) {
    const { settings, lowered } = underCeilings(options.settings);
    this.settings = settings;
    this.lowered = lowered;
    this.losses = new LossLimits(settings);
    this.#postOnly = options.postOnly;
    this.#mayTake = options.takes === 'allowed';
    this.#stopBeforeClose = options.stopBeforeClose;
    this.#rate = new RateWindow(settings.orderRateMax, RATE_WINDOW);
    this.#duplicates = new DuplicateWatch(settings.duplicateWindow);
    this.#refusals = new RefusalBreaker(settings.refusalsMaxPerMinute);
  }

  /** How often each check has said no, by code; `approved` counts the rest. */
  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** What stops everything but cancels: the kill switch, a pause or a latched loss limit of the session; null where nothing does. */
  halted(): Violation | null {
    return this.#checkSwitch() ?? this.losses.breach;
  }

  /** Why this market may not be quoted at all now, or null. */
  gate(context: RiskContext): Violation | null {
    return (
      this.halted() ??
      this.losses.breachOf(context.index) ??
      this.#checkRefusals(context) ??
      checkMarketOpen(context.market, context.now, this.#stopBeforeClose) ??
      checkBook(context.bookProblem)
    );
  }

  /** Trims a target to what the limits leave. The side that reduces the position is never cut for the position's sake. Returns the target itself where it fits. */
  shape(target: Target, context: RiskContext): Target {
    if (target.bid === null && target.ask === null) return target;
    const closed = this.gate(context);
    if (closed !== null) {
      this.#count(closed.code);
      return { ...noTarget(closed, target.fair), reservation: target.reservation };
    }
    const bid = target.bid === null ? NONE_WANTED : this.#shapeSide('bid', target.bid, context.quotedBid, context);
    const ask = target.ask === null ? NONE_WANTED : this.#shapeSide('ask', target.ask, context.quotedAsk, context);
    if (bid.quote === target.bid && ask.quote === target.ask) return target;
    return { ...target, bid: bid.quote, ask: ask.quote, noBid: bid.refused ?? target.noBid, noAsk: ask.refused ?? target.noAsk };
  }

  /** Cuts a take to what the limits leave. Less than it is worth while for is refused. */
  shapeTake(take: Take, context: RiskContext): Shaped {
    const closed = this.gate(context);
    if (closed !== null) return this.#refuseSide(closed);
    const shaped = this.#shapeSide(take.side, take, null, context);
    const { quote } = shaped;
    if (quote === null || take.sizeMin === undefined || quote.size >= take.sizeMin) return shaped;
    return this.#refuseSide({
      code: 'take-too-small',
      text: `the limits leave ${formatQuantity(quote.size)} contracts, and fees make fewer than ${formatQuantity(take.sizeMin)} not worth while`,
    });
  }

  /** Judges a command that is about to leave. An approval counts against the order rate, so ask only for what is then sent. */
  approve(command: VenueCommand, context: RiskContext): Approval {
    switch (command.type) {
      case 'cancel':
      case 'decrease':
        return this.#approved(command);
      case 'place':
      case 'amend':
        break;
    }
    const renews = isRenewal(command, context);
    const violation = this.#judge(command, context, renews);
    if (violation !== null) {
      this.#count(violation.code);
      return { ok: false, ...violation };
    }
    if (!renews) {
      this.#rate.note(context.now);
      this.#duplicates.note(slotOf(command), intentOf(command), context.now);
    }
    return this.#approved(command);
  }

  /** The exchange refused an order of this market. @returns true in the moment this pauses the market */
  noteRefusal(market: MarketIndex, now: EpochUs): boolean {
    return this.#refusals.note(market, now);
  }

  /**
   * Holds results (realized and unrealized less fees) against the loss limits. A session breach also kills; a market breach stops that market.
   * @returns the breach in the moment it happens
   */
  observe(market: MarketIndex, marketResult: Cash, sessionResult: Cash): Violation | null {
    const session = this.losses.observe(sessionResult);
    if (session !== null) this.killSwitch.kill(session.code, session.text);
    const ofMarket = this.losses.observeMarket(market, marketResult);
    return session ?? ofMarket;
  }

  /** @param renews its expiry alone changes: that is paced by a share of the write budget and is no order in the sense of the order rate */
  #judge(command: Place | Amend, context: RiskContext, renews: boolean): Violation | null {
    return (
      this.gate(context) ??
      checkGrid(context.market, command.price) ??
      checkBand(this.settings, command.price) ??
      checkCollar(this.settings, command.price, context.mid) ??
      this.#checkPostOnly(command, context) ??
      checkSelfCross(command.side, command.price, command.side === 'bid' ? context.ownAsk : context.ownBid) ??
      this.#checkSizes(command, context) ??
      (command.type === 'place' ? checkOpenOrders(this.settings, context.openOrders) : null) ??
      (renews ? null : (this.#checkRate(context.now) ?? this.#checkDuplicate(command, context.now)))
    );
  }

  /** Order size, and every worst case with the order in it. */
  #checkSizes(command: Place | Amend, context: RiskContext): Violation | null {
    const { market, exposure, others } = context;
    const before = worstCases(exposure, market, others);
    if (command.type === 'place') {
      const after = worstCases(withOrder(exposure, command.side, command.price, command.quantity, market.payout), market, others);
      return checkSize(this.settings, command.quantity) ?? checkWorstCases(this.settings, before, after);
    }
    const quoted = command.side === 'bid' ? context.quotedBid : context.quotedAsk;
    if (quoted === null || quoted.clientId !== command.clientId)
      return { code: 'unknown-order', text: `amend of ${command.clientId}, which is not the quote of its side` };
    const size = subtractQuantity(command.total, quoted.booked);
    // Until the amend is answered either of the two terms may be in force: the worse of each counts.
    const worstSize = size > quoted.exposure ? size : quoted.exposure;
    const worstPrice = worseOf(command.side, command.price, quoted.worstPrice);
    const rest = withoutOrder(exposure, command.side, quoted, market.payout);
    const after = worstCases(withOrder(rest, command.side, worstPrice, worstSize, market.payout), market, others);
    return checkSize(this.settings, size) ?? checkWorstCases(this.settings, before, after);
  }

  /** @param quoted the order whose place the quote takes, or null */
  #shapeSide(side: BookSide, quote: Quote, quoted: OpenOrder | null, context: RiskContext): Shaped {
    const price =
      checkGrid(context.market, quote.price) ??
      checkBand(this.settings, quote.price) ??
      checkCollar(this.settings, quote.price, context.mid);
    if (price !== null) return this.#refuseSide(price);
    const { market, others } = context;
    const rest = quoted === null ? context.exposure : withoutOrder(context.exposure, side, quoted, market.payout);
    const placed = worstCases(withOrder(rest, side, quote.price, quote.size, market.payout), market, others);
    // The usual case: every limit is far away, and nothing need be compared with how it was.
    if (checkSize(this.settings, quote.size) === null && isWithinLimits(this.settings, placed)) return { quote, refused: null };
    return this.#trim(side, quote, rest, context);
  }

  /** A quote that touches a limit: cut to what is left, or refused. @param rest exposure without the order whose place the quote takes */
  #trim(side: BookSide, quote: Quote, rest: MarketExposure, context: RiskContext): Shaped {
    const { market, others } = context;
    const before = worstCases(rest, market, others);
    const violationOf = (size: number): Violation | null =>
      checkSize(this.settings, quantity(size)) ??
      checkWorstCases(this.settings, before, worstCases(withOrder(rest, side, quote.price, quantity(size), market.payout), market, others));
    const whole = violationOf(quote.size);
    if (whole === null) return { quote, refused: null };
    if (this.settings.onLimit === 'refuse') return this.#refuseSide(whole);
    const size = largest(quote.size, (candidate) => violationOf(candidate) === null);
    if (size === 0) return this.#refuseSide(whole);
    this.#count(`cut-${whole.code}`);
    return { quote: { price: quote.price, size: quantity(size) }, refused: null };
  }

  #refuseSide(violation: Violation): Shaped {
    this.#count(violation.code);
    return { quote: null, refused: violation };
  }

  #checkSwitch(): Violation | null {
    const { state } = this.killSwitch;
    switch (state.type) {
      case 'trading':
        return null;
      case 'paused':
        return { code: 'paused', text: `paused: ${state.holds.map((hold) => hold.reason).join('; ')}` };
      case 'killed':
        return { code: 'killed', text: `killed (${state.code}): ${state.reason}` };
    }
  }

  #checkRefusals(context: RiskContext): Violation | null {
    if (!this.#refusals.isOpen(context.index, context.now)) return null;
    return {
      code: 'refusal-rate',
      text: `more than ${this.settings.refusalsMaxPerMinute} refusals within a minute: paused for one (risk.refusals_max_per_minute)`,
    };
  }

  /** An order rests, or it trades at once and the strategy is one that takes. */
  #checkPostOnly(command: Place | Amend, context: RiskContext): Violation | null {
    if (command.type === 'place' && command.timeInForce !== 'good-till-cancelled')
      return this.#mayTake && !command.postOnly
        ? null
        : { code: 'take', text: 'an order that trades at once, of a strategy that is no taker' };
    if (!this.#postOnly) return null;
    if (command.type === 'place' && !command.postOnly)
      return { code: 'post-only', text: 'an order without post-only (execution.post_only)' };
    return checkPostOnly(command.side, command.price, context.bestBid, context.bestAsk);
  }

  #checkRate(now: EpochUs): Violation | null {
    if (this.#rate.hasRoom(now)) return null;
    const max = this.settings.orderRateMax;
    return {
      code: 'order-rate',
      text: `${max} placements and amends within the last second, limit ${max} (risk.order_rate_max_per_second)`,
    };
  }

  #checkDuplicate(command: Place | Amend, now: EpochUs): Violation | null {
    if (!this.#duplicates.isRepeat(slotOf(command), intentOf(command), now)) return null;
    return {
      code: 'duplicate',
      text: `the same ${command.type} again within ${toSeconds(this.settings.duplicateWindow)} s (risk.duplicate_window_ms)`,
    };
  }

  #approved(command: VenueCommand): Approval {
    this.#count('approved');
    return { ok: true, command: markApproved(command) };
  }

  #count(code: string): void {
    this.#counters.set(code, (this.#counters.get(code) ?? 0) + 1);
  }
}

/** Price and size stay what they are. */
const isRenewal = (command: Place | Amend, { quotedBid, quotedAsk }: RiskContext): boolean => {
  if (command.type === 'place') return false;
  const quoted = command.side === 'bid' ? quotedBid : quotedAsk;
  if (quoted === null || quoted.clientId !== command.clientId) return false;
  return command.price === quoted.worstPrice && command.total - quoted.booked === quoted.exposure;
};

const riskPrice = (side: BookSide, at: Price, payout: Price): Price => (side === 'bid' ? at : complement(at, payout));
const worseOf = (side: BookSide, a: Price, b: Price): Price => ((side === 'bid' ? a > b : a < b) ? a : b);

const shift = (of: MarketExposure, side: BookSide, size: number, money: number): MarketExposure =>
  side === 'bid'
    ? { ...of, bid: quantity(of.bid + size), bidCash: cash(of.bidCash + money) }
    : { ...of, ask: quantity(of.ask + size), askCash: cash(of.askCash + money) };

const withOrder = (of: MarketExposure, side: BookSide, at: Price, size: Quantity, payout: Price): MarketExposure =>
  shift(of, side, size, notional(riskPrice(side, at, payout), size));

const withoutOrder = (of: MarketExposure, side: BookSide, order: OpenOrder, payout: Price): MarketExposure =>
  shift(of, side, -order.exposure, -notional(riskPrice(side, order.worstPrice, payout), order.exposure));

/** The largest size up to `wanted` that fits, in whole contracts where as much as one was wanted; 0 where none does. `fits` is true up to some size and false beyond. */
const largest = (wanted: Quantity, fits: (size: number) => boolean): number => {
  const step = wanted >= ONE_CONTRACT ? ONE_CONTRACT : 1;
  let low = 0;
  let high = Math.floor(wanted / step);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle * step)) low = middle;
    else high = middle - 1;
  }
  return low * step;
};

const slotOf = (command: Place | Amend): string => `${command.market}:${command.side}`;
const intentOf = (command: Place | Amend): string =>
  command.type === 'place'
    ? `place ${command.price} ${command.quantity}`
    : `amend ${command.clientId} ${command.price} ${command.total} ${String(command.expiresAt)}`;
