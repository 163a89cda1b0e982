/** Starts the feeds that the settings name, on the ports of the host. Nothing of them ends a run: what is wrong is told, and their facts are missing. */
import { cryptoComFeed } from '../alpha/crypto-com-feed.js';
import { FileFeed, signalFile } from '../alpha/file-feed.js';
import type { VolatilityOfCandles } from '../alpha/feeds/crypto-com.js';
import type { FeedReport, FeedStanding, FeedWorld, OutsideFeed } from '../alpha/feeds/feed-port.js';
import { OddsFeed } from '../alpha/odds-feed.js';
import { polymarketFeed } from '../alpha/polymarket-feed.js';
import { BLEND, indexVolatility } from '../alpha/pricing/index-volatility.js';
import { RedisFeed } from '../alpha/redis-feed.js';
import type { AlphaSettings, OddsSettings, RedisSettings } from '../config/alpha-settings.js';
import type { Severity } from '../domain/actions.js';
import type { Offer } from '../domain/ports.js';
import { seconds } from '../domain/units.js';
import { readTextOver } from './feed-http.js';
import type { Host } from './host.js';

export interface OutsideFeedsParts {
  readonly settings: AlphaSettings;
  readonly host: Pick<Host, 'clock' | 'timers' | 'chance' | 'network' | 'secret'>;
  readonly offer: Offer;
  readonly say: (severity: Severity, code: string, text: string) => void;
}

const CANDLES_FOR = seconds(25 * 3600);
const FILE_EVERY = seconds(1);

export class OutsideFeeds {
  readonly #feeds: readonly OutsideFeed[];
  readonly #file: FileFeed | null;

  constructor(parts: OutsideFeedsParts) {
    this.#feeds = feedsOf(parts);
    this.#file = fileOf(parts);
  }

  start(): void {
    this.#file?.start();
    for (const feed of this.#feeds) feed.start();
  }

  stop(): void {
    this.#file?.stop();
    for (const feed of this.#feeds) feed.stop();
  }

  /** How each feed stands; the file, which is no connection, is not among them. */
  standings(): readonly FeedStanding[] {
    return this.#feeds.map((feed) => feed.standing());
  }
}

const feedsOf = ({ settings, host, offer, say }: OutsideFeedsParts): readonly OutsideFeed[] => {
  const { clock, timers, chance, network } = host;
  const world: FeedWorld = { clock, timers, chance, offer, report: ({ severity, code, text }: FeedReport) => say(severity, code, text) };
  const readText = readTextOver(network.connectHttp, timers);
  return [
    ...settings.cryptoCom.map((one) =>
      cryptoComFeed({ ...one, candlesFor: CANDLES_FOR }, network.openSocket, world, volatilityBy(one.candlePeriod)),
    ),
    ...settings.polymarket.map((one) => polymarketFeed(one, network.openSocket, world)),
    ...settings.odds.map((one) => new OddsFeed({ ...one, headers: keyOf(one, host) }, readText, world)),
    ...settings.redis.map((one) => new RedisFeed({ ...one, password: passwordOf(one, host) }, network.connectRedis ?? noRedis, world)),
  ];
};

const PERIODS = { '1m': seconds(60), '5m': seconds(300), '15m': seconds(900) } as const;

const volatilityBy =
  (period: keyof typeof PERIODS): VolatilityOfCandles =>
  (candles, now) =>
    indexVolatility(candles, now, { ...BLEND, candle: PERIODS[period] });

const fileOf = ({ settings, host, offer, say }: OutsideFeedsParts): FileFeed | null =>
  settings.file === null
    ? null
    : new FileFeed({
        file: signalFile(settings.file),
        clock: host.clock,
        timers: host.timers,
        offer,
        report: (error) => {
          if (error !== null) say('warn', 'SIGNAL_FILE', error.message);
        },
        pollEvery: FILE_EVERY,
      });

const keyOf = ({ key }: OddsSettings, { secret }: Pick<Host, 'secret'>): Record<string, string> => {
  const value = key === null ? null : (secret?.(key.variable) ?? null);
  return key === null || value === null ? {} : { [key.header.toLowerCase()]: value };
};

const passwordOf = ({ passwordVariable }: RedisSettings, { secret }: Pick<Host, 'secret'>): string | null =>
  passwordVariable === null ? null : (secret?.(passwordVariable) ?? null);

const noRedis = (): Promise<never> => Promise.reject(new Error('there is no Redis in this world'));
