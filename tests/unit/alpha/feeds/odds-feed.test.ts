import { describe, expect, test } from 'vitest';
import type { TextAnswer, TextRequest } from '../../../../src/alpha/feeds/http-port.js';
import { OddsFeed, type OddsFeedSettings } from '../../../../src/alpha/odds-feed.js';
import { ticker } from '../../../../src/domain/ids.js';
import { millis, seconds } from '../../../../src/domain/units.js';
import { OutsideWorld } from '../../../support/outside-world.js';

const SETTINGS: OddsFeedSettings = {
  name: 'book',
  url: 'http://127.0.0.1/odds',
  every: seconds(10),
  timeout: millis(500),
  odds: 'decimal',
  outcomes: [
    { ticker: ticker('KXA'), path: 'odds[0]' },
    { ticker: ticker('KXB'), path: 'odds[1]' },
  ],
  margin: 'multiplicative',
  timePath: null,
  confidence: 0.4,
  headers: { 'x-key': 'secret' },
};
const BOOK = '{"odds":[1.6,2.4],"at":1795296000}';

const setUp = (changes: Partial<OddsFeedSettings> = {}) => {
  const world = new OutsideWorld();
  const asked: TextRequest[] = [];
  const made = { answer: (): Partial<TextAnswer> | Error => ({ text: BOOK }) };
  const readText = async (request: TextRequest): Promise<TextAnswer> => {
    asked.push(request);
    const answer = made.answer();
    if (answer instanceof Error) throw answer;
    return { status: 200, etag: null, text: '', ...answer };
  };
  const feed = new OddsFeed({ ...SETTINGS, ...changes }, readText, world);
  /** Time passes, and what was asked is answered. */
  const pass = async (s: number): Promise<void> => {
    world.pass(s);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { world, asked, made, feed, pass };
};

test('asks at once and then as often as configured, and offers what is said', async () => {
  const { world, asked, feed, pass } = setUp();
  feed.start();
  feed.start();
  await pass(0);
  expect(world.taken()).toMatchObject([
    {
      type: 'opinion',
      ticker: 'KXA',
      source: 'book',
      probability: expect.closeTo(0.6, 12) as number,
      confidence: 0.4,
      asOf: world.time.now(),
    },
    { type: 'opinion', ticker: 'KXB', probability: expect.closeTo(0.4, 12) as number },
  ]);
  await pass(9);
  expect(asked.length).toBe(1);
  await pass(1);
  expect([asked.length, world.taken().length, world.codes()]).toEqual([2, 2, ['SIGNAL_FEED_UP']]);
  expect(asked[0]).toMatchObject({
    url: SETTINGS.url,
    timeout: 500_000,
    bytesMax: 2_097_152,
    headers: { accept: 'application/json', 'x-key': 'secret' },
  });
});

test('an answer that has not changed is stood by, unless it says when it was formed', async () => {
  const { world, asked, made, feed, pass } = setUp();
  made.answer = () => ({ text: BOOK, etag: '"1"' });
  feed.start();
  await pass(0);
  world.taken();
  made.answer = () => ({ status: 304 });
  await pass(10);
  expect(asked[1]?.headers).toMatchObject({ 'if-none-match': '"1"' });
  expect(world.taken().map((fact) => fact.type === 'opinion' && fact.asOf)).toEqual([world.time.now(), world.time.now()]);

  const timed = setUp({ timePath: 'at' });
  timed.feed.start();
  await timed.pass(0);
  timed.made.answer = () => ({ status: 304 });
  await timed.pass(10);
  expect(timed.world.taken().map((fact) => fact.type === 'opinion' && fact.asOf)).toEqual(Array(4).fill(1_795_296_000_000_000));
});

describe('what goes wrong', () => {
  test('is told once, asked again with patience, and told when it is over', async () => {
    const { world, asked, made, feed, pass } = setUp({ every: seconds(1) });
    world.draw = 0.999;
    made.answer = () => new Error('connect ECONNREFUSED');
    feed.start();
    await pass(0);
    for (let i = 0; i < 60; i++) await pass(1);
    expect(world.codes()).toEqual(['SIGNAL_FEED_DOWN']);
    expect(asked.length).toBeLessThan(9);
    expect(feed.standing()).toMatchObject({ standing: 'silent', trouble: 'connect ECONNREFUSED', heardAgo: null });
    made.answer = () => ({ text: BOOK });
    for (let i = 0; i < 130; i++) await pass(1);
    expect([world.codes().at(-1), feed.standing().standing]).toEqual(['SIGNAL_FEED_UP', 'up']);
  });

  test.each<[string, Partial<TextAnswer>, string]>([
    ['garbage', { text: '<html>' }, 'book: frame: expected JSON'],
    ['an odd number', { text: '{"odds":["NaN",2]}' }, 'odds[0]: expected decimal odds, got "NaN"'],
    ['a refusal', { status: 403, text: '' }, 'book: the question was refused ("status 403"): check the address and the key'],
    ['a redirect', { status: 302, text: '' }, 'status 302'],
  ])('%s is no opinion, and no crash', async (_, answer, told) => {
    const { world, made, feed, pass } = setUp();
    made.answer = () => answer;
    feed.start();
    await pass(0);
    expect([world.taken(), world.reports.map(({ text }) => text).join('\n')]).toEqual([[], expect.stringContaining(told)]);
  });

  test('an answer older than the one before is passed over', async () => {
    const { world, made, feed, pass } = setUp({ timePath: 'at' });
    feed.start();
    await pass(0);
    world.taken();
    made.answer = () => ({ text: BOOK.replace('1795296000', '1795295000') });
    await pass(10);
    expect([world.taken(), world.reports.at(-2)?.text]).toEqual([[], expect.stringContaining('older than the one before')]);
  });
});

test('once stopped it asks nothing, and an answer under way is not heard', async () => {
  const { world, asked, feed, pass } = setUp();
  feed.start();
  world.pass(0);
  feed.stop();
  await pass(100);
  expect([asked.length, world.taken(), feed.standing().standing]).toEqual([1, [], 'stopped']);
});
