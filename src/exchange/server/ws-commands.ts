/** Reads websocket commands (reference 8.2) and names what is wrong with them in the codes of 8.3. Pure: a text in, a command or an error out. */

export const CHANNELS = [
  'orderbook_delta',
  'ticker',
  'trade',
  'fill',
  'market_positions',
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'communications',
  'order_group_updates',
  'user_orders',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'pyth_value',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const ERROR_TEXTS = {
  1: 'Unable to process message',
  2: 'Params required',
  3: 'Channels required',
  4: 'Subscription IDs required',
  5: 'Unknown command',
  7: 'Unknown subscription ID',
  8: 'Unknown channel name',
  9: 'Authentication required',
  10: 'Channel error',
  11: 'Invalid parameter',
  12: 'Exactly one subscription ID is required',
  13: 'Unsupported action',
  14: 'Market Ticker required',
  15: 'Action required',
  18: 'Command timeout',
  19: 'shard_factor must be > 0',
  20: 'shard_factor is required when shard_key is set',
  21: 'shard_key must be >= 0 and < shard_factor',
  22: 'shard_factor must be <= 100',
  24: 'Index IDs required',
  25: 'Subscription buffer overflow',
  26: 'Subscription market limit exceeded',
  27: 'Too many requests',
} as const;
export type ErrorCode = keyof typeof ERROR_TEXTS;

export interface Subscribe {
  readonly cmd: 'subscribe';
  readonly id: number;
  readonly channels: readonly string[];
  readonly markets: MarketNames;
  readonly useYesPrice: boolean;
  readonly sendInitialSnapshot: boolean;
  /** `ok` replies of this subscription leave out the list of markets. */
  readonly skipTickerAck: boolean;
  /** Of the index channel. */
  readonly indexIds: readonly string[];
}
/** Markets as a command names them: by ticker or by id; both empty where none is named. */
export interface MarketNames {
  readonly tickers: readonly string[];
  readonly ids: readonly string[];
}
export interface Unsubscribe {
  readonly cmd: 'unsubscribe';
  readonly id: number;
  readonly sids: readonly number[];
}
export interface ListSubscriptions {
  readonly cmd: 'list_subscriptions';
  readonly id: number;
}
export interface UpdateSubscription {
  readonly cmd: 'update_subscription';
  readonly id: number;
  readonly sid: number;
  readonly action: 'add_markets' | 'delete_markets' | 'get_snapshot';
  readonly markets: MarketNames;
  readonly sendInitialSnapshot: boolean;
}
/** What only a subscription of indices understands. */
export interface UpdateIndices {
  readonly cmd: 'update_indices';
  readonly id: number;
  readonly sid: number;
  readonly action: 'subscribe_indices' | 'unsubscribe_indices' | 'indexlist';
  readonly indexIds: readonly string[];
}
export interface CommandError {
  readonly cmd: 'error';
  readonly id: number;
  readonly code: ErrorCode;
}
export type Command = Subscribe | Unsubscribe | ListSubscriptions | UpdateSubscription | UpdateIndices | CommandError;

const INDEX_ACTIONS = ['subscribe_indices', 'unsubscribe_indices', 'indexlist'] as const;
const ACTIONS = ['add_markets', 'delete_markets', 'get_snapshot'] as const;
const SHARD_FACTOR_MAX = 100;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

/** A wrong parameter, thrown by the readers below and caught in `readCommand`. */
class Wrong extends Error {
  constructor(readonly error: ErrorCode) {
    super(ERROR_TEXTS[error]);
  }
}

const flag = (params: Fields, name: string): boolean => {
  const value = params[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new Wrong(11);
  return value;
};

/** One value under the singular name, a list under the plural name, or both. */
const oneOrMany = <T>(params: Fields, one: string, many: string, is: (value: unknown) => value is T): readonly T[] => {
  const values: T[] = [];
  const single = params[one];
  if (single !== undefined && single !== null) {
    if (!is(single)) throw new Wrong(11);
    values.push(single);
  }
  const list = params[many];
  if (list !== undefined && list !== null) {
    if (!Array.isArray(list) || !list.every(is)) throw new Wrong(11);
    values.push(...list);
  }
  return [...new Set(values)];
};

const marketNames = (params: Fields): MarketNames => ({
  tickers: oneOrMany(params, 'market_ticker', 'market_tickers', isText),
  ids: oneOrMany(params, 'market_id', 'market_ids', isText),
});

const checkShards = (params: Fields): void => {
  const factor = params['shard_factor'];
  const key = params['shard_key'];
  if (factor === undefined) {
    if (key !== undefined) throw new Wrong(20);
    return;
  }
  if (!isNumber(factor) || factor <= 0) throw new Wrong(19);
  if (factor > SHARD_FACTOR_MAX) throw new Wrong(22);
  if (key !== undefined && (!isNumber(key) || key < 0 || key >= factor)) throw new Wrong(21);
};

const readSubscribe = (id: number, params: Fields): Subscribe => {
  const channels = params['channels'];
  if (channels === undefined || channels === null || (Array.isArray(channels) && channels.length === 0)) throw new Wrong(3);
  if (!Array.isArray(channels) || !channels.every(isText)) throw new Wrong(11);
  checkShards(params);
  return {
    cmd: 'subscribe',
    id,
    channels: [...new Set<string>(channels)],
    markets: marketNames(params),
    useYesPrice: flag(params, 'use_yes_price'),
    sendInitialSnapshot: flag(params, 'send_initial_snapshot'),
    skipTickerAck: flag(params, 'skip_ticker_ack'),
    indexIds: oneOrMany(params, 'index_id', 'index_ids', isText),
  };
};

const readUnsubscribe = (id: number, params: Fields): Unsubscribe => {
  const sids = oneOrMany(params, 'sid', 'sids', isNumber);
  if (sids.length === 0) throw new Wrong(4);
  return { cmd: 'unsubscribe', id, sids };
};

const readUpdate = (id: number, params: Fields): UpdateSubscription | UpdateIndices => {
  const sids = oneOrMany(params, 'sid', 'sids', isNumber);
  const sid = sids[0];
  if (sid === undefined || sids.length > 1) throw new Wrong(12);
  const word = params['action'];
  if (word === undefined || word === null || word === '') throw new Wrong(15);
  const ofIndices = INDEX_ACTIONS.find((known) => known === word);
  if (ofIndices !== undefined) {
    const indexIds = oneOrMany(params, 'index_id', 'index_ids', isText);
    if (ofIndices !== 'indexlist' && indexIds.length === 0) throw new Wrong(24);
    return { cmd: 'update_indices', id, sid, action: ofIndices, indexIds };
  }
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) throw new Wrong(13);
  const markets = marketNames(params);
  if (markets.tickers.length === 0 && markets.ids.length === 0) throw new Wrong(14);
  return { cmd: 'update_subscription', id, sid, action, markets, sendInitialSnapshot: flag(params, 'send_initial_snapshot') };
};

/** A command's id, or 0 where it has none that can be read. */
const idOf = (message: Fields): number => (isNumber(message['id']) ? message['id'] : 0);

/** Reads one text frame. Whatever is wrong with it comes back as an error command; nothing is thrown. */
export const readCommand = (text: string): Command => {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { cmd: 'error', id: 0, code: 1 };
  }
  if (!isFields(message)) return { cmd: 'error', id: 0, code: 1 };
  const id = idOf(message);
  try {
    return readByName(message, id);
  } catch (error) {
    if (error instanceof Wrong) return { cmd: 'error', id, code: error.error };
    throw error;
  }
};

const readByName = (message: Fields, id: number): Command => {
  const cmd = message['cmd'];
  if (cmd === 'list_subscriptions') return { cmd, id };
  if (cmd !== 'subscribe' && cmd !== 'unsubscribe' && cmd !== 'update_subscription') throw new Wrong(5);
  const params = message['params'];
  if (!isFields(params)) throw new Wrong(2);
  switch (cmd) {
    case 'subscribe':
      return readSubscribe(id, params);
    case 'unsubscribe':
      return readUnsubscribe(id, params);
    case 'update_subscription':
      return readUpdate(id, params);
  }
};
