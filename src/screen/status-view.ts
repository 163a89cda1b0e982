/** The status screen as lines of text: 80 by 24 is enough, more room shows more markets. No colour is needed to read it. */
import type { Decision, NoQuote } from '../domain/actions.js';
import {
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

const HEAD = `${'market'.padEnd(20)} ${'bid'.padStart(6)} ${'ask'.padStart(6)} ${'fair'.padStart(6)} ${'reserv'.padStart(6)} ${'our bid'.padStart(10)} ${'our ask'.padStart(10)} ${'position'.padStart(8)}`;
const NONE = '-';

/** Lines of the screen, none longer than the columns, no more than the rows. */
export const statusLines = (model: StatusModel, around: Surroundings, size: Size): string[] => {
  const c = model.counters;
  const lines = [
    `KMM ${around.env}  ${around.strategy}  ${model.standing}  ${duration(toSeconds(between(around.startedAt, around.now)))}  P&L ${signed(model.profit)} $  fees ${dollars(model.fees)} $`,
    `orders ${around.openOrders} open, ${c.placed} placed, ${c.amended + c.decreased} changed, ${c.cancelled} cancelled, ${c.rejected} refused${c.unknown > 0 ? `, ${c.unknown} unknown` : ''}; fills ${c.fills} (${formatQuantity(c.volume)})`,
    `feed ${around.frames} frames, ${c.deltas} deltas, ${around.gaps} gaps; latency us p50 ${around.latencyUs.p50} p99 ${around.latencyUs.p99} max ${around.latencyUs.max}${around.droppedRows > 0 ? `; ${around.droppedRows} tape rows dropped` : ''}`,
    '',
    HEAD + (size.columns >= 92 ? ` ${'P&L $'.padStart(9)}` : ''),
  ];
  const notes = model.notes.slice(-3).map((note) => `${note.severity}: ${note.text}`);
  const room = size.rows - lines.length - notes.length - 2;
  const markets = model.markets.flatMap((line) => marketLines(line, size.columns));
  lines.push(...(markets.length > room ? [...markets.slice(0, room - 1), `... ${markets.length - room + 1} more lines`] : markets));
  if (notes.length > 0) lines.push('', ...notes);
  return lines.slice(0, size.rows - 1).map((line) => line.slice(0, size.columns));
};

const marketLines = ({ ticker, decision }: MarketLine, columns: number): string[] => {
  const name = ticker.length > 20 ? `…${ticker.slice(-19)}` : ticker.padEnd(20);
  if (decision === null) return [`${name} waiting for its book`];
  const d = decision;
  const profit = subtractCash((d.realized + d.unrealized) as Cash, d.fees);
  const row =
    `${name} ${short(d.bestBid)} ${short(d.bestAsk)} ${real(d.fair ?? d.mid)} ${real(d.reservation)} ` +
    `${quote(d.bid, d.bidSize)} ${quote(d.ask, d.askSize)} ${formatQuantity(d.inventory).padStart(8)}`;
  return [columns >= 92 ? `${row} ${signed(profit).padStart(9)}` : row, ...reasons(d)];
};

/** Why a side is empty; one line where both sides have the same reason. */
const reasons = (d: Decision): string[] => {
  const bid = d.bid === null ? d.noBid : null;
  const ask = d.ask === null ? d.noAsk : null;
  if (bid !== null && ask !== null && bid.text === ask.text) return [reason('no quote', bid)];
  return [...(bid === null ? [] : [reason('no bid', bid)]), ...(ask === null ? [] : [reason('no ask', ask)])];
};

const reason = (what: string, why: NoQuote): string => `  ${what}: ${why.text}`;

/** A price without needless zeros, six wide. */
const short = (p: Price | null): string => (p === null ? NONE : trim(formatPrice(p))).padStart(6);
const trim = (text: string): string => text.replace(/0{1,2}$/, '');
const real = (units: number | null): string => (units === null ? NONE : (units / PRICE_PER_DOLLAR).toFixed(4)).padStart(6);
const quote = (p: Price | null, size: Quantity): string =>
  (p === null ? NONE : `${trim(formatQuantity(size)).replace(/\.$/, '')}@${trim(formatPrice(p))}`).padStart(10);
const dollars = (c: Cash): string => dollarsOfCash(c).toFixed(2);
const signed = (c: Cash): string => `${c >= 0 ? '+' : ''}${dollars(c)}`;

/** 3725 seconds as 1:02:05. */
export const duration = (secondsLong: number): string => {
  const whole = Math.max(0, Math.floor(secondsLong));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};
