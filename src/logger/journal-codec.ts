/**
 * Every fact and every action, to bytes and back without loss. What arrives thousands of times a second has a fixed binary layout; the rest is JSON
 * of the fact itself. A fact whose numbers do not fit the compact layout falls back to JSON rather than being cut. Minus zero counts as zero.
 */
import type { Decision, EngineAction, NoQuote } from '../domain/actions.js';
import type { BookDelta, BookSnapshot, EngineEvent, Level, MarketListed, PublicTrade, SignalUpdate } from '../domain/events.js';
import { marketIndex, ticker } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import { PriceGrid, type PriceBand } from '../domain/price-grid.js';
import { cash, epochUs, price, quantity, type Price } from '../domain/units.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import { beginRecord, endRecord, KIND } from './journal-frame.js';

/** Appends one fact as one record. The fact is read, never kept: lent objects are welcome. */
export const writeEvent = (out: ByteWriter, event: EngineEvent): void => {
  switch (event.type) {
    case 'book-delta':
      return writeDelta(out, event);
    case 'trade':
      return writeTrade(out, event);
    case 'batch-end':
      return writeMoment(out, KIND.batchEnd, event.at);
    case 'tick':
      return writeMoment(out, KIND.tick, event.at);
    case 'book-snapshot':
      return writeSnapshot(out, event);
    case 'signal':
      return event.source === undefined ? writeSignal(out, event) : writeJson(out, event);
    case 'market-listed':
      return writeJson(out, { ...event, market: { ...event.market, grid: gridToJson(event.market.grid) } });
    case 'market-changed':
      return writeJson(out, event.grid === undefined ? event : { ...event, grid: gridToJson(event.grid) });
    case 'carried-over':
    case 'book-lost':
    case 'feed-up':
    case 'feed-down':
    case 'feed-silence':
    case 'order-accepted':
    case 'command-refused':
    case 'command-unknown':
    case 'order-amended':
    case 'order-cancelled':
    case 'order-update':
    case 'fill':
    case 'position-update':
    case 'order-group-update':
    case 'group-answer':
    case 'account-reading':
    case 'rate-limited':
    case 'write-budget':
    case 'exchange-status':
    case 'opinion':
    case 'index':
    case 'index-volatility':
    case 'control':
    case 'storage':
      return writeJson(out, event);
  }
};

/**
 * Reads the payload of one event record.
 * @returns null where the kind is not an event
 * @throws ShortRecordError, RangeError, SyntaxError or InvalidGridError for a payload that no build of this format wrote
 */
export const readEvent = (kind: number, input: ByteReader): EngineEvent | null => {
  switch (kind) {
    case KIND.bookDelta:
      return readDelta(input);
    case KIND.trade:
      return readTrade(input);
    case KIND.batchEnd:
      return { type: 'batch-end', at: epochUs(input.f64()) };
    case KIND.tick:
      return { type: 'tick', at: epochUs(input.f64()) };
    case KIND.bookSnapshot:
      return readSnapshot(input);
    case KIND.signal:
      return readSignal(input);
    case KIND.eventJson:
      return eventFromJson(JSON.parse(input.text()) as EngineEvent);
    default:
      return null;
  }
};

/** Appends the actions of one step as one record. */
export const writeActions = (out: ByteWriter, actions: readonly EngineAction[]): void => {
  const start = beginRecord(out, KIND.actions, 4);
  writeActionList(out, actions);
  endRecord(out, start);
};

/** The payload alone: what replay compares. */
export const writeActionList = (out: ByteWriter, actions: readonly EngineAction[]): void => {
  out.reserve(4);
  out.u32(actions.length);
  for (const action of actions) writeAction(out, action);
};

export const readActionList = (input: ByteReader): readonly EngineAction[] => {
  const count = input.u32();
  const actions: EngineAction[] = [];
  for (let i = 0; i < count; i++)
    actions.push(input.u8() === ACTION_DECISION ? readDecision(input) : (JSON.parse(input.text()) as EngineAction));
  return actions;
};

