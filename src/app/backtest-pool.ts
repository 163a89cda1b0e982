/** Spreads the jobs of a backtest over the cores. The order in which they end does not matter: results come back in the order of the jobs. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { runJob, type Job, type JobResult } from './backtest-job.js';
import type { FromWorker } from './backtest-worker.js';

export interface PoolOptions {
  /** 1: in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told how many items of a job are done. */
  readonly onItems: (id: number, done: number) => void;
}

const WORKER = new URL('./backtest-worker.js', import.meta.url);
/** Most objects die young: with more room for them less is moved about. */
const YOUNG_MEGABYTES = 64;

/** @throws CommandFailure where a job fails, or a person has stopped it */
export const runJobs = async (jobs: readonly Job[], options: PoolOptions): Promise<readonly JobResult[]> => {
  const threads = Math.min(options.workers, jobs.length);
  // From source, without a compiler's work, there is no file that a thread could run.
  const results = threads > 1 && existsSync(WORKER) ? await onThreads(jobs, threads, options) : await here(jobs, options);
  if (options.signal.aborted) throw stopped();
  return results.toSorted((a, b) => a.id - b.id);
};

const stopped = (): CommandFailure =>
  new CommandFailure(ExitCode.interrupted, 'the backtest was stopped before its end', { fix: 'start it again: nothing was written' });

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const here = async (jobs: readonly Job[], { signal, onItems }: PoolOptions): Promise<readonly JobResult[]> => {
  const results: JobResult[] = [];
  for (const job of jobs) {
    if (signal.aborted) break;
    results.push(
      await runJob(job, async (done) => {
        onItems(job.id, done);
        await turn();
        return !signal.aborted;
      }),
    );
    onItems(job.id, job.source.items);
  }
  return results;
};

const onThreads = (jobs: readonly Job[], threads: number, { signal, onItems }: PoolOptions): Promise<readonly JobResult[]> =>
  new Promise((resolve, reject) => {
    const results: JobResult[] = [];
    let next = 0;
    const workers = Array.from(
      { length: threads },
      () => new Worker(WORKER, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } }),
    );
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      for (const worker of workers) void worker.terminate();
      settle();
    };
    const abort = (): void => end(() => resolve(results));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) return abort();
    const feed = (worker: Worker): void => {
      const job = jobs[next++];
      if (job !== undefined) worker.postMessage(job, []);
      else if (results.length === jobs.length) end(() => resolve(results));
    };
    for (const worker of workers) {
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'items':
            return onItems(message.id, message.done);
          case 'result':
            results.push(message.result);
            onItems(message.result.id, jobs[message.result.id]?.source.items ?? 0);
            return feed(worker);
          case 'failure': {
            const { exitCode, what, why, fix } = message;
            return end(() => reject(new CommandFailure(exitCode, what, { ...(why === null ? {} : { why }), fix })));
          }
          case 'fault':
            return end(() => reject(new Error(message.text)));
        }
      });
      worker.on('error', (error) => end(() => reject(error instanceof Error ? error : new Error(String(error)))));
      feed(worker);
    }
  });
