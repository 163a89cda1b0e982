/** The terms that an order has had, as far back as the order stream may still speak of them. */
import type { VenueOrder } from '../domain/order.js';
import { addQuantity, type Price, type Quantity } from '../domain/units.js';

export interface Terms {
  readonly price: Price;
  readonly total: Quantity;
}

/** `restingMost`: after a decrease the total is only a bound, and this is the most that can rest; null where the total is exact. */
type State = Terms & { readonly restingMost: Quantity | null };

/** With a stream at work one or two states wait to be shown. Without one nobody looks, so forgetting the oldest does no harm. */
const STATES_MAX = 16;

/**
 * Answers overtake the stream, and the stream tells the states of one order in their order. So after an answer has brought new terms, the stream may go on for a while
 * about older ones, and must not bring them back; the same terms may even come twice, before and after others. The trail holds, oldest first, the terms that the
 * stream was last seen to be at and all that have followed; the last are the present ones.
 */
export class TermsTrail {
  #states: State[];

  constructor(first: Terms) {
    this.#states = [{ ...first, restingMost: null }];
  }

  /** True where nothing older than the present terms can come from the stream. */
  get isCaughtUp(): boolean {
    return this.#states.length === 1;
  }

  /** New terms are in force, and the stream has yet to tell. */
  push(terms: Terms, restingMost: Quantity | null): void {
    this.#states.push({ price: terms.price, total: terms.total, restingMost });
    if (this.#states.length > STATES_MAX) this.#states.shift();
  }

  /** The stream is at these terms. */
  restart(terms: Terms): void {
    this.#states = [{ price: terms.price, total: terms.total, restingMost: null }];
  }

  /** Which state the stream is telling of: taken to be the oldest that fits, since it cannot have got further for certain. Forgets those before it. */
  locate(told: VenueOrder): 'present' | 'past' | 'none' {
    let place = this.#states.findIndex((state) => fits(state, told));
    if (place < 0) return 'none';
    // Decreases to no less than rests change nothing, so what fits before them holds after them too.
    if (this.#states.slice(place + 1).every((state) => state.restingMost !== null && fits(state, told))) place = this.#states.length - 1;
    // What was a bound is exact now, so that the next state is not taken for this one.
    this.#states.splice(0, place + 1, { price: told.price, total: addQuantity(told.filled, told.remaining), restingMost: null });
    return this.isCaughtUp ? 'present' : 'past';
  }
}

const fits = (state: State, told: VenueOrder): boolean => {
  if (told.price !== state.price) return false;
  const total = addQuantity(told.filled, told.remaining);
  // What rests can only have become less since the decrease, so a larger figure is from before it.
  return state.restingMost === null ? total === state.total : total <= state.total && told.remaining <= state.restingMost;
};