const isI32 = (n: number): boolean => (n | 0) === n;
const isU32 = (n: number): boolean => n >>> 0 === n;
const sideToByte = (side: BookSide): number => (side === 'bid' ? 0 : 1);
const sideOfByte = (byte: number): BookSide => {
  if (byte > 1) throw new RangeError(`side ${byte} is neither bid (0) nor ask (1)`);
  return byte === 0 ? 'bid' : 'ask';
};

const writeJson = (out: ByteWriter, value: object): void => {
  const start = beginRecord(out, KIND.eventJson, 0);
  out.text(JSON.stringify(value));
  endRecord(out, start);
};

const writeMoment = (out: ByteWriter, kind: number, at: number): void => {
  const start = beginRecord(out, kind, 8);
  out.f64(at);
  endRecord(out, start);
};

const writeDelta = (out: ByteWriter, event: BookDelta): void => {
  if (!isI32(event.price) || !isU32(event.market)) return writeJson(out, event);
  const start = beginRecord(out, KIND.bookDelta, 33);
  out.f64(event.at);
  out.f64(event.exchangeAt);
  out.f64(event.change);
  out.u32(event.market);
  out.i32(event.price);
  out.u8(sideToByte(event.side));
  endRecord(out, start);
};

const readDelta = (input: ByteReader): BookDelta => {
  const at = epochUs(input.f64());
  const exchangeAt = epochUs(input.f64());
  const change = quantity(input.f64());
  const market = marketIndex(input.u32());
  const level = price(input.i32());
  return { type: 'book-delta', at, market, side: sideOfByte(input.u8()), price: level, change, exchangeAt };
};

const writeTrade = (out: ByteWriter, event: PublicTrade): void => {
  if (!isI32(event.price) || !isU32(event.market)) return writeJson(out, event);
  const start = beginRecord(out, KIND.trade, 33);
  out.f64(event.at);
  out.f64(event.exchangeAt);
  out.f64(event.quantity);
  out.u32(event.market);
  out.i32(event.price);
  out.u8(sideToByte(event.takerSide));
  endRecord(out, start);
};

const readTrade = (input: ByteReader): PublicTrade => {
  const at = epochUs(input.f64());
  const exchangeAt = epochUs(input.f64());
  const size = quantity(input.f64());
  const market = marketIndex(input.u32());
  const level = price(input.i32());
  return { type: 'trade', at, market, price: level, quantity: size, takerSide: sideOfByte(input.u8()), exchangeAt };
};

const LEVEL_BYTES = 12;

const writeSnapshot = (out: ByteWriter, event: BookSnapshot): void => {
  const compact = isU32(event.market) && event.bids.every(hasCompactPrice) && event.asks.every(hasCompactPrice);
  if (!compact) return writeJson(out, event);
  const start = beginRecord(out, KIND.bookSnapshot, 28 + LEVEL_BYTES * (event.bids.length + event.asks.length));
  out.f64(event.at);
  out.f64(event.exchangeAt);
  out.u32(event.market);
  out.u32(event.bids.length);
  out.u32(event.asks.length);
  for (const level of event.bids) writeLevel(out, level);
  for (const level of event.asks) writeLevel(out, level);
  endRecord(out, start);
};

const hasCompactPrice = (level: Level): boolean => isI32(level.price);

const writeLevel = (out: ByteWriter, level: Level): void => {
  out.i32(level.price);
  out.f64(level.quantity);
};

const readSnapshot = (input: ByteReader): BookSnapshot => {
  const at = epochUs(input.f64());
  const exchangeAt = epochUs(input.f64());
  const market = marketIndex(input.u32());
  const bidCount = input.u32();
  const askCount = input.u32();
  const bids = readLevels(input, bidCount);
  return { type: 'book-snapshot', at, market, bids, asks: readLevels(input, askCount), exchangeAt };
};

const readLevels = (input: ByteReader, count: number): readonly Level[] => {
  const levels: Level[] = [];
  for (let i = 0; i < count; i++) levels.push({ price: price(input.i32()), quantity: quantity(input.f64()) });
  return levels;
};

/** The shift is a float from outside: in binary it survives whatever it is. */
const writeSignal = (out: ByteWriter, event: SignalUpdate): void => {
  const start = beginRecord(out, KIND.signal, 24);
  out.f64(event.at);
  out.f64(event.asOf);
  out.f64(event.shift);
  out.text(event.ticker);
  endRecord(out, start);
};

