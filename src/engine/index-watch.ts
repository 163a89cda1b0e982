/** One index as the engine sees it. */
import type { Verdict } from '../alpha/index-state.js';
import type { MarketState } from './market-state.js';

export type IndexTrouble = Exclude<Verdict, 'taken'> | 'stale';

export interface IndexWatch {
  /** Those that settle on it. */
  readonly markets: MarketState[];
  /** What was told of it last; null where all is well. */
  trouble: IndexTrouble | null;
}
