/** Names and words that the settings, the commands and the events of the exchange share. */

declare const account: unique symbol;
/** One user of the exchange; also its public `user_id`. */
export type AccountId = string & { readonly [account]: true };

/** A command without effect: HTTP status and the error's parts. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 409 | 503;
  readonly code: string;
  readonly message: string;
  readonly details?: string;
}

/** The exchange's reason words of order updates. */
export type UpdateReason =
  | 'Decrease'
  | 'Amend'
  | 'MarginCancel'
  | 'SelfTradeCancel'
  | 'ExpiryCancel'
  | 'CloseCancel'
  | 'HaltCancel'
  | 'Trade'
  | 'PostOnlyCrossCancel'
  | 'ReduceOnlyCancel'
  | 'SettlementBoundsCancel';

const refusal = (status: Refusal['status'], code: string, details?: string): Refusal => ({
  status,
  code,
  message: code.replaceAll('_', ' '),
  ...(details === undefined ? {} : { details }),
});

export const invalidOrder = (details: string): Refusal => refusal(400, 'invalid_order', details);
export const invalidParameters = (details: string): Refusal => refusal(400, 'invalid_parameters', details);
export const INVALID_PRICE = refusal(400, 'invalid_price');
export const INVALID_SIZE = refusal(400, 'invalid_order_size');
export const MARKET_INACTIVE = refusal(400, 'market_inactive');
export const NOT_FOUND = refusal(404, 'not_found');
export const ORDER_EXISTS = refusal(409, 'order_already_exists');
export const FOK_KILLED = refusal(409, 'fill_or_kill_insufficient_resting_volume');
export const IOC_KILLED = refusal(409, 'immediate_or_cancel_insufficient_resting_volume');
export const SIDE_MISMATCH = refusal(400, 'order_side_mismatch');
export const TICKER_MISMATCH = refusal(400, 'order_ticker_mismatch');
export const CLIENT_ID_MISMATCH = refusal(400, 'order_id_and_client_order_id_mismatch');
export const TRANSFER_APPLIED = refusal(409, 'transfer_already_applied');
export const shortage = (code: string): Refusal => refusal(400, code);
