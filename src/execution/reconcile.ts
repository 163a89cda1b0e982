/** Our orders held against one reading of the account: what it proves, and what it does not. */
import type { AccountReading } from '../domain/events.js';
import type { VenueOrder } from '../domain/order.js';
import {
  UNKNOWN_TIME,
  addQuantity,
  formatPrice,
  formatQuantity,
  later,
  maxQuantity,
  quantity,
  type DurationUs,
  type EpochUs,
} from '../domain/units.js';
import { learnId } from './order-fills.js';
import type { OrderRegister } from './order-register.js';
import type { OrderRecord, WorkingOrder } from './working-order.js';

export interface ReconcileSettings {
  /** How much newer than our last dealing with an order a reading must be: clock error plus the longest time a request may be on its way. */
  readonly margin: DurationUs;
  /** The moment since which fills were asked for in this reading; UNKNOWN_TIME where none were. */
  readonly fillsSince: EpochUs;
}

export interface ReconcileOutcome {
  /** False where the reading proves nothing: it is incomplete, or the exchange does not vouch for any moment. */
  readonly proves: boolean;
  /** Own orders found resting: untracked ones taken up, and unknown placements whose exchange id is known now. */
  readonly adopted: readonly WorkingOrder[];
  /** Unknown placements proven not to rest. */
  readonly absent: readonly WorkingOrder[];
  /** Orders believed to rest and proven gone. */
  readonly vanished: readonly WorkingOrder[];
  /** Orders believed ended and proven to rest. */
  readonly revived: readonly WorkingOrder[];
  /** Orders of others on this account that were not known before. */
  readonly external: readonly WorkingOrder[];
  /** Own orders that are still unknown after this reading: read again. */
  readonly undecided: readonly WorkingOrder[];
  /** Orders that have ended and whose last fills may not have been listed yet: read again. */
  readonly owing: readonly WorkingOrder[];
  /** For people. */
  readonly surprises: readonly string[];
}

/** The span over which every fill is known to have been counted. */
export interface FillCoverage {
  readonly from: EpochUs;
  readonly until: EpochUs;
}

interface Findings {
  readonly adopted: WorkingOrder[];
  readonly absent: WorkingOrder[];
  readonly vanished: WorkingOrder[];
  readonly revived: WorkingOrder[];
  readonly external: WorkingOrder[];
  readonly undecided: WorkingOrder[];
  readonly owing: WorkingOrder[];
  readonly surprises: string[];
}

/** Judges one order at a time by the reading's own moment. */
class Proof {
  readonly #vouched: EpochUs | null;
  constructor(
    reading: AccountReading,
    private readonly margin: DurationUs,
    private readonly coverage: FillCoverage | null,
  ) {
    this.#vouched = reading.complete && reading.validUntil !== UNKNOWN_TIME ? reading.validUntil : null;
  }

  get proves(): boolean {
    return this.#vouched !== null;
  }

  covers(moment: EpochUs): boolean {
    return this.#vouched !== null && this.#vouched > later(moment, this.margin);
  }

  /** Every fill that the order can have had is counted. */
  knowsFillsOf(order: OrderRecord): boolean {
    if (this.coverage === null || !this.covers(order.touchedAt)) return false;
    return later(this.coverage.from, this.margin) <= order.bornAt && this.coverage.until > later(order.touchedAt, this.margin);
  }
}

/** Where the new reading's fills join the span already covered, the span grows; otherwise a new one begins. */
const extendCoverage = (known: FillCoverage | null, reading: AccountReading, fillsSince: EpochUs): FillCoverage | null => {
  if (!reading.complete || reading.validUntil === UNKNOWN_TIME || fillsSince === UNKNOWN_TIME) return known;
  if (known === null || fillsSince > known.until) return { from: fillsSince, until: reading.validUntil };
  const from = fillsSince < known.from ? fillsSince : known.from;
  return { from, until: reading.validUntil > known.until ? reading.validUntil : known.until };
};

export const reconcileOrders = (
  register: OrderRegister,
  reading: AccountReading,
  now: EpochUs,
  settings: ReconcileSettings,
  known: FillCoverage | null,
): { readonly outcome: ReconcileOutcome; readonly coverage: FillCoverage | null } => {
  const coverage = extendCoverage(known, reading, settings.fillsSince);
  const proof = new Proof(reading, settings.margin, coverage);
  const findings: Findings = { adopted: [], absent: [], vanished: [], revived: [], external: [], undecided: [], owing: [], surprises: [] };
  const found = new Set<OrderRecord>();
  for (const told of reading.resting) found.add(judgeListed(register, told, now, proof, findings));
  for (const order of register.live) if (!found.has(order)) judgeMissing(register, order, now, proof, findings);
  for (const order of register.ended) if (order.exposure > 0) judgeOwing(register, order, now, proof, findings);
  for (const order of register.live) if (order.phase === 'unknown' && !order.external) findings.undecided.push(order);
  return { outcome: { proves: proof.proves, ...findings }, coverage };
};

