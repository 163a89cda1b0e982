/** What the host of a simulated exchange may choose. Everything has a default; nothing needs to be named to start. */
import { TradingError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import type { Cash } from '../../domain/units.js';
import type { ExchangeSettings } from '../core/types.js';
import type { Tier } from './budget.js';
import type { KeyType } from './keys.js';
import type { LatencySettings } from './latency.js';
import type { Transit } from './transit.js';

/** One key of an account. */
export interface KeyOptions {
  readonly name?: string;
  readonly type?: KeyType;
  /** A key without `write` is refused on every write with 403. */
  readonly scopes?: readonly ('read' | 'write')[];
  /** Locks the key to one subaccount. */
  readonly subaccount?: number;
}

/** One user with its keys (one by default) and the same opening cash on every shard. */
export interface AccountOptions {
  readonly name?: string;
  readonly tier?: Tier;
  readonly cashPerShard?: Cash;
  readonly keys?: readonly KeyOptions[];
  /** Subaccounts opened beforehand, besides the primary. */
  readonly subaccounts?: number;
}

export interface ExchangeServerOptions {
  readonly seed?: string;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly accounts?: readonly AccountOptions[];
  /** For accounts and keys that do not say themselves. */
  readonly tier?: Tier;
  readonly keyType?: KeyType;
  /** Where private key files go; a fresh folder under the system's temporary one where missing. */
  readonly keyFolder?: string;
  /** Departures from the core's own settings: world, crowd, switches, read lag. `seed` and `startAt` are set by the server. */
  readonly core?: Partial<Omit<ExchangeSettings, 'seed' | 'startAt'>>;
  /** Trade only the first so many of the default world's markets. */
  readonly markets?: number;
  /** Also list strikes on an index of its own, and publish that index. */
  readonly indexEvent?: boolean;
  readonly latency?: LatencySettings;
  /** Takes the place of `latency`: delays and losses of every single message. */
  readonly transit?: Transit;
  /** How far a signature's time may lie from ours. */
  readonly clockSkewMaxMs?: number;
  readonly heartbeatMs?: number;
  readonly unreadBytesMax?: number;
  /** Every order event and fill as the matching engine saw it goes to this file, one JSON line each. */
  readonly truthFile?: string;
  /** A clock of one's own: time passes only as it says, at the latest with the next request. */
  readonly clock?: Pick<Clock, 'now' | 'wall'>;
  /** Hears of a fault of the exchange's own making. Without it the fault ends the process. */
  readonly onFault?: (error: unknown) => void;
}

/** The port is taken. */
export class PortInUseError extends TradingError {
  readonly code = 'PORT_IN_USE';
  constructor(
    readonly host: string,
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(
      `cannot listen on ${host}:${port}: another program has it; stop that program, or choose another port (0 takes a free one)`,
      options,
    );
  }
}

/** The address cannot be listened on for another reason. */
export class ListenError extends TradingError {
  readonly code = 'CANNOT_LISTEN';
  constructor(host: string, port: number, reason: string, options?: ErrorOptions) {
    super(`cannot listen on ${host}:${port}: ${reason}; choose another host or port`, options);
  }
}

/** An option that makes no sense. */
export class ExchangeOptionError extends TradingError {
  readonly code = 'EXCHANGE_OPTION';
}
