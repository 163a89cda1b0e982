/** A bot on an exchange, real or simulated: joins client, feed, venue and run, offers their facts, and sees it to its end. */
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';
import type { Catalog } from '../connector/catalog-loader.js';
import { LastGate } from '../connector/last-gate.js';
import { RestVenue } from '../connector/rest-venue.js';
import type { EngineEvent, GroupAnswer } from '../domain/events.js';
import { marketIndex } from '../domain/ids.js';
import type { Timer } from '../domain/ports.js';
import { durationUs, millis, quantity, seconds, toEpochMs, toSeconds, type DurationUs, type MonoNs } from '../domain/units.js';
import type { JournalPlace } from '../logger/journal.js';
import type { Access } from './access.js';
import type { BotRun } from './bot-run.js';
import { carriedOverFact, type CarriedIn } from './carried.js';
import type { EngineRecipe } from './engine-recipe.js';
import { GroupHolds } from './group-holds.js';
import { GroupMemory } from './group-memory.js';
import { openClient, sessionSettings, type ExchangeClient } from './exchange-client.js';
import type { Host } from './host.js';
import { MarketData } from './market-data.js';
import { chooseTickers, describedMarkets, heldMarkets } from './market-choice.js';
import { sweepLeftovers } from './leftovers.js';
import { withKnownCosts } from './known-costs.js';
import { OutsideFeeds } from './outside-feeds.js';
import { openLiveRun } from './open-run.js';
import { snapshotOf } from './run-snapshot.js';
import { saveStatus } from './status-writer.js';
import { sweep } from './sweep/sweep.js';
import { refuseOutlasting } from './outlasting.js';
import type { StateFiles } from './state-files.js';

export interface LiveOptions {
  readonly context: Pick<CommandContext, 'output' | 'logLevel' | 'signal'>;
  readonly settings: Settings;
  readonly access: Access;
  readonly host: Host;
  readonly state: StateFiles;
  readonly recipe: EngineRecipe;
  /** What the run before left. */
  readonly carried: CarriedIn;
  readonly folder: string;
  readonly seed: string;
  /** Stop by itself after this; null runs until a person stops it. */
  readonly duration: DurationUs | null;
  /** Whoever wants to look at the run while it lasts. */
  readonly onOpen?: (bot: BotRun) => void;
}

const PAINT = millis(250);
const LATCH_WATCH = millis(250);
const EMERGENCY_PATIENCE = seconds(7);
const BATCH_MAX = 20;
/** Amends raise an order's total by what it has filled before. */
const AMEND_FACTOR = 10;
/** The last gate allows a little more than risk does: it is there for what risk should never let pass. */
const GATE_SLACK = 2;

export interface LiveResult {
  readonly summary: Record<string, unknown>;
  readonly exitCode: number;
}

/** Runs until the duration is over, a person stops it or a limit halts it. */
export const runLive = async (options: LiveOptions): Promise<LiveResult> => {
  const { settings, access, host } = options;
  const client = await openClient(access, settings, host);
  try {
    const tickers = await chooseTickers(client.api, settings.markets, settings.environment);
    // Whoever names markets has decided about the others.
    const isNamed = settings.markets.tickers.length > 0;
    const left = isNamed
      ? null
      : new Set<string>(options.carried.markets.filter(({ position }) => position !== 0).map(({ ticker }) => ticker));
    const catalog = await describedMarkets(client.api, [...tickers, ...(await heldMarkets(client.api, tickers, left))]);
    refuseOutlasting(settings, catalog.markets, options.duration, host.clock.wall());
    const world = await LiveWorld.open(options, client, catalog);
    return await world.run();
  } finally {
    await client.close();
  }
};

/** Once pulled nothing that adds risk leaves this process, not even what waits for a connection. There is no way back. */
class Brake {
  #on = false;
  constructor(private readonly client: Pick<ExchangeClient, 'stopOrders'>) {}

