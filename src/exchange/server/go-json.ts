/**
 * Reads request bodies as the exchange's own decoder does and complains in its words: recorded is
 * `json: cannot unmarshal number into Go struct field CreateOrderV2Request.count of type string`. Unknown fields are ignored, null means absent.
 */
import { badRequest, ReplyError } from './replies.js';

/** Types of the fields that requests have, named as the decoder names them. `strings` is a list of objects read by a schema of its own. */
export type GoType = 'string' | 'bool' | 'int' | 'int32' | 'int64' | 'objects';

export interface FieldRule {
  readonly type: GoType;
  readonly required?: true;
  /** The only texts allowed. */
  readonly oneOf?: readonly string[];
  /** Schema of the items where `type` is `objects`. */
  readonly items?: BodyRules;
}

export interface BodyRules {
  /** Name of the structure, as it appears in complaints. */
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldRule>>;
}

/** A body that was read: every value has the type its rule promised. */
export class Body {
  constructor(private readonly values: ReadonlyMap<string, unknown>) {}

  text(field: string): string | null {
    const value = this.values.get(field);
    return typeof value === 'string' ? value : null;
  }
  /** Only for fields that are `required`. */
  requiredText(field: string): string {
    return this.text(field) ?? '';
  }
  flag(field: string): boolean {
    return this.values.get(field) === true;
  }
  number(field: string): number | null {
    const value = this.values.get(field);
    return typeof value === 'number' ? value : null;
  }
  list(field: string): readonly Body[] {
    const value = this.values.get(field);
    return Array.isArray(value) ? (value as readonly Body[]) : [];
  }
  has(field: string): boolean {
    return this.values.has(field);
  }
}

const INT32_MAX = 2_147_483_647;

const refuse = (details: string): never => {
  throw new ReplyError(badRequest(details));
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'bool';
    case 'object':
      return 'object';
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      return 'value';
  }
};

const mismatch = (value: unknown, where: string, type: string): never =>
  refuse(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${where} of type ${type}`);

const readInteger = (value: number, where: string, type: GoType): number => {
  const fits = Number.isSafeInteger(value) && (type !== 'int32' || Math.abs(value) <= INT32_MAX);
  return fits ? value : refuse(`json: cannot unmarshal number ${value} into Go struct field ${where} of type ${type}`);
};

const readValue = (value: unknown, rule: FieldRule, where: string): unknown => {
  switch (rule.type) {
    case 'string':
      return typeof value === 'string' ? value : mismatch(value, where, 'string');
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(value, where, 'bool');
    case 'int':
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? readInteger(value, where, rule.type) : mismatch(value, where, rule.type);
    case 'objects': {
      const items = rule.items;
      if (items === undefined || !Array.isArray(value)) return mismatch(value, where, `[]${items?.name ?? 'object'}`);
      return value.map((item: unknown) => readObject(item, items));
    }
  }
};

const goName = (field: string): string =>
  field
    .split('_')
    .map((word) => (word === 'id' ? 'Id' : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');

const failsOn = (rules: BodyRules, field: string, tag: string): never =>
  refuse(`Key: '${rules.name}.${goName(field)}' Error:Field validation for '${goName(field)}' failed on the '${tag}' tag`);

/** @throws ReplyError with the decoder's complaint about the first field, in document order, that is not what the rules promise */
const readObject = (value: unknown, rules: BodyRules): Body => {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return refuse(`json: cannot unmarshal ${value === null ? 'null' : kindOf(value)} into Go value of type ${rules.name}`);
  const values = new Map<string, unknown>();
  for (const [key, field] of Object.entries(value)) {
    const rule = Object.hasOwn(rules.fields, key) ? rules.fields[key] : undefined;
    if (rule === undefined || field === null) continue;
    values.set(key, readValue(field, rule, `${rules.name}.${key}`));
  }
  for (const [field, rule] of Object.entries(rules.fields)) {
    const read = values.get(field);
    if (rule.required && (read === undefined || read === '')) return failsOn(rules, field, 'required');
    if (rule.oneOf && typeof read === 'string' && read !== '' && !rule.oneOf.includes(read)) return failsOn(rules, field, 'oneof');
  }
  return new Body(values);
};

/** What the decoder says about a text that is not JSON. */
const syntaxComplaint = (text: string): string => {
  const trimmed = text.trim();
  if (trimmed === '') return 'EOF';
  try {
    JSON.parse(trimmed);
    return 'invalid character after top-level value';
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const token = /Unexpected token '?(.)'?/.exec(said)?.[1];
    return token === undefined ? 'unexpected EOF' : `invalid character '${token}' looking for beginning of value`;
  }
};

/**
 * Reads a request body by its rules.
 * @throws ReplyError 400 in the exchange's words
 */
export const readBody = (text: string, rules: BodyRules): Body => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(syntaxComplaint(text));
  }
  return readObject(value, rules);
};
