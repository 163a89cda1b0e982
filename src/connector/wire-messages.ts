/**
 * Every message of the exchange's stream as a typed value in YES terms (reference section 8). The NO side becomes YES here and in the byte scanner, and
 * nowhere else: a NO bid at p is a YES ask at payout - p.
 */
import type { Level } from '../domain/events.js';
import type { BookSide } from '../domain/market.js';
import { complement, parsePrice, parseQuantity, type EpochUs, type Price, type Quantity } from '../domain/units.js';
import { Fields, isObject, LEVEL_SIZE_MAX, MalformedFrameError, readDecimal, show, type WireContext } from './wire-fields.js';
import type { WireFrame } from './wire-frame.js';
import { decodeCfBenchmarks, decodePyth, type WireIndex } from './wire-index.js';
import { decodeEventFees, decodeLifecycle, type WireEventFees, type WireEventLifecycle, type WireLifecycle } from './wire-lifecycle.js';
import {
  BOOK_SIDES,
  decodeFill,
  decodeOrder,
  decodeOrderGroup,
  decodePosition,
  OUTCOME_SIDES,
  type WireFill,
  type WireOrder,
  type WireOrderGroup,
  type WirePosition,
} from './wire-private.js';

export interface WireSubscribed {
  readonly type: 'subscribed';
  readonly channel: string;
  readonly sid: number;
}
/** A command was carried out. `tickers` is the subscription's whole list after it, where the reply has one. */
export interface WireOk {
  readonly type: 'ok';
  readonly tickers: readonly string[] | null;
  readonly subscriptions: readonly { readonly channel: string; readonly sid: number }[] | null;
}
export interface WireUnsubscribed {
  readonly type: 'unsubscribed';
}
export interface WireError {
  readonly type: 'error';
  readonly code: number;
  readonly text: string;
  readonly tickers: readonly string[];
}
/** Bids and asks best first, each price once. */
export interface WireSnapshot {
  readonly type: 'orderbook_snapshot';
  readonly ticker: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly exchangeAt: EpochUs;
}
export interface WireDelta {
  readonly type: 'orderbook_delta';
  readonly ticker: string;
  readonly side: BookSide;
  readonly price: Price;
  readonly change: Quantity;
  readonly exchangeAt: EpochUs;
}
export interface WireTrade {
  readonly type: 'trade';
  readonly ticker: string;
  readonly tradeId: string;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly takerSide: BookSide;
  /** Agreed away from the book: it took nothing from any level. */
  readonly block: boolean;
  readonly exchangeAt: EpochUs;
}
/** The exchange's own summary. An empty side reads 0 (bid) or the payout (ask). */
export interface WireTicker {
  readonly type: 'ticker';
  readonly ticker: string;
  readonly last: Price;
  readonly bid: Price;
  readonly ask: Price;
  readonly bidSize: Quantity;
  readonly askSize: Quantity;
  readonly exchangeAt: EpochUs;
}
/** A type this program does not know: counted, never fatal. */
export interface WireUnknown {
  readonly type: 'unknown';
  readonly name: string;
}

export type WireMessage =
  | WireSubscribed
  | WireOk
  | WireUnsubscribed
  | WireError
  | WireSnapshot
  | WireDelta
  | WireTrade
  | WireTicker
  | WireFill
  | WireOrder
  | WirePosition
  | WireOrderGroup
  | WireLifecycle
  | WireEventLifecycle
  | WireEventFees
  | WireIndex
  | WireUnknown;

/** @throws MalformedFrameError naming the path, what was expected, what came, and the market where it is known */
export const decodeMessage = (frame: WireFrame, context: WireContext): WireMessage => {
  switch (frame.type) {
    case 'subscribed':
      return decodeSubscribed(fieldsOf(frame));
    case 'ok':
      return decodeOk(frame);
    case 'unsubscribed':
      return { type: 'unsubscribed' };
    case 'error':
      return decodeError(fieldsOf(frame));
    case 'orderbook_snapshot':
      return decodeSnapshot(fieldsOf(frame), context);
    case 'orderbook_delta':
      return decodeDelta(fieldsOf(frame), context);
    case 'trade':
      return decodeTrade(fieldsOf(frame), context);
    case 'ticker':
      return decodeTicker(fieldsOf(frame));
    case 'fill':
      return decodeFill(fieldsOf(frame), context);
    case 'user_order':
      return decodeOrder(fieldsOf(frame), context);
    case 'market_position':
      return decodePosition(fieldsOf(frame));
    case 'order_group_updates':
      return decodeOrderGroup(fieldsOf(frame));
    case 'market_lifecycle_v2':
      return decodeLifecycle(fieldsOf(frame), context);
    case 'event_lifecycle':
      return { type: 'event_lifecycle', event: fieldsOf(frame).text('event_ticker') };
    case 'event_fee_update':
      return decodeEventFees(fieldsOf(frame));
    case 'cfbenchmarks_value':
      return decodeCfBenchmarks(fieldsOf(frame));
    case 'pyth_value':
      return decodePyth(fieldsOf(frame));
    default:
      return { type: 'unknown', name: frame.type };
  }
};

const fieldsOf = (frame: WireFrame): Fields => {
  if (!isObject(frame.msg)) throw new MalformedFrameError(`${frame.type}.msg`, 'an object', show(frame.msg), frame.ticker);
  return new Fields(`${frame.type}.msg`, frame.msg, frame.ticker);
};

