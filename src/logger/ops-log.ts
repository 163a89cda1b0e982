/** The log for people who operate the bot: one JSON object a line, in the order time, level, code, text, then the fields. Written by pino. */
import { pino, type Logger as Pino } from 'pino';
import type { Severity } from '../domain/actions.js';
import type { AppendFile } from '../domain/ports.js';
import { REDACTED, redactText } from '../domain/redact.js';
import type { EpochUs } from '../domain/units.js';
import { PINO_PATHS, redactFields, type Fields } from './redaction.js';
import { formatTime } from './time-text.js';

export interface LogLine {
  /** Counts the lines of this logger from 1. */
  readonly seq: number;
  readonly at: EpochUs;
  readonly severity: Severity;
  readonly code: string;
  readonly text: string;
  readonly fields: Fields;
}

/** Names that the line itself uses: a field of the same name gets an underscore. */
const OWN_NAMES = new Set(['level', 'time', 'code', 'text']);

export class OpsLog {
  readonly #file: AppendFile;
  readonly #pino: Pino;
  #at: string = '';
  #waiting = '';
  #lastTaken = 0;
  #lastWritten = 0;

  constructor(file: AppendFile) {
    this.#file = file;
    this.#pino = pino(
      {
        level: 'debug',
        base: null,
        messageKey: 'text',
        timestamp: () => `,"time":"${this.#at}"`,
        formatters: { level: (label) => ({ level: label.toUpperCase() }) },
        redact: { paths: PINO_PATHS, censor: REDACTED },
      },
      {
        write: (line) => {
          this.#waiting += line;
        },
      },
    );
  }

  /** Sequence number of the last line that is with the kernel. */
  get lastWritten(): number {
    return this.#lastWritten;
  }

  /** Formats one line; it is written with the next flush. A line seen before, as after a restart, is passed over. */
  take(line: LogLine): void {
    if (line.seq <= this.#lastTaken) return;
    this.#lastTaken = line.seq;
    this.#at = formatTime(line.at);
    this.#pino[line.severity]({ code: line.code, ...unclash(redactFields(line.fields)) }, redactText(line.text));
  }

  /** @throws StorageError; the lines are kept */
  flush(): void {
    if (this.#waiting === '') return;
    this.#file.append(Buffer.from(this.#waiting));
    this.#waiting = '';
    this.#lastWritten = this.#lastTaken;
  }
}

const unclash = (fields: Fields): Fields =>
  Object.keys(fields).some((name) => OWN_NAMES.has(name))
    ? Object.fromEntries(Object.entries(fields).map(([name, value]) => [OWN_NAMES.has(name) ? `${name}_` : name, value]))
    : fields;
