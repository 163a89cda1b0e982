/** The thread that owns `ops.log` and `tape.csv`. It never touches trading: what it cannot write in time is dropped and counted by the other side. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Scribe, type FromScribe, type ToScribe } from './scribe.js';
import { StorageError } from './storage-errors.js';
import { DRAIN_EVERY_MS, openScribeFiles, type ScribeSetup } from './worker-client.js';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only: it is started by the logger');

const answer = (message: FromScribe): void => {
  port.postMessage(message);
  if (message.type === 'closed') port.close();
};

const pull = (take: (message: ToScribe) => void): void => {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) take(next.message as ToScribe);
};

const begin = (setup: ScribeSetup): void => {
  const scribe = new Scribe(setup.memory, { files: openScribeFiles(setup.dir, setup.limits), answer, pull });
  const timer = setInterval(() => {
    scribe.drain();
  }, DRAIN_EVERY_MS);
  port.on('message', (message: ToScribe) => {
    scribe.take(message);
    if (message.type === 'close') clearInterval(timer);
  });
  answer({ type: 'ready' });
};

try {
  begin(workerData as ScribeSetup);
} catch (error) {
  if (!(error instanceof StorageError)) throw error;
  answer({ type: 'refused', operation: error.operation, file: error.file, errno: error.errno });
  port.close();
}
