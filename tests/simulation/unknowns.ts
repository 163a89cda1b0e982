/**
 * How long commands stayed without a known outcome, over all runs of a seed. Counted where the exchange could be asked all the while: REST up, the key taken, the clock right,
 * the process awake. What a dying process left open is not counted: the next one cancels whatever it finds.
 */
import { seconds, toSeconds, type EpochUs } from '../../src/domain/units.js';
import { OPEN_DOOR } from './exchange-front.js';
import type { SimulatedWorld } from './world.js';

/** Signatures are taken with a clock that is so much wrong. */
const CLOCK_ERROR_MAX = seconds(5);

export class Unknowns {
  /** Seconds. */
  readonly spans: number[] = [];
  #process = 0;
  #seen = 0;
  #blockedAt: EpochUs;

  constructor(private readonly world: SimulatedWorld) {
    this.#blockedAt = world.time.now;
  }

  /** Looks in now and then; what has come since is as old as the look before at most. */
  look(): void {
    const { world } = this;
    const { bot, process, time } = world;
    if (
      world.rest.standing !== 'up' ||
      world.door !== OPEN_DOOR ||
      process?.frozen !== false ||
      Math.abs(world.wallError) > CLOCK_ERROR_MAX
    )
      this.#blockedAt = time.now;
    if (bot === null || process === null) return;
    const { resolved, spans } = bot.engine.state.outcomes;
    if (this.#process !== process.id) this.#seen = 0;
    this.#process = process.id;
    const fresh = Math.min(resolved - this.#seen, spans.length);
    this.#seen = resolved;
    if (fresh === 0) return;
    for (const span of spans.slice(-fresh)) if (time.now - span > this.#blockedAt + seconds(2)) this.spans.push(toSeconds(span));
  }
}

export interface UnknownOutcomes {
  readonly count: number;
  readonly p50_s: number | null;
  readonly p99_s: number | null;
  readonly worst_s: number | null;
}

/** @param spans in seconds; sorted on the way */
export const unknownOutcomes = (spans: number[]): UnknownOutcomes => {
  spans.sort((a, b) => a - b);
  const at = (share: number): number | null => spans[Math.min(spans.length - 1, Math.floor(spans.length * share))] ?? null;
  const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000);
  return { count: spans.length, p50_s: rounded(at(0.5)), p99_s: rounded(at(0.99)), worst_s: rounded(spans.at(-1) ?? null) };
};
