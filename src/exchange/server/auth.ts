/** Who is asking: checks the three headers of a signed request, with the recorded refusals (reference section 2). */
import { constants, verify, type KeyObject } from 'node:crypto';
import { refusal, type Reply } from './replies.js';

/** What a key may do. `write` includes all reads; a key locked to a subaccount acts only there. */
export interface ApiKey<Account> {
  readonly keyId: string;
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly account: Account;
  readonly scopes: readonly ('read' | 'write')[];
  readonly subaccount: number | null;
}

/** The headers as they came; null where missing. */
export interface SignedHeaders {
  readonly key: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
}

export interface SignedRequest {
  readonly headers: SignedHeaders;
  readonly method: string;
  /** From the host root, without the query. */
  readonly path: string;
  readonly nowMs: number;
}

export type Verdict<Account> = { readonly ok: true; readonly key: ApiKey<Account> } | { readonly ok: false; readonly reply: Reply };

const PSS_SALT_LENGTH = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const refuse = (reply: Reply): { readonly ok: false; readonly reply: Reply } => ({ ok: false, reply });
const NO_CREDENTIALS = refuse(refusal(401, 'token_authentication_failure'));
const NO_SIGNATURE = refuse(refusal(401, 'signature_is_missing_from_headers'));
const NO_TIMESTAMP = refuse(refusal(401, 'timestamp_is_missing_from_headers'));
const NO_KEY = refuse(refusal(401, 'api_key_is_missing_from_headers'));
const EXPIRED = refuse(refusal(401, 'header_timestamp_expired'));
const UNKNOWN_KEY = refuse(refusal(401, 'authentication_error', 'NOT_FOUND', 'authentication_error'));
const BAD_SIGNATURE = refuse(refusal(401, 'authentication_error', 'INCORRECT_API_KEY_SIGNATURE', 'authentication_error'));

/** Whether a signature (base64) of a text was made with the private half of a key. */
export type SignatureCheck = (key: KeyObject, signed: string, signature: string) => boolean;

const signatureFits: SignatureCheck = (key, signed, signature) => {
  if (!BASE64.test(signature)) return false;
  const bytes = Buffer.from(signature, 'base64');
  const data = Buffer.from(signed, 'utf8');
  if (key.asymmetricKeyType === 'ed25519') return verify(null, data, key, bytes);
  return verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_LENGTH }, bytes);
};

/** All keys of the exchange. */
export class KeyRing<Account> {
  readonly #keys = new Map<string, ApiKey<Account>>();

  /**
   * @param skewMaxMs how far a timestamp may lie from our clock, either way
   * @param fits how signatures are checked
   */
  constructor(
    private readonly skewMaxMs: number,
    private readonly fits: SignatureCheck = signatureFits,
  ) {}

  add(key: ApiKey<Account>): void {
    this.#keys.set(key.keyId, key);
  }

  /** The key is not known any more. */
  revoke(keyId: string): void {
    this.#keys.delete(keyId);
  }

  /** The keys of one account, in order of issue. */
  ofAccount(account: Account): readonly ApiKey<Account>[] {
    return [...this.#keys.values()].filter((key) => key.account === account);
  }

  check({ headers, method, path, nowMs }: SignedRequest): Verdict<Account> {
    if (headers.key === null && headers.timestamp === null && headers.signature === null) return NO_CREDENTIALS;
    if (headers.key === null) return NO_KEY;
    if (headers.signature === null) return NO_SIGNATURE;
    if (headers.timestamp === null) return NO_TIMESTAMP;
    if (!/^\d{1,15}$/.test(headers.timestamp) || Math.abs(Number(headers.timestamp) - nowMs) > this.skewMaxMs) return EXPIRED;
    const key = this.#keys.get(headers.key);
    if (key === undefined) return UNKNOWN_KEY;
    return this.fits(key.publicKey, headers.timestamp + method + path, headers.signature) ? { ok: true, key } : BAD_SIGNATURE;
  }
}
