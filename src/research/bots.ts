/** The whole bot among the crowd of the simulated exchange: every strategy meets the same crowds. */
import type { StrategySettings } from '../domain/settings.js';
import type { DurationUs } from '../domain/units.js';
import type { BotSettings } from './crowd/bot-settings.js';
import { figuresOf, type RunFigures } from './crowd/ledger.js';
import { runTruth } from './crowd/truth-run.js';
import { DELAY } from './fidelity.js';

/** A strategy under the name it is shown by. */
export interface BotContender {
  readonly name: string;
  readonly strategy: StrategySettings;
}

export interface BotsJob {
  readonly seed: string;
  readonly bot: BotSettings;
  readonly contenders: readonly BotContender[];
  readonly lasts: DurationUs;
}

export interface BotsResult {
  /** In the order of the contenders. */
  readonly runs: readonly (RunFigures & { readonly halted: boolean })[];
}

export const runBots = ({ seed, bot, contenders, lasts }: BotsJob): BotsResult => ({
  runs: contenders.map(({ strategy }) => {
    const run = runTruth({ seed, lasts, delay: DELAY, bot, strategy });
    return { ...figuresOf(run), halted: run.halted !== null };
  }),
});
