import { describe, expect, test } from 'vitest';
import type { CalendarWindow } from '../../../src/domain/calendar.js';
import { eventTicker, seriesTicker, ticker } from '../../../src/domain/ids.js';
import type { ScheduleSettings } from '../../../src/domain/settings.js';
import { fromEpochMs, later, seconds, type EpochUs } from '../../../src/domain/units.js';
import { Schedule } from '../../../src/engine/schedule.js';
import { TestBot } from '../../support/bot.js';
import { market } from '../../support/markets.js';
import { ENGINE } from '../../support/settings.js';

const at = (iso: string): EpochUs => fromEpochMs(Date.parse(iso));
const NOW = at('2026-11-23T12:00:00Z');
const OFF: ScheduleSettings = { reduceOnlyBefore: seconds(0), weeklyPauseLead: null, calendar: [] };
const in10 = later(NOW, seconds(10));
const in20 = later(NOW, seconds(20));
const window = (parts: Partial<CalendarWindow> = {}): CalendarWindow => ({
  name: 'CPI',
  from: in10,
  to: in20,
  action: 'pull',
  series: [],
  events: [],
  tickers: [],
  ...parts,
});
const listed = market();

describe('a window of the calendar', () => {
  test('forbids from its first moment to before its last', () => {
    const schedule = new Schedule({ ...OFF, calendar: [window()] });
    const codes = [later(in10, -1 as never), in10, later(in20, -1 as never), in20].map((now) => schedule.shut(listed, now)?.code ?? null);
    expect(codes).toEqual([null, 'calendar', 'calendar', null]);
    expect(schedule.shut(listed, in10)?.text).toBe('CPI: nothing rests for 10 s more');
  });

  test.each<[string, Partial<CalendarWindow>, boolean]>([
    ['every market', {}, true],
    ['its series', { series: [listed.series] }, true],
    ['its event', { events: [listed.event] }, true],
    ['itself', { tickers: [listed.ticker] }, true],
    ['another series', { series: [seriesTicker('KXOTHER')] }, false],
    ['another event', { events: [eventTicker('KXOTHER-26')] }, false],
    ['another market, and its series', { tickers: [ticker('KXOTHER-26-T1')], series: [listed.series] }, true],
  ])('covers a market by %s', (_, parts, covered) => {
    const schedule = new Schedule({ ...OFF, calendar: [window(parts)] });
    expect(schedule.shut(listed, in10) !== null).toBe(covered);
  });

  test('may leave what reduces', () => {
    const schedule = new Schedule({ ...OFF, calendar: [window({ action: 'reduce-only' })] });
    expect([schedule.shut(listed, in10), schedule.reduceOnly(listed, in10)?.code]).toEqual([null, 'reduce-only']);
  });
});

describe('the weekly pause', () => {
  const schedule = new Schedule({ ...OFF, weeklyPauseLead: seconds(60) });
  test.each([
    ['two minutes before', '2026-11-26T07:58:00Z', null],
    ['half a minute before', '2026-11-26T07:59:30Z', 'the weekly pause of the exchange begins in 30 s'],
    ['while it lasts', '2026-11-26T09:59:00Z', 'the weekly pause of the exchange lasts 60 s more'],
    ['when it is over', '2026-11-26T10:00:00Z', null],
  ])('%s', (_, now, text) => {
    expect(schedule.shut(listed, at(now))?.text ?? null).toBe(text);
  });

  test('can be left to the exchange', () => {
    expect(new Schedule(OFF).shut(listed, at('2026-11-26T09:00:00Z'))).toBeNull();
  });
});

describe('the end of a market', () => {
  const schedule = new Schedule({ ...OFF, reduceOnlyBefore: seconds(120) });
  const closing = (closes: number | null, determines?: number): ReturnType<typeof market> =>
    market({
      closesAt: closes === null ? null : later(NOW, seconds(closes)),
      ...(determines === undefined ? {} : { determinesAt: later(NOW, seconds(determines)) }),
    });

  test.each<[string, ReturnType<typeof market>, boolean]>([
    ['that is far away', closing(121), false],
    ['that is near', closing(120), true],
    ['whose result is expected before its close', closing(3600, 60), true],
    ['whose result is expected long after its close', closing(3600, 7200), false],
    ['that nobody knows', closing(null), false],
    ['that is past', closing(-1), true],
  ])('%s', (_, one, reduces) => {
    expect(schedule.reduceOnly(one, NOW) !== null).toBe(reduces);
  });

  test('is no concern where it is turned off', () => {
    expect(new Schedule(OFF).reduceOnly(closing(1), NOW)).toBeNull();
  });
});

describe('a bot', () => {
  const bot = (schedule: Partial<ScheduleSettings>, parts: Parameters<typeof market>[0] = {}): TestBot =>
    new TestBot({
      parts: { engine: { ...ENGINE, decisionInterval: seconds(3600), schedule: { ...OFF, ...schedule } } },
      markets: [market(parts)],
    });

  test('has nothing resting in a window, though nothing moved the market, and quotes again after it', () => {
    const probe = bot({});
    const made = bot({ calendar: [window({ from: later(probe.now, seconds(5)), to: later(probe.now, seconds(10)) })] }).start();
    expect(made.quotes()).toBe('48 x 10 / 52 x 10');
    made.pass(seconds(5));
    expect(made.quotes()).toBe('none / none');
    expect(made.lastDecision()?.noBid?.code).toBe('calendar');
    made.pass(seconds(6));
    expect(made.quotes()).toBe('48 x 10 / 52 x 10');
  });

  test('quotes only what reduces near the end', () => {
    const probe = bot({});
    const made = bot({ reduceOnlyBefore: seconds(60) }, { closesAt: later(probe.now, seconds(70)) }).start();
    made.trade(0, 'ask', 47, 10).pass(seconds(1));
    expect(made.engine.state.inventory.position(made.engine.state.markets[0]?.index as never)).toBe(1000);
    made.pass(seconds(9));
    expect(made.quotes()).toBe('none / 52 x 10');
    expect(made.lastDecision()?.noBid?.code).toBe('reduce-only');
  });
});
