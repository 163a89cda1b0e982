/** What can go wrong before the stream exists at all. */
import { quote, TradingError } from '../domain/errors.js';
import { redactText } from '../domain/redact.js';

/** The exchange answered the websocket handshake with a refusal that no repeat will mend. */
export class HandshakeRefusedError extends TradingError {
  readonly code = 'HANDSHAKE_REFUSED';
  constructor(
    readonly host: string,
    readonly status: number,
    readonly detail: string,
  ) {
    super(
      `websocket handshake with ${host}: expected 101, got ${status}${detail === '' ? '' : ` ${quote(redactText(detail))}`}. Check that key id and private key ` +
        `belong together, that they are credentials of this environment (demo and production have their own), that the key may read, and that this ` +
        `machine's clock is right`,
    );
  }
}

/** An address that must not be spoken to this way. */
export class UnsafeUrlError extends TradingError {
  readonly code = 'UNSAFE_URL';
  constructor(
    readonly url: string,
    expected: string,
  ) {
    super(`websocket address: expected ${expected}, got ${quote(redactText(url))}`);
  }
}
