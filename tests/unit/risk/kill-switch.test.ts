import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KillSwitch, PERSON } from '../../../src/risk/kill-switch.js';

test('trades from the start', () => {
  const gate = new KillSwitch();
  expect([gate.mayPlace(), gate.state]).toEqual([true, { type: 'trading' }]);
});

test('one hold going does not lift another', () => {
  const gate = new KillSwitch();
  gate.hold('feed', 'no data');
  gate.hold(PERSON, 'lunch');
  gate.release('feed');
  expect(gate.state).toEqual({ type: 'paused', holds: [{ name: PERSON, reason: 'lunch' }] });
  gate.release(PERSON);
  expect(gate.mayPlace()).toBe(true);
});

test('a hold is told once, and its reason renewed', () => {
  const gate = new KillSwitch();
  expect([gate.hold('feed', 'a'), gate.hold('feed', 'b'), gate.release('feed'), gate.release('feed')]).toEqual([true, false, true, false]);
});

test('a kill outlasts every release and a second kill, and keeps its first reason', () => {
  const gate = new KillSwitch();
  gate.hold('feed', 'no data');
  expect([gate.kill('loss', 'first'), gate.kill('hand', 'second')]).toEqual([true, false]);
  gate.release('feed');
  expect([gate.mayPlace(), gate.state]).toEqual([false, { type: 'killed', code: 'loss', reason: 'first' }]);
});

test('clearing a kill leaves the holds that are on', () => {
  const gate = new KillSwitch();
  gate.kill('loss', 'first');
  gate.hold('feed', 'no data');
  gate.clear();
  expect([gate.state.type, gate.isHeld('feed')]).toEqual(['paused', true]);
  gate.release('feed');
  expect(gate.mayPlace()).toBe(true);
});

test('for any sequence of holds, releases and kills: places only with no hold on and no kill since the last clear', () => {
  const step = fc.record({ act: fc.constantFrom('hold', 'release', 'kill', 'clear'), name: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const gate = new KillSwitch();
      const holds = new Set<string>();
      let killed = false;
      for (const { act, name } of steps) {
        if (act === 'hold') {
          gate.hold(name, name);
          holds.add(name);
        } else if (act === 'release') {
          gate.release(name);
          holds.delete(name);
        } else if (act === 'kill') {
          gate.kill(name, name);
          killed = true;
        } else {
          gate.clear();
          killed = false;
        }
        expect(gate.mayPlace()).toBe(holds.size === 0 && !killed);
      }
    }),
  );
});
