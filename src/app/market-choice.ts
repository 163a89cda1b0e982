/** Which markets a run takes: those named, or the open ones of named events and series, or, on the simulated exchange, all. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { MarketSelection } from '../config/settings.js';
import { CatalogError, loadCatalog, type Catalog } from '../connector/catalog-loader.js';
import type { RestApi } from '../connector/rest-api.js';
import type { Environment } from '../domain/settings.js';
import { must } from './exchange-client.js';

/** @throws CommandFailure where nothing is chosen or nothing is open */
export const chooseTickers = async (api: RestApi, choice: MarketSelection, env: Environment): Promise<string[]> => {
  const chosen = new Set<string>(choice.tickers);
  const filters = [...choice.events.map((event) => ({ event })), ...choice.series.map((series) => ({ series }))];
  const nothingNamed = chosen.size === 0 && filters.length === 0;
  if (nothingNamed && env !== 'sim' && env !== 'custom')
    throw new CommandFailure(ExitCode.configInvalid, 'no markets are chosen', {
      fix: 'name some with --markets A,B or under markets: in the configuration (tickers, events or series)',
    });
  for (const filter of nothingNamed ? [{}] : filters)
    for (const market of must('the list of open markets', await api.markets.markets({ ...filter, status: 'open' })))
      chosen.add(market.ticker);
  if (chosen.size === 0)
    throw new CommandFailure(ExitCode.refused, 'none of the chosen events and series has an open market', {
      fix: 'choose others, or wait until they open',
    });
  return [...chosen].slice(0, Math.max(choice.marketsMax, choice.tickers.length));
};

/** Markets whose result is still to come, though nobody can trade them any more. */
const ENDING: ReadonlySet<unknown> = new Set(['closed', 'determined', 'disputed', 'amended']);

/**
 * Markets beyond the chosen ones in which something of ours still counts for the limits of its event and of the account: those that have closed and are not paid out,
 * and those that the last run held something in, whatever a list of open markets leaves out just now.
 * @param left tickers in which the last run held something; null where a person has named the markets of this run, and so decided about the others
 * @throws CommandFailure where the account cannot be read, or the exchange does not describe a market in which it holds something
 */
export const heldMarkets = async (api: RestApi, chosen: readonly string[], left: ReadonlySet<string> | null): Promise<string[]> => {
  const positions = must('the positions', await api.account.positions());
  const held = positions.filter(({ ticker, position }) => position !== 0 && !chosen.includes(ticker)).map(({ ticker }) => ticker);
  if (held.length === 0) return [];
  const described = new Map(
    must('the markets of our positions', await api.markets.markets({ tickers: held })).map(({ ticker, body }) => [ticker, body['status']]),
  );
  const vanished = held.find((ticker) => !described.has(ticker));
  if (left !== null && vanished !== undefined)
    throw new CommandFailure(ExitCode.refused, `the exchange does not describe ${vanished}, in which the account holds a position`, {
      why: 'without its description the limits of its event and of the account cannot be kept',
      fix: 'try again in a while; or name the markets to be quoted with --markets, which leaves all others alone',
    });
  return held.filter((ticker) => {
    const status = described.get(ticker);
    return ENDING.has(status) || left?.has(ticker) === true;
  });
};

/** The chosen markets as the exchange describes them. @throws CommandFailure where it does not know one of them */
export const describedMarkets = async (api: Pick<RestApi, 'markets'>, tickers: readonly string[]): Promise<Catalog> => {
  try {
    return await loadCatalog(api.markets, tickers);
  } catch (error) {
    if (error instanceof CatalogError)
      throw new CommandFailure(ExitCode.refused, error.message, { fix: 'name markets that this environment has', cause: error });
    throw error;
  }
};
