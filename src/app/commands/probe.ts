/** `kmm probe`: the seed's five steps. Connect, place one contract at the lowest price, see its id, cancel it, see it cancelled; leaves nothing. */
import { randomBytes } from 'node:crypto';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode, failureDocument, failureLines } from '../../cli/exit-codes.js';
import type { Settings } from '../../config/settings.js';
import { WebSocketFeed } from '../../connector/feed.js';
import { MarketRegister } from '../../connector/market-table.js';
import { describe, type Result } from '../../connector/rest-result.js';
import type { EngineEvent } from '../../domain/events.js';
import { clientOrderId, marketIndex, type VenueOrderId } from '../../domain/ids.js';
import type { Market } from '../../domain/market.js';
import { formatPrice, later, parseQuantity, seconds, type DurationUs } from '../../domain/units.js';
import { openAccess } from '../access.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { openClient, must, sessionSettings, type ExchangeClient } from '../exchange-client.js';
import { chooseTickers, describedMarkets } from '../market-choice.js';
import { agree, REAL_MONEY_OPTION } from '../real-money.js';
import { CONNECT_OPTION, needsOf, settingsFor } from '../settings-options.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';
import { systemHost } from '../system-host.js';
import { systemChance, SystemClock, systemTimers } from '../system-clock.js';

interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail: string;
}

/** The order dies by itself after this, should the probe be killed half-way. */
const ORDER_LIFE = seconds(30);
/** Reads lag writes by up to five seconds. */
const READ_PATIENCE = seconds(8);
const STREAM_PATIENCE = seconds(8);
const POLL = seconds(0.3);
const ONE_CONTRACT = parseQuantity('1');

export const probeCommand: Command = {
  name: 'probe',
  summary: 'Check the way to the exchange with one tiny order.',
  description: [
    'Connects over REST and websocket, places a post-only order to buy 1 contract at the lowest price of a market, confirms its id, cancels it and confirms the cancel by the order list and by the stream. Each step is timed.',
    'Nothing is left behind: the order carries a short expiry, so that even a probe killed half-way leaves nothing for long.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    {
      name: 'markets',
      value: 'text',
      placeholder: '<ticker>',
      describe: 'Market to probe (default: the first open one of the configuration or of the exchange).',
    },
    REAL_MONEY_OPTION,
  ],
  examples: [
    { line: 'probe --env sim', describe: 'try it on the built-in exchange' },
    { line: 'probe --env demo --config config.yaml', describe: 'check the key and the network on the test exchange' },
  ],
  run: async (context) => {
    const loaded = settingsFor(context, ['markets', 'connect'], needsOf(context));
    await agree(context, loaded);
    const access = await openAccess(loaded.settings, context.options.optionalText('connect'), passphraseSources(context));
    try {
      return await new Probe(context, loaded.settings).run(() => openClient(access, loaded.settings, systemHost()));
    } finally {
      await access.close();
    }
  },
};

class StepFailed extends Error {}

class Probe {
  readonly #steps: Step[] = [];
  readonly #clock = new SystemClock();
  readonly #facts: EngineEvent[] = [];

  constructor(
    private readonly context: CommandContext,
    private readonly settings: Settings,
  ) {}

