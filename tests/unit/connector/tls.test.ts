/** No certificate but a good one is spoken to, over REST and over the websocket, whatever the environment says; and a server that is refused sees no header of ours. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { RestClient } from '../../../src/connector/rest.js';
import { openSocket } from '../../../src/connector/socket.js';
import { seconds } from '../../../src/domain/units.js';
import { BAD_CERTIFICATES, hasOpenssl, makeCertificates, type Certificates } from '../../support/certificates.js';
import { FakeTime } from '../../support/fake-time.js';
import type { SelfSigned } from '../../support/self-signed.js';

interface Listening {
  readonly port: number;
  /** What reached it in clear text. */
  readonly seen: string[];
}

describe.runIf(hasOpenssl)('TLS', () => {
  let made: Certificates;
  let before: string | undefined;
  const servers: { readonly http: Server; readonly ws: WebSocketServer }[] = [];
  beforeAll(() => {
    made = makeCertificates();
  });
  beforeEach(() => {
    // The switch by which Node's own clients can be told to trust everybody.
    before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  });
  afterEach(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    for (const { http, ws } of servers.splice(0)) {
      for (const client of ws.clients) client.terminate();
      ws.close();
      http.close();
      http.closeAllConnections();
    }
  });

  const listen = async (pair: SelfSigned, options: tls.TlsOptions = {}): Promise<Listening> => {
    const seen: string[] = [];
    const http = createServer({ ...options, cert: pair.cert, key: pair.key }, (request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.end('{}');
    });
    const ws = new WebSocketServer({ server: http });
    ws.on('connection', (_, request) => seen.push(JSON.stringify(request.headers)));
    servers.push({ http, ws });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return { port: (http.address() as AddressInfo).port, seen };
  };

  /** How one REST call ends. */
  const overRest = async (port: number): Promise<string> => {
    const time = new FakeTime();
    const client = new RestClient(`https://127.0.0.1:${port}/trade-api/v2`, 'custom', {
      clock: time,
      timers: time,
      signer: null,
      ca: made.authority,
    });
    const result = await client.request({ method: 'GET', path: '/portfolio/orders', lane: 'read' });
    await client.close();
    return result.kind === 'refused' ? result.code : result.kind;
  };

  /** How one handshake ends. */
  const overWebSocket = (port: number): Promise<string> =>
    new Promise((resolve) => {
      const end = (how: string): void => {
        socket.close();
        resolve(how);
      };
      const socket = openSocket(
        {
          url: `wss://127.0.0.1:${port}/trade-api/ws/v2`,
          headers: { 'KALSHI-ACCESS-SIGNATURE': 'secret' },
          connectWithin: seconds(5),
          frameBytesMax: 1024,
          ca: made.authority,
        },
        {
          opened: () => end('opened'),
          frame: () => undefined,
          heard: () => undefined,
          lost: () => end('lost'),
          refused: () => end('refused'),
        },
      );
    });

  test('a good certificate is spoken to', async () => {
    const { port, seen } = await listen(made.good);
    expect(await overRest(port)).toBe('ok');
    expect(await overWebSocket(port)).toBe('opened');
    expect(seen).toHaveLength(2);
  });

  test.each(BAD_CERTIFICATES)('a certificate that is %s is refused, and its server sees nothing', async (kind) => {
    const { port, seen } = await listen(made.bad[kind]);
    expect(await overRest(port)).toBe('not-sent');
    expect(await overWebSocket(port)).toBe('lost');
    expect(seen).toEqual([]);
  });

  describe('older than 1.2', () => {
    const defaults = { version: tls.DEFAULT_MIN_VERSION, ciphers: tls.DEFAULT_CIPHERS };
    beforeEach(() => {
      // As --tls-min-v1.0 and an old cipher list would set them for the whole process.
      tls.DEFAULT_MIN_VERSION = 'TLSv1';
      tls.DEFAULT_CIPHERS = 'DEFAULT@SECLEVEL=0';
    });
    afterEach(() => {
      tls.DEFAULT_MIN_VERSION = defaults.version;
      tls.DEFAULT_CIPHERS = defaults.ciphers;
    });

    /** What a client without rules of its own would speak with the server. */
    const careless = (port: number): Promise<string> =>
      new Promise((resolve) => {
        const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
          resolve(socket.getProtocol() ?? '');
          socket.destroy();
        });
        socket.once('error', (error) => resolve(error.message));
      });

    test('is refused, even where the process allows it', async () => {
      const { port, seen } = await listen(made.good, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
      expect(await careless(port)).toBe('TLSv1.1');
      expect(await overRest(port)).toBe('not-sent');
      expect(await overWebSocket(port)).toBe('lost');
      expect(seen).toEqual([]);
    });
  });
});
