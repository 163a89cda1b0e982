/** HTTP: reads requests within limits, passes them to the API, writes the answers. Decides nothing about the exchange. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochUs } from '../../domain/units.js';
import { isReply, type Api } from './api.js';
import type { SignedHeaders } from './auth.js';
import { internalError, tooLarge, type Reply } from './replies.js';
import type { Fate, Transit } from './transit.js';

export const HTTP_LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  /** How often the two are looked after; Node's own half minute would be the true limit. */
  timeoutCheckMs: 1000,
  headerBytesMax: 8192,
  bodyBytesMax: 65_536,
  connectionsMax: 512,
  /** Longer than common clients keep idle connections, so that they close first. */
  keepAliveMs: 75_000,
} as const;

export interface HttpHost {
  readonly api: Api;
  readonly transit: Transit;
  /** Brings the exchange to the present and says what time it is there. */
  present(): EpochUs;
  wallMs(): number;
  /** A fault of ours, not of a client. */
  fault(error: unknown): void;
}

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

export const signedHeaders = (request: IncomingMessage): SignedHeaders => ({
  key: headerOf(request, 'kalshi-access-key'),
  timestamp: headerOf(request, 'kalshi-access-timestamp'),
  signature: headerOf(request, 'kalshi-access-signature'),
});

/** Path and query of a request target. A target in absolute form keeps only its path. */
export const targetOf = (url: string): { readonly path: string; readonly search: string } => {
  const relative = url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = relative.indexOf('?');
  return mark < 0 ? { path: relative, search: '' } : { path: relative.slice(0, mark), search: relative.slice(mark + 1) };
};

/** The body as text, or null where it is larger than allowed. */
const readText = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The stream outlives the loop, so that a refusal can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > HTTP_LIMITS.bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

export const bytesOf = (reply: Reply): { readonly body: Buffer; readonly contentType: string } =>
  typeof reply.body === 'string'
    ? { body: Buffer.from(reply.body), contentType: 'text/plain' }
    : {
        body: reply.body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(reply.body)),
        contentType: 'application/json; charset=utf-8',
      };

const write = (response: ServerResponse, reply: Reply, options: { readonly close: boolean } = { close: false }): void => {
  if (response.writableEnded || response.destroyed) return;
  const { body, contentType } = bytesOf(reply);
  response.writeHead(reply.status, {
    ...(body.length === 0 ? {} : { 'content-type': contentType }),
    ...(reply.status === 204 ? {} : { 'content-length': body.length }),
    ...(options.close ? { connection: 'close' } : {}),
    ...reply.headers,
  });
  response.end(body);
};

const travel = async (fate: number): Promise<void> => {
  if (fate > 0) await sleep(fate);
};

const cut = (request: IncomingMessage): void => {
  request.socket.destroy();
};

const serve = async (host: HttpHost, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readText(request);
  if (body === null) return write(response, tooLarge, { close: true });
  const { path, search } = targetOf(request.url ?? '/');
  const contentType = headerOf(request, 'content-type');
  const method = request.method ?? 'GET';
  const admitted = host.api.admit(
    { method, path, search, headers: signedHeaders(request), contentType, body },
    host.present(),
    host.wallMs(),
  );
  if (isReply(admitted)) return write(response, admitted);
  const there: Fate = host.transit.request(admitted);
  if (there === 'lost') return cut(request);
  await travel(there);
  const reply = admitted.run(host.present());
  const back: Fate = host.transit.answer(admitted);
  if (back === 'lost') return cut(request);
  await travel(back);
  write(response, reply);
};

/** A connection that ended early is the client's business; everything else is a fault of ours. */
const isClientGone = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE';
};

export const createHttpServer = (host: HttpHost): Server => {
  const server = createServer(
    {
      headersTimeout: HTTP_LIMITS.headersTimeoutMs,
      requestTimeout: HTTP_LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: HTTP_LIMITS.timeoutCheckMs,
      maxHeaderSize: HTTP_LIMITS.headerBytesMax,
      keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
    },
    (request, response) => {
      serve(host, request, response).catch((error: unknown) => {
        if (isClientGone(error)) return;
        write(response, internalError, { close: true });
        host.fault(error);
      });
    },
  );
  server.maxConnections = HTTP_LIMITS.connectionsMax;
  return server;
};
