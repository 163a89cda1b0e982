/** Errors that people meet. Each has a stable code, says what was expected, what came and what to do, and never carries a secret. */

export abstract class TradingError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A text or number that is not the unit it should be. */
export class InvalidUnitError extends TradingError {
  readonly code = 'INVALID_UNIT';
  constructor(
    readonly what: string,
    readonly received: string,
    readonly expected: string,
  ) {
    super(`${what}: expected ${expected}, got ${quote(received)}`);
  }
}

/** A message from outside that does not have the shape its sender promised. The market it belongs to is halted, loudly. */
export class MalformedMessageError extends TradingError {
  readonly code = 'MALFORMED_MESSAGE';
  constructor(
    readonly where: string,
    readonly expected: string,
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, got ${quote(received)}`, options);
  }
}

/** Our own code broke a promise. Trading stops. */
export class AssertionFailure extends TradingError {
  readonly code = 'ASSERTION_FAILED';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

const QUOTED_MAX = 80;

/** At most 80 characters of a foreign text, printable, in quotes. Looks at no more of the text than it shows, however long that is. */
export const quote = (text: string): string => {
  const clean = text.slice(0, QUOTED_MAX).replace(/[^\x20-\x7e]/g, '?');
  return JSON.stringify(text.length > QUOTED_MAX ? `${clean.slice(0, QUOTED_MAX - 3)}...` : clean);
};
