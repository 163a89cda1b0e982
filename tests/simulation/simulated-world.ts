/** A whole bot against the whole exchange core in virtual time, one process, no sockets. One seed makes everything that happens; the judge looks at every event. */
import type { EngineAction } from '../../src/domain/actions.js';
import type { EngineEvent } from '../../src/domain/events.js';
import type { MarketIndex, Ticker } from '../../src/domain/ids.js';
import {
  durationUs,
  epochUs,
  later,
  millis,
  parseCash,
  parseQuantity,
  seconds,
  type DurationUs,
  type EpochUs,
} from '../../src/domain/units.js';
import { defaultSettings } from '../../src/exchange/core/default-world.js';
import { Exchange } from '../../src/exchange/core/exchange.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import { DEFAULT_CROWD, paced } from '../../src/exchange/crowd/settings.js';
import { RISK } from '../support/settings.js';
import { marketOf } from './exchange-words.js';
import { drawPlan, type FaultPlan } from './faults.js';
import { planIncidents } from './incidents.js';
import { Judge } from './judge.js';
import { Ledger, type EventOf } from './ledger.js';
import { Misfortune } from './misfortune.js';
import { SimulatedBot } from './simulated-bot.js';
import { SimulatedFeed, type UndatedFact } from './simulated-feed.js';
import { SimulatedVenue } from './simulated-venue.js';
import { VirtualTime } from './virtual-time.js';

/** Noon, some day in November 2026. */
const START = epochUs(1_795_262_400_000_000);
const TICK = millis(100);
/** As the app reads states of exchange and markets anew. */
const STATUS_EVERY = seconds(15);
const PACE = 0.25;

const RISKS = {
  ...RISK,
  positionMaxPerMarket: parseQuantity('40'),
  positionMaxPerEvent: parseQuantity('60'),
  positionMaxPerAccount: parseQuantity('110'),
  capitalMax: parseCash('45'),
  lossMaxSession: parseCash('200'),
  lossMaxPerMarket: parseCash('100'),
  drawdownMax: parseCash('200'),
};

export type Tracer = (line: string) => void;

export class SimulatedWorld {
  readonly misfortune: Misfortune;
  readonly time = new VirtualTime(START);
  readonly exchange: Exchange;
  readonly account: AccountId;
  readonly tickers: readonly Ticker[];
  readonly ledger: Ledger;
  readonly judge: Judge;
  readonly feed: SimulatedFeed;
  readonly venue: SimulatedVenue;
  readonly risk = RISKS;
  bot: SimulatedBot | null = null;
  diskFull = false;
  /** Hundredths of contracts traded by hand. */
  foreign = 0;
  handMade = 1;
  closed = 0;
  runs = 0;
  /** A number that stands for all that the bot did. */
  hash = 0x811c9dc5;
  #clockError: DurationUs = durationUs(0);
  readonly #ends = new Map<string, number>();

  constructor(
    readonly seed: number,
    readonly plan: FaultPlan = drawPlan(seed),
    private readonly trace: Tracer | null = null,
  ) {
    this.misfortune = new Misfortune(seed, plan);
    const { misfortune } = this;
    const crowd = paced(DEFAULT_CROWD, PACE);
    this.exchange = new Exchange(
      defaultSettings(`simulation ${seed}`, START, {
        crowd: { ...crowd, ...(misfortune.has('news') ? { newsPerHour: 240, newsSize: 0.6 } : {}) },
        readLag: misfortune.has('read-lag')
          ? { min: millis(100), max: misfortune.within(seconds(5)) }
          : { min: durationUs(0), max: durationUs(0) },
      }),
    );
    for (const kind of ['read-lag', 'shuffled-fills', 'news'] as const) if (misfortune.has(kind)) misfortune.note(kind);
    if (misfortune.has('wrong-clock')) {
      this.#clockError = durationUs(misfortune.within(seconds(8)) - seconds(4));
      misfortune.note('wrong-clock');
    }
    const { exchange } = this;
    this.account = exchange.openAccount({
      name: 'bot',
      deposits: [0, 2].map((shard) => ({ shard, amount: parseCash('1000') })),
      precision: parseCash('0.0001'),
    });
    this.tickers = exchange.markets().map((market) => market.ticker);
    const events = new Map<Ticker, EventOf>(
      exchange.markets().map((view) => [view.ticker, { event: view.event, exclusive: view.mutuallyExclusive, payout: view.payout }]),
    );
    this.ledger = new Ledger(this.account, events);
    this.judge = new Judge({
      ledger: this.ledger,
      tickers: this.tickers,
      risk: this.risk,
      prefix: 'kmm-',
      now: () => this.time.now,
      foreign: () => ({ contracts: this.foreign, cash: this.foreign * 10_000 }),
    });
    const common = { time: this.time, exchange, account: this.account, tickers: this.tickers, misfortune, deliver: this.#deliver };
    this.feed = new SimulatedFeed(common);
    this.venue = new SimulatedVenue({ ...common, arriving: (command) => this.judge.arrives(command) });
    exchange.onEvent((event) => {
      this.ledger.take(event);
      if (event.type === 'order' || event.type === 'fill' || event.type === 'settlement')
        if ('account' in event && event.account === this.account) this.note(() => `exchange ${JSON.stringify(event)}`);
      this.judge.happened(event);
    });
    this.startBot();
    this.#every(TICK, () => this.bot?.tick());
    this.#every(STATUS_EVERY, () => this.#readStates());
    planIncidents(this);
  }

  note(line: () => string): void {
    this.trace?.(`${((this.time.now - START) / 1e6).toFixed(3)} ${line()}`);
  }

  // ---- time ----

  /** Lets everything happen up to a moment. */
  runUntil(end: EpochUs): void {
    const { time, exchange } = this;
    for (;;) {
      const planned = time.nextAt ?? Infinity;
      const theirs = exchange.nextAt ?? Infinity;
      const at = Math.min(planned, theirs) as EpochUs;
      if (at > end) break;
      // What comes together is told together: the batch ends when time moves on.
      // Ending it may bring something new that comes earlier.
      if (at > time.now && this.bot?.endBatch() === true) continue;
      time.now = at;
      exchange.advance(at);
      if (planned <= theirs) time.runNext();
    }
    this.bot?.endBatch();
    time.now = end;
    exchange.advance(end);
  }

  run(span: DurationUs): void {
    this.runUntil(later(this.time.now, span));
  }

  #every(span: DurationUs, run: () => void): void {
    this.time.after(span, () => {
      run();
      this.#every(span, run);
    });
  }

