/** What happens to the roads between bot and exchange. */
import { durationUs, millis, seconds, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';
import type { Condition, Standing } from './condition.js';
import type { Incident } from './incidents.js';
import type { SimulatedWorld } from './world.js';

const span = (world: SimulatedWorld, from: number, to: number): DurationUs => world.misfortune.between(seconds(from), seconds(to));

/** A road is in a condition for a while. */
const stand = (world: SimulatedWorld, road: Condition, standing: Standing, kind: FaultKind, length: DurationUs): void => {
  road.set(standing, kind);
  world.time.after(length, () => road.clear(kind));
};

/** Every connection ends, and no new one is to be had for a while. */
const closeBoth = (world: SimulatedWorld, standing: Standing, kind: FaultKind, length: DurationUs): void => {
  stand(world, world.rest, standing, kind, length);
  stand(world, world.stream, standing, kind, length);
  world.network.resetRest();
  world.network.resetStream('read ECONNRESET');
};

export const NETWORK_INCIDENTS: readonly Incident[] = [
  {
    kind: 'n1-connect-refused',
    every: 500,
    happen: (world) => closeBoth(world, 'refused', 'n1-connect-refused', span(world, 2, 30)),
  },
  {
    kind: 'n2-bad-certificate',
    every: 900,
    happen: (world) => closeBoth(world, 'bad-certificate', 'n2-bad-certificate', span(world, 5, 40)),
  },
  {
    kind: 'n3-half-open',
    every: 600,
    happen: (world) => {
      const length = span(world, 5, 40);
      if (world.misfortune.chance(0.5)) stand(world, world.rest, 'deaf', 'n3-half-open', length);
      stand(world, world.stream, 'deaf', 'n3-half-open', length);
    },
  },
  {
    kind: 'n8-stream-cut',
    every: 250,
    happen: (world) => cut(world, 'n8-stream-cut', span(world, 0, 3)),
  },
  {
    kind: 'n9-stream-down',
    every: 500,
    happen: (world) => {
      stand(world, world.stream, 'refused', 'n9-stream-down', span(world, 5, 60));
      cut(world, 'n9-stream-down', millis(0));
    },
  },
  {
    kind: 'n10-rest-down',
    every: 400,
    happen: (world) => {
      stand(world, world.rest, world.misfortune.chance(0.5) ? 'black-hole' : 'refused', 'n10-rest-down', span(world, 1, 40));
      if (world.rest.standing === 'refused') world.network.resetRest();
    },
  },
  {
    kind: 'n11-flapping',
    every: 700,
    happen: (world) => {
      for (let i = 0; i < 6; i++)
        world.time.after(durationUs(seconds(2 * i) + world.misfortune.within(seconds(1))), () => cut(world, 'n11-flapping', millis(50)));
    },
  },
  {
    kind: 'n12-backlog',
    every: 500,
    happen: (world) => {
      world.stream.set('up', 'n12-backlog');
      world.stream.late = span(world, 1, 12);
      world.time.after(span(world, 5, 20), () => world.stream.clear('n12-backlog'));
    },
  },
  {
    kind: 'n15-reset-all',
    every: 500,
    happen: (world) => {
      world.network.resetRest();
      cut(world, 'n15-reset-all', millis(0));
    },
  },
  {
    kind: 'p8-odd-closes',
    every: 500,
    happen: (world) => {
      const { stream } = world.network;
      if (stream === null || world.process?.frozen !== false) return;
      world.misfortune.feel('p8-odd-closes');
      if (world.misfortune.chance(0.5)) stream.flood(2000);
      else stream.cut(`closed with code ${world.misfortune.whole(1000, 4999)}`, millis(0));
    },
  },
];

/** The stream dies; the bot finds out after a while, which is when it feels it. */
const cut = (world: SimulatedWorld, kind: FaultKind, unnoticed: DurationUs): void => {
  const { stream } = world.network;
  if (stream === null) return;
  world.misfortune.feel(kind);
  stream.cut('read ECONNRESET', unnoticed);
};
