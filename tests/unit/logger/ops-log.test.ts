import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppendFile } from '../../../src/domain/ports.js';
import { epochUs } from '../../../src/domain/units.js';
import { OpsLog, type LogLine } from '../../../src/logger/ops-log.js';
import { redactText } from '../../../src/domain/redact.js';
import { redactFields, type Fields } from '../../../src/logger/redaction.js';
import { StorageError } from '../../../src/logger/storage-errors.js';

class Page implements AppendFile {
  text = '';
  full = false;
  append(bytes: Uint8Array): void {
    if (this.full) throw new StorageError('write', 'ops.log', 'ENOSPC');
    this.text += Buffer.from(bytes).toString('utf8');
  }
  close(): void {
    this.text += '(closed)';
  }
}

const line = (seq: number, parts: Partial<LogLine> = {}): LogLine => ({
  seq,
  at: epochUs(1_795_000_000_123_456),
  severity: 'info',
  code: 'FEED_UP',
  text: 'Connection established.',
  fields: {},
  ...parts,
});

test('a line is one JSON object that reads from left to right', () => {
  const page = new Page();
  const log = new OpsLog(page);
  log.take(line(1, { fields: { host: 'example', attempt: 2 } }));
  log.flush();
  expect(page.text).toBe(
    '{"level":"INFO","time":"2026-11-18T11:06:40.123456Z","code":"FEED_UP","host":"example","attempt":2,"text":"Connection established."}\n',
  );
});

test.each(['debug', 'info', 'warn', 'error'] as const)('%s lines are written under their name', (severity) => {
  const page = new Page();
  const log = new OpsLog(page);
  log.take(line(1, { severity }));
  log.flush();
  expect(JSON.parse(page.text)).toMatchObject({ level: severity.toUpperCase() });
});

test("a field cannot pass itself off as the line's own time, level, code or text", () => {
  const page = new Page();
  const log = new OpsLog(page);
  log.take(line(1, { fields: { time: 'never', level: 'none', code: 'x', text: 'y' } }));
  log.flush();
  expect(JSON.parse(page.text)).toMatchObject({
    level: 'INFO',
    code: 'FEED_UP',
    text: 'Connection established.',
    time_: 'never',
    level_: 'none',
  });
  expect(page.text.match(/"level":/g)).toHaveLength(1);
});

test('text cannot break out of its line', () => {
  const page = new Page();
  const log = new OpsLog(page);
  log.take(line(1, { text: 'one\n{"level":"ERROR"}' }));
  log.flush();
  expect(page.text.trimEnd().split('\n')).toHaveLength(1);
});

test('lines refused by the disk are kept and written once', () => {
  const page = new Page();
  const log = new OpsLog(page);
  page.full = true;
  log.take(line(1));
  expect(() => {
    log.flush();
  }).toThrow('ENOSPC');
  expect(log.lastWritten).toBe(0);
  page.full = false;
  log.take(line(2));
  log.flush();
  expect(log.lastWritten).toBe(2);
  expect(page.text.trimEnd().split('\n')).toHaveLength(2);
});

test('a line told twice is written once', () => {
  const page = new Page();
  const log = new OpsLog(page);
  for (const seq of [1, 2, 1, 2, 3]) log.take(line(seq));
  log.flush();
  expect(page.text.trimEnd().split('\n')).toHaveLength(3);
});

describe('no secret reaches the log', () => {
  const CANARY = 'c4n4ryS3cr3tValue';
  const written = (parts: Partial<LogLine>): string => {
    const page = new Page();
    const log = new OpsLog(page);
    log.take(line(1, parts));
    log.flush();
    return page.text;
  };

  test.each([
    'key',
    'private_key',
    'privateKey',
    'PRIVATE-KEY',
    'api_key',
    'signature',
    'KALSHI-ACCESS-SIGNATURE',
    'KALSHI-ACCESS-KEY',
    'passphrase',
    'key_passphrase',
    'password',
    'Authorization',
    'proxy-authorization',
    'headers',
    'token',
    'access_token',
    'cookie',
    'Set-Cookie',
    'pem',
  ])('in a field named %s', (name) => {
    const text = written({ fields: { [name]: CANARY } });
    expect(text).not.toContain(CANARY);
    expect(text).toContain('[redacted]');
  });

  test.each([
    `sent KALSHI-ACCESS-SIGNATURE: ${CANARY} to the exchange`,
    `{"KALSHI-ACCESS-KEY":"${CANARY}"}`,
    `refused: passphrase=${CANARY}`,
    `Authorization: Bearer ${CANARY}`,
    `bearer ${CANARY}`,
    `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
    `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}`,
  ])('in the text %j or a field of another name', (text) => {
    expect(written({ text })).not.toContain(CANARY);
    expect(written({ fields: { detail: text } })).not.toContain(CANARY);
  });

  test('while what is no secret stays', () => {
    const fields: Fields = {
      tokens: 12,
      market: 'KXBTCD-26NOV2117',
      key_count: 3,
      keyboard: 'de',
      token: 5,
      monkey: 'see',
      signed: true,
      none: null,
    };
    expect(redactFields(fields)).toEqual(fields);
    expect(redactText('order rests at 0.5600; the write budget has 12 tokens')).toBe(
      'order rests at 0.5600; the write budget has 12 tokens',
    );
  });

  test('whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (before, after) => {
        expect(redactText(`${before} signature: ${CANARY} ${after}`)).not.toContain(CANARY);
      }),
    );
  });
});
