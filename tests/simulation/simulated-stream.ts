/** One websocket connection: handshake, frames in order, pings, and an end that one side may notice later than the other. */
import { HandshakeRefusedError } from '../../src/connector/feed-errors.js';
import type { Socket, SocketHandlers, SocketOptions } from '../../src/connector/socket-port.js';
import { durationUs, later, seconds, type DurationUs, type EpochUs } from '../../src/domain/units.js';
import type { WsSession } from '../../src/exchange/server/ws-session.js';
import type { FaultKind } from './catalogue.js';
import { bendFrame, type FrameFault } from './frame-faults.js';
import type { NetworkParts } from './simulated-network.js';
import type { SimulatedProcess } from './simulated-process.js';

interface Parcel {
  readonly at: EpochUs;
  readonly frames: { readonly text: string; readonly kind: FaultKind | null }[];
}

const HEARTBEAT = seconds(10);

export class SimulatedStream implements Socket {
  #state: 'opening' | 'open' | 'dead' | 'over' = 'opening';
  #session: WsSession | null = null;
  #lastAt: EpochUs;
  #parcel: Parcel | null = null;
  /** The delay of everything that is told at one moment. */
  #drawnAt: EpochUs | null = null;
  #delay: DurationUs = durationUs(0);
  /** Private messages that are on their way. */
  privateUnderWay = 0;