/** An order in the reading's list. One that we do not track rests, or rested a moment ago: it counts until proven gone. */
const judgeListed = (register: OrderRegister, told: VenueOrder, now: EpochUs, proof: Proof, findings: Findings): OrderRecord => {
  const order = register.recognise(told.orderId, told.clientId);
  if (order !== undefined) {
    judgeFound(register, order, told, now, proof, findings);
    return order;
  }
  // Its fills so far are in the position read with it, or were told on their own.
  const adopted = register.adopt(told, maxQuantity(told.filled, register.unclaimed(told.orderId)), now);
  (adopted.external ? findings.external : findings.adopted).push(adopted);
  return adopted;
};

const judgeFound = (
  register: OrderRegister,
  order: OrderRecord,
  told: VenueOrder,
  now: EpochUs,
  proof: Proof,
  findings: Findings,
): void => {
  const wasNameless = order.orderId === null;
  // Learning the id may book fills that came before it, so what the reading must be newer than is taken first.
  const proven = proof.covers(order.touchedAt) && proof.covers(order.cancelTouchedAt);
  const surprise = learnId(register, order, told.orderId, now);
  if (surprise !== null) findings.surprises.push(surprise);
  if (order.doneReason !== null) {
    // A list may lag behind an end that we know of; only a newer one can raise the dead.
    if (proven && told.remaining > 0) raise(register, order, told, findings);
    return;
  }
  if (wasNameless) {
    order.confirmPlaced();
    findings.adopted.push(order);
  }
  if (order.awaiting || !proven) return;
  takeOver(order, told, findings);
  register.settle(order, now);
};

const raise = (register: OrderRegister, order: OrderRecord, told: VenueOrder, findings: Findings): void => {
  order.report(told.filled);
  register.revive(order, { price: told.price, total: addQuantity(told.filled, told.remaining) });
  findings.revived.push(order);
  findings.surprises.push(`order ${order.clientId} was taken to have ended, yet it rests`);
};

/** The list is newer than all we did to this order: its terms are the terms, and whatever was unanswered either shows in them or did not happen. */
const takeOver = (order: OrderRecord, told: VenueOrder, findings: Findings): void => {
  const total = addQuantity(told.filled, told.remaining);
  const { wanted } = order;
  const asPresent = told.price === order.price && (total === order.total || order.loose);
  const asWanted = wanted !== null && told.price === wanted.price && (total === wanted.total || wanted.kind === 'decrease');
  if (!asPresent && !asWanted)
    findings.surprises.push(
      `order ${order.clientId} rests at ${formatQuantity(told.remaining)} @ ${formatPrice(told.price)}, not at ${formatQuantity(order.remaining)} @ ${formatPrice(order.price)}`,
    );
  order.dropChange();
  order.place = 'idle';
  order.cancel = 'idle';
  order.gone = false;
  order.reported = told.filled;
  order.expiresAt = told.expiresAt;
  if (order.price === told.price && order.total === total && !order.loose) order.refreshRemaining();
  else order.moveTerms({ price: told.price, total });
  order.doubtful = false;
};

const judgeMissing = (register: OrderRegister, order: OrderRecord, now: EpochUs, proof: Proof, findings: Findings): void => {
  if (order.place === 'in-flight' || order.change === 'in-flight' || !proof.covers(order.touchedAt)) return;
  const neverSeen = order.orderId === null;
  const most = quantity(order.booked + order.exposure);
  // The lists of one reading are not of one moment: it may have filled after its fills were listed and before it was missing. So what may have filled keeps counting
  // until a reading that is newer than this one.
  order.touchedAt = now;
  register.finish(order, neverSeen ? 'absent' : 'vanished', most, now);
  (neverSeen ? findings.absent : findings.vanished).push(order);
};

/** Fills that may have been, or were reported in sum and never came one by one, are not waited for once a list of fills that must contain them does not. */
const judgeOwing = (register: OrderRegister, order: OrderRecord, now: EpochUs, proof: Proof, findings: Findings): void => {
  if (!proof.knowsFillsOf(order)) {
    findings.owing.push(order);
    return;
  }
  if (order.reported > order.booked)
    findings.surprises.push(
      `order ${order.clientId}: ${formatQuantity(quantity(order.reported - order.booked))} are said to have filled, yet no list of fills has it: no longer counted`,
    );
  order.reported = order.booked;
  order.total = order.booked;
  register.settle(order, now);
};
