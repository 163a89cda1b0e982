/** Options and questions that the commands of an operator share. */
import type { CommandContext, OptionSpec } from '../../cli/command.js';
import { confirmTyped } from '../../cli/confirm.js';

export const YES_OPTION: OptionSpec = { name: 'yes', value: 'flag', describe: 'Takes the place of the typed confirmation.' };

export const SWEEP_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'everything',
    value: 'flag',
    describe: 'Also the orders of others: every order and order group of the subaccount, after a typed confirmation.',
  },
  YES_OPTION,
  { name: 'within', value: 'duration', default: '20s', describe: 'Give up after this and say what may be left.' },
];

/** @throws CommandFailure (usage) where it is not confirmed */
export const confirmEverything = async (context: CommandContext): Promise<void> =>
  confirmTyped(context.prompt, context.output, {
    warning: [
      'This cancels every order of the subaccount, also those of other programs and of people, and triggers every order group.',
      'Orders that anybody places within the next minute may be cancelled as well.',
    ],
    phrase: 'cancel everything',
    flag: '--yes',
  });
