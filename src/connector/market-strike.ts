/** On what number a contract pays, as the exchange writes it: `strike_type`, `floor_strike`, `cap_strike` (openapi, `Market`). */
import type { Strike } from '../domain/market.js';
import type { Fields } from './wire-fields.js';

interface Shape {
  readonly floor: 'strict' | 'inclusive' | null;
  readonly cap: 'strict' | 'inclusive' | null;
}

/** Floor and cap of `between` are the least and the greatest value that pay. */
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['greater', { floor: 'strict', cap: null }],
  ['greater_or_equal', { floor: 'inclusive', cap: null }],
  ['less', { floor: null, cap: 'strict' }],
  ['less_or_equal', { floor: null, cap: 'inclusive' }],
  ['between', { floor: 'inclusive', cap: 'inclusive' }],
] as const);

/**
 * null where the contract is not about a number (`structured`, `custom`, `functional`, words of the future) or its number is not fixed yet, as that of a
 * fifteen-minute market before it opens.
 * @throws MalformedMessageError where a bound is no number, or floor and cap leave nothing between them
 */
export const strikeOf = (fields: Fields): Strike | null => {
  const shape = SHAPES.get(fields.optionalText('strike_type') ?? '');
  if (shape === undefined) return null;
  const floor = shape.floor === null ? null : boundOf(fields, 'floor_strike');
  const cap = shape.cap === null ? null : boundOf(fields, 'cap_strike');
  if ((shape.floor !== null && floor === null) || (shape.cap !== null && cap === null)) return null;
  if (floor !== null && cap !== null && floor > cap) return fields.refuse('cap_strike', `a number of at least the floor ${floor}`);
  return { floor, floorStrict: shape.floor === 'strict', cap, capStrict: shape.cap === 'strict' };
};

export const sameStrike = (a: Strike, b: Strike): boolean =>
  a.floor === b.floor && a.cap === b.cap && a.floorStrict === b.floorStrict && a.capStrict === b.capStrict;

/** Of either sign: temperatures have strikes too. */
const boundOf = (fields: Fields, name: string): number | null => {
  if (!fields.has(name)) return null;
  const value = fields.value(name);
  return typeof value === 'number' && Number.isFinite(value) ? value : fields.refuse(name, 'a number');
};
