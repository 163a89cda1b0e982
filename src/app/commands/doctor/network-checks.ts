/** The way to the exchange, step by step: names, connections and certificates, the first answer, the two clocks. */
import { lookup } from 'node:dns/promises';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { checkedUrl, isLoopback, REST_URLS, WEBSOCKET_URLS } from '../../../connector/hosts.js';
import { restApi } from '../../../connector/rest-api.js';
import { RestClient } from '../../../connector/rest.js';
import { describe } from '../../../connector/rest-result.js';
import { DOCUMENTED_COSTS } from '../../../connector/endpoint-costs.js';
import { BASIC_LIMITS, RateBudget } from '../../../connector/rate-budget.js';
import { Throttle } from '../../../connector/throttle.js';
import { millis, toSeconds } from '../../../domain/units.js';
import { fail, ok, warn, type Check, type Verdict } from './check.js';
import { some, type Patient } from './patient.js';

/** REST and websocket. They are known without a key, but for the simulated exchange, which is there once its key is. */
const addresses = (patient: Patient): readonly [rest: URL, websocket: URL] => {
  const { environment, connector } = patient.get('config').settings;
  if (patient.has('access')) {
    const { env, restUrl, wsUrl } = patient.get('access');
    return [checkedUrl(restUrl, env), checkedUrl(wsUrl, env)];
  }
  const known = environment === 'demo' || environment === 'prod' ? environment : null;
  const rest = connector.restUrl ?? (known === null ? '' : REST_URLS[known]);
  const websocket = connector.websocketUrl ?? (known === null ? '' : WEBSOCKET_URLS[known]);
  return [checkedUrl(rest, environment), checkedUrl(websocket, environment)];
};

const hosts = (patient: Patient): Verdict => ok(some([...new Set(addresses(patient).map((url) => url.origin))]));

const bare = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const names = async (patient: Patient): Promise<Verdict> => {
  const found: string[] = [];
  for (const host of new Set(addresses(patient).map(bare))) {
    if (isIP(host) !== 0) {
      found.push(`${host} is an address`);
      continue;
    }
    try {
      const all = await lookup(host, { all: true });
      found.push(
        `${host}: ${some(
          all.map(({ address }) => address),
          2,
        )}`,
      );
    } catch (error) {
      return fail(`${host} is not found (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, 'check the network and its name servers');
    }
  }
  return ok(found.join('; '));
};

const CONNECT_MS = 5000;
const DAY_MS = 24 * 3600 * 1000;
const CERTIFICATE_DAYS = 14;

const connections = async (patient: Patient): Promise<Verdict> => {
  const found: string[] = [];
  let days = Number.POSITIVE_INFINITY;
  for (const url of addresses(patient)) {
    const secure = url.protocol === 'https:' || url.protocol === 'wss:';
    const started = performance.now();
    const expires = await handshake(url, secure).catch((error: unknown) => {
      throw new Error(`${url.host}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
    const ms = (performance.now() - started).toFixed(1);
    if (expires !== null) days = Math.min(days, Math.floor((expires - patient.host.clock.wall() / 1000) / DAY_MS));
    found.push(`${url.host} ${secure ? 'TLS' : isLoopback(url.hostname) ? 'plain, to this machine' : 'plain'} in ${ms} ms`);
  }
  if (days < CERTIFICATE_DAYS)
    return warn(
      `${found.join('; ')}; a certificate ends in ${days} days`,
      'the exchange must renew it; if it does not, no connection will open then',
    );
  return ok(`${found.join('; ')}${Number.isFinite(days) ? `; certificates good for ${days} days` : ''}`);
};

/** @returns when the certificate ends, in milliseconds since 1970, or null without TLS */
const handshake = (url: URL, secure: boolean): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const host = bare(url);
    const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket: Socket = secure
      ? connectTls({ host, port, ...servername, minVersion: 'TLSv1.2', rejectUnauthorized: true })
      : connectPlain({ host, port });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(CONNECT_MS, () => end(() => reject(new Error(`no connection within ${CONNECT_MS} ms`))));
    socket.once('error', (error) => end(() => reject(error)));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      const expires = secure ? Date.parse((socket as TLSSocket).getPeerCertificate().valid_to) : Number.NaN;
      end(() => resolve(Number.isFinite(expires) ? expires : null));
    });
  });

/** One unsigned question: whether anybody is there who speaks this protocol, and what time it is there. */
const rest = async (patient: Patient): Promise<Verdict> => {
  const { clock, timers, network } = patient.host;
  const [address] = addresses(patient);
  const { environment } = patient.get('config').settings;
  const client = new RestClient(address.href, environment, { clock, timers, signer: null, connect: network.connectHttp });
  const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve: 0, lag: millis(0) }, clock.now());
  const api = restApi(client, new Throttle(budget, clock, timers));
  try {
    const started = performance.now();
    const first = await api.markets.exchangeState();
    const cold = performance.now() - started;
    if (first.kind !== 'ok')
      return fail(describe(first), 'check the address, the network and whether the exchange is in a maintenance window');
    patient.learn('state', first.value);
    const again = performance.now();
    patient.learn('schedule', await api.markets.exchangeSchedule());
    const warm = performance.now() - again;
    if (client.clockOffset !== null) patient.learn('clockOffset', client.clockOffset);
    return ok(`answers in ${warm.toFixed(1)} ms on a warm connection, ${cold.toFixed(1)} ms on a new one`);
  } finally {
    await client.close();
  }
};

/** Five seconds have been seen to pass everywhere, thirty to fail. */
const SKEW = { warn: 2, fail: 5 } as const;

const clock = (patient: Patient): Verdict => {
  const ahead = toSeconds(millis(patient.get('clockOffset') / 1000));
  const found = `the exchange is ${Math.abs(ahead).toFixed(1)} s ${ahead >= 0 ? 'ahead' : 'behind'}, to half a second`;
  const fix = 'set the clock of this machine and keep it set (chrony, systemd-timesyncd): signatures of another time are refused';
  if (Math.abs(ahead) > SKEW.fail) return fail(found, fix);
  return Math.abs(ahead) > SKEW.warn ? warn(found, fix) : ok(found);
};

export const NETWORK_CHECKS: readonly Check<Patient>[] = [
  { area: 'network', name: 'addresses', needs: ['configuration', 'certificate checks'], run: hosts },
  { area: 'network', name: 'names', needs: ['addresses'], run: names },
  { area: 'network', name: 'connections', needs: ['names'], run: connections },
  { area: 'network', name: 'rest', needs: ['connections'], run: rest },
  { area: 'network', name: 'clock', needs: ['rest'], run: clock },
];
