/** The edge taker on an index, in front of an exchange whose every answer the test gives. */
import type { Say } from '../../src/domain/actions.js';
import { fillId, marketIndex, seriesTicker, ticker, venueOrderId } from '../../src/domain/ids.js';
import type { Market } from '../../src/domain/market.js';
import type { FillReport, Place, VenueCommand, VenueOrder } from '../../src/domain/order.js';
import type { IndexSettings, StrategySettings } from '../../src/domain/settings.js';
import { later, parseCash, price, quantity, seconds } from '../../src/domain/units.js';
import type { EngineParts } from '../../src/engine/engine-state.js';
import { makeStrategy } from '../../src/strategy/strategies.js';
import { START, TestBot } from './bot.js';
import { market } from './markets.js';
import { ENGINE } from './settings.js';

export const M = marketIndex(0);

export const INDICES: IndexSettings = {
  mappings: [{ series: seriesTicker('KXBTCD'), index: 'BRTI', samples: 60, spacing: seconds(1), atStrike: 'as-listed' }],
  ageMax: seconds(2),
  volatilityAgeMax: seconds(3600),
  jumpSigmasMax: 50,
  confidence: 0,
  shiftMax: 0,
};

export type TakerSettings = Extract<StrategySettings, { readonly name: 'edge-taker' }>;
/** Ten contracts where one cent is left. */
export const TAKER: TakerSettings = {
  name: 'edge-taker',
  lot: quantity(1000),
  edgeMin: 0,
  giveawayMax: 0,
  sizeDecayPerContract: 0,
  edgeTake: 100,
  errorsAway: 1,
  sizing: { kind: 'fixed' },
  signalAgeMax: seconds(2),
};

/** Bitcoin above 65,250 in an hour. */
export const STRIKE: Market = market({
  ticker: ticker('KXBTCD-26NOV2113-T65250'),
  series: seriesTicker('KXBTCD'),
  closesAt: later(START, seconds(3600)),
  strike: { floor: 65250, floorStrict: true, cap: null, capStrict: false },
});

export class TakerWorld {
  readonly bot: TestBot;
  readonly sent: VenueCommand[] = [];
  readonly fills: FillReport[] = [];
  /** Orders that readings of the account show. */
  readonly resting: VenueOrder[] = [];
  /** Whether readings of the account are answered. */
  readable = true;
  #ids = 0;

  constructor(parts: Partial<EngineParts> = {}, settings: Partial<TakerSettings> = {}) {
    this.bot = new TestBot({
      markets: [STRIKE],
      parts: {
        engine: { ...ENGINE, reconcileEvery: seconds(0) },
        indices: INDICES,
        takes: { signalAgeMax: TAKER.signalAgeMax },
        strategy: makeStrategy({ ...TAKER, ...settings }),
        bookHasOwnOrders: true,
        ...parts,
      },
      intercept: (_, offer) => ({
        send: (call) => void this.sent.push(...call.commands),
        readAccount: ({ request }) => {
          if (!this.readable) return;
          const held = this.fills.reduce((sum, fill) => sum + (fill.side === 'bid' ? fill.quantity : -fill.quantity), 0);
          const position = { market: M, position: quantity(held), cost: parseCash('0'), realized: parseCash('0'), fees: parseCash('0') };
          offer({
            type: 'account-reading',
            at: this.bot.now,
            request,
            complete: true,
            validUntil: later(this.bot.now, seconds(1)),
            resting: this.resting,
            positions: held === 0 ? [] : [position],
            fills: this.fills,
            balance: parseCash('1000'),
            foreign: 0,
          });
        },
      }),
    });
    this.bot.give({ type: 'feed-up', at: this.bot.now }).settle();
    this.book([20, 100], [30, 100]);
    this.bot.pass(seconds(1));
    this.bot.give({ type: 'index-volatility', at: this.bot.now, index: 'BRTI', annual: 0.55, error: 0.01, asOf: this.bot.now });
  }

  book(bid: readonly [number, number], ask: readonly [number, number]): this {
    this.bot.book(0, [bid], [ask]);
    return this;
  }

  /** The index speaks; 65,000 makes the contract worth 25.5 cents. */
  index(value = 65_000): this {
    this.bot.give({ type: 'index', at: this.bot.now, index: 'BRTI', value, asOf: this.bot.now }).settle();
    return this;
  }

  /** Moves time on, with the index standing still or not speaking at all. */
  pass(s: number, value: number | null = null): this {
    for (let i = 0; i < s; i++) {
      this.bot.pass(seconds(1));
      if (value !== null) this.index(value);
    }
    return this;
  }

  get takes(): Place[] {
    return this.sent.filter((command) => command.type === 'place');
  }

  get last(): Place {
    const last = this.takes.at(-1);
    if (last === undefined) throw new Error('nothing was taken');
    return last;
  }

  /** The exchange says what became of an order at once; what did not fill is gone. */
  answer(place: Place, contracts: number, told: 'with fills' | 'fills later' = 'with fills'): this {
    const orderId = venueOrderId(`o-${++this.#ids}`);
    const filled = quantity(contracts * 100);
    const at = this.bot.now;
    this.bot.give({ type: 'order-accepted', at, clientId: place.clientId, orderId, filled, remaining: quantity(0), exchangeAt: at });
    if (contracts > 0) this.fills.push(this.#fillOf(place, orderId, contracts));
    if (told === 'with fills') this.tellFills();
    this.bot.settle();
    return this;
  }

  tellFills(): this {
    for (const fill of this.fills) this.bot.give({ type: 'fill', at: this.bot.now, fill, source: 'stream' });
    this.bot.settle();
    return this;
  }

  lose(place: Place): this {
    this.bot.give({ type: 'command-unknown', at: this.bot.now, command: 'place', clientId: place.clientId, reason: 'timeout' }).settle();
    return this;
  }

  get position(): number {
    return this.bot.engine.state.inventory.position(M) / 100;
  }

  said(code: string): Say[] {
    return this.bot.said.filter((say) => say.code === code);
  }

  /** Why nothing is bought now. */
  get noBid(): string | undefined {
    return this.bot.lastDecision()?.noBid?.code;
  }

  #fillOf(place: Place, orderId: FillReport['orderId'], contracts: number): FillReport {
    return {
      fillId: fillId(`f-${this.#ids}`),
      orderId,
      clientId: place.clientId,
      market: M,
      side: place.side,
      price: place.price,
      quantity: quantity(contracts * 100),
      fee: parseCash('0.13'),
      role: 'taker',
      positionAfter: null,
      exchangeAt: this.bot.now,
    };
  }
}

export const cents = (n: number) => price(n * 100);
