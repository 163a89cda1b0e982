/** Makes the API keys of a run: key pairs, private key files for clients, and their removal. */
import { createPublicKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type KeyType = 'rsa' | 'ed25519';

export interface IssuedKey {
  readonly keyId: string;
  readonly privateKeyPath: string;
  readonly publicKey: KeyObject;
}

const RSA_BITS = 2048;
const pair = promisify(generateKeyPair);

/** PEM texts as the exchange hands them out: RSA in PKCS#1, Ed25519 in PKCS#8. */
const makePrivatePem = async (type: KeyType): Promise<string> => {
  switch (type) {
    case 'rsa': {
      const made = await pair('rsa', {
        modulusLength: RSA_BITS,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      });
      return made.privateKey;
    }
    case 'ed25519': {
      const made = await pair('ed25519', {
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      return made.privateKey;
    }
  }
};

/** The folder that holds this run's private keys: 0700, files in it 0600. */
export class KeyFolder {
  readonly #files: string[] = [];

  private constructor(
    readonly path: string,
    /** Ours to remove as a whole; a folder that was given stays, without the files we put there. */
    private readonly ours: boolean,
  ) {}

  static async open(given: string | null): Promise<KeyFolder> {
    if (given === null) return new KeyFolder(await mkdtemp(join(tmpdir(), 'kmm-exchange-')), true);
    const made = await mkdir(given, { recursive: true, mode: 0o700 });
    if (made === undefined) await chmod(given, 0o700);
    return new KeyFolder(given, made !== undefined);
  }

  async issue(type: KeyType): Promise<IssuedKey> {
    const keyId = randomUUID();
    const pem = await makePrivatePem(type);
    const privateKeyPath = join(this.path, `${keyId}.pem`);
    await writeFile(privateKeyPath, pem, { mode: 0o600, flag: 'wx' });
    this.#files.push(privateKeyPath);
    return { keyId, privateKeyPath, publicKey: createPublicKey(pem) };
  }

  async remove(): Promise<void> {
    for (const file of this.#files.splice(0)) await rm(file, { force: true });
    // A folder that somebody else has put files into is left to them.
    if (this.ours)
      await rmdir(this.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
      });
  }
}
