/** The feeds outside against servers on this machine that speak as documented, over real sockets. Time is the test's own. */
import { afterEach, describe, expect, test } from 'vitest';
import { cryptoComFeed } from '../../src/alpha/crypto-com-feed.js';
import type { FeedReport, OutsideFeed } from '../../src/alpha/feeds/feed-port.js';
import { OddsFeed } from '../../src/alpha/odds-feed.js';
import { polymarketFeed } from '../../src/alpha/polymarket-feed.js';
import { RedisFeed } from '../../src/alpha/redis-feed.js';
import { readTextOver } from '../../src/app/feed-http.js';
import { systemTimers } from '../../src/app/system-clock.js';
import { connectRedis } from '../../src/app/system-redis.js';
import { connectHttp } from '../../src/connector/http-connection.js';
import { openSocket } from '../../src/connector/socket.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { ticker } from '../../src/domain/ids.js';
import { millis, seconds, toEpochMs } from '../../src/domain/units.js';
import { OddsServer, PolymarketServer, RedisServer, StreamServer } from '../support/feed-servers.js';
import { OutsideWorld } from '../support/outside-world.js';
import { until } from './app-world.js';

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).toReversed()) await undo();
});
const running = <Feed extends OutsideFeed>(feed: Feed): Feed => {
  cleanUp.push(() => feed.stop());
  feed.start();
  return feed;
};
const closing = <Server extends { close(): Promise<void> }>(server: Server): Server => {
  cleanUp.push(() => server.close());
  return server;
};
/** Lets the feed's time pass until what is waited for is there. */
const passUntil = (world: OutsideWorld, what: string, condition: () => boolean): Promise<void> =>
  until(what, () => {
    world.pass(0.25);
    return condition();
  });
const saidOf = (facts: readonly EngineEvent[], type: EngineEvent['type']): number => facts.filter((fact) => fact.type === type).length;
const codes = (reports: readonly FeedReport[]): readonly string[] => reports.map(({ code }) => code);

describe('Polymarket', () => {
  const setUp = async () => {
    const world = new OutsideWorld();
    const server = await PolymarketServer.open();
    closing(server.stream);
    const settings = {
      name: 'polymarket',
      url: server.stream.url,
      markets: [{ ticker: ticker('KXA'), token: '71321', inverted: false }],
      price: 'mid' as const,
      belief: { confidenceMax: 1, spreadMax: 0.1, halfLife: 1e6 },
      renewEvery: seconds(5),
      silenceAfter: seconds(25),
    };
    const feed = running(polymarketFeed(settings, openSocket, world));
    return { world, server, feed };
  };

  test('is subscribed to, becomes an opinion, and comes back after a cut', async () => {
    const { world, server } = await setUp();
    await passUntil(world, 'an opinion', () => saidOf(world.facts, 'opinion') > 0);
    expect(server.stream.heard[0]).toBe('{"assets_ids":["71321"],"type":"market"}');
    expect(world.taken()[0]).toMatchObject({ ticker: 'KXA', source: 'polymarket', probability: expect.closeTo(0.5, 9) as number });
    server.stream.cut();
    await passUntil(world, 'a new connection', () => server.stream.connections === 2 && saidOf(world.facts, 'opinion') > 0);
    expect(codes(world.reports)).toEqual(['SIGNAL_FEED_UP', 'SIGNAL_FEED_DOWN', 'SIGNAL_FEED_UP']);
  });

  test('that falls silent on an open line is told once and left alone with its opinion', async () => {
    const { world, server, feed } = await setUp();
    await passUntil(world, 'an opinion', () => saidOf(world.facts, 'opinion') > 0);
    server.speaks = false;
    await passUntil(world, 'the silence', () => codes(world.reports).includes('SIGNAL_FEED_SILENT'));
    world.taken();
    for (let i = 0; i < 50; i++) world.pass(1);
    expect([
      saidOf(world.facts, 'opinion'),
      codes(world.reports).filter((code) => code === 'SIGNAL_FEED_SILENT').length,
      feed.standing().standing,
    ]).toEqual([0, 1, 'silent']);
  });

  test('survives garbage, a binary frame and one of two megabytes', async () => {
    const { world, server, feed } = await setUp();
    await passUntil(world, 'an opinion', () => saidOf(world.facts, 'opinion') > 0);
    server.stream.say('<html>busy</html>');
    server.stream.sayBytes(Uint8Array.from([0xff, 0x00, 0xfe]));
    await until('both are noticed', () => feed.standing().bad === 2);
    server.stream.say('x'.repeat(2 * 1024 * 1024));
    await passUntil(world, 'a new connection', () => server.stream.connections === 2);
    world.taken();
    await passUntil(world, 'an opinion', () => saidOf(world.facts, 'opinion') > 0);
    expect(feed.standing().standing).toBe('up');
  });
});