  constructor(
    private readonly parts: NetworkParts,
    readonly process: SimulatedProcess,
    private readonly options: SocketOptions,
    private readonly handlers: SocketHandlers,
  ) {
    this.#lastAt = parts.time.now;
    const { time, misfortune } = parts;
    time.after(durationUs(misfortune.travel() + misfortune.travel()), () => process.deliver(() => this.#shakeHands()));
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }
  get over(): boolean {
    return this.#state === 'over';
  }

  #shakeHands(): void {
    if (this.#state !== 'opening') return;
    const { stream, front, time, watch } = this.parts;
    switch (stream.standing) {
      case 'refused':
      case 'bad-certificate':
        stream.feel();
        return this.#lost(stream.standing === 'refused' ? 'connect ECONNREFUSED' : 'self-signed certificate');
      case 'black-hole':
      case 'deaf':
        stream.feel();
        time.after(this.options.connectWithin, () => this.process.deliver(() => this.#lost('handshake timed out')));
        return;
      case 'up':
        break;
    }
    this.parts.present();
    const door = this.parts.door({ method: 'GET', path: '/trade-api/ws/v2', search: '', body: '' });
    const { headers } = this.options;
    const verdict = front.check({
      key: headers['KALSHI-ACCESS-KEY'] ?? null,
      timestamp: headers['KALSHI-ACCESS-TIMESTAMP'] ?? null,
      signature: headers['KALSHI-ACCESS-SIGNATURE'] ?? null,
    });
    const status = door?.status ?? (verdict.ok ? null : verdict.reply.status);
    if (status !== null) {
      this.#state = 'over';
      if (status === 401 || status === 403) this.handlers.refused(new HandshakeRefusedError('exchange', status, 'refused'));
      else this.handlers.lost(`the handshake was answered with ${status}`);
      return;
    }
    this.#state = 'open';
    this.#session = front.openStream((text, kind) => this.#send(text, kind));
    const beat = (): void => {
      if (this.#state !== 'open') return;
      this.#hear();
      time.after(HEARTBEAT, beat);
    };
    time.after(HEARTBEAT, beat);
    watch.stream(true);
    this.handlers.opened();
  }

  // ---- from the exchange ----

  #send(text: string, kind: 'data' | 'control'): boolean {
    const { misfortune, time } = this.parts;
    const faults: FrameFault[] = kind === 'data' && !misfortune.isQuiet ? bendFrame(text, misfortune) : [{ text, kind: null, after: null }];
    for (const fault of faults) {
      if (fault.after === null) this.#pack(fault.text, fault.kind);
      else {
        // Unnumbered messages may travel alone.
        this.privateUnderWay++;
        const frame = { text: fault.text, kind: fault.kind };
        time.after(durationUs(fault.after + this.#travel()), () => {
          this.privateUnderWay--;
          this.process.deliver(() => this.#hand([frame]));
        });
      }
    }
    return true;
  }

  /** Frames of one moment travel together and arrive together, none before an earlier one. */
  #pack(text: string, kind: FaultKind | null): void {
    const { time } = this.parts;
    const at = later(time.now, this.#travel());
    const due = at > this.#lastAt ? at : this.#lastAt;
    const isPrivate = isPrivateFrame(text);
    if (isPrivate) this.privateUnderWay++;
    if (this.#parcel !== null && this.#parcel.at === due) {
      this.#parcel.frames.push({ text, kind });
      return;
    }
    this.#lastAt = due;
    const parcel: Parcel = { at: due, frames: [{ text, kind }] };
    this.#parcel = parcel;
    time.at(due, () => {
      if (this.#parcel === parcel) this.#parcel = null;
      for (const frame of parcel.frames) if (isPrivateFrame(frame.text)) this.privateUnderWay--;
      this.process.deliver(() => this.#hand(parcel.frames));
    });
  }

  #travel(): DurationUs {
    const { time, misfortune, stream } = this.parts;
    if (this.#drawnAt !== time.now) {
      this.#drawnAt = time.now;
      this.#delay = durationUs(misfortune.travel() + stream.late);
    }
    return this.#delay;
  }

  #hand(frames: Parcel['frames']): void {
    const { stream, watch, misfortune } = this.parts;
    if (this.#state !== 'open') return;
    if (stream.standing === 'black-hole' || stream.standing === 'deaf') {
      stream.feel();
      return;
    }
    if (stream.late > 0) stream.feel();
    for (const { text, kind } of frames) {
      if (!this.isOpen) return;
      if (kind !== null) misfortune.feel(kind);
      if (text === '') continue;
      if (text.length > this.options.frameBytesMax) {
        this.#lost('Max payload size exceeded');
        return;
      }
      watch.told(text);
      this.handlers.frame(Buffer.from(text));
    }
  }

  #hear(): void {
    const { stream, time, misfortune, watch } = this.parts;
    if (stream.standing === 'black-hole' || stream.standing === 'deaf') return;
    time.after(durationUs(misfortune.travel() + stream.late), () =>
      this.process.deliver(() => {
        if (this.#state !== 'open' || stream.standing === 'black-hole' || stream.standing === 'deaf') return;
        watch.heard();
        this.handlers.heard();
      }),
    );
  }

  /** Pings for nothing. */
  flood(count: number): void {
    for (let i = 0; i < count && this.isOpen; i++) this.handlers.heard();
  }

  /** The connection dies; the bot finds out after `unnoticed`. */
  cut(reason: string, unnoticed: DurationUs): void {
    if (this.#state !== 'open') return;
    this.#state = 'dead';
    this.#endSession();
    this.parts.time.after(unnoticed, () => this.process.deliver(() => this.#lost(reason)));
  }

  #lost(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#endSession();
    this.parts.watch.stream(false);
    this.handlers.lost(reason);
  }

  #endSession(): void {
    if (this.#session !== null) this.parts.front.closeStream(this.#session);
    this.#session = null;
  }

  // ---- from the bot ----

  send(text: string): void {
    const { time, misfortune, stream, front } = this.parts;
    if (this.#state !== 'open' || !this.process.alive) return;
    time.after(durationUs(misfortune.travel()), () => {
      if (this.#state !== 'open' || stream.standing === 'black-hole') return;
      this.parts.present();
      this.#session?.receive(text, front.wallMs);
    });
  }

  ping(): void {
    const { time, misfortune } = this.parts;
    if (this.#state === 'open' && this.process.alive) time.after(misfortune.travel(), () => this.#hear());
  }

  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#endSession();
    this.parts.watch.stream(false);
  }
}

const PRIVATE = /^\{"type":"(fill|user_order|market_position|order_group_updates)"/;
export const isPrivateFrame = (text: string): boolean => PRIVATE.test(text);
