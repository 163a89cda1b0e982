/** What a run says where there is no terminal: first quotes, fills, warnings and, now and then, how it stands. */
import type { Booked, Decision, Say } from '../domain/actions.js';
import type { Ticker } from '../domain/ids.js';
import type { VenueCommand } from '../domain/order.js';
import {
  between,
  dollarsOfCash,
  formatPrice,
  formatQuantity,
  seconds,
  UNKNOWN_TIME,
  type DurationUs,
  type EpochUs,
} from '../domain/units.js';
import { printable } from './printable.js';
import { fillText, type Note, type StatusModel } from './status-model.js';

const EVERY: DurationUs = seconds(10);
const WORDS: Record<Say['severity'], string> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' };

export const sayLine = (say: Note): string => `[${WORDS[say.severity]}] ${printable(say.text)}`;

export const fillLine = (booked: Booked, ticker: Ticker): string => `[INFO] ${fillText(booked, ticker)}`;

/** What is asked of the exchange. */
export const orderLine = (command: VenueCommand, ticker: string): string =>
  `[INFO] Order: ${orderText(command)} ${ticker} (${command.clientId}).`;

const orderText = (command: VenueCommand): string => {
  switch (command.type) {
    case 'place': {
      const how = command.timeInForce === 'good-till-cancelled' ? 'resting' : command.timeInForce.replaceAll('-', ' ');
      return `${command.side === 'bid' ? 'buy' : 'sell'} ${formatQuantity(command.quantity)} at ${formatPrice(command.price)}, ${how},`;
    }
    case 'amend':
      return `change to ${formatQuantity(command.total)} in all at ${formatPrice(command.price)} in`;
    case 'decrease':
      return `decrease to ${formatQuantity(command.remaining)} in`;
    case 'cancel':
      return 'cancel in';
  }
};

/** Speaks of each market once when it is first quoted, and of the whole run every ten seconds. */
export class PlainLines {
  readonly #quoted = new Set<number>();
  #spokeAt: EpochUs = UNKNOWN_TIME;

  constructor(private readonly model: StatusModel) {}

  decision(decision: Decision): string[] {
    const lines: string[] = [];
    if ((decision.bid !== null || decision.ask !== null) && !this.#quoted.has(decision.market)) {
      this.#quoted.add(decision.market);
      lines.push(`[INFO] Quoting ${this.model.ticker(decision.market) ?? ''}: ${side(decision.bid)} / ${side(decision.ask)}.`);
    }
    if (this.#spokeAt === UNKNOWN_TIME) this.#spokeAt = decision.at;
    if (between(this.#spokeAt, decision.at) >= EVERY) {
      this.#spokeAt = decision.at;
      const c = this.model.counters;
      lines.push(
        `[INFO] ${this.model.standing}: ${c.placed} placed, ${c.amended + c.decreased} changed, ${c.cancelled} cancelled, ${c.fills} fills, P&L ${dollarsOfCash(this.model.profit).toFixed(2)} $.`,
      );
    }
    return lines;
  }
}

const side = (p: Decision['bid']): string => (p === null ? 'none' : formatPrice(p));
