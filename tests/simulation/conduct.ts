/** How the bot behaves besides its limits, held against the exchange, the disk and the frames it was told: what a trader would find out only when it hurts. */
import type { Ticker } from '../../src/domain/ids.js';
import type { PriceGrid } from '../../src/domain/price-grid.js';
import { parsePrice, type EpochUs } from '../../src/domain/units.js';
import type { Level } from '../../src/domain/events.js';
import type { ExchangeEvent } from '../../src/exchange/core/types.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import { Calm } from './calm.js';
import type { WireRequest } from './fates.js';
import { OPEN_DOOR } from './exchange-front.js';
import { Broken } from './judge.js';
import { Losses } from './losses.js';
import type { SimulatedWorld } from './world.js';

/** What was decided upon may wait so long for its connection. */
const GRACE = 600_000;
/** Nothing of ours rests so long after a kill, where nothing stands in the way. */
const KILLED_WITHIN = 8_000_000;
/** An answer that came later than this was not waited for. */
const HEARD_WITHIN = 2_900_000;
/** With nothing wrong for the life of an order and a bit, none may lapse. */
const LAPSE_SLACK = 30_000_000;
/** A cancel's timeout, and some more tries. */
const BLIND_WITHIN = 20_000_000;
/** The exchange is asked now and then whether it pauses; an answer may be slow, or fail. */
const PAUSE_KNOWN_SLACK = 15_000_000;
/** Books are compared once in so many looks. */
const BOOKS_EVERY = 5;
const PRICE_PER_DOLLAR = 10_000;
const HUNDREDTHS = 100;

const isOrders = (request: WireRequest): boolean => request.path.includes('/portfolio/events/orders');
const textsIn = (body: string, name: string): string[] =>
  [...body.matchAll(new RegExp(`"${name}":"([^"]+)"`, 'g'))].map((m) => m[1] as string);

/** What was written just now stands at the end: mostly that is enough to look at. */
const END_BYTES = 16_384;
const holds = (file: Buffer, text: string): boolean =>
  file.subarray(Math.max(0, file.length - END_BYTES)).includes(text, 0, 'latin1') || file.includes(text, 0, 'latin1');

/** A market's prices as the bot must know them. */
interface KnownGrid {
  readonly grid: PriceGrid;
  readonly before: PriceGrid | null;
  readonly since: number;
}

export class Conduct {
  readonly #calm: Calm;
  readonly #losses: Losses;
  readonly #sentAt = new WeakMap<WireRequest, EpochUs>();
  readonly #grids = new Map<string, KnownGrid>();
  /** When the process was told last that it sends too much. */
  #limitedAt = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #killedAt: number | null = null;
  #pausedSince = Number.POSITIVE_INFINITY;
  #blindSince = Number.POSITIVE_INFINITY;

  constructor(private readonly world: SimulatedWorld) {
    this.#calm = new Calm(world);
    this.#losses = new Losses(world);
  }

