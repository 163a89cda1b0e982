/** What can be wrong with a configuration, and how it is told: where, which key, which value, which rule, what to do. */
import { quote, TradingError } from '../domain/errors.js';
import { LEAVES } from './schema.js';

/** Where a value comes from. */
export type Origin =
  | { readonly type: 'default' }
  | { readonly type: 'file'; readonly file: string; readonly line: number }
  | { readonly type: 'env'; readonly name: string }
  | { readonly type: 'flag'; readonly name: string };

export const DEFAULT_ORIGIN: Origin = { type: 'default' };

/** `default`, `config.yaml:12`, `env KMM_RISK_COLLAR_CENTS` or `flag --env`. */
export const formatOrigin = (origin: Origin): string => {
  switch (origin.type) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'env':
      return `env ${origin.name}`;
    case 'flag':
      return `flag --${origin.name}`;
  }
};

export interface ConfigIssue {
  readonly origin: Origin;
  /** Full path of the key, such as `risk.collar_cents`. */
  readonly key: string;
  /** The value as it was written, or a note in brackets where it must not be shown. */
  readonly value: string;
  /** What was expected. */
  readonly rule: string;
  /** The name that was probably meant, for unknown names and choices. */
  readonly near: string | null;
  readonly fix: string;
}

/** One issue as one line. */
export const formatIssue = (issue: ConfigIssue): string =>
  `${formatOrigin(issue.origin)}: ${issue.key}: expected ${issue.rule}, got ${issue.value}` +
  `${issue.near === null ? '' : ` (did you mean ${issue.near})`}; fix: ${issue.fix}`;

/** All that is wrong, at once. */
export class ConfigError extends TradingError {
  readonly code = 'CONFIG_INVALID';
  constructor(readonly issues: readonly ConfigIssue[]) {
    super(
      `${issues.length === 1 ? 'one error' : `${issues.length} errors`} in the configuration\n${issues.map((issue) => `  ${formatIssue(issue)}`).join('\n')}`,
    );
  }
}

export const HIDDEN = '[hidden: it may be a secret]';
const SECRET_NAME = /pass|secret|private|token|signature|credential|api_?key|key_id|pem/i;
const PEM = /-----BEGIN|PRIVATE KEY/;
const SHOWN_MAX = 80;

/** Whether a text of a file, a name or a line, speaks of something secret. */
export const soundsSecret = (text: string): boolean => SECRET_NAME.test(text) || PEM.test(text);

/**
 * A value for a message: short, printable, and never one that could be a secret. Keys of the schema say themselves whether they may be shown;
 * for others, their name decides. A private key is recognised anywhere.
 */
export const showValue = (value: unknown, key: string): string => {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  const leaf = LEAVES.get(key);
  const hidden = leaf === undefined ? soundsSecret(key) : leaf.hidden === true;
  if (value !== null && (hidden || PEM.test(text))) return HIDDEN;
  if (typeof value === 'string') return quote(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 3)}...` : text;
};
