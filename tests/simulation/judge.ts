/** Holds the invariants of the project against the exchange's own ledger and against what passed over the network. It never asks the bot what is true. */
import type { Ticker } from '../../src/domain/ids.js';
import type { RiskSettings } from '../../src/domain/settings.js';
import { parsePrice, parseQuantity, type EpochUs } from '../../src/domain/units.js';
import type { ExchangeEvent } from '../../src/exchange/core/types.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import type { WireRequest } from './fates.js';
import type { Ledger, WorstTruth } from './ledger.js';
import { Shadow } from './shadow.js';

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
  /** Most that an order of ours may live without being renewed, in microseconds. */
  readonly orderLife: number | null;
  /** Fractions of contracts or money beyond a limit that are not the bot's doing. */
  readonly foreign: () => { readonly contracts: number; readonly cash: number };
  /** Takes note of the first broken invariant; the world stops turning. It is not thrown, since the bot might catch it. */
  readonly broken: (broken: Broken) => void;
}

/** The average cost of a position depends on the order in which its fills are told, so two honest ledgers may differ: by some ticks on the largest position. */
const CASH_SLACK = 1_500_000;
/** A fill may be unknown to the bot until the next reading of the account. */
const KNOWN_WITHIN = 45_000_000;
/** A latch written from outside is seen within so long. */
const LATCH_SEEN_WITHIN = 400_000;
/** A cancel's longest wait for tokens, its timeout, and a second try. */
const BESIDE_MAX = 15_000_000;

/** An order as it is sent. */
interface Sent {
  readonly ticker: string;
  readonly client_order_id: string;
  readonly side: 'bid' | 'ask';
  readonly count: string;
  readonly price: string;
  readonly post_only?: boolean;
  readonly expiration_time?: number;
}

interface Placing {
  readonly ticker: string;
  readonly side: string;
  readonly sentAt: EpochUs;
}

const isBatch = (request: WireRequest): boolean => request.path.endsWith('/batched');

