import { constants, createHash, createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePrivateKey, SigningKey } from '../../../src/connector/keys.js';
import { DirectSigner, signedText, websocketHeaders, type AuthHeaders, type HttpMethod } from '../../../src/connector/sign.js';
import { PooledSigner } from '../../../src/connector/signature-pool.js';
import { millis, seconds } from '../../../src/domain/units.js';
import { FakeTime } from '../../support/fake-time.js';

const KEY_ID = '5f0c7e1e-9d0f-4d0c-9a36-0f7f3a4f2b11';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');

const isRsaSignature = (text: string, headers: AuthHeaders, saltLength: number): boolean =>
  verify(
    'sha256',
    Buffer.from(text),
    { key: rsa.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
    Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'], 'base64'),
  );

const isEdSignature = (text: string, headers: AuthHeaders, key: KeyObject = ed25519.publicKey): boolean =>
  verify(null, Buffer.from(text), key, Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'], 'base64'));

describe('the signed text', () => {
  test.each<[number, HttpMethod, string, string]>([
    [1703123456789, 'GET', '/trade-api/v2/portfolio/balance', '1703123456789GET/trade-api/v2/portfolio/balance'],
    [1703123456789, 'GET', '/trade-api/v2/portfolio/orders?limit=5&cursor=a', '1703123456789GET/trade-api/v2/portfolio/orders'],
    [1, 'DELETE', '/trade-api/v2/portfolio/events/orders/batched', '1DELETE/trade-api/v2/portfolio/events/orders/batched'],
  ])('is time, method and path without query', (at, method, path, text) => {
    expect(signedText(at, method, path)).toBe(text);
  });
});

describe('a signer', () => {
  const time = new FakeTime(1_703_123_456_789_999);

  test('with RSA uses PSS with SHA-256 and a salt of 32 bytes', () => {
    const headers = new DirectSigner(KEY_ID, new SigningKey(rsa.privateKey), time).headers(
      'GET',
      '/trade-api/v2/portfolio/balance?subaccount=0',
    );
    expect(headers['KALSHI-ACCESS-KEY']).toBe(KEY_ID);
    expect(headers['KALSHI-ACCESS-TIMESTAMP']).toBe('1703123456789');
    const text = '1703123456789GET/trade-api/v2/portfolio/balance';
    expect(isRsaSignature(text, headers, 32)).toBe(true);
    expect(isRsaSignature(text, headers, 20)).toBe(false);
    expect(isRsaSignature(`${text}?subaccount=0`, headers, 32)).toBe(false);
    expect(isRsaSignature(text.replace('/trade-api/v2', ''), headers, 32)).toBe(false);
  });

  test('with Ed25519 agrees with a known key of RFC 8032', () => {
    // Section 7.1, test 2: secret key, public key, message 0x72.
    const secret = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(secret, 'hex')]);
    const key = parsePrivateKey(`-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`);
    expect(key.sign(Buffer.from('72', 'hex')).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  test('signs any path so that the public key agrees, and no other text', () => {
    const signer = new DirectSigner(KEY_ID, new SigningKey(ed25519.privateKey), time);
    fc.assert(
      fc.property(fc.webPath(), fc.constantFrom<HttpMethod>('GET', 'POST', 'PUT', 'DELETE'), (path, method) => {
        const headers = signer.headers(method, `/trade-api/v2${path}`);
        expect(isEdSignature(signedText(1703123456789, method, `/trade-api/v2${path}`), headers)).toBe(true);
        expect(isEdSignature(signedText(1703123456788, method, `/trade-api/v2${path}`), headers)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('signs the websocket path afresh at every call', () => {
    const clock = new FakeTime();
    const headers = websocketHeaders(new DirectSigner(KEY_ID, new SigningKey(ed25519.privateKey), clock));
    const first = headers();
    clock.advance(seconds(1));
    const second = headers();
    expect(Number(second['KALSHI-ACCESS-TIMESTAMP'])).toBe(Number(first['KALSHI-ACCESS-TIMESTAMP']) + 1000);
    expect(isEdSignature(`${second['KALSHI-ACCESS-TIMESTAMP']}GET/trade-api/ws/v2`, second as AuthHeaders)).toBe(true);
  });

  test('is the public half of its key and nothing else', () => {
    const stranger = createPublicKey(generateKeyPairSync('ed25519').privateKey);
    const headers = new DirectSigner(KEY_ID, new SigningKey(ed25519.privateKey), time).headers('GET', '/a');
    expect(isEdSignature('1703123456789GET/a', headers, stranger)).toBe(false);
  });
});

describe('a pool of signatures', () => {
  const PATH = '/trade-api/v2/portfolio/events/orders';
  const settings = { depth: 3, ageMax: millis(500), refreshEvery: millis(100), orderAgeMax: millis(2500), ordersMax: 2 };
  const setUp = async (): Promise<{ pool: PooledSigner; time: FakeTime; settle: () => Promise<void> }> => {
    const time = new FakeTime();
    const key = new SigningKey(rsa.privateKey);
    const pool = new PooledSigner(KEY_ID, key, time, [{ method: 'POST', path: PATH }], settings);
    const settle = async (): Promise<void> => {
      while (pool.outstanding > 0) await new Promise((resolve) => void setImmediate(resolve));
    };
    pool.start(time);
    await settle();
    return { pool, time, settle };
  };
  const digest = (headers: AuthHeaders): string => createHash('sha256').update(JSON.stringify(headers)).digest('hex');

  test('keeps a rare and urgent call signed for good, whatever orders come and go', async () => {
    const { pool, time, settle } = await setUp();
    const call = { method: 'PUT', path: '/trade-api/v2/portfolio/order_groups/g1/trigger' } as const;
    pool.keep(call);
    pool.keep(call);
    await settle();
    for (let i = 0; i < 5; i++) pool.prepare(`order-${i}`, [{ method: 'DELETE', path: `${PATH}/${i}` }]);
    for (let s = 0; s < 20; s++) {
      time.advance(millis(500));
      await settle();
    }
    pool.headers('PUT', `${call.path}?subaccount=0&exchange_index=2`);
    expect(pool.counters).toMatchObject({ pooled: 1, direct: 0 });
    await settle();
    time.advance(millis(100));
    await settle();
    pool.headers('PUT', call.path);
    expect(pool.counters).toMatchObject({ pooled: 2, direct: 0 });
  });

  test('without any that are kept ready signs each request when it leaves', async () => {
    const time = new FakeTime();
    const pool = new PooledSigner(KEY_ID, new SigningKey(rsa.privateKey), time, [{ method: 'POST', path: PATH }], {
      ...settings,
      depth: 0,
    });
    pool.start(time);
    pool.keep({ method: 'PUT', path: PATH });
    pool.prepare('order-1', [{ method: 'DELETE', path: `${PATH}/1` }]);
    time.advance(millis(1000));
    expect(pool.outstanding).toBe(0);
    for (const [method, path] of [
      ['POST', PATH],
      ['PUT', PATH],
      ['DELETE', `${PATH}/1`],
    ] as const)
      pool.headers(method, path);
    expect(pool.counters).toEqual({ pooled: 0, direct: 3, expired: 0, failed: 0 });
    pool.stop();
  });

  test('has as many ready of a constant call as are needed at once', async () => {
    const time = new FakeTime();
    const call = { method: 'DELETE', path: `${PATH}/batched`, ready: 10 } as const;
    const pool = new PooledSigner(KEY_ID, new SigningKey(rsa.privateKey), time, [call], settings);
    pool.start(time);
    while (pool.outstanding > 0) await new Promise((resolve) => void setImmediate(resolve));
    time.advance(millis(2000));
    for (let i = 0; i < 10; i++) pool.headers('DELETE', call.path);
    expect(pool.counters).toMatchObject({ pooled: 10, direct: 0 });
  });

  test('gives valid signatures, none of them twice', async () => {
    const { pool, time, settle } = await setUp();
    const seen = new Set<string>();
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < settings.depth; i++) {
        const headers = pool.headers('POST', PATH);
        expect(isRsaSignature(`${headers['KALSHI-ACCESS-TIMESTAMP']}POST${PATH}`, headers, 32)).toBe(true);
        seen.add(digest(headers));
      }
      time.advance(millis(100));
      await settle();
    }
    expect(seen.size).toBe(4 * settings.depth);
    expect(pool.counters).toMatchObject({ pooled: 12, direct: 0, failed: 0 });
    pool.stop();
  });

  test('never gives one that is too old, even if it was never refreshed', async () => {
    const { pool, time } = await setUp();
    pool.stop();
    time.advance(millis(501));
    const headers = pool.headers('POST', PATH);
    expect(Number(headers['KALSHI-ACCESS-TIMESTAMP'])).toBe(Math.floor(time.wall() / 1000));
    expect(pool.counters).toMatchObject({ pooled: 0, direct: 1, expired: 3 });
  });

  test('replaces what was taken at once, without waiting for the next round', async () => {
    const { pool, time, settle } = await setUp();
    for (let i = 0; i < 3; i++) pool.headers('POST', PATH);
    time.advance(millis(1));
    await settle();
    for (let i = 0; i < 3; i++) pool.headers('POST', PATH);
    expect(pool.counters).toMatchObject({ pooled: 6, direct: 0 });
    pool.stop();
    expect(time.pending).toBe(0);
  });

  test('does not give one from the future after the clock was set back', async () => {
    const { pool, time } = await setUp();
    pool.stop();
    time.advance(millis(-2000));
    expect(Number(pool.headers('POST', PATH)['KALSHI-ACCESS-TIMESTAMP'])).toBe(Math.floor(time.wall() / 1000));
  });

  test('signs directly when it is empty, and for any other path', async () => {
    const { pool } = await setUp();
    for (let i = 0; i < 5; i++) pool.headers('POST', PATH);
    pool.headers('DELETE', PATH);
    pool.headers('POST', `${PATH}/1/amend`);
    expect(pool.counters).toMatchObject({ pooled: 3, direct: 4 });
    pool.stop();
  });

  test('is given up for good once a signature was refused', async () => {
    const { pool, time, settle } = await setUp();
    pool.refused();
    time.advance(millis(300));
    await settle();
    const headers = pool.headers('POST', PATH);
    expect(isRsaSignature(`${headers['KALSHI-ACCESS-TIMESTAMP']}POST${PATH}`, headers, 32)).toBe(true);
    expect(pool.counters).toMatchObject({ pooled: 0, direct: 1 });
    pool.stop();
  });

  describe('of single orders', () => {
    const calls = (id: string) => [
      { method: 'DELETE' as const, path: `${PATH}/${id}` },
      { method: 'POST' as const, path: `${PATH}/${id}/amend` },
    ];

    test('has the calls of a prepared order ready, whatever query they carry', async () => {
      const { pool, settle } = await setUp();
      pool.prepare('a', calls('a'));
      await settle();
      const headers = pool.headers('DELETE', `${PATH}/a?subaccount=0&exchange_index=2`);
      expect(isRsaSignature(`${headers['KALSHI-ACCESS-TIMESTAMP']}DELETE${PATH}/a`, headers, 32)).toBe(true);
      pool.headers('POST', `${PATH}/a/amend`);
      expect(pool.counters).toMatchObject({ pooled: 2, direct: 0 });
      pool.stop();
    });

    test('renews them while the order rests, and never gives one that is too old', async () => {
      const { pool, time, settle } = await setUp();
      pool.prepare('a', calls('a'));
      await settle();
      for (let i = 0; i < 60; i++) {
        time.advance(millis(100));
        await settle();
      }
      const headers = pool.headers('DELETE', `${PATH}/a`);
      expect(pool.counters.direct).toBe(0);
      expect(time.wall() / 1000 - Number(headers['KALSHI-ACCESS-TIMESTAMP'])).toBeLessThanOrEqual(2500);
      pool.stop();
    });

    test('keeps no more orders than allowed, the youngest ones, and forgets those that are gone', async () => {
      const { pool, settle } = await setUp();
      for (const id of ['a', 'b', 'c']) pool.prepare(id, calls(id));
      pool.forget('c');
      await settle();
      for (const id of ['a', 'b', 'c']) pool.headers('DELETE', `${PATH}/${id}`);
      expect(pool.counters).toMatchObject({ pooled: 1, direct: 2 });
      pool.stop();
    });
  });
});
