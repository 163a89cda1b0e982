/** Markets, frames and a listening engine for tests of the stream. */
import type { EngineEvent } from '../../src/domain/events.js';
import { eventTicker, seriesTicker, ticker, type MarketIndex } from '../../src/domain/ids.js';
import type { Market } from '../../src/domain/market.js';
import { epochUs, type EpochUs } from '../../src/domain/units.js';
import { MarketRegister } from '../../src/connector/market-table.js';
import { Session } from '../../src/connector/session.js';
import { SESSION_DEFAULTS, type SessionAction, type SessionEvent, type SessionSettings } from '../../src/connector/session-types.js';
import { market } from './markets.js';

export const aMarket = (name: string): Market =>
  market({
    ticker: ticker(name),
    event: eventTicker(name.split('-').slice(0, 2).join('-')),
    series: seriesTicker(name.split('-')[0] ?? name),
  });

export const aRegister = (...names: string[]): MarketRegister => new MarketRegister(names.map(aMarket));

export const bytesOf = (frame: unknown): Buffer => Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame));

/** A fact as it was when it was offered: the lent ones are copied. */
export const copyOf = (fact: EngineEvent): EngineEvent => ({ ...fact });

export type Report = Extract<SessionAction, { type: 'report' }>;

/** A session whose clock the test holds. Facts and actions pile up until taken. */
export class SessionBench {
  readonly register: MarketRegister;
  readonly session: Session;
  readonly facts: EngineEvent[] = [];
  readonly actions: SessionAction[] = [];
  now: EpochUs = epochUs(1_000_000_000);

  constructor(settings: Partial<SessionSettings> = {}, names: readonly string[] = ['M-A', 'M-B']) {
    this.register = aRegister(...names);
    this.session = new Session({
      settings: { ...SESSION_DEFAULTS, noSide: 'no-price', ...settings },
      markets: this.register,
      offer: (fact) => this.facts.push(copyOf(fact)),
      chance: { next: () => 0.5 },
      resolveFees: (market, override) =>
        override.multiplierMicros === null
          ? market.fees
          : { type: override.type ?? market.fees.type, multiplierMicros: override.multiplierMicros },
    });
    this.step({ type: 'add-markets', at: this.now, markets: this.all() });
  }

  all(): MarketIndex[] {
    return this.register.markets.map((_, i) => i as MarketIndex);
  }

  step(event: SessionEvent): void {
    this.actions.push(...this.session.step(event));
  }

  frame(frame: unknown): void {
    this.step({ type: 'frame', at: this.now, bytes: bytesOf(frame) });
  }

  /** Moves the clock in ticks of 100 ms. */
  pass(seconds: number): void {
    const end = this.now + seconds * 1_000_000;
    while (this.now < end) {
      this.now = epochUs(Math.min(end, this.now + 100_000));
      this.step({ type: 'tick', at: this.now });
    }
  }

  /** What happened since the last call. */
  take(): { readonly facts: EngineEvent[]; readonly actions: SessionAction[] } {
    return { facts: this.facts.splice(0), actions: this.actions.splice(0) };
  }

  sent(): { id: number; cmd: string; params: Record<string, unknown> }[] {
    return this.actions.flatMap((action) =>
      action.type === 'send' ? [JSON.parse(action.text) as { id: number; cmd: string; params: Record<string, unknown> }] : [],
    );
  }

  reports(): Report[] {
    return this.actions.filter((action): action is Report => action.type === 'report');
  }

  /** Opens the connection and confirms every subscription: channel by channel, sid = command id. */
  open(): void {
    this.step({ type: 'start', at: this.now });
    this.step({ type: 'opened', at: this.now });
    this.confirm();
  }

  /** Confirms all subscriptions asked for and not yet taken. */
  confirm(): void {
    for (const command of this.sent())
      if (command.cmd === 'subscribe') {
        const channel = (command.params['channels'] as string[])[0];
        this.frame({ type: 'subscribed', id: command.id, msg: { channel, sid: command.id } });
      }
  }
}
