/**
 * Takes what others offer where an outside valuation says that it is worth more (quoting reference f.4). It rests nothing: a valuation against bid and ask, one
 * order per signal. Limits, freshness of the book and permission are the business of engine and risk.
 */
import type { NoQuote } from '../domain/actions.js';
import { assert } from '../domain/errors.js';
import { feePerContract, feeRateMicros } from '../domain/fees.js';
import { signOf, type BookSide } from '../domain/market.js';
import type { StrategySettings } from '../domain/settings.js';
import {
  between,
  complement,
  contractsOf,
  dollarsOfCash,
  dollarsOfPrice,
  maxQuantity,
  minQuantity,
  parseCash,
  parseQuantity,
  price,
  quantity,
  toSeconds,
  ZERO_QUANTITY,
  type Price,
  type Quantity,
} from '../domain/units.js';
import { noTarget, type MarketView, type Strategy, type Take, type Target, type Trail, type Valuation } from '../domain/view.js';
import { orderFee } from './order-fee.js';
import { invalid } from './reading.js';

type Settings = Extract<StrategySettings, { readonly name: 'edge-taker' }>;

/** A fee is rounded up to a whole cent per order (d1): small orders pay for it. */
const FEE_STEP = parseCash('0.01');
const ONE_CONTRACT = parseQuantity('1');
const NO_VALUATION: NoQuote = {
  code: 'no-valuation',
  text: 'nobody values this market: the edge taker needs an index that its series settles on',
};
const TAKES_ONLY: NoQuote = { code: 'takes-only', text: 'the edge taker rests nothing' };

/** One side of the book against the valuation. Price units per contract. */
interface Chance {
  readonly side: BookSide;
  readonly price: Price;
  readonly size: Quantity;
  readonly fee: number;
  /** What a contract is expected to earn, the fee paid. */
  readonly gain: number;
}

export class EdgeTaker implements Strategy {
  readonly name = 'edge-taker';
  readonly #settings: Settings;

  constructor(settings: Settings) {
    assert(settings.lot > 0, 'lot must be above 0');
    assert(Number.isFinite(settings.edgeTake), 'least edge must be a finite number');
    assert(settings.errorsAway >= 0 && Number.isFinite(settings.errorsAway), 'standard errors must be a finite number of at least 0');
    const { sizing } = settings;
    if (sizing.kind === 'kelly')
      assert(sizing.part > 0 && sizing.part <= 1 && sizing.bankroll > 0, 'a part of Kelly in (0, 1] of a bankroll above 0');
    this.#settings = settings;
  }

  quote(view: MarketView, trail?: Trail): Target {
    const { valuation, market } = view;
    if (valuation === null) return noTarget(view.noValuation ?? NO_VALUATION);
    const wrong = this.#distrust(valuation, view);
    if (wrong !== null) return noTarget(wrong);
    const fair = valuation.probability * market.payout;
    if (feeRateMicros(market.fees.type, 'taker') === null)
      return noTarget({ code: 'unknown-fee', text: `the exchange publishes no formula for fees of type ${market.fees.type}` }, fair);
    const wanted = this.#settings.edgeTake + this.#settings.errorsAway * valuation.standardError * market.payout;
    const buy = this.#chance('bid', view.bestAsk, view.askSize, fair, view);
    const sell = this.#chance('ask', view.bestBid, view.bidSize, fair, view);
    if (trail !== undefined) tell(trail, { valuation, fair, wanted, buy, sell });
    const noBid = whyNot(buy, wanted, 'nobody offers');
    const noAsk = whyNot(sell, wanted, 'nobody bids');
    const best = noBid === null ? buy : noAsk === null ? sell : null;
    return {
      bid: null,
      ask: null,
      noBid: noBid ?? TAKES_ONLY,
      noAsk: noAsk ?? TAKES_ONLY,
      fair,
      reservation: fair,
      ...(best === null ? {} : { take: takeOf(best, wanted, valuation, view) }),
    };
  }