  /** Ends an incident after a while; of several that overlap the last to be planned ends it. At the end of the faults all end. */
  laterAs(span: DurationUs, name: string, end: () => void): void {
    const turn = (this.#ends.get(name) ?? 0) + 1;
    this.#ends.set(name, turn);
    this.time.after(span, () => {
      if (this.#ends.get(name) === turn) end();
    });
  }

  // ---- the bot's process ----

  startBot(): void {
    if (this.bot !== null) return;
    this.runs++;
    const markets = this.tickers.map((ticker) => marketOf(this.#view(ticker)));
    this.judge.restarted(markets.map((market) => market.status));
    this.bot = new SimulatedBot({
      run: `r${this.runs}`,
      markets,
      risk: this.risk,
      venue: this.venue,
      feed: this.feed,
      judge: this.judge,
      killedBefore: this.judge.killed ? 'killed before' : null,
      trueNow: () => this.time.now,
      clockError: this.#clockError,
      canWrite: () => !this.diskFull,
      stepped: this.#stepped,
    });
    if (this.judge.killed) this.control('stop');
    this.#readStates();
    this.time.after(millis(200), () => this.connect());
  }

  connect(): void {
    if (this.bot === null || this.feed.isUp) return;
    this.feed.connect();
    this.time.after(this.misfortune.travel(), () => this.#readStates());
  }

  crash(downFor: DurationUs): void {
    if (this.bot === null) return;
    this.note(() => 'crash');
    this.bot.die();
    this.bot = null;
    this.feed.forget();
    this.venue.forget();
    this.time.after(downFor, () => this.startBot());
  }

  stall(span: DurationUs): void {
    const { bot } = this;
    if (bot === null) return;
    bot.standStill();
    this.time.after(span, () => bot.goOn());
  }

  control(command: 'pause' | 'resume' | 'kill' | 'stop'): void {
    this.#deliver({ type: 'control', command, reason: 'simulated' });
  }

  readonly #deliver = (fact: UndatedFact): void => {
    this.bot?.deliver(fact);
  };

  readonly #stepped = (event: EngineEvent, actions: readonly EngineAction[]): void => {
    if (event.type !== 'book-delta' && event.type !== 'tick' && event.type !== 'batch-end' && event.type !== 'trade')
      this.note(() => `fact ${JSON.stringify(event)}`);
    for (const action of actions) {
      const text = JSON.stringify(action);
      if (action.type !== 'decision' || action.cause !== 'interval') this.note(() => `  ${text}`);
      for (let i = 0; i < text.length; i++) this.hash = Math.imul(this.hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    }
  };

  // ---- what the app reads of exchange and markets ----

  #view(ticker: Ticker): NonNullable<ReturnType<Exchange['market']>> {
    const view = this.exchange.market(ticker);
    if (view === null) throw new Error(`no market ${ticker}`);
    return view;
  }

  #readStates(): void {
    for (const { shard, exchangeActive, tradingActive } of this.exchange.exchangeStatus())
      this.#deliver({ type: 'exchange-status', shard, exchangeActive, tradingActive });
    if (this.feed.isUp)
      for (const [i, ticker] of this.tickers.entries()) {
        const { status, grid, closesAt, fees, settlementValue } = this.#view(ticker);
        const market = i as MarketIndex;
        this.#deliver({
          type: 'market-changed',
          market,
          status,
          grid,
          closesAt,
          fees,
          ...(settlementValue === null ? {} : { settlesAt: settlementValue }),
        });
      }
  }
}
