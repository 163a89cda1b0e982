/** What one fact did to one order, as told to the engine. */
import type { OrderPhase, OrderRecord, WorkingOrder } from './working-order.js';

export interface OrderChange {
  /** null where the fact names no order that we know. */
  readonly order: WorkingOrder | null;
  /** Its phase after the fact. */
  readonly became: OrderPhase | null;
  /** False where nothing that a decision depends on is different, such as a fact told twice. */
  readonly changed: boolean;
  /** For people: the fact does not fit what we believed. It is counted all the same, on the safe side. */
  readonly surprise: string | null;
}

export interface FillChange extends OrderChange {
  /** True exactly once per fill id: book the fill in the inventory now. */
  readonly fresh: boolean;
}

export const nobody = (surprise: string | null): OrderChange => ({ order: null, became: null, changed: false, surprise });

/** An order as it stood before a fact. */
export type Before = Pick<WorkingOrder, 'phase' | 'price' | 'total' | 'filled' | 'remaining' | 'exposure' | 'orderId'>;

export const standOf = (order: OrderRecord): Before => ({
  phase: order.phase,
  price: order.price,
  total: order.total,
  filled: order.filled,
  remaining: order.remaining,
  exposure: order.exposure,
  orderId: order.orderId,
});

export const changeOf = (order: OrderRecord, before: Before | null, surprise: string | null): OrderChange => ({
  order,
  became: order.phase,
  changed: before === null || !isSame(before, standOf(order)),
  surprise,
});

const isSame = (a: Before, b: Before): boolean =>
  a.phase === b.phase &&
  a.price === b.price &&
  a.total === b.total &&
  a.filled === b.filled &&
  a.remaining === b.remaining &&
  a.exposure === b.exposure &&
  a.orderId === b.orderId;
