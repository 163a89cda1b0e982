/** The exchange's hosts (reference, section 1) and the rule which of them an environment may talk to. Keys of one environment never leave for another. */
import { quote, TradingError } from '../domain/errors.js';
import { redactText } from '../domain/redact.js';
import type { Environment } from '../domain/settings.js';

export const REST_URLS = {
  prod: 'https://external-api.kalshi.com/trade-api/v2',
  demo: 'https://external-api.demo.kalshi.co/trade-api/v2',
} as const;

export const WEBSOCKET_URLS = {
  prod: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  demo: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
} as const;

const HOSTS: Readonly<Record<'prod' | 'demo', readonly string[]>> = {
  prod: ['external-api.kalshi.com', 'external-api-ws.kalshi.com', 'api.elections.kalshi.com'],
  demo: ['external-api.demo.kalshi.co', 'external-api-ws.demo.kalshi.co', 'demo-api.kalshi.co'],
};

/** Any host of the real exchange, known or not, also spelt with the dot that ends a full name. */
const REAL_EXCHANGE = /(^|\.)kalshi\.com\.*$/;

/** An address that must not be talked to. */
export class HostRefusedError extends TradingError {
  readonly code = 'HOST_REFUSED';
}

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);

/**
 * Checks an address before anything is sent to it: encrypted, except to this machine; the exchange's own hosts for `demo` and `prod`; this machine
 * for `sim`; any encrypted host for `custom`, which a person chose explicitly.
 * @returns the parsed address
 * @throws HostRefusedError
 */
export const checkedUrl = (text: string, environment: Environment): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new HostRefusedError(`address: expected a URL such as ${REST_URLS.demo}, got ${quote(redactText(text))}`);
  if (url.username !== '' || url.password !== '')
    throw new HostRefusedError(`address of ${url.hostname}: expected no user and password in it; the key and its id are separate settings`);
  const plain = url.protocol === 'http:' || url.protocol === 'ws:';
  if (!plain && url.protocol !== 'https:' && url.protocol !== 'wss:')
    throw new HostRefusedError(`address ${url.origin}: expected https or wss, got ${url.protocol}`);
  if (plain && !isLoopback(url.hostname))
    throw new HostRefusedError(`address ${url.origin}: unencrypted connections are allowed to this machine only; use https or wss`);
  refuseForeignHost(url, environment);
  return url;
};

const refuseForeignHost = (url: URL, environment: Environment): void => {
  switch (environment) {
    case 'prod':
    case 'demo':
      if (HOSTS[environment].includes(url.hostname)) return;
      throw new HostRefusedError(
        `environment ${environment}: expected one of ${HOSTS[environment].join(', ')}, got ${url.hostname}; ` +
          'correct the address, or choose the environment custom to name a host of your own',
      );
    case 'sim':
      if (isLoopback(url.hostname)) return;
      throw new HostRefusedError(`environment sim: expected this machine, got ${url.hostname}`);
    case 'custom':
      // Real money needs the word `prod`, so that every agreement which guards it is asked for.
      if (!REAL_EXCHANGE.test(url.hostname)) return;
      throw new HostRefusedError(`environment custom: ${url.hostname} is the real exchange; choose the environment prod to trade there`);
    case 'playback':
      throw new HostRefusedError('environment playback: expected no connection at all');
  }
};
