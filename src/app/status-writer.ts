/** Writes the picture of a run for people and health checks. A disk that refuses it does not stop the run: the age of the old one tells. */
import type { SignalInForce } from '../alpha/signals.js';
import type { WebSocketFeed } from '../connector/feed.js';
import { durationUs, type DurationUs } from '../domain/units.js';
import type { BotRun, FeedNumbers } from './bot-run.js';
import type { Host } from './host.js';
import type { OutsideFeeds } from './outside-feeds.js';
import type { StateFiles } from './state-files.js';
import { statusOf } from './status-file.js';

export interface StatusWriterParts {
  readonly host: Pick<Host, 'clock' | 'processes'>;
  readonly state: StateFiles;
  readonly bot: BotRun;
  readonly outside: OutsideFeeds;
  readonly run: string;
  readonly folder: string;
  readonly every: DurationUs;
}

export const saveStatus = (parts: StatusWriterParts, numbers: FeedNumbers, feed: Pick<WebSocketFeed, 'receivedNs'>): void => {
  const { host, state, bot, outside, run, folder, every } = parts;
  const heardAgo = numbers.frames === 0 ? null : durationUs((host.clock.monoNs() - feed.receivedNs) / 1000);
  const facts = {
    wall: host.clock.wall(),
    every,
    pid: host.processes.own,
    run,
    folder,
    heardAgo,
    outside: outside.standings(),
    signalsOn: (name: string) => signalsOn(bot, host, name),
  };
  try {
    state.saveStatus(statusOf(bot.model, bot.around(numbers), facts));
  } catch (error) {
    bot.say('debug', 'STATUS', `The status could not be written (${error instanceof Error ? error.message : String(error)}).`);
  }
};

const signalsOn = (bot: BotRun, { clock }: StatusWriterParts['host'], name: string): readonly SignalInForce[] => {
  const { signals, markets } = bot.engine.state;
  const state = markets.find(({ market }) => market.ticker === name);
  if (state === undefined) return [];
  return signals.inForce(state.market.ticker, clock.now(), state.last?.mid ?? null, state.market.payout);
};
