/** Where a command speaks and listens. The system's own is in `system-output.ts`; tests and other worlds bring theirs. */

export interface Output {
  /** One line for people or pipes, on stdout. */
  out(line: string): void;
  /** One line about the work itself, on stderr. */
  err(line: string): void;
  /** The one JSON document of a `--json` run, on stdout. */
  json(document: unknown): void;
  /** Text without a line end on a terminal's stderr, for progress; nothing where stderr is no terminal. */
  draw(text: string): void;
  /** Whether a person watches: stdout and stderr, where `draw` goes, are terminals. */
  readonly isTty: boolean;
  /** Size of the terminal, 80 by 24 where there is none. Read it anew when it matters: terminals are resized. */
  readonly columns: number;
  readonly rows: number;
}

/** Asks a person. */
export interface Prompt {
  /** Whether a person can answer: stdin is a terminal. */
  readonly isTty: boolean;
  /**
   * The answer without its line end, or null where the input has ended.
   * @param answer `hidden`: what is typed is not shown, as for a passphrase
   */
  ask(question: string, answer?: 'shown' | 'hidden'): Promise<string | null>;
}

/** Nobody to ask: scripts, services and pipes. */
export const NOBODY: Prompt = { isTty: false, ask: async () => null };

/** What a command printed, kept in memory: for tests and for commands that call others. */
export class CapturedOutput implements Output {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly documents: unknown[] = [];
  drawn = '';

  constructor(
    readonly isTty = false,
    readonly columns = 80,
    readonly rows = 24,
  ) {}

  out(line: string): void {
    this.stdout.push(line);
  }
  err(line: string): void {
    this.stderr.push(line);
  }
  json(document: unknown): void {
    this.documents.push(document);
  }
  draw(text: string): void {
    this.drawn += text;
  }
}

/** The output a command gets under `--json`: its lines move to stderr, so that stdout holds the document alone. */
export const jsonOnly = (output: Output): Output => ({
  out: (line) => output.err(line),
  err: (line) => output.err(line),
  json: (document) => output.json(document),
  draw: () => undefined,
  isTty: false,
  get columns() {
    return output.columns;
  },
  get rows() {
    return output.rows;
  },
});
