/** Reads query arguments and complains as the exchange does (recorded: a limit above its maximum, a text where a number is due, a missing argument). */
import { badQuery, ReplyError } from './replies.js';

const refuse = (msg: string): never => {
  throw new ReplyError(badQuery(msg));
};

const goName = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

export interface LimitRule {
  readonly max: number;
  readonly default: number;
}

export class Query {
  readonly #search: URLSearchParams;

  /** @param operation the exchange's name of the call, such as `GetMarkets` */
  constructor(
    search: string,
    private readonly operation: string,
  ) {
    this.#search = new URLSearchParams(search);
  }

  text(name: string): string | null {
    const value = this.#search.get(name);
    return value === null || value === '' ? null : value;
  }

  /** An argument given several times, or once with commas. */
  list(name: string): readonly string[] {
    return this.#search
      .getAll(name)
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  }

  /** @throws ReplyError 400 where the text is not a whole number */
  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    const number = /^[+-]?\d{1,18}$/.test(value) ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) ? number : refuse(`Invalid format for parameter ${name}: error binding string parameter`);
  }

  requiredInteger(name: string): number {
    return this.integer(name) ?? refuse(`Query argument ${name} is required, but not found`);
  }

  requiredList(name: string): readonly string[] {
    const values = this.list(name);
    return values.length > 0 ? values : refuse(`Query argument ${name} is required, but not found`);
  }

  flag(name: string): boolean | null {
    const value = this.text(name);
    if (value === null) return null;
    if (['true', 'True', 'TRUE', 't', 'T', '1'].includes(value)) return true;
    if (['false', 'False', 'FALSE', 'f', 'F', '0'].includes(value)) return false;
    return refuse(`Invalid format for parameter ${name}: error binding string parameter`);
  }

  /** Page size. 0 means the default, as for any number left at its zero value. */
  limit(rule: LimitRule): number {
    const value = this.integer('limit') ?? 0;
    if (value < 0) this.fails('limit', 'gte');
    if (value > rule.max) this.fails('limit', 'lte');
    return value === 0 ? rule.default : value;
  }

  oneOf(name: string, words: readonly string[]): string | null {
    const value = this.text(name);
    if (value !== null && !words.includes(value)) this.fails(name, 'oneof');
    return value;
  }

  fails(name: string, tag: string): never {
    const field = goName(name);
    return refuse(
      `Parameter validation failed for ${this.operation}: Key: '${this.operation}Params.${field}' Error:Field validation for '${field}' failed on the '${tag}' tag`,
    );
  }
}
