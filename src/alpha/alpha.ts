/** Outside opinion about a price, as the engine asks for it. */
import type { Ticker } from '../domain/ids.js';
import type { EpochUs } from '../domain/units.js';

/** A pure read: whatever polls or listens for opinions does so elsewhere and offers them as `signal` and `opinion` facts. Never waits, never throws. */
export interface Alpha {
  /**
   * Shift of fair value in price units, signed; 0 where there is no opinion or none that is fresh.
   * @param fair our own fair value in price units, from which opinions are measured; without one only plain shifts count
   * @param payout of one YES contract, in price units; a dollar where it is not given
   */
  getExternalSkew(ticker: Ticker, now: EpochUs, fair?: number | null, payout?: number): number;
}
