/**
 * One number for all decisions of a run: SHA-256 over them, in order, as integers. Nothing measured goes in, so two runs over the same facts agree.
 * Each entry: event number, market, action, price, size, counter of the client id; a quote adds its other side.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Decision, EngineAction } from '../domain/actions.js';
import { counterOf } from '../domain/ids.js';
import type { VenueCommand } from '../domain/order.js';

const CODES = { place: 1, amend: 2, decrease: 3, cancel: 4, quote: 5 } as const;
/** Stands where there is no price: no order can rest there. */
const NO_PRICE = 0;

export class DecisionHash {
  readonly #hash: Hash = createHash('sha256');
  readonly #row = new Float64Array(8);
  readonly #bytes = new Uint8Array(this.#row.buffer);
  #events = 0;
  #decisions = 0;

  /** @param runId the run's id: client ids are made of it and a counter, so it stands once in front */
  constructor(runId: string) {
    this.#hash.update(runId);
  }

  /** Decisions taken so far: one per market each time its quotes were looked at and something came of it. */
  get decisions(): number {
    return this.#decisions;
  }

  /** Call once per event, with the actions it led to. */
  step(actions: readonly EngineAction[]): void {
    this.#events++;
    for (const action of actions) {
      if (action.type === 'decision') this.#decision(action);
      else if (action.type === 'send') for (const command of action.call.commands) this.#command(command);
    }
  }

  /** Hexadecimal; the run may go on afterwards. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  #decision(decision: Decision): void {
    this.#decisions++;
    this.#put(decision.market, CODES.quote, decision.bid ?? NO_PRICE, decision.bidSize, 0, decision.ask ?? NO_PRICE, decision.askSize);
  }

  #command(command: VenueCommand): void {
    const counter = counterOf(command.clientId);
    switch (command.type) {
      case 'place':
        return this.#put(command.market, CODES.place, command.price, command.quantity, counter, command.side === 'bid' ? 1 : -1, 0);
      case 'amend':
        return this.#put(command.market, CODES.amend, command.price, command.total, counter, command.side === 'bid' ? 1 : -1, 0);
      case 'decrease':
        return this.#put(command.market, CODES.decrease, NO_PRICE, command.remaining, counter, 0, 0);
      case 'cancel':
        return this.#put(command.market, CODES.cancel, NO_PRICE, 0, counter, 0, 0);
    }
  }

  #put(market: number, code: number, price: number, size: number, counter: number, other: number, otherSize: number): void {
    const row = this.#row;
    row[0] = this.#events;
    row[1] = market;
    row[2] = code;
    row[3] = price;
    row[4] = size;
    row[5] = counter;
    row[6] = other;
    row[7] = otherSize;
    this.#hash.update(this.#bytes);
  }
}
