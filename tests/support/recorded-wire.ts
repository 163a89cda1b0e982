/** Recordings whose recorder renamed or flattened the exchange's messages, put back into the wire's own shape. Values and numbers are untouched. */

interface Flat {
  readonly type: string;
  readonly ticker: string;
  readonly seq: number;
  readonly [name: string]: unknown;
}

const TYPES: ReadonlyMap<string, readonly [type: string, sid: number]> = new Map([
  ['snapshot', ['orderbook_snapshot', 1]],
  ['delta', ['orderbook_delta', 1]],
  ['trade', ['trade', 2]],
  ['ticker', ['ticker', 3]],
  ['lifecycle', ['market_lifecycle_v2', 4]],
] as const);

/** One line of a `ws-prod-kxbtc15m-*` file as a frame, or null for the recorder's own notes. The recorder's clock on snapshots and lifecycle goes. */
export const frameOfFlat = (line: string): string | null => {
  const { type, ticker, seq, ...rest } = JSON.parse(line) as Flat;
  const known = TYPES.get(type);
  if (known === undefined) return null;
  const [wireType, sid] = known;
  const { yes, no, ts, ...fields } = rest;
  const levels = wireType === 'orderbook_snapshot' ? { yes_dollars_fp: yes, no_dollars_fp: no } : {};
  const time = wireType === 'orderbook_snapshot' || wireType === 'market_lifecycle_v2' ? {} : { ts };
  const { market_id, ...others } = fields;
  const msg = { market_ticker: ticker, ...(market_id === undefined ? {} : { market_id }), ...others, ...levels, ...time };
  return JSON.stringify({ type: wireType, sid, ...(wireType === 'ticker' ? {} : { seq }), msg });
};

/** One line of `ws-prod-cents-deltas`: integer cents and whole contracts of 2025 as today's delta. */
export const frameOfCents = (line: string, seq: number): string => {
  const { payload } = JSON.parse(line) as {
    payload: { data: { market_id: string; price: number; delta: number; side: string; ts_ns: number } };
  };
  const { market_id, price, delta, side, ts_ns } = payload.data;
  const cents = `0.${String(price).padStart(2, '0')}00`;
  const msg = {
    market_ticker: market_id,
    market_id: 'x',
    price_dollars: cents,
    delta_fp: `${delta}.00`,
    side,
    ts_ms: Math.floor(ts_ns / 1e6),
  };
  return JSON.stringify({ type: 'orderbook_delta', sid: 1, seq, msg });
};
