/** The optional Redis client, loaded only where a feed asks for it. */
import type * as Redis from '@redis/client';
import type { ConnectRedis } from '../alpha/feeds/redis-port.js';
import { TradingError } from '../domain/errors.js';
import { millis } from '../domain/units.js';

const PACKAGE = '@redis/client';
const VERSION = '6.3.1';

export class MissingPackageError extends TradingError {
  readonly code = 'MISSING_PACKAGE';
  constructor(options: ErrorOptions) {
    super(`signals in Redis need the package ${PACKAGE}, which is not installed: npm install --no-save ${PACKAGE}@${VERSION}`, options);
  }
}

/** @throws MissingPackageError */
const load = async (): Promise<typeof Redis> => {
  try {
    return await import('@redis/client');
  } catch (cause) {
    throw new MissingPackageError({ cause });
  }
};

/** Coming back after a loss is the feed's own affair, with its own patience. */
export const connectRedis: ConnectRedis = async ({ url, username, password, connectWithin, lost }) => {
  const { createClient } = await load();
  const client = createClient({
    url,
    // Every server speaks it.
    RESP: 2,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    socket: { connectTimeout: connectWithin / millis(1), reconnectStrategy: false },
    disableOfflineQueue: true,
  });
  let done = false;
  const end = (reason: string): void => {
    if (done) return;
    done = true;
    lost(reason);
  };
  // Without a listener the library would throw.
  client.on('error', (error: unknown) => end(error instanceof Error ? error.message : 'an error of the server'));
  client.on('end', () => end('the server closed the connection'));
  try {
    await client.connect();
  } catch (error) {
    done = true;
    client.destroy();
    throw error;
  }
  return {
    subscribe: async (channel, hear) => {
      await client.subscribe(channel, (text) => {
        if (!done) hear(text);
      });
    },
    read: async (key) => {
      const text = await client.get(key);
      return text === null ? null : { text, expires: (await client.pTTL(key)) > 0 };
    },
    close: () => {
      done = true;
      client.destroy();
    },
  };
};
