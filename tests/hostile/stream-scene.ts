/** One short life of a bot whose stream is tampered with: frames are replaced, added, repeated and put out of order, in every state of the protocol; then it must heal. */
import type { EngineEvent } from '../../src/domain/events.js';
import { BotWorld, type Outcome } from './bot-world.js';
import { mutate, mutateMeaning } from './mutations.js';
import { Random } from './random.js';

export interface SceneResult {
  /** What became of each tampered frame. */
  readonly words: readonly string[];
  readonly orders: number;
}

export interface Scene {
  readonly seed: number;
  readonly number: number;
  /** How many frames are tampered with. */
  readonly frames: number;
  /** Foreign frames to draw from besides the exchange's own. */
  readonly corpus: readonly Buffer[];
}

/** Which of the planned tamperings to carry out, and what each took. */
export interface Replay {
  readonly only?: ReadonlySet<number>;
  /** Told before each tampered frame. */
  readonly injecting?: (number: number, bytes: Buffer) => void;
  /** Told how long each took, in ms. */
  readonly took?: (number: number, ms: number) => void;
}

/** Frames to begin with, from before the exchange has said anything. */
const FIRST = Buffer.from('{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":1}}');
const RECENT_PER_TYPE = 12;
const FRAMES_PER_TICK = 40;
const CRUDE_ONE_IN = 16;
const EXTRA_MAX = 6;
const QUIET_ONE_IN = 20;
const OPENING_ONE_IN = 25;
const ASK_EVERY = 100;
const HEAL_TICKS = 2500;
/** Once a scene has halted for good, nothing more is learned from it. */
const TICKS_AFTER_HALT = 20;

/** The newest frames of each type: the rare ones, which speak of our own money, are picked as often as the deltas. */
class Recent {
  readonly #byType = new Map<string, Buffer[]>();

  add(frame: Buffer): void {
    const type = /"type":"(\w+)"/.exec(frame.toString('latin1'))?.[1] ?? '';
    const list = this.#byType.get(type) ?? [];
    list.push(frame);
    if (list.length > RECENT_PER_TYPE) list.shift();
    this.#byType.set(type, list);
  }

  pick(random: Random): Buffer {
    return this.#byType.size === 0 ? FIRST : random.pick(random.pick([...this.#byType.values()]));
  }
}

/** @throws Error for an exception, an order that must not be, a frame that nobody counted, or a bot that does not heal */
export const play = async (scene: Scene, replay: Replay = {}): Promise<SceneResult> => {
  const world = new BotWorld(`hostile ${scene.seed} ${scene.number}`);
  const random = new Random(scene.seed, `scene ${scene.number}`);
  const recent = new Recent();
  const words: string[] = [];
  let halted = 0;

  const tamper = (truth: Buffer | null): void => {
    const number = words.length;
    const own = new Random(scene.seed, `scene ${scene.number} frame ${number}`);
    const base = truth ?? (scene.corpus.length > 0 && own.oneIn(6) ? own.pick(scene.corpus) : recent.pick(own));
    const other = recent.pick(own);
    // Bytes that are no message end the connection, so while all is well most of them still are one.
    const change = world.session.up && !own.oneIn(CRUDE_ONE_IN) ? mutateMeaning : mutate;
    const bytes = own.oneIn(12) ? other : change(base, own, other);
    if (replay.only?.has(number) === false) {
      words.push('left out');
      if (truth !== null) world.deliver(truth);
      return;
    }
    replay.injecting?.(number, bytes);
    const before = performance.now();
    const outcome = world.deliver(bytes);
    replay.took?.(number, performance.now() - before);
    words.push(wordFor(outcome, bytes));
  };

  while (words.length < scene.frames && halted < TICKS_AFTER_HALT) {
    world.tick();
    if (world.halts.length > 0) halted++;
    for (let i = 0; i < FRAMES_PER_TICK && words.length < scene.frames; i++) {
      const frame = world.nextFrame();
      if (frame === null) {
        // A quiet stream, or none yet.
        if (i === 0 && random.oneIn(QUIET_ONE_IN)) tamper(null);
        break;
      }
      const odds = world.session.up ? 1 : OPENING_ONE_IN;
      if (random.oneIn(20 * odds)) swapNext(world);
      if (random.oneIn(8 * odds)) tamper(frame);
      else {
        for (let extra = 0; extra < EXTRA_MAX && world.peer.isConnected && !random.oneIn(4) && random.oneIn(odds); extra++) tamper(null);
        world.deliver(frame);
      }
      recent.add(frame);
    }
    await world.rest();
  }
  await heal(world);
  return { words, orders: world.orders };
};

/** The next two frames change places. */
const swapNext = (world: BotWorld): void => {
  const [first, second] = world.peer.outbox.splice(0, 2);
  for (const frame of [second, first]) if (frame !== undefined) world.peer.outbox.unshift(frame);
};

/** What became of a frame. A frame that nobody counted and that told nothing must be one of those that say nothing to us. */
const wordFor = ({ facts, orders, heard, counted }: Outcome, bytes: Buffer): string => {
  const isDropped = facts.every(takesAway);
  if (isDropped && orders > 0) throw new Error(`${orders} orders left because of a frame that was dropped (${counted.join(', ')})`);
  if (!heard) return 'not open';
  for (const word of ['malformed', 'gaps', 'old', 'stray', 'foreign', 'unknownTypes', 'errors', 'privateNotBooked', 'deltasDropped'])
    if (counted.includes(word)) return word;
  if (facts.length > 0) return facts.some((fact) => fact.type === 'feed-down') ? 'replaced' : 'accepted';
  if (counted.length > 0) return 'accepted';
  return isSilent(bytes) ? 'no news' : notCounted(bytes);
};

/** Facts after which less is quoted than before. */
const takesAway = (fact: EngineEvent): boolean =>
  fact.type === 'book-lost' ||
  fact.type === 'feed-down' ||
  fact.type === 'batch-end' ||
  (fact.type === 'market-changed' && fact.status === 'inactive');

/** Replies and lifecycle words that change nothing. */
const isSilent = (bytes: Buffer): boolean => {
  const { type } = JSON.parse(bytes.toString('utf8')) as { type: string };
  return ['subscribed', 'ok', 'unsubscribed', 'event_lifecycle', 'market_lifecycle_v2', 'event_fee_update'].includes(type);
};

const notCounted = (bytes: Buffer): never => {
  throw new Error(`a frame that nobody counted: ${bytes.toString('latin1').slice(0, 200)}`);
};

/**
 * The wire is clean again: every book comes back, and the bot trades or has halted by name. A change that was sound in itself and numbered rightly can be seen by
 * nobody, so fresh books are asked for first, as the engine does for markets that have gone quiet.
 */
const heal = async (world: BotWorld): Promise<void> => {
  let illness: string | null = 'it has not begun';
  for (let ticks = 0; ticks < HEAL_TICKS && illness !== null; ticks++) {
    world.tick();
    if (ticks % ASK_EVERY === 0) world.askForBooks();
    do {
      for (let frame = world.nextFrame(); frame !== null; frame = world.nextFrame()) world.deliver(frame);
      await world.rest();
    } while (world.peer.outbox.length > 0);
    illness = world.illness();
  }
  if (illness !== null) throw new Error(`four minutes after the last bad frame: ${illness}`);
};
