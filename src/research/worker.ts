/** A thread that works off experiments' jobs one after the other. Started by `worker-client.ts`. */
import { parentPort } from 'node:worker_threads';
import { assert } from '../domain/errors.js';
import { runJob, type Job } from './jobs.js';

const port = parentPort;
assert(port !== null, 'the worker of the experiments runs in a thread of its own');

port.on('message', ({ index, job }: { readonly index: number; readonly job: Job }) => {
  port.postMessage({ index, result: runJob(job) });
});
