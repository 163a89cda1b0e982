/** A strategy remembers something that is not among the facts, so that no replay decides alike. */
import type { Strategy } from '../../../src/domain/view.js';
import { makeStrategy as original } from '../../../src/strategy/strategies.js';

export * from '../../../src/strategy/strategies.js';

let asked = 0;

export const makeStrategy: typeof original = (settings) => {
  const strategy = original(settings);
  return {
    ...strategy,
    quote: (view) => {
      const target = strategy.quote(view);
      return asked++ % 100 === 99 ? { ...target, bid: null } : target;
    },
  } satisfies Strategy;
};
