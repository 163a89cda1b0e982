/** Processes of the program, none of which outlives its test: each is killed by `killChildren`, by the end of the test's thread, and by a time limit of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

const living = new Set<ChildProcess>();

export const killChildren = (): void => {
  for (const child of living) child.kill('SIGKILL');
};
process.once('exit', killChildren);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line on stderr and when it came, by the monotonic clock in milliseconds. */
interface Line {
  readonly text: string;
  readonly at: number;
}

/** One `kmm` process. */
export class Child {
  readonly startedAt = performance.now();
  readonly exited: Promise<Ended>;
  readonly lines: Line[] = [];
  stdout = '';
  ended: Ended | null = null;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #rest = '';

  /** @param env variables beside our own */
  constructor(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    if (!existsSync('dist/main.js')) throw new Error('the program is not compiled: run npx tsc first, as npm test does');
    const child = spawn(process.execPath, ['dist/main.js', ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    living.add(child);
    child.stdout.on('data', (bytes: Buffer) => {
      this.stdout += bytes.toString();
      this.#wake();
    });
    child.stderr.on('data', (bytes: Buffer) => this.#hear(bytes.toString()));
    this.exited = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        living.delete(child);
        this.ended = { code, signal };
        resolve(this.ended);
        this.#wake();
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.lines.map((line) => line.text).join('\n') + this.#rest;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the first line that contains `text`, as soon as it is there. @throws where the process ends, or `patienceMs` pass, without it */
  said(text: string, patienceMs = 40_000): Promise<Line> {
    return this.#when(`says "${text}"`, () => this.lines.find((line) => line.text.includes(text)), patienceMs);
  }

  /** Resolves with the first whole line on stdout. */
  firstLine(): Promise<string> {
    return this.#when('prints a line', () => /^(.+)\n/.exec(this.stdout)?.[1], 40_000);
  }

  #when<T>(what: string, look: () => T | undefined, patienceMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(check);
        clearTimeout(limit);
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(`waited in vain until the process ${what} (${why}); it said:\n${this.stderr.slice(-1500)}`));
      };
      const check = (): void => {
        const found = look();
        if (found !== undefined) {
          done();
          resolve(found);
        } else if (this.ended !== null) fail(`it ended with ${this.ended.code ?? this.ended.signal}`);
      };
      const limit = setTimeout(() => fail(`${patienceMs} ms passed`), patienceMs);
      this.#waiting.add(check);
      check();
    });
  }

  #hear(text: string): void {
    const at = performance.now();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.lines.push({ text: line, at });
    this.#wake();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }
}
