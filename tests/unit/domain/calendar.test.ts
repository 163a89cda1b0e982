import { expect, test } from 'vitest';
import { weeklyPause } from '../../../src/domain/calendar.js';
import { epochUs, fromEpochMs, toEpochMs } from '../../../src/domain/units.js';

const at = (iso: string): ReturnType<typeof epochUs> => fromEpochMs(Date.parse(iso));
const iso = (moment: ReturnType<typeof epochUs>): string => new Date(toEpochMs(moment)).toISOString();

test.each([
  ['on a Saturday in winter', '2026-11-21T12:00:00Z', '2026-11-26T08:00:00.000Z'],
  ['on a Monday in summer', '2026-07-06T00:00:00Z', '2026-07-09T07:00:00.000Z'],
  ['just before it begins', '2026-11-26T07:59:59Z', '2026-11-26T08:00:00.000Z'],
  ['while it lasts', '2026-11-26T09:59:59Z', '2026-11-26T08:00:00.000Z'],
  ['when it has ended', '2026-11-26T10:00:00Z', '2026-12-03T08:00:00.000Z'],
  ['in the week in which summer time begins', '2026-03-05T11:00:00Z', '2026-03-12T07:00:00.000Z'],
  ['in the week in which it ends', '2026-10-29T10:00:00Z', '2026-11-05T08:00:00.000Z'],
  ['over the end of a year', '2026-12-31T11:00:00Z', '2027-01-07T08:00:00.000Z'],
])('the next weekly pause %s', (_, now, from) => {
  const pause = weeklyPause(at(now));
  expect([iso(pause.from), (pause.to - pause.from) / 3_600_000_000]).toEqual([from, 2]);
});

test('the hour is three in the morning in New York on every Thursday of ten years', () => {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', weekday: 'long', hour: 'numeric', hourCycle: 'h23' });
  for (let now = at('2024-01-01T00:00:00Z'); now < at('2034-01-01T00:00:00Z');) {
    const pause = weeklyPause(now);
    expect(clock.format(new Date(toEpochMs(pause.from)))).toBe('Thursday, 03');
    now = epochUs(pause.to + 1);
  }
});
