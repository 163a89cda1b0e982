/**
 * `kmm kill`: the kill switch from outside. Latches on disk first; a running bot sees it within a quarter of a second. Beside it this process takes the orders off
 * the exchange by itself, over connections of its own, so that it works with the bot hung or dead.
 */
import { join } from 'node:path';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { Environment } from '../../domain/settings.js';
import { LEAVES } from '../../config/schema.js';
import { accountOf, accountsBelow, waysOf, wayTo, type Account, type Way, type Ways } from '../accounts.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { CONNECT_OPTION, OUT_OPTION, settingsFor } from '../settings-options.js';
import { accountFolder, StateFiles } from '../state-files.js';
import { refuseWeakTls } from '../system-hygiene.js';
import { PASSPHRASE_OPTION } from '../system-passphrase.js';
import { isProven, sweepAccount, type Swept } from './operator-sweep.js';
import { sweepDocument, sweepText } from '../sweep/sweep-text.js';
import { SWEEP_OPTIONS, confirmEverything } from './operator-options.js';
import { clearLatches } from './kill-clear.js';

export const killCommand: Command = {
  name: 'kill',
  guardsItself: true,
  summary: 'Stop all trading and keep it stopped.',
  description: [
    'Sets the kill latch of every account that has traded from --out: a running bot cancels everything of its own and ends with code 7, and none starts quoting again until a person clears the latch with a reason. The latch is on disk before anything else happens.',
    'Then this process removes our resting orders by itself wherever a key is configured, whether the bot runs, hangs or is dead: order groups are triggered, the rest is cancelled, and the exchange is asked until it is proven that nothing rests. Orders that may be left end with 12.',
    'Pressing it twice does no harm. The latch is a file (kill-latch.json in the state folder); whoever can write it can kill, also by hand.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    OUT_OPTION,
    { name: 'reason', value: 'text', default: 'killed by a person', describe: 'Why; shown until the latch is cleared.' },
    ...SWEEP_OPTIONS,
    { name: 'clear', value: 'text', placeholder: '<what you found>', describe: 'Clear the latch instead, saying what was found and done.' },
  ],
  examples: [
    { line: 'kill --reason "strange fills"', describe: 'stop every bot of this folder and take its orders off the exchange' },
    { line: 'kill --env demo --config config.yaml --everything', describe: 'also every other order of that subaccount' },
    { line: 'kill --clear "bad signal file, replaced"', describe: 'let them trade again' },
  ],
  run: async (context) => {
    const found = context.options.optionalText('clear');
    const { out, broken } = outOf(context);
    const known = accountsBelow(out, environmentOf(context));
    const ways = waysOf(context);
    if (found === null) return press(context, { out, known, ways, broken });
    if (broken !== null) throw broken;
    if (known.length === 0) throw nobody(out);
    return clearLatches(context, known, ways, found);
  },
};

/** A broken configuration must not keep anybody from the switch: the latch needs the folder alone. */
const outOf = (context: CommandContext): { readonly out: string; readonly broken: CommandFailure | null } => {
  try {
    const names = environmentOf(context) === 'custom' ? (['out', 'connect'] as const) : (['out'] as const);
    const { settings } = settingsFor(context, names, { credentials: false, markets: false }, environmentOf(context) ?? undefined);
    return { out: settings.logger.folder, broken: null };
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode === ExitCode.usage) throw error;
    return { out: context.options.optionalText('out') ?? String(LEAVES.get('logger.folder')?.default), broken: error };
  }
};

const environmentOf = (context: CommandContext): Environment | null =>
  (context.options.optionalText('env') as Environment | null) ?? (context.options.given('connect') ? 'custom' : null);

const nobody = (out: string): CommandFailure =>
  new CommandFailure(ExitCode.usage, `no account has traded from ${out}`, {
    fix: 'name the folder of the runs with --out, or the account with --env',
  });

/** The account that the command line names, even if it has not traded from here; null where it names none or no key is configured for it. */
const namedAccount = async (ways: Ways, out: string, env: Environment | null): Promise<Account | null> => {
  const way = env === null ? null : await ways(env);
  if (way?.type !== 'open') return null;
  const { access, settings } = way;
  return accountOf(new StateFiles(join(out, 'state', accountFolder(access.env, access.keyId, settings.connector.subaccount))));
};

interface Pressed {
  readonly account: Account;
  readonly latched: Latched;
  readonly swept: Swept;
  /** The process that traded here when the switch was pressed, and whether it has ended since. */
  readonly bot: { readonly pid: number; readonly ended: boolean } | null;
}

interface Scene {
  readonly out: string;
  readonly known: readonly Account[];
  readonly ways: Ways;
  readonly broken: CommandFailure | null;
}

