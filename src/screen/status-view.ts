/** The status screen as lines of text: 80 by 24 is enough, more room shows more. No colour is needed to read it. Prices are in cents, as people speak of them. */
import type { Decision, NoQuote } from '../domain/actions.js';
import {
  addCash,
  between,
  dollarsOfCash,
  formatQuantity,
  PRICE_PER_DOLLAR,
  subtractCash,
  toSeconds,
  type Cash,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { estimatesLine, inTradeUnits } from './estimates-text.js';
import { printable } from './printable.js';
import type { MarketLine, Note, StatusModel, Surroundings } from './status-model.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const NONE = '-';
const CENTS_PER_DOLLAR = 100;
const NAME_WIDTH = { least: 12, most: 32 };
/** Everything of a market's line behind its name. */
const NUMBERS_WIDTH = 68;
const NOTES = { least: 4, most: 12 };
const NOTE_LINES_MAX = 2;
const REASON_LINES_MAX = 2;

/** Lines of the screen, none longer than the columns, no more than the rows less one, so that nothing ever scrolls. */
export const statusLines = (model: StatusModel, around: Surroundings, size: Size): string[] => {
  const rows = Math.max(1, size.rows - 1);
  const head = headLines(model, around);
  const nameWidth = Math.min(NAME_WIDTH.most, Math.max(NAME_WIDTH.least, size.columns - NUMBERS_WIDTH));
  const plain = model.markets.map((line) => marketLines(line, nameWidth, size.columns));
  const notes = model.notes.map((note) => noteLines(note, size.columns));
  const notesLeast = notes.length === 0 ? 0 : 1 + Math.min(NOTES.least, notes.flat().length);
  const room = rows - head.length - 2 - notesLeast;
  const full = model.markets.map((line, i) => [...(plain[i] ?? []), ...beliefLines(line, around, size.columns)]);
  // Quotes and reasons go first: what is believed is shown where all of it fits.
  const table = [tableHead(nameWidth), ...shown(full.flat().length <= room ? full : plain, model.markets, room)];
  const latest = newest(model.notes, notes, Math.min(NOTES.most, rows - head.length - table.length - 2));
  const lines = [...head, '', ...table, ...(latest.length > 0 ? ['', ...latest] : [])];
  return lines.slice(0, rows).map((line) => cut(printable(line), size.columns));
};

const headLines = (model: StatusModel, around: Surroundings): string[] => {
  const c = model.counters;
  const { p50, p99, max } = around.latencyUs;
  return [
    `KMM ${around.env}  ${around.strategy}  ${model.standing.toUpperCase()}  ${duration(toSeconds(between(around.startedAt, around.now)))}  P&L ${signed(model.profit)} $ after fees of ${dollars(model.fees)} $`,
    ...(model.halt === null ? [] : [`HALTED (${model.halt.code}): ${model.halt.text}`]),
    `orders ${around.openOrders} open, ${c.placed} placed, ${c.amended + c.decreased} changed, ${c.cancelled} cancelled, ${c.rejected} refused${c.unknown > 0 ? `, ${c.unknown} unknown` : ''}`,
    `fills ${c.fills} (${formatQuantity(c.volume)} contracts); feed ${around.frames} frames, ${c.deltas} deltas, ${around.gaps} gaps`,
    `latency p50 ${millis(p50)}, p99 ${millis(p99)}, max ${millis(max)} ms${around.droppedRows > 0 ? `; ${around.droppedRows} rows of the tape dropped` : ''}`,
  ];
};

const tableHead = (nameWidth: number): string =>
  `${'in cents'.padEnd(nameWidth)} ${'bid/ask'.padStart(11)} ${'mid'.padStart(5)} ${'fair'.padStart(5)} ${'resv'.padStart(5)} ${'our bid'.padStart(10)} ${'our ask'.padStart(10)} ${'held'.padStart(7)} ${'P&L $'.padStart(7)}`;

/** Whole markets as far as they fit; what does not is counted, and whether a quote is missing there. */
const shown = (blocks: readonly (readonly string[])[], markets: readonly MarketLine[], room: number): string[] => {
  const all = blocks.flat();
  if (all.length <= room) return all;
  const lines: string[] = [];
  let fitting = 0;
  for (const block of blocks) {
    if (lines.length + block.length > room - 1) break;
    lines.push(...block);
    fitting++;
  }
  const hidden = markets.slice(fitting);
  const lacking = hidden.filter(({ decision }) => decision === null || decision.bid === null || decision.ask === null).length;
  return [...lines, `... ${hidden.length} more markets, ${lacking} of them without a quote on some side: make the window taller`];
};

const marketLines = ({ ticker, decision: d }: MarketLine, nameWidth: number, columns: number): string[] => {
  // Tickers differ at their ends.
  const name = ticker.length > nameWidth ? `…${ticker.slice(1 - nameWidth)}` : ticker.padEnd(nameWidth);
  if (d === null) return [`${name} waiting for its book`];
  const profit = subtractCash(addCash(d.realized, d.unrealized), d.fees);
  const row =
    `${name} ${`${cents(d.bestBid)}/${cents(d.bestAsk)}`.padStart(11)} ${real(d.mid)} ${real(d.fair)} ${real(d.reservation)} ` +
    `${quote(d.bid, d.bidSize)} ${quote(d.ask, d.askSize)} ${size(d.inventory).padStart(7)} ${signed(profit).padStart(7)}`;
  return [row, ...reasons(d).flatMap((text) => wrap(text, columns, '  ', REASON_LINES_MAX))];
};

const beliefLines = ({ index }: MarketLine, { estimates }: Surroundings, columns: number): string[] => {
  const known = estimates(index);
  return known === null ? [] : [cut(`  ${estimatesLine(inTradeUnits(known))}`, columns)];
};

/** Why a side is empty; one line where both sides have the same reason. */
const reasons = (d: Decision): string[] => {
  const bid = d.bid === null ? d.noBid : null;
  const ask = d.ask === null ? d.noAsk : null;
  if (bid !== null && ask !== null && bid.text === ask.text) return [reason('no quote', bid)];
  return [...(bid === null ? [] : [reason('no bid', bid)]), ...(ask === null ? [] : [reason('no ask', ask)])];
};

const reason = (what: string, why: NoQuote): string => `${what}: ${why.text}`;

const noteLines = ({ severity, text }: Note, columns: number): string[] =>
  wrap(severity === 'info' ? text : `${severity === 'warn' ? 'WARNING' : 'ERROR'}: ${text}`, columns, '', NOTE_LINES_MAX);

/** The newest notes that fit, oldest first; the last one about a trouble is among them, however much has happened since. */
const newest = (notes: readonly Note[], lines: readonly (readonly string[])[], room: number): string[] => {
  const trouble = notes.findLastIndex(({ severity }) => severity !== 'info');
  const chosen: (readonly string[])[] = [];
  let left = room - (lines[trouble]?.length ?? 0);
  for (let i = notes.length - 1; i >= 0; i--) {
    const each = lines[i] ?? [];
    if (i !== trouble && (left -= each.length) < 0) {
      if (i > trouble && trouble >= 0) chosen.push(lines[trouble] ?? []);
      break;
    }
    chosen.push(each);
  }
  return chosen.toReversed().flat();
};

/** A text over at most so many lines, broken at spaces where it can be; lines after the first are set in. */
const wrap = (text: string, columns: number, indent: string, linesMax: number): string[] => {
  const lines: string[] = [];
  let rest = `${indent}${text.replace(/\s+/g, ' ')}`;
  while (rest.length > columns && lines.length < linesMax - 1) {
    const space = rest.lastIndexOf(' ', columns);
    const at = space > columns / 2 ? space : columns;
    lines.push(rest.slice(0, at));
    rest = `${indent}    ${rest.slice(at).trimStart()}`;
  }
  return [...lines, cut(rest, columns)];
};

const cut = (line: string, columns: number): string => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`);

/** Cents without needless zeros: 54, 54.5, 54.25. */
const cents = (p: Price | null): string => (p === null ? NONE : String((p * CENTS_PER_DOLLAR) / PRICE_PER_DOLLAR));
const real = (units: number | null): string =>
  (units === null ? NONE : ((units * CENTS_PER_DOLLAR) / PRICE_PER_DOLLAR).toFixed(2)).padStart(5);
const size = (q: Quantity): string => formatQuantity(q).replace(/\.?0+$/, '');
const quote = (p: Price | null, of: Quantity): string => (p === null ? NONE : `${size(of)}@${cents(p)}`).padStart(10);
const dollars = (c: Cash): string => dollarsOfCash(c).toFixed(2);
const signed = (c: Cash): string => `${c >= 0 ? '+' : ''}${dollars(c)}`;
const millis = (us: number): string => (us / 1000).toFixed(us < 100_000 ? 2 : 0);

/** 3725 seconds as 1:02:05. */
export const duration = (secondsLong: number): string => {
  const whole = Math.max(0, Math.floor(secondsLong));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};
