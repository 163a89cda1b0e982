/** Loads the private API key and keeps it where nothing can print it. The file is refused unless it is as private as an SSH key. */
import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync, type Stats } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { inspect } from 'node:util';
import { TradingError } from '../domain/errors.js';

export type KeyProblem = 'KEY_MISSING' | 'KEY_EXPOSED' | 'KEY_SYMLINK' | 'KEY_PASSPHRASE' | 'KEY_UNREADABLE' | 'KEY_TOO_SMALL' | 'KEY_TYPE';

/** The key cannot be used. The message says what to do and never quotes the key or the passphrase; there is no `cause`, which might. */
export class KeyError extends TradingError {
  constructor(
    readonly code: KeyProblem,
    message: string,
  ) {
    super(message);
  }
}

export type KeyType = 'rsa' | 'ed25519';

const HIDDEN = '[private key]';
const RSA_BITS_MIN = 2048;
const FILE_BYTES_MAX = 64 * 1024;

/** What signs requests: a private key, or in a simulation something that costs less. */
export type RequestKey = Pick<SigningKey, 'sign' | 'signInBackground'>;

/** A private key that signs and is otherwise mute: it prints as `[private key]` wherever it turns up. */
export class SigningKey {
  readonly #key: KeyObject;
  readonly type: KeyType;

  /** @throws KeyError unless the key is Ed25519 or RSA of at least 2048 bits */
  constructor(key: KeyObject) {
    this.#key = key;
    this.type = typeOf(key);
  }

  /** Signature of `data`: RSA-PSS with SHA-256 and a salt as long as the digest, or Ed25519. @see exchange reference, section 2 */
  sign(data: Uint8Array): Buffer {
    return this.type === 'rsa' ? sign('sha256', data, this.#rsaOptions()) : sign(null, data, this.#key);
  }

  /** The same, computed on the thread pool so that the calling thread does not stall. */
  signInBackground(data: Uint8Array, done: (error: Error | null, signature: Buffer | null) => void): void {
    const answer = (error: Error | null, signature?: Buffer): void => done(error, signature ?? null);
    if (this.type === 'rsa') sign('sha256', data, this.#rsaOptions(), answer);
    else sign(null, data, this.#key, answer);
  }

  toString(): string {
    return HIDDEN;
  }
  toJSON(): string {
    return HIDDEN;
  }
  [inspect.custom](): string {
    return HIDDEN;
  }

  #rsaOptions(): { key: KeyObject; padding: number; saltLength: number } {
    return { key: this.#key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  }
}

const typeOf = (key: KeyObject): KeyType => {
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return 'ed25519';
  if (type !== 'rsa')
    throw new KeyError(
      'KEY_TYPE',
      `private key: expected RSA or Ed25519, got ${type ?? 'a secret key'}; create an API key of one of these`,
    );
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS_MIN)
    throw new KeyError('KEY_TOO_SMALL', `private key: expected RSA of at least ${RSA_BITS_MIN} bits, got ${bits}; create a new API key`);
  return 'rsa';
};

/**
 * Reads and parses a key file.
 * @param passphrase for an encrypted key; from the environment, a file descriptor or a prompt, never from the command line
 * @throws KeyError for a missing, exposed, foreign, unreadable or unsuitable file
 */
export const loadPrivateKey = (path: string, passphrase?: string): SigningKey => {
  refuseForeignLink(path);
  const bytes = readPrivateFile(path);
  try {
    return parsePrivateKey(bytes.toString('latin1'), passphrase, path);
  } finally {
    bytes.fill(0);
  }
};

/**
 * Key from its PEM text. PKCS#1, PKCS#8 and both encrypted forms; what it is, is decided by parsing and not by the label.
 * @param where what to call the source in messages
 */
export const parsePrivateKey = (pem: string, passphrase?: string, where = 'private key'): SigningKey => {
  const encrypted = /ENCRYPTED/.test(pem);
  if (encrypted && (passphrase === undefined || passphrase === ''))
    throw new KeyError(
      'KEY_PASSPHRASE',
      `${where}: the key is encrypted and no passphrase was given; set the variable that passphrase_env names, or give --passphrase-fd`,
    );
  const key = encrypted ? decrypt(pem, passphrase as string) : plain(pem);
  if (key !== null) return new SigningKey(key);
  if (encrypted)
    throw new KeyError('KEY_PASSPHRASE', `${where}: the key cannot be opened with this passphrase; check the passphrase and the file`);
  throw new KeyError('KEY_UNREADABLE', `${where}: expected a private key in PEM (PKCS#1 or PKCS#8); download or export the key again`);
};

const decrypt = (pem: string, passphrase: string): KeyObject | null =>
  attempt(() => createPrivateKey({ key: pem, format: 'pem', passphrase }));

/** A label that does not fit its content defeats the PEM reader, so the bare bytes are tried as both forms. */
const plain = (pem: string): KeyObject | null => {
  const labelled = attempt(() => createPrivateKey({ key: pem, format: 'pem' }));
  if (labelled !== null) return labelled;
  const body = /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem)?.[1];
  if (body === undefined) return null;
  const key = Buffer.from(body, 'base64');
  try {
    return (
      attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
      attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs1' }))
    );
  } finally {
    key.fill(0);
  }
};

/** The library's own message is dropped on purpose: it can tell a wrong passphrase from a damaged file. */
const attempt = (parse: () => KeyObject): KeyObject | null => {
  try {
    return parse();
  } catch {
    return null;
  }
};

const refuseForeignLink = (path: string): void => {
  const link = whatIsThere(path, () => lstatSync(path));
  if (!link.isSymbolicLink()) return;
  const folder = realpathSync(dirname(resolve(path)));
  const target = whatIsThere(path, () => realpathSync(path));
  const way = relative(folder, target);
  if (way === '..' || way.startsWith(`..${sep}`))
    throw new KeyError('KEY_SYMLINK', `${path}: the link leads out of its folder; point the setting at the key file itself`);
};

/** All checks are made on the opened file, so it cannot be exchanged between check and use. */
const readPrivateFile = (path: string): Buffer => {
  const file = whatIsThere(path, () => openSync(path, 'r'));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX)
      throw new KeyError('KEY_UNREADABLE', `${path}: expected a key file of at most ${FILE_BYTES_MAX} bytes; check the path`);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0 && !isServiceCredential(path, stat))
      throw new KeyError(
        'KEY_EXPOSED',
        `${path}: mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')} lets others read the private key; run: chmod 600 ${path}`,
      );
    const bytes = Buffer.alloc(stat.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, null);
      if (count === 0) break;
      read += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
};

/**
 * A credential that systemd hands to a service: root's file in a folder that only root and the service enter. Its 0440 is no group's right to read but the mask of the
 * access list that names the service's user.
 */
const isServiceCredential = (path: string, { uid, mode }: Stats): boolean => {
  const folder = process.env['CREDENTIALS_DIRECTORY'] ?? '';
  if (folder === '' || dirname(resolve(path)) !== resolve(folder)) return false;
  const around = lstatSync(folder);
  return uid === 0 && (mode & 0o777) === 0o440 && around.uid === 0 && around.isDirectory() && (around.mode & 0o027) === 0;
};

const whatIsThere = <T>(path: string, look: () => T): T => {
  try {
    return look();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (reason === 'ENOENT' || reason === 'ENOTDIR')
      throw new KeyError('KEY_MISSING', `${path}: no such key file; check the path of the private key in your settings`);
    throw new KeyError('KEY_UNREADABLE', `${path}: the key file cannot be opened (${reason}); check its owner and mode`);
  }
};
