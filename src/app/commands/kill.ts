/** `kmm kill`: the kill switch from outside. Latches on disk first; a running bot sees it within a quarter of a second, cancels everything and ends. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { OUT_OPTION, settingsFor } from '../settings-options.js';
import { StateFiles } from '../state-files.js';

export const killCommand: Command = {
  name: 'kill',
  summary: 'Stop all trading and keep it stopped.',
  description: [
    'Sets the kill latch of every account that has traded from --out: a running bot cancels everything of its own and ends with code 7, and none starts quoting again until a person clears the latch with a reason.',
    'The latch is a file (kill-latch.json in the state folder); whoever can write it can kill, also by hand.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    OUT_OPTION,
    { name: 'reason', value: 'text', default: 'killed by a person', describe: 'Why; shown until the latch is cleared.' },
    { name: 'clear', value: 'text', placeholder: '<what you found>', describe: 'Clear the latch instead, saying what was found and done.' },
  ],
  examples: [
    { line: 'kill --reason "strange fills"', describe: 'stop every bot of this folder' },
    { line: 'kill --clear "bad signal file, replaced"', describe: 'let them trade again' },
  ],
  run: async (context) => {
    const { settings } = settingsFor(context, ['out'], { credentials: false, markets: false });
    const accounts = StateFiles.all(settings.logger.folder).filter(
      (state) => !context.options.given('env') || state.folder.split('/').at(-1)?.startsWith(`${settings.environment}-`) === true,
    );
    if (accounts.length === 0)
      throw new CommandFailure(ExitCode.usage, `no account has traded from ${settings.logger.folder}`, {
        fix: 'name the folder of the runs with --out',
      });
    const clearing = context.options.optionalText('clear');
    const told = accounts.map((state) => (clearing === null ? kill(context, state) : clear(state, clearing)));
    if (context.json) context.output.json({ accounts: told });
    else for (const account of told) context.output.out(`${account.folder}: ${account.text}`);
    return ExitCode.ok;
  },
};

interface Told {
  readonly folder: string;
  readonly latched: boolean;
  readonly bot: number | null;
  readonly text: string;
}

const kill = (context: CommandContext, state: StateFiles): Told => {
  const before = state.latch();
  state.setLatch(context.options.text('reason'), new Date());
  const bot = state.runningBot()?.pid ?? null;
  const again = before === null ? 'latched' : `latched already (${before.reason})`;
  const text =
    bot === null
      ? `${again}; no bot runs here. Orders of a bot that died lapse by their own expiry`
      : `${again}; process ${bot} cancels everything and ends`;
  return { folder: state.folder, latched: true, bot, text };
};

const clear = (state: StateFiles, found: string): Told => {
  const before = state.latch();
  state.clearLatch();
  const text = before === null ? 'was not latched' : `cleared (it was: ${before.reason}; found: ${found})`;
  return { folder: state.folder, latched: false, bot: state.runningBot()?.pid ?? null, text };
};