describe('Crypto.com', () => {
  test('is subscribed to after its rest, its heartbeat is answered, its index is told', async () => {
    const world = new OutsideWorld();
    const server = closing(await StreamServer.open());
    const settings = {
      name: 'crypto-com',
      url: server.url,
      index: 'BTC',
      value: { channel: 'index' as const, instrument: 'BTCUSD-INDEX' },
      candleInstrument: null,
      candlePeriod: '1m' as const,
      candlesFor: seconds(3600),
      jumpMax: 0.1,
      spacing: millis(0),
      silenceAfter: seconds(15),
    };
    running(cryptoComFeed(settings, openSocket, world, null));
    await until('a connection', () => server.connections === 1);
    await passUntil(world, 'the subscription', () => server.heard.length > 0);
    expect(server.heard[0]).toContain('"method":"subscribe","params":{"channels":["index.BTCUSD-INDEX"]}');
    server.say({ id: 77, method: 'public/heartbeat', code: 0 });
    await until('the answer', () => server.heard.length > 1);
    expect(server.heard[1]).toBe('{"id":77,"method":"public/respond-heartbeat"}');
    const t = toEpochMs(world.time.now());
    server.say({
      id: -1,
      method: 'subscribe',
      code: 0,
      result: { instrument_name: 'BTCUSD-INDEX', subscription: 'index.BTCUSD-INDEX', channel: 'index', data: [{ v: '91000.5', t }] },
    });
    await until('the fact', () => world.facts.length > 0);
    expect(world.facts).toMatchObject([{ type: 'index', index: 'BTC', value: 91000.5 }]);
    await passUntil(world, 'heartbeats alone are silence', () => codes(world.reports).includes('SIGNAL_FEED_SILENT'));
  });
});

describe('odds over HTTP', () => {
  const setUp = async () => {
    const world = new OutsideWorld();
    const server = closing(await OddsServer.open());
    const read = readTextOver(connectHttp, systemTimers);
    const settings = {
      name: 'book',
      url: server.url,
      every: seconds(10),
      timeout: millis(2000),
      odds: 'american' as const,
      outcomes: [
        { ticker: ticker('KXA'), path: 'a' },
        { ticker: null, path: 'b' },
      ],
      margin: 'multiplicative' as const,
      timePath: null,
      confidence: 0.5,
      headers: { 'x-api-key': 'k' },
    };
    server.body = '{"a":"-110","b":"-110"}';
    return { world, server, read, settings };
  };

  test('are read with key and tag, and stood by when nothing has changed', async () => {
    const { world, server, read, settings } = await setUp();
    server.etag = '"v1"';
    const feed = running(new OddsFeed(settings, read, world));
    await until('an answer', () => feed.standing().good === 1 || (world.pass(0), false));
    await passUntil(world, 'a second', () => feed.standing().good === 2);
    expect(server.asked[0]).toMatchObject({ 'x-api-key': 'k', accept: 'application/json' });
    expect(server.asked[1]?.['if-none-match']).toBe('"v1"');
    expect(world.facts).toMatchObject([{ probability: 0.5 }, { probability: 0.5 }]);
  });

  test('without end or without an answer are given up', async () => {
    const { server, read, settings } = await setUp();
    const ask = { url: settings.url, headers: {}, timeout: seconds(20), bytesMax: 100_000 };
    server.floods = true;
    await expect(read(ask)).rejects.toThrow('the answer is longer than 100000 bytes');
    server.hangs = true;
    await expect(read({ ...ask, timeout: millis(50) })).rejects.toThrow('no whole answer within 50 ms');
    await server.close();
    await expect(read(ask)).rejects.toThrow('ECONNREFUSED');
  });

  test.each(['http://example.com/odds', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'nonsense'])('are not asked for at %s', async (url) => {
    const { read } = await setUp();
    await expect(read({ url, headers: {}, timeout: millis(50), bytesMax: 10 })).rejects.toThrow(/expected https|cannot be read/);
  });
});

