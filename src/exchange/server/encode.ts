/** Small shared parts of the wire: direction words, prices of both sides, money with as many decimals as it needs, market ids. */
import { createHash } from 'node:crypto';
import type { Ticker } from '../../domain/ids.js';
import type { BookSide } from '../../domain/market.js';
import type { SelfTradePrevention } from '../../domain/order.js';
import { complement, formatCash, formatPrice, type Cash, type Price } from '../../domain/units.js';

/** Micro-dollars per cent; four decimals of a dollar are two digits fewer than cash has. */
const CASH_PER_CENT = 10_000;

/** Whole cents, truncated towards zero, as the exchange states balances. */
export const cents = (amount: Cash): number => Math.trunc(amount / CASH_PER_CENT) || 0;
export const cashOfCents = (amount: number): Cash => (amount * CASH_PER_CENT) as Cash;

/** Dollars with four decimals, and up to six where the amount has them. */
export const dollars = (amount: Cash): string => formatCash(amount).replace(/0{1,2}$/, '');

/** bid is YES, ask is NO, always (reference 3.3). */
export const outcomeOf = (side: BookSide): 'yes' | 'no' => (side === 'bid' ? 'yes' : 'no');

export interface BothPrices {
  readonly yes: string;
  readonly no: string;
}
export const bothPrices = (yes: Price, payout: Price): BothPrices => ({ yes: formatPrice(yes), no: formatPrice(complement(yes, payout)) });

export const selfTradeWord = (mode: SelfTradePrevention): string => (mode === 'maker' ? 'maker' : 'taker_at_cross');

const ids = new Map<Ticker, string>();

/** The market's UUID: the exchange gives each market one besides its ticker. Derived from the ticker, so it is the same in every run. */
export const marketIdOf = (ticker: Ticker): string => {
  const known = ids.get(ticker);
  if (known !== undefined) return known;
  const hex = createHash('sha256').update(`market:${ticker}`).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  ids.set(ticker, id);
  return id;
};
