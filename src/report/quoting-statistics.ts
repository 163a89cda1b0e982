/** What quoting took: order messages, how long orders kept their place in the queue, and what became of them. */
import type { VenueCommand } from '../domain/order.js';
import { addQuantity, quantity, toSeconds, ZERO_QUANTITY, type DurationUs, type Quantity } from '../domain/units.js';
import type { PlaceEnd } from './run-items.js';

export interface QuotingStatistics {
  readonly placed: number;
  readonly amended: number;
  readonly decreased: number;
  readonly cancelled: number;
  /** Size of the orders placed. */
  readonly sizePlaced: Quantity;
  /** Orders that filled, at least in part. */
  readonly filledOrders: number;
  /** Filled orders over placed ones; null where none was placed. */
  readonly fillRatio: number | null;
  /** Order messages for each fill; null without a fill. */
  readonly messagesPerFill: number | null;
  /** Share of amends and decreases that kept the place in the queue; null where there was none. */
  readonly placeKeptShare: number | null;
  /** Places in the queue that came to an end: filled, cancelled, or given up by a change of price or an increase. */
  readonly places: number;
  /** Seconds that a place was kept. The median is true to a tenth of itself. */
  readonly placeSecondsMean: number | null;
  readonly placeSecondsMedian: number | null;
  /** Of those that ended in a fill. */
  readonly placeSecondsToFill: number | null;
}

/** Spans of time in steps of a fifth: bounded memory for a median. */
class Spans {
  readonly #counts = new Map<number, number>();
  n = 0;
  #sum = 0;
  #longest = 0;

  add(span: DurationUs): void {
    const step = span <= 0 ? -1 : Math.floor(Math.log(span) / STEP);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.n++;
    this.#sum += span;
    this.#longest = Math.max(this.#longest, span);
  }

  take(other: Spans): void {
    for (const [step, count] of other.#counts) this.#counts.set(step, (this.#counts.get(step) ?? 0) + count);
    this.n += other.n;
    this.#sum += other.#sum;
    this.#longest = Math.max(this.#longest, other.#longest);
  }

  get meanSeconds(): number | null {
    return this.n === 0 ? null : toSeconds((this.#sum / this.n) as DurationUs);
  }

  get medianSeconds(): number | null {
    let before = 0;
    for (const [step, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      before += count;
      if (2 * before >= this.n) return step < 0 ? 0 : toSeconds(Math.min(this.#longest, Math.exp((step + 0.5) * STEP)) as DurationUs);
    }
    return null;
  }
}
const STEP = Math.log(1.2);

export class Quoting {
  readonly #all = new Spans();
  readonly #toFill = new Spans();
  #messages = { place: 0, amend: 0, decrease: 0, cancel: 0 };
  #kept = 0;
  #lost = 0;
  #size: Quantity = ZERO_QUANTITY;
  #fills = 0;
  #filledOrders = 0;

  /** @param keepsPlace of a change: whether the order stays where it is in the queue; null for other commands */
  sent(command: VenueCommand, keepsPlace: boolean | null): void {
    this.#messages[command.type]++;
    if (command.type === 'place') this.#size = addQuantity(this.#size, command.quantity);
    if (keepsPlace === true) this.#kept++;
    else if (keepsPlace === false) this.#lost++;
  }

  placeEnded(kept: DurationUs, end: PlaceEnd): void {
    this.#all.add(kept);
    if (end === 'filled') this.#toFill.add(kept);
  }

  filled(isFirstOfOrder: boolean): void {
    this.#fills++;
    if (isFirstOfOrder) this.#filledOrders++;
  }

  take(other: Quoting): void {
    this.#all.take(other.#all);
    this.#toFill.take(other.#toFill);
    for (const kind of ['place', 'amend', 'decrease', 'cancel'] as const) this.#messages[kind] += other.#messages[kind];
    this.#kept += other.#kept;
    this.#lost += other.#lost;
    this.#size = quantity(this.#size + other.#size);
    this.#fills += other.#fills;
    this.#filledOrders += other.#filledOrders;
  }

  get statistics(): QuotingStatistics {
    const { place, amend, decrease, cancel } = this.#messages;
    const changes = this.#kept + this.#lost;
    return {
      placed: place,
      amended: amend,
      decreased: decrease,
      cancelled: cancel,
      sizePlaced: this.#size,
      filledOrders: this.#filledOrders,
      fillRatio: place === 0 ? null : this.#filledOrders / place,
      messagesPerFill: this.#fills === 0 ? null : (place + amend + decrease + cancel) / this.#fills,
      placeKeptShare: changes === 0 ? null : this.#kept / changes,
      places: this.#all.n,
      placeSecondsMean: this.#all.meanSeconds,
      placeSecondsMedian: this.#all.medianSeconds,
      placeSecondsToFill: this.#toFill.meanSeconds,
    };
  }
}
