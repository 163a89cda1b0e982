/** Building blocks of the schema: each field is a zod schema that also knows its default and its rule in words. */
import { z } from 'zod';
import { assert } from '../domain/errors.js';

export type PlainValue = string | number | boolean | null | readonly string[];
/** One entry of a list of entries, by the names of its keys. */
export interface FieldRecord {
  readonly [name: string]: PlainValue;
}
export interface FieldRecords extends ReadonlyArray<FieldRecord> {
  toString(): string;
}
export type FieldValue = PlainValue | FieldRecords;

export type FieldKind = 'decimal' | 'integer' | 'number' | 'choice' | 'text' | 'list' | 'flag' | 'records';

export interface FieldFacts {
  readonly kind: FieldKind;
  readonly default: PlainValue;
  /** What a value must be, as the end of "expected ...". */
  readonly rule: string;
  readonly describe: string;
  readonly choices?: readonly string[];
  /** The value may hold a secret by mistake and is never quoted. */
  readonly hidden?: boolean;
  /** A nullable text. */
  readonly optional?: boolean;
  /** A key of an entry that has no default. */
  readonly required?: boolean;
}

/** One key of an entry. */
export interface EntryKey {
  readonly facts: FieldFacts;
  readonly schema: z.ZodType;
}

/** Keys of the entries of `records`, by its schema. */
export const entryKeys = new WeakMap<z.ZodType, ReadonlyMap<string, EntryKey>>();

/** Facts of every field, by its schema. */
export const facts = z.registry<FieldFacts>();
/** What a section is about, by its schema. */
export const sectionText = z.registry<{ readonly describe: string }>();

const field = <Schema extends z.ZodType>(schema: Schema, known: FieldFacts): Schema => {
  const described = schema.meta({ description: `${known.describe} Expected: ${known.rule}.`, default: known.default });
  facts.add(described, known);
  return described;
};