const decodeSubscribed = (msg: Fields): WireSubscribed => ({ type: 'subscribed', channel: msg.text('channel'), sid: msg.count('sid') });

const decodeOk = (frame: WireFrame): WireOk => {
  if (Array.isArray(frame.msg)) {
    const subscriptions = frame.msg.map((entry: unknown) => {
      if (!isObject(entry)) throw new MalformedFrameError('ok.msg', 'a list of {channel, sid}', show(entry));
      const fields = new Fields('ok.msg[]', entry, null);
      return { channel: fields.text('channel'), sid: fields.count('sid') };
    });
    return { type: 'ok', tickers: null, subscriptions };
  }
  if (!isObject(frame.msg)) return { type: 'ok', tickers: null, subscriptions: null };
  const msg = new Fields('ok.msg', frame.msg, null);
  return { type: 'ok', tickers: msg.has('market_tickers') ? texts(msg, 'market_tickers') : null, subscriptions: null };
};

const decodeError = (msg: Fields): WireError => {
  const many = msg.has('market_tickers') ? texts(msg, 'market_tickers') : [];
  const one = msg.optionalText('market_ticker');
  return { type: 'error', code: msg.count('code'), text: msg.optionalText('msg') ?? '', tickers: one === null ? many : [one, ...many] };
};

const texts = (msg: Fields, name: string): readonly string[] =>
  msg.list(name).map((entry) => (typeof entry === 'string' ? entry : msg.refuse(name, 'a list of texts')));

const decodeSnapshot = (msg: Fields, context: WireContext): WireSnapshot => {
  const ticker = msg.text('market_ticker');
  const payout = context.payoutOf(ticker);
  const bids = levels(msg, 'yes_dollars_fp', payout, (yes) => yes);
  const asks = levels(msg, 'no_dollars_fp', payout, (p) => (context.noSide === 'yes-price' ? p : complement(p, payout)));
  return {
    type: 'orderbook_snapshot',
    ticker,
    bids: bids.sort((a, b) => b.price - a.price),
    asks: asks.sort((a, b) => a.price - b.price),
    exchangeAt: msg.exchangeTime(),
  };
};

/** One side of a snapshot. A side with no level is absent from the frame; a level of nothing is no level. */
const levels = (msg: Fields, name: string, payout: Price, toYes: (price: Price) => Price): Level[] => {
  if (!msg.has(name)) return [];
  const result: Level[] = [];
  const seen = new Set<number>();
  for (const entry of msg.list(name)) {
    const [first, second] = Array.isArray(entry) && entry.length >= 2 ? (entry as unknown[]) : [];
    const price = readDecimal(first, parsePrice, 'unsigned');
    const quantity = readDecimal(second, parseQuantity, 'unsigned');
    if (
      typeof price === 'string' ||
      typeof quantity === 'string' ||
      price <= 0 ||
      price >= payout ||
      quantity > LEVEL_SIZE_MAX ||
      seen.has(price)
    )
      throw new MalformedFrameError(
        `${msg.path}.${name}`,
        'levels of [price, size], each price once and between 0 and the payout',
        show(entry),
        msg.ticker,
      );
    seen.add(price);
    if (quantity > 0) result.push({ price: toYes(price), quantity });
  }
  return result;
};

const decodeDelta = (msg: Fields, context: WireContext): WireDelta => {
  const ticker = msg.text('market_ticker');
  const payout = context.payoutOf(ticker);
  const side = msg.word('side', OUTCOME_SIDES);
  const price = msg.price('price_dollars');
  if (price <= 0 || price >= payout) msg.refuse('price_dollars', 'a price between 0 and the payout');
  return {
    type: 'orderbook_delta',
    ticker,
    side,
    price: side === 'ask' && context.noSide === 'no-price' ? complement(price, payout) : price,
    change: msg.signedQuantity('delta_fp', LEVEL_SIZE_MAX),
    exchangeAt: msg.exchangeTime(),
  };
};

const decodeTrade = (msg: Fields, context: WireContext): WireTrade => {
  const ticker = msg.text('market_ticker');
  const price = msg.price('yes_price_dollars');
  if (price > context.payoutOf(ticker)) msg.refuse('yes_price_dollars', 'a price up to the payout');
  const quantity = msg.quantity('count_fp');
  if (quantity === 0) msg.refuse('count_fp', 'more than nothing');
  return {
    type: 'trade',
    ticker,
    tradeId: msg.text('trade_id'),
    price,
    quantity,
    takerSide: takerSide(msg),
    block: msg.has('is_block_trade') && msg.flag('is_block_trade'),
    exchangeAt: msg.exchangeTime(),
  };
};

/** Frames from before 2026-05-06 have `taker_side` only; the newer words always win. */
const takerSide = (msg: Fields): BookSide => {
  if (msg.has('taker_book_side')) return msg.word('taker_book_side', BOOK_SIDES);
  if (msg.has('taker_outcome_side')) return msg.word('taker_outcome_side', OUTCOME_SIDES);
  return msg.word('taker_side', OUTCOME_SIDES);
};

const decodeTicker = (msg: Fields): WireTicker => ({
  type: 'ticker',
  ticker: msg.text('market_ticker'),
  last: msg.price('price_dollars'),
  bid: msg.price('yes_bid_dollars'),
  ask: msg.price('yes_ask_dollars'),
  bidSize: msg.quantity('yes_bid_size_fp', LEVEL_SIZE_MAX),
  askSize: msg.quantity('yes_ask_size_fp', LEVEL_SIZE_MAX),
  exchangeAt: msg.exchangeTime(),
});
