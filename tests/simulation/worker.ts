/** A thread that runs one seed after the other. */
import { parentPort } from 'node:worker_threads';
import { work, type Job } from './work.js';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

/** A rejection that nobody handles would end the real process. */
let fault: string | null = null;
process.on('unhandledRejection', (reason) => (fault = reason instanceof Error ? (reason.stack ?? reason.message) : 'no error at all'));

port.on('message', (job: Job) => {
  fault = null;
  const report = work(job);
  const unhandled = fault === null ? null : `I15: a rejection that nobody handled: ${fault}`;
  port.postMessage({ ...report, violation: report.violation ?? unhandled });
});