/** Keys with unknown names are refused, here and in the editor. */
export const section = <Shape extends z.ZodRawShape>(describe: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> => {
  const object = z.strictObject(shape).meta({ description: describe });
  sectionText.add(object, { describe });
  return object;
};

interface Bounds {
  readonly default: number;
  readonly low: number;
  readonly high: number;
}

const span = ({ low, high }: Bounds): string => `from ${low} to ${high}`;

/** Plain decimal text of a number or text; exponents and the like have none. */
export const decimalText = (value: string | number): string | null => {
  const text = typeof value === 'number' ? String(value) : value.trim();
  return /^-?\d{1,12}(\.\d{1,12})?$/.test(text) ? text : null;
};

const decimalsOf = (text: string): number => (text.split('.')[1] ?? '').replace(/0+$/, '').length;

/** An amount that must be exact: dollars, cents or contracts, as a number or as a text such as "0.50". */
export const decimal = (describe: string, unit: string, bounds: Bounds & { readonly decimals: number }) => {
  const { low, high, decimals } = bounds;
  const fits = (value: string | number): boolean => {
    const text = decimalText(value);
    return text !== null && decimalsOf(text) <= decimals && Number(text) >= low && Number(text) <= high;
  };
  return field(z.union([z.number().min(low).max(high), z.string().regex(/^-?\d{1,12}(\.\d{1,12})?$/)]).refine(fits), {
    kind: 'decimal',
    default: bounds.default,
    rule: `a number of ${unit} ${span(bounds)}${decimals === 0 ? '' : ` with at most ${decimals} decimals`}`,
    describe,
  });
};

export const dollars = (describe: string, bounds: Bounds) => decimal(describe, 'dollars', { ...bounds, decimals: 6 });
export const cents = (describe: string, bounds: Bounds) => decimal(describe, 'cents', { ...bounds, decimals: 2 });
export const contracts = (describe: string, bounds: Bounds) => decimal(describe, 'contracts', { ...bounds, decimals: 2 });

/** A whole number, with the unit's name where there is one. */
export const integer = (describe: string, unit: string, bounds: Bounds) =>
  field(z.int().min(bounds.low).max(bounds.high), {
    kind: 'integer',
    default: bounds.default,
    rule: `a whole number${unit === '' ? '' : ` of ${unit}`} ${span(bounds)}`,
    describe,
  });

export const millis = (describe: string, bounds: Bounds) => integer(describe, 'milliseconds', bounds);

/** A model parameter: a real number. */
export const real = (describe: string, unit: string, bounds: Bounds) =>
  field(z.number().min(bounds.low).max(bounds.high), {
    kind: 'number',
    default: bounds.default,
    rule: `a number${unit === '' ? '' : ` ${unit}`} ${span(bounds)}`,
    describe,
  });

/** A span of seconds, fractions allowed. */
export const secondsField = (describe: string, bounds: Bounds) => real(describe, 'of seconds', bounds);

export const flag = (describe: string, byDefault: boolean) =>
  field(z.boolean(), { kind: 'flag', default: byDefault, rule: 'true or false', describe });

export const choice = <const Names extends readonly [string, ...string[]]>(describe: string, names: Names, byDefault: Names[number]) =>
  field(z.enum(names), { kind: 'choice', default: byDefault, rule: `one of ${names.join(', ')}`, describe, choices: names });

interface TextShape {
  readonly pattern: RegExp;
  /** What the pattern means. */
  readonly rule: string;
}

export const text = (describe: string, byDefault: string, shape: TextShape & { readonly hidden?: boolean }) =>
  field(z.string().regex(shape.pattern), {
    kind: 'text',
    default: byDefault,
    rule: shape.rule,
    describe,
    ...(shape.hidden === true && { hidden: true }),
  });

/** A text or null for none. */
export const optionalText = (describe: string, shape: TextShape & { readonly hidden?: boolean }) =>
  field(z.string().regex(shape.pattern).nullable(), {
    kind: 'text',
    default: null,
    rule: `${shape.rule}, or null for none`,
    describe,
    optional: true,
    ...(shape.hidden === true && { hidden: true }),
  });

/** A list of texts, each of one shape. */
export const list = (describe: string, shape: TextShape & { readonly itemsMax: number; readonly default?: readonly string[] }) =>
  field(z.array(z.string().regex(shape.pattern)).max(shape.itemsMax), {
    kind: 'list',
    default: shape.default ?? [],
    rule: `a list of at most ${shape.itemsMax} entries, each ${shape.rule}`,
    describe,
  });

/** A text that an entry must have. */
export const given = (describe: string, shape: TextShape & { readonly hidden?: boolean }) =>
  field(z.string().regex(shape.pattern), {
    kind: 'text',
    default: '',
    rule: shape.rule,
    describe,
    required: true,
    ...(shape.hidden === true && { hidden: true }),
  });

/** A list of texts that an entry must have. */
export const givenList = (describe: string, shape: TextShape & { readonly itemsMax: number }) =>
  field(z.array(z.string().regex(shape.pattern)).min(1).max(shape.itemsMax), {
    kind: 'list',
    default: [],
    rule: `a list of 1 to ${shape.itemsMax} entries, each ${shape.rule}`,
    describe,
    required: true,
  });

const entryKey = (schema: z.ZodType): EntryKey => {
  const known = facts.get(schema);
  assert(known !== undefined, 'an entry of the configuration has a key that is no field');
  return { facts: known, schema };
};

/** A list of entries with keys of their own. Keys that are left out take their defaults; the fields are those of single keys. */
export const records = <Shape extends Record<string, z.ZodType>>(
  describe: string,
  shape: Shape,
  { itemsMax }: { readonly itemsMax: number },
) => {
  const keys = new Map(Object.entries(shape).map(([name, schema]) => [name, entryKey(schema)]));
  const filled = Object.fromEntries(
    [...keys].map(([name, { facts: known, schema }]) => [name, known.required === true ? schema : schema.default(known.default)]),
  );
  // What is filled in has the same type as what is written.
  const item = z.strictObject(filled) as unknown as z.ZodObject<Shape, z.core.$strict>;
  const schema = field(z.array(item).max(itemsMax), {
    kind: 'records',
    default: [],
    rule: `a list of at most ${itemsMax} entries with the keys ${[...keys.keys()].join(', ')}`,
    describe,
  });
  entryKeys.set(schema, keys);
  return schema;
};
