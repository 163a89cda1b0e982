/** The explanation of one decision of a run: its facts go through the engine again up to that moment. */
import type { EngineAction } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import type { Ticker } from '../domain/ids.js';
import type { EpochUs } from '../domain/units.js';
import type { Explanation } from '../engine/explain.js';
import type { JournalRecord } from '../logger/journal-reader.js';

export interface ExplainingEngine {
  step(event: EngineEvent): readonly EngineAction[];
  explain(ticker: string): Explanation | null;
}

export interface ExplainRequest {
  readonly ticker: Ticker;
  /** The last decision up to this moment is explained; null: the last of the run. */
  readonly at: EpochUs | null;
  /** Told of every fact that was stepped. */
  readonly onEvent?: (number: number) => void;
}

/**
 * `unknown-ticker` names what the run has markets of; `undecided`: nothing was decided about that market up to the moment.
 */
export type Explained =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  | { readonly kind: 'unknown-ticker'; readonly tickers: readonly Ticker[] }
  | { readonly kind: 'undecided'; readonly firstAt: EpochUs | null; readonly lastAt: EpochUs | null };

/** Whoever names no moment asks for the last quote, not for what was left of it while the run was ending. */
const laterOf = (before: Explanation | null, now: Explanation | null, { at }: ExplainRequest): Explanation | null =>
  at === null && before !== null && now?.shut !== null && ENDING.has(now?.shut.code ?? '') ? before : now;
const ENDING = new Set(['stopping', 'stopped']);

/** @throws whatever the records throw, such as JournalDamagedError */
export const explainRun = (records: Iterable<JournalRecord>, engine: ExplainingEngine, request: ExplainRequest): Explained => {
  const tickers: Ticker[] = [];
  let index: number | null = null;
  let explanation: Explanation | null = null;
  let firstAt: EpochUs | null = null;
  let lastAt: EpochUs | null = null;
  for (const record of records) {
    // What follows a hole does not continue what came before.
    if (record.type === 'gap') break;
    if (record.type !== 'event') continue;
    const { event } = record;
    if (request.at !== null && event.at > request.at && index !== null) break;
    firstAt ??= event.at;
    lastAt = event.at;
    if (event.type === 'market-listed') {
      tickers.push(event.market.ticker);
      if (event.market.ticker === request.ticker) index = event.index;
    }
    const decided = engine.step(event).some((action) => action.type === 'decision' && action.market === index);
    // Asked at once: what a decision looked at has not changed since.
    if (decided) explanation = laterOf(explanation, engine.explain(request.ticker), request);
    request.onEvent?.(record.number);
  }
  if (index === null) return { kind: 'unknown-ticker', tickers };
  return explanation === null ? { kind: 'undecided', firstAt, lastAt } : { kind: 'explained', explanation };
};
