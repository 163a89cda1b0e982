/** Asks for the three agreements that real money needs, before anything is sent. */
import type { CommandContext, OptionSpec } from '../cli/command.js';
import { confirmTyped } from '../cli/confirm.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { AGREEMENT_FLAG, realMoneyAgreement } from '../config/agreement.js';
import type { LoadedConfig } from '../config/config-file.js';

export const REAL_MONEY_OPTION: OptionSpec = {
  name: 'yes-trade-real-money',
  value: 'flag',
  describe: 'With --env prod: takes the place of the typed confirmation.',
};

/** Returns where no real money is meant, or all three agreements are there. @throws CommandFailure (usage) otherwise */
export const agree = async (context: CommandContext, loaded: LoadedConfig): Promise<void> => {
  const { settings, values } = loaded;
  const chosenBy = values.get('environment')?.origin ?? { type: 'default' };
  const given = {
    environment: settings.environment,
    chosenBy,
    credentials: settings.credentials,
    flagGiven: context.options.flag('yes-trade-real-money'),
  };
  const first = realMoneyAgreement({ ...given, typed: null });
  if (first.type === 'agreed') return;
  if (first.type === 'refused') throw new CommandFailure(ExitCode.usage, first.what, { fix: first.fix });
  await confirmTyped(context.prompt, context.output, {
    warning: ['This trades real money on the production exchange.'],
    phrase: first.phrase,
    flag: AGREEMENT_FLAG,
  });
};
