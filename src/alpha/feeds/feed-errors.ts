/** What can be wrong with what a feed outside says. Nothing of it stops a feed, and nothing of it becomes an opinion. */
import { quote, TradingError } from '../../domain/errors.js';

/** A frame, an answer or a field that is not what its source documents. */
export class FeedFrameError extends TradingError {
  readonly code = 'SIGNAL_FRAME';
  constructor(
    /** Name of the feed. */
    readonly feed: string,
    /** Such as `price_change.price`. */
    readonly where: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`${feed}: ${where}: expected ${expected}, got ${quote(received)}; it is passed over`);
  }
}

/** The source answers that it will not give what was asked for. */
export class FeedRefusedError extends TradingError {
  readonly code = 'SIGNAL_REFUSED';
  constructor(feed: string, what: string, answer: string, todo: string) {
    super(`${feed}: ${what} was refused (${quote(answer)}): ${todo}`);
  }
}
