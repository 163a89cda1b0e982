/** A run that takes on one index market must end before that market does. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import type { Market } from '../domain/market.js';
import { between, later, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';

/**
 * Only for the edge taker, which lives of markets that settle on an index: the first of them to close bounds the run.
 * @param duration how long the run is to last; null until it is stopped
 * @throws CommandFailure (usage)
 */
export const refuseOutlasting = (
  { strategy, indices }: Pick<Settings, 'strategy' | 'indices'>,
  markets: readonly Market[],
  duration: DurationUs | null,
  now: EpochUs,
): void => {
  if (strategy.name !== 'edge-taker' || duration === null) return;
  const mapped = new Set(indices.mappings.map(({ series }) => series));
  let first: { readonly ticker: string; readonly closesAt: EpochUs } | null = null;
  for (const { ticker, series, status, closesAt } of markets)
    if (mapped.has(series) && status === 'active' && closesAt !== null && (first === null || closesAt < first.closesAt))
      first = { ticker, closesAt };
  if (first === null || later(now, duration) <= first.closesAt) return;
  const left = Math.max(0, toSeconds(between(now, first.closesAt)));
  throw new CommandFailure(
    ExitCode.usage,
    `the run would outlast ${first.ticker}: it closes in ${Math.floor(left)} s, and the run is to last ${toSeconds(duration)} s`,
    {
      why: 'the edge taker has nothing to do in a market that has closed, and what it holds is settled without it',
      fix: left >= 1 ? `write for instance --duration ${Math.floor(left)}s` : 'take the market of the next event',
    },
  );
};
