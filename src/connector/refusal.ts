/** What a refusal of the exchange means for an order. Codes of the exchange may carry ids and change case, so beginnings are compared. Section 4.5. */
import type { RefusalCode } from '../domain/events.js';
import { NOT_SENT, RATE_LIMITED, type Refused } from './rest-result.js';

/** Beginnings of the exchange's codes, in lower case. */
const BY_CODE: readonly (readonly [beginning: string, code: RefusalCode])[] = [
  [NOT_SENT, 'not-sent'],
  [RATE_LIMITED, 'rate-limited'],
  ['too_many_requests', 'rate-limited'],
  ['order_already_exists', 'duplicate-client-id'],
  ['fill_or_kill_insufficient', 'unfilled'],
  ['immediate_or_cancel_insufficient', 'unfilled'],
  ['invalid_price', 'invalid-price'],
  ['insufficient_balance', 'insufficient-balance'],
  ['available_balance_too_low', 'insufficient-balance'],
  ['market_inactive', 'market-inactive'],
  ['market_closed', 'market-inactive'],
  ['not_found', 'not-found'],
  ['exchange_paused', 'paused'],
  ['trading_paused', 'paused'],
  ['authentication_error', 'unauthorized'],
  ['header_timestamp_expired', 'unauthorized'],
  ['signature_is_missing', 'unauthorized'],
  ['forbidden', 'forbidden'],
];

/** Words within details and messages, where the code alone says too little. */
const BY_WORDS: readonly (readonly [words: string, code: RefusalCode])[] = [
  ['post only cross', 'post-only-cross'],
  ['invalid price', 'invalid-price'],
  // A group that was triggered takes no orders; the exchange documents no code for it.
  ['order group', 'group-triggered'],
  // The codes of pauses over REST are not documented; their words are.
  ['paused', 'paused'],
  ['market_inactive', 'market-inactive'],
];

export const refusalCode = (refusal: Refused): RefusalCode => {
  const code = refusal.code.toLowerCase();
  const known = BY_CODE.find(([beginning]) => code.startsWith(beginning));
  if (known !== undefined) return known[1];
  const words = `${code.replaceAll('_', ' ')} ${refusal.message} ${refusal.details ?? ''}`.toLowerCase();
  const said = BY_WORDS.find(([part]) => words.includes(part));
  return said === undefined ? byStatus(refusal.status) : said[1];
};

const byStatus = (status: number): RefusalCode => {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status === 429 ? 'rate-limited' : 'other';
};
