/** Which markets of an event pay together with the one that is quoted, and what we hold of them: quoting reference, section g. */
import type { EventTicker } from '../domain/ids.js';
import type { Market } from '../domain/market.js';
import { contractsOf } from '../domain/units.js';
import type { RelatedMarkets } from '../domain/view.js';
import type { Inventory } from '../execution/inventory.js';
import type { MarketState } from './market-state.js';

interface Group {
  readonly kind: RelatedMarkets['kind'];
  /** Rising strikes where nested. */
  readonly members: readonly MarketState[];
}

export class RelatedEvents {
  readonly #events = new Map<EventTicker, MarketState[]>();
  readonly #groups = new Map<EventTicker, Group | null>();

  add(state: MarketState): void {
    const { event } = state.market;
    const members = this.#events.get(event);
    if (members === undefined) this.#events.set(event, [state]);
    else members.push(state);
    this.#groups.delete(event);
  }

  /**
   * @returns null where the market stands alone, or where not every market of its event is known by a mid: whoever leans by half of an event leans wrongly.
   * Whether the outcomes that are part of the run are all there are shows in their sum, which is for the model to judge.
   */
  of(state: MarketState, inventory: Inventory): RelatedMarkets | null {
    const group = this.#groupOf(state.market.event);
    if (group === null) return null;
    const markets: { probability: number; contracts: number }[] = [];
    for (const { mid, market, index, settled } of group.members) {
      if (mid === null || settled) return null;
      markets.push({ probability: mid / market.payout, contracts: contractsOf(inventory.position(index)) });
    }
    return { kind: group.kind, markets, own: group.members.indexOf(state) };
  }

  #groupOf(event: EventTicker): Group | null {
    let group = this.#groups.get(event);
    if (group === undefined) {
      group = groupOf(this.#events.get(event) ?? []);
      this.#groups.set(event, group);
    }
    return group;
  }
}

const groupOf = (members: readonly MarketState[]): Group | null => {
  if (members.length < 2) return null;
  if (members.every(({ market }) => market.mutuallyExclusive)) return { kind: 'exclusive', members };
  if (!members.every(({ market }) => isAbove(market))) return null;
  const rising = [...members].sort((a, b) => floorOf(a.market) - floorOf(b.market));
  const isStrictlyRising = rising.every(({ market }, i) => i === 0 || floorOf(market) > floorOf((rising[i - 1] as MarketState).market));
  return isStrictlyRising ? { kind: 'nested', members: rising } : null;
};

/** Pays above one strike, without an upper bound. */
const isAbove = ({ strike }: Market): boolean => strike !== undefined && strike.floor !== null && strike.cap === null;
const floorOf = ({ strike }: Market): number => strike?.floor ?? NaN;
