/** Carries approved commands to the exchange over REST. Every command gets exactly one answer, as a fact; nothing is sent twice. */
import type { GroupCall, RequestAccount } from '../domain/actions.js';
import type { ClientOrderId } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import type { Amend, Call, Cancel, Decrease, Place, VenueCommand } from '../domain/order.js';
import type { Clock, Offer, Venue } from '../domain/ports.js';
import { readAccount } from './account-reading.js';
import { GroupDesk } from './group-desk.js';
import type { LastGate } from './last-gate.js';
import type { MarketTable } from './market-table.js';
import type { WriteRoute } from './rate-budget.js';
import { refusalCode } from './refusal.js';
import type { RestApi } from './rest-api.js';
import { BASE_PATH, CALLS, pathOf, type CallName } from './rest-calls.js';
import type { HttpMethod } from './sign.js';
import type { Amended, Cancelled, Placed } from './rest-orders.js';
import { describe, notSent, RATE_LIMITED, type Refused, type Result, type Unknown } from './rest-result.js';
import type { Throttle } from './throttle.js';

export interface VenueParts {
  readonly api: RestApi;
  readonly throttle: Throttle;
  readonly table: MarketTable;
  readonly gate: LastGate;
  readonly offer: Offer;
  readonly clock: Pick<Clock, 'now'>;
  /** Most items of one batch. */
  readonly batchMax: number;
  /** Keeps a call signed for as long as the program runs. */
  readonly keepSigned?: (call: SignedCall) => void;
  /** Told of every order that begins or ceases to be callable, so that its calls can be signed in advance. */
  readonly orderPaths?: { prepare(orderId: string, calls: readonly SignedCall[]): void; forget(orderId: string): void };
}

/** A call as it is signed: with the base path, without query. */
export interface SignedCall {
  readonly method: HttpMethod;
  readonly path: string;
}

/** What may be urgent about a resting order. */
const URGENT: readonly CallName[] = ['cancel', 'amend'];

const BATCH: WriteRoute = { mode: 'batch' };

export class RestVenue implements Venue {
  readonly #parts: VenueParts;
  readonly #desk: GroupDesk;

  constructor(parts: VenueParts) {
    this.#parts = parts;
    this.#desk = new GroupDesk(parts);
  }

  groups(call: GroupCall): void {
    this.#desk.carryOut(call);
  }

