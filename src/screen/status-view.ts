/** The status screen as lines of text: 80 by 24 is enough, more room shows more markets. No colour is needed to read it. */
import type { Decision, NoQuote } from '../domain/actions.js';
import {
  addCash,
  between,
  dollarsOfCash,
  formatPrice,
  formatQuantity,
  PRICE_PER_DOLLAR,
  subtractCash,
  toSeconds,
  type Cash,
  type Price,
  type Quantity,
} from '../domain/units.js';
import type { MarketLine, StatusModel, Surroundings } from './status-model.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Columns and their widths: 79 with the blanks between, so that an 80-column terminal shows all of them. */
const NAME = 16;
const TITLES = ['bid', 'ask', 'fair', 'reserv', 'our bid', 'our ask', 'position', 'P&L $'] as const;
const WIDTHS = [5, 5, 6, 6, 10, 10, 8, 6] as const;
const rowOf = (name: string, cells: readonly string[]): string =>
  [name.padEnd(NAME), ...cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0))].join(' ');
const HEAD = rowOf('market', TITLES);
const NONE = '-';

/** Lines of the screen, none longer than the columns, no more than the rows. */
export const statusLines = (model: StatusModel, around: Surroundings, size: Size): string[] => {
  const c = model.counters;
  const lines = [
    `KMM ${around.env}  ${around.strategy}  ${model.standing}  ${duration(toSeconds(between(around.startedAt, around.now)))}  P&L ${signed(model.profit)} $  fees ${dollars(model.fees)} $`,
    `orders ${around.openOrders} open, ${c.placed} placed, ${c.amended + c.decreased} changed, ${c.cancelled} cancelled, ${c.rejected} refused${c.unknown > 0 ? `, ${c.unknown} unknown` : ''}; fills ${c.fills} (${formatQuantity(c.volume)})`,
    `feed ${around.frames} frames, ${c.deltas} deltas, ${around.gaps} gaps; latency us p50 ${around.latencyUs.p50} p99 ${around.latencyUs.p99} max ${around.latencyUs.max}${around.droppedRows > 0 ? `; ${around.droppedRows} tape rows dropped` : ''}`,
    '',
    HEAD,
  ];
  const notes = model.notes.slice(-3).map((note) => `${note.severity}: ${note.text}`);
  const room = size.rows - lines.length - notes.length - 2;
  const markets = model.markets.flatMap(marketLines);
  lines.push(...(markets.length > room ? [...markets.slice(0, room - 1), `... ${markets.length - room + 1} more lines`] : markets));
  if (notes.length > 0) lines.push('', ...notes);
  return lines.slice(0, size.rows - 1).map((line) => line.slice(0, size.columns));
};

const marketLines = ({ ticker, decision }: MarketLine): string[] => {
  const name = ticker.length > NAME ? `…${ticker.slice(1 - NAME)}` : ticker;
  if (decision === null) return [`${name.padEnd(NAME)} waiting for its book`];
  const d = decision;
  const profit = subtractCash(addCash(d.realized, d.unrealized), d.fees);
  const cells = [
    short(d.bestBid),
    short(d.bestAsk),
    real(d.fair ?? d.mid),
    real(d.reservation),
    quote(d.bid, d.bidSize),
    quote(d.ask, d.askSize),
    formatQuantity(d.inventory),
    signed(profit),
  ];
  return [rowOf(name, cells), ...reasons(d)];
};

/** Why a side is empty; one line where both sides have the same reason. */
const reasons = (d: Decision): string[] => {
  const bid = d.bid === null ? d.noBid : null;
  const ask = d.ask === null ? d.noAsk : null;
  if (bid !== null && ask !== null && bid.text === ask.text) return [reason('no quote', bid)];
  return [...(bid === null ? [] : [reason('no bid', bid)]), ...(ask === null ? [] : [reason('no ask', ask)])];
};

const reason = (what: string, why: NoQuote): string => `  ${what}: ${why.text}`;

/** A price without needless zeros. */
const short = (p: Price | null): string => (p === null ? NONE : trim(formatPrice(p)));
const trim = (text: string): string => text.replace(/0{1,2}$/, '');
const real = (units: number | null): string => (units === null ? NONE : (units / PRICE_PER_DOLLAR).toFixed(4));
const quote = (p: Price | null, size: Quantity): string =>
  p === null ? NONE : `${trim(formatQuantity(size)).replace(/\.$/, '')}@${trim(formatPrice(p))}`;
const dollars = (c: Cash): string => dollarsOfCash(c).toFixed(2);
const signed = (c: Cash): string => `${c >= 0 ? '+' : ''}${dollars(c)}`;

/** 3725 seconds as 1:02:05. */
export const duration = (secondsLong: number): string => {
  const whole = Math.max(0, Math.floor(secondsLong));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};
