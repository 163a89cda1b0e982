import { expect, test } from 'vitest';
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { clientOrderId, marketIndex, venueOrderId } from '../../../src/domain/ids.js';
import type { Approved, Call, Cancel, Place } from '../../../src/domain/order.js';
import { epochUs, monoNs, price, quantity } from '../../../src/domain/units.js';
import { Loop, type Observer } from '../../../src/engine/loop.js';

const place: Place = {
  type: 'place',
  clientId: clientOrderId('kmm-r-1'),
  market: marketIndex(0),
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
};
const cancel: Cancel = { type: 'cancel', clientId: clientOrderId('kmm-r-0'), orderId: venueOrderId('x'), market: marketIndex(0) };
const call = (...commands: (Place | Cancel)[]): Call => ({ mode: 'single', commands: commands as unknown as Approved<Place | Cancel>[] });
const tick = (at: number): EngineEvent => ({ type: 'tick', at: epochUs(at) });

/** A loop around a scripted engine; everything that happens is written down in order. */
const setUp = (
  answer: (event: EngineEvent) => readonly EngineAction[],
  options: { disk?: () => void; echo?: (loop: Loop) => void } = {},
) => {
  const story: string[] = [];
  const nothing = (): void => {};
  const observer: Observer = {
    event: nothing,
    decision: nothing,
    booked: nothing,
    sent: nothing,
    say: nothing,
    halt: nothing,
    stopped: nothing,
    stepped: nothing,
  };
  const loop: Loop = new Loop({
    engine: {
      step: (event) => {
        story.push(`step ${event.type === 'command-refused' ? `refused ${event.clientId}` : event.type}`);
        return answer(event);
      },
    },
    clock: { now: () => epochUs(9), monoNs: () => monoNs(50), wall: () => epochUs(9) },
    recorder: {
      event: (event) => story.push(`journal ${event.type}`),
      actions: (actions) => story.push(`journal ${actions.map((action) => action.type).join(',')}`),
      flush: () => {
        options.disk?.();
        story.push('flush');
      },
    },
    venue: {
      send: (sent) => {
        story.push(`send ${sent.commands.map((command) => command.type).join(',')}`);
        options.echo?.(loop);
      },
      readAccount: (request) => story.push(`read ${request.request}`),
    },
    feed: { requestSnapshot: (market) => story.push(`snapshot ${market}`) },
    observer,
    receivedNs: () => monoNs(10),
  });
  return { loop, story };
};

test('an intent is with the kernel before its order leaves', () => {
  const { loop, story } = setUp((event) => (event.type === 'tick' ? [{ type: 'send', call: call(place) }] : []));
  loop.offer(tick(1));
  expect(story).toEqual(['journal tick', 'step tick', 'journal send', 'flush', 'send place']);
});

test('a fill is with the kernel before the engine acts on it', () => {
  const { loop, story } = setUp(() => []);
  loop.offer({ type: 'position-update', at: epochUs(1), market: marketIndex(0), position: quantity(0) });
  expect(story).toEqual(['journal position-update', 'flush', 'step position-update']);
});

test('a market fact alone touches no disk', () => {
  const { loop, story } = setUp(() => []);
  loop.offer(tick(1));
  expect(story).not.toContain('flush');
});

test('a fact that arrives during a step waits until the step is over', () => {
  const { loop, story } = setUp((event) => (event.type === 'tick' ? [{ type: 'send', call: call(place) }] : []), {
    echo: (inner) => inner.offer({ type: 'batch-end', at: epochUs(2) }),
  });
  loop.offer(tick(1));
  expect(story.slice(-3)).toEqual(['send place', 'journal batch-end', 'step batch-end']);
});

test('what cannot be journalled does not leave, cancels excepted', () => {
  const { loop, story } = setUp((event) => (event.type === 'tick' ? [{ type: 'send', call: call(cancel, place) }] : []), {
    disk: () => {
      throw new Error('no space left');
    },
  });
  loop.offer(tick(1));
  expect(story).toContain('send cancel');
  expect(story).not.toContain('send cancel,place');
  expect(story).toContain('step refused kmm-r-1');
  expect(story).toContain('step storage');
});

test('storage that works again is a fact too, told once', () => {
  let full = true;
  const { loop, story } = setUp(() => [], {
    disk: () => {
      if (full) throw new Error('no space left');
    },
  });
  const fact: EngineEvent = { type: 'position-update', at: epochUs(1), market: marketIndex(0), position: quantity(0) };
  loop.offer(fact);
  loop.offer(fact);
  full = false;
  loop.offer(fact);
  loop.offer(fact);
  expect(story.filter((line) => line === 'step storage')).toHaveLength(2);
});
