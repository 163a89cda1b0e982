import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { later, millis, seconds } from '../../../src/domain/units.js';
import type { MarketView, Strategy, Target, Trail } from '../../../src/domain/view.js';
import type { Explanation } from '../../../src/engine/explain.js';
import type { JournalRecord } from '../../../src/logger/journal-reader.js';
import { explainRun, type Explained } from '../../../src/replay/explain-run.js';
import { TERMS_PER_CENT, termsOf } from '../../../src/replay/explain-terms.js';
import { explanationDocument, explanationLines } from '../../../src/replay/explain-text.js';
import { Fixed } from '../../../src/strategy/fixed.js';
import { TestBot, START } from '../../support/bot.js';
import { FIXED } from '../../support/settings.js';

const NAME = ticker('KXTEST-1');

/** The fixed maker, which tells what it does. */
class Told implements Strategy {
  readonly name = 'told';
  readonly #fixed = new Fixed(FIXED as Extract<typeof FIXED, { name: 'fixed' }>);
  quote(view: MarketView, trail?: Trail): Target {
    const target = this.#fixed.quote(view);
    if (target.fair !== null) {
      trail?.input('offset', 2, 'cents', 0.25);
      trail?.step('mid', target.fair, target.fair);
    }
    trail?.step('offset', target.bid?.price ?? null, target.ask?.price ?? null);
    return target;
  }
}

const bot = (): TestBot => new TestBot({ parts: { strategy: new Told() } });

/** The run of a bot as a journal would give it back. */
const recordsOf = (made: TestBot): JournalRecord[] =>
  made.steps.map(({ event }, i) => ({ type: 'event', number: i + 1, event }) satisfies JournalRecord);

const nameOf = (made: TestBot): ReturnType<typeof ticker> => made.engine.state.markets[0]?.market.ticker ?? NAME;
const explained = (found: Explained): Explanation => {
  if (found.kind !== 'explained') throw new Error(found.kind);
  return found.explanation;
};

describe('the last decision up to a moment', () => {
  test('is explained with what was known then, not with what came later', () => {
    const made = bot().start();
    const before = made.now;
    made
      .pass(seconds(1))
      .book(0, [[60, 100]], [[64, 100]])
      .pass(seconds(2));
    const at = (moment: typeof before | null): Explanation =>
      explained(explainRun(recordsOf(made), bot2(), { ticker: nameOf(made), at: moment }));
    expect([at(before).view.mid, at(null).view.mid]).toEqual([5000, 6200]);
    expect(at(before).wanted?.bid?.price).toBe(4800);
    expect(at(before).decision?.bid).toBe(4800);
  });

  test('is asked of an engine that is made again: asking changes nothing in what follows', () => {
    const made = bot().start().pass(seconds(2));
    const asked = bot2();
    const all = made.steps.map(({ event, actions }) => {
      const got = [...asked.step(event)];
      asked.explain(nameOf(made));
      return [got, actions];
    });
    for (const [got, actions] of all) expect(got).toEqual(actions);
  });

  test('is the last quote of a run that has ended, unless a moment of the end is named', () => {
    const made = bot().start();
    made.give({ type: 'control', at: made.now, command: 'stop', reason: 'done' }).settle().pass(seconds(3));
    const at = (moment: typeof made.now | null): Explanation =>
      explained(explainRun(recordsOf(made), bot2(), { ticker: nameOf(made), at: moment }));
    expect(at(null).shut).toBeNull();
    expect(at(made.now).shut?.code).toMatch(/^stopp/);
  });

  test('of a market that the run does not have names those it has', () => {
    const made = bot().start();
    const found = explainRun(recordsOf(made), bot2(), { ticker: ticker('KXOTHER-1'), at: null });
    expect(found).toEqual({ kind: 'unknown-ticker', tickers: [nameOf(made)] });
  });

  test('of a moment before anything was decided says from when on the run goes', () => {
    const made = bot().start();
    const found = explainRun(recordsOf(made), bot2(), { ticker: nameOf(made), at: later(START, millis(-1)) });
    expect(found).toMatchObject({ kind: 'undecided', firstAt: START });
  });

  test('of a run with a hole ends before the hole', () => {
    const made = bot().start();
    const all = recordsOf(made);
    const found = explainRun([...all, { type: 'gap', dropped: 3 }, ...all], bot2(), { ticker: nameOf(made), at: null });
    expect(found.kind).toBe('explained');
  });

  test('of an empty run is none', () => {
    expect(explainRun([], bot2(), { ticker: NAME, at: null })).toEqual({ kind: 'unknown-ticker', tickers: [] });
  });
});

/** The engine alone, as a replay makes it. */
const bot2 = (): TestBot['engine'] => {
  const { engine } = new TestBot({ parts: { strategy: new Told() }, markets: [] });
  return engine;
};

describe('terms', () => {
  test('of a side sum to its quote, whatever the steps are', () => {
    const at = fc.double({ min: -20_000, max: 20_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ bid: at, ask: at }), { minLength: 1 }), fc.integer({ min: 1, max: 9999 }), (path, last) => {
        const steps = [...path.map((step) => ({ name: 'x', ...step })), { name: 'rounding', bid: last, ask: last }];
        const sum = termsOf({ steps }).reduce((total, { bid }) => total + (bid as number), 0);
        expect(sum / TERMS_PER_CENT).toBe(last / 100);
      }),
    );
  });

  test('end where a side goes', () => {
    const steps = [
      { name: 'mid', bid: 100, ask: 100 },
      { name: 'below the lowest price', bid: null, ask: 101 },
      { name: 'nothing', bid: null, ask: 101 },
    ];
    expect(termsOf({ steps }).map(({ bid, ask }) => [bid, ask])).toEqual([
      [10_000, 10_000],
      [null, 100],
      [null, 0],
    ]);
  });
});

describe('an explanation', () => {
  const of = (made: TestBot): Explanation => explained(explainRun(recordsOf(made), bot2(), { ticker: nameOf(made), at: null }));

  test('shows book, inputs with their errors, terms, and what rests', () => {
    const lines = explanationLines(NAME, of(bot().start()));
    expect(lines.join('\n')).toMatch(/book, without our own +45\.00 x 100 +55\.00 x 100/);
    expect(lines.join('\n')).toMatch(/offset +2 ± 0\.250000 cents/);
    expect(lines.join('\n')).toMatch(
      /mid +50\.0000 +50\.0000\noffset +-2\.0000 +\+2\.0000\n= wanted +48\.00 x 10 +52\.00 x 10\nrests +48\.00 x 10 +52\.00 x 10/,
    );
  });

  test('gives the reason where nothing is quoted', () => {
    const made = bot().start();
    made.give({ type: 'control', at: made.now, command: 'pause', reason: 'lunch' }).settle().pass(seconds(2));
    expect(explanationLines(NAME, of(made)).join('\n')).toContain('not quoted: paused: lunch (paused)');
  });

  test('gives the reason of a missing side', () => {
    const made = bot()
      .start()
      .book(0, [[1, 100]], [[3, 100]])
      .pass(seconds(2));
    expect(explanationLines(NAME, of(made)).join('\n')).toMatch(/no bid: .*\(below-lowest-price\)/);
  });

  test('for programs has terms that sum to the quote', () => {
    const document = explanationDocument(NAME, of(bot().start())) as {
      terms: { bid_term_units: number }[];
      wanted: { bid: { price_cents: number } };
    };
    const sum = document.terms.reduce((total, { bid_term_units }) => total + bid_term_units, 0);
    expect(sum / TERMS_PER_CENT).toBe(document.wanted.bid.price_cents);
  });
});
