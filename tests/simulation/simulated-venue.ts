/** Orders on their way to the simulated exchange and back: every command gets exactly one answer, the fact that the REST venue would tell of the same outcome. */
import type { RequestAccount } from '../../src/domain/actions.js';
import { refusalCode } from '../../src/connector/refusal.js';
import type { Call, VenueCommand } from '../../src/domain/order.js';
import type { Venue } from '../../src/domain/ports.js';
import { durationUs, seconds, UNKNOWN_TIME, ZERO_CASH, type DurationUs } from '../../src/domain/units.js';
import type { MarketIndex, Ticker } from '../../src/domain/ids.js';
import type { Exchange } from '../../src/exchange/core/exchange.js';
import type { Answer, OrderAddress } from '../../src/exchange/core/types.js';
import type { AccountId, Refusal } from '../../src/exchange/core/words.js';
import { fillOf, orderOf } from './exchange-words.js';
import type { Misfortune } from './misfortune.js';
import type { UndatedFact } from './simulated-feed.js';
import type { VirtualTime } from './virtual-time.js';

export interface VenueParts {
  readonly time: VirtualTime;
  readonly exchange: Exchange;
  readonly account: AccountId;
  readonly tickers: readonly Ticker[];
  readonly misfortune: Misfortune;
  readonly deliver: (fact: UndatedFact) => void;
  /** A command is about to take effect. */
  readonly arriving: (command: VenueCommand) => void;
}

const WRITE_TIMEOUT = seconds(3);
const READ_TIMEOUT = seconds(10);

export class SimulatedVenue implements Venue {
  readonly #parts: VenueParts;
  /** Answers to a process that is gone reach nobody. */
  #process = 0;
  #down = false;
  #limited = false;
  /** Writes whose answer has not been told. */
  writesUnderWay = 0;

  constructor(parts: VenueParts) {
    this.#parts = parts;
  }

  forget(): void {
    this.#process++;
    this.writesUnderWay = 0;
  }

  setDown(down: boolean): void {
    this.#down = down;
  }

  setLimited(limited: boolean): void {
    this.#limited = limited;
  }

  send(call: Call): void {
    if (call.mode === 'batch') return this.#ride(call.commands);
    for (const command of call.commands) this.#ride([command]);
  }

