/** The thread that owns `ops.log` and `tape.csv`. It never touches trading: what it cannot write in time is dropped and counted by the other side. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { PatientScribe } from './patient-scribe.js';
import type { FromScribe, ToScribe } from './scribe.js';
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

const { memory, dir, limits } = workerData as ScribeSetup;
const scribe = new PatientScribe(memory, () => openScribeFiles(dir, limits), { answer, pull });
const timer = setInterval(() => {
  scribe.drain();
}, DRAIN_EVERY_MS);
port.on('message', (message: ToScribe) => {
  scribe.take(message);
  if (message.type === 'close') clearInterval(timer);
});
