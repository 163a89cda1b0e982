/** Why a market may not be quoted at this moment: the first gate that is shut, with its number and its limit. The order is the order of importance. */
import type { NoQuote } from '../domain/actions.js';
import type { Market } from '../domain/market.js';
import type { EngineSettings } from '../domain/settings.js';
import { between, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Phase } from './recovery.js';

export interface Conditions {
  readonly now: EpochUs;
  readonly phase: Phase;
  /** What the kill switch, a pause or a latched loss limit says; null where trading is allowed. */
  readonly halted: NoQuote | null;
  /** What cannot be written, or null. */
  readonly storageProblem: 'journal' | 'tape' | null;
  /** What the order group of the market's shard says; null where it is in force. */
  readonly unprotected: NoQuote | null;
  readonly feedSilent: boolean;
  readonly market: Market;
  readonly settled: boolean;
  readonly exchangeActive: boolean;
  readonly book: 'none' | 'good' | 'lost';
  readonly bookReason: string | null;
  readonly crossed: boolean;
  /** How far the data is behind, by exchange time. */
  readonly age: DurationUs;
  /** What the clock forbids, or null. */
  readonly scheduled: NoQuote | null;
  readonly settings: EngineSettings;
}

const PHASES: Record<Exclude<Phase, 'trading'>, NoQuote> = {
  waiting: { code: 'no-feed', text: 'waiting for the market data feed' },
  clearing: { code: 'recovering', text: 'cancelling own orders and reading the account before quoting' },
  stopping: { code: 'stopping', text: 'stopping: cancelling everything of ours' },
  stopped: { code: 'stopped', text: 'stopped' },
};

/** @returns null where nothing stands against quoting */
export const whyNotQuote = (c: Conditions): NoQuote | null => {
  if (c.halted !== null) return c.halted;
  if (c.phase !== 'trading') return PHASES[c.phase];
  if (c.storageProblem !== null) return { code: 'storage', text: `the ${c.storageProblem} cannot be written: no new orders until it can` };
  if (c.unprotected !== null) return c.unprotected;
  if (c.feedSilent) return { code: 'stale-feed', text: 'neither frame nor pong from the exchange: data is stale' };
  if (c.settled) return { code: 'settled', text: 'the market has settled' };
  if (c.market.status !== 'active')
    return { code: 'market-not-open', text: `the market is ${c.market.status}, orders are taken in active only` };
  if (!c.exchangeActive) return { code: 'exchange-paused', text: `trading on shard ${c.market.shard} is paused by the exchange` };
  if (c.scheduled !== null) return c.scheduled;
  if (c.book === 'none') return { code: 'no-book', text: 'waiting for the first book snapshot' };
  if (c.book === 'lost')
    return { code: 'book-lost', text: `the book is lost (${c.bookReason ?? 'unknown'}): waiting for a fresh snapshot` };
  if (c.crossed) return { code: 'crossed-book', text: 'the book is crossed or locked' };
  if (c.age > c.settings.dataAgeMax)
    return { code: 'old-data', text: `data is ${text(c.age)} behind by exchange time, limit ${text(c.settings.dataAgeMax)}` };
  return closing(c);
};

const closing = (c: Conditions): NoQuote | null => {
  if (c.market.closesAt === null) return null;
  const left = between(c.now, c.market.closesAt);
  if (left > c.settings.stopBeforeClose) return null;
  return {
    code: 'near-close',
    text: left > 0 ? `closes in ${text(left)}, no quotes in the last ${text(c.settings.stopBeforeClose)}` : 'past its close time',
  };
};

const text = (span: DurationUs): string => `${toSeconds(span).toFixed(1)} s`;
