/** Journals of runs, folded into what their markets teach. A journal that breaks off counts as far as it goes, and that is said. */
import type { ClientOrderId, MarketIndex, Ticker } from '../domain/ids.js';
import type { Call } from '../domain/order.js';
import type { Quantity } from '../domain/units.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import { MarketFold, type MarketCalibration } from './calibration-market.js';

export class Calibration {
  readonly #folds = new Map<Ticker, MarketFold>();
  /** Of the run that is being read. */
  readonly #markets = new Map<MarketIndex, MarketFold>();
  readonly #sizes = new Map<ClientOrderId, Quantity>();
  #decisions = 0;

  /** Rows taken of the present run: none means that nothing was decided in it. */
  get decisions(): number {
    return this.#decisions;
  }

  beginRun(): void {
    this.#markets.clear();
    this.#sizes.clear();
    this.#decisions = 0;
    for (const fold of this.#folds.values()) fold.interrupt();
  }

  take(record: JournalRecord): void {
    if (record.type === 'event') {
      const { event } = record;
      if (event.type === 'market-listed') {
        const fold = this.#folds.get(event.market.ticker) ?? new MarketFold(event.market);
        fold.market = event.market;
        this.#folds.set(event.market.ticker, fold);
        this.#markets.set(event.index, fold);
      } else if (event.type === 'trade') this.#markets.get(event.market)?.trade(event);
    } else if (record.type === 'actions')
      for (const action of record.actions) {
        if (action.type === 'decision') {
          this.#decisions++;
          this.#markets.get(action.market)?.decision(action);
        } else if (action.type === 'send') this.#note(action.call);
        else if (action.type === 'booked') {
          const size = action.clientId === null ? undefined : this.#sizes.get(action.clientId);
          this.#markets.get(action.market)?.booked(action, size === undefined ? 1 : Math.min(1, action.quantity / size));
        }
      }
    // What follows a hole does not continue what came before.
    else if (record.type === 'gap') for (const fold of this.#markets.values()) fold.interrupt();
  }

  markets(): readonly MarketCalibration[] {
    return [...this.#folds.values()].map((fold) => fold.result());
  }

  #note(call: Call): void {
    for (const command of call.commands) {
      if (command.type === 'place') this.#sizes.set(command.clientId, command.quantity);
      else if (command.type === 'amend') this.#sizes.set(command.clientId, command.total);
    }
  }
}
