/** A bot on a recording: the production session and pipeline, a paper venue, recorded time. */
import type { CommandContext } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { Progress } from '../cli/progress.js';
import type { Settings } from '../config/settings.js';
import { MarketRegister } from '../connector/market-table.js';
import { RecordingError } from '../connector/recording-format.js';
import { readRecording, type RecordedFrame } from '../connector/recording.js';
import { playbackSettings } from '../connector/session-types.js';
import { Session } from '../connector/session.js';
import { SeededChance } from '../domain/chance.js';
import type { EngineEvent } from '../domain/events.js';
import { marketIndex } from '../domain/ids.js';
import type { Clock } from '../domain/ports.js';
import { durationUs, later, millis, seconds, UNKNOWN_TIME, type EpochUs, type MonoNs } from '../domain/units.js';
import type { PaperVenue } from '../paper/paper-venue.js';
import { Playback } from '../replay/playback.js';
import { BotRun, type FeedNumbers } from './bot-run.js';
import { paperRunId, recipeOf } from './run-settings.js';
import { paperVenueOf } from './paper-desk.js';
import { chosenOf, marketsOf } from './recorded-markets.js';
import { tickersOf } from './recorded-tickers.js';
import { makeRunFolder } from './run-files.js';
import { ShadowRun } from './shadow-run.js';
import type { ShadowChoice } from './shadow-settings.js';
import { SystemClock, systemTimers } from './system-clock.js';
import { systemFiles } from './system-files.js';
import { systemHost } from './system-host.js';

/** Recorded time that a stop may take; more than the slowest paper venue needs. */
const END_MARGIN = seconds(600);
const END_STEP = millis(100);
const DEFAULT_SEED = '1';
/** Frames between two looks at the wall clock and the terminal. */
const BREATH = 200;

/** The world's clock: recorded time for everything that is decided, the real one for measuring ourselves. */
class RecordedClock implements Clock {
  at: EpochUs = UNKNOWN_TIME;
  readonly #real = new SystemClock();
  now(): EpochUs {
    return this.at;
  }
  wall(): EpochUs {
    return this.at;
  }
  monoNs(): MonoNs {
    return this.#real.monoNs();
  }
}

export const runPlayback = async (
  context: CommandContext,
  settings: Settings,
  shadow: ShadowChoice | null = null,
): Promise<{ summary: Record<string, unknown>; exitCode: number }> => {
  const from = context.options.optionalText('from');
  if (from === null) throw new CommandFailure(ExitCode.usage, 'playback needs a recording', { fix: 'name one with --from FILE.jsonl.gz' });
  try {
    return await new PlaybackWorld(context, settings, from, shadow).run();
  } catch (error) {
    if (error instanceof RecordingError)
      throw new CommandFailure(ExitCode.storage, 'the recording cannot be played', {
        why: error.message,
        fix: 'name a file that `npm run record` or another recorder of raw frames has written',
        cause: error,
      });
    throw error;
  }
};

class PlaybackWorld {
  readonly #clock = new RecordedClock();
  readonly #seed: string;

  constructor(
    private readonly context: CommandContext,
    private readonly settings: Settings,
    private readonly from: string,
    private readonly shadow: ShadowChoice | null,
  ) {
    this.#seed = context.options.optionalText('seed') ?? DEFAULT_SEED;
  }

