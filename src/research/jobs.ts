/** Every piece of work that a thread can be given. A job is plain data and says all that its result depends on, so results do not depend on how many threads there are. */
import { runAs2008, type AsJob, type AsResult } from './as2008.js';
import { runBots, type BotsJob, type BotsResult } from './bots.js';
import { runFidelity, type FidelityJob, type FidelityResult } from './fidelity.js';
import { runModels, type ModelJob, type ModelResult } from './models.js';

interface Work {
  readonly as2008: { readonly job: AsJob; readonly result: AsResult };
  readonly models: { readonly job: ModelJob; readonly result: ModelResult };
  readonly bots: { readonly job: BotsJob; readonly result: BotsResult };
  readonly fidelity: { readonly job: FidelityJob; readonly result: FidelityResult };
}
type Name = keyof Work;

export type Job = { readonly [N in Name]: { readonly experiment: N; readonly job: Work[N]['job'] } }[Name];
export type Result = { readonly [N in Name]: { readonly experiment: N; readonly result: Work[N]['result'] } }[Name];

export const runJob = (job: Job): Result => {
  switch (job.experiment) {
    case 'as2008':
      return { experiment: job.experiment, result: runAs2008(job.job) };
    case 'models':
      return { experiment: job.experiment, result: runModels(job.job) };
    case 'bots':
      return { experiment: job.experiment, result: runBots(job.job) };
    case 'fidelity':
      return { experiment: job.experiment, result: runFidelity(job.job) };
  }
};

/** The results of one experiment, in their order. */
export const resultsOf = <N extends Name>(name: N, results: readonly Result[]): Work[N]['result'][] =>
  results.flatMap((each) => (each.experiment === name ? [each.result as Work[N]['result']] : []));
