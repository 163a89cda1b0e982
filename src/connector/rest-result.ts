/** What a REST call can come to. Three outcomes and nothing guessed: it had its effect, it had none, or nobody knows. */
import { isNestedDeeper } from './json-depth.js';
import { redactText } from '../domain/redact.js';

/** How the error body was written; the exchange has several ways (reference, section 4.5). */
export type ErrorShape = 'nested' | 'flat' | 'msg' | 'text' | 'none' | 'local';

export interface Ok<T> {
  readonly kind: 'ok';
  readonly status: number;
  readonly value: T;
}

/** The call had no effect: the exchange said so, or it never left this process (`local`, status 0). */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  /** The exchange's code; `rate-limited` for every 429, `not-sent` for a call that never left, `http-NNN` where the body has none. */
  readonly code: string;
  readonly message: string;
  readonly details: string | null;
  readonly shape: ErrorShape;
}

/** 408, any 5xx, a dropped connection, a timeout or a success that cannot be read: a write may or may not have had its effect. */
export interface Unknown {
  readonly kind: 'unknown';
  /** HTTP status where one came, else 0. */
  readonly status: number;
  readonly reason: string;
}

export type Result<T> = Ok<T> | Refused | Unknown;
export type RestResult = Result<unknown>;

export const RATE_LIMITED = 'rate-limited';
export const NOT_SENT = 'not-sent';

/** A call that never left this process. */
export const notSent = (reason: string): Refused => ({
  kind: 'refused',
  status: 0,
  code: NOT_SENT,
  message: reason,
  details: null,
  shape: 'local',
});

/** The same outcome with its value translated. A value that cannot be read leaves the outcome unknown: the call did have some effect. */
export const decoded = <T>(result: RestResult, decode: (body: unknown) => T): Result<T> => {
  if (result.kind !== 'ok') return result;
  try {
    return { kind: 'ok', status: result.status, value: decode(result.value) };
  } catch (error) {
    return {
      kind: 'unknown',
      status: result.status,
      reason: `unreadable answer: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
};

/** One line for people. */
export const describe = (result: Refused | Unknown): string => {
  if (result.kind === 'unknown') return result.status === 0 ? result.reason : `HTTP ${result.status}: ${result.reason}`;
  const words = [result.code, result.message === result.code ? '' : result.message, result.details ?? ''].filter((word) => word !== '');
  return `${result.status === 0 ? '' : `HTTP ${result.status}: `}${words.join(', ')}`;
};

/** Outcome of an answer, from its status and its text alone. */
export const classify = (status: number, text: string): RestResult => {
  if (status >= 200 && status < 300) return succeeded(status, text);
  if (status === 408 || status >= 500) return { kind: 'unknown', status, reason: `the exchange answered ${shorten(text) || 'nothing'}` };
  const refusal = refused(status, text);
  // A conflict may say that the order is there already: where its word cannot be read, nothing is known.
  if (status === 409 && refusal.code === 'http-409')
    return { kind: 'unknown', status, reason: `a conflict of which the word cannot be read: ${shorten(text) || 'nothing'}` };
  return status === 429 ? { ...refusal, code: RATE_LIMITED } : refusal;
};

const succeeded = (status: number, text: string): RestResult => {
  if (text.trim() === '') return { kind: 'ok', status, value: null };
  const body = parse(text);
  if (body === undefined) return { kind: 'unknown', status, reason: `expected JSON, got ${shorten(text)}` };
  return { kind: 'ok', status, value: body };
};

const refused = (status: number, text: string): Refused => {
  const base = { kind: 'refused', status, code: `http-${status}`, message: shorten(text), details: null } as const;
  const body = parse(text);
  if (!isRecord(body)) return { ...base, shape: text.trim() === '' ? 'none' : 'text' };
  const inner = body['error'];
  if (isRecord(inner)) return { ...base, ...errorFields(inner, base.code), shape: 'nested' };
  if (typeof inner === 'string') return { ...base, message: shorten(inner), shape: 'text' };
  if (typeof body['code'] === 'string') return { ...base, ...errorFields(body, base.code), shape: 'flat' };
  if (typeof body['msg'] === 'string') return { ...base, message: shorten(body['msg']), shape: 'msg' };
  return { ...base, shape: 'text' };
};

export interface ErrorFields {
  readonly code: string;
  readonly message: string;
  readonly details: string | null;
}

/** `{code, message, details}` of an error object; each of them may be missing. */
export const errorFields = (error: Readonly<Record<string, unknown>>, fallback: string): ErrorFields => {
  const { code, message, details } = error;
  return {
    code: typeof code === 'string' && code !== '' ? shorten(code) : fallback,
    message: typeof message === 'string' ? shorten(message) : '',
    details: typeof details === 'string' && details !== '' ? shorten(details) : null,
  };
};

const DEPTH_MAX = 32;

/** undefined for anything but JSON, and for what is nested as no answer of the exchange is: unfolding it could take seconds. */
const parse = (text: string): unknown => {
  if (isNestedDeeper(text, DEPTH_MAX)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TEXT_MAX = 200;
/** What is cut off unseen is never searched for secrets: an answer may be megabytes long. */
const LOOKED_AT_MAX = 4096;
/** Foreign text for people: printable, short, and without what it may echo of our headers. */
const shorten = (text: string): string => {
  const clean = redactText(text.slice(0, LOOKED_AT_MAX).replace(/[^\x20-\x7e]+/g, ' ')).trim();
  return clean.length > TEXT_MAX ? `${clean.slice(0, TEXT_MAX - 3)}...` : clean;
};
