/** `kmm status`: how every bot of a folder stands, without disturbing it. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { Environment } from '../../domain/settings.js';
import { accountsBelow } from '../accounts.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { OUT_OPTION, settingsFor } from '../settings-options.js';
import { isHealthy, statusOfAccount, type AccountStatus } from '../status-report.js';
import { accountDocument, accountLines } from '../status-text.js';
import { SystemClock } from '../system-clock.js';

const REPAINT_MS = 1000;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
/** Piped lines are not cut. */
const NO_EDGE = Number.MAX_SAFE_INTEGER;

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show how the bots of this folder stand.',
  description: [
    'For every account that has traded from --out: whether a bot runs, hangs or died, the kill latch, the last run, and what the bot last said of itself: position, result, open orders, markets and why a side is not quoted, age of feed and decisions. It reads the state folder only and asks the exchange nothing.',
    'A bot writes its status once a second. One whose process lives and which has written nothing for five seconds is called hung.',
    'With --healthy it ends with 0 where a bot runs and every bot is well, and with 1 otherwise: for service managers and containers.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    OUT_OPTION,
    { name: 'watch', value: 'flag', describe: 'Show it anew every second until Ctrl-C.' },
    { name: 'healthy', value: 'flag', describe: 'End with 0 or 1 instead of always 0.' },
  ],
  examples: [
    { line: 'status', describe: 'look once' },
    { line: 'status --watch', describe: 'keep looking' },
    { line: 'status --healthy --env prod', describe: 'a health check' },
  ],
  run: async (context) => {
    const { settings } = settingsFor(context, ['out'], { credentials: false, markets: false });
    const env = context.options.optionalText('env') as Environment | null;
    const look = (): readonly AccountStatus[] => {
      const wall = new SystemClock().wall();
      return accountsBelow(settings.logger.folder, env).map((account) => statusOfAccount(account, wall));
    };
    if (context.options.flag('watch')) return watch(context, look, settings.logger.folder);
    const accounts = look();
    const healthy = isHealthy(accounts);
    if (context.json) context.output.json({ healthy, accounts: accounts.map(accountDocument) });
    else for (const line of linesOf(accounts, settings.logger.folder, NO_EDGE)) context.output.out(line);
    return context.options.flag('healthy') && !healthy ? ExitCode.unexpected : ExitCode.ok;
  },
};

const linesOf = (accounts: readonly AccountStatus[], out: string, columns: number): readonly string[] =>
  accounts.length === 0 ? [`no account has traded from ${out}`] : accounts.flatMap((account) => accountLines(account, columns));

const watch = async (context: CommandContext, look: () => readonly AccountStatus[], out: string): Promise<number> => {
  const { output, signal } = context;
  if (context.json)
    throw new CommandFailure(ExitCode.usage, '--watch has no end and --json is one document', { fix: 'leave one of them out' });
  const giveBack = (): void => output.draw(LEAVE);
  if (output.isTty) {
    process.once('exit', giveBack);
    output.draw(ENTER);
  }
  while (!signal.aborted) {
    const { columns, rows } = output;
    const lines = linesOf(look(), out, output.isTty ? columns : NO_EDGE);
    if (output.isTty)
      output.draw(
        `${HOME}${lines
          .slice(0, rows - 1)
          .map((line) => `${line}${CLEAR_LINE}`)
          .join('\n')}${CLEAR_BELOW}`,
      );
    else for (const line of lines) output.out(line);
    await second(signal);
  }
  if (output.isTty) {
    process.off('exit', giveBack);
    giveBack();
  }
  return ExitCode.ok;
};

const second = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(end, REPAINT_MS);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
