/** Faults that come at moments of their own, over and over while the faults last: each kind with its mean time between two, and what happens. */
import { later, seconds, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';
import { EXCHANGE_INCIDENTS } from './incidents-exchange.js';
import { NETWORK_INCIDENTS } from './incidents-network.js';
import { PROCESS_INCIDENTS } from './incidents-process.js';
import type { SimulatedWorld } from './world.js';

export interface Incident {
  readonly kind: FaultKind;
  /** Mean seconds between two at intensity 1. */
  readonly every: number;
  readonly happen: (world: SimulatedWorld) => void;
}

const INCIDENTS: readonly Incident[] = [...NETWORK_INCIDENTS, ...EXCHANGE_INCIDENTS, ...PROCESS_INCIDENTS];
/** Between two of a kind the bot trades for a while, so that a fault also meets what the one before did not break. */
const SPACING = 1.6;
/** Everything stands before the first. */
const FIRST_AFTER = seconds(8);

export const planIncidents = (world: SimulatedWorld, length: DurationUs): void => {
  const { misfortune, time } = world;
  const end = later(time.now, length);
  for (const { kind, every, happen } of INCIDENTS) {
    if (!misfortune.plan.kinds.has(kind)) continue;
    const chance = misfortune.chanceOf(kind);
    const again = (from: typeof time.now): void => {
      const at = later(from, seconds((-Math.log(1 - chance.next()) * every * SPACING) / misfortune.plan.intensity));
      if (at >= end) return;
      time.at(at, () => {
        if (!misfortune.isQuiet) happen(world);
        again(at);
      });
    };
    again(later(time.now, FIRST_AFTER));
  }
};
