import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, headersFor, signature, type Key } from './client.js';
import { host, type Hosted } from './hosting.js';

const BALANCE = '/portfolio/balance';
const PATH = `/trade-api/v2${BALANCE}`;

const EXPIRED = { error: { code: 'header_timestamp_expired', message: 'header timestamp expired' } };
const BAD_SIGNATURE = { error: { code: 'authentication_error', message: 'authentication_error', details: 'INCORRECT_API_KEY_SIGNATURE' } };
const NOT_FOUND = { error: { code: 'authentication_error', message: 'authentication_error', details: 'NOT_FOUND' } };
const NO_SIGNATURE = { error: { code: 'signature_is_missing_from_headers', message: 'signature is missing from headers' } };
const NO_CREDENTIALS = { error: { code: 'token_authentication_failure', message: 'token authentication failure' } };

let hosted: Hosted;
let key: Key;
beforeAll(async () => {
  hosted = await host({
    accounts: [
      { keys: [{ type: 'rsa' }, { type: 'ed25519' }, { scopes: ['read'] }, { subaccount: 1 }], subaccounts: 2 },
      { keys: [{ type: 'ed25519' }] },
    ],
  });
  key = hosted.clients[0].key as Key;
});

const client = (index: number): Client => hosted.client(index);

describe('signatures over REST', () => {
  test.each([
    ['RSA-PSS', 0],
    ['Ed25519', 1],
  ])('a request signed with %s is let in', async (_name, index) => {
    const answer = await client(index).get(BALANCE);
    expect([answer.status, answer.body['balance_dollars']]).toEqual([200, '40000.0000']);
  });

  test.each([
    ['10 s behind', -10, 200],
    ['10 s ahead', 10, 200],
    ['30 s behind', -30.5, 401],
    ['60 s ahead', 60, 401],
    ['5 min behind', -300, 401],
  ])('a clock %s gives the recorded answer', async (_name, offset, status) => {
    const answer = await client(0).raw('GET', BALANCE, headersFor(key, 'GET', PATH, Date.now() + offset * 1000));
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body).toEqual(EXPIRED);
  });

  const good = (): Record<string, string> => headersFor(key, 'GET', PATH);
  const at = (): string => String(Date.now());
  test.each<[string, () => Record<string, string>, unknown]>([
    ['no headers at all', () => ({}), NO_CREDENTIALS],
    ['no signature', () => ({ 'KALSHI-ACCESS-KEY': key.keyId, 'KALSHI-ACCESS-TIMESTAMP': at() }), NO_SIGNATURE],
    ['an unknown key', () => ({ ...good(), 'KALSHI-ACCESS-KEY': '00000000-0000-0000-0000-000000000000' }), NOT_FOUND],
    ['a signature of another path', () => headersFor(key, 'GET', '/trade-api/v2/portfolio/fills'), BAD_SIGNATURE],
    ['a signature without the prefix', () => headersFor(key, 'GET', BALANCE), BAD_SIGNATURE],
    ['a signature of another method', () => headersFor(key, 'POST', PATH), BAD_SIGNATURE],
    ['a signature with the query', () => headersFor(key, 'GET', `${PATH}?subaccount=0`), BAD_SIGNATURE],
    ['a signature that is no base64', () => ({ ...good(), 'KALSHI-ACCESS-SIGNATURE': '%%%' }), BAD_SIGNATURE],
    [
      'a digest instead of a signature',
      () => ({ ...good(), 'KALSHI-ACCESS-SIGNATURE': createHash('sha256').update('x').digest('base64') }),
      BAD_SIGNATURE,
    ],
    ['a timestamp in seconds', () => headersFor(key, 'GET', PATH, Math.floor(Date.now() / 1000)), EXPIRED],
    ['a timestamp that is no number', () => ({ ...good(), 'KALSHI-ACCESS-TIMESTAMP': 'noon' }), EXPIRED],
    [
      'a signature by the key of another account',
      () => ({ ...good(), 'KALSHI-ACCESS-SIGNATURE': signature(client(4).key as Key, `${at()}GET${PATH}`) }),
      BAD_SIGNATURE,
    ],
  ])('%s is refused', async (_name, headers, body) => {
    const answer = await client(0).raw('GET', BALANCE, headers());
    expect([answer.status, answer.body]).toEqual([401, body]);
  });

  test('market data needs no signature, but a wrong one is refused', async () => {
    expect((await hosted.anonymous.get('/markets?limit=1')).status).toBe(200);
    const wrong = await hosted.anonymous.raw('GET', '/markets?limit=1', headersFor(key, 'GET', '/trade-api/v2/events'));
    expect([wrong.status, wrong.body]).toEqual([401, BAD_SIGNATURE]);
  });
});

