/** One order as we know it: what we asked for, what the exchange has said, what is still unanswered. `Orders` keeps these; everybody else reads them. */
import type { ClientOrderId, MarketIndex, OrderGroupId, VenueOrderId } from '../domain/ids.js';
import type { BookSide } from '../domain/market.js';
import {
  UNKNOWN_TIME,
  ZERO_QUANTITY,
  maxQuantity,
  minQuantity,
  quantity,
  type EpochUs,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { TermsTrail, type Terms } from './terms-trail.js';

/**
 * `unknown`: a command's outcome is not known, or what we heard contradicts itself; only a fact or a proven reading of the account ends it.
 * An order in that phase counts in full and is not touched, except that it may be cancelled where `cancellable` says so.
 */
export type OrderPhase = 'pending-new' | 'resting' | 'pending-amend' | 'pending-cancel' | 'unknown' | 'done';

/** `absent`: proven never to have rested. `vanished`: rested, and proven gone without word of how. */
export type DoneReason = 'filled' | 'cancelled' | 'rejected' | 'absent' | 'vanished';

export interface WorkingOrder {
  /** Of an external order that has none: the exchange's id in its place. */
  readonly clientId: ClientOrderId;
  readonly orderId: VenueOrderId | null;
  readonly market: MarketIndex;
  readonly side: BookSide;
  readonly price: Price;
  /** The most that this order can ever have filled on its present terms. */
  readonly total: Quantity;
  /** Most that anybody has told us: our own count of fills, or the exchange's. */
  readonly filled: Quantity;
  /** What rests now, to the best of our knowledge. */
  readonly remaining: Quantity;
  /** Contracts of this order that are in the inventory: the sum over fill ids. */
  readonly booked: Quantity;
  /** Worst case still to arrive in the inventory: the larger of old and new terms, less what is booked. Includes fills reported but not yet seen. */
  readonly exposure: Quantity;
  /** The price at which that would hurt most: of old and new terms the higher bid or lower ask. */
  readonly worstPrice: Price;
  readonly phase: OrderPhase;
  /** Terms that an unanswered amend or decrease will bring. */
  readonly pending: Terms | null;
  /** When its latest command left. */
  readonly sentAt: EpochUs;
  readonly expiresAt: EpochUs | null;
  /** The order group that it belongs to. */
  readonly group: OrderGroupId | null;
  /** Placed on this account by somebody else: counted, never amended. */
  readonly external: boolean;
  /** A cancel may be sent now: the exchange's id is known, none is on its way, and the exchange has not said that the order is gone. */
  readonly cancellable: boolean;
  /** When a cancel last left; UNKNOWN_TIME if never. */
  readonly cancelSentAt: EpochUs;
  /** When a cancel was last refused; UNKNOWN_TIME if never. */
  readonly cancelRefusedAt: EpochUs;
  /** How many cancels of it were refused. */
  readonly cancelRefusals: number;
  readonly doneReason: DoneReason | null;
}

type Slot = 'idle' | 'in-flight' | 'unknown';

export type Change = Terms & { readonly kind: 'amend' | 'decrease'; readonly remaining: Quantity; readonly expiresAt: EpochUs | null };

/** The mutable side of `WorkingOrder`: changed by this room only. */
export class OrderRecord implements WorkingOrder {
  orderId: VenueOrderId | null = null;
  remaining: Quantity;
  booked: Quantity = ZERO_QUANTITY;
  reported: Quantity = ZERO_QUANTITY;
  /** The largest total ever asked for: what an order raised from the dead counts with. */
  asked: Quantity;
  /** `total` is an upper bound only: a decrease tells what rests, not how much had been filled before it. */
  loose = false;
  expiresAt: EpochUs | null = null;
  group: OrderGroupId | null = null;

  place: Slot = 'idle';
  change: Slot = 'idle';
  cancel: Slot = 'idle';
  placeSentAt: EpochUs = UNKNOWN_TIME;
  changeSentAt: EpochUs = UNKNOWN_TIME;
  cancelSentAt: EpochUs = UNKNOWN_TIME;
  cancelRefusedAt: EpochUs = UNKNOWN_TIME;
  cancelRefusals = 0;
  /** The answer to the placement has been heard. */
  answered = false;
  /** The stream has shown the order resting: the answer to the placement says nothing newer about its terms. */
  shown = false;
  /** An amend or decrease has been sent at some time: the answer to the placement says nothing about the terms any more. */
  changed = false;
  /** The exchange answered 404: nothing left to cancel, yet not said how it ended. */
  gone = false;
  /** What we heard contradicts itself: a reading must settle it. */
  doubtful = false;
  wanted: Change | null = null;
  readonly trail: TermsTrail;
  doneReason: DoneReason | null = null;
  doneAt: EpochUs = UNKNOWN_TIME;
  /** Latest moment at which we did or heard anything that a reading must be newer than to prove that the order is gone. A cancel brings no order back. */
  touchedAt: EpochUs;
  /** When the exchange had last changed it, as the newest word on its terms says. */
  toldAt: EpochUs = UNKNOWN_TIME;
  /** The same for cancels: a reading that shows the order resting must be newer than these too. */
  cancelTouchedAt: EpochUs = UNKNOWN_TIME;

  constructor(
    readonly clientId: ClientOrderId,
    readonly market: MarketIndex,
    readonly side: BookSide,
    public price: Price,
    public total: Quantity,
    readonly external: boolean,
    readonly bornAt: EpochUs,
  ) {
    this.remaining = total;
    this.asked = total;
    this.touchedAt = bornAt;
    this.trail = new TermsTrail({ price, total });
  }

  get filled(): Quantity {
    return maxQuantity(this.booked, this.reported);
  }

  get pending(): Terms | null {
    return this.wanted;
  }

  get exposure(): Quantity {
    const most = this.wanted === null ? this.total : maxQuantity(this.total, this.wanted.total);
    return maxQuantity(quantity(most - this.booked), ZERO_QUANTITY);
  }

  get worstPrice(): Price {
    const other = this.wanted?.price;
    if (other === undefined) return this.price;
    const otherIsWorse = this.side === 'bid' ? other > this.price : other < this.price;
    return otherIsWorse ? other : this.price;
  }

  get phase(): OrderPhase {
    if (this.doneReason !== null) return 'done';
    if (this.cancel === 'in-flight') return 'pending-cancel';
    if (this.gone || this.doubtful || this.place === 'unknown' || this.change === 'unknown' || this.cancel === 'unknown') return 'unknown';
    if (this.place === 'in-flight') return 'pending-new';
    return this.change === 'in-flight' ? 'pending-amend' : 'resting';
  }

  get sentAt(): EpochUs {
    return Math.max(this.placeSentAt, this.changeSentAt, this.cancelSentAt) as EpochUs;
  }

  get cancellable(): boolean {
    return this.doneReason === null && this.orderId !== null && this.cancel !== 'in-flight' && !this.gone;
  }

  /** True while an answer may still come by itself. */
  get awaiting(): boolean {
    return this.place === 'in-flight' || this.change === 'in-flight' || this.cancel === 'in-flight';
  }

  /** The exchange has shown that the order exists. */
  confirmPlaced(): void {
    this.place = 'idle';
  }

  /** The stream, or the answer to the placement, has shown these terms: nothing older can come any more. */
  showTerms(terms: Terms): void {
    this.#take(terms);
    this.trail.restart(terms);
    this.refreshRemaining();
  }

  /** An answer or a reading has brought these terms: the stream may still tell of older ones. */
  moveTerms(terms: Terms): void {
    this.#take(terms);
    this.trail.push(terms, null);
    this.refreshRemaining();
  }

  #take(terms: Terms): void {
    this.price = terms.price;
    this.total = maxQuantity(terms.total, this.booked);
    this.asked = maxQuantity(this.asked, this.total);
    this.loose = false;
  }

  beginChange(change: Change, now: EpochUs): void {
    this.wanted = change;
    this.asked = maxQuantity(this.asked, change.total);
    this.change = 'in-flight';
    this.changed = true;
    this.changeSentAt = now;
  }

  dropChange(): void {
    this.change = 'idle';
    this.wanted = null;
  }

  /** The answer to a command under way will not come, or not in time. */
  loseAnswer(command: 'place' | 'amend' | 'cancel'): void {
    if (command === 'place' && this.place === 'in-flight') this.place = 'unknown';
    if (command === 'cancel' && this.cancel === 'in-flight') this.cancel = 'unknown';
    // A change that the stream has shown in force needs no answer.
    if (command === 'amend' && this.change === 'in-flight') this.change = this.wanted === null ? 'idle' : 'unknown';
  }

  /** Takes over the terms of the change under way. `resting` is what the answer said rests now, where it said so. */
  applyChange(resting: Quantity | null): void {
    const wanted = this.wanted;
    this.dropChange();
    if (wanted === null) return;
    this.expiresAt = wanted.expiresAt;
    if (wanted.kind === 'amend') {
      this.moveTerms(wanted);
      if (resting !== null) this.report(quantity(this.total - resting));
      this.refreshRemaining();
      return;
    }
    // A decrease names what shall rest. Fills that happened before it and have not reached us would be lost from a new total, so the old one
    // stays as the upper bound until the exchange states filled and remaining together.
    const most = resting ?? wanted.remaining;
    this.loose = true;
    this.trail.push(this, most);
    this.remaining = minQuantity(most, quantity(this.total - this.filled));
  }

  report(filled: Quantity): void {
    this.reported = maxQuantity(this.reported, filled);
  }

  refreshRemaining(): void {
    const left = maxQuantity(quantity(this.total - this.filled), ZERO_QUANTITY);
    this.remaining = this.loose ? minQuantity(this.remaining, left) : left;
  }

  /** Ends the order. `most` bounds what it can have filled; what of it is not yet booked keeps counting. */
  finish(reason: DoneReason, most: Quantity, now: EpochUs): void {
    this.total = maxQuantity(most, this.filled);
    this.remaining = ZERO_QUANTITY;
    this.place = 'idle';
    this.cancel = 'idle';
    this.dropChange();
    this.gone = false;
    this.doubtful = false;
    this.doneReason = reason;
    this.doneAt = now;
    this.touchedAt = now;
  }

  /** A fact shows that an order thought dead is not: it counts again. */
  revive(terms: Terms): void {
    this.doneReason = null;
    this.showTerms({ price: terms.price, total: maxQuantity(terms.total, this.filled) });
  }
}
