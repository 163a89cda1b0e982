/** The production pipeline in memory: session, loop and engine as the program joins them, on a venue that answers at once. */
import { makeEngine } from '../src/app/engine-recipe.js';
import { MarketRegister } from '../src/connector/market-table.js';
import { playbackSettings } from '../src/connector/session-types.js';
import { Session } from '../src/connector/session.js';
import type { RequestAccount } from '../src/domain/actions.js';
import { SeededChance } from '../src/domain/chance.js';
import type { EngineEvent } from '../src/domain/events.js';
import { marketIndex, venueOrderId, type ClientOrderId } from '../src/domain/ids.js';
import type { Market } from '../src/domain/market.js';
import type { Call, VenueCommand, VenueOrder } from '../src/domain/order.js';
import type { Clock, Offer, Venue } from '../src/domain/ports.js';
import { cash, durationUs, later, millis, monoNs, seconds, ZERO_QUANTITY, type EpochUs } from '../src/domain/units.js';
import type { Engine } from '../src/engine/engine.js';
import { Loop, type Observer, type Recorder } from '../src/engine/loop.js';
import type { Flow } from './flow.js';
import { benchRecipe } from './recipe.js';

const nothing = (): void => {};
export const NO_RECORDER: Recorder = { event: nothing, actions: nothing, flush: nothing };
export const NO_OBSERVER: Observer = {
  event: nothing,
  decision: nothing,
  booked: nothing,
  sent: nothing,
  say: nothing,
  halt: nothing,
  stopped: nothing,
  stepped: nothing,
};

export const TICK = millis(100);
/** Time before the first frame in which the account is read and the first quotes are placed. */
const WARM_UP = seconds(5);

export interface PipelineOptions {
  readonly flow: Flow;
  readonly recorder?: Recorder;
  readonly observer?: Partial<Observer>;
  /** `never` turns the rows off that are told although nothing happened. */
  readonly reports?: 'never';
  /** Told every fact of the feed after the loop has acted on it. */
  readonly after?: (event: EngineEvent) => void;
}

/** Ready to quote: the books are there and the account is read. */
export class Pipeline {
  readonly engine: Engine;
  readonly session: Session;
  readonly loop: Loop;
  readonly venue: InstantVenue;
  /** Steps that sent something. */
  sends = 0;
  decisions = 0;
  readonly #offer: Offer;
  #now: EpochUs;
  readonly #flow: Flow;
  readonly #frame: { type: 'frame'; at: EpochUs; bytes: Uint8Array };
  readonly #end: { type: 'read-end'; at: EpochUs };