  async run(open: () => Promise<ExchangeClient>): Promise<number> {
    let client: ExchangeClient | null = null;
    let failure: StepFailed | CommandFailure | null = null;
    let feed: WebSocketFeed | null = null;
    let left: { readonly id: VenueOrderId; readonly market: Market } | null = null;
    try {
      const market = await this.#step('connect', async () => {
        client = await open();
        const chosen = await this.#market(client);
        feed = this.#feed(client, chosen);
        await this.#heard((event) => event.type === 'feed-up', 'the stream');
        return { value: chosen, detail: `REST and websocket, market ${chosen.ticker}` };
      });
      const connected = client as unknown as ExchangeClient;
      const name = clientOrderId(`${this.settings.engine.clientIdPrefix}-probe${randomBytes(4).toString('hex')}-1`);
      const placed = await this.#step('place', async () => {
        const answer = this.#ok(await connected.api.trading.place(this.#order(name, market), market));
        left = { id: answer.orderId, market };
        return { value: answer, detail: `1 contract at $${formatPrice(market.grid.lowest)}` };
      });
      await this.#step('confirm id', async () => {
        await this.#eventually('the order in the order list', async () => {
          const order = await connected.api.account.order(placed.orderId);
          return order.kind === 'ok' && order.value.clientId === name;
        });
        return { value: null, detail: placed.orderId };
      });
      await this.#step('cancel', async () => {
        const cancel = { type: 'cancel', clientId: name, orderId: placed.orderId, market: marketIndex(0) } as const;
        this.#ok(await connected.api.trading.cancel(cancel, market));
        return { value: null, detail: 'acknowledged' };
      });
      await this.#step('confirm cancel', async () => {
        await this.#eventually('the cancelled order in the order list', async () => {
          const order = await connected.api.account.order(placed.orderId);
          return order.kind === 'ok' && order.value.status === 'cancelled';
        });
        await this.#heard(
          (event) => event.type === 'order-update' && event.order.orderId === placed.orderId && event.order.status === 'cancelled',
          'the cancel on the stream',
        );
        left = null;
        return { value: null, detail: 'by order list and stream' };
      });
    } catch (error) {
      if (!(error instanceof StepFailed) && !(error instanceof CommandFailure)) throw error;
      failure = error;
    } finally {
      await this.#cleanUp(client, left);
      (feed as WebSocketFeed | null)?.stop();
      await (client as ExchangeClient | null)?.close();
    }
    return this.#tell(failure instanceof CommandFailure ? failure : null);
  }

  /** @param failure what a person can put right, with its own words and exit code */
  #tell(failure: CommandFailure | null): number {
    const { context } = this;
    const ok = this.#steps.length === 5 && this.#steps.every((step) => step.ok);
    if (context.json) context.output.json({ ok, steps: this.#steps, ...(failure === null ? {} : failureDocument(failure)) });
    else {
      for (const step of this.#steps)
        context.output.out(`${step.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(15)} ${step.ms.toFixed(1).padStart(8)} ms  ${step.detail}`);
      context.output.out(ok ? 'the way to the exchange is good; nothing is left behind' : 'the probe failed; see above');
    }
    if (failure !== null) for (const line of failureLines(failure)) context.output.err(line);
    return ok ? ExitCode.ok : (failure?.exitCode ?? ExitCode.refused);
  }

  async #step<T>(name: string, work: () => Promise<{ readonly value: T; readonly detail: string }>): Promise<T> {
    const started = performance.now();
    const note = (ok: boolean, detail: string): void =>
      void this.#steps.push({ name, ok, ms: Math.round((performance.now() - started) * 10) / 10, detail });
    try {
      const { value, detail } = await work();
      note(true, detail);
      return value;
    } catch (error) {
      note(false, error instanceof Error ? error.message : String(error));
      // What a person can put right keeps its own words and exit code.
      throw error instanceof CommandFailure ? error : new StepFailed(name, { cause: error });
    }
  }

  async #market(client: ExchangeClient): Promise<Market> {
    const tickers = await chooseTickers(client.api, this.settings.markets, this.settings.environment);
    for (const ticker of tickers) {
      const [market] = (await describedMarkets(client.api, [ticker])).markets;
      if (market === undefined) continue;
      const book = must(`the book of ${ticker}`, await client.api.markets.orderbook(ticker, market.payout));
      // An offer at the lowest price would trade with us: look for another market.
      if (market.status === 'active' && !book.asks.some((level) => level.price <= market.grid.lowest)) return market;
    }
    throw new Error('no chosen market is open with its lowest price free of offers; name another with --markets');
  }

  #order(name: ReturnType<typeof clientOrderId>, market: Market): Parameters<ExchangeClient['api']['trading']['place']>[0] {
    return {
      type: 'place',
      clientId: name,
      market: marketIndex(0),
      side: 'bid',
      price: market.grid.lowest,
      quantity: ONE_CONTRACT,
      timeInForce: 'good-till-cancelled',
      postOnly: true,
      reduceOnly: false,
      cancelOnPause: true,
      selfTrade: 'taker-at-cross',
      expiresAt: later(this.#clock.wall(), ORDER_LIFE),
      group: null,
    };
  }

  #feed(client: ExchangeClient, market: Market): WebSocketFeed {
    const feed = new WebSocketFeed({
      url: client.access.wsUrl,
      headers: client.headers,
      settings: sessionSettings(this.settings),
      markets: new MarketRegister([market]),
      chance: systemChance,
      clock: this.#clock,
      timers: systemTimers,
      offer: (event) => {
        if (event.type === 'feed-up' || event.type === 'order-update') this.#facts.push(event);
      },
      onReport: (report) => {
        if (report.severity === 'error') this.context.output.err(report.text);
      },
      onRefused: (error) => this.context.output.err(error.message),
    });
    feed.addMarkets([marketIndex(0)]);
    feed.start();
    return feed;
  }

  async #heard(wanted: (event: EngineEvent) => boolean, what: string): Promise<void> {
    await this.#within(STREAM_PATIENCE, what, async () => this.#facts.some(wanted));
  }

  async #eventually(what: string, look: () => Promise<boolean>): Promise<void> {
    await this.#within(READ_PATIENCE, what, look);
  }

  async #within(patience: DurationUs, what: string, look: () => Promise<boolean>): Promise<void> {
    const deadline = later(this.#clock.now(), patience);
    while (!(await look())) {
      if (this.#clock.now() > deadline) throw new Error(`${what} did not come within ${patience / 1e6} s`);
      await new Promise<void>((resolve) => systemTimers.after(POLL, resolve));
    }
  }

  #ok<T>(result: Result<T>): T {
    if (result.kind === 'ok') return result.value;
    throw new Error(describe(result));
  }

  /** A step failed between placing and the proven cancel: cancel again, whatever the reason. */
  async #cleanUp(client: ExchangeClient | null, left: { readonly id: VenueOrderId; readonly market: Market } | null): Promise<void> {
    if (client === null || left === null) return;
    const { shard } = left.market;
    await client.api.trading.cancelOrder({ orderId: left.id, shard, subaccount: this.settings.connector.subaccount });
  }
}
