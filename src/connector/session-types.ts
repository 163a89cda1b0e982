/** What goes into a session and what comes out of it. Facts for the engine leave through `Offer`; everything else is an action for the shell. */
import type { TradingError } from '../domain/errors.js';
import type { Severity } from '../domain/actions.js';
import type { MarketIndex } from '../domain/ids.js';
import { durationUs, millis, seconds, type DurationUs, type EpochUs } from '../domain/units.js';
import type { BackoffSettings } from '../domain/backoff.js';
import type { NoSideConvention } from './wire-fields.js';
import { FRAME_BYTES_MAX } from './wire-frame.js';

export interface SessionSettings {
  /** `live` sends commands and watches for silence; `playback` only reads, and takes subscriptions as the recording has them. */
  readonly mode: 'live' | 'playback';
  /** Pinned when subscribing to books. In playback: the convention of the recording. */
  readonly noSide: NoSideConvention;
  readonly trades: boolean;
  readonly ticker: boolean;
  readonly lifecycle: boolean;
  /** Indices wanted of the exchange's own channels; where a list is empty its channel is not subscribed. */
  readonly cfbenchmarks: readonly string[];
  readonly pyth: readonly string[];
  /** `book`: fills, orders, positions and order groups become facts. `count`: they are someone else's (a recording), or not wanted: counted, not booked. */
  readonly privateMessages: 'book' | 'count';
  /** Only this subaccount's private messages are ours; null takes all. */
  readonly subaccount: number | null;
  /** We ping this often ... */
  readonly pingEvery: DurationUs;
  /** ... call the stream silent after this long without frame, ping or pong ... */
  readonly silenceAfter: DurationUs;
  /** ... and replace the connection after this long. */
  readonly reconnectAfter: DurationUs;
  /** Most time for a connection to open. */
  readonly connectWithin: DurationUs;
  /** Most time for the reply to a subscription. */
  readonly replyWithin: DurationUs;
  /** A snapshot that does not come within this is asked for again; also the least time between two requests for one market. */
  readonly snapshotWithin: DurationUs;
  /** A subscription ended by the exchange is asked for again after this. */
  readonly resubscribeAfter: DurationUs;
  /** A connection that replaces one that did not live this long counts as up only after living this long itself. */
  readonly stableAfter: DurationUs;
  readonly backoff: BackoffSettings;
  readonly frameBytesMax: number;
}

export const SESSION_DEFAULTS: SessionSettings = {
  mode: 'live',
  noSide: 'yes-price',
  trades: true,
  ticker: false,
  lifecycle: true,
  cfbenchmarks: [],
  pyth: [],
  privateMessages: 'book',
  subaccount: 0,
  pingEvery: seconds(2),
  silenceAfter: seconds(5),
  reconnectAfter: seconds(10),
  connectWithin: seconds(10),
  replyWithin: seconds(10),
  snapshotWithin: seconds(5),
  resubscribeAfter: seconds(1),
  stableAfter: seconds(5),
  backoff: { first: millis(500), most: seconds(30) },
  frameBytesMax: FRAME_BYTES_MAX,
};

/** Recorded frames of an account that is not ours, with nobody to answer. */
export const playbackSettings = (noSide: NoSideConvention): SessionSettings => ({
  ...SESSION_DEFAULTS,
  mode: 'playback',
  noSide,
  privateMessages: 'count',
  subaccount: null,
  stableAfter: durationUs(0),
});

export type SessionEvent =
  /** Begin to connect. */
  | { readonly type: 'start'; readonly at: EpochUs }
  /** The socket is open. */
  | { readonly type: 'opened'; readonly at: EpochUs }
  /** One whole text frame. The bytes are only read during the step. The event may be lent (refilled by its producer). */
  | { readonly type: 'frame'; readonly at: EpochUs; readonly bytes: Uint8Array }
  /** A ping or pong. */
  | { readonly type: 'heard'; readonly at: EpochUs }
  /** All frames that arrived together have been told. */
  | { readonly type: 'read-end'; readonly at: EpochUs }
  /** The socket closed, or never opened. */
  | { readonly type: 'lost'; readonly at: EpochUs; readonly reason: string }
  /** The exchange refused the handshake in a way that a repeat does not mend. */
  | { readonly type: 'refused'; readonly at: EpochUs; readonly error: TradingError }
  /** Time passes: several times a second. */
  | { readonly type: 'tick'; readonly at: EpochUs }
  | { readonly type: 'add-markets'; readonly at: EpochUs; readonly markets: readonly MarketIndex[] }
  | { readonly type: 'remove-markets'; readonly at: EpochUs; readonly markets: readonly MarketIndex[] }
  | { readonly type: 'request-snapshot'; readonly at: EpochUs; readonly market: MarketIndex }
  | { readonly type: 'stop'; readonly at: EpochUs };

export type SessionAction =
  | { readonly type: 'connect' }
  | { readonly type: 'send'; readonly text: string }
  | { readonly type: 'ping' }
  /** Drop the socket now; nothing more of it is of interest. */
  | { readonly type: 'disconnect' }
  /** For people. */
  | { readonly type: 'report'; readonly severity: Severity; readonly code: string; readonly text: string }
  /** The handshake was refused: without a person (other credentials) it will be refused again. The session goes on trying, slowly, until stopped. */
  | { readonly type: 'failed'; readonly error: TradingError };

/** What happened since the session began. Numbers only grow. */
export interface SessionCounters {
  frames: number;
  /** Deltas handed on. */
  deltas: number;
  /** Deltas of books that wait for their snapshot, or of markets not wanted. */
  deltasDropped: number;
  snapshots: number;
  trades: number;
  blockTrades: number;
  tickers: number;
  /** Values of indices handed on. */
  indices: number;
  gaps: number;
  /** Repeats and stragglers. */
  old: number;
  malformed: number;
  /** Message types this program does not know. */
  unknownTypes: number;
  /** Messages of subscriptions that are not ours (any more). */
  stray: number;
  /** Public messages about markets outside the run. */
  foreign: number;
  /** Error replies. */
  errors: number;
  connects: number;
  reconnects: number;
  /** Private messages that belong to somebody else: another account, subaccount or market. */
  privateNotBooked: number;
}

export const zeroCounters = (): SessionCounters => ({
  frames: 0,
  deltas: 0,
  deltasDropped: 0,
  snapshots: 0,
  trades: 0,
  blockTrades: 0,
  tickers: 0,
  indices: 0,
  gaps: 0,
  old: 0,
  malformed: 0,
  unknownTypes: 0,
  stray: 0,
  foreign: 0,
  errors: 0,
  connects: 0,
  reconnects: 0,
  privateNotBooked: 0,
});
