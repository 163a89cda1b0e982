/** The process around a command line: signals, output, exit code. */
import type { Command } from '../cli/command.js';
import { dispatch } from '../cli/dispatch.js';
import { ExitCode } from '../cli/exit-codes.js';
import { SystemOutput, SystemPrompt } from '../cli/system-output.js';
import { VERSION } from './build.js';
import { PROGRAM } from './commands.js';
import { runEmergency } from './emergency.js';
import { leaveNoTraces, refuseWeakTls } from './system-hygiene.js';

/** A terminal signals the whole group, and a process that started us (npm, a container's init) passes the same signal on: this close together they are one. */
const ONE_REQUEST_MS = 500;

/** Asks the command to stop on the first signal; leaves at once on a later second one, because then somebody insists. */
const onSignals = (stop: AbortController, output: SystemOutput): void => {
  let firstAt = 0;
  // SIGHUP comes when the terminal or the ssh session is closed: our orders must not outlive that either.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        firstAt = performance.now();
        stop.abort(signal);
        return;
      }
      if (performance.now() - firstAt < ONE_REQUEST_MS) return;
      output.err(`second ${signal}: leaving at once; orders may still rest at the exchange`);
      process.exit(ExitCode.ordersPossiblyLeft);
    });
};

/** A fault of ours: told, everything of ours cancelled, and the process ended. A half-known state is not traded on. */
const onFaults = (output: SystemOutput): void => {
  let ending = false;
  const end = async (fault: unknown): Promise<void> => {
    output.err(`error: an unexpected fault: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
    if (ending) return;
    ending = true;
    const clean = await runEmergency();
    if (!clean) output.err('orders of ours may still rest at the exchange: look now');
    process.exit(clean ? ExitCode.unexpected : ExitCode.ordersPossiblyLeft);
  };
  process.on('uncaughtException', (fault) => void end(fault));
  process.on('unhandledRejection', (fault) => void end(fault));
};

/** Help is given anywhere; work is done only where connections are safe. */
const guarded = (command: Command): Command => ({
  ...command,
  run: async (context) => {
    if (command.guardsItself !== true) refuseWeakTls();
    return command.run(context);
  },
});

/** Runs one command line and ends the process with its exit code. */
export const runProcess = async (commands: readonly Command[], argv: readonly string[]): Promise<void> => {
  leaveNoTraces();
  const output = new SystemOutput();
  const stop = new AbortController();
  onSignals(stop, output);
  onFaults(output);
  const code = await dispatch(commands.map(guarded), argv, output, {
    program: PROGRAM,
    version: VERSION,
    prompt: new SystemPrompt(stop.signal),
    signal: stop.signal,
  });
  process.exitCode = code;
};
