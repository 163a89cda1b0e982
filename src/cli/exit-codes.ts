/** How a command ends. The numbers are documented and stable: scripts and service managers act on them. */
import { TradingError } from '../domain/errors.js';

export const ExitCode = {
  ok: 0,
  /** A fault of ours. */
  unexpected: 1,
  /** The command line is wrong. */
  usage: 2,
  configInvalid: 3,
  /** Key missing, exposed, wrong or refused. */
  credentials: 4,
  unreachable: 5,
  /** The exchange answered and said no. */
  refused: 6,
  /** A loss limit or the kill switch stopped trading. */
  riskHalt: 7,
  reconcileFailed: 8,
  /** Disk full, not writable, damaged. */
  storage: 9,
  alreadyRunning: 10,
  preflightFailed: 11,
  /** Stopped, but orders may still rest at the exchange: a person must look. */
  ordersPossiblyLeft: 12,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** One line per code, for help and documentation. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: ExitCode.ok, meaning: 'everything went well' },
  { code: ExitCode.unexpected, meaning: 'an unexpected fault of the program' },
  { code: ExitCode.usage, meaning: 'the command line is wrong' },
  { code: ExitCode.configInvalid, meaning: 'the configuration is invalid' },
  { code: ExitCode.credentials, meaning: 'the API key is missing, exposed or refused' },
  { code: ExitCode.unreachable, meaning: 'the exchange cannot be reached' },
  { code: ExitCode.refused, meaning: 'the exchange refused the request' },
  { code: ExitCode.riskHalt, meaning: 'a risk limit or the kill switch halted trading' },
  { code: ExitCode.reconcileFailed, meaning: 'our orders or positions do not agree with the exchange' },
  { code: ExitCode.storage, meaning: 'a file cannot be read or written' },
  { code: ExitCode.alreadyRunning, meaning: 'another run holds the same account or folder' },
  { code: ExitCode.preflightFailed, meaning: 'a check before the start failed' },
  { code: ExitCode.ordersPossiblyLeft, meaning: 'stopped, and orders may still rest at the exchange: look now' },
  { code: ExitCode.interrupted, meaning: 'interrupted (SIGINT)' },
  { code: ExitCode.terminated, meaning: 'terminated (SIGTERM)' },
];

/** The end of a command that a person can put right. Never carries a secret. */
export class CommandFailure extends TradingError {
  readonly code = 'COMMAND_FAILED';
  readonly why: string | null;
  readonly fix: string;
  /** Further lines, such as one per error of a file. */
  readonly notes: readonly string[];
  /** What programs get beside the text, under `--json`. */
  readonly data: unknown;
  /**
   * @param exitCode how the process ends
   * @param what what happened, in one sentence without a full stop
   * @param details `why` it happened where that is known, and what to do about it
   */
  constructor(
    readonly exitCode: ExitCode,
    readonly what: string,
    details: {
      readonly why?: string;
      readonly fix: string;
      readonly notes?: readonly string[];
      readonly data?: unknown;
      readonly cause?: unknown;
    },
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.why = details.why ?? null;
    this.fix = details.fix;
    this.notes = details.notes ?? [];
    this.data = details.data ?? null;
  }
}

/** The failure as lines for a person: what happened, why, what to do. */
export const failureLines = (failure: CommandFailure): readonly string[] => [
  `error: ${failure.what}`,
  ...failure.notes.map((line) => `  ${line}`),
  ...(failure.why === null ? [] : [`  why: ${failure.why}`]),
  `  fix: ${failure.fix}`,
];

/** The same for programs, under `--json`. */
export const failureDocument = (failure: CommandFailure): object => ({
  error: { exitCode: failure.exitCode, what: failure.what, why: failure.why, fix: failure.fix, data: failure.data },
});
