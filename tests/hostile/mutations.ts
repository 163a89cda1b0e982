/** What bad wires, bad disks and bad people do to bytes. Every change is drawn from a seed. */
import { mutateJson } from './json-mutations.js';
import type { Random } from './random.js';

type Change = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const cut = (bytes: Buffer, random: Random): readonly [from: number, to: number] => {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(random.oneIn(4) ? bytes.length : 8))];
};

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** A digit becomes another digit, a point or a minus: what stays closest to a sound message. */
const digitChange: Change = (bytes, random) => {
  const copy = Buffer.from(bytes);
  let at = random.below(copy.length);
  while (at < copy.length && !isDigit(copy[at])) at++;
  if (at < copy.length) copy[at] = '0123456789.-eE+ '.charCodeAt(random.below(16));
  return copy;
};

const BYTE_CHANGES: readonly Change[] = [
  // Bits that flip.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = random.pick([1, 1, 2, 5]); i > 0; i--) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }
    return copy;
  },
  // Bytes that come from nowhere, vanish, or come twice.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const strange = random.oneIn(2)
      ? random.bytes(1 + random.below(4))
      : Buffer.from(random.pick(['\0', '"', '\\', '{', '}', ']', ',', '\n', '\u00e9']));
    return Buffer.concat([bytes.subarray(0, at), strange, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  // Two messages that became one.
  (bytes, random, other) =>
    random.oneIn(3)
      ? Buffer.concat([bytes, other])
      : Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))]),
  digitChange,
  // What may stand around a message: byte order mark, blanks, rubbish.
  (bytes, random) =>
    random.pick([
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
      Buffer.concat([bytes, Buffer.from(random.pick([' ', '\n', '\r\n', '\0', 'x', '}', '{}', '\u2028']))]),
      Buffer.concat([Buffer.from(random.pick([' ', '\t', '\0', ")]}',\n"])), bytes]),
      Buffer.from(bytes.toString('utf8'), 'utf16le'),
    ]),
];

export const mutateBytes: Change = (bytes, random, other) =>
  bytes.length === 0 ? random.bytes(1 + random.below(4)) : random.pick(BYTE_CHANGES)(bytes, random, other);

/** One message that is still JSON, as a rule, and says something else. */
export const mutateMeaning: Change = (bytes, random, other) =>
  random.oneIn(3) && bytes.length > 0 ? digitChange(bytes, random, other) : mutateJson(bytes, random);

/** One message that is not what was sent. @param other a second message, for those that grow together */
export const mutate: Change = (bytes, random, other) => {
  const once = random.oneIn(2) ? mutateJson(bytes, random) : mutateBytes(bytes, random, other);
  return random.oneIn(12) ? mutateBytes(once, random, other) : once;
};
