/** A whole bot against the whole exchange in virtual time: production code in both, no sockets, no disk. One seed makes everything that happens. */
import { join } from 'node:path';
import type { Access } from '../../src/app/access.js';
import type { BotRun } from '../../src/app/bot-run.js';
import type { Host } from '../../src/app/host.js';
import { tradeOn } from '../../src/app/trading.js';
import type { CommandContext } from '../../src/cli/command.js';
import { CommandFailure, ExitCode } from '../../src/cli/exit-codes.js';
import { CapturedOutput, NOBODY } from '../../src/cli/output.js';
import type { Settings } from '../../src/config/settings.js';
import { SeededChance } from '../../src/domain/chance.js';
import type { Ticker } from '../../src/domain/ids.js';
import { durationUs, epochUs, later, millis, parseCash, seconds, type DurationUs, type EpochUs } from '../../src/domain/units.js';
import { defaultSettings, defaultWorld } from '../../src/exchange/core/default-world.js';
import { Exchange } from '../../src/exchange/core/exchange.js';
import type { World } from '../../src/exchange/core/types.js';
import type { AccountId } from '../../src/exchange/core/words.js';
import { DEFAULT_CROWD, paced, type CrowdSettings } from '../../src/exchange/crowd/settings.js';
import type { Reply } from '../../src/exchange/server/replies.js';
import { StorageError } from '../../src/logger/storage-errors.js';
import type { StartThread } from '../../src/logger/worker-client.js';
import { OUT, settingsOf } from './bot-settings.js';
import type { FaultKind } from './catalogue.js';
import { bendBody } from './body-faults.js';
import { Condition } from './condition.js';
import { Conduct } from './conduct.js';
import { ExchangeFront, KEY_ID, OPEN_DOOR, sealOf } from './exchange-front.js';
import type { WireRequest } from './fates.js';
import { Judge, type Broken } from './judge.js';
import { Ledger, type EventOf } from './ledger.js';
import { drawPlan, Misfortune, type FaultPlan } from './misfortune.js';
import { SimulatedDisk } from './simulated-disk.js';
import { SimulatedNetwork } from './simulated-network.js';
import { SimulatedProcess } from './simulated-process.js';
import { Promises } from './promises.js';
import { Observer } from './observe.js';
import { simulatedWriter } from './simulated-writer.js';
import { VirtualTime } from './virtual-time.js';

/** Noon, some day in November 2026. */
export const START = epochUs(1_795_262_400_000_000);
const PACE = 0.052;
const LEVELS_MORE = 2;
const MORE_MARKETS_EVERY = 3;
/** Of lists and their further pages. */
const SMALL_PAGES = 0.1;

export type Tracer = (line: string) => void;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly error: Error | null;
}

export class SimulatedWorld {
  readonly misfortune: Misfortune;
  readonly time = new VirtualTime(START);
  readonly exchange: Exchange;
  readonly account: AccountId;
  readonly tickers: readonly Ticker[];
  readonly ledger: Ledger;
  readonly judge: Judge;
  readonly conduct: Conduct;
  readonly front: ExchangeFront;
  readonly network: SimulatedNetwork;
  readonly disk = new SimulatedDisk();
  readonly promises = new Promises(this);
  readonly rest: Condition;
  readonly stream: Condition;
  readonly settings: Settings;
  /** The process that trades, with its run once that is open; null while none lives. */
  process: SimulatedProcess | null = null;
  bot: BotRun | null = null;
  stop: AbortController | null = null;
  kill: (() => void) | null = null;
  endings: Ending[] = [];
  /** Markets that have ended before their time, or will. */
  readonly ending = new Set<Ticker>();
  /** Hundredths of contracts traded by hand. */
  foreign = 0;
  handMade = 1;
  feesChanged = false;
  trader: AccountId | null = null;
  processes = 0;
  /** Where the process shall die next. */
  dying: FaultKind | null = null;
  /** The seed is over: nothing is started any more. */
  finished = false;
  /** Folders of runs whose journal was bent: it need not be readable. */
  readonly damaged = new Set<string>();
  wallError: DurationUs = durationUs(0);
  /** Refuses requests in the exchange's place. */
  door: (request: WireRequest) => Reply | null = OPEN_DOOR;
  bend: (request: WireRequest, status: number, text: string) => string = (_request, _status, text) => text;
  /** Called when a process has ended by itself. */
  onEnded: (ending: Ending) => void = () => {};
  events = 0;
  deltas = 0;
  /** A number that stands for everything that passed between bot and exchange. */
  hash = 0x811c9dc5;

