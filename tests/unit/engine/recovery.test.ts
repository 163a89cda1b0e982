import { expect, test } from 'vitest';
import type { AccountReading } from '../../../src/domain/events.js';
import { cash, epochUs, later, millis, seconds, UNKNOWN_TIME, type EpochUs } from '../../../src/domain/units.js';
import { Recovery, STOP_DEADLINE } from '../../../src/engine/recovery.js';

const START = epochUs(1_000_000_000);
const MARGIN = millis(250);
const reading = (request: number, validUntil: EpochUs, complete = true): AccountReading => ({
  type: 'account-reading',
  at: START,
  request,
  complete,
  validUntil,
  resting: [],
  positions: [],
  fills: [],
  balance: cash(0),
  foreign: 0,
});

test('trading begins only after a reading that is newer than our last command', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  expect(recovery.wantsReading(START)).toBe(true);
  const first = reading(recovery.asked(START), later(START, millis(100)));
  expect(recovery.proves(first, MARGIN)).toBe(false);
  recovery.received(first, false, START);
  expect(recovery.phase).toBe('clearing');
  expect(recovery.wantsReading(START)).toBe(false);

  const again = later(START, seconds(1));
  expect(recovery.wantsReading(again)).toBe(true);
  const second = reading(recovery.asked(again), again);
  expect(recovery.proves(second, MARGIN)).toBe(true);
  recovery.received(second, true, again);
  expect(recovery.phase).toBe('trading');
});

test('an incomplete reading proves nothing and is tried again later', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  const partial = reading(recovery.asked(START), later(START, seconds(60)), false);
  expect(recovery.proves(partial, MARGIN)).toBe(false);
});

test('a cancel sent meanwhile makes older readings worthless', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  const stale = reading(recovery.asked(START), later(START, seconds(1)));
  recovery.commandSent(later(START, seconds(1)));
  expect(recovery.proves(stale, MARGIN)).toBe(false);
});

test('where the exchange does not say how fresh it is, a reading proves nothing', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  expect(recovery.proves(reading(recovery.asked(later(START, seconds(60))), UNKNOWN_TIME), MARGIN)).toBe(false);
});

test('an answer that does not come is asked for again, and the first to come counts once', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  const lost = recovery.asked(START);
  expect(recovery.wantsReading(later(START, seconds(4)))).toBe(false);
  expect(recovery.wantsReading(later(START, seconds(6)))).toBe(true);
  recovery.asked(later(START, seconds(6)));
  const slow = reading(lost, START);
  expect(recovery.isCurrent(slow)).toBe(true);
  recovery.received(slow, false, later(START, seconds(7)));
  expect(recovery.isCurrent(slow)).toBe(false);
  recovery.begin(later(START, seconds(8)));
  recovery.asked(later(START, seconds(8)));
  expect(recovery.isCurrent(slow)).toBe(false);
});

test('a stop outlives a reconnect and ends stopped', () => {
  const recovery = new Recovery();
  recovery.stop(START);
  recovery.interrupt(START);
  recovery.begin(START);
  expect(recovery.phase).toBe('stopping');
  expect(recovery.overdue(later(START, STOP_DEADLINE))).toBe(false);
  expect(recovery.overdue(later(later(START, STOP_DEADLINE), millis(1)))).toBe(true);
  recovery.received(reading(recovery.asked(START), later(START, seconds(2))), true, START);
  expect(recovery.phase).toBe('stopped');
});

test('a stream that comes and goes keeps nobody from asking what became of an order', () => {
  const recovery = new Recovery();
  recovery.begin(START);
  recovery.received(reading(recovery.asked(START), later(START, seconds(2))), true, START);
  expect(recovery.phase).toBe('trading');
  recovery.readAt(later(START, seconds(60)));
  recovery.interrupt(START);
  expect(recovery.phase).toBe('waiting');
  expect(recovery.wantsReading(later(START, millis(600)))).toBe(true);
  recovery.readAt(later(START, seconds(60)));
  recovery.readSoon(later(START, seconds(1)));
  expect(recovery.wantsReading(later(START, millis(1600)))).toBe(true);
});