  #distrust({ probability, standardError, asOf }: Valuation, { now }: MarketView): NoQuote | null {
    if (!(probability >= 0 && probability <= 1)) return invalid('probability', probability, 'a number from 0 to 1');
    if (!(standardError >= 0 && Number.isFinite(standardError)))
      return invalid('standard error', standardError, 'a finite number of at least 0');
    const age = between(asOf, now);
    if (age <= this.#settings.signalAgeMax) return null;
    return {
      code: 'old-signal',
      text: `the valuation is ${toSeconds(age).toFixed(2)} s old, limit ${toSeconds(this.#settings.signalAgeMax)} s`,
    };
  }

  /** What there is to take on a side, in the size that would be ordered; null where there is nothing or no size is left. */
  #chance(side: BookSide, at: Price | null, offered: Quantity, fair: number, view: MarketView): Chance | null {
    if (at === null || offered <= 0) return null;
    const size = minQuantity(this.#sizeOf(side, at, fair, view), offered);
    if (size <= 0) return null;
    const { fees: terms, payout } = view.market;
    // Money over quantity is a price: both are exact integers of fitting scales.
    const fee = (orderFee(terms, 'taker', at, size, payout) ?? 0) / size;
    return { side, price: at, size, fee, gain: signOf(side) * (fair - at) - fee };
  }

  #sizeOf(side: BookSide, at: Price, fair: number, { market, inventory }: MarketView): Quantity {
    const { sizing, lot } = this.#settings;
    if (sizing.kind === 'fixed') return lot;
    const { payout } = market;
    const cost = (side === 'bid' ? at : complement(at, payout)) + feePerContract(market.fees, 'taker', at, payout);
    const worth = side === 'bid' ? fair : payout - fair;
    const stake = sizing.part * kellyFraction(worth / payout, cost / payout) * dollarsOfCash(sizing.bankroll);
    // What is held already is part of the stake.
    const contracts = Math.floor(stake / dollarsOfPrice(price(cost)) - signOf(side) * contractsOf(inventory));
    return maxQuantity(quantity(contracts * ONE_CONTRACT), ZERO_QUANTITY);
  }
}

/**
 * f = (p - c) / (1 - c): the part of a bankroll that a bet of cost c (fee included) on a payout of 1 with chance p should have for the fastest growth; 0 where
 * the bet loses.
 * @see Kelly (1956), "A new interpretation of information rate"
 */
export const kellyFraction = (chance: number, cost: number): number => (cost >= 1 ? 0 : Math.max(0, (chance - cost) / (1 - cost)));

const whyNot = (chance: Chance | null, wanted: number, nothing: string): NoQuote | null => {
  if (chance === null) return { code: 'nothing-to-take', text: `${nothing}, or no size is left to take` };
  if (chance.gain >= wanted) return null;
  return {
    code: 'no-edge',
    text: `${chance.side === 'bid' ? 'buying' : 'selling'} at ${inCents(chance.price)} with ${inCents(chance.fee)} fee earns ${inCents(chance.gain)}, wanted ${inCents(wanted)}`,
  };
};

/**
 * The fee of a smaller order is larger per contract by less than a cent over its size: from the size on at which the edge can bear that, any cut keeps it.
 */
const takeOf = (chance: Chance, wanted: number, valuation: Valuation, { market }: MarketView): Take => {
  const unrounded = feePerContract(market.fees, 'taker', chance.price, market.payout);
  const spare = chance.gain + chance.fee - unrounded - wanted;
  const sizeMin = spare > 0 ? minQuantity(chance.size, quantity(Math.ceil(FEE_STEP / spare))) : chance.size;
  return { side: chance.side, price: chance.price, size: chance.size, sizeMin, signal: valuation.asOf };
};

interface Told {
  readonly valuation: Valuation;
  readonly fair: number;
  readonly wanted: number;
  readonly buy: Chance | null;
  readonly sell: Chance | null;
}

/** The steps lead to the most that would be paid and the least that would be taken. */
const tell = (trail: Trail, { valuation, fair, wanted, buy, sell }: Told): void => {
  trail.input('valuation', valuation.probability, 'probability', valuation.standardError);
  trail.step('valuation', fair, fair);
  const [bid, ask] = [buy === null ? null : fair - buy.fee, sell === null ? null : fair + sell.fee];
  trail.step('taker fee', bid, ask);
  trail.step('least edge and error', bid === null ? null : bid - wanted, ask === null ? null : ask + wanted);
};

const inCents = (units: number): string => `${(dollarsOfPrice(price(units)) * 100).toFixed(2)} c`;
