/** Hands jobs to threads and gathers the results in the order of the jobs. */
import { Worker } from 'node:worker_threads';
import { TradingError } from '../domain/errors.js';
import { runJob, type Job, type Result } from './jobs.js';

/** A thread ended before its work was done, or the work was interrupted. */
export class ExperimentError extends TradingError {
  constructor(
    readonly code: 'EXPERIMENT_FAILED' | 'INTERRUPTED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface JobRun {
  readonly workers: number;
  /** Aborts between two jobs. */
  readonly signal: AbortSignal;
  readonly onDone: (done: number) => void;
}

/** @throws ExperimentError */
export const runJobs = async (jobs: readonly Job[], run: JobRun): Promise<Result[]> => {
  // A thread cannot run TypeScript: from the sources (tests) the work is done in this one.
  if (import.meta.url.endsWith('.ts')) return inThisThread(jobs, run);
  return inThreads(jobs, run);
};

const interrupted = (): ExperimentError => new ExperimentError('INTERRUPTED', 'the experiments were interrupted');

const inThisThread = async (jobs: readonly Job[], { signal, onDone }: JobRun): Promise<Result[]> => {
  const results: Result[] = [];
  for (const job of jobs) {
    if (signal.aborted) throw interrupted();
    results.push(runJob(job));
    onDone(results.length);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return results;
};

const inThreads = async (jobs: readonly Job[], run: JobRun): Promise<Result[]> => {
  const threads = Array.from(
    { length: Math.min(run.workers, jobs.length) },
    () => new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 2048 } }),
  );
  try {
    return await shared(jobs, threads, run);
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
};

/** Every thread gets its next job when it has finished the one before. */
const shared = (jobs: readonly Job[], threads: readonly Worker[], { signal, onDone }: JobRun): Promise<Result[]> =>
  new Promise((resolve, reject) => {
    const results: Result[] = Array.from({ length: jobs.length });
    let next = 0;
    let done = 0;
    const give = (thread: Worker): void => {
      if (next >= jobs.length) return;
      const index = next++;
      thread.postMessage({ index, job: jobs[index] as Job }, []);
    };
    if (jobs.length === 0) resolve([]);
    if (signal.aborted) reject(interrupted());
    signal.addEventListener('abort', () => reject(interrupted()), { once: true });
    for (const thread of threads) {
      thread.on('error', (cause: Error) =>
        reject(new ExperimentError('EXPERIMENT_FAILED', `a thread of the experiments failed: ${cause.message}`, { cause })),
      );
      thread.on('message', ({ index, result }: { readonly index: number; readonly result: Result }) => {
        results[index] = result;
        onDone(++done);
        if (done === jobs.length) resolve(results);
        else give(thread);
      });
      give(thread);
    }
  });
