/**
 * A bot on paper beside a live feed: the same engine, risk and records, live data and clock, and a venue that fills from what it sees. Nothing in here can send an order:
 * of the exchange's interface it holds the public reads alone.
 */
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';
import type { Catalog } from '../connector/catalog-loader.js';
import type { EngineEvent } from '../domain/events.js';
import { DIRECT_MEMBER_ROUNDING } from '../domain/fees.js';
import { marketIndex } from '../domain/ids.js';
import type { Call } from '../domain/order.js';
import type { RequestAccount } from '../domain/actions.js';
import type { Timer, Venue } from '../domain/ports.js';
import {
  between,
  dollarsOfCash,
  durationUs,
  formatCash,
  millis,
  subtractCash,
  toEpochMs,
  type DurationUs,
  type MonoNs,
} from '../domain/units.js';
import { PaperVenue } from '../paper/paper-venue.js';
import type { BotRun } from './bot-run.js';
import type { SpotBoard } from './current-event.js';
import type { EngineRecipe } from './engine-recipe.js';
import { sessionSettings } from './exchange-client.js';
import type { Host } from './host.js';
import { MarketData, type PublicReads } from './market-data.js';
import { openLiveRun } from './open-run.js';
import { OutsideFeeds } from './outside-feeds.js';
import type { StateFiles } from './state-files.js';
import { saveStatus } from './status-writer.js';

/** Markets that begin to be traded. */
export interface Joining {
  readonly catalog: Catalog;
  /** Why these, for people; null where they were named. */
  readonly why: string | null;
}

export interface PaperOptions {
  readonly context: Pick<CommandContext, 'output' | 'logLevel' | 'signal'>;
  readonly settings: Settings;
  readonly client: PublicReads;
  readonly first: Joining;
  readonly host: Host;
  readonly state: StateFiles;
  readonly recipe: EngineRecipe;
  readonly folder: string;
  readonly seed: string;
  /** Stop by itself after this; null runs until a person stops it. */
  readonly duration: DurationUs | null;
  /** Asked again and again for what should be traded besides; null where nothing new has come. */
  readonly next: (() => Promise<Joining | null>) | null;
  /** Hears what indices are worth. */
  readonly spots: SpotBoard;
  /** Whoever wants to look at the run while it lasts. */
  readonly onOpen?: (bot: BotRun) => void;
}

const PAINT = millis(250);
const LATCH_WATCH = millis(250);

export interface PaperResult {
  readonly summary: Record<string, unknown>;
  readonly exitCode: number;
}

/** Runs until the duration is over, a person stops it or a limit halts it. */
export const runPaper = async (options: PaperOptions): Promise<PaperResult> => {
  const { state, host, recipe } = options;
  const bot = await openLiveRun(options, (halt) => {
    if (halt.latch) state.setLatch(`${halt.code}: ${halt.text}`, new Date(toEpochMs(host.clock.wall())));
  });
  options.onOpen?.(bot);
  const world = new PaperWorld(options, bot);
  return world.run(recipe.killedBefore);
};

class PaperWorld implements Venue {
  readonly #paper: PaperVenue;
  readonly #data: MarketData;
  readonly #outside: OutsideFeeds;
  readonly #timers: Timer[] = [];
  /** Wakes us when the next command reaches the paper book. */
  #alarm: Timer | null = null;
  #batchOpen = false;
  #looking = false;
  #stopping = false;

