/** Every piece of work that a thread can be given. A job is plain data and says all that its result depends on, so results do not depend on how many threads there are. */
import { runAs2008, type AsJob, type AsResult } from './as2008.js';

export type Job = { readonly experiment: 'as2008'; readonly job: AsJob };
export type Result = AsResult;

export const runJob = (job: Job): Result => {
  switch (job.experiment) {
    case 'as2008':
      return runAs2008(job.job);
  }
};
