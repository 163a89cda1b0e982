/** A stand-alone exchange as a process, and bots as processes that trade on one of its accounts one after the other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type Answer } from '../unit/exchange/server/client.js';
import type { Links } from './link-faults.js';
import { ChaosProxy } from './chaos-proxy.js';
import { Child } from './children.js';
import { SeededChance } from '../../src/domain/chance.js';

export type Body = Record<string, unknown>;

interface Account {
  readonly key_id: string;
  readonly private_key_path: string;
}
interface ConnectLine extends Account {
  readonly rest: string;
  readonly ws: string;
  readonly keys?: readonly Account[];
}

/** Nothing started here lives longer than this, whatever becomes of the test. */
const LIFE = '15m';
export const READY = 'Nothing of ours rests and the account is read';
export const PREFIX = 'kmm-';

const EXCHANGE = `exchange --json --port 0 --tier advanced --key-type ed25519 --keys 2 --duration ${LIFE}`.split(' ');

/** Patience of a minute shrunk to seconds, so that every deadline of the bot is met within a short test; limits wide, so that none of them ends it. */
const QUICK_PATIENCE = `
connector: { request_timeout_ms: 1000, connect_timeout_ms: 1000, ping_ms: 250, silence_ms: 800, reconnect_after_ms: 1500, stable_ms: 300, backoff_first_ms: 50, backoff_most_ms: 500 }
engine: { data_age_max_ms: 1000, command_timeout_ms: 1500, reconcile_every_seconds: 2 }
execution: { order_life_seconds: 15 }
risk: { loss_max_session_dollars: 5000, loss_max_market_dollars: 5000, drawdown_max_dollars: 5000 }
`;

export class Arena {
  readonly #proxies: ChaosProxy[] = [];

  private constructor(
    readonly folder: string,
    readonly exchange: Child,
    readonly at: ConnectLine,
    /** What the exchange says to the owner of the account, past every proxy. */
    readonly truth: Client,
    /** Somebody else on the exchange. */
    readonly stranger: Client,
  ) {}

  static async open(seed: string): Promise<Arena> {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-processes-'));
    const exchange = new Child([...EXCHANGE, '--seed', seed]);
    const at = JSON.parse(await exchange.firstLine()) as ConnectLine;
    const client = (account: Account | undefined): Client =>
      new Client(at, account === undefined ? null : { keyId: account.key_id, privateKeyPath: account.private_key_path });
    const arena = new Arena(folder, exchange, at, client(at), client(at.keys?.[1]));
    writeFileSync(arena.connect, `${JSON.stringify(at)}\n`);
    writeFileSync(join(folder, 'config.yaml'), QUICK_PATIENCE);
    return arena;
  }

  get connect(): string {
    return join(this.folder, 'connect.json');
  }
  /** Where the runs of the account lie. */
  get out(): string {
    return join(this.folder, 'runs');
  }

  /** A bot that dials the exchange itself, or through the links. */
  start(links?: Links, env: Readonly<Record<string, string>> = {}): Child {
    const connect = links === undefined ? this.connect : this.#through(links);
    const files = ['--connect', connect, '--out', this.out, '--config', join(this.folder, 'config.yaml')];
    // Whoever kills on purpose is not held back for it.
    return new Child(['start', '--env', 'custom', ...files, '--json', '--force', '--duration', LIFE], env);
  }

  /** Proxies in front of the exchange, one for REST and one for the stream. */
  async links(seed: number): Promise<Links> {
    const proxy = async (url: string, stream: string): Promise<ChaosProxy> => {
      const { hostname, port } = new URL(url);
      const made = new ChaosProxy({ host: hostname, port: Number(port) }, new SeededChance(seed, stream));
      this.#proxies.push(made);
      await made.open();
      return made;
    };
    return { rest: await proxy(this.at.rest, 'rest'), ws: await proxy(this.at.ws, 'ws') };
  }

  #through({ rest, ws }: Links): string {
    const moved = (url: string, { port }: ChaosProxy): string => {
      const to = new URL(url);
      to.port = String(port);
      return to.href;
    };
    const file = join(this.folder, 'connect-through.json');
    writeFileSync(file, `${JSON.stringify({ ...this.at, rest: moved(this.at.rest, rest), ws: moved(this.at.ws, ws) })}\n`);
    return file;
  }

  /** Every item of a list, page by page. */
  async list(path: string, name: string): Promise<Body[]> {
    const items: Body[] = [];
    for (let cursor = ''; ;) {
      const answer: Answer = await this.truth.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=1000&cursor=${encodeURIComponent(cursor)}`,
      );
      if (answer.status !== 200) throw new Error(`the exchange answers ${answer.status} to ${path}: ${answer.text.slice(0, 200)}`);
      items.push(...(answer.body[name] as Body[]));
      const next = answer.body['cursor'];
      if (typeof next !== 'string' || next === '') return items;
      cursor = next;
    }
  }

  /** Orders of ours, by the prefix of their client id. */
  async orders(status?: 'resting'): Promise<Body[]> {
    const all = await this.list(`/portfolio/orders${status === undefined ? '' : `?status=${status}`}`, 'orders');
    return all.filter((order) => String(order['client_order_id']).startsWith(PREFIX));
  }

  fills(): Promise<Body[]> {
    return this.list('/portfolio/fills', 'fills');
  }

  /** Signed contracts per market that has some. */
  async positions(): Promise<Record<string, number>> {
    const held = await this.list('/portfolio/positions', 'market_positions');
    const counted = held.map((body): [string, number] => [String(body['ticker']), Number(body['position_fp'])]);
    return Object.fromEntries(counted.filter(([, contracts]) => contracts !== 0));
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    this.exchange.kill('SIGKILL');
    await this.exchange.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A bot with orders at the exchange. */
export const quoting = async (arena: Arena, ...how: Parameters<Arena['start']>): Promise<Child> => {
  const bot = arena.start(...how);
  await bot.said(READY);
  while ((await arena.orders('resting')).length < 4) await pause(20);
  return bot;
};

const PATIENCE_MS = 40_000;

/** Waits for an order that was not there before. @param what what the bot has to come back from */
export const quotesAgain = async (arena: Arena, bot: Child, what: string): Promise<void> => {
  const since = Date.now();
  const patience = performance.now() + PATIENCE_MS;
  while (!(await arena.orders('resting')).some((order) => Date.parse(String(order['created_time'])) > since)) {
    if (performance.now() > patience) throw new Error(`no new quote after ${what}:\n${bot.stderr.slice(-2000)}`);
    await pause(50);
  }
};
