/** One HTTP request from waiting for a connection to its single outcome. */
import type { Dispatcher } from 'undici';
import type { Timer } from '../domain/ports.js';
import type { DurationUs } from '../domain/units.js';
import type { HttpConnection } from './http-connection.js';
import type { Passenger } from './rest-lanes.js';
import { classify, notSent, type Refused, type RestResult, type Unknown } from './rest-result.js';

export interface RideParts {
  /** Called exactly once. */
  readonly done: (result: RestResult) => void;
  /** Largest answer in bytes. */
  readonly bodyMax: number;
  /** The answer's `date` header. */
  readonly onDate: (date: string) => void;
  /** Asked right before the first byte: why it must not leave any more, or null. */
  readonly objection: () => string | null;
  readonly dispatch: (connection: HttpConnection, handler: Dispatcher.DispatchHandler) => void;
  /** Arranges that `expire` is called when time is up. */
  readonly deadline: (expire: (limit: DurationUs) => void) => Timer;
}

export class Ride implements Passenger, Dispatcher.DispatchHandler {
  readonly #parts: RideParts;
  readonly #deadline: Timer;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  /** 0 until the answer begins. */
  #status = 0;
  /** True from the moment at which the first byte may have been written. */
  #started = false;
  #settled = false;
  #controller: Dispatcher.DispatchController | null = null;
  #free: (() => void) | null = null;

  constructor(parts: RideParts) {
    this.#parts = parts;
    this.#deadline = parts.deadline((limit) => this.#expire(limit));
  }

  get waiting(): boolean {
    return !this.#settled;
  }

  board(connection: HttpConnection, free: () => void): void {
    this.#free = free;
    if (this.#isObjected()) return free();
    try {
      this.#parts.dispatch(connection, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  turnAway(refusal: Refused): void {
    this.#end(refusal);
  }

  /** Still without a connection after `limit`: it will not be sent any more. */
  giveUpWaiting(limit: DurationUs): void {
    if (!this.#started) this.#expire(limit);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The library may offer a request again after its connection was reset. Nothing is ever sent twice.
    const again = this.#started;
    // The connection may have had to be opened first. Thrown, not aborted: an abort would cost the connection.
    if (!again && this.#isObjected()) throw new Error('no longer wanted');
    this.#controller = controller;
    this.#started = true;
    if (again) this.#end(unknown(0, 'the connection was reset'));
    if (this.#settled) controller.abort(new Error('no longer wanted'));
  }

  #isObjected(): boolean {
    const objection = this.#parts.objection();
    if (objection !== null) this.#end(notSent(objection));
    return objection !== null;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status;
    const date = headers['date'];
    if (typeof date === 'string') this.#parts.onDate(date);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#parts.bodyMax) {
      this.#chunks.push(chunk);
      return;
    }
    this.#end(unknown(this.#status, `the answer is larger than ${this.#parts.bodyMax} bytes`));
    controller.abort(new Error('answer too large'));
  }

  onResponseEnd(): void {
    this.#end(classify(this.#status, this.#text()));
    this.#free?.();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    // A refusal stands by its status, even where its body was cut off.
    if (this.#status >= 300) this.#end(classify(this.#status, this.#text()));
    else this.#end(this.#started ? unknown(this.#status, reasonOf(error)) : notSent(reasonOf(error)));
    this.#free?.();
  }

  /** Time is up. A request that has not been written never will be; of a written one nobody knows. */
  #expire(limit: DurationUs): void {
    const waited = `within ${limit / 1000} ms`;
    this.#end(this.#started ? unknown(this.#status, `no answer ${waited}`) : notSent(`not sent ${waited}`));
    this.#controller?.abort(new Error('deadline'));
  }

  #end(result: RestResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#deadline.cancel();
    this.#parts.done(result);
  }

  #text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const unknown = (status: number, reason: string): Unknown => ({ kind: 'unknown', status, reason });

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
};
