/** A hundred ways to break a configuration, each from its own seed, with the place where the damage was done. */
import { SeededChance } from '../../../src/domain/chance.js';
import { LEAVES, type Leaf } from '../../../src/config/schema.js';

export interface Damage {
  readonly kind: string;
  readonly text: string;
  /** The line, counted from 1, and the key that an error must name. */
  readonly line: number;
  readonly key: string;
  /** What an error must show of the value. */
  readonly value: string;
}

interface Place {
  readonly leaf: Leaf;
  readonly index: number;
  readonly indent: string;
  readonly name: string;
}

const placesOf = (lines: readonly string[]): readonly Place[] => {
  const open: string[] = [];
  return lines.flatMap((line, index) => {
    const match = /^( *)([a-z_]+):(.*)$/.exec(line);
    if (match === null) return [];
    const [, indent = '', name = ''] = match;
    open.length = indent.length / 2;
    open.push(name);
    const leaf = LEAVES.get(open.join('.'));
    return leaf === undefined ? [] : [{ leaf, index, indent, name }];
  });
};

/** Values that break a rule of the field, as written in the file and as shown in an error. */
const BAD_VALUES: Readonly<Record<Leaf['kind'], readonly (readonly [written: string, shown: string])[]>> = {
  decimal: [
    ['-1', '-1'],
    ['99999999', '99999999'],
    ['abc', '"abc"'],
    ['0.1234567', '0.1234567'],
    ['.nan', 'NaN'],
    ['null', 'null'],
    ['true', 'true'],
    ['[1]', '[1]'],
    ['"5 dollars"', '"5 dollars"'],
  ],
  integer: [
    ['-1', '-1'],
    ['1.5', '1.5'],
    ['99999999999', '99999999999'],
    ['"7"', '"7"'],
    ['many', '"many"'],
    ['null', 'null'],
  ],
  number: [
    ['-1', '-1'],
    ['1e9', '1000000000'],
    ['.inf', 'Infinity'],
    ['high', '"high"'],
    ['"0.02"', '"0.02"'],
    ['false', 'false'],
  ],
  choice: [
    ['somehting', '"somehting"'],
    ['5', '5'],
    ['null', 'null'],
  ],
  text: [
    ['5', '5'],
    ['[x]', '["x"]'],
    ['"a\\nb"', '"a?b"'],
  ],
  list: [
    ['KXBTC-1', '"KXBTC-1"'],
    ['["lower case"]', '["lower case"]'],
    ['7', '7'],
  ],
  records: [
    ['7', '7'],
    ['everything', '"everything"'],
  ],
  flag: [
    ['"true"', '"true"'],
    ['1', '1'],
    ['on', '"on"'],
  ],
};

/** @returns one broken configuration; the same seed gives the same one */
export const breakConfig = (example: string, seed: number): Damage => {
  const random = new SeededChance(seed, 'damage');
  const chance = (): number => random.next();
  const pick = <T>(from: readonly T[]): T => from.at(Math.floor(chance() * from.length)) as T;
  const lines = example.split('\n');
  // Keys and paths of API keys are never shown, so their values cannot be compared.
  const places = placesOf(lines).filter((place) => place.leaf.hidden !== true && place.leaf.path !== 'environment');
  const place = pick(places);
  const { leaf, index, indent, name } = place;
  const written = lines.at(index) as string;
  const was = written.slice(indent.length + name.length + 1).trim();
  const done = (kind: string, replaced: readonly string[], value: string, key = leaf.path, line = index + 1): Damage => ({
    kind,
    text: [...lines.slice(0, index), ...replaced, ...lines.slice(index + 1)].join('\n'),
    line,
    key,
    value,
  });
  const shown = JSON.stringify(leaf.default);
  const section = leaf.path.slice(0, leaf.path.length - name.length);
  switch (pick(['value', 'value', 'value', 'typo', 'unknown', 'twice', 'moved', 'swapped', 'text'] as const)) {
    case 'value': {
      const [bad, value] = pick(BAD_VALUES[leaf.kind]);
      return done(`value ${bad}`, [`${indent}${name}: ${bad}`], value);
    }
    case 'typo': {
      const at = 1 + Math.floor(chance() * (name.length - 1));
      const typo = `${name.slice(0, at)}${name.slice(at + 1)}`;
      return done('typo', [`${indent}${typo}: ${was}`], shown, `${section}${typo}`);
    }
    case 'unknown':
      return done('unknown', [`${indent}zzz_unheard_of: 5`], '5', `${section}zzz_unheard_of`);
    case 'twice':
      return done('twice', [written, written], shown, leaf.path, index + 2);
    case 'moved': {
      const target = section === 'risk.' ? 'engine' : 'risk';
      const rest = [...lines.slice(0, index), ...lines.slice(index + 1)];
      const head = rest.indexOf(`${target}:`);
      return {
        kind: 'moved',
        text: [...rest.slice(0, head + 1), `  ${name}: ${was}`, ...rest.slice(head + 1)].join('\n'),
        line: head + 2,
        key: `${target}.${name}`,
        value: shown,
      };
    }
    case 'swapped': {
      const [low, high] = pick([
        ['band_low_cents', 'band_high_cents'],
        ['order_size_max_contracts', 'position_max_contracts'],
        ['ping_ms', 'silence_ms'],
        ['backoff_first_ms', 'backoff_most_ms'],
        ['loss_max_market_dollars', 'loss_max_session_dollars'],
        ['position_max_contracts', 'position_max_event_contracts'],
      ] as const);
      const at = (key: string): Place => places.find((p) => p.name === key) as Place;
      const [a, b] = [at(low), at(high)];
      const swapped = [...lines];
      swapped[a.index] = `${a.indent}${low}: ${String(b.leaf.default)}`;
      swapped[b.index] = `${b.indent}${high}: ${String(a.leaf.default)}`;
      return { kind: `swapped ${low}`, text: swapped.join('\n'), line: a.index + 1, key: a.leaf.path, value: String(b.leaf.default) };
    }
    case 'text': {
      const [broken, what] = pick([
        [`${indent}${name}: "${was}`, 'open quote'],
        [`${indent}${name}: [${was}`, 'open bracket'],
        [`${indent}${name}: {a: 1}}`, 'closing brace too many'],
      ] as const);
      return done(what, [broken], '', '', 0);
    }
  }
};
