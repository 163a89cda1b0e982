/** An exchange and bots as processes, and what a bot that died leaves behind: resting orders and a long journal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EngineAction } from '../src/domain/actions.js';
import type { EngineEvent } from '../src/domain/events.js';
import { DiskJournal } from '../src/logger/journal-files.js';
import { JournalReader } from '../src/logger/journal-reader.js';
import { Journal } from '../src/logger/journal.js';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const READY = 'quoting begins';
/** No process of ours outlives this, whatever becomes of us. */
const LIFE = '10m';
const BASE = '/trade-api/v2';
const BATCH = 20;
/** What is left in the write bucket after a refusal is not known: this long fills a good part of it. */
const REFILL_MS = 1000;

interface ConnectLine {
  readonly rest: string;
  readonly key_id: string;
  readonly private_key_path: string;
}

/** A bot that trades. */
export interface StartedBot {
  /** Milliseconds from the start of the process to the line that says READY. */
  readonly readyMs: number;
  /** Its start by the wall clock, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Folder of its run. */
  readonly folder: string;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export class RestartWorld {
  readonly #children = new Set<ChildProcess>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  #at: ConnectLine | null = null;

  get #out(): string {
    return join(this.#folder, 'runs');
  }

  async open(seed: string): Promise<void> {
    const child = this.#spawn(['exchange', '--json', '--seed', seed, '--tier', 'advanced', '--key-type', 'ed25519', '--duration', LIFE]);
    const text = await lineWith(child, 'stdout', '"rest"');
    this.#at = JSON.parse(text) as ConnectLine;
    writeFileSync(join(this.#folder, 'connect.json'), text);
  }

  async start(): Promise<StartedBot> {
    const known = new Set(this.#runs());
    const startedAt = Date.now();
    const from = performance.now();
    const connect = join(this.#folder, 'connect.json');
    const child = this.#spawn(['start', '--env', 'custom', '--connect', connect, '--out', this.#out, '--json', '--duration', LIFE]);
    await lineWith(child, 'stderr', READY);
    const readyMs = performance.now() - from;
    const folder = this.#runs().find((run) => !known.has(run)) ?? '';
    return { readyMs, startedAt, folder, end: (signal) => ended(child, signal) };
  }

  /** Rests `count` orders with client ids as the run would have made them, far from the market. */
  async leaveOrders(run: string, count: number): Promise<void> {
    const { markets } = (await this.#call('GET', '/markets?limit=100')) as { markets: readonly { readonly ticker: string }[] };
    for (let made = 0; made < count;) {
      const orders = Array.from({ length: Math.min(BATCH, count - made) }, (_, i) => ({
        ticker: markets[(made + i) % markets.length]?.ticker,
        client_order_id: `kmm-${run}-9${made + i}`,
        side: 'bid',
        price: `0.0${1 + ((made + i) % 5)}00`,
        count: '1.00',
        time_in_force: 'good_till_canceled',
        self_trade_prevention_type: 'taker_at_cross',
      }));
      const answer = await this.#call('POST', '/portfolio/events/orders/batched', { orders });
      if (answer === null) await sleep(REFILL_MS);
      else made += orders.length;
    }
  }

  /** Own orders that rest. */
  async resting(): Promise<number> {
    const { orders } = (await this.#call('GET', '/portfolio/orders?status=resting&limit=1000')) as { orders: readonly unknown[] };
    return orders.length;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #runs(): string[] {
    try {
      return readdirSync(this.#out)
        .filter((name) => name !== 'state')
        .map((name) => join(this.#out, name));
    } catch {
      // Before the first run there is no folder.
      return [];
    }
  }

  #spawn(argv: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** @returns null where the rate limit refuses */
  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    if (this.#at === null) throw new Error('the exchange is not open');
    const at = String(Date.now());
    const text = `${at}${method}${BASE}${path.split('?')[0]}`;
    const signature = sign(null, Buffer.from(text), createPrivateKey(readFileSync(this.#at.private_key_path))).toString('base64');
    const headers = {
      'content-type': 'application/json',
      'KALSHI-ACCESS-KEY': this.#at.key_id,
      'KALSHI-ACCESS-TIMESTAMP': at,
      'KALSHI-ACCESS-SIGNATURE': signature,
    };
    const response = await fetch(this.#at.rest + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (response.status === 429) return null;
    if (response.status >= 300) throw new Error(`the exchange answers ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  }
}

/** The first line of a stream that contains `text`. Rejects where the process ends without. */
const lineWith = (child: ChildProcess, from: 'stdout' | 'stderr', text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const said: string[] = [];
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child[name];
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (name === from && line.includes(text)) resolve(line);
      });
    }
    child.once('exit', (code) => reject(new Error(`the process ended with ${String(code)}: ${said.slice(-10).join('\n')}`)));
  });

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exit;
};

/** Facts and answers of a run, in their order. */
export const readRun = (
  folder: string,
): { readonly run: string; readonly steps: { readonly event: EngineEvent; readonly actions: readonly EngineAction[] }[] } => {
  const reader = new JournalReader(new DiskJournal(folder));
  const steps: { event: EngineEvent; actions: readonly EngineAction[] }[] = [];
  for (const record of reader.records()) {
    if (record.type === 'event') steps.push({ event: record.event, actions: [] });
    const last = steps.at(-1);
    if (record.type === 'actions' && last !== undefined) last.actions = record.actions;
  }
  return { run: reader.header.run, steps };
};

/** Writes the journal of a run anew, with `records` records more: deltas that were there, told again. Like that of a bot that died, it is not closed. */
export const lengthenJournal = (folder: string, records: number): void => {
  const { header } = new JournalReader(new DiskJournal(folder));
  const { steps } = readRun(folder);
  const deltas = steps.flatMap(({ event }) => (event.type === 'book-delta' ? [event] : []));
  for (const name of new DiskJournal(folder).list()) rmSync(join(folder, name));
  const journal = new Journal(new DiskJournal(folder), header);
  for (const { event, actions } of steps) {
    journal.event(event);
    journal.actions(actions);
  }
  const last = steps.at(-1)?.event.at ?? header.created;
  for (let i = 0; i < records; i++) {
    const delta = deltas[i % deltas.length];
    journal.event(delta === undefined ? { type: 'tick', at: last } : { ...delta, at: last });
  }
  journal.flush();
};
