/** Crypto.com Exchange's market data as a feed of index facts: its protocol on a websocket. */
import type { DurationUs } from '../domain/units.js';
import { CryptoComProtocol, type CryptoComSettings, type VolatilityOfCandles } from './feeds/crypto-com.js';
import type { FeedWorld } from './feeds/feed-port.js';
import type { OpenStream } from './feeds/stream-port.js';
import { STREAM_DEFAULTS, StreamFeed } from './stream-feed.js';

export interface CryptoComFeedSettings extends CryptoComSettings {
  readonly url: string;
  readonly silenceAfter: DurationUs;
}

/** @param volatility what candles say of the future; null tells none */
export const cryptoComFeed = (
  settings: CryptoComFeedSettings,
  openStream: OpenStream,
  world: FeedWorld,
  volatility: VolatilityOfCandles | null,
): StreamFeed =>
  new StreamFeed(
    { ...STREAM_DEFAULTS, name: settings.name, url: settings.url, silenceAfter: settings.silenceAfter },
    new CryptoComProtocol(settings, world, volatility),
    openStream,
    world,
  );
