/** A thread that runs one seed after the other. */
import { parentPort } from 'node:worker_threads';
import { work, type Job } from './work.js';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

/** Rejections that nobody handles would end the real process. */
const unhandled: string[] = [];
process.on('unhandledRejection', (reason) =>
  unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : 'no error at all'),
);

port.on('message', (job: Job) => {
  unhandled.length = 0;
  const report = work(job);
  const fault = unhandled[0] === undefined ? null : `I15: a rejection that nobody handled: ${unhandled[0]}`;
  port.postMessage({ ...report, violation: report.violation ?? fault });
});
