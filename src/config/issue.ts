/** What can be wrong with a configuration, and how it is told: where, which key, which value, which rule, what to do. */
import { quote, TradingError } from '../domain/errors.js';

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

const HIDDEN = '[hidden: it may be a secret]';
const SECRET_NAME = /pass|secret|private|token|signature|password|credential|api_?key|key_id|pem/i;

/** A value for a message: short, printable, and never one that could be a secret, which is judged by the key's name and by the value itself. */
export const showValue = (value: unknown, key: string): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  if (value !== null && (SECRET_NAME.test(key) || text.includes('-----BEGIN') || text.includes('PRIVATE KEY'))) return HIDDEN;
  return typeof value === 'string' ? quote(value) : quote(text).slice(1, -1);
};
