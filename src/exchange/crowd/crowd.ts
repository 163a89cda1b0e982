/** The crowd: everyone else who trades. Each trader draws from a stream of its own, so what it intends does not depend on anybody's orders. */
import { assert } from '../../domain/errors.js';
import type { Ticker } from '../../domain/ids.js';
import { later, seconds, type EpochUs } from '../../domain/units.js';
import { Random } from '../core/random.js';
import type { EventListing, MarketListing, Trading, World } from '../core/types.js';
import type { AccountId } from '../core/words.js';
import { FairPath } from './fair-path.js';
import type { StrikePath } from './index-path.js';
import { Maker } from './maker.js';
import type { CrowdSettings } from './settings.js';
import type { Stage, Trader } from './stage.js';
import { InformedTaker, NoiseTaker } from './takers.js';

/** Where a market finds its fair price: an outcome of a path. */
interface Fair {
  readonly path: Pick<FairPath, 'at' | 'outcome'>;
  readonly outcome: number;
}

export class Crowd {
  readonly #fairs = new Map<Ticker, Fair>();

  /** @param book plans something at a moment of exchange time */
  constructor(
    private readonly seed: string,
    private readonly settings: CrowdSettings,
    private readonly world: World,
    private readonly trading: Trading,
    private readonly book: (at: EpochUs, run: () => void) => void,
    strikes: ReadonlyMap<Ticker, StrikePath> = new Map(),
  ) {
    // Strikes of an index are worth what its path says.
    for (const [name, path] of strikes) this.#fairs.set(name, { path, outcome: 0 });
    for (const event of world.events) this.#prepare(event);
  }

  /** Opens the crowd's accounts and sets every trader going. */
  start(open: (name: string, shards: readonly number[]) => AccountId): void {
    const { noise, informed, makers } = this.settings;
    const shards = [...new Set(this.world.events.map((event) => event.shard))];
    const noiseAccount = open('crowd noise', shards);
    const informedAccount = open('crowd informed', shards);
    const makerAccounts = makers.map((maker) => ({ maker, account: open(`crowd maker ${maker.name}`, shards) }));
    for (const listing of this.world.markets) {
      const stream = (name: string): Random => new Random(`${this.seed}/crowd/${listing.ticker}/${name}`);
      // Makers first: the book has two sides before anyone takes.
      for (const { maker, account } of makerAccounts)
        this.#live(listing, new Maker(this.#stage(listing, account), maker, stream(`maker/${maker.name}`)));
      if (noise.perSecond > 0) this.#live(listing, new NoiseTaker(this.#stage(listing, noiseAccount), noise, stream('noise')));
      if (informed.perSecond > 0)
        this.#live(listing, new InformedTaker(this.#stage(listing, informedAccount), informed, stream('informed')));
    }
  }

  /** Fair YES price in dollars, or null for a market the crowd does not know. Not farther back than the crowd's slowest trader looks. */
  fair(ticker: Ticker, at: EpochUs): number | null {
    const fair = this.#fairs.get(ticker);
    return fair === undefined ? null : fair.path.at(at, fair.outcome);
  }

  /** How the market will end. */
  outcome(ticker: Ticker): 'yes' | 'no' | null {
    const fair = this.#fairs.get(ticker);
    if (fair === undefined) return null;
    return fair.path.outcome === fair.outcome ? 'yes' : 'no';
  }

  /** Exclusive markets share one path with an outcome each; all others have a path with yes and no. */
  #prepare(event: EventListing): void {
    const listings = this.world.markets.filter((market) => market.event === event.ticker);
    if (listings.every(({ ticker }) => this.#fairs.has(ticker))) return;
    const random = (name: string): Random => new Random(`${this.seed}/fair/${name}`);
    if (event.mutuallyExclusive && listings.length >= 2) {
      const noise = random(event.ticker);
      const path = new FairPath(noise, this.#shares(noise, listings), this.#pathSettings(), this.trading.now);
      listings.forEach((listing, outcome) => this.#fairs.set(listing.ticker, { path, outcome }));
      return;
    }
    for (const listing of listings) {
      const noise = random(listing.ticker);
      const start = this.settings.starts[listing.ticker] ?? 0.35 + 0.3 * noise.next();
      this.#fairs.set(listing.ticker, {
        path: new FairPath(noise, [start, 1 - start], this.#pathSettings(), this.trading.now),
        outcome: 0,
      });
    }
  }

  #shares(noise: Random, listings: readonly MarketListing[]): number[] {
    const shares = listings.map((listing) => this.settings.starts[listing.ticker] ?? 1 + noise.next());
    assert(
      shares.every((share) => share > 0),
      'the starting prices of an exclusive event must be positive',
    );
    return shares;
  }

  #pathSettings(): ConstructorParameters<typeof FairPath>[2] {
    const { beliefVolatility, newsPerHour, newsSize, fairStep, informed, makers } = this.settings;
    const memory = seconds(Math.max(informed.delay, ...makers.map((maker) => maker.lag)) + fairStep);
    return { beliefVolatility, newsPerHour, newsSize, step: seconds(fairStep), memory };
  }

  #stage(listing: MarketListing, account: AccountId): Stage {
    const fair = this.#fairs.get(listing.ticker);
    const shard = this.world.events.find((event) => event.ticker === listing.event)?.shard;
    assert(fair !== undefined && shard !== undefined, `market ${listing.ticker} has no event`);
    return { ticker: listing.ticker, shard, account, trading: this.trading, fair: (at) => fair.path.at(at, fair.outcome) };
  }

  /** From the opening of the market to its close. */
  #live(listing: MarketListing, trader: Trader): void {
    const wake = (): void => {
      if (this.trading.closesAt(listing.ticker) <= this.trading.now) return;
      this.book(later(this.trading.now, seconds(trader.wake())), wake);
    };
    const from = Math.max(listing.opensAt, this.trading.now) as EpochUs;
    const first = later(from, seconds(trader.firstWake()));
    if (first <= this.trading.now) wake();
    else this.book(first, wake);
  }
}
