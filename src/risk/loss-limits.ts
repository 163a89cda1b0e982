/** Loss limits: each latches when it is reached and stays so until a person clears it, however the result recovers. */
import type { MarketIndex } from '../domain/ids.js';
import type { SessionSoFar } from '../domain/events.js';
import type { RiskSettings } from '../domain/settings.js';
import { ZERO_CASH, addCash, formatCash, subtractCash, type Cash } from '../domain/units.js';
import type { Violation } from './violation.js';

type LossSettings = Pick<RiskSettings, 'lossMaxSession' | 'lossMaxPerMarket' | 'drawdownMax'>;

export class LossLimits {
  readonly #settings: LossSettings;
  /** Of the session's earlier runs. */
  #before = ZERO_CASH;
  #peak = ZERO_CASH;
  #session: Violation | null = null;
  readonly #markets = new Map<MarketIndex, Violation>();

  constructor(settings: LossSettings) {
    this.#settings = settings;
  }

  /** The limit that has stopped the session, or null. */
  get breach(): Violation | null {
    return this.#session;
  }

  /** The highest result of the session so far; at least zero. */
  get peak(): Cash {
    return this.#peak;
  }

  breachOf(market: MarketIndex): Violation | null {
    return this.#markets.get(market) ?? null;
  }

  /** The session began in an earlier run. @param realized less fees */
  carry({ realized, peak }: SessionSoFar): void {
    this.#before = realized;
    this.#peak = peak;
  }

  /**
   * Holds the session's result against its limits: this run's (realized and unrealized less fees, all markets) and what was carried.
   * @param ofRun this run's share
   * @returns the breach in the moment it happens, null before and after
   */
  observe(ofRun: Cash): Violation | null {
    const result = addCash(this.#before, ofRun);
    if (result > this.#peak) this.#peak = result;
    if (this.#session !== null) return null;
    const { lossMaxSession, drawdownMax } = this.#settings;
    const fallen = subtractCash(this.#peak, result);
    if (-result >= lossMaxSession)
      this.#session = {
        code: 'loss-session',
        text: `session result ${formatCash(result)} has reached the loss limit of ${formatCash(lossMaxSession)} (risk.loss_max_session_dollars)`,
      };
    else if (fallen >= drawdownMax)
      this.#session = {
        code: 'drawdown',
        text: `session result ${formatCash(result)} is ${formatCash(fallen)} below its peak, limit ${formatCash(drawdownMax)} (risk.drawdown_max_dollars)`,
      };
    return this.#session;
  }

  /** The same for one market's own result. */
  observeMarket(market: MarketIndex, result: Cash): Violation | null {
    const limit = this.#settings.lossMaxPerMarket;
    if (this.#markets.has(market) || -result < limit) return null;
    const breach: Violation = {
      code: 'loss-market',
      text: `market result ${formatCash(result)} has reached the loss limit of ${formatCash(limit)} (risk.loss_max_market_dollars)`,
    };
    this.#markets.set(market, breach);
    return breach;
  }

  /** A person lets trading go on. The peak starts again at this run's `result`, or the drawdown would latch at once. */
  clear(result: Cash): void {
    this.#session = null;
    this.#markets.clear();
    this.#peak = addCash(this.#before, result);
  }
}