  async run(): Promise<{ summary: Record<string, unknown>; exitCode: number }> {
    const { context, settings, from } = this;
    const found = await tickersOf(from);
    const chosen = chosenOf(found.tickers, settings.markets.tickers);
    const markets = await marketsOf(from, chosen, found.offCent, context.options.optionalText('markets-file'));
    const register = new MarketRegister(markets);
    this.#clock.at = found.firstAt;
    const bot = await this.#bot();
    // Its time is the recording's, and waits for nobody: it steps at once.
    if (this.shadow !== null)
      await ShadowRun.attach(bot, { ...this.shadow, seed: this.#seed, host: { ...systemHost(), clock: this.#clock }, timers: null });
    const paper = paperVenueOf(settings.paper, this.#seed, found.firstAt);
    const session = new Session({
      settings: playbackSettings('no-price'),
      markets: register,
      chance: new SeededChance(0, this.#seed),
      offer: (event) => this.#observe(event, paper, bot, register),
    });
    bot.connect(paper, { requestSnapshot: (market) => void session.step({ type: 'request-snapshot', at: this.#clock.at, market }) });
    for (const [i, market] of markets.entries())
      paper.observe({ type: 'market-listed', at: this.#clock.at, index: marketIndex(i), market });
    bot.listMarkets(markets);
    session.step({ type: 'add-markets', at: this.#clock.at, markets: markets.map((_, i) => marketIndex(i)) });
    session.step({ type: 'start', at: this.#clock.at });
    session.step({ type: 'opened', at: this.#clock.at });
    const numbers = (): FeedNumbers => ({
      frames: session.counters.frames,
      gaps: session.counters.gaps,
      privateNotBooked: session.counters.privateNotBooked,
    });
    const playback = new Playback(
      {
        paper,
        offer: (event) => bot.offer(event),
        setTime: (at) => {
          this.#clock.at = at;
        },
      },
      found.firstAt,
    );
    const tell = ({ bytes }: RecordedFrame, at: EpochUs): void => void session.step({ type: 'frame', at, bytes });
    await this.#play(playback, tell, bot, numbers, found.frames);
    bot.offer({ type: 'control', at: playback.now, command: 'stop', reason: 'the recording is over' });
    const latest = later(playback.now, END_MARGIN);
    while (!bot.hasStopped && playback.now < latest) playback.passTo(later(playback.now, END_STEP));
    const left = bot.hasStopped ? await bot.stopped : { left: bot.engine.openOrders };
    const summary = await bot.finish(numbers());
    return { summary: { ...summary, from, speed: context.options.text('speed') }, exitCode: bot.exitCode(left.left, summary) };
  }

  async #play(
    playback: Playback,
    tell: (frame: RecordedFrame, at: EpochUs) => void,
    bot: BotRun,
    numbers: () => FeedNumbers,
    total: number,
  ): Promise<void> {
    const { context } = this;
    const factor = { max: 0, '1x': 1, '10x': 10 }[context.options.text('speed')] ?? 0;
    const pace = new Pace(factor, playback.now);
    const bar = new Progress(context.output, { total, label: 'playing', nowMs: () => performance.now() });
    let count = 0;
    for await (const frame of readRecording(this.from, { onTruncated: (text) => bot.say('warn', 'TRUNCATED', text) })) {
      if (context.signal.aborted) break;
      if (frame.at !== null) await pace.until(frame.at);
      playback.batch(frame.at, (at) => tell(frame, at));
      if (++count % BREATH !== 0) continue;
      bar.update(count);
      bot.paint(numbers());
      bot.flush();
    }
    bar.finish();
  }

  #observe(event: EngineEvent, paper: PaperVenue, bot: BotRun, register: MarketRegister): void {
    // The end of a batch is the playback's to tell: after each frame, once paper has answered.
    if (event.type === 'batch-end') return;
    if (event.type === 'market-changed') {
      const before = register.market(event.market);
      register.add({ ...before, ...(event.grid === undefined ? {} : { grid: event.grid }) });
    }
    paper.observe(event);
    bot.offer(event);
  }

  async #bot(): Promise<BotRun> {
    const { context, settings } = this;
    const folder = makeRunFolder(systemFiles, settings.logger.folder, new Date(), 'playback');
    return BotRun.open(
      {
        env: 'playback',
        seed: this.#seed,
        folder,
        recipe: recipeOf(settings, paperRunId(this.#seed), null, false),
        strategyName: settings.strategy.name,
        host: { ...systemHost(), clock: this.#clock },
        output: context.output,
        logLevel: context.logLevel,
        console: settings.logger.console,
        segmentBytes: settings.journal.segmentBytes,
        durability: 'kernel',
        tape: {
          bytes: settings.logger.tapeBytes,
          rows: settings.logger.tapeRows,
          logBytes: settings.logger.logBytes,
          logsKept: settings.logger.logFilesKept,
        },
        // Recorded time runs ahead of the disk, and waits for it where the ring is full.
        tapeBehindMax: seconds(0),
        warnLatency: settings.logger.warnLatency,
      },
      () => {},
    );
  }
}

/** Keeps recorded time in step with the wall clock, or runs free. */
class Pace {
  readonly #started = performance.now();

  constructor(
    private readonly factor: number,
    private readonly from: EpochUs,
  ) {}

  async until(at: EpochUs): Promise<void> {
    if (this.factor === 0) return;
    const due = this.#started + (at - this.from) / 1000 / this.factor;
    const wait = due - performance.now();
    if (wait > 1) await new Promise<void>((resolve) => systemTimers.after(durationUs(wait * 1000), resolve));
  }
}
