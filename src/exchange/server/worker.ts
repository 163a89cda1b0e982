/** The thread that hosts an exchange beside a bot, so that the two share no event loop. Started by `worker-client.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert, TradingError } from '../../domain/errors.js';
import { startExchangeServer, type RunningExchange } from './server.js';
import type { ExchangeWorkerOptions, FromWorker, ToWorker } from './worker-messages.js';

const port = parentPort;
assert(port !== null, 'the exchange worker runs in a thread of its own');

const tell = (message: FromWorker): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const end = async (running: RunningExchange): Promise<void> => {
  await running.close();
  tell({ type: 'closed' });
  port.close();
};

try {
  const options = workerData as ExchangeWorkerOptions;
  const running = await startExchangeServer({ ...options, onFault: (error) => tell({ type: 'fault', message: textOf(error) }) });
  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'cut-streams':
        running.cutStreams();
        return;
      case 'close':
        end(running).catch((error: unknown) => tell({ type: 'fault', message: textOf(error) }));
        return;
    }
  });
  tell({ type: 'ready', rest: running.rest, ws: running.ws, keys: running.keys });
} catch (error) {
  tell({
    type: 'failed',
    code: error instanceof TradingError ? error.code : 'EXCHANGE_FAILED',
    message: error instanceof TradingError ? error.message : textOf(error),
  });
  port.close();
}
