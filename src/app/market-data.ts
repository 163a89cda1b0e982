/** What a world hears of its markets: the stream, and over REST what the stream does not tell. Reads only: nothing here can send an order. */
import { RealisedVolatility } from '../alpha/realised-volatility.js';
import type { Catalog } from '../connector/catalog-loader.js';
import { WebSocketFeed } from '../connector/feed.js';
import { toMarket, type CatalogInput } from '../connector/market-catalog.js';
import { MarketRegister } from '../connector/market-table.js';
import type { RestApi } from '../connector/rest-api.js';
import { exchangeStatusFacts } from '../connector/rest-market-data.js';
import type { SessionSettings } from '../connector/session-types.js';
import type { FeeOverride } from '../connector/wire-lifecycle.js';
import type { EngineEvent, MarketChanged } from '../domain/events.js';
import type { FeeTerms } from '../domain/fees.js';
import { marketIndex } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { Timer } from '../domain/ports.js';
import { seconds, type DurationUs, type MonoNs } from '../domain/units.js';
import type { BotRun, FeedNumbers } from './bot-run.js';
import type { Host } from './host.js';
import { changeOf, StreamNews } from './market-refresh.js';

/** The part of a client that reads the public side. */
export interface PublicReads {
  readonly access: { readonly wsUrl: string };
  readonly api: Pick<RestApi, 'markets'>;
  readonly headers: () => Record<string, string>;
}

export interface MarketDataParts {
  readonly client: PublicReads;
  readonly catalog: Catalog;
  readonly host: Pick<Host, 'clock' | 'timers' | 'chance' | 'network'>;
  readonly session: SessionSettings;
  readonly tick: DurationUs;
  /** Of an index, until it has moved for a while: per square root of a year. */
  readonly volatilityPrior: number;
  readonly bot: BotRun;
  /** Where the facts go; `received` is when their bytes arrived, undefined for what was read over REST. */
  readonly offer: (event: EngineEvent, received?: MonoNs) => void;
}

const STATUS_AGAIN = seconds(3);
/** A quarter of an hour of an index, and a prior worth one minute of it. */
const REALISED = { spacing: seconds(5), window: seconds(900), weight: 12 };

export class MarketData {
  readonly register: MarketRegister;
  readonly feed: WebSocketFeed;
  readonly #parts: MarketDataParts;
  readonly #bodies: CatalogInput[];
  readonly #ownFees = new Map<string, FeeTerms>();
  readonly #news = new StreamNews();
  readonly #realised: RealisedVolatility;
  #readingStatus = false;
  #statusAgain: Timer | null = null;
  #ended = false;