  #fail(invariant: string, text: string): void {
    this.world.breach(new Broken(invariant, text));
  }

  /** A new process reads everything anew. */
  restarted(): void {
    this.#limitedAt = Number.NEGATIVE_INFINITY;
    this.#losses.restarted();
    for (const ticker of this.world.tickers) this.#grids.set(ticker, { grid: this.world.exchange.grid(ticker), before: null, since: 0 });
  }

  leaves(request: WireRequest): void {
    if (!isOrders(request)) return;
    this.#sentAt.set(request, this.world.time.now);
    const named = [request.path.split('/').at(-1), request.path.split('/').at(-2), ...textsIn(request.body, 'order_id')];
    for (const order of this.world.ledger.resting.values())
      if (named.includes(order.orderId) && !this.#isOwn(order.clientId))
        this.#fail('I2', `${request.method} ${request.path} touches ${order.orderId}, which somebody placed by hand`);
    if (request.method !== 'POST' || request.path.endsWith('/decrease')) return;
    this.#checkPause(request);
    const paused = this.world.time.now - this.#pausedSince;
    if (!this.#isOpen && paused > 2 * this.world.settings.rhythm.markets + PAUSE_KNOWN_SLACK)
      this.#fail('I7', `${request.path} left although the exchange has paused for ${paused / 1e6} s`);
    this.#checkGrid(request);
    const lost = this.#losses.objection();
    if (lost !== null) this.#fail('I16', `${request.path} left although ${lost}`);
    if (request.path.endsWith('/amend')) return;
    this.#checkIntent(request);
    this.#checkProtection(request);
  }

  get #isOpen(): boolean {
    return this.world.exchange.exchangeStatus().every(({ tradingActive, exchangeActive }) => tradingActive && exchangeActive);
  }

  #isOwn(clientId: string | null): boolean {
    return clientId?.startsWith(`${this.world.settings.engine.clientIdPrefix}-`) === true;
  }

  /** After a 429 placing stops for a while. */
  #checkPause(request: WireRequest): void {
    const since = this.world.time.now - this.#limitedAt;
    if (since > GRACE && since < this.world.settings.engine.rateLimitPause - 50_000)
      this.#fail('I9', `${request.path} left ${since / 1e6} s after the exchange had said too many requests`);
  }

  #checkGrid(request: WireRequest): void {
    const { world } = this;
    const tickers = textsIn(request.body, 'ticker');
    for (const [i, text] of textsIn(request.body, 'price').entries()) {
      const known = this.#grids.get(tickers[i] ?? '');
      const price = parsePrice(text);
      // What the stream has not told may be known from a reading.
      if (known === undefined || known.grid.has(price) || world.exchange.grid(tickers[i] as Ticker).has(price)) continue;
      const isRecent = world.time.now - known.since < GRACE;
      if (!(isRecent && known.before?.has(price) === true)) this.#fail('I8', `${text} is no price of ${tickers[i] ?? ''}`);
    }
  }

  /** What a crash must not lose is with the kernel before it leaves. */
  #checkIntent(request: WireRequest): void {
    const { disk } = this.world;
    const journals = disk.names().filter((path) => path.includes('/journal-'));
    // The newest is the likeliest.
    const newest = journals.slice(-2).toReversed();
    for (const id of textsIn(request.body, 'client_order_id'))
      if (!newest.some((path) => holds(disk.read(path), id))) this.#fail('I11', `${id} left, and no journal has it`);
  }

  /** What protects the account where the process is gone. */
  #checkProtection(request: WireRequest): void {
    const { cancelOnPause } = this.world.settings.execution;
    const items = textsIn(request.body, 'client_order_id').length;
    if (textsIn(request.body, 'order_group_id').length < items) this.#fail('I2', `${request.body} is in no order group`);
    if (request.body.split(`"cancel_order_on_pause":${String(cancelOnPause)}`).length <= items)
      this.#fail('I2', `${request.body} does not say ${cancelOnPause ? 'that a pause cancels it' : 'that it outlives a pause'}`);
  }

  answering(request: WireRequest, reply: Reply): void {
    const { now } = this.world.time;
    if (reply.status === 429 && isOrders(request) && now - (this.#sentAt.get(request) ?? 0) < HEARD_WITHIN) this.#limitedAt = now;
  }

  told(frame: string): void {
    if (!frame.includes('"price_level_structure_updated"')) return;
    const ticker = textsIn(frame, 'market_ticker')[0];
    const before = ticker === undefined ? undefined : this.#grids.get(ticker);
    if (ticker === undefined || before === undefined) return;
    this.#grids.set(ticker, { grid: this.world.exchange.grid(ticker as Ticker), before: before.grid, since: this.world.time.now });
  }

  happened(event: ExchangeEvent): void {
    const life = this.world.settings.execution.orderLife;
    if (event.type !== 'order' || event.reason !== 'ExpiryCancel' || life === null || !this.#isOwn(event.order.clientOrderId)) return;
    if (this.#calm.since < event.at - life - LAPSE_SLACK)
      this.#fail(
        'I2',
        `${String(event.order.clientOrderId)} has lapsed, although nothing was wrong for ${(event.at - this.#calm.since) / 1e6} s`,
      );
  }

  /** Looks in every second. */
  look(): void {
    this.#calm.look();
    this.#losses.look();
    this.#pausedSince = this.#isOpen ? Number.POSITIVE_INFINITY : Math.min(this.#pausedSince, this.world.time.now);
    this.#checkKilled();
    this.#checkBlind();
    if (this.#looks++ % BOOKS_EVERY === 0) this.#checkBooks();
  }

  #checkKilled(): void {
    const { judge, ledger, time } = this.world;
    if (!judge.killed) this.#killedAt = null;
    else this.#killedAt ??= time.now;
    if (this.#killedAt === null || time.now - Math.max(this.#killedAt, this.#calm.since) < KILLED_WITHIN) return;
    const own = [...ledger.resting.values()].find(({ clientId }) => this.#isOwn(clientId));
    if (own !== undefined) this.#fail('I5', `${String(own.clientId)} rests ${(time.now - this.#killedAt) / 1e6} s after the kill`);
  }

  /** Without a stream nothing rests, where it can be cancelled. */
  #checkBlind(): void {
    const { judge, ledger, time, rest, process, bot, door, wallError } = this.world;
    const isBlind = !judge.shadow.up && bot !== null && process?.frozen === false;
    // A clock that is wrong makes signatures invalid.
    const isFree = rest.standing === 'up' && door === OPEN_DOOR && wallError === 0;
    this.#blindSince = isBlind && isFree && this.#pausedSince > time.now ? Math.min(this.#blindSince, time.now) : Number.POSITIVE_INFINITY;
    if (time.now - this.#blindSince < BLIND_WITHIN) return;
    const own = [...ledger.resting.values()].find(({ clientId }) => this.#isOwn(clientId));
    if (own !== undefined)
      this.#fail('I7', `${String(own.clientId)} rests although the stream has been down for ${(time.now - this.#blindSince) / 1e6} s`);
  }

  /** A book that the bot trusts is what it was told. */
  #checkBooks(): void {
    const { bot, process, judge } = this.world;
    if (bot === null || process?.frozen !== false) return;
    for (const { market, trust, book } of bot.engine.state.markets) {
      const told = trust.state === 'good' ? judge.shadow.book(market.ticker) : null;
      if (told === null) continue;
      for (const side of ['bid', 'ask'] as const) {
        const differs = differenceOf(book.levels(side), told[side]);
        if (differs !== null) this.#fail('I7', `the ${side}s of ${market.ticker} are not what was told: ${differs}`);
      }
    }
  }
}

/** The first level that only one of the two has, as text. Sizes that were told are contracts by dollars. */
const differenceOf = (ours: readonly Level[], told: ReadonlyMap<number, number>): string | null => {
  for (const { price, quantity } of ours) {
    const size = told.get(price / PRICE_PER_DOLLAR);
    if (size === undefined || Math.round(size * HUNDREDTHS) !== quantity) return `${quantity} @ ${price}, told ${size ?? 'nothing'}`;
  }
  if (ours.length === told.size) return null;
  const prices = new Set<number>(ours.map(({ price }) => price));
  for (const [price, size] of told) if (!prices.has(Math.round(price * PRICE_PER_DOLLAR))) return `nothing, told ${size} @ ${price}`;
  return null;
};
