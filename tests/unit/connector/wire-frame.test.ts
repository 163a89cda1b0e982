import { describe, expect, test } from 'vitest';
import { MalformedFrameError } from '../../../src/connector/wire-fields.js';
import { parseFrame } from '../../../src/connector/wire-frame.js';
import { bytesOf } from '../../support/stream.js';

describe('the envelope of a frame', () => {
  test('carries type, subscription, number, command and market, and ignores what it does not know', () => {
    const frame = parseFrame(
      bytesOf({ type: 'trade', sid: 2, seq: 7, id: 3, novelty: [1], msg: { market_ticker: 'M-A' }, sending_ts_ms: 1 }),
    );
    expect(frame).toEqual({ type: 'trade', sid: 2, seq: 7, id: 3, ticker: 'M-A', msg: { market_ticker: 'M-A' }, sentAt: 1000 });
  });

  test.each([['soon'], [-1], [1.5], [null]])('a sending time of %j is none, and no reason to refuse the frame', (sent) => {
    expect(parseFrame(bytesOf({ type: 'trade', sid: 2, seq: 7, msg: {}, sending_ts_ms: sent })).sentAt).toBe(0);
  });

  test('may end with a newline', () => {
    expect(parseFrame(bytesOf('{"type":"ok","id":1}\n')).id).toBe(1);
  });

  test.each([
    ['no JSON', '{"type":"ok"', 'JSON'],
    ['nothing', '', 'JSON'],
    ['a list', '[1]', 'a JSON object'],
    ['null', 'null', 'a JSON object'],
    ['NaN', '{"type":"ok","seq":NaN}', 'JSON'],
    ['no type', '{"sid":1}', 'a text'],
    ['a type that is inherited only', '{"__proto__":{"type":"ok"}}', 'a text'],
    ['a type that is a number', '{"type":1}', 'a text'],
    ['a text for msg', '{"type":"ok","msg":"hello"}', 'an object'],
    ['a negative seq', '{"type":"ok","seq":-1}', 'whole number'],
    ['a fractional seq', '{"type":"ok","seq":1.5}', 'whole number'],
    ['an infinite seq', '{"type":"ok","seq":1e400}', 'whole number'],
    ['a seq beyond exact numbers', '{"type":"ok","seq":9007199254740993}', 'whole number'],
    ['a seq of minus zero', '{"type":"ok","seq":-0}', 'whole number'],
    ['a sid that is a text', '{"type":"ok","sid":"1"}', 'whole number'],
    ['a byte order mark', '\ufeff{"type":"ok"}', 'JSON'],
  ])('is refused with %s', (_name, text, expected) => {
    expect(() => parseFrame(bytesOf(text))).toThrow(MalformedFrameError);
    expect(() => parseFrame(bytesOf(text))).toThrow(expected);
  });

  test('is refused when its UTF-8 is cut off', () => {
    const whole = Buffer.from('{"type":"é"}');
    const cut = Buffer.concat([whole.subarray(0, 10), whole.subarray(11)]);
    expect(() => parseFrame(cut)).toThrow('UTF-8');
  });

  test('is refused above the size limit before it is parsed', () => {
    expect(() => parseFrame(Buffer.alloc(101, 0x20), 100)).toThrow('at most 100 bytes, got "101 bytes"');
  });

  test('is refused when it nests without end, but not for brackets inside texts', () => {
    expect(() => parseFrame(Buffer.from(`{"type":"x","msg":${'['.repeat(50_000)}`))).toThrow('nesting of at most 32');
    expect(parseFrame(bytesOf(`{"type":"x","msg":{"note":"${'[{\\"'.repeat(100)}"}}`)).type).toBe('x');
  });

  test('names a foreign type in its errors short and printable', () => {
    const text = JSON.stringify({ type: `\u001b[2J${'x'.repeat(100_000)}`, msg: 5 });
    expect(() => parseFrame(bytesOf(text))).toThrow(/^\?\[2Jx{1,80}\.\.\.\.msg: expected an object, got "5"$/);
  });

  test('keeps prototype keys as plain data', () => {
    const frame = parseFrame(bytesOf('{"type":"x","msg":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}'));
    expect(frame.type).toBe('x');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
