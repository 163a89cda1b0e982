/** Arbitrary facts and actions of every kind, with legal but unusual values. */
import fc, { type Arbitrary } from 'fast-check';
import type { Decision, EngineAction, NoQuote } from '../../../src/domain/actions.js';
import type { EngineEvent, Level } from '../../../src/domain/events.js';
import {
  clientOrderId,
  eventTicker,
  fillId,
  marketIndex,
  orderGroupId,
  seriesTicker,
  ticker,
  venueOrderId,
} from '../../../src/domain/ids.js';
import type { Market, MarketStatus } from '../../../src/domain/market.js';
import type { Approved, FillReport, VenueCommand, VenueOrder, VenuePosition } from '../../../src/domain/order.js';
import type { FeeTerms } from '../../../src/domain/fees.js';
import { cash, epochUs, price, quantity } from '../../../src/domain/units.js';
import { grid, GRIDS, type GridName } from '../../support/grids.js';

/** Plain objects, as the program makes them. */
const record = <T>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> => fc.record<T>(fields, { noNullPrototype: true });
const partial = <T, Key extends keyof T>(
  fields: { [K in keyof T]: Arbitrary<T[K]> },
  requiredKeys: Key[],
): Arbitrary<Partial<T> & Pick<T, Key>> =>
  fc.record<T, Key>(fields, { requiredKeys, noNullPrototype: true }) as unknown as Arbitrary<Partial<T> & Pick<T, Key>>;

const whole = (min: number, max: number): Arbitrary<number> => fc.integer({ min, max });
const text = fc.string({ unit: 'binary', maxLength: 24 });

export const times = whole(0, 4_000_000_000_000_000).map(epochUs);
const indices = fc.oneof(whole(0, 2000), whole(2 ** 32 - 2, 2 ** 32 + 2)).map(marketIndex);
const prices = fc.oneof(whole(0, 10_000), whole(2 ** 31 - 2, 2 ** 31 + 2)).map(price);
const quantities = fc.oneof(whole(-1_000_000, 1_000_000), whole(-(2 ** 53) + 1, 2 ** 53 - 1)).map(quantity);
const amounts = whole(-(2 ** 53) + 1, 2 ** 53 - 1).map(cash);
const reals = fc.double({ noNaN: true }).map((x) => (x === 0 ? 0 : x));
/** Checked where they come in. */
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x));
const sides = fc.constantFrom('bid' as const, 'ask' as const);
const clientIds = text.map(clientOrderId);
const orderIds = text.map(venueOrderId);
const groups = text.map(orderGroupId);
const orNull = <T>(of: Arbitrary<T>): Arbitrary<T | null> => fc.option(of, { nil: null });
const levels: Arbitrary<Level[]> = fc.array(record({ price: prices, quantity: quantities }), { maxLength: 6 });
const grids = fc.constantFrom(...(Object.keys(GRIDS) as GridName[])).map((name) => grid(name));
const statuses = fc.constantFrom<MarketStatus>(
  'initialized',
  'active',
  'inactive',
  'closed',
  'determined',
  'disputed',
  'amended',
  'finalized',
);
const fees: Arbitrary<FeeTerms> = record({
  type: fc.constantFrom('quadratic', 'quadratic_with_maker_fees', 'quadratic_with_combo_maker_fees', 'flat'),
  multiplierMicros: whole(0, 3_000_000),
});

const markets: Arbitrary<Market> = record({
  ticker: text.map(ticker),
  event: text.map(eventTicker),
  series: text.map(seriesTicker),
  shard: whole(0, 9),
  status: statuses,
  payout: prices,
  grid: grids,
  fees,
  closesAt: orNull(times),
  mutuallyExclusive: fc.boolean(),
  assumed: fc.array(text, { maxLength: 3 }),
});

const orders: Arbitrary<VenueOrder> = record({
  orderId: orderIds,
  clientId: orNull(clientIds),
  market: indices,
  side: sides,
  price: prices,
  initial: quantities,
  filled: quantities,
  remaining: quantities,
  status: fc.constantFrom('resting', 'cancelled', 'executed', 'unknown'),
  expiresAt: orNull(times),
  group: orNull(groups),
});

const fills: Arbitrary<FillReport> = record({
  fillId: text.map(fillId),
  orderId: orderIds,
  clientId: orNull(clientIds),
  market: indices,
  side: sides,
  price: prices,
  quantity: quantities,
  fee: amounts,
  role: fc.constantFrom('maker', 'taker'),
  positionAfter: orNull(quantities),
  exchangeAt: times,
});

const positions: Arbitrary<VenuePosition> = record({
  market: indices,
  position: quantities,
  cost: amounts,
  realized: amounts,
  fees: amounts,
});
const commandWords = fc.constantFrom('place' as const, 'amend' as const, 'decrease' as const, 'cancel' as const);

