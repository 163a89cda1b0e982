/** Amounts of the file in units of the house, converted as texts, so that nothing is rounded. */
import { assert } from '../domain/errors.js';
import { parseCash, parsePrice, parseQuantity, type Cash, type Price, type Quantity } from '../domain/units.js';
import { decimalText } from './fields.js';

type Amount = string | number;

const textOf = (amount: Amount): string => {
  const text = decimalText(amount);
  assert(text !== null, `amount: expected a checked decimal, got ${JSON.stringify(amount)}`);
  return text;
};

export const quantityOf = (contracts: Amount): Quantity => parseQuantity(textOf(contracts));
export const cashOf = (dollars: Amount): Cash => parseCash(textOf(dollars));

/** Cents are dollars with the point two places further left; moved in the text, nothing is lost. */
export const priceOfCents = (cents: Amount): Price => {
  const text = textOf(cents);
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = text.slice(sign.length).split('.');
  const padded = whole.padStart(3, '0');
  return parsePrice(`${sign}${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`);
};