const press = async (context: CommandContext, { out, known, ways, broken: configuration }: Scene): Promise<number> => {
  // All of them before anything else, also before a passphrase is asked for: whatever fails from here on, no bot trades on.
  const targets = known.map((account) => ({ account, latched: latch(context, account) }));
  const broken = configuration ?? weakTls();
  const named = broken === null ? await namedAccount(ways, out, environmentOf(context)) : null;
  if (named !== null && !known.some(({ name }) => name === named.name)) targets.push({ account: named, latched: latch(context, named) });
  if (targets.length === 0) throw broken ?? nobody(out);
  const sweepAll = (reach: 'own' | 'everything'): Promise<readonly Pressed[]> =>
    Promise.all(
      targets.map(async ({ account, latched }) => {
        const way: Way = broken === null ? await wayTo(ways, account) : { type: 'none', why: broken.what };
        const swept = await sweepAccount(way, account, { reach, groups: 'trigger', patience: context.options.duration('within') });
        const { pid } = latched;
        return { account, latched, swept, bot: pid === null ? null : { pid, ended: await endsSoon(account, swept) } };
      }),
    );
  const everything = context.options.flag('everything');
  let pressed = await sweepAll(everything && context.options.flag('yes') ? 'everything' : 'own');
  if (everything && !context.options.flag('yes')) {
    for (const each of pressed) context.output.err(`${each.account.state.folder}: ${textOf(each)}`);
    await confirmEverything(context);
    pressed = await sweepAll('everything');
  }
  const clear = pressed.every(isSafe);
  if (context.json) context.output.json({ clear, accounts: pressed.map(documentOf) });
  else for (const each of pressed) context.output.out(`${each.account.state.folder}: ${textOf(each)}`);
  if (broken !== null) throw broken;
  if (!clear) return ExitCode.ordersPossiblyLeft;
  return targets.every(({ latched }) => latched.failure === null) ? ExitCode.ok : ExitCode.storage;
};

/** What every other command refuses before it begins. */
const weakTls = (): CommandFailure | null => {
  try {
    refuseWeakTls();
    return null;
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
};

interface Latched {
  readonly before: string | null;
  readonly pid: number | null;
  /** Why the latch could not be written; null where it stands. */
  readonly failure: string | null;
}

/** A disk that refuses the latch is told, and does not keep the orders on the exchange. */
const latch = (context: CommandContext, { state }: Account): Latched => {
  const before = state.latch()?.reason ?? null;
  const pid = state.runningBot()?.pid ?? null;
  try {
    state.setLatch(context.options.text('reason'), new Date());
    return { before, pid, failure: null };
  } catch (error) {
    return { before, pid, failure: error instanceof CommandFailure ? (error.why ?? error.what) : String(error) };
  }
};

const BOT_PATIENCE_MS = 3000;
const LOOK_EVERY_MS = 100;

/** Whether the bot has seen the latch and ended. Where we could not sweep ourselves nobody waits for it. */
const endsSoon = async ({ state }: Account, swept: Swept): Promise<boolean> => {
  const deadline = performance.now() + (swept.type === 'swept' ? BOT_PATIENCE_MS : 0);
  while (state.runningBot() !== null && performance.now() < deadline)
    await new Promise<void>((resolve) => void setTimeout(resolve, LOOK_EVERY_MS));
  return state.runningBot() === null;
};

/** Proven gone; or a living bot is doing it; or one that ended in good order left nothing to do. */
const isSafe = ({ account, swept, bot }: Pressed): boolean => {
  if (swept.type === 'swept') return isProven(swept);
  return swept.type === 'inside' || bot !== null || account.state.heldLease() === null;
};

const textOf = (pressed: Pressed): string => {
  const { latched, swept, bot } = pressed;
  return [latchText(latched), botText(pressed), sweptText(swept, bot !== null)].filter((part) => part !== '').join('; ');
};

const latchText = ({ before, failure }: Latched): string => {
  if (failure !== null) return `NOT LATCHED (${failure}): a bot could start again; free some space and press again`;
  return before === null ? 'latched' : `latched already (${before})`;
};

const botText = ({ swept, bot }: Pressed): string => {
  if (bot === null) return 'no bot runs here';
  if (bot.ended) return `process ${bot.pid} has ended`;
  return swept.type === 'swept'
    ? `process ${bot.pid} has not ended: if it hangs, end it with kill -9 ${bot.pid}`
    : `process ${bot.pid} cancels everything and ends`;
};

const sweptText = (swept: Swept, bot: boolean): string => {
  switch (swept.type) {
    case 'swept':
      return sweepText(swept.report);
    case 'inside':
      return 'its simulated exchange lives in the process of the bot, so nothing rests without it';
    case 'failed':
      return `not swept from here (${swept.why})${bot ? '' : ': orders of a bot that died lapse by their own expiry'}`;
  }
};

const documentOf = (pressed: Pressed): object => ({
  folder: pressed.account.state.folder,
  latched: pressed.latched.failure === null,
  bot: pressed.bot?.pid ?? null,
  bot_ended: pressed.bot?.ended ?? null,
  swept: pressed.swept.type === 'swept' ? sweepDocument(pressed.swept.report) : null,
  text: textOf(pressed),
});
