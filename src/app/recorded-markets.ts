/** The markets of a recording: which of them are wanted, and what is known of them. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { toMarket, type CatalogInput } from '../connector/market-catalog.js';
import type { RecordingSidecar } from '../connector/recording-format.js';
import { readSidecar } from '../connector/recording.js';
import type { Market } from '../domain/market.js';

/**
 * Market bodies from the sidecar; what is lacking is assumed, and said.
 * @param offCent prices of the recording that are no whole cents
 * @param named the file with the bodies that a person has named, or null for the one beside the recording
 * @throws CommandFailure where bodies are needed and not there; RecordingError where they are not what they should be
 */
export const marketsOf = async (
  from: string,
  tickers: readonly string[],
  offCent: readonly string[],
  named: string | null,
): Promise<Market[]> => {
  const sidecar = await readSidecar(from, named ?? undefined);
  if (sidecar === null && named !== null)
    throw new CommandFailure(ExitCode.usage, `${named} does not exist`, { fix: 'name the file that holds the market bodies' });
  if (sidecar === null && offCent.length > 0)
    throw new CommandFailure(ExitCode.usage, `the recording has prices that are not whole cents (${offCent.slice(0, 3).join(', ')})`, {
      why: 'without market bodies playback assumes a grid of whole cents, and these prices do not fit it',
      fix: 'give the market bodies with --markets-file FILE, or put them beside the recording as FILE.markets.json',
    });
  return tickers.map((name) => toMarket(catalogInput(name, sidecar), 'allow'));
};

/** All recorded markets, or those of them that were named. @throws CommandFailure where a named one is not in the recording */
export const chosenOf = (recorded: readonly string[], named: readonly string[]): readonly string[] => {
  const missing = named.filter((name) => !recorded.includes(name));
  if (missing.length > 0)
    throw new CommandFailure(ExitCode.usage, `the recording has no book of ${missing.join(', ')}`, {
      why: `it has books of ${recorded.join(', ')}`,
      fix: 'name markets of the recording, or none for all of them',
    });
  return named.length === 0 ? recorded : recorded.filter((name) => named.includes(name));
};

const catalogInput = (ticker: string, sidecar: RecordingSidecar | null): CatalogInput => {
  const find = (list: readonly unknown[], key: string, value: unknown): unknown =>
    list.find((body) => typeof body === 'object' && body !== null && (body as Record<string, unknown>)[key] === value) ?? null;
  if (sidecar === null) return { ticker, market: null, event: null, series: null };
  const market = find(sidecar.markets, 'ticker', ticker) as Record<string, unknown> | null;
  const event = find(sidecar.events, 'event_ticker', market?.['event_ticker']) as Record<string, unknown> | null;
  return { ticker, market, event, series: find(sidecar.series, 'ticker', event?.['series_ticker']) };
};
