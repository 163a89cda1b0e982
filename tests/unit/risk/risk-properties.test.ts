/** Random trading against the gate, judged by a plain model that tries every outcome. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientOrderId, eventTicker, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { BookSide, Market } from '../../../src/domain/market.js';
import { cash, parseCash, price, quantity, seconds, type Price, type Quantity } from '../../../src/domain/units.js';
import { Exposures, type MarketExposure } from '../../../src/risk/exposure.js';
import { Risk, type OpenOrder, type RiskContext } from '../../../src/risk/risk.js';
import { PAYOUT, WIDE, at, cents, context, lots, market, place } from './scenes.js';

interface ModelOrder {
  readonly n: number;
  readonly market: number;
  readonly side: BookSide;
  /** Terms that may be in force: one, or two while an amend is unanswered. */
  terms: { readonly price: Price; readonly total: Quantity }[];
  filled: number;
}

const LIMITS = {
  positionMaxPerMarket: lots(60),
  positionMaxPerEvent: lots(90),
  positionMaxPerAccount: lots(120),
  settlementLossMaxPerMarket: parseCash('20'),
  settlementLossMaxPerEvent: parseCash('30'),
  capitalMax: parseCash('45'),
};

/** Markets 0 to 2 exclude each other; 3 and 4 are one event of independent markets. */
const MARKETS: readonly Market[] = [0, 1, 2, 3, 4].map((n) =>
  market({ event: eventTicker(n < 3 ? 'EXCLUSIVE' : 'FREE'), mutuallyExclusive: n < 3 }),
);

class Model {
  readonly risk = new Risk({ settings: { ...WIDE, ...LIMITS, orderSizeMax: lots(40) }, postOnly: false, stopBeforeClose: seconds(0) });
  readonly exposures = new Exposures();
  readonly position = [0, 0, 0, 0, 0];
  readonly cost = [0, 0, 0, 0, 0];
  orders: ModelOrder[] = [];
  #next = 0;

  constructor() {
    for (const [i, one] of MARKETS.entries()) this.exposures.set(marketIndex(i), one, this.exposureOf(i));
  }

  open(order: ModelOrder): number {
    return Math.max(...order.terms.map((terms) => terms.total)) - order.filled;
  }

  worstPrice(order: ModelOrder): Price {
    const prices = order.terms.map((terms) => terms.price);
    return price(order.side === 'bid' ? Math.max(...prices) : Math.min(...prices));
  }

  exposureOf(i: number): MarketExposure {
    let [bid, ask, bidCash, askCash] = [0, 0, 0, 0];
    for (const order of this.orders.filter((one) => one.market === i)) {
      const open = this.open(order);
      if (order.side === 'bid') [bid, bidCash] = [bid + open, bidCash + open * this.worstPrice(order)];
      else [ask, askCash] = [ask + open, askCash + open * (PAYOUT - this.worstPrice(order))];
    }
    return {
      position: quantity(this.position[i] ?? 0),
      cost: cash(this.cost[i] ?? 0),
      bid: quantity(bid),
      ask: quantity(ask),
      bidCash: cash(bidCash),
      askCash: cash(askCash),
    };
  }

  contextOf(i: number, quoted: ModelOrder | null = null): RiskContext {
    const index = marketIndex(i);
    const one = MARKETS[i];
    if (one === undefined) throw new Error('no such market');
    const asOpen: OpenOrder | null =
      quoted === null
        ? null
        : {
            clientId: clientOrderId(`kmm-r1-${quoted.n}`),
            worstPrice: this.worstPrice(quoted),
            exposure: quantity(this.open(quoted)),
            booked: quantity(quoted.filled),
          };
    const exposure = this.exposureOf(i);
    this.exposures.set(index, one, exposure);
    return context({
      index,
      market: one,
      exposure,
      others: this.exposures.others(index),
      bestBid: null,
      bestAsk: null,
      quotedBid: quoted?.side === 'bid' ? asOpen : null,
      quotedAsk: quoted?.side === 'ask' ? asOpen : null,
    });
  }

  refresh(i: number): void {
    this.contextOf(i);
  }

  /** @returns the code of the refusal, or "approved" */
  tryPlace(i: number, side: BookSide, at: Price, size: Quantity): string {
    const n = this.#next++;
    const command = { ...place({ n, side }), market: marketIndex(i), price: at, quantity: size };
    const answer = this.risk.approve(command, { ...this.contextOf(i), now: later(n) });
    if (!answer.ok) return answer.code;
    this.orders.push({ n, market: i, side, terms: [{ price: at, total: size }], filled: 0 });
    this.refresh(i);
    return 'approved';
  }

