/** Changes that know what JSON is: fields that vanish, change their type, come twice, hold the extreme or the absurd. */
import { get, raw, readTree, remove, set, slotsOf, textOf, type Node, type Slot } from './json-tree.js';
import type { Random } from './random.js';

/** Texts that stand where a value should: some are sound JSON, some are not. */
const VALUES: readonly string[] = [
  ['0', '-0', '-1', '1', '1.5', '1e3', '1E400', '-1e400', '1e-400', '1e21', '0.1', '0.30000000000000004'],
  ['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '18446744073709551616', '4294967296', '2147483648'],
  ['1'.repeat(400), `0.${'3'.repeat(400)}`, '00', '01', '.5', '5.', '+1', '0x10', 'NaN', 'Infinity', '-Infinity', 'undefined'],
  ['null', 'true', 'false', 'nul', '""', '" "', '"0"', '"-0"', '"-0.00"', '"1e3"', '"NaN"', '"Infinity"', '"0x1F"', '"1,000.00"', '"٣.٥"'],
  [
    '"0.5600"',
    '"0.56001"',
    '"0.5600000000000"',
    '"1.0000"',
    '"0.0000"',
    '"-0.5000"',
    '"99999999.99"',
    '"999999999999.99"',
    '"100000000000000000000"',
  ],
  ['"yes"', '"no"', '"bid"', '"ask"', '"BID"', '"resting"', '"vaporised"', '"1970-01-01T00:00:00Z"', '"2199-12-31T23:59:59.999999999Z"'],
  [
    '"9999-99-99T99:99:99Z"',
    '"2026-11-21"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    '"\\u001b[2J"',
    '"a\\nb"',
    '"\\u202e"',
    '"\\ufeff"',
  ],
  [
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"../../etc/passwd"',
    '"%2e%2e"',
    '{}',
    '[]',
    '[[]]',
    '[null]',
    '{"":0}',
    '{"__proto__":{"type":"x"}}',
  ],
].flat();

const KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'x',
  'msg',
  'type',
  'seq',
  'sid',
  'error',
];

const DEPTHS: readonly number[] = [20, 33, 100, 5000];

/** Seldom: a single one of these costs as much as a thousand others. */
const heavy = (random: Random): Node => {
  switch (random.below(4)) {
    case 0:
      return raw('['.repeat(20_000) + ']'.repeat(20_000));
    case 1:
      return raw(`"${'A'.repeat(200_000)}"`);
    case 2:
      return raw(`[${Array.from({ length: 20_000 }, () => '["0.5000","1.00"]').join(',')}]`);
    default:
      return raw(`{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`);
  }
};

const odd = (random: Random): Node => {
  if (random.oneIn(400)) return heavy(random);
  if (random.oneIn(40)) {
    const depth = random.pick(DEPTHS);
    return random.oneIn(2) ? raw('['.repeat(depth) + ']'.repeat(depth)) : raw(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  }
  return raw(random.pick(VALUES));
};

/** The same value in another dress. */
const redressed = (node: Node, random: Random): Node => {
  if (node.kind !== 'raw') return random.oneIn(2) ? raw(JSON.stringify(textOf(node))) : { kind: 'list', items: [node] };
  const text = node.text;
  if (text.startsWith('"')) {
    const inner = text.slice(1, -1);
    return raw(
      random.pick([
        inner === '' ? '0' : inner,
        `"${inner.toUpperCase()}"`,
        `" ${inner}"`,
        `"${inner}0"`,
        `"-${inner}"`,
        `"0${inner}"`,
        `"${inner.repeat(8)}"`,
      ]),
    );
  }
  return raw(random.pick([`"${text}"`, `${text}0`, `-${text}`, `${text}.0`, `${text}e0`, `[${text}]`]));
};

type Change = (slots: readonly Slot[], random: Random) => void;

const CHANGES: readonly Change[] = [
  (slots, random) => remove(random.pick(slots)),
  (slots, random) => set(random.pick(slots), odd(random)),
  (slots, random) => {
    const slot = random.pick(slots);
    set(slot, redressed(get(slot), random));
  },
  // Two values change places.
  (slots, random) => {
    const [a, b] = [random.pick(slots), random.pick(slots)];
    const [first, second] = [get(a), get(b)];
    if (first.kind !== 'raw' || second.kind !== 'raw') return;
    set(a, second);
    set(b, first);
  },
  // A name that is none of theirs.
  (slots, random) => {
    const { parent, at } = random.pick(slots);
    const entry = parent.kind === 'object' ? parent.entries[at] : undefined;
    if (entry !== undefined) entry[0] = random.oneIn(2) ? random.pick(KEYS) : entry[0].toUpperCase();
  },
  // One field too many, perhaps a second of the same name.
  (slots, random) => {
    const { parent, at } = random.pick(slots);
    if (parent.kind === 'list') parent.items.splice(at, 0, odd(random));
    else parent.entries.splice(at, 0, [random.oneIn(2) ? random.pick(KEYS) : (parent.entries[at]?.[0] ?? 'x'), odd(random)]);
  },
  // One item many times over, or the whole list the other way round.
  (slots, random) => {
    const slot = random.pick(slots);
    if (slot.parent.kind !== 'list') return;
    if (random.oneIn(2)) slot.parent.items.reverse();
    else slot.parent.items.push(...Array.from({ length: 1 + random.below(8) }, () => get(slot)));
  },
];

/** One to three changes; the message as it is where it is no JSON. */
export const mutateJson = (bytes: Buffer, random: Random): Buffer => {
  const tree = readTree(bytes);
  if (tree === null) return bytes;
  for (let i = random.pick([1, 1, 1, 2, 3]); i > 0; i--) {
    const slots = slotsOf(tree);
    if (slots.length > 0) random.pick(CHANGES)(slots, random);
  }
  return Buffer.from(textOf(tree), 'utf8');
};
