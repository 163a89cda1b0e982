/**
 * What a process has promised by acting, and what is left of it after a power failure. Under `journal.durability: power` the journal still has the intent of every order that
 * left and every fill that was told on the tape, unless the disk was known to have failed: then nothing grew any more, and fills were told all the same.
 */
import { fillIdsIn } from '../../src/logger/fill-tape.js';
import { JournalReader } from '../../src/logger/journal-reader.js';
import type { WireRequest } from './fates.js';
import { Broken } from './judge.js';
import type { SimulatedWorld } from './world.js';

const READER = { alive: true };

export class Promises {
  readonly #orders = new Set<string>();
  #process = 0;

  constructor(private readonly world: SimulatedWorld) {}

  leaves(request: WireRequest): void {
    const { process } = this.world;
    if (process === null || request.method !== 'POST' || !request.path.includes('/portfolio/events/orders')) return;
    if (this.#process !== process.id) this.#orders.clear();
    this.#process = process.id;
    if (!request.path.endsWith('/decrease'))
      for (const [, id] of request.body.matchAll(/"client_order_id":"([^"]+)"/g)) this.#orders.add(id as string);
  }

  /** The orders for which the process that trades now has given its word; null where it has given none. */
  get given(): ReadonlySet<string> | null {
    const { settings, bot, process } = this.world;
    if (settings.journal.durability !== 'power' || bot?.engine.state.storageProblems.has('journal') === true) return null;
    return new Set(process?.id === this.#process ? this.#orders : []);
  }

  /** Takes the power away from a process that was just running. @param folder of its run, or of the last one before it */
  losePower(folder: string, given: ReadonlySet<string> | null): void {
    const { disk, misfortune, time } = this.world;
    const fills = disk.small(READER).read(`${folder}/fills.csv`);
    disk.losePower(() => misfortune.next());
    if (given !== null) return this.#judge(folder, given, fillIdsIn(fills ?? ''));
    // What was not promised may be missing, and booked and told again.
    for (const path of disk.names()) if (path.includes('/journal-')) this.world.damaged.add(path.slice(0, path.lastIndexOf('/')));
    disk.hasTorn = true;
    disk.lostUntil = time.now;
  }

  #judge(folder: string, given: ReadonlySet<string>, told: readonly string[]): void {
    const kept = new Set<string>();
    try {
      const source = this.world.disk.journal(READER, folder);
      if (!JournalReader.isEmpty(source))
        for (const record of new JournalReader(source).records())
          if (record.type === 'actions')
            for (const action of record.actions)
              if (action.type === 'booked') kept.add(action.fillId);
              else if (action.type === 'send') for (const { clientId } of action.call.commands) kept.add(clientId);
    } catch (error) {
      return this.#fail(
        `the journal of ${folder} cannot be read after a power failure: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    const order = [...given].find((id) => !kept.has(id));
    if (order !== undefined) this.#fail(`order ${order} had left, and a power failure has taken its intent from ${folder}`);
    const fill = told.find((id) => !kept.has(id));
    if (fill !== undefined) this.#fail(`fill ${fill} was on the tape, and a power failure has taken it from the journal of ${folder}`);
  }

  #fail(text: string): void {
    this.world.breach(new Broken('I11', text));
  }
}
