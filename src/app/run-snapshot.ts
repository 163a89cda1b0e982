/** The snapshot of a run that is under way, made of what the engine counts and what was left by runs before it in markets that this one does not quote. */
import type { SessionSoFar } from '../domain/events.js';
import type { Ticker } from '../domain/ids.js';
import { addCash, cash } from '../domain/units.js';
import type { Engine } from '../engine/engine.js';
import type { JournalPlace } from '../logger/journal.js';
import type { LeftMarket } from '../replay/left-behind.js';
import type { CarriedIn } from './carried.js';
import { sealSnapshot } from './snapshot.js';

const NO_SESSION: SessionSoFar = { realized: cash(0), peak: cash(0) };

interface Name {
  readonly run: string;
  readonly folder: string;
  readonly at: string;
}

/** Before anything is recorded: what was carried in, and a journal that is read from its beginning. */
export const firstSnapshot = (carried: CarriedIn, name: Name): string =>
  sealSnapshot({
    ...name,
    place: null,
    tapePlace: null,
    closed: false,
    listed: [],
    markets: carried.markets,
    session: carried.session ?? NO_SESSION,
  });

export interface Taken extends Name {
  readonly place: JournalPlace;
  readonly tapePlace: JournalPlace | null;
  readonly closed: boolean;
}

export const snapshotOf = (engine: Engine, carried: CarriedIn, taken: Taken): string => {
  const listed = engine.state.markets.map(({ market }) => market.ticker);
  const before = new Map<Ticker, LeftMarket>(carried.markets.map((left) => [left.ticker, left]));
  const own = engine.leaves().map(({ market, realized, fees, fills, ...rest }): LeftMarket => {
    const ticker = listed[market] as Ticker;
    const earlier = before.get(ticker);
    before.delete(ticker);
    return {
      ticker,
      ...rest,
      realized: addCash(earlier?.realized ?? cash(0), realized),
      fees: addCash(earlier?.fees ?? cash(0), fees),
      fills: fills.map(({ fillId, exchangeAt }) => ({ id: fillId, at: exchangeAt })),
    };
  });
  return sealSnapshot({ ...taken, listed, markets: [...before.values(), ...own], session: engine.session() });
};
