/** Certificates of every kind that must not be trusted, made by openssl for the test that asks; no private key is kept. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SelfSigned } from './self-signed.js';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stderr.write('skipped: tests with bad certificates need the program openssl\n');

export interface Certificates {
  /** The authority that a client is told to trust. */
  readonly authority: string;
  /** For 127.0.0.1 and localhost, vouched for and in its time: the control. */
  readonly good: SelfSigned;
  /** Each would be right but for its name. */
  readonly bad: Readonly<Record<BadCertificate, SelfSigned>>;
}

export const BAD_CERTIFICATES = [
  'self-signed',
  'of another authority',
  'of another host',
  'expired',
  'not yet valid',
  'no server',
] as const;
export type BadCertificate = (typeof BAD_CERTIFICATES)[number];

const OURS = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n';

export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-certificates-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...words: readonly string[]): void => {
    const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`);
  };
  const readPair = (name: string): SelfSigned => ({
    cert: readFileSync(at(`${name}.crt`), 'utf8'),
    key: readFileSync(at(`${name}.key`), 'utf8'),
  });
  const newKey = (name: string): void =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  const authority = (name: string): void => {
    newKey(name);
    openssl('req', '-x509', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.crt`);
    writeFileSync(
      at(`${name}.cnf`),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${name}.db\nserial=${name}.srl\nnew_certs_dir=.\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n`,
    );
    writeFileSync(at(`${name}.db`), '');
    writeFileSync(at(`${name}.srl`), '01\n');
  };
  /** `openssl ca` is the one way to set both ends of the time, as texts of YYYYMMDDHHMMSSZ. */
  const signed = (name: string, by: string, extensions: string, from = '20240101000000Z', to = '20991231000000Z'): SelfSigned => {
    newKey(name);
    writeFileSync(at(`${name}.ext`), extensions);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      `${by}.cnf`,
      '-keyfile',
      `${by}.key`,
      '-cert',
      `${by}.crt`,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
      '-extfile',
      `${name}.ext`,
      '-startdate',
      from,
      '-enddate',
      to,
      '-rand_serial',
    );
    return readPair(name);
  };
  try {
    authority('trusted');
    authority('stranger');
    newKey('lonely');
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      'lonely.key',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-days',
      '2',
      '-out',
      'lonely.crt',
    );
    return {
      authority: readFileSync(at('trusted.crt'), 'utf8'),
      good: signed('good', 'trusted', OURS),
      bad: {
        'self-signed': readPair('lonely'),
        'of another authority': signed('foreign', 'stranger', OURS),
        'of another host': signed(
          'elsewhere',
          'trusted',
          'subjectAltName=DNS:exchange.example,IP:127.0.0.2\nextendedKeyUsage=serverAuth\n',
        ),
        expired: signed('old', 'trusted', OURS, '20240101000000Z', '20240201000000Z'),
        'not yet valid': signed('early', 'trusted', OURS, '20980101000000Z', '20991231000000Z'),
        'no server': signed('client', 'trusted', OURS.replace('serverAuth', 'clientAuth')),
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
