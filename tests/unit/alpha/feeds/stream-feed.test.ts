import { describe, expect, test } from 'vitest';
import { FeedFrameError } from '../../../../src/alpha/feeds/feed-errors.js';
import { STREAM_DEFAULTS, StreamFeed, type StreamProtocol } from '../../../../src/alpha/stream-feed.js';
import { millis, seconds } from '../../../../src/domain/units.js';
import { MemoryStreams, OutsideWorld } from '../../../support/outside-world.js';

/** Says hello, takes "good", answers "ask", refuses everything else. */
const protocol = (): StreamProtocol & { lostCount: number } => ({
  lostCount: 0,
  greetAfter: seconds(1),
  keepAlive: { every: seconds(5), text: 'ALIVE' },
  greeting: () => ['HELLO'],
  frame: (text) => {
    if (text === 'good') return { answers: [], useful: true };
    if (text === 'ask') return { answers: ['ANSWER'], useful: false };
    throw new FeedFrameError('test', 'frame', 'good or ask', text);
  },
  tick: () => {},
  lost() {
    this.lostCount++;
  },
});

const setUp = () => {
  const world = new OutsideWorld();
  const streams = new MemoryStreams();
  const spoken = protocol();
  const settings = { ...STREAM_DEFAULTS, name: 'test', url: 'ws://127.0.0.1/', silenceAfter: seconds(20), frameBytesMax: 1000 };
  const feed = new StreamFeed(settings, spoken, streams.open, world);
  return { world, streams, spoken, feed };
};
const speaking = () => {
  const made = setUp();
  made.feed.start();
  made.streams.last.handlers.opened();
  made.streams.say('good');
  return made;
};

test('connects once, greets after its rest, keeps alive, answers, and says once that it speaks', () => {
  const { world, streams, feed } = setUp();
  feed.start();
  feed.start();
  expect(streams.opened.length).toBe(1);
  streams.last.handlers.opened();
  expect(streams.last.sent).toEqual([]);
  world.pass(1);
  streams.say('ask');
  streams.say('good');
  streams.say('good');
  world.pass(5);
  expect([streams.last.sent, world.codes()]).toEqual([['HELLO', 'ANSWER', 'ALIVE'], ['SIGNAL_FEED_UP']]);
  expect(feed.standing()).toMatchObject({ standing: 'up', good: 2, bad: 0, trouble: null, heardAgo: 6_000_000 - 1_000_000 });
});

describe('a connection that is lost', () => {
  test('is told once and tried again with full jitter, up to the bound', () => {
    const { world, streams, spoken } = speaking();
    world.draw = 0.999;
    streams.last.handlers.lost('closed');
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      const before = world.time.now();
      const count = streams.opened.length;
      while (streams.opened.length === count) world.pass(0.25);
      waits.push((world.time.now() - before) / 1e6);
      streams.last.handlers.lost('refused');
    }
    expect(waits.slice(0, 4)).toEqual([0.5, 1, 2, 4]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60);
    expect([world.codes(), spoken.lostCount]).toEqual([['SIGNAL_FEED_UP', 'SIGNAL_FEED_DOWN'], 11]);
  });

  test('is told as back once it speaks again', () => {
    const { world, streams } = speaking();
    streams.last.handlers.lost('closed');
    world.pass(5);
    streams.last.handlers.opened();
    expect(world.codes()).toEqual(['SIGNAL_FEED_UP', 'SIGNAL_FEED_DOWN']);
    streams.say('good');
    expect(world.codes()).toEqual(['SIGNAL_FEED_UP', 'SIGNAL_FEED_DOWN', 'SIGNAL_FEED_UP']);
  });

  test('says nothing any more, whatever its socket still brings', () => {
    const { world, streams, feed } = speaking();
    const first = streams.last;
    first.handlers.lost('closed');
    first.handlers.frame(Buffer.from('good'));
    first.handlers.opened();
    first.handlers.lost('again');
    expect([feed.standing().good, feed.standing().standing, world.codes().length]).toEqual([1, 'silent', 2]);
  });

  test('that never opened in time is given up', () => {
    const { world, streams, feed } = setUp();
    feed.start();
    world.pass(10.5);
    expect([streams.opened[0]?.closed, feed.standing().trouble]).toEqual([true, 'the connection did not open in time']);
  });

  test('waits little again after one that lasted', () => {
    const { world, streams } = speaking();
    world.draw = 0.999;
    for (let i = 0; i < 5; i++) {
      streams.last.handlers.lost('closed');
      world.pass(60);
    }
    streams.last.handlers.opened();
    world.pass(15);
    streams.say('good');
    streams.last.handlers.lost('closed');
    const count = streams.opened.length;
    world.pass(0.75);
    expect(streams.opened.length).toBe(count + 1);
  });
});

test('silence is told once, and the connection is replaced', () => {
  const { world, streams, feed } = speaking();
  for (let i = 0; i < 200; i++) {
    world.pass(0.25);
    streams.say('ask');
  }
  expect(world.codes()).toEqual(['SIGNAL_FEED_UP', 'SIGNAL_FEED_SILENT']);
  expect([streams.opened[0]?.closed, streams.opened.length > 1, feed.standing().standing]).toEqual([true, true, 'silent']);
  expect(world.reports[1]?.text).toBe('test: nothing of use was heard for 20 s; what it said grows old and then counts for nothing.');
});

describe('garbage', () => {
  test.each([
    ['a word it does not know', 'nonsense', 'expected good or ask, got "nonsense"'],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe]), 'expected UTF-8 text'],
    ['a frame of absurd size', new Uint8Array(1001), 'expected at most 1000 bytes, got "1001 bytes"'],
  ])('%s is told and passed over', (_, frame, told) => {
    const { world, streams, feed } = speaking();
    streams.last.handlers.frame(typeof frame === 'string' ? Buffer.from(frame) : frame);
    streams.say('good');
    expect(world.reports[1]).toMatchObject({ severity: 'warn', code: 'SIGNAL_FEED_BAD', text: expect.stringContaining(told) as string });
    expect(feed.standing()).toMatchObject({ standing: 'up', good: 2, bad: 1 });
  });

  test('without end is told once a minute, and is silence', () => {
    const { world, streams } = speaking();
    for (let i = 0; i < 290; i++) {
      world.pass(0.25);
      if (!streams.last.closed) streams.say('nonsense');
    }
    const codes = world.codes();
    expect(codes.filter((code) => code === 'SIGNAL_FEED_BAD').length).toBe(2);
    expect(codes).toContain('SIGNAL_FEED_SILENT');
    expect(world.reports.at(-1)?.text).toMatch(/\(\d+ in all since the last word of it\)/);
  });
});

test('once stopped it closes, says nothing and does not come back', () => {
  const { world, streams, feed } = speaking();
  feed.stop();
  world.pass(120);
  expect([streams.opened.length, streams.last.closed, feed.standing().standing, world.time.pending]).toEqual([1, true, 'stopped', 0]);
});

test('an address that the socket refuses to open is a loss like any other', () => {
  const world = new OutsideWorld();
  const refuse = () => {
    throw new Error('websocket address: expected wss://');
  };
  const settings = {
    ...STREAM_DEFAULTS,
    name: 'test',
    url: 'ftp://x',
    silenceAfter: seconds(20),
    backoff: { first: millis(1), most: millis(1) },
  };
  const feed = new StreamFeed(settings, protocol(), refuse, world);
  feed.start();
  world.pass(2);
  expect([world.codes(), feed.standing().trouble]).toEqual([['SIGNAL_FEED_DOWN'], 'websocket address: expected wss://']);
});
