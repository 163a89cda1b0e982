/** The life of the connection under a session: when to connect, how long to wait, when to ping, when it is silent, when it has proved stable. Sans-IO. */
import type { Chance } from '../domain/ports.js';
import { durationUs, UNKNOWN_TIME, type DurationUs, type EpochUs } from '../domain/units.js';
import type { ActionQueue } from './action-queue.js';
import { Backoff } from '../domain/backoff.js';
import type { SessionCounters, SessionSettings } from './session-types.js';

export interface ConnectionOptions {
  readonly settings: SessionSettings;
  readonly chance: Chance;
  readonly out: ActionQueue;
  /** `connects` and `reconnects` are counted here. */
  readonly counters: SessionCounters;
  /** Silence begins or ends. */
  readonly onSilence: (silent: boolean, at: EpochUs) => void;
}

type Phase = 'idle' | 'connecting' | 'open' | 'waiting' | 'stopped';

export class Connection {
  readonly #settings: SessionSettings;
  readonly #backoff: Backoff;
  #phase: Phase = 'idle';
  /** Connecting: give up then. Waiting: connect then. */
  #deadline = Infinity;
  #openedAt: EpochUs = UNKNOWN_TIME;
  #heardAt: EpochUs = UNKNOWN_TIME;
  #pingAt = Infinity;
  #silent = false;
  /** The connection before this one did not last. */
  #flapped = false;

  constructor(private readonly options: ConnectionOptions) {
    this.#settings = options.settings;
    this.#backoff = new Backoff(options.settings.backoff, options.chance);
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Open, or on its way. */
  get exists(): boolean {
    return this.#phase === 'open' || this.#phase === 'connecting';
  }

  /** Begins to connect, unless that has been done. */
  start(at: EpochUs): void {
    if (this.#phase === 'idle' || this.#phase === 'stopped') this.#connect(at);
  }

  /** @returns false where nothing was on its way */
  opened(at: EpochUs): boolean {
    if (this.#phase !== 'connecting') return false;
    this.#phase = 'open';
    this.#openedAt = at;
    this.#pingAt = at + this.#settings.pingEvery;
    this.heard(at);
    return true;
  }

  /** Anything at all came in. */
  heard(at: EpochUs): void {
    this.#heardAt = at;
    if (this.#silent) this.#setSilent(false, at);
  }

  /** The connection is gone; the next attempt follows after the backoff's wait, or after `wait`. */
  lost(at: EpochUs, reason: string, wait?: DurationUs): void {
    const wasOpen = this.#phase === 'open';
    if (wasOpen) this.#flapped = !this.hasLasted(at);
    const drawn = this.#backoff.next();
    const pause = durationUs(Math.max(drawn, wait ?? 0));
    this.#phase = 'waiting';
    this.#deadline = at + pause;
    const what = wasOpen ? 'connection lost' : 'cannot connect';
    const next = `next attempt (number ${this.#backoff.failures}) in ${Math.ceil(pause / 1000)} ms`;
    this.options.out.report(at, 'warn', 'FEED_DOWN', `${what}: ${reason}; ${next}`);
  }

  stop(): void {
    if (this.exists) this.options.out.push({ type: 'disconnect' });
    this.#phase = 'stopped';
  }

  /**
   * Time passes: connects, pings, notices silence as it is due.
   * @returns why the connection must be replaced, or null
   */
  tick(at: EpochUs): string | null {
    switch (this.#phase) {
      case 'waiting':
        if (at >= this.#deadline) this.#connect(at);
        return null;
      case 'connecting':
        return at >= this.#deadline ? 'the connection did not open in time' : null;
      case 'open':
        return this.#settings.mode === 'live' ? this.#watch(at) : null;
      case 'idle':
      case 'stopped':
        return null;
    }
  }

  #watch(at: EpochUs): string | null {
    const { silenceAfter, reconnectAfter, pingEvery } = this.#settings;
    const quiet = at - this.#heardAt;
    if (quiet > silenceAfter) this.#setSilent(true, at);
    if (quiet > reconnectAfter) return 'nothing heard, not even a pong';
    if (at >= this.#pingAt) {
      this.#pingAt = at + pingEvery;
      this.options.out.push({ type: 'ping' });
    }
    if (this.hasLasted(at)) this.#backoff.reset();
    return null;
  }

  /** Has lived long enough to be believed. */
  hasLasted(at: EpochUs): boolean {
    return at - this.#openedAt >= this.#settings.stableAfter;
  }

  /** May count as up: it replaces one that lasted, or has lasted itself. */
  isStable(at: EpochUs): boolean {
    return this.isOpen && (!this.#flapped || this.hasLasted(at));
  }

  #connect(at: EpochUs): void {
    this.#phase = 'connecting';
    this.#deadline = at + this.#settings.connectWithin;
    if (this.options.counters.connects++ > 0) this.options.counters.reconnects++;
    this.options.out.push({ type: 'connect' });
  }

  #setSilent(silent: boolean, at: EpochUs): void {
    if (this.#silent === silent) return;
    this.#silent = silent;
    this.options.onSilence(silent, at);
  }
}
