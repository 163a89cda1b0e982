/** Holds the invariants of the project against the exchange's own ledger. It never asks the bot what is true. */
import type { EngineAction } from '../../src/domain/actions.js';
import type { EngineEvent } from '../../src/domain/events.js';
import type { ClientOrderId, Ticker } from '../../src/domain/ids.js';
import { opposite } from '../../src/domain/market.js';
import type { Call, Place, VenueCommand } from '../../src/domain/order.js';
import type { RiskSettings } from '../../src/domain/settings.js';
import type { EpochUs } from '../../src/domain/units.js';
import type { ExchangeEvent } from '../../src/exchange/core/types.js';
import type { Ledger, WorstTruth } from './ledger.js';

/** A broken invariant, by its number in the reliability notes. */
export class Broken extends Error {
  constructor(
    readonly invariant: string,
    text: string,
  ) {
    super(`${invariant}: ${text}`);
  }
}

export interface JudgeParts {
  readonly ledger: Ledger;
  readonly tickers: readonly Ticker[];
  readonly risk: RiskSettings;
  readonly prefix: string;
  readonly now: () => EpochUs;
  /** Fractions of contracts or money beyond a limit that are not the bot's doing. */
  readonly foreign: () => { readonly contracts: number; readonly cash: number };
}

/** The average cost of a position depends on the order in which its fills are told, so two honest ledgers may differ by some cents. */
const CASH_SLACK = 500_000;
/** A fill may be unknown to the bot until the next reading of the account. */
const KNOWN_WITHIN = 45_000_000;

interface Told {
  book: 'none' | 'good' | 'lost';
  status: string;
}

export class Judge {
  readonly #parts: JudgeParts;
  readonly #told: Told[];
  #feedUp = false;
  #silent = false;
  #killed = false;
  /** How old the newest frame was when it came. */
  #age = 0;
  readonly #ids = new Set<ClientOrderId>();
  /** Places without an answer, and cancels without one, as the present process sees it. */
  readonly #placing = new Map<ClientOrderId, { readonly place: Place; readonly sentAt: EpochUs }>();
  readonly #cancelling = new Set<ClientOrderId>();
  /** Orders that the exchange has ended. */
  readonly #over = new Set<ClientOrderId>();

  constructor(parts: JudgeParts) {
    this.#parts = parts;
    this.#told = parts.tickers.map(() => ({ book: 'none', status: 'active' }));
  }

  get killed(): boolean {
    return this.#killed;
  }

