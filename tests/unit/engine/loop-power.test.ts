/** The loop where orders also wait for the platter: what leaves when, and what does not leave any more. */
import { expect, test } from 'vitest';
import type { Booked, EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { clientOrderId, fillId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { Amend, Approved, Call, Cancel, Place, VenueCommand } from '../../../src/domain/order.js';
import { cash, epochUs, later, millis, monoNs, price, quantity, seconds, type DurationUs } from '../../../src/domain/units.js';
import type { Commit } from '../../../src/engine/held-effects.js';
import { Loop, type Observer } from '../../../src/engine/loop.js';

const M = marketIndex(0);
const placed = (n: number): Place => ({
  type: 'place',
  clientId: clientOrderId(`kmm-r-${n}`),
  market: M,
  side: 'bid',
  price: price(4000),
  quantity: quantity(100),
  timeInForce: 'good-till-cancelled',
  postOnly: true,
  reduceOnly: false,
  cancelOnPause: false,
  selfTrade: 'taker-at-cross',
  expiresAt: null,
  group: null,
});
const resting = { clientId: clientOrderId('kmm-r-0'), orderId: venueOrderId('x'), market: M };
const cancel: Cancel = { type: 'cancel', ...resting };
const amend: Amend = { type: 'amend', ...resting, side: 'bid', price: price(4100), total: quantity(100) };
const booked: Booked = {
  type: 'booked',
  at: epochUs(1),
  fillId: fillId('f1'),
  orderId: venueOrderId('x'),
  clientId: null,
  market: M,
  side: 'bid',
  price: price(4000),
  quantity: quantity(100),
  fee: cash(0),
  role: 'maker',
  exchangeAt: epochUs(1),
  source: 'stream',
  realized: cash(0),
  position: quantity(100),
  cost: cash(400_000),
};
const send = (...commands: VenueCommand[]): EngineAction => ({
  type: 'send',
  call: { mode: 'single', commands: commands as unknown as Approved<VenueCommand>[] } satisfies Call,
});

/** A loop whose engine answers with what the test says, on a disk whose rounds end when the test says. */
const setUp = () => {
  const story: string[] = [];
  let now = epochUs(1_000_000);
  let answer: readonly EngineAction[] = [];
  let told: (problem: string | null) => void = () => {};
  const disk = { written: 0, proven: 0, rounds: 0 };
  const commit: Commit = {
    get written() {
      return disk.written;
    },
    get proven() {
      return disk.proven;
    },
    request: () => void disk.rounds++,
    onRound: (listener) => void (told = listener),
  };
  const nothing = (): void => {};
  const observer: Observer = {
    event: nothing,
    decision: nothing,
    booked: ({ fillId: id }) => story.push(`booked ${id}`),
    sent: nothing,
    say: nothing,
    halt: nothing,
    stopped: nothing,
    stepped: nothing,
  };
  const loop = new Loop({
    engine: {
      step: (event) => {
        if (event.type === 'command-refused') story.push(`refused ${event.clientId}: ${event.detail}`);
        if (event.type === 'storage') story.push(`storage ${event.ok ? 'ok' : 'failed'}`);
        const now_ = answer;
        answer = [];
        return now_;
      },
    },
    clock: { now: () => now, monoNs: () => monoNs(0), wall: () => now },
    recorder: {
      event: () => void disk.written++,
      actions: () => void disk.written++,
      flush: nothing,
    },
    venue: {
      send: ({ commands }) => story.push(`sent ${commands.map(({ type, clientId }) => `${type} ${clientId}`).join(', ')}`),
      readAccount: () => story.push('read'),
    },
    feed: { requestSnapshot: nothing },
    observer,
    receivedNs: () => monoNs(0),
    commit,
  });
  return {
    story,
    disk,
    loop,
    step: (actions: readonly EngineAction[], event: EngineEvent = { type: 'tick', at: now }) => {
      answer = actions;
      loop.offer(event);
    },
    pass: (span: DurationUs) => void (now = later(now, span)),
    synced: (upTo = disk.written) => {
      disk.proven = upTo;
      told(null);
    },
    fails: (problem: string) => told(problem),
  };
};

test('an order leaves only once its record survives a power failure, and facts go on being taken meanwhile', () => {
  const { story, step, synced } = setUp();
  step([send(placed(1))]);
  step([]);
  expect(story).toEqual([]);
  synced();
  expect(story).toEqual(['sent place kmm-r-1']);
});

test('orders of several steps share a round and leave in their order', () => {
  const { story, step, synced, disk } = setUp();
  step([send(placed(1))]);
  const first = disk.written;
  step([send(placed(2))]);
  synced(first);
  expect(story).toEqual(['sent place kmm-r-1']);
  synced();
  expect(story).toEqual(['sent place kmm-r-1', 'sent place kmm-r-2']);
});

test('a cancel waits for nothing', () => {
  const { story, step } = setUp();
  step([send(cancel, placed(1))]);
  expect(story).toEqual(['sent cancel kmm-r-0']);
});

test('a change that its cancel has overtaken does not leave any more', () => {
  const { story, step, synced } = setUp();
  step([send(amend)]);
  step([send(cancel)]);
  synced();
  expect(story).toEqual(['sent cancel kmm-r-0', 'refused kmm-r-0: its cancel overtook it']);
});

test('a fill is told to people once it cannot be lost any more', () => {
  const { story, step, synced } = setUp();
  step([booked]);
  expect(story).toEqual([]);
  synced();
  expect(story).toEqual(['booked f1']);
});

test.each<EngineEvent>([
  { type: 'control', at: epochUs(1_000_000), command: 'kill', reason: 'x' },
  { type: 'control', at: epochUs(1_000_000), command: 'stop', reason: 'x' },
  { type: 'feed-down', at: epochUs(1_000_000), reason: 'x' },
  { type: 'feed-silence', at: epochUs(1_000_000), silent: true },
])('an order that waits when $type comes does not leave', (event) => {
  const { story, step, synced } = setUp();
  step([send(placed(1))]);
  step([], event);
  synced();
  expect(story).toEqual(['refused kmm-r-1: trading stopped while the order waited for the disk']);
});

test('a halt keeps back what waits', () => {
  const { story, step, synced } = setUp();
  step([send(placed(1))]);
  step([{ type: 'halt', code: 'loss', text: 'too much', latch: true }]);
  synced();
  expect(story).toEqual(['refused kmm-r-1: trading halted while the order waited for the disk']);
});

test('a sync that fails keeps the orders back, and storage works again with the next round that succeeds', () => {
  const { story, step, synced, fails, disk } = setUp();
  step([send(placed(1)), booked]);
  fails('EIO');
  expect(story).toEqual(
    ['booked f1', 'storage failed', 'refused kmm-r-1: the journal is not safe from a power failure (EIO)'].toSorted(byStory),
  );
  const rounds = disk.rounds;
  step([send(cancel)]);
  expect(story.at(-1)).toBe('sent cancel kmm-r-0');
  expect(disk.rounds).toBeGreaterThan(rounds);
  synced();
  expect(story.at(-1)).toBe('storage ok');
});
const byStory = (a: string, b: string): number => rank(a) - rank(b);
const rank = (line: string): number => ['booked', 'refused', 'storage'].findIndex((word) => line.startsWith(word));

test('a disk that does not answer for a second counts as failed, cancels go on, and it may come back', () => {
  const { story, step, synced, pass, loop } = setUp();
  step([send(placed(1))]);
  pass(seconds(1.1));
  loop.flush();
  expect(story).toEqual([
    'refused kmm-r-1: the journal is not safe from a power failure (the disk does not confirm what was written)',
    'storage failed',
  ]);
  step([send(cancel)]);
  synced();
  expect(story.slice(2)).toEqual(['sent cancel kmm-r-0', 'storage ok']);
});

test('an order that waited half a second is out of date', () => {
  const { story, step, synced, pass } = setUp();
  step([send(placed(1))]);
  pass(millis(600));
  synced();
  expect(story).toEqual(['refused kmm-r-1: the disk took so long that the order was out of date']);
});