const readSignal = (input: ByteReader): SignalUpdate => {
  const at = epochUs(input.f64());
  const asOf = epochUs(input.f64());
  const shift = input.f64();
  return { type: 'signal', at, ticker: ticker(input.text()), shift, asOf };
};

interface GridJson {
  readonly bands: readonly PriceBand[];
  readonly payout: Price;
}

const gridToJson = (grid: PriceGrid): GridJson => ({ bands: grid.bands, payout: grid.payout });
const gridFromJson = (grid: GridJson): PriceGrid => new PriceGrid(grid.bands, grid.payout);

const eventFromJson = (event: EngineEvent): EngineEvent => {
  if (event.type === 'market-listed') return { ...event, market: marketFromJson(event) };
  if (event.type === 'market-changed' && event.grid !== undefined) return { ...event, grid: gridFromJson(event.grid) };
  return event;
};

const marketFromJson = (event: MarketListed): MarketListed['market'] => ({ ...event.market, grid: gridFromJson(event.market.grid) });

const ACTION_JSON = 0;
const ACTION_DECISION = 1;

const writeAction = (out: ByteWriter, action: EngineAction): void => {
  if (action.type === 'decision') return writeDecision(out, action);
  out.reserve(1);
  out.u8(ACTION_JSON);
  out.text(JSON.stringify(action));
};

const CAUSES: readonly Decision['cause'][] = ['quote', 'fill', 'interval', 'pull'];
const DECISION_BYTES = 1 + 2 + 15 * 8;

const writeDecision = (out: ByteWriter, d: Decision): void => {
  out.reserve(DECISION_BYTES);
  out.u8(ACTION_DECISION);
  out.u8(CAUSES.indexOf(d.cause));
  out.u8(presenceOf(d));
  out.f64(d.market);
  out.f64(d.at);
  out.f64(d.bestBid ?? 0);
  out.f64(d.bestAsk ?? 0);
  out.f64(d.mid ?? 0);
  out.f64(d.fair ?? 0);
  out.f64(d.reservation ?? 0);
  out.f64(d.bid ?? 0);
  out.f64(d.bidSize);
  out.f64(d.ask ?? 0);
  out.f64(d.askSize);
  out.f64(d.inventory);
  out.f64(d.unrealized);
  out.f64(d.realized);
  out.f64(d.fees);
  out.text(d.noBid === null && d.noAsk === null ? '' : JSON.stringify([d.noBid, d.noAsk]));
};

/** One bit for each number that may be missing. */
const presenceOf = (d: Decision): number =>
  (d.bestBid === null ? 0 : 1) |
  (d.bestAsk === null ? 0 : 2) |
  (d.mid === null ? 0 : 4) |
  (d.fair === null ? 0 : 8) |
  (d.reservation === null ? 0 : 16) |
  (d.bid === null ? 0 : 32) |
  (d.ask === null ? 0 : 64);

const readDecision = (input: ByteReader): Decision => {
  const cause = CAUSES[input.u8()];
  if (cause === undefined) throw new RangeError('a decision without a known cause');
  const present = input.u8();
  const optional = (bit: number): number | null => {
    const value = input.f64();
    return (present & bit) === 0 ? null : value;
  };
  const d = {
    type: 'decision',
    market: marketIndex(input.f64()),
    at: epochUs(input.f64()),
    bestBid: optional(1) as Price | null,
    bestAsk: optional(2) as Price | null,
    mid: optional(4),
    fair: optional(8),
    reservation: optional(16),
    bid: optional(32) as Price | null,
    bidSize: quantity(input.f64()),
    ask: optional(64) as Price | null,
    askSize: quantity(input.f64()),
    inventory: quantity(input.f64()),
    unrealized: cash(input.f64()),
    realized: cash(input.f64()),
    fees: cash(input.f64()),
    cause,
  } as const;
  const reasons = input.text();
  const [noBid, noAsk] = reasons === '' ? [null, null] : (JSON.parse(reasons) as [NoQuote | null, NoQuote | null]);
  return { ...d, noBid, noAsk };
};