  tryAmend(order: ModelOrder, to: Price, size: Quantity): void {
    const total = quantity(order.filled + size);
    const command = {
      type: 'amend' as const,
      clientId: clientOrderId(`kmm-r1-${order.n}`),
      orderId: venueOrderId(`v${order.n}`),
      market: marketIndex(order.market),
      side: order.side,
      price: to,
      total,
    };
    if (!this.risk.approve(command, { ...this.contextOf(order.market, order), now: later(this.#next++) }).ok) return;
    order.terms.push({ price: to, total });
    this.refresh(order.market);
  }

  fill(order: ModelOrder, part: number): void {
    // Whichever of its terms are in force fills.
    const terms = order.terms[part % order.terms.length];
    if (terms === undefined) return;
    const size = Math.min(terms.total - order.filled, 1 + (part % 2000));
    if (size <= 0) return;
    const signed = order.side === 'bid' ? size : -size;
    order.filled += size;
    this.position[order.market] = (this.position[order.market] ?? 0) + signed;
    this.cost[order.market] = (this.cost[order.market] ?? 0) + signed * terms.price;
    this.prune(order.market);
  }

  cancel(order: ModelOrder): void {
    this.orders = this.orders.filter((one) => one !== order);
    this.refresh(order.market);
  }

  answer(order: ModelOrder, part: number): void {
    const terms = order.terms[part % order.terms.length];
    if (terms !== undefined) order.terms = [terms];
    this.prune(order.market);
  }

  prune(i: number): void {
    this.orders = this.orders.filter((order) => this.open(order) > 0);
    this.refresh(i);
  }

  /** Largest position that any choice of fills can reach in a market. */
  worstPosition(i: number): number {
    const of = this.exposureOf(i);
    return Math.max(Math.abs(of.position + of.bid), Math.abs(of.position - of.ask));
  }

  /** Most that a market costs at settlement on the sides that can still win or lose there. */
  worstSettlement(i: number): number {
    const of = this.exposureOf(i);
    const ifNo = of.position + of.bid > 0 ? of.cost + of.bidCash : 0;
    return Math.max(ifNo, of.ask - of.position > 0 ? of.cost - of.position * PAYOUT + of.askCash : 0);
  }

  /** Contracts of an event that lose together, and money, in the worst of all outcomes; every market filled on the side that hurts. */
  worstOf(members: readonly number[], exclusive: boolean): { readonly contracts: number; readonly loss: number } {
    const outcomes: (readonly boolean[])[] = [];
    for (let bits = 0; bits < 1 << members.length; bits++) {
      const outcome = members.map((_, k) => ((bits >> k) & 1) === 1);
      if (!exclusive || outcome.filter(Boolean).length <= 1) outcomes.push(outcome);
    }
    let [contracts, loss] = [0, 0];
    for (const outcome of outcomes) {
      let [losing, lost] = [0, 0];
      for (const [k, i] of members.entries()) {
        const of = this.exposureOf(i);
        const settlesYes = outcome[k] ?? false;
        losing += settlesYes ? Math.max(0, of.ask - of.position) : Math.max(0, of.position + of.bid);
        lost += settlesYes ? of.cost - of.position * PAYOUT + of.askCash : of.cost + of.bidCash;
      }
      contracts = Math.max(contracts, losing);
      loss = Math.max(loss, lost);
    }
    return { contracts, loss };
  }

  /** The limits that some choice of fills and outcomes would break. */
  broken(): readonly string[] {
    const [exclusive, free] = [this.worstOf([0, 1, 2], true), this.worstOf([3, 4], false)];
    const measured: readonly (readonly [string, number, number])[] = [
      ...MARKETS.map((_, i) => [`market ${i}`, this.worstPosition(i), LIMITS.positionMaxPerMarket] as const),
      ...MARKETS.map((_, i) => [`settlement of ${i}`, this.worstSettlement(i), LIMITS.settlementLossMaxPerMarket] as const),
      ['settlement of the exclusive event', exclusive.loss, LIMITS.settlementLossMaxPerEvent],
      ['settlement of the free event', free.loss, LIMITS.settlementLossMaxPerEvent],
      ['exclusive event', exclusive.contracts, LIMITS.positionMaxPerEvent],
      ['free event', free.contracts, LIMITS.positionMaxPerEvent],
      ['account', exclusive.contracts + free.contracts, LIMITS.positionMaxPerAccount],
      ['capital', exclusive.loss + free.loss, LIMITS.capitalMax],
    ];
    return measured.flatMap(([name, worst, limit]) => (worst > limit ? [`${name}: ${worst} over ${limit}`] : []));
  }
}

/** Ten milliseconds per command, so that the order rate is never in the way. */
const later = (n: number): ReturnType<typeof at> => at(n * 0.01);

const step = fc.record({
  act: fc.constantFrom('place', 'place', 'amend', 'fill', 'fill', 'cancel', 'answer'),
  market: fc.nat({ max: 4 }),
  side: fc.constantFrom<BookSide>('bid', 'ask'),
  price: fc.integer({ min: 5, max: 95 }),
  size: fc.integer({ min: 1, max: 40 }),
  pick: fc.nat({ max: 9999 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const play = (model: Model, one: Step): void => {
  const order = model.orders[one.pick % Math.max(1, model.orders.length)];
  if (one.act === 'place') model.tryPlace(one.market, one.side, cents(one.price), lots(one.size));
  else if (order === undefined) return;
  else if (one.act === 'amend') {
    if (order.terms.length === 1) model.tryAmend(order, cents(one.price), lots(one.size));
  } else if (one.act === 'fill') model.fill(order, one.pick);
  else if (one.act === 'cancel') model.cancel(order);
  else model.answer(order, one.pick);
};

describe('no sequence of approvals, fills, cancels and unanswered amends', () => {
  test('exceeds a position limit or the capital limit in the worst outcome', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
        const model = new Model();
        for (const one of steps) {
          play(model, one);
          expect(model.broken()).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('leaves a position that may not be reduced', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }), fc.integer({ min: 5, max: 95 }), (steps, at) => {
        const model = new Model();
        for (const one of steps) play(model, one);
        for (const i of MARKETS.keys()) {
          const { position, bid, ask } = model.exposureOf(i);
          const side: BookSide = position > 0 ? 'ask' : 'bid';
          const free = Math.min(Math.abs(position) - (side === 'ask' ? ask : bid), lots(40));
          if (free <= 0) continue;
          // Where outcomes exclude each other, closing one position at a loss can take a hedge from another and so raise what is lost at worst.
          const allowed = MARKETS[i]?.mutuallyExclusive ? ['approved', 'capital', 'settlement-event'] : ['approved'];
          expect(allowed).toContain(model.tryPlace(i, side, cents(at), quantity(free)));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('limits that are reached do refuse: the model is not simply never at them', () => {
    const answers = (at: number): string[] => {
      const model = new Model();
      return Array.from({ length: 7 }, () => model.tryPlace(0, 'bid', cents(at), lots(10)));
    };
    const approved = 'approved';
    expect(answers(30)).toEqual([approved, approved, approved, approved, approved, approved, 'position-market']);
    expect(answers(40).slice(4)).toEqual([approved, 'settlement-market', 'settlement-market']);
  });
});

describe('for any target and any state', () => {
  test('what shaping leaves is approved, and what it takes away would not have been', () => {
    const sizes = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat({ max: 4 }), sizes, sizes, (steps, i, bidSize, askSize) => {
        const model = new Model();
        for (const one of steps) play(model, one);
        const wanted = {
          bid: { price: cents(48), size: lots(bidSize) },
          ask: { price: cents(52), size: lots(askSize) },
          noBid: null,
          noAsk: null,
          fair: null,
          reservation: null,
        };
        const shaped = model.risk.shape(wanted, model.contextOf(i));
        for (const side of ['bid', 'ask'] as const) {
          // Each side alone: the other, once placed, changes the state.
          const left = shaped[side];
          const cut = left?.size ?? lots(0);
          const probe = { ...place({ n: 100_000, side }), market: marketIndex(i), price: wanted[side].price };
          const ask = (size: number): boolean =>
            model.risk.approve({ ...probe, quantity: quantity(size) }, { ...model.contextOf(i), now: at(50_000 + size) }).ok;
          if (left !== null) expect(ask(left.size)).toBe(true);
          if (cut < wanted[side].size) expect(ask(cut + lots(1))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});
