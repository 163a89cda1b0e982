import { describe, expect, test } from 'vitest';
import { candidateOf, nearestToSpot, SpotBoard, type Candidate } from '../../../src/app/current-event.js';
import type { IndexMapping } from '../../../src/domain/settings.js';
import { epochUs, later, seconds } from '../../../src/domain/units.js';

const NOW = epochUs(1_795_262_400_000_000);
const market = (event: number, strike: number | null, mid: number | null, closesIn = event * 3600): Candidate => ({
  ticker: `KXETHD-${event}-T${strike ?? 'x'}`,
  event: `KXETHD-${event}`,
  closesAt: later(NOW, seconds(closesIn)),
  strike,
  mid,
});
const ladder = [
  market(2, 3000, 0.5),
  market(1, 2900, 0.95),
  market(1, 3000, 0.61),
  market(1, 3100, 0.42),
  market(1, 3200, null),
  market(1, null, 0.02),
];
const pick = (candidates: readonly Candidate[], spot: number | null, least = 60): string | undefined =>
  nearestToSpot(candidates, spot, NOW, seconds(least))?.ticker;

describe('of the event that closes next', () => {
  test.each([
    ['with a spot: the nearest strike', 3049, 'KXETHD-1-T3000'],
    ['also where nobody quotes it', 3190, 'KXETHD-1-T3200'],
    ['without: the price nearest to 50 cents', null, 'KXETHD-1-T3100'],
  ])('%s', (_, spot, expected) => expect(pick(ladder, spot)).toBe(expected));

  test('one that closes too soon is left out for the next', () => expect(pick(ladder, null, 3600)).toBe('KXETHD-2-T3000'));
  test('nothing is open', () => expect(pick([], 3000)).toBeUndefined());
  test('nothing is quoted and nobody knows the spot', () => expect(pick([market(1, 3000, null)], null)).toBeUndefined());
  test('a spot and no strike told: the price decides', () => expect(pick([market(1, null, 0.3)], 3000)).toBe('KXETHD-1-Tx'));
  test('says why', () =>
    expect(nearestToSpot(ladder, null, NOW, seconds(60))?.why).toBe('its price of 42.0 cents is nearest to 50, and no spot is known'));
});

describe('what is read of a body', () => {
  const body = {
    ticker: 'KXETHD-26NOV2117-T3000',
    event_ticker: 'KXETHD-26NOV2117',
    close_time: '2026-11-21T22:00:00Z',
    floor_strike: 2999.99,
    yes_bid_dollars: '0.4400',
    yes_ask_dollars: '0.4600',
  };
  test('all of it', () => {
    const read = candidateOf(body);
    expect(read).toMatchObject({ ticker: body.ticker, event: body.event_ticker, strike: 2999.99 });
    expect(read?.mid).toBeCloseTo(0.45, 12);
  });
  test('a range is compared at its middle', () => expect(candidateOf({ ...body, cap_strike: 3099.99 })?.strike).toBeCloseTo(3049.99, 9));
  test.each([
    ['an empty bid', { yes_bid_dollars: '0.0000' }],
    ['an empty ask', { yes_ask_dollars: '1.0000' }],
    ['crossed quotes', { yes_bid_dollars: '0.4700' }],
    ['a price that is none', { yes_bid_dollars: 'x' }],
    ['no price', { yes_bid_dollars: undefined }],
  ])('%s has no middle', (_, change) => expect(candidateOf({ ...body, ...change })?.mid).toBeNull());
  test.each([{ close_time: 'soon' }, { close_time: null }, { ticker: 5 }, { event_ticker: undefined }])(
    'without %j it is no candidate',
    (change) => expect(candidateOf({ ...body, ...change })).toBeNull(),
  );
});

describe('the spot of a series', () => {
  const mapping = { series: 'KXETHD', index: 'ETHUSD' } as IndexMapping;
  const board = (): SpotBoard => new SpotBoard({ mappings: [mapping], ageMax: seconds(10) });
  const heard = { type: 'index', at: NOW, index: 'ETHUSD', value: 3012.5, asOf: NOW } as const;

  test('is what its index was last heard to be', () => {
    const spots = board();
    expect(spots.of('KXETHD', NOW)).toBeNull();
    spots.hear(heard);
    spots.hear({ ...heard, index: 'BTCUSD', value: 90_000 });
    expect([spots.of('KXETHD', NOW), spots.of('KXBTCD', NOW)]).toEqual([3012.5, null]);
  });

  test('is unknown once it is too old', () => {
    const spots = board();
    spots.hear(heard);
    expect([spots.of('KXETHD', later(NOW, seconds(10))), spots.of('KXETHD', later(NOW, seconds(11)))]).toEqual([3012.5, null]);
  });
});