describe('Redis', () => {
  const SETTINGS = { name: 'redis', username: null, password: null, every: seconds(1), format: 'json' as const };
  const shifts = (world: OutsideWorld) =>
    world.taken().map((fact) => (fact.type === 'signal' ? [fact.ticker, fact.shift, fact.source] : null));

  test('is listened to, comes back after a cut, and passes over what it cannot read', async () => {
    const world = new OutsideWorld();
    const server = closing(await RedisServer.open());
    const feed = running(new RedisFeed({ ...SETTINGS, url: server.url, channel: 'signals', keys: [] }, connectRedis, world));
    await until('a subscriber', () => server.subscribers === 1);
    server.publish('signals', '{"KXA": 1.5, "KXB": -1}');
    await until('two signals', () => world.facts.length === 2);
    expect(shifts(world)).toEqual([
      ['KXA', 150, 'redis'],
      ['KXB', -100, 'redis'],
    ]);
    server.publish('signals', 'not json');
    server.publish('signals', '{"KXA": NaN}');
    await until('both are noticed', () => feed.standing().bad === 2);
    server.publish('signals', '{"KXA": 2}');
    await until('one more, and one withdrawn', () => world.facts.length === 2);
    expect(shifts(world)).toEqual([
      ['KXB', 0, 'redis'],
      ['KXA', 200, 'redis'],
    ]);
    server.cut();
    await until('the loss', () => codes(world.reports).includes('SIGNAL_FEED_DOWN'));
    await passUntil(world, 'a subscriber again', () => server.subscribers === 1);
    await until('it is told', () => codes(world.reports).at(-1) === 'SIGNAL_FEED_UP');
  });

  test('keys are read again and again: one with an expiry is fresh while it is there, one without is as old as its last change', async () => {
    const world = new OutsideWorld();
    const server = closing(await RedisServer.open());
    server.values.set('fresh', { text: '{"KXA": 1}', ttl: 5000 });
    server.values.set('left', { text: '{"KXB": 1}', ttl: -1 });
    running(new RedisFeed({ ...SETTINGS, url: server.url, channel: null, keys: ['fresh', 'left', 'none'] }, connectRedis, world));
    await passUntil(world, 'some readings', () => world.facts.length >= 5);
    const names = shifts(world).map((one) => one?.[0]);
    expect([names.filter((name) => name === 'KXA').length >= 4, names.filter((name) => name === 'KXB').length]).toEqual([true, 1]);
    server.values.delete('fresh');
    await passUntil(world, 'its withdrawal', () => world.facts.some((fact) => fact.type === 'signal' && fact.shift === 0));
  });

  test('with a wrong password, or without a server, is told and tried again', async () => {
    const world = new OutsideWorld();
    const server = closing(await RedisServer.open());
    server.password = 'right';
    const feed = running(
      new RedisFeed({ ...SETTINGS, url: server.url, channel: 'signals', keys: [], password: 'wrong' }, connectRedis, world),
    );
    await until('the refusal', () => feed.standing().standing === 'silent');
    expect([codes(world.reports), world.reports[0]?.text.includes('wrong')]).toEqual([['SIGNAL_FEED_DOWN'], false]);
  });
});
