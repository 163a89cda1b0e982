/** Starts an exchange in a thread of its own and speaks to it. */
import { Worker } from 'node:worker_threads';
import { TradingError } from '../../domain/errors.js';
import type { HandedKey } from './accounts.js';
import type { ExchangeWorkerOptions, FromWorker, ToWorker } from './worker-messages.js';

export interface ExchangeInWorker {
  readonly rest: string;
  readonly ws: string;
  readonly keys: readonly HandedKey[];
  /** Cuts every websocket connection, as an outage does. */
  cutStreams(): void;
  /** Ends all connections, removes the keys, ends the thread. */
  close(): Promise<void>;
}

/** The thread could not start its exchange, or the exchange failed later; `code` is the cause's own where it had one. */
export class ExchangeWorkerError extends TradingError {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A worker cannot run TypeScript: it starts from the compiled file only. */
const workerFile = (): URL => {
  const file = new URL('./worker.js', import.meta.url);
  if (import.meta.url.endsWith('.ts'))
    throw new ExchangeWorkerError(
      'NOT_COMPILED',
      'the exchange worker starts from compiled code only: run the build first, or start the exchange in this thread',
    );
  return file;
};

/**
 * Starts the exchange of `startExchangeServer` in a worker thread.
 * @param onFault hears of faults of the exchange's own making after it has started; without it they are thrown in this thread
 * @throws ExchangeWorkerError
 */
export const startExchangeWorker = async (
  options: ExchangeWorkerOptions = {},
  onFault?: (error: ExchangeWorkerError) => void,
): Promise<ExchangeInWorker> => {
  const worker = new Worker(workerFile(), { workerData: options });
  const fault =
    onFault ??
    ((error: ExchangeWorkerError): void => {
      throw error;
    });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  const say = (message: ToWorker): void => worker.postMessage(message, []);

  return new Promise((resolve, reject) => {
    let ready = false;
    const fail = (error: ExchangeWorkerError): void => {
      if (ready) fault(error);
      else reject(error);
    };
    worker.on('error', (error: Error) =>
      fail(new ExchangeWorkerError('EXCHANGE_FAILED', `the exchange's thread failed: ${error.message}`, { cause: error })),
    );
    worker.once('exit', (code) => {
      if (!ready) reject(new ExchangeWorkerError('EXCHANGE_FAILED', `the exchange's thread ended with code ${code} before it was ready`));
    });
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'ready':
          ready = true;
          resolve({
            rest: message.rest,
            ws: message.ws,
            keys: message.keys,
            cutStreams: () => say({ type: 'cut-streams' }),
            close: async () => {
              say({ type: 'close' });
              await ended;
            },
          });
          return;
        case 'failed':
          fail(new ExchangeWorkerError(message.code, message.message));
          return;
        case 'fault':
          fail(new ExchangeWorkerError('EXCHANGE_FAILED', message.message));
          return;
        case 'closed':
          return;
      }
    });
  });
};
