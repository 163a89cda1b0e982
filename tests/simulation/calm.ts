/** Since when nothing at all has been wrong: only then a bot has no excuse. */
import { OPEN_DOOR } from './exchange-front.js';
import { CALM } from './simulated-disk.js';
import type { SimulatedWorld } from './world.js';

export class Calm {
  /** Virtual microseconds; the moment of the last look at which something was wrong. */
  since: number;
  #felt = 0;
  #process = 0;

  constructor(private readonly world: SimulatedWorld) {
    this.since = world.time.now;
  }

  /** Looks in every second. */
  look(): void {
    if (!this.#isCalm()) this.since = this.world.time.now;
  }

  #isCalm(): boolean {
    const { world } = this;
    let felt = 0;
    for (const count of world.misfortune.felt.values()) felt += count;
    const isSame = felt === this.#felt && world.processes === this.#process;
    this.#felt = felt;
    this.#process = world.processes;
    return (
      isSame &&
      world.bot !== null &&
      world.process?.frozen === false &&
      world.disk.mood === CALM &&
      world.wallError === 0 &&
      world.door === OPEN_DOOR &&
      [world.rest, world.stream].every((road) => road.standing === 'up' && road.late === 0) &&
      world.network.stream?.isOpen === true &&
      world.exchange.exchangeStatus().every(({ tradingActive, exchangeActive }) => tradingActive && exchangeActive)
    );
  }
}