describe('what a key may do', () => {
  test('a key without the write scope reads but does not trade', async () => {
    const reader = client(2);
    expect((await reader.get(BALANCE)).status).toBe(200);
    const refused = await reader.order({ ticker: 'X' });
    expect([refused.status, refused.body]).toEqual([403, { error: { code: 'forbidden', message: 'forbidden' } }]);
  });

  test('a key locked to a subaccount acts there by itself, and nowhere else', async () => {
    const locked = client(3);
    expect((await locked.get(BALANCE)).body['balance_dollars']).toBe('0.0000');
    expect((await locked.get(`${BALANCE}?subaccount=1`)).status).toBe(200);
    expect((await locked.get(`${BALANCE}?subaccount=2`)).status).toBe(403);
    expect((await locked.call('DELETE', '/portfolio/events/orders?subaccount=0')).status).toBe(403);
  });

  test('a subaccount that was never opened is not found', async () => {
    expect((await client(1).get(`${BALANCE}?subaccount=9`)).status).toBe(404);
    expect((await client(1).get(`${BALANCE}?subaccount=64`)).status).toBe(400);
  });

  test('an account lists its own keys only', async () => {
    const keys = (await client(4).get('/api_keys')).body['api_keys'] as { api_key_id: string; scopes: string[] }[];
    expect(keys).toEqual([{ api_key_id: (client(4).key as Key).keyId, name: 'account-2-1', scopes: ['read', 'write'] }]);
  });
});

describe('paths', () => {
  test('a trailing slash is sent on to the path without it', async () => {
    const answer = await hosted.anonymous.get('/exchange/status/?x=1');
    expect([answer.status, answer.headers.get('location')]).toEqual([301, '/trade-api/v2/exchange/status?x=1']);
  });

  test.each(['/nothing', '/portfolio', '/markets/X/Y/Z', '/%E0%A4%A'])('no route is found at %s', async (path) => {
    const answer = await hosted.anonymous.get(path);
    expect([answer.status, answer.text]).toEqual([404, '404 page not found']);
  });

  test.each([
    ['POST', '/portfolio/orders'],
    ['DELETE', '/portfolio/orders/some-id'],
    ['POST', '/portfolio/orders/batched'],
  ])('an order written the old way (%s %s) is told to use V2', async (method, path) => {
    const answer = await client(1).call(method, path, {});
    expect(answer.status).toBe(410);
    expect(answer.text).toContain('Use the V2 order endpoints');
  });
});

describe('the websocket upgrade', () => {
  const refusalOf = async (headers: Record<string, string>): Promise<{ status: number; body: unknown }> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(hosted.exchange.ws, { headers });
      socket.once('open', () => reject(new Error('it was let in')));
      socket.once('error', () => undefined);
      socket.once('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }));
      });
    });

  test('is let in with either kind of key', async () => {
    for (const index of [0, 1]) {
      const stream = await client(index).stream();
      expect((await stream.reply(stream.command('list_subscriptions'))).type).toBe('ok');
      stream.close();
    }
  });

  test.each<[string, () => Record<string, string>, unknown]>([
    ['without headers', () => ({}), NO_CREDENTIALS],
    ['with a stale signature', () => headersFor(key, 'GET', '/trade-api/ws/v2', Date.now() - 60_000), EXPIRED],
    ['with the signature of a REST path', () => headersFor(key, 'GET', PATH), BAD_SIGNATURE],
  ])('%s gets 401 and the JSON error', async (_name, headers, body) => {
    expect(await refusalOf(headers())).toEqual({ status: 401, body });
  });
});

test('private keys lie in a folder of their own that nobody else can read', async () => {
  const file = await stat(key.privateKeyPath);
  const folder = await stat(dirname(key.privateKeyPath));
  expect([file.mode & 0o777, folder.mode & 0o777]).toEqual([0o600, 0o700]);
});
