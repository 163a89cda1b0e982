/** A throw-away key and certificate for one run of the wire benchmarks. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WireFiles {
  /** RSA-2048, as the exchange hands them out. */
  readonly key: string;
  /** Certificate and its key, or null where openssl is not at hand. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

export const wireFiles = (folder: string): WireFiles => {
  const key = join(folder, 'api-key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return { key, tls: certificate(folder) };
};

const certificate = (folder: string): WireFiles['tls'] => {
  const cert = join(folder, 'cert.pem');
  const key = join(folder, 'cert-key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    return { cert, key };
  } catch {
    // No openssl here: the caller says that the connections are plain.
    return null;
  }
};