  constructor(options: PipelineOptions) {
    const { flow } = options;
    const { markets } = flow.options;
    this.#flow = flow;
    this.#now = later(flow.at(0), durationUs(-WARM_UP));
    this.#frame = { type: 'frame', at: this.#now, bytes: new Uint8Array(0) };
    this.#end = { type: 'read-end', at: this.#now };
    const clock: Clock = { now: () => this.#now, monoNs: () => monoNs(0), wall: () => this.#now };
    const recipe = benchRecipe();
    const engine =
      options.reports === 'never' ? { ...recipe.engine, decisionInterval: seconds(1e9), reconcileEvery: seconds(1e9) } : recipe.engine;
    this.engine = makeEngine({ ...recipe, engine });
    this.venue = new InstantVenue(clock, (event) => this.loop.offer(event));
    this.loop = new Loop({
      engine: this.engine,
      clock,
      recorder: options.recorder ?? NO_RECORDER,
      venue: this.venue,
      feed: { requestSnapshot: nothing },
      observer: { ...NO_OBSERVER, decision: () => void this.decisions++, sent: () => void this.sends++, ...options.observer },
      receivedNs: () => monoNs(0),
    });
    const { after } = options;
    this.#offer =
      after === undefined
        ? (event) => this.loop.offer(event)
        : (event) => {
            this.loop.offer(event);
            after(event);
          };
    this.session = new Session({
      settings: playbackSettings('yes-price'),
      markets: new MarketRegister(markets),
      chance: new SeededChance(1),
      offer: this.#offer,
    });
    this.#begin(markets);
  }

  get now(): EpochUs {
    return this.#now;
  }

  /** One frame received alone, with everything it leads to: bytes in, decision out. */
  readonly frame = (i: number): void => {
    const at = this.#flow.at(i);
    this.#now = at;
    const frame = this.#frame;
    frame.at = at;
    frame.bytes = this.#flow.frames[i] as Buffer;
    this.session.step(frame);
    this.#end.at = at;
    this.session.step(this.#end);
    if (this.venue.owes) this.venue.answer();
  };

  /** Lets time pass, as the program does ten times a second. */
  tick(at: EpochUs): void {
    this.#now = at;
    this.#offer({ type: 'tick', at });
    this.#settle();
  }

  #begin(markets: readonly Market[]): void {
    const at = this.#now;
    for (const [i, market] of markets.entries()) this.#offer({ type: 'market-listed', at, index: marketIndex(i), market });
    this.loop.offer({ type: 'write-budget', at, refillPerSecond: 1e9, capacity: 1e9, createCost: 10, amendCost: 10, cancelCost: 2 });
    this.session.step({ type: 'add-markets', at, markets: markets.map((_, i) => marketIndex(i)) });
    this.session.step({ type: 'start', at });
    this.session.step({ type: 'opened', at });
    for (const bytes of this.#flow.snapshots) this.session.step({ type: 'frame', at, bytes });
    this.session.step({ type: 'read-end', at });
    const start = this.#flow.at(0);
    for (let t = later(at, TICK); t < start; t = later(t, TICK)) this.tick(t);
    this.decisions = 0;
    this.sends = 0;
  }

  #settle(): void {
    while (this.venue.owes) this.venue.answer();
  }
}

/** Accepts everything; answers are told by `answer`, after the step that sent the command, and lead to a decision of their own. Nothing ever fills. */
export class InstantVenue implements Venue {
  readonly #owed: EngineEvent[] = [];
  readonly #resting = new Map<ClientOrderId, VenueOrder>();
  #orders = 0;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly offer: Offer,
  ) {}

  get owes(): boolean {
    return this.#owed.length > 0;
  }

  answer(): void {
    for (const fact of this.#owed.splice(0)) this.offer(fact);
    this.offer({ type: 'batch-end', at: this.clock.now() });
  }

  send(call: Call): void {
    for (const command of call.commands) this.#owed.push(this.#answerTo(command));
  }

  readAccount(request: RequestAccount): void {
    this.#owed.push(readingOf(request.request, this.clock.now(), [...this.#resting.values()]));
  }

  #answerTo(command: VenueCommand): EngineEvent {
    const at = this.clock.now();
    const { clientId } = command;
    if (command.type === 'place') {
      const { market, side, quantity: remaining, price, expiresAt } = command;
      const orderId = venueOrderId(`00000000-0000-4000-8000-${String(++this.#orders).padStart(12, '0')}`);
      const initial = remaining;
      this.#resting.set(clientId, {
        orderId,
        clientId,
        market,
        side,
        price,
        initial,
        filled: ZERO_QUANTITY,
        remaining,
        status: 'resting',
        expiresAt,
        group: null,
      });
      return { type: 'order-accepted', at, clientId, orderId, filled: ZERO_QUANTITY, remaining, exchangeAt: at };
    }
    const before = this.#resting.get(clientId);
    const { orderId } = command;
    if (command.type === 'cancel') {
      this.#resting.delete(clientId);
      return { type: 'order-cancelled', at, clientId, orderId, reducedBy: before?.remaining ?? ZERO_QUANTITY };
    }
    const remaining = command.type === 'amend' ? command.total : command.remaining;
    const price = command.type === 'amend' ? command.price : before?.price;
    if (before !== undefined && price !== undefined) this.#resting.set(clientId, { ...before, price, remaining });
    return { type: 'order-amended', at, clientId, orderId, remaining };
  }
}

/** A complete reading that the exchange vouches for. */
export const readingOf = (request: number, at: EpochUs, resting: readonly VenueOrder[] = []): EngineEvent => ({
  type: 'account-reading',
  at,
  request,
  complete: true,
  validUntil: at,
  resting,
  positions: [],
  fills: [],
  balance: cash(1e12),
  foreign: 0,
});
