/** The index channel of the simulated exchange, by the examples of the exchange's own documents. */
import { describe, expect, test } from 'vitest';
import type { AccountId } from '../../../../src/exchange/core/words.js';
import { WsSession } from '../../../../src/exchange/server/ws-session.js';
import { epochUs } from '../../../../src/domain/units.js';
import type { Frame } from './client.js';

const AT = epochUs(1_710_000_000_123_000);
const setUp = (indices: readonly string[] = ['BRTI']) => {
  const frames: Frame[] = [];
  const world = { market: () => null, tickers: () => [], book: () => null, indices: () => indices };
  const listener = { account: 'a' as AccountId, subaccount: null };
  const session = new WsSession(
    listener,
    world,
    { marketsPerSubscription: 3, commandsPerSecond: 100 },
    (frame) => frames.push(JSON.parse(frame) as Frame) > 0,
  );
  const say = (cmd: string, params: object): Frame[] => {
    session.receive(JSON.stringify({ id: 2, cmd, params }), 0);
    return frames.splice(0);
  };
  const publish = (id = 'BRTI', closing: { value: number; count: number } | null = null): Frame[] => {
    session.publish({ type: 'index', at: AT, id, value: 68000.12, trailing: { value: 68000.1, count: 60 }, closing }, 5);
    return frames.splice(0);
  };
  return { say, publish };
};
const subscribe = { channels: ['cfbenchmarks_value'], index_ids: ['BRTI'] };

test('publishes values as documented', () => {
  const { say, publish } = setUp();
  expect(say('subscribe', subscribe)).toEqual([{ type: 'subscribed', id: 2, msg: { channel: 'cfbenchmarks_value', sid: 1 } }]);
  expect(publish('BRTI', { value: 68000.2, count: 14 })).toEqual([
    {
      type: 'cfbenchmarks_value',
      sid: 1,
      seq: 1,
      msg: {
        index_id: 'BRTI',
        received_at: 1_710_000_000_123,
        data: '{"type":"value","id":"BRTI","time":1710000000123,"value":"68000.12"}',
        avg_60s_data: {
          value: '68000.10000000',
          window_size: 60,
          window_start_ts_ms: 1_709_999_940_123,
          window_end_ts_exclusive: 1_710_000_000_123,
        },
        last_60s_windowed_average_15min: expect.objectContaining({ value: '68000.20000000', window_size: 14 }) as object,
      },
      sending_ts_ms: 5,
    },
  ]);
  expect(publish()[0]?.msg).not.toHaveProperty('last_60s_windowed_average_15min');
});

describe('what is published', () => {
  test('is what was asked for', () => {
    const { say, publish } = setUp();
    say('subscribe', { channels: ['cfbenchmarks_value'] });
    expect(publish()).toEqual([]);
    expect(say('update_subscription', { sid: 1, action: 'subscribe_indices', index_ids: ['BRTI'] })).toMatchObject([
      { type: 'ok', id: 2, sid: 1 },
    ]);
    expect([publish('ETHUSD_RTI').length, publish('BRTI').length]).toEqual([0, 1]);
    say('update_subscription', { sid: 1, action: 'unsubscribe_indices', index_ids: ['BRTI'] });
    expect(publish()).toEqual([]);
    say('update_subscription', { sid: 1, action: 'subscribe_indices', index_ids: ['all'] });
    expect(publish().length).toBe(1);
  });

  test('can be listed without a change', () => {
    const { say } = setUp();
    say('subscribe', { channels: ['cfbenchmarks_value'] });
    expect(say('update_subscription', { sid: 1, action: 'indexlist' })).toMatchObject([
      { type: 'cfbenchmarks_value_indexlist', id: 2, sid: 1, msg: { index_ids: ['BRTI'] } },
    ]);
  });
});

test('refuses what it cannot do with the documented codes', () => {
  const { say } = setUp();
  say('subscribe', subscribe);
  say('subscribe', { channels: ['trade'] });
  const code = (params: object) => say('update_subscription', params)[0]?.msg;
  expect(code({ sid: 1, action: 'subscribe_indices' })).toMatchObject({ code: 24 });
  expect(code({ sid: 2, action: 'indexlist' })).toMatchObject({ code: 13 });
  expect(code({ sid: 9, action: 'indexlist' })).toMatchObject({ code: 7 });
  expect(setUp([]).say('subscribe', subscribe)[0]?.msg).toMatchObject({ code: 10 });
});
