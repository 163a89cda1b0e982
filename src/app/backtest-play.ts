/** Plays one source through any number of lanes at once: it is read and decoded once, and every lane gets the same facts at the same moments. */
import { MarketRegister } from '../connector/market-table.js';
import { readRecording } from '../connector/recording.js';
import { playbackSettings } from '../connector/session-types.js';
import { Session } from '../connector/session.js';
import { SeededChance } from '../domain/chance.js';
import type { EngineEvent } from '../domain/events.js';
import { marketIndex, type MarketIndex } from '../domain/ids.js';
import type { EpochUs } from '../domain/units.js';
import { DiskJournal } from '../logger/journal-files.js';
import { JournalReader } from '../logger/journal-reader.js';
import type { BacktestLane } from './backtest-lane.js';
import type { RecordingSource, RunSource, Source } from './backtest-sources.js';
import { isOfTheRun } from './paper-desk.js';
import { marketsOf } from './recorded-markets.js';

export interface PlayOptions {
  readonly lanes: readonly BacktestLane[];
  /** Nothing is played beyond it; null: to the end. */
  readonly until: EpochUs | null;
  /** Told now and then how many items of the source are done. False ends the play. */
  readonly onItems: (done: number) => boolean | Promise<boolean>;
}

/** Items between two looks at the rest of the world. */
const BREATH = 1000;

/** @returns items played @throws whatever the source throws where it has changed since it was looked at */
export const play = (source: Source, options: PlayOptions): Promise<number> =>
  source.kind === 'recording' ? playRecording(source, options) : playRun(source, options);

const playRecording = async (source: RecordingSource, { lanes, until, onItems }: PlayOptions): Promise<number> => {
  const markets = await marketsOf(source.path, source.tickers, source.offCent, source.marketsFile);
  const register = new MarketRegister(markets);
  const offer = (event: EngineEvent): void => {
    // The end of a batch is the playback's to tell: after each frame, once paper has answered.
    if (event.type === 'batch-end') return;
    if (event.type === 'market-changed') {
      const before = register.market(event.market);
      register.add({ ...before, ...(event.grid === undefined ? {} : { grid: event.grid }) });
    }
    for (const lane of lanes) lane.offer(event);
  };
  const session = new Session({
    settings: playbackSettings('no-price'),
    markets: register,
    chance: new SeededChance(0, 'backtest'),
    offer,
  });
  let at = source.firstAt;
  for (const [i, market] of markets.entries()) offer({ type: 'market-listed', at, index: marketIndex(i), market });
  session.step({ type: 'add-markets', at, markets: markets.map((_, i) => marketIndex(i)) });
  session.step({ type: 'start', at });
  session.step({ type: 'opened', at });
  let done = 0;
  for await (const frame of readRecording(source.path)) {
    if (done === source.items) break;
    if (frame.at !== null && until !== null && frame.at > until) break;
    if (frame.at !== null && frame.at > at) at = frame.at;
    for (const lane of lanes) lane.passTo(at);
    session.step({ type: 'frame', at, bytes: frame.bytes });
    for (const lane of lanes) lane.settle();
    if (++done % BREATH === 0 && !(await onItems(done))) break;
  }
  return done;
};

/** Batches and ticks are those of the recorded run: the lanes look when it looked. */
const playRun = async (source: RunSource, { lanes, until, onItems }: PlayOptions): Promise<number> => {
  const reader = new JournalReader(new DiskJournal(source.path));
  const chosen = new ChosenMarkets(source.tickers);
  let done = 0;
  for (const record of reader.records()) {
    if (record.type === 'gap') break;
    if (record.type !== 'event') continue;
    if (done === source.items || (until !== null && record.event.at > until)) break;
    const event = isOfTheRun(record.event) ? null : chosen.translate(record.event);
    if (event !== null) for (const lane of lanes) tell(lane, event);
    if (++done % BREATH === 0 && !(await onItems(done))) break;
  }
  return done;
};

const tell = (lane: BacktestLane, event: EngineEvent): void => {
  if (event.type === 'tick') return lane.tick(event.at);
  lane.passTo(event.at);
  if (event.type === 'batch-end') lane.settle();
  else lane.offer(event);
};

/** Where only some markets of a run are wanted, they get indices of their own and the facts about others are left out. */
class ChosenMarkets {
  readonly #indices = new Map<MarketIndex, MarketIndex>();

  constructor(private readonly tickers: readonly string[]) {}

  translate(event: EngineEvent): EngineEvent | null {
    if (event.type === 'market-listed') {
      const at = this.tickers.indexOf(event.market.ticker);
      if (at < 0) return null;
      // In the order of their listing, as the engine counts them.
      const index = this.#indices.get(event.index) ?? marketIndex(this.#indices.size);
      this.#indices.set(event.index, index);
      return index === event.index ? event : { ...event, index };
    }
    if (!('market' in event)) return event;
    const index = this.#indices.get(event.market);
    if (index === undefined) return null;
    return index === event.market ? event : { ...event, market: index };
  }
}