export class Judge {
  readonly shadow = new Shadow();
  readonly #parts: JudgeParts;
  readonly #prefix: string;
  /** Client ids ever used, with a sum of what was asked for. */
  readonly #ids = new Map<string, number>();
  /** Places without an answer, and orders with a cancel under way, as the present process sees it. */
  readonly #placing = new Map<string, Placing>();
  readonly #cancelling = new Set<string>();
  /** Orders that the exchange has ended. */
  readonly #over = new Set<string>();
  /** Orders that took the place of others which still rest. */
  #beside: { readonly old: string; readonly fresh: string; since: number }[] = [];
  #killedAt: number | null = null;
  #provenUntil = 0;
  /** Orders that left. */
  ownOrders = 0;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
    this.#prefix = `${parts.prefix}-`;
  }

  get killed(): boolean {
    return this.#killedAt !== null;
  }

  /** Somebody pressed the kill switch; `seen` where the process was told itself. */
  kill(seen: boolean): void {
    const at = this.#parts.now() + (seen ? 0 : LATCH_SEEN_WITHIN);
    if (this.#killedAt === null || at < this.#killedAt) this.#killedAt = at;
  }
  /** A person has looked and cleared the latch. */
  cleared(): void {
    this.#killedAt = null;
  }

  /** A new process knows nothing of what was told before. */
  restarted(): void {
    this.shadow.stream(false, this.#parts.now());
    this.#placing.clear();
    this.#cancelling.clear();
    this.#beside = [];
  }

  #fail(invariant: string, text: string): void {
    this.#parts.broken(new Broken(invariant, text));
  }

  // ---- what leaves the bot ----

  leaves(request: WireRequest): void {
    const { method, path } = request;
    if (!path.includes('/portfolio/events/orders')) return;
    if (method === 'DELETE') {
      for (const id of isBatch(request)
        ? (JSON.parse(request.body) as { orders: { order_id: string }[] }).orders.map((o) => o.order_id)
        : [path.split('/').at(-1) as string])
        this.#cancelling.add(id);
      return;
    }
    if (path.endsWith('/decrease')) return;
    if (path.endsWith('/amend')) {
      const amend = JSON.parse(request.body) as Sent;
      this.#checkOutgoing('amend', amend, path.split('/').at(-2) as string);
      return;
    }
    for (const order of ordersIn(request)) {
      this.ownOrders++;
      this.#checkOutgoing('place', order, order.client_order_id);
      this.#checkPlace(order);
    }
  }

  #checkOutgoing(verb: 'place' | 'amend', order: Sent, name: string): void {
    const { shadow } = this;
    const now = this.#parts.now();
    const what = `${verb} ${name} in ${order.ticker}`;
    if (this.#killedAt !== null && now > this.#killedAt) this.#fail('I5', `${what} left after the kill`);
    const objection = shadow.objection(order.ticker, now);
    if (objection !== null) this.#fail('I7', `${what} left although ${objection}`);
    const { band, orderSizeMax } = this.#parts.risk;
    const price = parsePrice(order.price);
    if (price < band.low || price > band.high) this.#fail('I8', `${what} at ${order.price} is out of the band`);
    if (verb === 'amend') return;
    if (order.post_only !== true) this.#fail('I8', `${what} is not post-only`);
    if (parseQuantity(order.count) > orderSizeMax) this.#fail('I8', `${what} of ${order.count} is too large`);
    if (this.#parts.orderLife !== null && order.expiration_time === undefined) this.#fail('I2', `${what} never expires`);
  }

  #checkPlace(order: Sent): void {
    const { ledger } = this.#parts;
    const id = order.client_order_id;
    const text = sumOf(JSON.stringify(order));
    const before = this.#ids.get(id);
    // The same order again under the same id is a question whether it was there; anything else is a second order.
    if (before !== undefined && before !== text) this.#fail('I6', `client id ${id} used twice`);
    this.#ids.set(id, text);
    for (const resting of ledger.ordersOf(order.ticker as Ticker, order.side))
      if (resting.clientId !== null && this.#ids.has(resting.clientId) && !this.#cancelling.has(resting.orderId))
        this.#beside.push({ old: resting.clientId, fresh: id, since: this.#parts.now() });
    const open: string[] = [];
    for (const [other, { ticker, side }] of this.#placing)
      if (ticker === order.ticker && side === order.side && other !== id && !this.#over.has(other)) open.push(other);
    if (open.length > 0) this.#fail('I6', `${id} placed beside ${open.join(', ')}, of which nobody knows what became`);
    this.#placing.set(id, { ticker: order.ticker, side: order.side, sentAt: this.#parts.now() });
  }

  /** Looks in now and then. A cancel may leave after the order that takes its place, when its connection has to be made first; it may not stay away. */
  look(restIsUp: boolean): void {
    const { ledger } = this.#parts;
    const now = this.#parts.now();
    if (!restIsUp) {
      for (const pair of this.#beside) pair.since = now;
      return;
    }
    const resting = new Set<string | null>([...ledger.resting.values()].map(({ clientId }) => clientId));
    this.#beside = this.#beside.filter(({ old, fresh }) => resting.has(old) && resting.has(fresh));
    for (const { old, fresh, since } of this.#beside)
      if (now - since > BESIDE_MAX) this.#fail('I6', `${fresh} rests beside ${old}, which nobody has cancelled`);
  }

  // ---- what reaches the exchange ----

  /** Takes effect next. */
  arrives(request: WireRequest): void {
    if (request.method !== 'POST' || !request.path.includes('/portfolio/events/orders')) return;
    if (request.path.endsWith('/decrease')) return;
    const { ledger } = this.#parts;
    const amended = request.path.endsWith('/amend') ? (request.path.split('/').at(-2) as string) : null;
    if (amended !== null && ![...ledger.resting.keys()].some((orderId) => orderId === amended)) return;
    for (const order of ordersIn(request)) {
      const price = parsePrice(order.price);
      for (const other of ledger.ordersOf(order.ticker as Ticker, order.side === 'bid' ? 'ask' : 'bid')) {
        if (other.clientId?.startsWith(this.#prefix) !== true) continue;
        if (order.side === 'bid' ? price >= other.price : price <= other.price)
          this.#fail('I8', `${order.side} at ${order.price} in ${order.ticker} meets own ${other.clientId} at ${other.price}`);
      }
    }
  }

  /** The exchange tells; the ledger has taken it already. */
  happened(event: ExchangeEvent): void {
    if (event.type !== 'order' || event.order.clientOrderId?.startsWith(this.#prefix) !== true) return;
    const { order } = event;
    if (order.status !== 'resting') {
      if (order.clientOrderId !== null) this.#over.add(order.clientOrderId);
      return;
    }
    const { risk, ledger, orderLife } = this.#parts;
    const { ticker } = order;
    const now = this.#parts.now();
    if (!this.#parts.tickers.includes(ticker) || (event.reason !== null && event.reason !== 'Amend')) return;
    // Clocks differ by what signatures allow.
    if (orderLife !== null && (order.expiresAt === null || order.expiresAt > now + orderLife + 26_000_000))
      this.#fail(
        'I2',
        `${order.clientOrderId} rests until ${order.expiresAt === null ? 'for ever' : (order.expiresAt - now) / 1e6} s from now`,
      );
    const { contracts, cash } = this.#parts.foreign();
    // The end of a market takes a hedge from its event: the bot may go by either picture until it must have heard.
    // Nor does it know how a dispute will end.
    const truths = ([now, now - KNOWN_WITHIN, 'undisputed'] as const).map((moment) => ({
      worst: ledger.worst(ticker, moment),
      // Beyond a limit (a market of the event has ended) an order that makes nothing worse may still come.
      before: ledger.worst(ticker, moment, order.orderId),
    }));
    const limit = (what: keyof WorstTruth, most: number): void => {
      const breach = truths.filter(({ worst, before }) => worst[what] > most && worst[what] > before[what]);
      if (breach.length === truths.length) this.#fail('I1', `worst case of the ${what} is ${breach[0]?.worst[what]}, limit ${most}`);
    };
    limit('market', risk.positionMaxPerMarket + contracts);
    limit('event', risk.positionMaxPerEvent + contracts);
    limit('account', risk.positionMaxPerAccount + contracts);
    limit('loss', risk.capitalMax + cash + CASH_SLACK + ledger.gainsSince(now - KNOWN_WITHIN));
  }

  // ---- what the bot is told ----

  answering(request: WireRequest, reply: Reply): void {
    const { method, path } = request;
    const definite = reply.status < 500 && reply.status !== 408;
    if (path.endsWith('/exchange/user_data_timestamp')) {
      const asOf = (reply.body as { as_of_time?: string } | null)?.as_of_time;
      if (asOf !== undefined) this.#provenUntil = Math.max(this.#provenUntil, Date.parse(asOf) * 1000);
      return;
    }
    if (path.endsWith('/portfolio/orders') && method === 'GET') {
      // What a list that is newer does not show was never there; what any list shows is there.
      const listed = JSON.stringify(reply.body);
      for (const [id, { sentAt }] of this.#placing) if (sentAt < this.#provenUntil || listed.includes(`"${id}"`)) this.#placing.delete(id);
      return;
    }
    if (!path.includes('/portfolio/events/orders')) return;
    if (method === 'DELETE') {
      // Definite: it is gone. Anything else: the bot may think so or not, and must not place beside it without proof.
      if (!isBatch(request)) this.#cancelling.delete(path.split('/').at(-1) as string);
      else
        for (const { order_id: id } of (JSON.parse(request.body) as { orders: { order_id: string }[] }).orders) this.#cancelling.delete(id);
      return;
    }
    if (definite && !path.endsWith('/amend') && !path.endsWith('/decrease'))
      for (const { client_order_id: id } of ordersIn(request)) this.#placing.delete(id);
  }

  told(frame: string): void {
    this.shadow.told(frame, this.#parts.now());
    const id = /^\{"type":"user_order".*?"client_order_id":"([^"]+)"/.exec(frame)?.[1];
    if (id !== undefined) this.#placing.delete(id);
  }
}

const ordersIn = (request: WireRequest): readonly Sent[] => {
  const body = JSON.parse(request.body) as Sent | { readonly orders: readonly Sent[] };
  return 'orders' in body ? body.orders : [body];
};

/** A number that stands for a text. */
const sumOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};
