/** A websocket connection as the feed sees it. `socket.ts` opens real ones; simulations bring their own. */
import type { DurationUs } from '../domain/units.js';
import { UnsafeUrlError, type HandshakeRefusedError } from './feed-errors.js';

export interface SocketOptions {
  /** wss://... anywhere, ws://... to this machine only. */
  readonly url: string;
  /** Signed fresh for every handshake. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connectWithin: DurationUs;
  readonly frameBytesMax: number;
  /** A private certificate authority in PEM, for exchanges of one's own. Verification cannot be turned off. */
  readonly ca?: string;
}

export interface SocketHandlers {
  opened(): void;
  /** One whole frame; the bytes belong to the socket and are valid during the call. */
  frame(bytes: Uint8Array): void;
  /** Ping or pong. */
  heard(): void;
  /** Never opened, or closed by anyone but us. Called at most once, and never after `close`. */
  lost(reason: string): void;
  /** The handshake was answered with 401 or 403. Called instead of `lost`. */
  refused(error: HandshakeRefusedError): void;
}

export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Drops the connection at once; no handler is called afterwards. */
  close(): void;
}

/** @throws UnsafeUrlError */
export type OpenSocket = (options: SocketOptions, handlers: SocketHandlers) => Socket;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
/** @throws UnsafeUrlError for anything but wss, or ws to loopback, or with credentials inside */
export const checkUrl = (text: string): URL => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UnsafeUrlError(text, 'wss://host/path');
  }
  if (url.username !== '' || url.password !== '') throw new UnsafeUrlError(`${url.protocol}//...@${url.host}`, 'no user or password');
  if (url.protocol === 'wss:' || (url.protocol === 'ws:' && LOOPBACK.has(url.hostname))) return url;
  throw new UnsafeUrlError(text, 'wss://, or ws:// to this machine only');
};
