/** Facts about indices: kept by the index desk, told to people where something begins or ceases to be wrong, and a reason to look at the markets that settle on them. */
import type { IndexUpdate, IndexVolatility } from '../domain/events.js';
import type { EngineState } from './engine-state.js';
import type { IndexTrouble } from './index-watch.js';
import type { MarketState } from './market-state.js';

const SAID: Record<IndexTrouble, readonly [code: string, text: (index: string, value: number) => string]> = {
  older: ['INDEX_BACKWARDS', (index) => `Index ${index} goes backwards in time: what is older than the last value is not taken.`],
  invalid: [
    'INDEX_INVALID',
    (index, value) => `Index ${index} says ${shown(value)}: expected a number above 0. Its markets are not valued until it says one.`,
  ],
  jump: ['INDEX_JUMP', (index, value) => `Index ${index} jumps to ${value}: its markets are not valued until the next value confirms it.`],
  stale: ['INDEX_STALE', (index) => `Index ${index} has fallen silent: its markets are not valued until it speaks again.`],
};

/** The journal keeps no NaN and no infinity: whatever is none of the finite numbers reads the same before and after it. */
const shown = (value: number): string => (Number.isFinite(value) ? String(value) : 'no number');

/** A market joins. */
export const watchIndexOf = (engine: EngineState, state: MarketState): void => {
  const name = engine.indexDesk.indexOf(state.market.series);
  if (name === null) return;
  const watch = engine.indexWatches.get(name);
  if (watch === undefined) engine.indexWatches.set(name, { markets: [state], trouble: null });
  else watch.markets.push(state);
};

export const onIndex = (engine: EngineState, event: IndexUpdate): void => {
  const verdict = engine.indexDesk.takeValue(event);
  if (verdict === null) return;
  tell(engine, event.index, verdict === 'taken' ? null : verdict, event.value);
  if (verdict !== 'older') markAll(engine, event.index);
};

export const onIndexVolatility = (engine: EngineState, event: IndexVolatility): void => {
  const verdict = engine.indexDesk.takeVolatility(event);
  if (verdict === 'taken') markAll(engine, event.index);
  else if (verdict === 'invalid')
    engine.out.say(
      'warn',
      'VOLATILITY_INVALID',
      `The volatility of index ${event.index} is told as ${shown(event.annual)} with an error of ${shown(event.error)}: not taken, the last one stays until it is too old.`,
    );
};

/** Silence is no fact: a tick finds it. */
export const watchIndices = (engine: EngineState): void => {
  for (const index of engine.indexDesk.indices) {
    const watch = engine.indexWatches.get(index.name);
    if (watch === undefined || watch.trouble === 'stale' || !index.isStale(engine.now)) continue;
    tell(engine, index.name, 'stale', 0);
    markAll(engine, index.name);
  }
};

const markAll = (engine: EngineState, index: string): void => {
  for (const state of engine.indexWatches.get(index)?.markets ?? []) if (!state.settled) engine.mark(state);
};

/** Once where it begins and once where it ends. */
const tell = (engine: EngineState, index: string, trouble: IndexTrouble | null, value: number): void => {
  const watch = engine.indexWatches.get(index);
  if (watch === undefined || watch.trouble === trouble) return;
  // Old values of an index that is silent or broken tell nothing new.
  if (trouble === 'older' && watch.trouble !== null) return;
  watch.trouble = trouble;
  if (trouble === null) engine.out.say('info', 'INDEX_OK', `Index ${index} is good again.`);
  else engine.out.say('warn', SAID[trouble][0], SAID[trouble][1](index, value));
};
