/** `kmm cancel-all`: takes our resting orders off the exchange without latching anything, or shows which they are. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { Settings } from '../../config/settings.js';
import type { RestOrder } from '../../connector/rest-portfolio.js';
import { openAccess, type Access } from '../access.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { must } from '../exchange-client.js';
import { CONNECT_OPTION, OUT_OPTION, settingsFor } from '../settings-options.js';
import { accountFolder, StateFiles } from '../state-files.js';
import { openSweepClient } from '../sweep/sweep-client.js';
import { orderDocument, orderLines, plural, sweepDocument, sweepText } from '../sweep/sweep-text.js';
import { isOurs } from '../sweep/sweep.js';
import { systemFiles } from '../system-files.js';
import { systemHost } from '../system-host.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';
import { confirmEverything, SWEEP_OPTIONS } from './operator-options.js';
import { isProven, sweepAccount } from './operator-sweep.js';

export const cancelAllCommand: Command = {
  name: 'cancel-all',
  summary: 'Cancel our resting orders, or list them with --dry-run.',
  description: [
    'Cancels every resting order whose client order id begins with engine.client_id_prefix, and asks the exchange until it is proven that none is left. Orders of other programs are not touched, nothing is latched, and order groups stay armed.',
    'A bot that runs on the account would quote again at once, so this is refused while one does: stop it first, or use kill. Orders that may be left end with 12.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    OUT_OPTION,
    { name: 'dry-run', value: 'flag', describe: 'Show what would be cancelled and send nothing.' },
    ...SWEEP_OPTIONS,
  ],
  examples: [
    { line: 'cancel-all --env demo --dry-run', describe: 'look first' },
    { line: 'cancel-all --env demo', describe: 'cancel everything of ours' },
  ],
  run: async (context) => {
    const { settings } = settingsFor(context, ['out', 'connect'], { credentials: false, markets: false });
    if (settings.environment === 'sim')
      throw new CommandFailure(ExitCode.usage, 'the simulated exchange lives in the process of its bot: nothing rests there without it', {
        fix: 'name an environment: --env demo, --env prod, or --env custom with --connect FILE',
      });
    const access = await openAccess(settings, context.options.optionalText('connect'), passphraseSources(context));
    return context.options.flag('dry-run') ? show(context, settings, access) : cancel(context, settings, access);
  },
};

const show = async (context: CommandContext, settings: Settings, access: Access): Promise<number> => {
  const client = openSweepClient(access, settings, settings.connector.subaccount, systemHost());
  try {
    const resting = must('the resting orders', await client.api.account.orders('resting'));
    const everything = context.options.flag('everything');
    const wanted = resting.filter((order) => everything || isOurs(order, settings.engine.clientIdPrefix));
    tell(context, wanted, resting.length - wanted.length);
    return ExitCode.ok;
  } finally {
    await client.close();
  }
};

const tell = (context: CommandContext, wanted: readonly RestOrder[], others: number): void => {
  if (context.json) return context.output.json({ would_cancel: wanted.map(orderDocument), others });
  if (wanted.length > 0) for (const line of orderLines(wanted)) context.output.out(line);
  context.output.out(`${plural(wanted.length, 'order')} would be cancelled, ${others} of others left alone; nothing was sent`);
};

const cancel = async (context: CommandContext, settings: Settings, access: Access): Promise<number> => {
  const { subaccount } = settings.connector;
  refuseBesideBot(settings, access);
  const everything = context.options.flag('everything');
  if (everything && !context.options.flag('yes')) await confirmEverything(context);
  const patience = context.options.duration('within');
  const how = everything ? ({ reach: 'everything', groups: 'trigger' } as const) : ({ reach: 'own', groups: 'leave' } as const);
  const swept = await sweepAccount({ type: 'open', access, settings }, { subaccount }, { ...how, patience });
  if (swept.type !== 'swept')
    throw new CommandFailure(ExitCode.ordersPossiblyLeft, 'the orders could not be cancelled', {
      why: swept.type === 'failed' ? swept.why : 'the exchange is not reachable from here',
      fix: 'look on the site of the exchange now',
    });
  if (context.json) context.output.json(sweepDocument(swept.report));
  else context.output.out(sweepText(swept.report));
  return isProven(swept) ? ExitCode.ok : ExitCode.ordersPossiblyLeft;
};

const refuseBesideBot = (settings: Settings, access: Access): void => {
  const folder = `${settings.logger.folder}/state/${accountFolder(access.env, access.keyId, settings.connector.subaccount)}`;
  const bot = systemFiles.exists(folder) ? new StateFiles(folder).runningBot() : null;
  if (bot === null) return;
  throw new CommandFailure(ExitCode.alreadyRunning, `a bot trades this account (process ${bot.pid}) and would quote again at once`, {
    fix: 'stop it first (Ctrl-C or SIGTERM cancels its orders), or stop all trading with kmm kill',
  });
};
