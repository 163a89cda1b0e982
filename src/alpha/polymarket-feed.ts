/** Polymarket's market channel as a feed of opinions: its protocol on a websocket. */
import type { DurationUs } from '../domain/units.js';
import { PolymarketProtocol, type PolymarketSettings } from './feeds/polymarket.js';
import type { FeedWorld } from './feeds/feed-port.js';
import type { OpenStream } from './feeds/stream-port.js';
import { STREAM_DEFAULTS, StreamFeed } from './stream-feed.js';

export interface PolymarketFeedSettings extends PolymarketSettings {
  readonly url: string;
  /** Longer than the ten seconds between two PINGs. */
  readonly silenceAfter: DurationUs;
}

export const polymarketFeed = (settings: PolymarketFeedSettings, openStream: OpenStream, world: FeedWorld): StreamFeed =>
  new StreamFeed(
    { ...STREAM_DEFAULTS, name: settings.name, url: settings.url, silenceAfter: settings.silenceAfter },
    new PolymarketProtocol(settings, world),
    openStream,
    world,
  );
