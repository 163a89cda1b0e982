import { describe, expect, test } from 'vitest';
import { checkedUrl, HostRefusedError, REST_URLS, WEBSOCKET_URLS } from '../../../src/connector/hosts.js';
import type { Environment } from '../../../src/domain/settings.js';

describe('an address', () => {
  test.each<[Environment, string]>([
    ['prod', REST_URLS.prod],
    ['prod', WEBSOCKET_URLS.prod],
    ['prod', 'https://api.elections.kalshi.com/trade-api/v2'],
    ['demo', REST_URLS.demo],
    ['demo', WEBSOCKET_URLS.demo],
    ['demo', 'https://demo-api.kalshi.co/trade-api/v2'],
    ['sim', 'http://127.0.0.1:8080/trade-api/v2'],
    ['custom', 'http://localhost:8080/trade-api/v2'],
    ['custom', 'http://127.9.8.7/trade-api/v2'],
    ['custom', 'https://10.0.0.1/trade-api/v2'],
    ['custom', 'ws://[::1]:8080/trade-api/ws/v2'],
    ['custom', 'https://exchange.example/trade-api/v2'],
  ])('of %s may be %s', (environment, url) => {
    expect(checkedUrl(url, environment).href).toBe(url);
  });

  test.each<[Environment, string, RegExp]>([
    // Hosts that only look right.
    ['prod', 'https://external-api.kalshi.com./trade-api/v2', /expected one of/],
    ['prod', 'https://external-api.kalshi.com@exchange.example/trade-api/v2', /no user and password/],
    ['prod', 'https://external-api.kalshi.com%2eexchange.example/trade-api/v2', /expected one of/],
    ['prod', 'https://external-api-kalshi.com/trade-api/v2', /expected one of/],
    ['prod', 'https://external-api.ka1shi.com/trade-api/v2', /expected one of/],
    // A Cyrillic a.
    ['prod', 'https://external-api.k\u0430lshi.com/trade-api/v2', /xn--/],
    ['prod', 'https://kalshi.com/trade-api/v2', /expected one of/],
    ['prod', 'https://sub.external-api.kalshi.com/trade-api/v2', /expected one of/],
    ['prod', 'https://127.0.0.1/trade-api/v2', /expected one of/],
    ['demo', 'https://external-api.demo.kalshi.com/trade-api/v2', /expected one of/],
    ['demo', 'https://demo-api.kalshi.co.example/trade-api/v2', /expected one of/],
    ['demo', 'wss://external-api-ws.kalshi.com/trade-api/ws/v2', /expected one of/],
    ['demo', 'ws://external-api-ws.demo.kalshi.co/trade-api/ws/v2', /unencrypted/],
    // The real exchange by any spelling needs the word prod.
    ['custom', 'https://EXTERNAL-API.kalshi.com/trade-api/v2', /real exchange/],
    ['custom', 'wss://external-api-ws.kalshi.com:8443/trade-api/ws/v2', /real exchange/],
    ['custom', 'https://external-api.kalshi.com./trade-api/v2', /real exchange/],
    ['custom', 'https://trading.kalshi.com/trade-api/v2', /real exchange/],
    // Not this machine, however it is written.
    ['custom', 'http://localhost.example/', /unencrypted/],
    ['custom', 'http://10.0.0.1/', /unencrypted/],
    ['custom', 'http://0.0.0.0/', /unencrypted/],
    ['custom', 'http://[::2]/', /unencrypted/],
    ['custom', 'http://[::ffff:10.0.0.1]/', /unencrypted/],
    ['custom', 'file:///etc/passwd', /https or wss/],
    ['custom', 'javascript:alert(1)', /https or wss/],
    ['custom', 'https:user:secret@', /expected a URL|no user and password/],
    ['demo', REST_URLS.prod, /expected one of external-api\.demo/],
    ['prod', REST_URLS.demo, /expected one of external-api\.kalshi\.com/],
    ['prod', 'https://external-api.kalshi.com.evil.example/trade-api/v2', /expected one of/],
    ['prod', 'http://external-api.kalshi.com/trade-api/v2', /unencrypted/],
    ['demo', 'http://127.0.0.1/trade-api/v2', /expected one of/],
    ['custom', REST_URLS.prod, /real exchange/],
    ['custom', 'http://exchange.example/trade-api/v2', /unencrypted/],
    ['custom', 'http://127.0.0.1.example.com/', /unencrypted/],
    ['custom', 'ftp://127.0.0.1/', /https or wss/],
    ['custom', 'https://user:secret@exchange.example/', /no user and password/],
    ['custom', 'exchange.example', /expected a URL/],
    ['sim', 'https://exchange.example/', /this machine/],
    ['playback', 'http://127.0.0.1/', /no connection/],
  ])('of %s may not be %s', (environment, url, reason) => {
    expect(() => checkedUrl(url, environment)).toThrow(HostRefusedError);
    expect(() => checkedUrl(url, environment)).toThrow(reason);
  });

  test('with a password does not show it', () => {
    expect(() => checkedUrl('https://user:secret@exchange.example/', 'custom')).not.toThrow(/secret/);
  });
});