const of = <Type extends EngineEvent['type']>(
  type: Type,
  fields: {
    [Field in Exclude<keyof Extract<EngineEvent, { type: Type }>, 'type' | 'at' | 'scope' | 'of' | 'session'>]: Arbitrary<
      Extract<EngineEvent, { type: Type }>[Field]
    >;
  },
): Arbitrary<EngineEvent> => record({ type: fc.constant(type), at: times, ...fields }) as unknown as Arbitrary<EngineEvent>;

const marketChanged = partial(
  {
    type: fc.constant('market-changed' as const),
    at: times,
    market: indices,
    status: statuses,
    grid: grids,
    closesAt: times,
    fees,
    settlesAt: prices,
  },
  ['type', 'at', 'market'],
) as Arbitrary<EngineEvent>;

/** One arbitrary for every kind of fact: a kind that is missing here does not compile. */
const BY_TYPE: { readonly [Type in EngineEvent['type']]: Arbitrary<EngineEvent> } = {
  'market-listed': of('market-listed', { index: indices, market: markets }),
  'market-changed': marketChanged,
  'carried-over': of('carried-over', {
    run: text,
    holdings: fc.array(record({ market: indices, position: quantities, cost: amounts, countedAfter: times }), { maxLength: 3 }),
    fills: fc.array(record({ fillId: text.map(fillId), market: indices, exchangeAt: times }), { maxLength: 3 }),
  }),
  'book-snapshot': of('book-snapshot', { market: indices, bids: levels, asks: levels, exchangeAt: times }),
  'book-delta': of('book-delta', { market: indices, side: sides, price: prices, change: quantities, exchangeAt: times }),
  'book-lost': of('book-lost', {
    market: indices,
    reason: fc.constantFrom('sequence-gap', 'malformed', 'disconnected', 'subscription-ended', 'off-grid', 'negative-level', 'crossed'),
  }),
  trade: of('trade', { market: indices, price: prices, quantity: quantities, takerSide: sides, exchangeAt: times }),
  'batch-end': of('batch-end', {}),
  tick: of('tick', {}),
  'feed-up': of('feed-up', {}),
  'feed-down': of('feed-down', { reason: text }),
  'feed-silence': of('feed-silence', { silent: fc.boolean() }),
  'order-accepted': of('order-accepted', {
    clientId: clientIds,
    orderId: orderIds,
    filled: quantities,
    remaining: quantities,
    exchangeAt: times,
  }),
  'command-refused': of('command-refused', {
    command: commandWords,
    clientId: clientIds,
    code: fc.constantFrom('post-only-cross', 'rate-limited', 'not-sent', 'other'),
    detail: text,
  }),
  'command-unknown': of('command-unknown', { command: commandWords, clientId: clientIds, reason: text }),
  'order-amended': of('order-amended', { clientId: clientIds, orderId: orderIds, remaining: orNull(quantities) }),
  'order-cancelled': of('order-cancelled', { clientId: clientIds, orderId: orderIds, reducedBy: quantities }),
  'order-update': of('order-update', { order: orders, reason: orNull(text) }),
  fill: of('fill', { fill: fills, source: fc.constantFrom('stream', 'rest', 'paper') }),
  'position-update': of('position-update', { market: indices, position: quantities }),
  'order-group-update': of('order-group-update', {
    group: groups,
    change: fc.constantFrom('created', 'triggered', 'reset', 'deleted', 'limit-updated'),
  }),
  'group-answer': of('group-answer', {
    request: whole(0, 1_000_000),
    shard: whole(0, 9),
    kind: fc.constantFrom('create', 'limit', 'trigger', 'reset', 'delete', 'list'),
    outcome: fc.constantFrom('done', 'missing', 'refused', 'unknown'),
    group: orNull(groups),
    groups: fc.array(record({ group: groups, shard: whole(0, 9), limit: orNull(quantities), active: fc.boolean() }), { maxLength: 3 }),
    detail: text,
  }),
  'account-reading': of('account-reading', {
    request: whole(0, 1_000_000),
    complete: fc.boolean(),
    validUntil: times,
    resting: fc.array(orders, { maxLength: 3 }),
    positions: fc.array(positions, { maxLength: 3 }),
    fills: fc.array(fills, { maxLength: 3 }),
    balance: amounts,
    foreign: whole(0, 9),
  }),
  'rate-limited': of('rate-limited', {}),
  'write-budget': of('write-budget', {
    refillPerSecond: whole(0, 4000),
    capacity: whole(0, 4000),
    createCost: whole(0, 20),
    amendCost: whole(0, 20),
    cancelCost: whole(0, 20),
  }),
  'exchange-status': of('exchange-status', { shard: whole(0, 9), exchangeActive: fc.boolean(), tradingActive: fc.boolean() }),
  signal: fc.oneof(
    record({ type: fc.constant('signal' as const), at: times, ticker: text.map(ticker), shift: fc.double(), asOf: times }),
    of('signal', { ticker: text.map(ticker), source: text, shift: finite, asOf: times }),
  ),
  opinion: of('opinion', { ticker: text.map(ticker), source: text, probability: orNull(finite), confidence: finite, asOf: times }),
  index: of('index', { index: text, value: finite, asOf: times }),
  'index-volatility': of('index-volatility', { index: text, annual: finite, error: finite, asOf: times }),
  control: of('control', { command: fc.constantFrom('pause', 'resume', 'kill', 'stop'), reason: text }),
  storage: of('storage', { ok: fc.boolean(), detail: text }),
};