  /**
   * Sends all commands of a call at once: cancels first, then what lowers risk, then the rest. In batch mode cancels and placements travel together;
   * amends and decreases have no batch. Placements without tokens are refused here, cancels wait for theirs.
   */
  send(call: Call): void {
    const cancels: Cancel[] = [];
    const decreases: Decrease[] = [];
    const amends: Amend[] = [];
    const places: Place[] = [];
    for (const command of call.commands) {
      switch (command.type) {
        case 'cancel':
          cancels.push(command);
          break;
        case 'decrease':
          decreases.push(command);
          break;
        case 'amend':
          if (this.#passes(command)) amends.push(command);
          break;
        case 'place':
          if (this.#passes(command)) places.push(command);
          break;
      }
    }
    if (call.mode === 'batch') this.#cancelTogether(cancels);
    else for (const cancel of cancels) this.#cancelAlone(cancel);
    for (const decrease of decreases) this.#decrease(decrease);
    for (const amend of amends) this.#amend(amend);
    if (call.mode === 'batch') this.#placeTogether(places);
    else for (const place of places) this.#placeAlone(place);
  }

  readAccount(request: RequestAccount): void {
    void readAccount(this.#parts.api.account, this.#parts.table, request, () => this.#parts.clock.now()).then(this.#parts.offer);
  }

  #passes(command: Place | Amend): boolean {
    const reason = this.#parts.gate.check(command, this.#marketOf(command), this.#parts.clock.now());
    if (reason !== null) this.#refuse(command, notSent(reason));
    return reason === null;
  }

  // Cancels.

  #cancelAlone(cancel: Cancel): void {
    const market = this.#marketOf(cancel);
    const route = single(market);
    this.#whenCancelPaid(route, 'cancel', [cancel], () => {
      void this.#await(this.#parts.api.trading.cancel(cancel, market), cancel, route, (done) => this.#cancelled(cancel, done));
    });
  }

  /** As many as can be paid travel at once; the others follow as tokens arrive, in batches that the bucket can hold. */
  #cancelTogether(cancels: readonly Cancel[]): void {
    const cost = this.#cost('batchCancel');
    const { throttle } = this.#parts;
    let rest = cancels;
    while (rest.length > 0) {
      const now = throttle.affordableCancels(BATCH, cost);
      const holds = Math.floor(throttle.budget.limits.write.capacity / Math.max(cost, 1));
      // With nothing at hand, small batches wait: they leave earlier than one that needs a full bucket.
      const size = Math.max(1, Math.min(rest.length, this.#parts.batchMax, holds, now > 0 ? now : Math.ceil(holds / 4)));
      this.#cancelBatch(rest.slice(0, size), cost * size);
      rest = rest.slice(size);
    }
  }

  #cancelBatch(cancels: readonly Cancel[], cost: number): void {
    this.#whenCancelPaid(
      BATCH,
      'batchCancel',
      cancels,
      () => {
        const answer = this.#parts.api.trading.cancelBatch(cancels, (cancel) => this.#marketOf(cancel));
        void this.#awaitBatch(answer, cancels, (cancel, done) => this.#cancelled(cancel, done));
      },
      cost,
    );
  }

  #whenCancelPaid(route: WriteRoute, call: CallName, cancels: readonly Cancel[], run: () => void, cost = this.#cost(call)): void {
    this.#parts.throttle.cancel(route, cost, run, () => {
      for (const cancel of cancels) this.#refuse(cancel, notSent('no tokens for the cancel came in time'));
    });
  }

  // Everything else.

  #decrease(decrease: Decrease): void {
    const market = this.#marketOf(decrease);
    const route = single(market);
    if (!this.#paid(decrease, route, 'decrease')) return;
    void this.#await(this.#parts.api.trading.decrease(decrease, market), decrease, route, (done) => this.#amended(decrease, done));
  }

  #amend(amend: Amend): void {
    const market = this.#marketOf(amend);
    const route = single(market);
    if (!this.#paid(amend, route, 'amend')) return;
    void this.#await(this.#parts.api.trading.amend(amend, market), amend, route, (done) => this.#amended(amend, done));
  }

  #placeAlone(place: Place): void {
    const market = this.#marketOf(place);
    const route = single(market);
    if (!this.#paid(place, route, 'create')) return;
    void this.#await(this.#parts.api.trading.place(place, market), place, route, (done) => this.#placed(place, done));
  }

  /** A batch is refused as a whole unless every item can be paid on arrival, so only those leave that can. */
  #placeTogether(places: readonly Place[]): void {
    const cost = this.#cost('batchCreate');
    let rest = places;
    while (rest.length > 0) {
      const size = Math.min(rest.length, this.#parts.batchMax, this.#parts.throttle.affordable(BATCH, cost));
      if (size < 1 || !this.#parts.throttle.tryWrite(BATCH, cost * size)) break;
      const batch = rest.slice(0, size);
      const answer = this.#parts.api.trading.placeBatch(batch, (place) => this.#marketOf(place));
      void this.#awaitBatch(answer, batch, (place, done) => this.#placed(place, done));
      rest = rest.slice(size);
    }
    for (const place of rest) this.#refuse(place, OUT_OF_TOKENS);
  }

  #paid(command: VenueCommand, route: WriteRoute, call: CallName): boolean {
    const paid = this.#parts.throttle.tryWrite(route, this.#cost(call));
    if (!paid) this.#refuse(command, OUT_OF_TOKENS);
    return paid;
  }

  #cost(call: CallName): number {
    const [method, path] = CALLS[call];
    return this.#parts.throttle.budget.costs.of(method, path);
  }

  #marketOf(command: VenueCommand): Market {
    return this.#parts.table.market(command.market);
  }

  // Answers.

  async #await<T>(answer: Promise<Result<T>>, command: VenueCommand, route: WriteRoute, done: (value: T) => void): Promise<void> {
    const result = await settled(answer);
    if (result.kind === 'ok') return done(result.value);
    this.#failed(command, result);
    this.#rateLimited(result, route);
  }

  async #awaitBatch<C extends VenueCommand, T>(
    answer: Promise<Result<Result<T>[]>>,
    commands: readonly C[],
    done: (command: C, value: T) => void,
  ): Promise<void> {
    const whole = await settled(answer);
    commands.forEach((command, i) => {
      const item: Result<T> = whole.kind === 'ok' ? (whole.value[i] as Result<T>) : whole;
      if (item.kind === 'ok') done(command, item.value);
      else this.#failed(command, item);
    });
    if (whole.kind !== 'ok') this.#rateLimited(whole, BATCH);
  }

  #failed(command: VenueCommand, result: Refused | Unknown): void {
    if (result.kind === 'refused') this.#refuse(command, result);
    else this.#parts.offer({ type: 'command-unknown', at: this.#parts.clock.now(), ...nameOf(command), reason: describe(result) });
  }

  #refuse(command: VenueCommand, refusal: Refused): void {
    if (refusal.status === 404 && command.type !== 'place') this.#parts.orderPaths?.forget(command.orderId);
    this.#parts.offer({
      type: 'command-refused',
      at: this.#parts.clock.now(),
      ...nameOf(command),
      code: refusalCode(refusal),
      detail: describe(refusal),
    });
  }

  #rateLimited(result: Refused | Unknown, route: WriteRoute): void {
    if (result.kind !== 'refused' || result.code !== RATE_LIMITED) return;
    this.#parts.throttle.writeRefused(route);
    this.#parts.offer({ type: 'rate-limited', at: this.#parts.clock.now() });
  }

  #placed(place: Place, placed: Placed): void {
    const { orderId, filled, remaining, exchangeAt } = placed;
    if (remaining > 0)
      this.#parts.orderPaths?.prepare(
        orderId,
        URGENT.map((call) => signedCall(call, orderId)),
      );
    this.#parts.offer({
      type: 'order-accepted',
      at: this.#parts.clock.now(),
      clientId: place.clientId,
      orderId,
      filled,
      remaining,
      exchangeAt,
    });
  }

  #amended(command: Amend | Decrease, amended: Amended): void {
    const { orderId, remaining } = amended;
    this.#parts.offer({ type: 'order-amended', at: this.#parts.clock.now(), clientId: command.clientId, orderId, remaining });
  }

  #cancelled(cancel: Cancel, cancelled: Cancelled): void {
    const { orderId, reducedBy } = cancelled;
    this.#parts.orderPaths?.forget(orderId);
    this.#parts.offer({ type: 'order-cancelled', at: this.#parts.clock.now(), clientId: cancel.clientId, orderId, reducedBy });
  }
}

/** Calls do not reject; if one did, what it had done by then would be unknown. */
const settled = async <T>(answer: Promise<Result<T>>): Promise<Result<T>> => {
  try {
    return await answer;
  } catch (error) {
    return { kind: 'unknown', status: 0, reason: error instanceof Error ? error.message : String(error) };
  }
};

const OUT_OF_TOKENS = notSent('the rate budget is spent, or held back for cancels');

/** An explicit shard is charged to that shard alone; a route left to the exchange would be charged to all of them. */
const single = (market: Market): WriteRoute => ({ mode: 'single', shard: market.shard });

const signedCall = (call: CallName, orderId: string): SignedCall => ({
  method: CALLS[call][0],
  path: `${BASE_PATH}${pathOf(call, orderId)}`,
});

const nameOf = (command: VenueCommand): { readonly command: VenueCommand['type']; readonly clientId: ClientOrderId } => ({
  command: command.type,
  clientId: command.clientId,
});
