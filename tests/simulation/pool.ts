/** Runs many seeds on a few threads. */
import { Worker } from 'node:worker_threads';
import type { Job, Report } from './work.js';

/** Most objects die young: with more room for them less is moved about. */
const YOUNG_MEGABYTES = 96;

/** @param onReport told of every seed; false stops handing out more */
export const runAll = (jobs: readonly Job[], threads: number, onReport: (report: Report) => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    let next = 0;
    let busy = 0;
    let stopped = false;
    const workers = Array.from(
      { length: Math.min(threads, jobs.length) },
      () => new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } }),
    );
    const end = (): void => {
      for (const worker of workers) void worker.terminate();
    };
    const feed = (worker: Worker): void => {
      const job = stopped ? undefined : jobs[next++];
      if (job !== undefined) {
        busy++;
        worker.postMessage(job, []);
      } else if (busy === 0) {
        end();
        resolve();
      }
    };
    for (const worker of workers) {
      worker.on('message', (report: Report) => {
        busy--;
        if (!onReport(report)) stopped = true;
        feed(worker);
      });
      worker.on('error', (error) => {
        end();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
      feed(worker);
    }
    if (workers.length === 0) resolve();
  });
