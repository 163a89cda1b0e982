import type { Ticker } from '../../domain/ids.js';
import type { EpochUs } from '../../domain/units.js';
import type { Trading, World } from '../core/types.js';
import type { AccountId } from '../core/words.js';
import type { CrowdSettings } from './settings.js';

export class Crowd {
  constructor(
    readonly seed: string,
    readonly settings: CrowdSettings,
    readonly world: World,
    readonly trading: Trading,
    readonly book: (at: EpochUs, run: () => void) => void,
  ) {}
  start(open: (name: string, shards: readonly number[]) => AccountId): void {
    void open;
  }
  outcome(ticker: Ticker): 'yes' | 'no' | null {
    void ticker;
    return null;
  }
  fair(ticker: Ticker, at: EpochUs): number | null {
    void ticker;
    void at;
    return null;
  }
}
