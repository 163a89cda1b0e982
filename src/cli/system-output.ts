/** The process's own stdout, stderr and stdin. */
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import type { Output, Prompt } from './output.js';

const COLUMNS = 80;
const ROWS = 24;

export class SystemOutput implements Output {
  /** Set once the reader of stdout has gone (`kmm ... | head`): the rest is not worth an error. */
  #closed = false;

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.#closed = true;
    });
  }

  get isTty(): boolean {
    return isatty(process.stdout.fd);
  }
  get columns(): number {
    return process.stdout.columns > 0 ? process.stdout.columns : COLUMNS;
  }
  get rows(): number {
    return process.stdout.rows > 0 ? process.stdout.rows : ROWS;
  }

  out(line: string): void {
    if (!this.#closed) process.stdout.write(`${line}\n`);
  }
  err(line: string): void {
    process.stderr.write(`${line}\n`);
  }
  json(document: unknown): void {
    this.out(JSON.stringify(document, null, 2));
  }
  draw(text: string): void {
    if (isatty(process.stderr.fd)) process.stderr.write(text);
  }
}

/** Questions go to stderr, so that stdout stays the command's own. */
export class SystemPrompt implements Prompt {
  get isTty(): boolean {
    return isatty(process.stdin.fd);
  }

  ask(question: string): Promise<string | null> {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    return new Promise((resolve) => {
      lines.on('close', () => resolve(null));
      lines.question(question, (answer) => {
        resolve(answer);
        lines.close();
      });
    });
  }
}
