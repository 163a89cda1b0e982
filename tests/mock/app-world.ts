/** What the end-to-end tests stand on: a simulated exchange, the program in this process or as a child, and patience without fixed waits. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { COMMANDS } from '../../src/app/commands.js';
import { dispatch } from '../../src/cli/dispatch.js';
import { CapturedOutput } from '../../src/cli/output.js';
import { DEFAULT_CROWD, paced } from '../../src/exchange/crowd/settings.js';
import { NO_LATENCY } from '../../src/exchange/server/latency.js';
import type { ExchangeServerOptions } from '../../src/exchange/server/options.js';
import { startExchangeServer, type RunningExchange } from '../../src/exchange/server/server.js';
import { Client } from '../unit/exchange/server/client.js';

const PATIENCE_MS = 25_000;
const LOOK_EVERY_MS = 20;

/** Waits for a condition, however long it takes on this machine. */
export const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
};

const cleanUp: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const undo of cleanUp.splice(0).toReversed()) await undo();
});

export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-e2e-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export type Body = Record<string, unknown>;

/** A lively exchange in this process, and the line by which the program connects to it. */
export interface World {
  readonly running: RunningExchange;
  readonly client: Client;
  /** File with the line that `kmm exchange --json` prints. */
  readonly connect: string;
  readonly folder: string;
  /** Our orders as the exchange lists them. */
  orders(status?: 'resting' | 'canceled'): Promise<Body[]>;
  fills(): Promise<Body[]>;
  /** Signed contracts per market that has some. */
  positions(): Promise<Record<string, number>>;
}

/** A crowd that trades several times a second. */
export const BUSY = paced(DEFAULT_CROWD, 3);

export const hostExchange = async (options: ExchangeServerOptions = {}): Promise<World> => {
  const running = await startExchangeServer({
    keyType: 'ed25519',
    latency: NO_LATENCY,
    tier: 'advanced',
    ...options,
    core: { crowd: BUSY, ...options.core },
  });
  cleanUp.push(() => running.close());
  const [key] = running.keys;
  if (key === undefined) throw new Error('the exchange handed out no key');
  const folder = temporary();
  const connect = join(folder, 'connect.json');
  writeFileSync(
    connect,
    `${JSON.stringify({ rest: running.rest, ws: running.ws, key_id: key.keyId, private_key_path: key.privateKeyPath })}\n`,
  );
  const client = new Client(running, key);
  const list = async (path: string, name: string): Promise<Body[]> => (await client.get(path)).body[name] as Body[];
  return {
    running,
    client,
    connect,
    folder,
    orders: (status) => list(`/portfolio/orders?limit=1000${status === undefined ? '' : `&status=${status}`}`, 'orders'),
    fills: () => list('/portfolio/fills?limit=1000', 'fills'),
    positions: async () => {
      const held = await list('/portfolio/positions?limit=1000', 'market_positions');
      return Object.fromEntries(
        held
          .map((body): [string, number] => [String(body['ticker']), Number(body['position_fp'])])
          .filter(([, contracts]) => contracts !== 0),
      );
    },
  };
};

export interface Finished {
  readonly code: number;
  readonly output: CapturedOutput;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document of a `--json` command. */
  readonly document: Body;
}

/** One command of the program in this process. */
export const kmm = async (argv: readonly string[], signal?: AbortSignal, output = new CapturedOutput()): Promise<Finished> => {
  const code = await dispatch(COMMANDS, argv, output, signal === undefined ? {} : { signal });
  return {
    code,
    output,
    stdout: output.stdout.join('\n'),
    stderr: output.stderr.join('\n'),
    document: (output.documents[0] ?? {}) as Body,
  };
};

/** The compiled program as a process of its own. */
export class Program {
  stdout = '';
  stderr = '';
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcess;

  constructor(argv: readonly string[], settings: { readonly imports?: string; readonly env?: Record<string, string> } = {}) {
    if (!existsSync('dist/main.js')) throw new Error('the program is not compiled: run npx tsc first, as npm test does');
    const extra = settings.imports === undefined ? [] : ['--import', settings.imports];
    const child = spawn(process.execPath, [...extra, 'dist/main.js', ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...settings.env },
    });
    this.#child = child;
    child.stdout.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    cleanUp.push(() => void child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Nobody reads its words any more. */
  hangUp(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  async said(text: string): Promise<void> {
    await until(`the program says "${text}"; it said: ${this.stderr.slice(-500)}`, () => this.stderr.includes(text));
  }
}

/** The only run folder below `out`. */
export const runFolder = (out: string): string => {
  const runs = runFolders(out);
  const [run] = runs;
  if (run === undefined || runs.length > 1) throw new Error(`expected one run in ${out}, found ${runs.join(', ') || 'none'}`);
  return run;
};

/** Run folders below `out`, oldest first. */
export const runFolders = (out: string): string[] =>
  readdirSync(out)
    .filter((name) => name !== 'state')
    .toSorted()
    .map((name) => join(out, name));

/** The tape as rows of cells, without its head. */
export const tapeOf = (run: string): string[][] =>
  readFileSync(join(run, 'tape.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

/** A port nobody listens on. */
export const deadPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
