/** The system's clock, timers and chance behind the domain's ports. The only place where production reads them. */
import { randomInt } from 'node:crypto';
import type { Chance, Clock, Timer, Timers } from '../domain/ports.js';
import { epochUs, monoNs, type DurationUs, type EpochUs, type MonoNs } from '../domain/units.js';

/** Engine time: the wall clock read once, plus monotonic time since (ADR 2). */
export class SystemClock implements Clock {
  readonly #originMs = performance.now();
  readonly #originUs = Date.now() * 1000;

  now(): EpochUs {
    return epochUs(this.#originUs + Math.floor(this.monoNs() / 1000));
  }

  monoNs(): MonoNs {
    return monoNs(Math.round((performance.now() - this.#originMs) * 1e6));
  }

  wall(): EpochUs {
    return epochUs(Date.now() * 1000);
  }
}

export const systemTimers: Timers = {
  after(span: DurationUs, run: () => void): Timer {
    const handle = setTimeout(run, span / 1000);
    return { cancel: () => clearTimeout(handle) };
  },
  every(span: DurationUs, run: () => void): Timer {
    const handle = setInterval(run, span / 1000);
    return { cancel: () => clearInterval(handle) };
  },
  soon(run: () => void): void {
    queueMicrotask(run);
  },
};

const RESOLUTION = 2 ** 47;

export const systemChance: Chance = { next: () => randomInt(RESOLUTION) / RESOLUTION };
