/** Outside opinions that fall silent or come back: the markets they speak of are looked at again, and people are told once. */
import type { Turn } from '../alpha/stale-watch.js';
import type { Ticker } from '../domain/ids.js';
import type { EngineState } from './engine-state.js';

const NAMED_MAX = 3;

export const tellSilence = (engine: EngineState): void => {
  const turns = engine.signals.turns(engine.now);
  if (turns.length === 0) return;
  for (const turn of turns) {
    const tickers = new Set(turn.tickers);
    for (const state of engine.markets) if (tickers.has(state.market.ticker)) engine.mark(state);
    if (turn.tell) tell(engine, turn);
  }
};

const tell = (engine: EngineState, { source, kind, tickers }: Turn): void => {
  if (kind === 'stale')
    engine.out.say(
      'warn',
      'SIGNAL_STALE',
      `${source} has said nothing new of ${namesOf(tickers)}: what it said counts for nothing until it speaks.`,
    );
  else engine.out.say('info', 'SIGNAL_BACK', `${source} speaks again of ${namesOf(tickers)}.`);
};

const namesOf = (tickers: readonly Ticker[]): string =>
  tickers.length <= NAMED_MAX
    ? tickers.join(', ')
    : `${tickers.slice(0, NAMED_MAX).join(', ')} and ${tickers.length - NAMED_MAX} more markets`;
