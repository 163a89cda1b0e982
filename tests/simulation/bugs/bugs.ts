/** Defects that the simulation must find: each is a module that takes the place of one of the program's own. This is how we know that the tests can see. */
export interface PlantedBug {
  readonly name: string;
  /** The module whose place it takes, below the repository, without its ending. */
  readonly replaces: string;
  readonly what: string;
  /** Where it was found fastest. */
  readonly seed: number;
  readonly hours: number;
}

export const BUGS: readonly PlantedBug[] = [
  {
    name: 'latch-forgotten',
    replaces: 'src/app/state-files',
    what: 'a restart does not see the kill latch',
    seed: 1,
    hours: 1,
  },
];
