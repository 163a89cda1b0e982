/** Records as a run would make them, for the tests of the screen. */
import type { Booked, Decision } from '../../../src/domain/actions.js';
import { fillId, marketIndex, ticker, venueOrderId } from '../../../src/domain/ids.js';
import {
  cash,
  epochUs,
  later,
  parsePrice,
  parseQuantity,
  quantity,
  seconds,
  UNKNOWN_TIME,
  type EpochUs,
} from '../../../src/domain/units.js';
import { StatusModel, type Surroundings } from '../../../src/screen/status-model.js';
import { market } from '../../support/markets.js';

export const NOW: EpochUs = epochUs(1_795_262_400_000_000);

export const decision = (index: number, changes: Partial<Decision> = {}): Decision => ({
  type: 'decision',
  market: marketIndex(index),
  at: NOW,
  bestBid: parsePrice('0.4500'),
  bestAsk: parsePrice('0.5500'),
  mid: 5000,
  fair: 5025,
  reservation: 4987.5,
  bid: parsePrice('0.4800'),
  bidSize: parseQuantity('10.00'),
  ask: parsePrice('0.5250'),
  askSize: parseQuantity('7.50'),
  noBid: null,
  noAsk: null,
  inventory: parseQuantity('-12.00'),
  unrealized: cash(1_500_000),
  realized: cash(2_000_000),
  fees: cash(250_000),
  cause: 'quote',
  ...changes,
});

export const booked = (index: number): Booked => ({
  type: 'booked',
  at: NOW,
  fillId: fillId('fill-1'),
  orderId: venueOrderId('order-1'),
  clientId: null,
  market: marketIndex(index),
  side: 'ask',
  price: parsePrice('0.5250'),
  quantity: parseQuantity('2.00'),
  fee: cash(0),
  role: 'maker',
  exchangeAt: UNKNOWN_TIME,
  source: 'stream',
  realized: cash(0),
  position: parseQuantity('-14.00'),
  cost: cash(-7_350_000),
});

/** Neither side is quoted, for this reason. */
export const without = (text: string): Partial<Decision> => {
  const why = { code: 'test', text };
  return { bid: null, ask: null, bidSize: quantity(0), askSize: quantity(0), noBid: why, noAsk: why };
};

/** A model that has heard of these markets and, unless `decide` says null, of a decision for each. */
export const modelOf = (tickers: readonly string[], decide: (index: number) => Partial<Decision> | null = () => ({})): StatusModel => {
  const model = new StatusModel();
  for (const [i, name] of tickers.entries()) {
    model.event({ type: 'market-listed', at: NOW, index: marketIndex(i), market: market({ ticker: ticker(name) }) });
    const changes = decide(i);
    if (changes !== null) model.decision(decision(i, changes));
  }
  return model;
};

export const AROUND: Surroundings = {
  env: 'demo',
  strategy: 'avellaneda-stoikov',
  now: later(NOW, seconds(3725)),
  startedAt: NOW,
  frames: 123_456,
  gaps: 2,
  droppedRows: 0,
  openOrders: 10,
  latencyUs: { p50: 912.3, p99: 4137.9, max: 152_401.2 },
  estimates: () => null,
};