  get isOn(): boolean {
    return this.#on;
  }

  pull(): void {
    this.#on = true;
    this.client.stopOrders('trading has been stopped: nothing but cancels leaves');
  }
}

class LiveWorld {
  readonly #timers: Timer[] = [];
  readonly #data: MarketData;
  #batchOpen = false;
  /** The engine has stopped: what the connections still say on their way out is not part of the run. */
  #ended = false;
  /** Up to there every booked fill is on the tape. */
  #tapePlace: JournalPlace | null = null;
  readonly #groups: GroupMemory;
  readonly #holds: GroupHolds;
  #holdsFailed = false;
  readonly #outside: OutsideFeeds;

  private constructor(
    private readonly options: LiveOptions,
    private readonly client: ExchangeClient,
    private readonly bot: BotRun,
    catalog: Catalog,
    private readonly brake: Brake,
  ) {
    this.#data = new MarketData({
      client,
      catalog,
      host: options.host,
      session: sessionSettings(options.settings),
      tick: options.settings.rhythm.tick,
      volatilityPrior: options.settings.alpha.volatilityPrior,
      bot,
      offer: (event, received) => this.#fromFeed(event, received),
    });
    this.#holds = new GroupHolds(options.state);
    this.#groups = new GroupMemory(options.state, options.recipe.risk.fillBurstMax);
    this.#outside = new OutsideFeeds({
      settings: options.settings.alpha,
      host: options.host,
      offer: (event) => this.#fromOutside(event),
      say: (severity, code, text) => bot.say(severity, code, text),
    });
  }

  static async open(options: LiveOptions, client: ExchangeClient, catalog: Catalog): Promise<LiveWorld> {
    const { recipe, state, host } = options;
    const brake = new Brake(client);
    if (recipe.killedBefore !== null) brake.pull();
    const bot = await openLiveRun(
      options,
      // The latch is on disk before anything else happens: a crash from here on cannot forget it.
      (halt) => {
        brake.pull();
        if (halt.latch) state.setLatch(`${halt.code}: ${halt.text}`, wallTime(host));
      },
    );
    options.onOpen?.(bot);
    return new LiveWorld(options, client, bot, catalog, brake);
  }

  async run(): Promise<LiveResult> {
    const { options, client, bot } = this;
    const { context } = options;
    const { feed, register } = this.#data;
    bot.connect(this.#venue(), feed);
    bot.listMarkets(register.markets);
    this.#carryOver();
    bot.offer(client.budget);
    await this.#data.readStatus();
    await sweepLeftovers(client, register, options.recipe.engine.clientIdPrefix, (text) => bot.say('warn', 'LEFTOVERS', text));
    this.#start();
    const stop = (): void => this.#control('stop', String(context.signal.reason ?? 'asked to stop'));
    if (context.signal.aborted) stop();
    else context.signal.addEventListener('abort', stop, { once: true });
    if (options.duration !== null)
      this.#timers.push(options.host.timers.after(options.duration, () => this.#control('stop', 'the duration is over')));
    if (options.recipe.killedBefore !== null) this.#refuseToTrade(options.recipe.killedBefore);

    options.host.setEmergency(() => this.#cancelEverything());
    const stopped = await bot.stopped;
    options.host.setEmergency(null);
    for (const timer of this.#timers) timer.cancel();
    this.#end();
    this.#saveStatus();
    feed.stop();
    const summary = await bot.finish(this.#data.numbers);
    this.#saveSnapshot(summary['records_complete'] === true ? 'closed' : 'running');
    return { summary, exitCode: bot.exitCode(stopped.left, summary) };
  }

  /** A latch of an earlier run: own orders are cancelled, nothing is quoted, the run ends. */
  #refuseToTrade(reason: string): void {
    this.bot.say(
      'error',
      'LATCHED',
      `Trading is latched off (${reason}). Look into it, then clear it: npm run kmm -- kill --clear "what you found".`,
    );
    this.#control('stop', 'the kill latch is set');
  }

  #fromFeed(event: EngineEvent, received: MonoNs | undefined): void {
    if (received === undefined) this.bot.offer(event);
    else this.bot.offerReceived(event, received);
    if (event.type === 'order-group-update') this.#watchHolds();
  }

  /** What the connections still say on their way out is not part of the run. */
  #end(): void {
    this.#ended = true;
    this.#data.end();
  }

  #venue(): RestVenue {
    const { risk } = this.options.recipe;
    return new RestVenue({
      api: this.client.api,
      throttle: this.client.throttle,
      table: this.#data.register,
      gate: new LastGate(
        {
          orderSizeMax: quantity(risk.orderSizeMax * GATE_SLACK),
          amendTotalMax: quantity(risk.orderSizeMax * AMEND_FACTOR),
          band: risk.band,
          ordersPerSecondMax: (risk.orderRateMax + renewalsPerSecond(this.options.recipe)) * GATE_SLACK,
        },
        () => this.brake.isOn,
      ),
      offer: (event) => this.#fromVenue(event),
      clock: this.options.host.clock,
      batchMax: BATCH_MAX,
      orderPaths: this.client.signer,
      keepSigned: (call) => this.client.signer.keep(call),
    });
  }

  /** What is said outside is decided upon as soon as all of it that came together is in. */
  #fromOutside(event: EngineEvent): void {
    if (this.#ended) return;
    this.bot.offer(event);
    this.#decideSoon();
  }

  /** Answers come one by one; the decision waits until all that came together are in. */
  #fromVenue(event: EngineEvent): void {
    if (this.#ended) return;
    if (event.type === 'group-answer') this.#keepGroup(event);
    // Who is refused for a pause asks at once for how long and where.
    if (event.type === 'command-refused' && event.code === 'paused') void this.#data.readStatus();
    this.bot.offer(this.#withOwnCosts(event));
    this.#decideSoon();
  }

  #decideSoon(): void {
    if (this.#batchOpen) return;
    this.#batchOpen = true;
    const { timers, clock } = this.options.host;
    timers.soon(() => {
      this.#batchOpen = false;
      this.bot.offer({ type: 'batch-end', at: clock.now() });
    });
  }

  /** Until positions are adopted, the costs that the last run knew stand in for the exchange's rounded ones. */
  #withOwnCosts(event: EngineEvent): EngineEvent {
    if (event.type !== 'account-reading' || this.bot.engine.state.adopted) return event;
    const { costs } = this.options.carried;
    return costs.length === 0 ? event : withKnownCosts(event, costs, (index) => this.#data.register.market(marketIndex(index)));
  }

  /** Trips are kept as they happen; what a person lifts on the disk is lifted here. */
  #watchHolds(): void {
    if (this.#ended) return;
    if (this.#holds.isLifted)
      this.bot.offer({ type: 'control', at: this.options.host.clock.now(), command: 'resume', reason: 'the hold was cleared' });
    try {
      this.#holds.note(this.bot.engine.state.groups.trips);
      this.#holdsFailed = false;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!this.#holdsFailed)
        this.bot.say('warn', 'GROUP_FILE', `What the order groups went through could not be written (${text}): it is tried again.`);
      this.#holdsFailed = true;
    }
  }

  #keepGroup(answer: GroupAnswer): void {
    try {
      this.#groups.note(answer);
    } catch (error) {
      this.bot.say(
        'warn',
        'GROUP_FILE',
        `The list of order groups could not be written (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }

  /** What the run before left is told before anything else, and with it whatever there is to say about it. */
  #carryOver(): void {
    const { carried, host } = this.options;
    for (const { severity, code, text } of carried.notes) this.bot.say(severity, code, text);
    const fact = carriedOverFact(carried, (ticker) => this.#data.register.indexOf(ticker), host.clock.now());
    if (fact !== null) this.bot.offer(fact);
  }

  /** A snapshot is worth something only together with the journal behind it: where that cannot be written, the last one stands. */
  #saveSnapshot(standing: 'running' | 'closed' = 'running'): void {
    const { state, carried, recipe, folder, host } = this.options;
    this.#attempt(() => {
      const place = this.bot.recordedUpTo();
      if (place === null) return;
      if (this.bot.isTapeWhole) this.#tapePlace = place;
      const closed = standing === 'closed';
      const taken = { run: recipe.run, folder, at: wallTime(host).toISOString(), place, tapePlace: this.#tapePlace, closed };
      const text = snapshotOf(this.bot.engine, carried, taken);
      if (closed) state.saveSnapshot(text, 'platter');
      // It must not outlive a power failure that takes the records it stands for.
      else this.bot.onceSafe(() => this.#attempt(() => state.saveSnapshot(text, 'kernel')));
    });
  }

  #attempt(save: () => void): void {
    try {
      save();
    } catch (error) {
      this.bot.say('warn', 'SNAPSHOT', `The snapshot could not be written (${error instanceof Error ? error.message : String(error)}).`);
    }
  }

  #saveStatus(): void {
    const { host, state, recipe, folder, settings } = this.options;
    const parts = { host, state, bot: this.bot, outside: this.#outside, run: recipe.run, folder, every: settings.rhythm.status };
    saveStatus(parts, this.#data.numbers, this.#data.feed);
  }

  #start(): void {
    const { host, state, settings, context } = this.options;
    const { timers, clock } = host;
    const { rhythm } = settings;
    const { bot } = this;
    this.#timers.push(
      timers.every(rhythm.tick, () => {
        bot.offer({ type: 'tick', at: clock.now() });
        bot.flush();
      }),
      ...(context.output.isTty ? [timers.every(PAINT, () => bot.paint(this.#data.numbers))] : []),
      timers.every(LATCH_WATCH, () => {
        const latch = this.brake.isOn ? null : state.latch();
        if (latch !== null) this.#control('kill', latch.reason);
        this.#watchHolds();
      }),
      timers.every(rhythm.markets, () => {
        void this.#data.readStatus();
        void this.#data.refresh();
      }),
      timers.every(rhythm.snapshot, () => this.#saveSnapshot()),
      timers.every(rhythm.status, () => this.#saveStatus()),
      host.onKillSignal(() => this.#control('kill', 'SIGUSR2')),
    );
    this.#outside.start();
    this.#timers.push({ cancel: () => this.#outside.stop() });
    if (context.logLevel === 'debug') bot.say('debug', 'START', `Quoting ${this.#data.register.size} markets.`);
    this.#data.start();
  }

  #control(command: 'stop' | 'kill', reason: string): void {
    if (command === 'kill') this.brake.pull();
    else this.client.stopOrders(reason);
    this.bot.offer({ type: 'control', at: this.options.host.clock.now(), command, reason });
  }

  /** Everything of ours, by the exchange's own list, until it is empty. */
  async #cancelEverything(): Promise<boolean> {
    // Whatever the fault was, nothing is decided any more.
    this.#end();
    this.brake.pull();
    for (const timer of this.#timers) timer.cancel();
    const prefix = this.options.recipe.engine.clientIdPrefix;
    const parts = { ...this.client, clock: this.options.host.clock, timers: this.options.host.timers };
    return (await sweep(parts, { prefix, reach: 'own', groups: 'trigger', patience: EMERGENCY_PATIENCE })).clear;
  }
}

const wallTime = (host: Host): Date => new Date(toEpochMs(host.clock.wall()));

/** Each order is renewed twice in its life; they are no part of the order rate, yet pass the same gate. */
const renewalsPerSecond = ({ risk, execution }: EngineRecipe): number =>
  execution.orderLife === null ? 0 : Math.ceil(risk.openOrdersMax / toSeconds(durationUs(execution.orderLife / 2)));
