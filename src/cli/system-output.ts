/** The process's own stdout, stderr and stdin. */
import { spawnSync } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { isatty } from 'node:tty';
import { redactText } from '../domain/redact.js';
import type { Output, Prompt } from './output.js';

const COLUMNS = 80;
const ROWS = 24;

/** Everything passes through `redactText`: nobody means to print a secret, and a fault may quote anything. */
export class SystemOutput implements Output {
  /** Streams whose reader has gone: a pipe that was closed (`kmm ... | head`), a terminal that was. What we would have said there is not worth the run. */
  readonly #closed = new Set<NodeJS.WriteStream>();

  constructor() {
    for (const stream of [process.stdout, process.stderr])
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
        this.#closed.add(stream);
      });
  }

  get isTty(): boolean {
    return isatty(process.stdout.fd) && isatty(process.stderr.fd);
  }
  get columns(): number {
    return process.stdout.columns > 0 ? process.stdout.columns : COLUMNS;
  }
  get rows(): number {
    return process.stdout.rows > 0 ? process.stdout.rows : ROWS;
  }

  out(line: string): void {
    this.#write(process.stdout, `${redactText(line)}\n`);
  }
  err(line: string): void {
    this.#write(process.stderr, `${redactText(line)}\n`);
  }
  json(document: unknown): void {
    const clean = (_: string, value: unknown): unknown => (typeof value === 'string' ? redactText(value) : value);
    this.#write(process.stdout, `${JSON.stringify(document, clean, 2)}\n`);
  }
  draw(text: string): void {
    if (isatty(process.stderr.fd)) this.#write(process.stderr, text);
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (!this.#closed.has(stream)) stream.write(text);
  }
}

/** The terminal itself hides what is typed, and goes on to know backspace and Ctrl-C. @returns false where it cannot */
const setEcho = (on: boolean): boolean =>
  spawnSync('stty', [on ? 'echo' : '-echo'], { stdio: ['inherit', 'ignore', 'ignore'] }).status === 0;

/**
 * Questions go to stderr, so that stdout stays the command's own. Lines typed ahead of their question are kept. The terminal stays in its usual
 * mode: Ctrl-C is a signal also while we wait, and after. Who is asked to stop no longer waits for an answer.
 */
export class SystemPrompt implements Prompt {
  #reader: Interface | null = null;
  #ended = false;
  readonly #lines: string[] = [];
  #waiting: ((line: string | null) => void) | null = null;

  constructor(
    private readonly signal: AbortSignal,
    private readonly input: NodeJS.ReadableStream = process.stdin,
    private readonly echo: (on: boolean) => boolean = setEcho,
  ) {
    signal.addEventListener('abort', () => this.#answer(null), { once: true });
  }

  get isTty(): boolean {
    return isatty(process.stdin.fd);
  }

  async ask(question: string, answer: 'shown' | 'hidden' = 'shown'): Promise<string | null> {
    if (answer === 'shown') return this.#asked(question);
    // What cannot be hidden is not asked for.
    if (!this.echo(false)) return null;
    const giveBack = (): void => void this.echo(true);
    process.once('exit', giveBack);
    try {
      return await this.#asked(question);
    } finally {
      process.off('exit', giveBack);
      giveBack();
      process.stderr.write('\n');
    }
  }

  #asked(question: string): Promise<string | null> {
    process.stderr.write(question);
    const early = this.#lines.shift();
    if (early !== undefined) return Promise.resolve(early);
    if (this.#ended || this.signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#listen();
    });
  }

  #listen(): void {
    if (this.#reader !== null) {
      this.#reader.resume();
      return;
    }
    this.#reader = createInterface({ input: this.input, terminal: false });
    this.#reader.on('line', (line) => this.#hear(line));
    this.#reader.on('close', () => {
      this.#ended = true;
      this.#answer(null);
    });
  }

  #hear(line: string): void {
    if (this.#waiting === null) this.#lines.push(line);
    else this.#answer(line);
  }

  #answer(line: string | null): void {
    const resolve = this.#waiting;
    this.#waiting = null;
    // A paused reader does not keep the process alive.
    this.#reader?.pause();
    resolve?.(line);
  }
}
