import { describe, expect, test } from 'vitest';
import { refuseOpenMemory, refuseWeakTls } from '../../../src/app/system-hygiene.js';
import { CommandFailure, ExitCode } from '../../../src/cli/exit-codes.js';

const CLEAN = { env: { PATH: '/bin' }, execArgv: [] };
const withOptions = (text: string) => ({ env: { NODE_OPTIONS: text }, execArgv: [] });

const failureOf = (run: () => void): CommandFailure | null => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
};

describe('an environment that weakens TLS', () => {
  test.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED=0', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, execArgv: [] }],
    ['an old TLS version', withOptions('--tls-min-v1.0')],
    ['an old TLS version among others', withOptions('--max-old-space-size=512 --tls-min-v1.1')],
    ['an old TLS version in quotes', withOptions('"--tls-min-v1.0"')],
    ['an old TLS version as the newest', withOptions('--tls-max-v1.1')],
    ['a log of the session keys', withOptions('--tls-keylog=/tmp/keys')],
    ['a log of the session keys, with underscores', withOptions('--tls_keylog=/tmp/keys')],
    ['a log of the session keys, on the command line', { env: {}, execArgv: ['--tls-keylog=/tmp/keys'] }],
    ['ciphers of its own', withOptions('--tls-cipher-list=ALL')],
    ['a print of all that is encrypted', withOptions('--trace-tls')],
    ['a lenient HTTP parser', withOptions('--insecure-http-parser')],
  ])('is refused: %s', (_, inherited) => {
    const failure = failureOf(() => refuseWeakTls(inherited));
    expect(failure?.exitCode).toBe(ExitCode.preflightFailed);
    expect(failure?.fix).toMatch(/^(unset|leave) /);
    expect(failure?.why).not.toContain('/tmp/keys');
  });
});

describe('a window into the memory', () => {
  test.each([
    ['a debugger', withOptions('--inspect')],
    ['a debugger at an address', withOptions('--inspect=0.0.0.0:9229')],
    ['a debugger that waits', { env: {}, execArgv: ['--inspect-brk'] }],
    ['heap snapshots on a signal', withOptions('--heapsnapshot-signal=SIGUSR2')],
    ['heap snapshots near the limit', withOptions('--heapsnapshot-near-heap-limit=1')],
    ['a heap profile', withOptions('--heap-prof')],
    ['a core file after a fault', withOptions('--abort-on-uncaught-exception')],
    ['debug output of HTTP', { env: { NODE_DEBUG: 'http' }, execArgv: [] }],
    ['debug output of the engine', { env: { NODE_DEBUG_NATIVE: 'tls' }, execArgv: [] }],
  ])('is refused where a real key is read: %s', (_, inherited) => {
    expect(failureOf(() => refuseOpenMemory(inherited))?.exitCode).toBe(ExitCode.preflightFailed);
  });
});

test.each([
  ['nothing', CLEAN],
  ['a larger heap', withOptions('--max-old-space-size=4096')],
  ['a module loaded before', withOptions('--import ./x.mjs --enable-source-maps')],
  ['the newest TLS alone', withOptions('--tls-min-v1.3')],
  ['checks of certificates asked for', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '1' }, execArgv: [] }],
  ['a company authority in addition', { env: { NODE_EXTRA_CA_CERTS: '/etc/ssl/company.pem', NODE_DEBUG: '' }, execArgv: [] }],
])('an ordinary environment is not refused: %s', (_, inherited) => {
  expect(failureOf(() => refuseWeakTls(inherited))).toBeNull();
  expect(failureOf(() => refuseOpenMemory(inherited))).toBeNull();
});
