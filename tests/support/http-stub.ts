/** A tiny HTTP server on loopback whose answers a test decides one by one, bad ones included. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: unknown;
  /** Which of the connections it came on, counted from 1. */
  readonly connection: number;
}

/** `hang` never answers; `reset` drops the connection; `cut` ends it in the middle of the body. */
export type StubAnswer =
  | { readonly status: number; readonly body?: unknown; readonly text?: string; readonly headers?: Record<string, string> }
  | 'hang'
  | 'reset'
  | { readonly cut: number; readonly text: string };

export type StubHandler = (request: StubRequest) => StubAnswer | Promise<StubAnswer>;

export interface HttpStub {
  readonly url: string;
  readonly requests: StubRequest[];
  handler: StubHandler;
  readonly connections: () => number;
  /** Resolves when `count` requests have arrived. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

export const httpStub = async (handler: StubHandler): Promise<HttpStub> => {
  const requests: StubRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const sockets = new Map<unknown, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(request, Buffer.concat(chunks).toString('utf8'), response));
  });
  server.on('connection', (socket) => sockets.set(socket, sockets.size + 1));
  const answer = async (request: IncomingMessage, text: string, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const told: StubRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text,
      body: text === '' ? null : JSON.parse(text),
      connection: sockets.get(request.socket) ?? 0,
    };
    requests.push(told);
    for (const each of waiting) if (requests.length >= each.count) each.resolve();
    send(await stub.handler(told), response);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: HttpStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2`,
    requests,
    handler,
    connections: () => sockets.size,
    arrived: (count) => (requests.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stub;
};

const send = (answer: StubAnswer, response: ServerResponse): void => {
  if (answer === 'hang') return;
  if (answer === 'reset') return void response.socket?.destroy();
  if ('cut' in answer) {
    response.writeHead(answer.cut, { 'content-type': 'application/json', 'content-length': String(answer.text.length + 100) });
    response.write(answer.text, () => response.socket?.destroy());
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)));
};
