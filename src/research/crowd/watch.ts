/** Looks at a run from outside at every tick: the fair price, and whether both sides are quoted. */
import { dollarsOfPrice, type EpochUs } from '../../domain/units.js';
import type { Exchange } from '../../exchange/core/exchange.js';
import { DEFAULT_CROWD } from '../../exchange/crowd/settings.js';
import { TICKER } from './crowd-world.js';
import { FairRecord, type CrowdRun } from './ledger.js';
import type { VirtualBot } from './virtual-bot.js';

export class Watch {
  readonly #fair = new FairRecord(DEFAULT_CROWD.fairStep);
  #looks = 0;
  #quoted = 0;

  /** @param bot null where nobody quotes */
  constructor(
    private readonly exchange: Exchange,
    private readonly bot: VirtualBot | null,
  ) {}

  look(now: EpochUs): void {
    const fair = this.exchange.fair(TICKER);
    if (fair === null) throw new RangeError('the crowd knows no fair price');
    this.#fair.note(now, fair);
    const { bot, exchange } = this;
    if (bot === null || now >= exchange.closesAt(TICKER)) return;
    const both = bot.quotes('bid') && bot.quotes('ask');
    if (this.#quoted === 0 && !both) return;
    this.#looks++;
    if (both) this.#quoted++;
  }

  end(closesAt: EpochUs): Omit<CrowdRun, 'fills'> {
    const value = this.exchange.market(TICKER)?.settlementValue ?? null;
    if (value === null) throw new RangeError('the market has not been determined');
    return {
      fair: this.#fair,
      settlement: dollarsOfPrice(value),
      closesAt,
      uptime: this.#looks === 0 ? 0 : this.#quoted / this.#looks,
      halted: this.bot?.halt?.text ?? null,
    };
  }
}
