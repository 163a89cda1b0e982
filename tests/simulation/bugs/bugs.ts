/** Defects that the simulation must find: each is a module that takes the place of one of the program's own. This is how we know that the tests can see. */
import type { FaultKind } from '../catalogue.js';
import type { Job } from '../work.js';

export interface PlantedBug {
  /** Also the name of its module, beside this one. */
  readonly name: string;
  /** The module whose place it takes, below the repository, without its ending. */
  readonly replaces: string;
  readonly what: string;
  /** Where it is found fastest: the seed, virtual hours, and which faults how often, where that is not left to the seed. */
  readonly seed: number;
  readonly hours: number;
  readonly kinds?: readonly FaultKind[];
  readonly intensity?: number;
}

/** The shortest run that is known to find it. */
export const jobOfBug = ({ seed, hours, kinds, intensity }: PlantedBug): Job => ({
  seed,
  hours,
  kinds: kinds ?? null,
  intensity: intensity ?? null,
  twice: false,
});

export const BUGS: readonly PlantedBug[] = [
  {
    name: 'latch-forgotten',
    replaces: 'src/app/state-files',
    what: 'a restart does not see the kill latch',
    seed: 1,
    hours: 1,
  },
];
