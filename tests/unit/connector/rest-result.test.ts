import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalCode } from '../../../src/connector/refusal.js';
import { classify, decoded, describe as say, notSent, type Refused } from '../../../src/connector/rest-result.js';
import type { RefusalCode } from '../../../src/domain/events.js';

const nested = (code: string, details?: string): string => JSON.stringify({ error: { code, message: code.replaceAll('_', ' '), details } });

describe('a refusal', () => {
  test.each<[number, string, RefusalCode]>([
    [400, nested('invalid_order', 'post only cross'), 'post-only-cross'],
    [400, nested('invalid_order', 'invalid price: invalid dollar precision: -5'), 'invalid-price'],
    [400, nested('invalid_order', 'reduce_only can only be used with IoC or FoK orders'), 'other'],
    [400, nested('invalid_price'), 'invalid-price'],
    [400, nested('insufficient_balance'), 'insufficient-balance'],
    [400, nested('available_balance_too_low'), 'insufficient-balance'],
    [400, nested('market_inactive'), 'market-inactive'],
    [400, nested('MARKET_INACTIVE'), 'market-inactive'],
    [400, nested('EXCHANGE_PAUSED'), 'paused'],
    [400, nested('bad_request', 'trading is paused'), 'paused'],
    [400, nested('user_not_found:_00000000-7469'), 'other'],
    [401, nested('authentication_error', 'NOT_FOUND'), 'unauthorized'],
    [401, '', 'unauthorized'],
    [403, nested('insufficient_scope'), 'forbidden'],
    [403, '<html>denied</html>', 'forbidden'],
    [404, nested('not_found'), 'not-found'],
    [404, '404 page not found', 'not-found'],
    [409, nested('order_already_exists'), 'duplicate-client-id'],
    [409, nested('fill_or_kill_insufficient_resting_volume'), 'unfilled'],
    [409, nested('immediate_or_cancel_insufficient_resting_volume'), 'unfilled'],
    [409, nested('transfer_already_applied'), 'other'],
    [410, '', 'other'],
    [429, '{"error":"too many requests"}', 'rate-limited'],
    [429, '', 'rate-limited'],
    [429, nested('market_inactive'), 'rate-limited'],
    [400, '{"msg":"Parameter validation failed"}', 'other'],
    [400, '{"code":"bad_request","message":"bad request","details":"json: cannot unmarshal"}', 'other'],
  ])('of %d %s means %s', (status, text, code) => {
    const outcome = classify(status, text);
    expect(outcome.kind).toBe('refused');
    expect(refusalCode(outcome as Refused)).toBe(code);
  });

  test('that never left the process means not sent', () => {
    expect(refusalCode(notSent('no tokens'))).toBe('not-sent');
    expect(say(notSent('no tokens'))).toBe('not-sent, no tokens');
  });

  test('reads well for people, without strange characters and not endlessly', () => {
    expect(say(classify(400, nested('invalid_order', 'post only cross')) as Refused)).toBe(
      'HTTP 400: invalid_order, invalid order, post only cross',
    );
    const long = say(classify(400, `\u001b[31m${'x'.repeat(5000)}`) as Refused);
    expect(long).toMatch(/^[\x20-\x7e]+$/);
    expect(long.length).toBeLessThan(260);
  });
});

describe('an outcome', () => {
  test('is unknown where a success cannot be decoded', () => {
    const outcome = decoded({ kind: 'ok', status: 201, value: {} }, () => {
      throw new Error('order_id: expected a text');
    });
    expect(outcome).toEqual({ kind: 'unknown', status: 201, reason: 'unreadable answer: order_id: expected a text' });
  });

  test('of any status and any text is one of three, and only 2xx is a success', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const { kind } = classify(status, text);
        if (kind === 'ok') expect(status).toBeLessThan(300);
        if (kind === 'refused') expect(status >= 300 && status < 500 && status !== 408).toBe(true);
        if (status >= 500 || status === 408) expect(kind).toBe('unknown');
      }),
    );
  });

  test('of a body with names that objects have by birth is like any other', () => {
    expect(classify(400, '{"__proto__":{"code":"x"},"constructor":1}')).toMatchObject({ kind: 'refused', code: 'http-400', shape: 'text' });
  });
});

test('an answer that nests without end is not unfolded: nobody knows what it says', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(classify(200, deep)).toMatchObject({ kind: 'unknown', status: 200 });
  expect(classify(400, deep)).toMatchObject({ kind: 'refused', shape: 'text' });
  expect(classify(200, `{"note":"${'['.repeat(1000)}"}`)).toMatchObject({ kind: 'ok' });
});

test.each(['', 'garbled', '{"err', '{"error":{}}'])(
  'a conflict that says %j may mean that the order is there: it is unknown, not refused',
  (text) => {
    expect(classify(409, text)).toMatchObject({ kind: 'unknown', status: 409 });
  },
);