  constructor(
    private readonly options: PaperOptions,
    private readonly bot: BotRun,
  ) {
    const { settings, client, first, host } = options;
    this.#paper = new PaperVenue({ ...settings.paper, rounding: DIRECT_MEMBER_ROUNDING }, host.chance, host.clock.now());
    this.#data = new MarketData({
      client,
      catalog: first.catalog,
      host,
      // What the account does besides is none of this run's business.
      session: { ...sessionSettings(settings), privateMessages: 'count' },
      tick: settings.rhythm.tick,
      volatilityPrior: settings.alpha.volatilityPrior,
      bot,
      offer: (event, received) => this.#hear(event, received),
    });
    this.#outside = new OutsideFeeds({
      settings: settings.alpha,
      host,
      offer: (event) => {
        this.#hear(event);
        this.#decideSoon();
      },
      say: (severity, code, text) => bot.say(severity, code, text),
    });
  }

  send(call: Call): void {
    this.#paper.send(call);
    this.#arm();
  }

  readAccount(request: RequestAccount): void {
    this.#paper.readAccount(request);
    this.#arm();
  }

  async run(killedBefore: string | null): Promise<PaperResult> {
    const { bot, options } = this;
    const { context, host, settings } = options;
    bot.connect(this, this.#data.feed);
    this.#list(this.#data.register.markets, 0);
    const { fills, balance, latency } = settings.paper;
    const money = formatCash(balance).slice(0, -4);
    bot.say(
      'info',
      'PAPER',
      `On paper: no order is sent. Fills by the model "${fills}", ${latency / 1000} ms away, ${money} $ to begin with.`,
    );
    this.#sayWhy(options.first);
    await this.#data.readStatus();
    this.#start();
    const stop = (): void => this.#control('stop', String(context.signal.reason ?? 'asked to stop'));
    if (context.signal.aborted) stop();
    else context.signal.addEventListener('abort', stop, { once: true });
    if (options.duration !== null)
      this.#timers.push(host.timers.after(options.duration, () => this.#control('stop', 'the duration is over')));
    if (killedBefore !== null) {
      bot.say('error', 'LATCHED', `Trading is latched off (${killedBefore}). Clear it: npm run kmm -- kill --clear "what you found".`);
      this.#control('stop', 'the kill latch is set');
    }
    const stopped = await bot.stopped;
    for (const timer of [...this.#timers, this.#alarm]) timer?.cancel();
    this.#data.end();
    this.#saveStatus();
    this.#data.feed.stop();
    const summary = await bot.finish(this.#data.numbers, { paper: this.#figures() });
    return { summary, exitCode: bot.exitCode(stopped.left, summary) };
  }

  #sayWhy({ why }: Joining): void {
    if (why !== null) this.bot.say('info', 'MARKET', why);
  }

  #figures(): Record<string, unknown> {
    const { fills, cancels, latency, jitter, balance } = this.options.settings.paper;
    const now = this.#paper.balance;
    return {
      fills,
      cancels,
      latency_ms: latency / 1000,
      jitter_ms: jitter / 1000,
      balance_start: dollarsOfCash(balance),
      balance_end: dollarsOfCash(now),
      balance_change: dollarsOfCash(subtractCash(now, balance)),
    };
  }

  #list(markets: MarketData['register']['markets'], from: number): void {
    const at = this.options.host.clock.now();
    for (const [i, market] of markets.entries()) this.#paper.observe({ type: 'market-listed', at, index: marketIndex(from + i), market });
    this.bot.listMarkets(markets, from);
  }

  /** One fact from outside: what fell due on paper before it comes first, what it fills comes after it. */
  #hear(event: EngineEvent, received?: MonoNs): void {
    this.#tellDue();
    this.#paper.observe(event);
    if (event.type === 'index') this.options.spots.hear(event);
    if (received === undefined) this.bot.offer(event);
    else this.bot.offerReceived(event, received);
    this.#tellDue();
  }

  /** The paper venue's word up to now. The decision waits until all that came together is in. */
  #tellDue(): void {
    const facts = this.#paper.advance(this.options.host.clock.now());
    if (facts.length === 0) return;
    for (const fact of facts) this.bot.offer(fact);
    this.#arm();
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

  #arm(): void {
    this.#alarm?.cancel();
    this.#alarm = null;
    const due = this.#paper.nextDue;
    if (due === null) return;
    const { timers, clock } = this.options.host;
    this.#alarm = timers.after(durationUs(Math.max(between(clock.now(), due), 0)), () => {
      this.#alarm = null;
      this.#tellDue();
      this.#arm();
    });
  }

  #start(): void {
    const { host, state, settings, context } = this.options;
    const { timers, clock } = host;
    const { rhythm } = settings;
    const { bot } = this;
    this.#timers.push(
      timers.every(rhythm.tick, () => {
        this.#hear({ type: 'tick', at: clock.now() });
        bot.flush();
      }),
      ...(context.output.isTty ? [timers.every(PAINT, () => bot.paint(this.#data.numbers))] : []),
      timers.every(LATCH_WATCH, () => {
        const latch = this.#stopping ? null : state.latch();
        if (latch !== null) this.#control('kill', latch.reason);
      }),
      timers.every(rhythm.markets, () => {
        void this.#data.readStatus();
        void this.#data.refresh();
        void this.#look();
      }),
      timers.every(rhythm.status, () => this.#saveStatus()),
      host.onKillSignal(() => this.#control('kill', 'SIGUSR2')),
    );
    this.#outside.start();
    this.#timers.push({ cancel: () => this.#outside.stop() });
    this.#data.start();
  }

  #control(command: 'stop' | 'kill', reason: string): void {
    this.#stopping = true;
    this.#hear({ type: 'control', at: this.options.host.clock.now(), command, reason });
  }

  /** Whatever should be traded from now on joins the run. */
  async #look(): Promise<void> {
    const { next } = this.options;
    if (next === null || this.#looking || this.#stopping) return;
    this.#looking = true;
    try {
      const joining = await next();
      if (joining !== null && !this.bot.hasStopped) this.#join(joining);
    } catch (error) {
      this.bot.say('warn', 'NEXT_MARKET', `The next market could not be read (${error instanceof Error ? error.message : String(error)}).`);
    } finally {
      this.#looking = false;
    }
  }

  /**
   * A market joins while the run lasts. To the engine it is a start in small: what rests is cancelled and the account is read anew, so that it knows its position there
   * before it quotes.
   */
  #join(joining: Joining): void {
    const { catalog } = joining;
    const { clock } = this.options.host;
    this.#sayWhy(joining);
    this.#list(catalog.markets, this.#data.register.size);
    this.#hear({ type: 'feed-down', at: clock.now(), reason: 'another market joins' });
    this.#hear({ type: 'feed-up', at: clock.now() });
    this.#data.join(catalog);
  }

  #saveStatus(): void {
    const { host, state, recipe, folder, settings } = this.options;
    const parts = { host, state, bot: this.bot, outside: this.#outside, run: recipe.run, folder, every: settings.rhythm.status };
    saveStatus(parts, this.#data.numbers, this.#data.feed);
  }
}
