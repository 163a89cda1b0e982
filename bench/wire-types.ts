/** What the processes of the wire benchmarks say to each other. */

export interface WireSetup {
  /** Paths of certificate and key, or null for plain connections. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** How long an answer takes. */
  readonly answerMs: number;
}

export interface WireAddresses {
  readonly ws: string;
  readonly rest: string;
}

/** Send so many frames to one bot, and time its first request after each. */
export interface Volley {
  readonly bot: string;
  readonly count: number;
  readonly everyMs: number;
}

export interface VolleyResult {
  /** Microseconds from frame out to the first byte of the first request in. */
  readonly first: readonly number[];
  /** The same to the first byte of a new order. */
  readonly place: readonly number[];
  /** Frames that no request followed in time. */
  readonly silent: number;
  /** First requests by method and call. */
  readonly kinds: Readonly<Record<string, number>>;
  /** TCP connections accepted meanwhile: a warm bot needs none. */
  readonly connects: number;
}

/** Two orders at once: from the first byte of the first to the first byte of the second. */
export interface PairResult {
  readonly gapsUs: readonly number[];
  readonly connects: number;
}

export type BotKind = 'floor' | 'usual' | 'kmm';

export interface BotSetup extends WireAddresses {
  readonly kind: BotKind;
  /** PEM file of an RSA-2048 key. */
  readonly key: string;
  /** Certificate authority in PEM, or null. */
  readonly ca: string | null;
  /** Folder for journal, tape and log. */
  readonly folder: string;
}

export const REST_PREFIX = '/trade-api/v2';
export const WS_PATH = '/trade-api/ws/v2';
