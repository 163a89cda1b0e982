import { TradingError } from './errors.js';

/** A market's price ranges do not form a grid: the market cannot be quoted. */
export class InvalidGridError extends TradingError {
  readonly code = 'INVALID_GRID';
  constructor(
    readonly received: string,
    readonly expected: string,
  ) {
    super(`price ranges: expected ${expected}, got ${received}`);
  }
}
