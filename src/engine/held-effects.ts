/** What waits for the platter: orders whose records could still be lost in a power failure, and fills that are told to people. They go on in the order they came. */
import type { Booked } from '../domain/actions.js';
import type { ClientOrderId } from '../domain/ids.js';
import type { Call, VenueCommand } from '../domain/order.js';
import { later, millis, seconds, type EpochUs } from '../domain/units.js';

/** The part of a group commit that the loop sees. Counts bytes of records. */
export interface Commit {
  /** With the kernel. */
  readonly written: number;
  /** On the platter. */
  readonly proven: number;
  /** Asks that everything written so far be proven. */
  request(): void;
  /** `problem` is null after a round that succeeded. */
  onRound(told: (problem: string | null) => void): void;
}

/** An order that waited longer was decided on a market that has moved on. */
export const HELD_MAX = millis(500);
/** A disk that needs longer counts as failed until it answers. */
export const STALL_MAX = seconds(1);

type Effect = { readonly type: 'send'; readonly call: Call } | { readonly type: 'booked'; readonly booked: Booked };
interface Held {
  readonly mark: number;
  readonly since: EpochUs;
  readonly effect: Effect;
}

export class HeldEffects {
  #held: Held[] = [];

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  add(effect: Effect, mark: number, since: EpochUs): void {
    this.#held.push({ mark, since, effect });
  }

  /** Those whose records are on the platter, oldest first. `fresh` is false for an order that waited too long. */
  release(proven: number, now: EpochUs): readonly { readonly effect: Effect; readonly fresh: boolean }[] {
    const ready: { readonly effect: Effect; readonly fresh: boolean }[] = [];
    while (this.#held[0] !== undefined && this.#held[0].mark <= proven) {
      const { effect, since } = this.#held.shift() as Held;
      ready.push({ effect, fresh: now <= later(since, HELD_MAX) });
    }
    return ready;
  }

  /** Everything, unproven as it is. */
  giveUp(): readonly Effect[] {
    return this.#held.splice(0).map(({ effect }) => effect);
  }

  /** Takes out the orders that must not leave any more; fills stay. @returns their commands */
  drop(which: (command: VenueCommand) => boolean): readonly VenueCommand[] {
    const dropped: VenueCommand[] = [];
    this.#held = this.#held.flatMap((held) => {
      if (held.effect.type !== 'send') return [held];
      const { call } = held.effect;
      const staying = call.commands.filter((command) => !which(command));
      dropped.push(...call.commands.filter(which));
      return staying.length === 0 ? [] : [{ ...held, effect: { type: 'send' as const, call: { mode: call.mode, commands: staying } } }];
    });
    return dropped;
  }

  /** Orders of this name that wait. */
  dropOf(clientId: ClientOrderId): readonly VenueCommand[] {
    return this.drop((command) => command.clientId === clientId);
  }

  isStalled(now: EpochUs): boolean {
    const [oldest] = this.#held;
    return oldest !== undefined && now > later(oldest.since, STALL_MAX);
  }
}
