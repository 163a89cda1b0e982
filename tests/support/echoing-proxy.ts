/** Stands before an exchange and, where a test says so, answers in its place with an error that repeats the request's headers, as careless servers do. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** `rejection` is 400 in the exchange's own form, `outage` 503 in plain text, `refusal` 401. */
export type Echo = 'rejection' | 'outage' | 'refusal';

export interface EchoingProxy {
  readonly rest: string;
  readonly ws: string;
  /** Chooses the answer to a request; null passes it on. */
  answer: (request: IncomingMessage) => Echo | null;
  /** Every signature that was repeated to its sender. */
  readonly echoed: string[];
  close(): Promise<void>;
}

const STATUS: Readonly<Record<Echo, number>> = { rejection: 400, outage: 503, refusal: 401 };

const bodyOf = (echo: Echo, { headers, rawHeaders }: IncomingMessage): string => {
  const signature = String(headers['kalshi-access-signature']);
  if (echo === 'outage') return `upstream failed for ${signature}\n${JSON.stringify(rawHeaders)}`;
  const message = `bad request ${JSON.stringify(headers)}`;
  return JSON.stringify({ error: { code: 'invalid_request', message, details: `KALSHI-ACCESS-SIGNATURE: ${signature}` } });
};

/** @param exchange base addresses of the exchange behind, both of one host and port */
export const echoingProxy = async (exchange: { readonly rest: string; readonly ws: string }): Promise<EchoingProxy> => {
  const { hostname, port } = new URL(exchange.rest);
  const note = (request: IncomingMessage): void => void proxy.echoed.push(String(request.headers['kalshi-access-signature']));
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const onward = ask({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = createServer((request, response) => {
    const echo = proxy.answer(request);
    if (echo === null) return pass(request, response);
    note(request);
    request.resume();
    response.writeHead(STATUS[echo], { 'content-type': echo === 'outage' ? 'text/plain' : 'application/json' });
    response.end(bodyOf(echo, request));
  });
  server.on('upgrade', (request, socket, head) => {
    const echo = proxy.answer(request);
    if (echo !== null) {
      note(request);
      const body = bodyOf(echo, request);
      socket.end(`HTTP/1.1 ${STATUS[echo]} No\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
      return;
    }
    const onward = connect(Number(port), hostname, () => {
      const lines = request.rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${request.rawHeaders[i + 1] ?? ''}`] : []));
      onward.write(`GET ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: EchoingProxy = {
    rest: `http://${host}${new URL(exchange.rest).pathname}`,
    ws: `ws://${host}${new URL(exchange.ws).pathname}`,
    answer: () => null,
    echoed: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
};
