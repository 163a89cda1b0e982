/** Servers on this machine that speak as the feeds outside document it: websockets that tests make speak, an address with odds, and as much of Redis as a feed uses. */
import { createServer as createHttp, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;
const listening = (server: Server | ReturnType<typeof createTcp>): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

/** Keeps what it hears, answers by the given rule, and says what a test tells it. */
export class StreamServer {
  readonly heard: string[] = [];
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();
  connections = 0;

  private constructor(
    server: WebSocketServer,
    private readonly answer: (text: string) => readonly string[],
  ) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('message', (data) => {
        const text = (data as Buffer).toString('utf8');
        this.heard.push(text);
        for (const reply of this.answer(text)) socket.send(reply);
      });
    });
  }

  static async open(answer: (text: string) => readonly string[] = () => []): Promise<StreamServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    return new StreamServer(server, answer);
  }

  get url(): string {
    return `ws://127.0.0.1:${portOf(this.#server)}/ws/market`;
  }
  say(value: unknown): void {
    for (const socket of this.#sockets) socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }
  sayBytes(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.send(bytes);
  }
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Polymarket's market channel: a book per token when it is asked for, PONG for PING. */
export class PolymarketServer {
  bid = 0.48;
  ask = 0.52;
  /** False: it holds the line and says nothing at all. */
  speaks = true;
  readonly stream: StreamServer;
  #tokens: readonly string[] = [];

  private constructor(open: (answer: (text: string) => readonly string[]) => StreamServer) {
    this.stream = open((text) => this.#answer(text));
  }

  static async open(): Promise<PolymarketServer> {
    const relay: { answer: (text: string) => readonly string[] } = { answer: () => [] };
    const stream = await StreamServer.open((text) => relay.answer(text));
    return new PolymarketServer((answer) => {
      relay.answer = answer;
      return stream;
    });
  }

  #answer(text: string): readonly string[] {
    if (!this.speaks) return [];
    if (text === 'PING') return ['PONG'];
    const asked = JSON.parse(text) as { readonly assets_ids: readonly string[]; readonly type: string };
    this.#tokens = asked.assets_ids;
    return [JSON.stringify(this.#tokens.map((token) => this.#book(token)))];
  }
  #book(token: string): object {
    const level = (price: number) => ({ price: price.toFixed(3), size: '100' });
    const [bids, asks] = [[level(this.bid)], [level(this.ask)]];
    return { event_type: 'book', asset_id: token, market: '0x1', bids, asks, timestamp: String(Date.now()), hash: '0x0' };
  }
  /** The whole book anew, as after a trade. */
  tell(): void {
    for (const token of this.#tokens) if (this.speaks) this.stream.say(this.#book(token));
  }
}

export class OddsServer {
  status = 200;
  body = '{}';
  etag: string | null = null;
  /** Sent in pieces without end where true. */
  floods = false;
  hangs = false;
  readonly asked: IncomingHttpHeaders[] = [];
  readonly #server = createHttp((request, response) => {
    this.asked.push(request.headers);
    if (this.hangs) return;
    if (this.etag !== null && request.headers['if-none-match'] === this.etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(this.status, this.etag === null ? {} : { etag: this.etag });
    if (!this.floods) {
      response.end(this.body);
      return;
    }
    const pour = (): void => void (response.writable && response.write('x'.repeat(65_536), () => setImmediate(pour)));
    pour();
  });

  static async open(): Promise<OddsServer> {
    const made = new OddsServer();
    await listening(made.#server);
    return made;
  }
  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/odds`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** The Redis protocol (RESP2), for the commands of one feed: HELLO is refused, as by an old server. */
export class RedisServer {
  readonly values = new Map<string, { readonly text: string; readonly ttl: number }>();
  password: string | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Map<string, Set<Socket>>();
  readonly #server = createTcp((socket) => {
    this.#sockets.add(socket);
    let open = this.password === null;
    let pending = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (data) => {
      pending += data.toString('utf8');
      for (let next = takeCommand(pending); next !== null; next = takeCommand(pending)) {
        pending = pending.slice(next.length);
        if (next.words[0]?.toUpperCase() === 'AUTH') open = next.words.at(-1) === this.password;
        socket.write(open ? this.#reply(next.words, socket) : '-NOAUTH Authentication required.\r\n');
      }
    });
  });

  static async open(): Promise<RedisServer> {
    const made = new RedisServer();
    await listening(made.#server);
    return made;
  }
  get url(): string {
    return `redis://127.0.0.1:${portOf(this.#server)}`;
  }
  get subscribers(): number {
    return [...this.#listeners.values()].reduce((sum, sockets) => sum + sockets.size, 0);
  }
  publish(channel: string, text: string): void {
    for (const socket of this.#listeners.get(channel) ?? []) socket.write(`*3\r\n${bulk('message')}${bulk(channel)}${bulk(text)}`);
  }
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#listeners.clear();
  }
  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #reply(words: readonly string[], socket: Socket): string {
    const [command = '', name = ''] = words;
    switch (command.toUpperCase()) {
      case 'AUTH':
      case 'CLIENT':
        return '+OK\r\n';
      case 'PING':
        return '+PONG\r\n';
      case 'GET':
        return this.values.has(name) ? bulk(this.values.get(name)?.text ?? '') : '$-1\r\n';
      case 'PTTL':
        return `:${this.values.get(name)?.ttl ?? -2}\r\n`;
      case 'SUBSCRIBE':
        this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(socket));
        return `*3\r\n${bulk('subscribe')}${bulk(name)}:1\r\n`;
      default:
        return `-ERR unknown command '${command}'\r\n`;
    }
  }
}

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** The first whole command of what has come, and how long it is; null where it is not whole yet. */
const takeCommand = (pending: string): { readonly words: readonly string[]; readonly length: number } | null => {
  const head = /^\*(\d+)\r\n/.exec(pending);
  if (head === null) return null;
  let at = head[0].length;
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(pending.slice(at));
    if (size === null) return null;
    const from = at + size[0].length;
    const to = from + Number(size[1]);
    if (pending.length < to + 2) return null;
    words.push(pending.slice(from, to));
    at = to + 2;
  }
  return { words, length: at };
};
