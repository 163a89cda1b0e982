/** A thread that does one job after the other. */
import { parentPort } from 'node:worker_threads';
import { CommandFailure, type ExitCode } from '../cli/exit-codes.js';
import { runJob, type Job, type JobResult } from './backtest-job.js';

export type FromWorker =
  | { readonly type: 'items'; readonly id: number; readonly done: number }
  | { readonly type: 'result'; readonly result: JobResult }
  /** Errors lose their class between threads: what a person is told is sent in parts. */
  | { readonly type: 'failure'; readonly exitCode: ExitCode; readonly what: string; readonly why: string | null; readonly fix: string }
  | { readonly type: 'fault'; readonly text: string };

const port = parentPort;

const say = (message: FromWorker): void => port?.postMessage(message);

const failureOf = (error: unknown): FromWorker =>
  error instanceof CommandFailure
    ? { type: 'failure', exitCode: error.exitCode, what: error.what, why: error.why, fix: error.fix }
    : { type: 'fault', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };

port?.on('message', (job: Job) => {
  runJob(job, (done) => {
    say({ type: 'items', id: job.id, done });
    return true;
  }).then(
    (result) => say({ type: 'result', result }),
    (error: unknown) => say(failureOf(error)),
  );
});