  constructor(
    readonly seed: number,
    readonly plan: FaultPlan = drawPlan(seed),
    private readonly trace: Tracer | null = null,
    options: { readonly hours?: number } = {},
  ) {
    this.misfortune = new Misfortune(seed, plan, (kind) => this.note(() => `felt ${kind}`));
    const { misfortune } = this;
    this.settings = settingsOf(seed);
    const crowd = seldomButDeep;
    const opensFor = seconds(Math.max(8, (options.hours ?? 1) + 6) * 3600);
    this.exchange = new Exchange(
      defaultSettings(`simulation ${seed}`, START, {
        world: chosenWorld(seed, opensFor),
        crowd: { ...crowd, ...(misfortune.has('b7-price-jump') ? { newsPerHour: 60, newsSize: 0.8 } : {}) },
        readLag: misfortune.has('x7-read-lag')
          ? { min: durationUs(0), max: seconds(5), median: millis(400), spread: 0.69 }
          : { min: durationUs(0), max: durationUs(0) },
        tradesKept: 100,
        // What has ended long ago is forgotten, or a long run would measure the exchange's memory instead of the bot's.
        historyKept: 2000,
      }),
    );
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
    this.front = new ExchangeFront(exchange, this.account, 'advanced');
    this.judge = new Judge({
      ledger: this.ledger,
      tickers: this.tickers,
      risk: this.settings.risk,
      prefix: this.settings.engine.clientIdPrefix,
      now: () => this.time.now,
      orderLife: this.settings.execution.orderLife,
      foreign: () => ({ contracts: this.foreign, cash: this.foreign * 10_000 }),
      broken: (broken) => this.breach(broken),
    });
    const observer = new Observer(this);
    this.conduct = new Conduct(this);
    const feel = misfortune.feel.bind(misfortune);
    this.rest = new Condition(feel);
    this.stream = new Condition(feel);
    this.network = new SimulatedNetwork({
      time: this.time,
      front: this.front,
      misfortune,
      rest: this.rest,
      stream: this.stream,
      present: () => exchange.advance(this.time.now),
      door: (request) => this.door(request),
      turn: ({ path, search }) =>
        path.includes('/portfolio/') && misfortune.strikes('x18-small-pages', SMALL_PAGES)
          ? search.replace(/limit=\d+/, 'limit=2')
          : search,
      bend: (request, status, text) => bendBody(this.bend(request, status, text), request, misfortune),
      watch: {
        leaves: (request) => {
          this.#mix(`${request.method}${request.path}${request.body}`);
          this.note(() => `> ${request.method} ${request.path} ${request.search} ${request.body}`);
          this.judge.leaves(request);
          this.conduct.leaves(request);
          observer.leaves(request);
          this.onLeaves(request);
        },
        arriving: (request) => this.onArriving(request),
        arrives: (request) => this.judge.arrives(request),
        served: (request, reply) => {
          if (request.method !== 'GET')
            this.note(() => `= ${request.method} ${request.path} ${reply.status} ${JSON.stringify(reply.body)}`);
        },
        answering: (request, reply) => {
          this.events++;
          this.#mix(`${reply.status}`);
          this.note(
            () =>
              `< ${request.method} ${request.path} ${reply.status} ${request.method === 'GET' && !request.path.includes('portfolio') ? '' : JSON.stringify(reply.body)}`,
          );
          this.judge.answering(request, reply);
          this.conduct.answering(request, reply);
          observer.answering(request, reply);
          this.onAnswering(request, reply);
        },
        told: (frame) => {
          this.events++;
          if (frame.startsWith('{"type":"orderbook_delta"')) this.deltas++;
          else this.note(() => `~ ${frame.slice(0, 400)}`);
          this.judge.told(frame);
          this.conduct.told(frame);
          observer.told(frame);
          this.onTold(frame);
        },
        stream: (up) => {
          this.note(() => `stream ${up ? 'up' : 'lost'}`);
          this.judge.shadow.stream(up, this.time.now);
        },
        heard: () => this.judge.shadow.heard(this.time.now),
      },
    });
    exchange.onEvent((event) => {
      this.ledger.take(event);
      if (event.type === 'order' || event.type === 'fill' || event.type === 'settlement')
        if (event.account === this.account) this.note(() => `exchange ${JSON.stringify(event)}`);
      this.judge.happened(event);
      this.conduct.happened(event);
      observer.happened(event);
    });
  }

  /** Places where incidents look in. */
  onTold: (frame: string) => void = () => {};
  onArriving: (request: WireRequest) => void = () => {};
  onLeaves: (request: WireRequest) => void = () => {};
  onAnswering: (request: WireRequest, reply: Reply) => void = () => {};

  /** The first invariant that broke. */
  broken: Error | null = null;
  breach(broken: Broken | Error): void {
    this.note(() => `BROKEN ${broken.message}`);
    this.broken ??= broken;
  }

  note(line: () => string): void {
    this.trace?.(`${((this.time.now - START) / 1e6).toFixed(6)} ${line()}`);
  }

