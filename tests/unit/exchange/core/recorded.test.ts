/** Bodies recorded on the exchange's demo environment in June 2026, asked again of the simulated exchange. */
import { describe, expect, test } from 'vitest';
import { clientOrderId, venueOrderId } from '../../../../src/domain/ids.js';
import { epochUs, formatCash, parsePrice, parseQuantity } from '../../../../src/domain/units.js';
import type { Answer, Created } from '../../../../src/exchange/core/types.js';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { readLines, recordingsDir } from '../../../support/recordings.js';
import { Floor, usd } from './floor.js';

interface Case {
  readonly case: string;
  readonly meta: {
    readonly status: number;
    readonly path: string;
    readonly request_body: Readonly<Record<string, string | boolean>> | null;
  };
  readonly body: Readonly<Record<string, unknown>>;
}

const present = recordingsDir() !== null;
const cases = new Map(
  present
    ? readLines('rest-demo-fortuna-20260611.jsonl.gz').map((line) => [(JSON.parse(line) as Case).case, JSON.parse(line) as Case])
    : [],
);

const recorded = (name: string): Case => {
  const found = cases.get(name);
  if (found === undefined) throw new Error(`no recorded case ${name}`);
  return found;
};

/** The floor as the recording found it: 0.47 x 3 bid, 0.52 x 3 asked, and 98.02 dollars (less fees) left of 100. */
const scene = (): { floor: Floor; me: AccountId } => {
  const floor = new Floor({ startAt: epochUs(1_781_159_360_866_000), switches: { postOnlyCrossRecord: false } });
  const [me, robot] = [floor.account(98.0186), floor.account()];
  floor.place(robot, 'bid', 47, 3);
  floor.place(robot, 'ask', 52, 3);
  return { floor, me };
};

const replay = (floor: Floor, me: AccountId, name: string): Answer<Created> => {
  const body = recorded(name).meta.request_body;
  if (body === null) throw new Error(`${name} has no body`);
  return floor.exchange.createOrder(me, {
    ...floor.request(body['side'] === 'bid' ? 'bid' : 'ask', 1, 1),
    price: parsePrice(String(body['price'])),
    quantity: parseQuantity(String(body['count'])),
    clientOrderId: clientOrderId(String(body['client_order_id'])),
    timeInForce: body['time_in_force'] === 'immediate_or_cancel' ? 'immediate-or-cancel' : 'good-till-cancelled',
    selfTrade: body['self_trade_prevention_type'] === 'maker' ? 'maker' : 'taker-at-cross',
    postOnly: body['post_only'] === true,
  });
};

/** Our answer in the recording's words. */
const told = (answer: Answer<Created>): Readonly<Record<string, unknown>> => {
  if (!answer.ok) {
    const { code, message, details } = answer.refusal;
    return { status: answer.refusal.status, error: { code, message, ...(details === undefined ? {} : { details }) } };
  }
  const four = (amount: number | null): string => formatCash((amount ?? 0) as never).slice(0, -2);
  return {
    status: 201,
    fill_count: (answer.filled / 100).toFixed(2),
    remaining_count: (answer.remaining / 100).toFixed(2),
    ...(answer.filled > 0 ? { average_fill_price: four(answer.averagePrice), average_fee_paid: four(answer.averageFee) } : {}),
  };
};

const wanted = (name: string): Readonly<Record<string, unknown>> => {
  const { meta, body } = recorded(name);
  const { error } = body as { error?: Readonly<Record<string, unknown>> };
  // `service` left the error bodies on 2026-08-06.
  if (error !== undefined)
    return { status: meta.status, error: Object.fromEntries(Object.entries(error).filter(([key]) => key !== 'service')) };
  const { order_id: _id, client_order_id: _client, ts_ms: _ts, ...rest } = body;
  return { status: meta.status, ...rest };
};

describe.skipIf(!present)('the recorded answers', () => {
  test.each([
    'orders__create_v2_maker',
    'orders__create_v2_taker_ioc',
    'orders__insufficient_balance',
    'orders__invalid_price_structure',
    'orders__post_only_cross',
    'orders__settlement_seed',
  ])('%s', (name) => {
    const { floor, me } = scene();
    expect(told(replay(floor, me, name))).toEqual(wanted(name));
  });

  test('duplicate client id: 409, also after the cancel; cancels of dead and unknown orders: 404', () => {
    const { floor, me } = scene();
    const first = replay(floor, me, 'orders__create_v2_maker');
    if (!first.ok) throw new Error('the maker order rests');
    expect(told(replay(floor, me, 'orders__duplicate_client_order_id'))).toEqual(wanted('orders__duplicate_client_order_id'));
    expect(floor.exchange.cancelOrder(me, floor.address(first.orderId))).toMatchObject({ ok: true, reducedBy: 100 });
    expect(recorded('orders__cancel_v2').body['reduced_by']).toBe('1.00');
    expect(told(replay(floor, me, 'orders__reuse_canceled_client_id'))).toEqual(wanted('orders__reuse_canceled_client_id'));
    for (const [name, id] of [
      ['orders__cancel_already_canceled', first.orderId],
      ['orders__cancel_unknown_id', venueOrderId('00000000-0000-0000-0000-000000000000')],
    ] as const) {
      const answer = floor.exchange.cancelOrder(me, floor.address(id));
      expect(told(answer as Answer<Created>)).toEqual(wanted(name));
    }
  });

  test('self-trade: the incoming order ends with zeros, the resting one is untouched and can be cancelled', () => {
    const { floor, me } = scene();
    const resting = replay(floor, me, 'orders__stp_setup');
    if (!resting.ok) throw new Error('the first order rests');
    expect(told(resting)).toEqual(wanted('orders__stp_setup'));
    expect(told(replay(floor, me, 'orders__stp_self_cross'))).toEqual(wanted('orders__stp_self_cross'));
    expect(floor.exchange.order(me, resting.orderId)).toMatchObject({
      status: 'resting',
      remaining: 100,
      filled: 0,
      updatedAt: floor.exchange.now,
    });
    expect(floor.exchange.cancelOrder(me, floor.address(resting.orderId))).toMatchObject({ ok: true, reducedBy: 100 });
    expect(recorded('cleanup__stp_resting').body['reduced_by']).toBe('1.00');
  });

  test('the IOC fill: traded at the resting price, fee 0.0175, order and position as recorded', () => {
    const { floor, me } = scene();
    const answer = replay(floor, me, 'orders__create_v2_taker_ioc');
    if (!answer.ok) throw new Error('the order trades');
    const order = (recorded('portfolio__orders_list').body['orders'] as Readonly<Record<string, unknown>>[])[0];
    expect(order).toMatchObject({
      status: 'executed',
      taker_fees_dollars: '0.017500',
      taker_fill_cost_dollars: '0.520000',
      yes_price_dollars: '0.9900',
    });
    expect(floor.exchange.order(me, answer.orderId)).toMatchObject({
      status: 'executed',
      takerFees: 17_500,
      takerCost: usd(0.52),
      price: 9900,
    });
    const fill = (recorded('fills__after_taker').body['fills'] as Readonly<Record<string, unknown>>[])[0];
    expect(fill).toMatchObject({ count_fp: '1.00', fee_cost: '0.017500', is_taker: true, yes_price_dollars: '0.5200' });
    expect(floor.exchange.fills(me)).toMatchObject([{ quantity: 100, fee: 17_500, role: 'taker', price: 5200 }]);
    expect(floor.exchange.positions(me).markets).toMatchObject([
      { quantity: 100, cost: usd(0.52), traded: usd(0.52), fees: 17_500, realized: 0 },
    ]);
  });
});
