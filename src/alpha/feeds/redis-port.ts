/** A Redis server as the feed sees it. The world hands over one on top of an optional package; tests may bring their own. */
import type { DurationUs } from '../../domain/units.js';

export interface RedisOptions {
  /** rediss://... anywhere, redis://... to this machine only. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly connectWithin: DurationUs;
  /** The connection broke. Called at most once, and never after `close`. */
  readonly lost: (reason: string) => void;
}

export interface RedisText {
  readonly text: string;
  /** The key goes away by itself: that it is there says that its writer lives. */
  readonly expires: boolean;
}

export interface RedisConnection {
  subscribe(channel: string, hear: (text: string) => void): Promise<void>;
  /** null where there is no such key. */
  read(key: string): Promise<RedisText | null>;
  close(): void;
}

/** Rejects where the server cannot be reached, refuses us, or the package is missing. */
export type ConnectRedis = (options: RedisOptions) => Promise<RedisConnection>;
