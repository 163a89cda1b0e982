import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { epochUs } from '../../../src/domain/units.js';
import { DecisionHash } from '../../../src/logger/decision-hash.js';
import { Journal } from '../../../src/logger/journal.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import { describeDifference, verify, type ReplayEngine } from '../../../src/replay/verify.js';
import { actionLists, events as anyEvents } from '../logger/arbitrary.js';
import { eventsOf, HEADER, recordsOf, runOf, ToyEngine, type Move } from './toy-run.js';

const moves: Move[] = [
  { afterMs: 10, kind: 'tick', price: 0, size: 0 },
  { afterMs: 10, kind: 'mid', price: 5100, size: 0 },
  { afterMs: 10, kind: 'hit', price: 5000, size: 500 },
  { afterMs: 10, kind: 'tick', price: 0, size: 0 },
];

/** Answers like the toy, but changed at one event. */
const changedAt = (number: number, change: (actions: readonly EngineAction[]) => readonly EngineAction[]) => (): ReplayEngine => {
  const toy = new ToyEngine();
  let count = 0;
  return {
    step: (event) => {
      count++;
      const actions = toy.step(event);
      return count === number ? change(actions) : actions;
    },
  };
};

test('the same program over the same facts answers the same', () => {
  const facts = eventsOf(moves);
  const hash = new DecisionHash(HEADER.run);
  const live = new ToyEngine();
  for (const fact of facts) hash.step(live.step(fact));
  const { files } = runOf(facts, { closed: true });
  expect(verify(HEADER, recordsOf(files), () => new ToyEngine())).toEqual({
    events: 5,
    actions: 4,
    decisions: 3,
    decisionHash: hash.digest(),
    difference: null,
    states: 0,
    stateDifference: null,
    unanswered: null,
    gap: null,
    closed: true,
  });
});

test('whatever was answered then is what is compared now', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyEvents, actionLists), { maxLength: 8 }), (steps) => {
      const files = new MemoryFiles();
      const journal = new Journal(files, HEADER);
      for (const [event, actions] of steps) {
        journal.event(event);
        journal.actions(actions);
      }
      journal.close();
      let next = 0;
      const again: ReplayEngine = { step: () => structuredClone(steps[next++]?.[1] ?? []) };
      expect(verify(HEADER, recordsOf(files), () => again)).toMatchObject({ events: steps.length, difference: null });
    }),
    { numRuns: 60 },
  );
});

describe('the first difference is found at its event and action', () => {
  const { files } = runOf(eventsOf(moves), { closed: true });
  const cases: [string, number, (actions: readonly EngineAction[]) => readonly EngineAction[], number][] = [
    ['an action is missing', 4, (actions) => actions.slice(0, 1), 1],
    ['all actions are missing', 2, () => [], 0],
    ['there is one too many', 2, (actions) => [...actions, { type: 'stopped', left: 0 }], 1],
    ['there is one where none was', 3, () => [{ type: 'stopped', left: 0 }], 0],
    [
      'one number is another by the smallest step',
      4,
      (actions) => actions.map((a) => (a.type === 'decision' ? { ...a, fair: 5100.000000000001 } : a)),
      1,
    ],
    ['the order is another', 4, (actions) => actions.toReversed(), 0],
  ];
  test.each(cases)('%s', (_, number, change, action) => {
    const { difference, events } = verify(HEADER, recordsOf(files), changedAt(number, change));
    expect(difference).toMatchObject({ number, action, thrown: null });
    expect(events).toBe(number - 1);
    expect(describeDifference(difference as NonNullable<typeof difference>)).toContain(`event ${number} (`);
  });

  test('the engine stops', () => {
    const broken = changedAt(4, () => {
      throw new Error('own quotes crossed');
    });
    const { difference } = verify(HEADER, recordsOf(files), broken);
    expect(difference).toMatchObject({ number: 4, thrown: 'own quotes crossed' });
    expect(describeDifference(difference as NonNullable<typeof difference>)).toContain('own quotes crossed');
  });
});

test('the last event of a crashed run, whose answer nobody recorded, is no difference', () => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER);
  const toy = new ToyEngine();
  const facts = eventsOf(moves);
  for (const [i, fact] of facts.entries()) {
    journal.event(fact);
    if (i < facts.length - 1) journal.actions(toy.step(fact));
  }
  journal.flush();
  const result = verify(HEADER, recordsOf(files), () => new ToyEngine());
  expect(result).toMatchObject({ events: 4, difference: null, closed: false, unanswered: { number: 5, event: { type: 'tick' } } });
});

test('a hole in the journal ends the comparison and is said', () => {
  const files = new MemoryFiles();
  const journal = new Journal(files, HEADER, { segmentBytes: 1 << 20, bufferBytes: 18 * 2 });
  const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });
  for (let at = 1; at <= 3; at++) journal.event(tick(at));
  journal.flush();
  journal.event(tick(4));
  journal.close();
  const quiet: ReplayEngine = { step: () => [] };
  expect(verify(HEADER, recordsOf(files), () => quiet)).toMatchObject({
    events: 2,
    gap: { afterEvent: 2, dropped: 1 },
    difference: null,
    closed: false,
  });
});

test('the engine is made from the header of the run', () => {
  const { files } = runOf([], { closed: true });
  let seen: unknown = null;
  verify(HEADER, recordsOf(files), (header) => {
    seen = header;
    return new ToyEngine();
  });
  expect(seen).toEqual(HEADER);
});
