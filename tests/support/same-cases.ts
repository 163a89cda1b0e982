/** Properties draw the same cases each time, so that a run that was green is green again; KMM_CASES draws others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['KMM_CASES'] ?? 1) });
