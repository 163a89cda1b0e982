/** An engine behind its usual loop, in a world without clock, disk and screen. */
import type { Halt } from '../../domain/actions.js';
import type { EngineEvent } from '../../domain/events.js';
import type { BookSide } from '../../domain/market.js';
import type { Call } from '../../domain/order.js';
import type { Feed, Venue } from '../../domain/ports.js';
import { monoNs, type EpochUs } from '../../domain/units.js';
import type { Engine } from '../../engine/engine.js';
import { Loop } from '../../engine/loop.js';
import { MARKET } from './public-feed.js';

const nothing = (): void => {};
const noTime = () => monoNs(0);

export class VirtualBot {
  readonly #loop: Loop;
  /** What stopped it, if anything. */
  halt: Halt | null = null;
  #offered = false;

  constructor(
    readonly engine: Engine,
    venue: Venue,
    feed: Feed,
    now: () => EpochUs,
    onSent: (call: Call) => void = nothing,
  ) {
    this.#loop = new Loop({
      engine,
      venue,
      feed,
      clock: { now, wall: now, monoNs: noTime },
      recorder: { event: nothing, actions: nothing, flush: nothing },
      observer: {
        event: nothing,
        decision: nothing,
        booked: nothing,
        sent: onSent,
        say: nothing,
        halt: (halt) => {
          this.halt = halt;
        },
        stopped: nothing,
        stepped: nothing,
      },
      receivedNs: noTime,
    });
  }

  offer(event: EngineEvent): void {
    this.#offered = true;
    this.#loop.offer(event);
  }

  /** All that came at this moment has been told. */
  endBatch(at: EpochUs): void {
    if (!this.#offered) return;
    this.#offered = false;
    this.#loop.offer({ type: 'batch-end', at });
  }

  quotes(side: BookSide): boolean {
    return this.engine.state.orders.forMarket(MARKET, side).length > 0;
  }
}
