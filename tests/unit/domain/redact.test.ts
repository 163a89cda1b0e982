import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactText } from '../../../src/domain/redact.js';

const SECRET = 'c4n4ryS3cr3tValue';
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const body = pem.split('\n').slice(1, -2).join('');

describe('a secret is taken out', () => {
  test.each([
    `KALSHI-ACCESS-SIGNATURE: ${SECRET}`,
    `{"KALSHI-ACCESS-KEY":"${SECRET}"}`,
    `{"error":{"details":"{\\"kalshi-access-signature\\":\\"${SECRET}\\"}"}}`,
    `["KALSHI-ACCESS-KEY","${SECRET}","accept","*/*"]`,
    `kalshi-access-signature=${SECRET}&x=1`,
    `passphrase=${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    `https://me:${SECRET}@exchange.example/trade-api/v2`,
    `wss://${SECRET}@exchange.example`,
    `private_key: '${SECRET}'`,
  ])('of %j', (text) => {
    expect(redactText(text)).not.toContain(SECRET);
    expect(redactText(text)).toContain('[redacted]');
  });

  test('of a key, whole, cut off or in one line', () => {
    for (const text of [pem, pem.slice(0, 500), JSON.stringify(pem), `got ${body}`])
      expect(redactText(text)).not.toContain(body.slice(100, 140));
  });

  test('of any signature that stands alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(64, 256, 512), fc.constantFrom(' ', '"', '(', '>'), (bytes, around) => {
        const signature = randomBytes(bytes).toString('base64');
        // One in five thousand looks like a path of folders; the property is about the others.
        fc.pre(!signature.startsWith('/'));
        expect(redactText(`invalid${around}${signature}${around}`)).not.toContain(signature.slice(4, 30));
      }),
    );
  });
});

test.each([
  'order rests at 0.5600; the write budget has 12 tokens',
  `decision hash ${'0123456789abcdef'.repeat(4)}`,
  '/home/Trader1/Projects/markets/kalshi/maker/deployments/production/instance1/runs/state/demo',
  'credentials.demo.private_key_path: /keys/demo.pem',
  'credentials.demo.passphrase_env: KMM_PASSPHRASE',
  'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
  'https://example.com/a?who=me@example.com',
  'run 1mvq9zj0k4c7d2-17, client order id kmm-1mvq9zj0k4c7d2-17',
])('what is no secret stays: %s', (text) => {
  expect(redactText(text)).toBe(text);
});
