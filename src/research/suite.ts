/** All experiments, in the order they are run and shown. */
import { as2008 } from './as2008-report.js';
import { bots } from './bots-report.js';
import { fidelity } from './fidelity-report.js';
import { models } from './models-report.js';
import type { Experiment } from './experiment.js';

export const EXPERIMENTS: readonly Experiment[] = [as2008, models, bots, fidelity];
