/** What the process is allowed to inherit, and what it leaves behind: no weakened TLS, no window into its memory, no report or file that others can read. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';

export interface Inherited {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of Node itself, before the program's name. */
  readonly execArgv: readonly string[];
}

const OURS: Inherited = { env: process.env, execArgv: process.execArgv };

/** Options that make TLS or HTTP accept what they should refuse, or that write down what they encrypt. */
const WEAKENS_TLS =
  /^--(tls-min-v1\.[01]|tls-max-v1\.[01]|tls-keylog|tls-cipher-list|trace-tls|insecure-http-parser|openssl-legacy-provider|security-revert)\b/;
/** Options that show the memory of the process, and with it the key, to a debugger or in a file. */
const OPENS_MEMORY = /^--(inspect(?!-port\b|-publish-uid\b)|heapsnapshot-|heap-prof|abort-on-uncaught-exception|prof-process)/;

/** @throws CommandFailure (preflight) where a switch of the environment would make connections unsafe, whatever the command */
export const refuseWeakTls = ({ env, execArgv }: Inherited = OURS): void => {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    throw refusal('NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off', 'unset NODE_TLS_REJECT_UNAUTHORIZED');
  const option = optionsOf({ env, execArgv }).find((word) => WEAKENS_TLS.test(word));
  if (option !== undefined) throw refusal(`${nameOf(option)} weakens or uncovers encrypted connections`, leaveOut(option));
};

/** @throws CommandFailure (preflight) where somebody could look at the key of an account that is not simulated */
export const refuseOpenMemory = ({ env, execArgv }: Inherited = OURS): void => {
  const option = optionsOf({ env, execArgv }).find((word) => OPENS_MEMORY.test(word));
  if (option !== undefined) throw refusal(`${nameOf(option)} would show the memory that holds the private key`, leaveOut(option));
  for (const name of ['NODE_DEBUG', 'NODE_DEBUG_NATIVE'])
    if ((env[name] ?? '') !== '') throw refusal(`${name} prints request headers, signatures among them`, `unset ${name}`);
};

/** New files are private to their owner; a crash writes no report, which would list the environment; no signal opens a debugger. */
export const leaveNoTraces = (): void => {
  process.umask(0o077);
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
  // Node's own answer to SIGUSR1 is a debugger port that every user of this machine may open.
  process.on('SIGUSR1', () => undefined);
};

const optionsOf = ({ env, execArgv }: Inherited): readonly string[] =>
  [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)].map((word) => word.replace(/^"|"$/g, '').replaceAll('_', '-'));

const nameOf = (option: string): string => option.replace(/=.*/, '');

const leaveOut = (option: string): string => `leave ${nameOf(option)} out of NODE_OPTIONS and of the command line`;

const refusal = (why: string, fix: string): CommandFailure =>
  new CommandFailure(ExitCode.preflightFailed, 'the environment of this process is not safe', { why, fix });