  /** One request with all its commands: there, and back. */
  #ride(commands: readonly VenueCommand[]): void {
    const { time, misfortune } = this.#parts;
    const process = this.#process;
    this.writesUnderWay += commands.length;
    const answer = (told: () => void): void => {
      if (process !== this.#process) return;
      this.writesUnderWay -= commands.length;
      told();
    };
    const timeout = (): void => time.after(WRITE_TIMEOUT, () => answer(() => this.#unknown(commands, 'timeout')));
    if (this.#down || misfortune.strikes('request-lost', 0.03)) return timeout();
    const there = this.#writeTravel();
    const isLost = misfortune.strikes('answer-lost', 0.03);
    if (isLost) timeout();
    time.after(there, () => {
      const told = this.#outcome(commands);
      if (!isLost) time.after(misfortune.travel(), () => answer(told));
    });
  }

  #writeTravel(): DurationUs {
    const { misfortune } = this.#parts;
    return misfortune.strikes('slow-writes', 0.15) ? misfortune.within(durationUs(WRITE_TIMEOUT - seconds(0.3))) : misfortune.travel();
  }

  /** Lets the exchange act. @returns what is told of it later */
  #outcome(commands: readonly VenueCommand[]): () => void {
    const { misfortune } = this.#parts;
    if (this.#limited) {
      return () => {
        for (const command of commands) this.#refused(command, { status: 429, code: 'too_many_requests', message: 'too many requests' });
        this.#parts.deliver({ type: 'rate-limited' });
      };
    }
    if (misfortune.strikes('error-refused', 0.03)) return () => this.#unknown(commands, 'HTTP 503');
    const tellings = commands.map((command) => this.#carryOut(command));
    if (misfortune.strikes('repeated-request', 0.03)) for (const [i, command] of commands.entries()) tellings[i] = this.#carryOut(command);
    if (misfortune.strikes('error-accepted', 0.03)) return () => this.#unknown(commands, 'HTTP 503');
    if (commands.length > 1)
      for (const [i, command] of commands.entries())
        if (misfortune.strikes('batch-holes', 0.15)) tellings[i] = () => this.#unknown([command], 'the batch answer says nothing of it');
    return () => {
      for (const tell of tellings) tell();
    };
  }

  #unknown(commands: readonly VenueCommand[], reason: string): void {
    for (const { type: command, clientId } of commands) this.#parts.deliver({ type: 'command-unknown', command, clientId, reason });
  }

  #refused(command: VenueCommand, refusal: { status: number; code: string; message: string; details?: string }): void {
    const { status, code, message, details = null } = refusal;
    if (status >= 500) return this.#unknown([command], `HTTP ${status}`);
    this.#parts.deliver({
      type: 'command-refused',
      command: command.type,
      clientId: command.clientId,
      code: refusalCode({ kind: 'refused', status, code, message, details, shape: 'nested' }),
      detail: `${code} ${details ?? ''}`,
    });
  }

  #told<T>(command: VenueCommand, answer: Answer<T>, tell: (value: T) => UndatedFact): () => void {
    if (answer.ok) {
      const fact = tell(answer);
      return () => this.#parts.deliver(fact);
    }
    const refusal: Refusal = answer.refusal;
    return () => this.#refused(command, refusal);
  }

  #carryOut(command: VenueCommand): () => void {
    const { exchange, account, tickers, arriving } = this.#parts;
    arriving(command);
    const ticker = tickers.at(command.market) as Ticker;
    const shard = exchange.market(ticker)?.shard ?? 0;
    const { clientId } = command;
    const address = (orderId: OrderAddress['orderId']): OrderAddress => ({ orderId, subaccount: 0, shard, ticker });
    switch (command.type) {
      case 'place': {
        const { type: _type, market: _market, clientId: clientOrderId, ...order } = command;
        const answer = exchange.createOrder(account, { ...order, ticker, clientOrderId, subaccount: 0, shard });
        return this.#told(command, answer, ({ orderId, filled, remaining, at }) => ({
          type: 'order-accepted',
          clientId,
          orderId,
          filled,
          remaining,
          exchangeAt: at,
        }));
      }
      case 'amend': {
        const { orderId, side, price, total, expiresAt } = command;
        const answer = exchange.amendOrder(account, {
          orderId,
          subaccount: 0,
          shard,
          ticker,
          side,
          price,
          total,
          clientOrderId: null,
          updatedClientOrderId: null,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
        return this.#told(command, answer, ({ remaining, sizeChanged }) => ({
          type: 'order-amended',
          clientId,
          orderId,
          remaining: sizeChanged ? remaining : null,
        }));
      }
      case 'decrease': {
        const answer = exchange.decreaseOrder(account, { ...address(command.orderId), reduceTo: command.remaining });
        return this.#told(command, answer, ({ orderId, remaining }) => ({ type: 'order-amended', clientId, orderId, remaining }));
      }
      case 'cancel': {
        const answer = exchange.cancelOrder(account, address(command.orderId));
        return this.#told(command, answer, ({ orderId, reducedBy }) => ({ type: 'order-cancelled', clientId, orderId, reducedBy }));
      }
    }
  }

  /** The parts of a reading are separate calls, one after the other here, each with its own lag; the statement of validity comes first. */
  readAccount(request: RequestAccount): void {
    const { time, exchange, account, misfortune } = this.#parts;
    const process = this.#process;
    const fails = this.#down || misfortune.strikes('reading-fails', 0.3);
    const pause = (): DurationUs => (misfortune.strikes('slow-readings', 0.4) ? misfortune.within(seconds(2.5)) : misfortune.travel());
    if (this.#down) {
      time.after(READ_TIMEOUT, () => process === this.#process && this.#reading(request, false));
      return;
    }
    time.after(pause(), () => {
      const asOf = exchange.userDataTimestamp(account);
      time.after(pause(), () => {
        const resting = exchange.orders(account, { status: 'resting' });
        time.after(pause(), () => {
          const positions = exchange.positions(account).markets;
          time.after(pause(), () => {
            const since = request.fillsSince;
            const fills = since === UNKNOWN_TIME ? [] : exchange.fills(account).filter((fill) => fill.at >= since);
            time.after(pause(), () => {
              if (process !== this.#process) return;
              this.#reading(request, !fails, {
                validUntil: asOf,
                resting: this.#inRun(resting, orderOf),
                positions: this.#inRun(positions, ({ quantity: position, cost, realized, fees }, market) => ({
                  market,
                  position,
                  cost,
                  realized,
                  fees,
                })),
                fills: this.#inRun(fills, (fill, market) => ({ ...fillOf(fill, market), clientId: null, positionAfter: null })),
              });
            });
          });
        });
      });
    });
  }

  #reading(request: RequestAccount, complete: boolean, parts: Partial<Extract<UndatedFact, { type: 'account-reading' }>> = {}): void {
    this.#parts.deliver({
      type: 'account-reading',
      request: request.request,
      complete,
      validUntil: UNKNOWN_TIME,
      resting: [],
      positions: [],
      fills: [],
      balance: ZERO_CASH,
      foreign: 0,
      ...parts,
      // A part that failed says nothing.
      ...(complete ? {} : { fills: [], positions: [] }),
    });
  }

  #inRun<T extends { readonly ticker: Ticker }, D>(rows: readonly T[], translate: (row: T, index: MarketIndex) => D): D[] {
    return rows.flatMap((row) => {
      const index = this.#parts.tickers.indexOf(row.ticker);
      return index < 0 ? [] : [translate(row, index as MarketIndex)];
    });
  }
}