export const EVENT_TYPES = Object.keys(BY_TYPE) as EngineEvent['type'][];
export const eventsOf = (type: EngineEvent['type']): Arbitrary<EngineEvent> => BY_TYPE[type];
export const events: Arbitrary<EngineEvent> = fc.oneof(...Object.values(BY_TYPE));

const reasons: Arbitrary<NoQuote | null> = orNull(record({ code: text, text }));

export const decisions: Arbitrary<Decision> = record({
  type: fc.constant('decision' as const),
  market: indices,
  at: times,
  bestBid: orNull(prices),
  bestAsk: orNull(prices),
  mid: orNull(reals),
  fair: orNull(reals),
  reservation: orNull(reals),
  bid: orNull(prices),
  bidSize: quantities,
  ask: orNull(prices),
  askSize: quantities,
  noBid: reasons,
  noAsk: reasons,
  inventory: quantities,
  unrealized: amounts,
  realized: amounts,
  fees: amounts,
  cause: fc.constantFrom('quote', 'fill', 'interval', 'pull'),
});

const commands: Arbitrary<Approved<VenueCommand>> = fc.oneof(
  record({
    type: fc.constant('place' as const),
    clientId: clientIds,
    market: indices,
    side: sides,
    price: prices,
    quantity: quantities,
    timeInForce: fc.constantFrom('good-till-cancelled', 'immediate-or-cancel', 'fill-or-kill'),
    postOnly: fc.boolean(),
    reduceOnly: fc.boolean(),
    cancelOnPause: fc.boolean(),
    selfTrade: fc.constantFrom('taker-at-cross', 'maker'),
    expiresAt: orNull(times),
    group: orNull(groups),
  }),
  partial(
    {
      type: fc.constant('amend' as const),
      clientId: clientIds,
      orderId: orderIds,
      market: indices,
      side: sides,
      price: prices,
      total: quantities,
      expiresAt: orNull(times),
    },
    ['type', 'clientId', 'orderId', 'market', 'side', 'price', 'total'],
  ),
  record({ type: fc.constant('decrease' as const), clientId: clientIds, orderId: orderIds, market: indices, remaining: quantities }),
  record({ type: fc.constant('cancel' as const), clientId: clientIds, orderId: orderIds, market: indices }),
) as Arbitrary<Approved<VenueCommand>>;

const ACTION_BY_TYPE: { readonly [Type in EngineAction['type']]: Arbitrary<EngineAction> } = {
  send: record({
    type: fc.constant('send' as const),
    call: record({ mode: fc.constantFrom('single', 'batch'), commands: fc.array(commands, { maxLength: 4 }) }),
  }),
  'request-snapshot': record({ type: fc.constant('request-snapshot' as const), market: indices }),
  'request-account': record({ type: fc.constant('request-account' as const), request: whole(0, 99), fillsSince: times }),
  'group-call': record({
    type: fc.constant('group-call' as const),
    request: whole(0, 99),
    shard: whole(0, 9),
    ask: fc.oneof(
      record({ kind: fc.constant('create' as const), limit: quantities }),
      record({ kind: fc.constant('limit' as const), group: groups, limit: quantities }),
      record({ kind: fc.constantFrom('trigger' as const, 'reset' as const, 'delete' as const), group: groups }),
      record({ kind: fc.constant('list' as const) }),
    ),
  }),
  say: record({
    type: fc.constant('say' as const),
    severity: fc.constantFrom('debug', 'info', 'warn', 'error'),
    code: text,
    text,
  }),
  decision: decisions,
  booked: record({
    type: fc.constant('booked' as const),
    at: times,
    fillId: text.map(fillId),
    orderId: orderIds,
    clientId: orNull(clientIds),
    market: indices,
    side: sides,
    price: prices,
    quantity: quantities,
    fee: amounts,
    role: fc.constantFrom('maker', 'taker'),
    exchangeAt: times,
    source: fc.constantFrom('stream', 'rest', 'paper'),
    realized: amounts,
    position: quantities,
    cost: amounts,
  }),
  adjusted: record({
    type: fc.constant('adjusted' as const),
    market: indices,
    cause: fc.constantFrom('adopted', 'drift', 'settled', 'settlement-corrected'),
    position: quantities,
    cost: amounts,
    realized: amounts,
    fee: amounts,
    asOf: times,
  }),
  halt: record({ type: fc.constant('halt' as const), code: text, text, latch: fc.boolean() }),
  stopped: record({ type: fc.constant('stopped' as const), left: whole(0, 99) }),
};

export const actionLists: Arbitrary<EngineAction[]> = fc.array(fc.oneof(...Object.values(ACTION_BY_TYPE)), { maxLength: 5 });
