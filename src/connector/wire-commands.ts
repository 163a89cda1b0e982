/** The commands of the stream as texts (reference 8.2). */
import type { NoSideConvention } from './wire-fields.js';

export type Channel =
  | 'orderbook_delta'
  | 'trade'
  | 'ticker'
  | 'fill'
  | 'user_orders'
  | 'market_positions'
  | 'market_lifecycle_v2'
  | 'order_group_updates'
  | IndexChannel;

/** Channels of indices: they know no markets. */
export type IndexChannel = 'cfbenchmarks_value' | 'pyth_value';
/** How each names what it is asked for. */
const INDEX_FILTERS: ReadonlyMap<Channel, string> = new Map<Channel, string>([
  ['cfbenchmarks_value', 'index_ids'],
  ['pyth_value', 'underlying_tickers'],
]);

export interface Subscribe {
  readonly id: number;
  readonly channel: Channel;
  /** null: no filter, which is all markets. */
  readonly tickers: readonly string[] | null;
  readonly noSide: NoSideConvention;
  /** Of an index channel: which indices; none elsewhere. */
  readonly indices: readonly string[];
}

/** One channel per command, so that an error reply names the channel by its id. */
export const subscribeText = (command: Subscribe): string =>
  JSON.stringify({
    id: command.id,
    cmd: 'subscribe',
    params: {
      channels: [command.channel],
      ...(command.tickers === null ? {} : { market_tickers: command.tickers }),
      ...indexFilter(command),
      ...(command.channel === 'orderbook_delta' ? { use_yes_price: command.noSide === 'yes-price' } : {}),
      ...(command.channel === 'ticker' ? { send_initial_snapshot: true } : {}),
    },
  });

const indexFilter = ({ channel, indices }: Subscribe): Record<string, readonly string[]> => {
  const name = INDEX_FILTERS.get(channel);
  return name === undefined ? {} : { [name]: indices };
};

export type UpdateAction = 'add_markets' | 'delete_markets' | 'get_snapshot';

export interface Update {
  readonly id: number;
  readonly sid: number;
  readonly action: UpdateAction;
  readonly tickers: readonly string[];
}

export const updateText = (command: Update): string =>
  JSON.stringify({
    id: command.id,
    cmd: 'update_subscription',
    params: { sid: command.sid, action: command.action, market_tickers: command.tickers },
  });

export const unsubscribeText = (id: number, sid: number): string => JSON.stringify({ id, cmd: 'unsubscribe', params: { sids: [sid] } });
