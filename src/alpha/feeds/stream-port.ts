/** A websocket as feeds outside see it. The world hands over the exchange connector's own; tests and simulations bring theirs. */
import type { DurationUs } from '../../domain/units.js';

export interface StreamOptions {
  /** wss://... anywhere, ws://... to this machine only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connectWithin: DurationUs;
  readonly frameBytesMax: number;
}

export interface StreamHandlers {
  opened(): void;
  /** One whole frame; the bytes are valid during the call. */
  frame(bytes: Uint8Array): void;
  /** Ping or pong. */
  heard(): void;
  /** Never opened, or closed by anyone but us. Called at most once, and never after `close`. */
  lost(reason: string): void;
  /** The handshake was refused. Called instead of `lost`. */
  refused(error: Error): void;
}

export interface Stream {
  send(text: string): void;
  ping(): void;
  /** Drops the connection at once; no handler is called afterwards. */
  close(): void;
}

export type OpenStream = (options: StreamOptions, handlers: StreamHandlers) => Stream;
