/** Outside opinion about a price, as the engine asks for it. */
import type { Ticker } from '../domain/ids.js';
import type { EpochUs } from '../domain/units.js';

/** A pure read: whatever polls or listens for opinions does so elsewhere and offers them as `signal` facts. Never waits, never throws. */
export interface Alpha {
  /** Shift of fair value in price units, signed; 0 where there is no opinion or none that is fresh. */
  getExternalSkew(ticker: Ticker, now: EpochUs): number;
}