  #mix(text: string): void {
    let hash = this.hash;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.hash = (hash ^ this.time.now) >>> 0;
  }

  // ---- time ----

  /** Lets everything happen up to a moment. */
  runUntil(end: EpochUs): void {
    const { time, exchange } = this;
    for (;;) {
      const planned = time.nextAt;
      const theirs = exchange.nextAt ?? Infinity;
      const at = Math.min(planned, theirs) as EpochUs;
      if (at > end) break;
      time.now = at;
      if (theirs <= planned) exchange.advance(at);
      else {
        time.runNext();
        this.process?.settle();
      }
      if (this.broken !== null) throw this.broken;
    }
    time.now = end;
    exchange.advance(end);
  }

  run(span: DurationUs): void {
    this.runUntil(later(this.time.now, span));
  }

  every(span: DurationUs, run: () => void): void {
    this.time.after(span, () => {
      run();
      this.every(span, run);
    });
  }

  // ---- the bot's process ----

  start(): void {
    if (this.process !== null) return;
    const process = new SimulatedProcess(1000 + ++this.processes, this.time, () => this.wallError);
    this.process = process;
    this.judge.restarted();
    this.conduct.restarted();
    this.note(() => `process ${process.id} starts`);
    const stop = new AbortController();
    this.stop = stop;
    const run = async (): Promise<void> => {
      const ending = await this.trade(process, stop);
      if (!process.alive || this.process !== process) return;
      this.note(() => `process ${process.id} ended: ${String(ending.code)} ${ending.error?.message ?? ''}`);
      this.endings.push(ending);
      process.die();
      this.network.forget(process);
      this.#forgetProcess();
      this.onEnded(ending);
    };
    void run();
    process.settle();
  }

  /** One start of the program, as its command does it. */
  async trade(process: SimulatedProcess, stop: AbortController): Promise<Ending> {
    const context = contextOf(stop.signal);
    try {
      const result = await tradeOn(this.hostOf(process), context, this.settings, accessOf(process), (bot) => {
        if (this.process === process) this.bot = bot;
      });
      return { code: result.exitCode, error: null };
    } catch (error) {
      if (error instanceof CommandFailure) return { code: error.exitCode, error };
      if (error instanceof StorageError) return { code: ExitCode.storage, error };
      return { code: null, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  hostOf(process: SimulatedProcess): Host {
    const chance = new SeededChance(this.seed, `process ${process.id}`);
    const startWriter: StartThread = simulatedWriter(process, this.disk, this.misfortune);
    return {
      clock: process,
      timers: process,
      chance,
      network: { connectHttp: this.network.connectHttp(process), openSocket: this.network.openSocket(process) },
      files: this.disk.small(process),
      journal: (folder, durability) => this.disk.journal(process, folder, durability),
      startWriter,
      startWriterHere: simulatedWriter(process, this.disk, null),
      processes: { own: process.id, isAlive: (id) => this.process?.alive === true && this.process.id === id },
      runSalt: () => process.id.toString(36),
      onKillSignal: (kill) => {
        this.kill = kill;
        return { cancel: () => (this.kill = null) };
      },
      setEmergency: () => undefined,
    };
  }

  /** The process is gone from one instruction to the next. */
  crash(): void {
    const { process } = this;
    if (process === null) return;
    this.note(() => `process ${process.id} dies`);
    process.die();
    this.network.forget(process);
    this.#forgetProcess();
  }

  #forgetProcess(): void {
    this.process = null;
    this.bot = null;
    this.stop = null;
    this.kill = null;
    this.judge.restarted();
    this.conduct.restarted();
  }
}

/** Looks at its quotes seldom and moves many of them then, as makers do: the books change as often as with a livelier one, in fewer moments. */
const seldomButDeep: CrowdSettings = (() => {
  const crowd = paced(DEFAULT_CROWD, PACE);
  return { ...crowd, makers: crowd.makers.map((maker) => ({ ...maker, levels: maker.levels * LEVELS_MORE })) };
})();

/** The two markets of an exclusive event, and in every third seed one more, drawn by the seed. */
const chosenWorld = (seed: number, opensFor: DurationUs): World => {
  const world = defaultWorld(START, opensFor);
  const chance = new SeededChance(seed, 'markets');
  const single = seed % MORE_MARKETS_EVERY !== 0 ? -1 : chance.next() < 0.5 ? 3 : 4;
  const markets = world.markets.filter((_, i) => i < 2 || i === single);
  const events = world.events.filter((event) => markets.some((market) => market.event === event.ticker));
  return { markets, events, series: world.series.filter((series) => events.some((event) => event.series === series.ticker)) };
};

const accessOf = (process: SimulatedProcess): Access => ({
  env: 'custom',
  restUrl: 'http://127.0.0.1:1/trade-api/v2',
  wsUrl: 'ws://127.0.0.1:1/trade-api/ws/v2',
  keyId: KEY_ID,
  key: {
    sign: (data) => sealOf(data),
    signInBackground: (data, done) => void process.after(millis(1), () => done(null, sealOf(data))),
  },
  close: () => Promise.resolve(),
});

const contextOf = (signal: AbortSignal): CommandContext => ({
  options: {
    given: () => false,
    flag: () => false,
    text: () => '',
    optionalText: () => null,
    texts: () => [],
    number: () => 0,
    optionalNumber: () => null,
    duration: () => durationUs(0),
    optionalDuration: () => null,
  },
  positionals: [],
  json: true,
  logLevel: 'error',
  output: new CapturedOutput(),
  prompt: NOBODY,
  signal,
});

export const stateFile = (name: string, disk: SimulatedDisk): string | undefined =>
  disk.smallNames().find((path) => path.startsWith(join(OUT, 'state')) && path.endsWith(name));
