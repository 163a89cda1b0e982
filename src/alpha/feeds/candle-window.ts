/** The finished candles of one instrument, oldest first, of a bounded time. Pure. */
import { between, type DurationUs } from '../../domain/units.js';
import type { Candle } from '../pricing/candle-volatility.js';

export class CandleWindow {
  #finished: Candle[] = [];
  #last: Candle | null = null;

  constructor(private readonly keep: DurationUs) {}

  get finished(): readonly Candle[] {
    return this.#finished;
  }

  /**
   * Takes a candle as it stands. The newest one is unfinished until a later one comes; one before it is old news and passed over.
   * @returns whether another candle is finished now
   */
  take(candle: Candle): boolean {
    const last = this.#last;
    if (last !== null && candle.from < last.from) return false;
    this.#last = candle;
    if (last === null || candle.from === last.from) return false;
    this.#finished.push(last);
    const begin = this.#finished.findIndex(({ from }) => between(from, candle.from) <= this.keep);
    if (begin > 0) this.#finished = this.#finished.slice(begin);
    return true;
  }
}
