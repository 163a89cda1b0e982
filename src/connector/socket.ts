/** The one file that touches the websocket library. It opens, hands bytes on, and decides nothing. */
import { WebSocket } from 'ws';
import { millis } from '../domain/units.js';
import { HandshakeRefusedError } from './feed-errors.js';
import { checkUrl, type OpenSocket } from './socket-port.js';

const ERROR_BODY_MAX = 4096;
const REFUSALS = new Set([401, 403]);

/** @throws UnsafeUrlError */
export const openSocket: OpenSocket = (options, handlers) => {
  const url = checkUrl(options.url);
  const ws = new WebSocket(url, {
    headers: { ...options.headers },
    perMessageDeflate: false,
    skipUTF8Validation: true,
    followRedirects: false,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    maxPayload: options.frameBytesMax,
    handshakeTimeout: Math.ceil(options.connectWithin / millis(1)),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  let done = false;
  /** True for the first end only. */
  const end = (): boolean => {
    if (done) return false;
    done = true;
    return true;
  };
  const lost = (reason: string): void => {
    if (end()) handlers.lost(reason);
  };
  /** The library waits half a minute for a peer that has said goodbye to end the line as well. */
  const leave = (): void => {
    lost('closed by the exchange, which stays on the line');
    ws.terminate();
  };
  ws.on('open', () => {
    if (!done) handlers.opened();
  });
  ws.on('message', (data) => {
    if (!done) handlers.frame(data as Buffer);
  });
  ws.on('ping', () => {
    if (!done) handlers.heard();
  });
  ws.on('pong', () => {
    if (!done) handlers.heard();
  });
  ws.on('error', (error) => {
    lost(error.message);
    ws.terminate();
  });
  ws.on('close', (code, reason) => {
    lost(
      `closed with code ${code}${
        reason.length === 0
          ? ''
          : ` (${reason
              .toString('latin1')
              .slice(0, 80)
              .replace(/[^\x20-\x7e]/g, '?')})`
      }`,
    );
  });
  ws.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0;
    let body = '';
    response.setEncoding('latin1');
    response.on('data', (part: string) => {
      if (body.length < ERROR_BODY_MAX) body += part;
      else request.destroy();
    });
    response.on('close', () => {
      if (!REFUSALS.has(status)) lost(`the handshake was answered with ${status}`);
      else if (end()) handlers.refused(new HandshakeRefusedError(url.host, status, refusalDetail(body)));
      ws.terminate();
    });
  });
  return {
    send: (text) => {
      if (!done && ws.readyState === WebSocket.OPEN) ws.send(text);
    },
    ping: () => {
      if (done) return;
      if (ws.readyState === WebSocket.OPEN) ws.ping();
      else if (ws.readyState === WebSocket.CLOSING) queueMicrotask(leave);
    },
    close: () => {
      done = true;
      ws.terminate();
    },
  };
};

/** The exchange's own code and details out of an error body; nothing else of it is shown. */
const refusalDetail = (body: string): string => {
  const part = (name: string): string => new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]{1,80})"`).exec(body)?.[1] ?? '';
  return [part('code'), part('details')].filter((text) => text !== '').join(' ');
};