  constructor(parts: MarketDataParts) {
    this.#parts = parts;
    this.#realised = new RealisedVolatility({ ...REALISED, prior: parts.volatilityPrior });
    this.register = new MarketRegister(parts.catalog.markets);
    this.#bodies = [...parts.catalog.bodies];
    for (const body of this.#bodies) this.#noteFees(body);
    const { client, host, bot } = parts;
    this.feed = new WebSocketFeed({
      url: client.access.wsUrl,
      headers: client.headers,
      settings: parts.session,
      tickEvery: parts.tick,
      markets: this.register,
      chance: host.chance,
      clock: host.clock,
      timers: host.timers,
      openSocket: host.network.openSocket,
      resolveFees: (market, override) => this.#feesUnder(market, override),
      offer: (event) => this.#fromFeed(event),
      onReport: (report) => bot.say(report.severity, report.code, report.text),
      onRefused: (error) => bot.say('error', error.code, error.message),
    });
  }

  get numbers(): FeedNumbers {
    const { frames, gaps, privateNotBooked } = this.feed.counters;
    return { frames, gaps, privateNotBooked };
  }

  /** Markets join while the stream runs; the engine has been told of them. */
  join(catalog: Catalog): void {
    const added = catalog.markets.map((market) => this.register.add(market));
    for (const body of catalog.bodies) {
      this.#bodies.push(body);
      this.#noteFees(body);
    }
    this.feed.addMarkets(added);
  }

  /** Subscribes to the markets that are there and connects. */
  start(): void {
    this.feed.addMarkets(this.register.markets.map((_, i) => marketIndex(i)));
    this.feed.start();
  }

  /** Nothing is told from here on; the connection itself is `feed.stop`'s to end. */
  end(): void {
    this.#ended = true;
    this.#statusAgain?.cancel();
  }

  /** Markets described again: a close, a result or a new grid that the stream did not tell. A reading that fails says nothing. */
  async refresh(): Promise<void> {
    const { client, host, bot } = this.#parts;
    const askedAt = host.clock.now();
    const read = await client.api.markets.markets({ tickers: this.#bodies.map((body) => body.ticker) });
    if (read.kind !== 'ok' || this.#ended) return;
    const { markets } = bot.engine.state;
    for (const [index, body] of this.#bodies.entries()) {
      const found = read.value.find((market) => market.ticker === body.ticker);
      if (found === undefined || this.#news.isNewerThan(askedAt, index)) continue;
      try {
        const believed = { index, market: this.register.market(marketIndex(index)), settled: markets[index]?.settled === true };
        const change = changeOf(believed, { ...body, market: found.body }, host.clock.now());
        if (change !== null) this.#changed(change);
      } catch (error) {
        bot.say('error', 'MARKET_BODY', `${body.ticker} is not quoted: ${error instanceof Error ? error.message : String(error)}.`);
        this.#changed({ type: 'market-changed', at: host.clock.now(), market: marketIndex(index), status: 'inactive' });
      }
    }
  }

  /** The exchange's own word on pauses; a reading that fails says nothing, and is tried again soon. */
  async readStatus(): Promise<void> {
    if (this.#readingStatus) return;
    this.#readingStatus = true;
    const { client, host, offer } = this.#parts;
    const status = await client.api.markets.exchangeState();
    this.#readingStatus = false;
    if (this.#ended) return;
    if (status.kind !== 'ok') {
      this.#statusAgain?.cancel();
      this.#statusAgain = host.timers.after(STATUS_AGAIN, () => void this.readStatus());
      return;
    }
    for (const fact of exchangeStatusFacts(status.value, host.clock.now())) offer(fact);
  }

  #fromFeed(event: EngineEvent): void {
    if (this.#ended) return;
    if (event.type === 'market-changed') {
      this.#keep(event);
      this.#news.heard(event.market, this.#parts.host.clock.now());
    }
    this.#parts.offer(event, this.feed.receivedNs);
    // Indices of the exchange's own channels come without candles: their values say how much they move.
    const volatility = event.type === 'index' ? this.#realised.take(event) : null;
    if (volatility !== null) this.#parts.offer(volatility);
    // What happened to the markets while nobody listened is asked for.
    if (event.type === 'feed-up') void this.refresh();
  }

  /** The table that orders are written with follows every change. */
  #keep({ market: index, status, grid, closesAt, fees, strike }: MarketChanged): void {
    const before = this.register.market(index);
    this.register.add({
      ...before,
      ...(status === undefined ? {} : { status }),
      ...(grid === undefined ? {} : { grid }),
      ...(closesAt === undefined ? {} : { closesAt }),
      ...(fees === undefined ? {} : { fees }),
      ...(strike === undefined ? {} : { strike }),
    });
  }

  #changed(change: MarketChanged): void {
    this.#keep(change);
    this.#parts.offer(change);
    this.#parts.offer({ type: 'batch-end', at: this.#parts.host.clock.now() });
  }

  /** A market's terms without the override of its event. */
  #noteFees(body: CatalogInput): void {
    const event = typeof body.event === 'object' ? { ...body.event, fee_type_override: null, fee_multiplier_override: null } : body.event;
    this.#ownFees.set(body.ticker, toMarket({ ...body, event }, 'refuse').fees);
  }

  /** Terms of a market under an override of its event, from its series' own. */
  #feesUnder(market: Market, override: FeeOverride): FeeTerms | null {
    const terms = this.#ownFees.get(market.ticker);
    if (terms === undefined) return null;
    return { type: override.type ?? terms.type, multiplierMicros: override.multiplierMicros ?? terms.multiplierMicros };
  }
}
