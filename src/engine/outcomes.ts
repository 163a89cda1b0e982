/** How long commands stay without a known outcome: from the moment the answer was given up until a fact or a proven reading says what became of the order. */
import type { ClientOrderId } from '../domain/ids.js';
import { between, durationUs, type DurationUs, type EpochUs } from '../domain/units.js';
import type { WorkingOrder } from '../execution/working-order.js';

/** Spans kept for whoever reports percentiles; of more the oldest go first. */
const SPANS_MAX = 1000;

export class Outcomes {
  readonly #since = new Map<ClientOrderId, { readonly at: EpochUs; readonly order: WorkingOrder }>();
  readonly #spans: DurationUs[] = [];
  #resolved = 0;
  #longest = durationUs(0);

  /** Orders whose outcome is not known. */
  get open(): number {
    return this.#since.size;
  }
  /** How often an outcome became known. */
  get resolved(): number {
    return this.#resolved;
  }
  get longest(): DurationUs {
    return this.#longest;
  }
  /** The latest spans, oldest first. */
  get spans(): readonly DurationUs[] {
    return this.#spans;
  }
  /** Since when the oldest open outcome is unknown, or null. */
  get openSince(): EpochUs | null {
    for (const { at } of this.#since.values()) return at;
    return null;
  }

  /** A fact changed an order, or may have. */
  note(order: WorkingOrder, now: EpochUs): void {
    if (order.external) return;
    const known = this.#since.get(order.clientId);
    if (order.phase === 'unknown') {
      if (known === undefined) this.#since.set(order.clientId, { at: now, order });
    } else if (known !== undefined) this.#settle(order.clientId, known.at, now);
  }

  /** A reading may have settled several at once. @returns spans of those that it did */
  review(now: EpochUs): readonly DurationUs[] {
    if (this.#since.size === 0) return NONE;
    const settled: DurationUs[] = [];
    for (const [clientId, { at, order }] of this.#since)
      if (order.phase !== 'unknown') {
        settled.push(between(at, now));
        this.#settle(clientId, at, now);
      }
    return settled;
  }

  #settle(clientId: ClientOrderId, at: EpochUs, now: EpochUs): void {
    this.#since.delete(clientId);
    const span = between(at, now);
    this.#resolved++;
    if (span > this.#longest) this.#longest = span;
    this.#spans.push(span);
    if (this.#spans.length > SPANS_MAX) this.#spans.shift();
  }
}

const NONE: readonly DurationUs[] = Object.freeze([]);
