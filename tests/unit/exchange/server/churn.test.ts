/** A client that builds its books from frames alone holds the exchange's books at the end, whatever the crowd did. */
import { describe, expect, test } from 'vitest';
import { formatQuantity, parseQuantity, quantity } from '../../../../src/domain/units.js';
import { DEFAULT_CROWD } from '../../../../src/exchange/crowd/settings.js';
import type { Client, Frame, Stream } from './client.js';
import { host } from './hosting.js';

type Sides = { readonly yes: Map<string, number>; readonly no: Map<string, number> };

const rowsOf = (value: unknown): readonly (readonly [string, string])[] => (value ?? []) as readonly (readonly [string, string])[];

/** The books of one subscription, from its frames in order. */
const booksOf = (frames: readonly Frame[]): Map<string, Sides> => {
  const books = new Map<string, Sides>();
  for (const { type, msg } of frames) {
    if (type === 'orderbook_snapshot') {
      const side = (key: string): Map<string, number> => new Map(rowsOf(msg?.[key]).map(([at, size]) => [at, parseQuantity(size)]));
      books.set(String(msg?.['market_ticker']), { yes: side('yes_dollars_fp'), no: side('no_dollars_fp') });
    }
    if (type === 'orderbook_delta') {
      const levels = books.get(String(msg?.['market_ticker']))?.[msg?.['side'] === 'yes' ? 'yes' : 'no'];
      if (levels === undefined) throw new Error('a delta came before the snapshot of its market');
      const at = String(msg?.['price_dollars']);
      const size = (levels.get(at) ?? 0) + parseQuantity(String(msg?.['delta_fp']));
      if (size < 0) throw new Error(`the level at ${at} fell below zero`);
      if (size === 0) levels.delete(at);
      else levels.set(at, size);
    }
  }
  return books;
};

const rows = (levels: ReadonlyMap<string, number>): string[][] =>
  [...levels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([at, size]) => [at, formatQuantity(quantity(size))]);

const seqsOf = (frames: readonly Frame[], sid: number): number[] =>
  frames.filter((frame) => frame.sid === sid && frame.seq !== undefined).map((frame) => frame.seq ?? 0);

/** REST book and the frames that were sent before it: the clock stands still meanwhile, so nothing can come between. */
const restBook = async (client: Client, ticker: string): Promise<{ yes: string[][]; no: string[][] }> => {
  const { orderbook_fp } = (await client.get(`/markets/${ticker}/orderbook`)).body as {
    orderbook_fp: { yes_dollars: string[][]; no_dollars: string[][] };
  };
  return { yes: orderbook_fp.yes_dollars, no: orderbook_fp.no_dollars };
};

const settle = async (stream: Stream): Promise<void> => void (await stream.reply(stream.command('list_subscriptions')));

const complement = (text: string): string => (1 - Number(text)).toFixed(4);

describe('books under churn', () => {
  test('frames in either price convention rebuild the REST book, without a hole in the numbers', async () => {
    const { clients, clock, exchange, faults } = await host({ seed: 'churn', core: { crowd: DEFAULT_CROWD } });
    const [me] = clients;
    const tickers = exchange.exchange.markets().map((market) => market.ticker);
    const inNoPrices = await me.stream();
    const inYesPrices = await me.stream();
    await inNoPrices.reply(
      inNoPrices.command('subscribe', { channels: ['orderbook_delta', 'trade'], market_tickers: tickers.slice(0, 3) }),
    );
    await inYesPrices.reply(
      inYesPrices.command('subscribe', { channels: ['orderbook_delta'], market_tickers: tickers, use_yes_price: true }),
    );
    for (let second = 0; second < 40; second++) {
      clock.pass(1);
      const ticker = tickers[second % tickers.length];
      await me.order({ ticker, price: '0.0500', count: '1.50' });
      if (second % 5 === 0) await me.order({ ticker, price: '0.9000', count: '25.25', time_in_force: 'immediate_or_cancel' });
      if (second === 20) {
        inNoPrices.command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: tickers.slice(3) });
        inNoPrices.command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: tickers.slice(0, 2) });
      }
    }
    await settle(inNoPrices);
    await settle(inYesPrices);

    expect(inNoPrices.ofType('orderbook_delta').length).toBeGreaterThan(200);
    expect(inNoPrices.ofType('trade').length).toBeGreaterThan(5);
    for (const [stream, sid] of [
      [inNoPrices, 1],
      [inNoPrices, 2],
      [inYesPrices, 1],
    ] as const) {
      const seqs = seqsOf(stream.frames, sid);
      expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    }
    const [byNo, byYes] = [booksOf(inNoPrices.frames), booksOf(inYesPrices.frames)];
    for (const ticker of tickers) {
      const book = await restBook(me, ticker);
      expect({ yes: rows(byNo.get(ticker)?.yes ?? new Map()), no: rows(byNo.get(ticker)?.no ?? new Map()) }).toEqual(book);
      const asYes = book.no.map(([at, size]) => [complement(at ?? ''), size ?? '']).toReversed();
      expect({ yes: rows(byYes.get(ticker)?.yes ?? new Map()), no: rows(byYes.get(ticker)?.no ?? new Map()) }).toEqual({
        yes: book.yes,
        no: asYes,
      });
    }
    expect(faults).toEqual([]);
    inNoPrices.close();
    inYesPrices.close();
  });

  test('with latency the frames still come in their order', async () => {
    const { clients, clock, exchange } = await host({
      seed: 'late',
      core: { crowd: DEFAULT_CROWD },
      latency: {
        publicRead: { typicalMs: 0.5, spread: 1 },
        privateRead: { typicalMs: 0.5, spread: 1 },
        write: { typicalMs: 0.5, spread: 1 },
        stream: { typicalMs: 2, spread: 1 },
      },
    });
    const [me] = clients;
    const tickers = exchange.exchange.markets().map((market) => market.ticker);
    const stream = await me.stream();
    await stream.reply(stream.command('subscribe', { channels: ['orderbook_delta'], market_tickers: tickers }));
    for (let second = 0; second < 10; second++) {
      clock.pass(1);
      await me.get('/exchange/status');
    }
    await settle(stream);
    const seqs = seqsOf(stream.frames, 1);
    expect(seqs.length).toBeGreaterThan(50);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    const books = booksOf(stream.frames);
    for (const ticker of tickers) expect(rows(books.get(ticker)?.yes ?? new Map())).toEqual((await restBook(me, ticker)).yes);
    stream.close();
  });
});
