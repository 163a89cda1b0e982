/** Our orders held against one reading of the account: what it proves, and what it does not. */
import type { AccountReading } from '../domain/events.js';
import type { VenueOrderId } from '../domain/ids.js';
import type { VenueOrder } from '../domain/order.js';
import {
  UNKNOWN_TIME,
  addQuantity,
  formatPrice,
  formatQuantity,
  later,
  quantity,
  type DurationUs,
  type EpochUs,
  type Quantity,
} from '../domain/units.js';
import type { DoneReason, OrderRecord, WorkingOrder } from './working-order.js';

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
  /** For people. */
  readonly surprises: readonly string[];
}

/** The span over which every fill is known to have been counted. */
export interface FillCoverage {
  readonly from: EpochUs;
  readonly until: EpochUs;
}

/** What a reconciliation may do to the orders. */
export interface OrderBooks {
  readonly live: readonly OrderRecord[];
  readonly owing: readonly OrderRecord[];
  recognise(told: VenueOrder): OrderRecord | null;
  link(order: OrderRecord, orderId: VenueOrderId): string | null;
  adopt(told: VenueOrder): OrderRecord;
  finish(order: OrderRecord, reason: DoneReason, most: Quantity): void;
  revive(order: OrderRecord, total: Quantity): void;
  settle(order: OrderRecord): void;
}

interface Findings {
  readonly adopted: WorkingOrder[];
  readonly absent: WorkingOrder[];
  readonly vanished: WorkingOrder[];
  readonly revived: WorkingOrder[];
  readonly external: WorkingOrder[];
  readonly undecided: WorkingOrder[];
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
  reading: AccountReading,
  settings: ReconcileSettings,
  known: FillCoverage | null,
  books: OrderBooks,
): { readonly outcome: ReconcileOutcome; readonly coverage: FillCoverage | null } => {
  const coverage = extendCoverage(known, reading, settings.fillsSince);
  const proof = new Proof(reading, settings.margin, coverage);
  const findings: Findings = { adopted: [], absent: [], vanished: [], revived: [], external: [], undecided: [], surprises: [] };
  const found = new Set<OrderRecord>();
  for (const told of reading.resting) {
    const order = books.recognise(told);
    if (order === null) takeUp(told, books, findings, found);
    else {
      found.add(order);
      judgeFound(order, told, proof, books, findings);
    }
  }
  for (const order of books.live) if (!found.has(order)) judgeMissing(order, proof, books, findings);
  for (const order of books.owing)
    if (order.doneReason !== null && order.exposure > 0 && proof.knowsFillsOf(order)) {
      findings.surprises.push(
        `order ${order.clientId}: ${formatQuantity(order.exposure)} reported as filled never came and are in no list of fills: no longer counted`,
      );
      order.total = order.booked;
      books.settle(order);
    }
  for (const order of books.live)
    if (order.doneReason === null && order.phase === 'unknown' && !order.external) findings.undecided.push(order);
  return { outcome: { proves: proof.proves, ...findings }, coverage };
};

/** An order in the list that we do not track rests, or rested a moment ago: it counts until proven gone. */
const takeUp = (told: VenueOrder, books: OrderBooks, findings: Findings, found: Set<OrderRecord>): void => {
  const order = books.adopt(told);
  found.add(order);
  (order.external ? findings.external : findings.adopted).push(order);
};

const judgeFound = (order: OrderRecord, told: VenueOrder, proof: Proof, books: OrderBooks, findings: Findings): void => {
  const wasNameless = order.orderId === null;
  const surprise = books.link(order, told.orderId);
  if (surprise !== null) findings.surprises.push(surprise);
  if (order.doneReason !== null) {
    // A list may lag behind a cancel that we know of; only a newer one can raise the dead.
    if (!proof.covers(order.touchedAt) || told.remaining <= 0) return;
    order.report(told.filled);
    books.revive(order, addQuantity(told.filled, told.remaining));
    order.price = told.price;
    findings.revived.push(order);
    findings.surprises.push(`order ${order.clientId} was taken to have ended, yet it rests`);
    return;
  }
  if (wasNameless) {
    order.place = 'idle';
    findings.adopted.push(order);
  }
  if (order.awaiting || !proof.covers(order.touchedAt)) return;
  takeOver(order, told, findings);
  books.settle(order);
};

/** The list is newer than all we did to this order: its terms are the terms, and whatever was unanswered either shows in them or did not happen. */
const takeOver = (order: OrderRecord, told: VenueOrder, findings: Findings): void => {
  const total = addQuantity(told.filled, told.remaining);
  const wanted = order.wanted;
  const expected =
    (told.price === order.price && (total === order.total || order.loose)) || (wanted !== null && told.price === wanted.price);
  if (!expected)
    findings.surprises.push(
      `order ${order.clientId} rests at ${formatQuantity(told.remaining)} @ ${formatPrice(told.price)}, not at ${formatQuantity(order.remaining)} @ ${formatPrice(order.price)}`,
    );
  order.reported = told.filled;
  order.dropChange();
  order.place = 'idle';
  order.cancel = 'idle';
  order.gone = false;
  order.expiresAt = told.expiresAt;
  order.setTerms({ price: told.price, total });
  order.confirmTerms();
};

const judgeMissing = (order: OrderRecord, proof: Proof, books: OrderBooks, findings: Findings): void => {
  if (order.awaiting || !proof.covers(order.touchedAt)) return;
  const neverSeen = order.orderId === null;
  // Where not every fill can have been counted yet, what may have filled keeps counting until a later reading covers it.
  const most = proof.knowsFillsOf(order) ? order.booked : quantity(order.booked + order.exposure);
  if (proof.knowsFillsOf(order)) order.reported = order.booked;
  books.finish(order, neverSeen ? 'absent' : 'vanished', most);
  (neverSeen ? findings.absent : findings.vanished).push(order);
};
