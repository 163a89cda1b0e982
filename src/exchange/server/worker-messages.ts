/** What the worker of an exchange and its host say to each other. */
import type { ExchangeSettings } from '../core/types.js';
import type { HandedKey } from './accounts.js';
import type { ExchangeServerOptions } from './options.js';

/** Options that can travel to another thread: no functions, and no world of one's own. */
export type ExchangeWorkerOptions = Omit<ExchangeServerOptions, 'clock' | 'transit' | 'onFault' | 'core'> & {
  readonly core?: Partial<Pick<ExchangeSettings, 'crowd' | 'switches' | 'readLag' | 'shards' | 'weeklyPause' | 'tradesKept'>>;
};

export type FromWorker =
  | { readonly type: 'ready'; readonly rest: string; readonly ws: string; readonly keys: readonly HandedKey[] }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'closed' };

export type ToWorker = { readonly type: 'close' } | { readonly type: 'cut-streams' };