  /** A new process knows nothing of what was told before. */
  restarted(statuses: readonly string[]): void {
    this.#feedUp = false;
    this.#silent = false;
    this.#told.forEach((told, i) => {
      told.book = 'none';
      told.status = statuses[i] ?? told.status;
    });
    this.#placing.clear();
    this.#cancelling.clear();
  }

  /** A fact is about to be told to the bot. */
  tells(event: EngineEvent): void {
    switch (event.type) {
      case 'feed-up':
        this.#feedUp = true;
        this.#silent = false;
        return;
      case 'feed-down':
        this.#feedUp = false;
        return;
      case 'feed-silence':
        this.#silent = event.silent;
        return;
      case 'book-lost':
        this.#book(event.market).book = 'lost';
        return;
      case 'book-snapshot':
        this.#book(event.market).book = 'good';
        this.#age = this.#parts.now() - event.exchangeAt;
        return;
      case 'book-delta':
      case 'trade':
        this.#age = this.#parts.now() - event.exchangeAt;
        return;
      case 'market-changed':
        if (event.status !== undefined) this.#book(event.market).status = event.status;
        return;
      case 'order-accepted':
        this.#placing.delete(event.clientId);
        return;
      case 'command-refused':
      case 'order-cancelled':
        if (event.type === 'order-cancelled' || event.command === 'cancel') this.#cancelling.delete(event.clientId);
        if (event.type === 'command-refused' && event.command === 'place') this.#placing.delete(event.clientId);
        return;
      case 'command-unknown':
        if (event.command === 'cancel') this.#cancelling.delete(event.clientId);
        return;
      case 'order-update':
        if (event.order.clientId !== null) this.#placing.delete(event.order.clientId);
        return;
      case 'account-reading':
        // What a reading that is newer does not show was never there.
        if (event.complete)
          for (const [clientId, { sentAt }] of this.#placing) if (sentAt < event.validUntil) this.#placing.delete(clientId);
        return;
      case 'control':
        if (event.command === 'kill') this.#killed = true;
        return;
      default:
        return;
    }
  }

  #book(market: number): Told {
    return this.#told.at(market) as Told;
  }

  did(actions: readonly EngineAction[]): void {
    for (const action of actions) {
      if (action.type === 'halt' && action.latch) this.#killed = true;
      if (action.type === 'say' && action.code === 'POSITION_DRIFT') throw new Broken('I4', action.text);
    }
  }

  /** A call is about to leave the bot. */
  sends(call: Call): void {
    for (const command of call.commands) {
      if (command.type === 'cancel') this.#cancelling.add(command.clientId);
      if (command.type !== 'place' && command.type !== 'amend') continue;
      this.#checkOutgoing(command);
      if (command.type === 'place') this.#checkPlace(command);
    }
  }

  #checkOutgoing(command: Extract<VenueCommand, { type: 'place' | 'amend' }>): void {
    const what = `${command.type} ${command.clientId}`;
    const { book, status } = this.#book(command.market);
    if (this.#killed) throw new Broken('I5', `${what} left after the kill`);
    if (!this.#feedUp || this.#silent) throw new Broken('I7', `${what} left while the stream was ${this.#feedUp ? 'silent' : 'down'}`);
    if (book !== 'good') throw new Broken('I7', `${what} left on a book that is ${book}`);
    if (status !== 'active') throw new Broken('I7', `${what} left in a market that is ${status}`);
    if (this.#age > 5_500_000) throw new Broken('I7', `${what} left on data ${this.#age / 1e6} s old`);
    const { band } = this.#parts.risk;
    if (command.price < band.low || command.price > band.high) throw new Broken('I8', `${what} at ${command.price} is out of the band`);
    if (command.type === 'amend') return;
    if (!command.postOnly) throw new Broken('I8', `${what} is not post-only`);
    if (command.quantity > this.#parts.risk.orderSizeMax) throw new Broken('I8', `${what} of ${command.quantity} is too large`);
  }

  #checkPlace(place: Place): void {
    if (this.#ids.has(place.clientId)) throw new Broken('I6', `client id ${place.clientId} used twice`);
    this.#ids.add(place.clientId);
    const { ledger, tickers } = this.#parts;
    const staying = ledger
      .ordersOf(tickers.at(place.market) as Ticker, place.side)
      .filter(({ clientId }) => clientId !== null && this.#ids.has(clientId) && !this.#cancelling.has(clientId))
      .map(({ clientId }) => clientId);
    for (const { place: other } of this.#placing.values())
      if (other.market === place.market && other.side === place.side && !this.#cancelling.has(other.clientId)) staying.push(other.clientId);
    // A place whose order ended before its answer came is settled by the stream.
    const open = staying.filter((id) => id !== null && !this.#over.has(id));
    if (open.length > 0) throw new Broken('I6', `${place.clientId} placed beside ${open.join(', ')}, which nobody has cancelled`);
    this.#placing.set(place.clientId, { place, sentAt: this.#parts.now() });
  }

  /** A command takes effect now. */
  arrives(command: VenueCommand): void {
    if (command.type !== 'place' && command.type !== 'amend') return;
    const { ledger, tickers } = this.#parts;
    // An amend of an order that is gone changes nothing.
    if (command.type === 'amend' && !ledger.resting.has(command.orderId)) return;
    for (const other of ledger.ordersOf(tickers.at(command.market) as Ticker, opposite(command.side))) {
      if (other.clientId?.startsWith(this.#parts.prefix) !== true) continue;
      const meets = command.side === 'bid' ? command.price >= other.price : command.price <= other.price;
      if (meets)
        throw new Broken('I8', `${command.type} ${command.clientId} at ${command.price} meets own ${other.clientId} at ${other.price}`);
    }
  }

  /** The exchange tells; the ledger has taken it already. */
  happened(event: ExchangeEvent): void {
    if (event.type !== 'order' || event.order.clientOrderId?.startsWith(this.#parts.prefix) !== true) return;
    if (event.order.status !== 'resting') {
      this.#over.add(event.order.clientOrderId);
      return;
    }
    const { ticker } = event.order;
    if (!this.#parts.tickers.includes(ticker) || (event.reason !== null && event.reason !== 'Amend')) return;
    const { risk, ledger } = this.#parts;
    const now = this.#parts.now();
    const { contracts, cash } = this.#parts.foreign();
    // The end of a market takes a hedge from its event: the bot may go by either picture until it must have heard.
    const truths = [now, now - KNOWN_WITHIN].map((moment) => ({
      worst: ledger.worst(ticker, moment),
      // Beyond a limit (a market of the event has ended) an order that makes nothing worse may still come.
      before: ledger.worst(ticker, moment, event.order.orderId),
    }));
    const limit = (what: keyof WorstTruth, most: number): void => {
      const breach = truths.filter(({ worst, before }) => worst[what] > most && worst[what] > before[what]);
      if (breach.length === truths.length) throw new Broken('I1', `worst case of the ${what} is ${breach[0]?.worst[what]}, limit ${most}`);
    };
    limit('market', risk.positionMaxPerMarket + contracts);
    limit('event', risk.positionMaxPerEvent + contracts);
    limit('account', risk.positionMaxPerAccount + contracts);
    limit('loss', risk.capitalMax + cash + CASH_SLACK + ledger.gainsSince(now - KNOWN_WITHIN));
  }
}
