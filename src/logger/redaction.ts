/**
 * Keeps secrets out of the log. No caller means to log one; this is the net below, and pino's own redaction is a second one.
 * Only texts are replaced: a number or a flag is no secret.
 */
import { REDACTED, redactText } from '../domain/redact.js';

/** Values a log line may carry besides its text. */
export type FieldValue = string | number | boolean | null;
export type Fields = Readonly<Record<string, FieldValue>>;

/** Names that are secrets as they stand, and endings of longer ones; compared without case, hyphen and underscore. */
const EXACT = new Set(['key', 'keys', 'pem', 'cookie', 'token', 'bearer', 'secret', 'auth', 'headers']);
const ENDINGS = [
  'signature',
  'passphrase',
  'password',
  'authorization',
  'secret',
  'privatekey',
  'apikey',
  'accesskey',
  'accesstoken',
  'authtoken',
  'bearertoken',
  'cookie',
];

/** Paths for pino's redaction, which knows no endings. */
export const PINO_PATHS = [
  'key',
  'signature',
  'passphrase',
  'password',
  'authorization',
  'private_key',
  'privateKey',
  'Authorization',
  'headers',
].flatMap((name) => [name, `*.${name}`]);

/** The fields without secrets. */
export const redactFields = (fields: Fields): Fields => {
  const clean: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'string') clean[name] = value;
    else clean[name] = isSecretName(name) ? REDACTED : redactText(value);
  }
  return clean;
};

const isSecretName = (name: string): boolean => {
  const plain = name.toLowerCase().replace(/[-_. ]/g, '');
  return EXACT.has(plain) || ENDINGS.some((ending) => plain.endsWith(ending));
};
