/** `kmm record`: the raw stream of some markets into a file that playback reads. */
import { existsSync } from 'node:fs';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { Catalog } from '../../connector/catalog-loader.js';
import { WebSocketFeed } from '../../connector/feed.js';
import { MarketRegister } from '../../connector/market-table.js';
import { Recorder, writeSidecar } from '../../connector/recorder.js';
import { marketIndex } from '../../domain/ids.js';
import { seconds } from '../../domain/units.js';
import { openAccess } from '../access.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { openClient, sessionSettings, type ExchangeClient } from '../exchange-client.js';
import { chooseTickers, describedMarkets } from '../market-choice.js';
import { CONNECT_OPTION, needsOf, settingsFor } from '../settings-options.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';
import { systemHost } from '../system-host.js';
import { systemChance, SystemClock, systemTimers } from '../system-clock.js';
import type { Settings } from '../../config/settings.js';

const TELL_EVERY = seconds(5);

export const recordCommand: Command = {
  name: 'record',
  summary: 'Record the raw stream of markets to a file.',
  description: [
    'Writes every frame as it came, with its receive time, as gzip JSON lines: {"recv_ts_ns": N, "raw": "..."}; and beside it FILE.markets.json with the bodies of market, series and event that a playback needs.',
    'Sends no order. Ends with Ctrl-C or after --duration; what is written until then is whole.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    {
      name: 'tickers',
      value: 'text',
      placeholder: '<a,b>',
      describe: 'Markets to record, separated by commas (default: those of the configuration).',
    },
    {
      name: 'out',
      value: 'path',
      required: true,
      placeholder: '<file.jsonl.gz>',
      describe: 'File to write; an existing one is never overwritten.',
    },
    { name: 'duration', value: 'duration', describe: 'Stop after this time.' },
  ],
  examples: [
    { line: 'record --env demo --tickers KXHIGHNY-26NOV21-T52 --out ny.jsonl.gz', describe: 'record one market of the test exchange' },
  ],
  run: async (context) => {
    const path = context.options.text('out');
    if (existsSync(path))
      throw new CommandFailure(ExitCode.storage, `${path} exists already`, {
        fix: 'name a new file with --out; recordings are never overwritten',
      });
    const { settings } = settingsFor(context, ['tickers', 'connect'], needsOf(context));
    const access = await openAccess(settings, context.options.optionalText('connect'), passphraseSources(context));
    try {
      const client = await openClient(access, settings, systemHost());
      try {
        return await record(context, settings, client, path);
      } finally {
        await client.close();
      }
    } finally {
      await access.close();
    }
  },
};

const record = async (context: CommandContext, settings: Settings, client: ExchangeClient, path: string): Promise<number> => {
  const { output } = context;
  const tickers = await chooseTickers(client.api, settings.markets, settings.environment);
  const catalog = await describedMarkets(client.api, tickers);
  const recorder = openRecorder(path, (text) => output.err(`[WARNING] ${text}`));
  sidecar(path, catalog);
  const register = new MarketRegister(catalog.markets);
  const feed = new WebSocketFeed({
    url: client.access.wsUrl,
    headers: client.headers,
    // The NO side in NO prices, as the exchange sends it by default: every tool that reads recordings expects that.
    settings: { ...sessionSettings(settings), noSide: 'no-price', ticker: true },
    markets: register,
    chance: systemChance,
    clock: new SystemClock(),
    timers: systemTimers,
    offer: () => {},
    onFrame: (bytes, at) => recorder.frame(bytes, at),
    onReport: (report) => output.err(`[${report.severity.toUpperCase()}] ${report.text}`),
    onRefused: (error) => output.err(`[ERROR] ${error.message}`),
  });
  feed.addMarkets(register.markets.map((_, i) => marketIndex(i)));
  feed.start();
  output.err(`recording ${tickers.length} markets to ${path}; Ctrl-C ends it`);
  const telling = systemTimers.every(TELL_EVERY, () =>
    output.err(`${feed.counters.frames} frames, ${feed.counters.deltas} deltas, ${feed.counters.gaps} gaps`),
  );
  await untilStopped(context);
  telling.cancel();
  feed.stop();
  const { written, dropped } = await recorder.close();
  const { deltas, gaps, trades } = feed.counters;
  if (context.json) context.output.json({ file: path, markets: tickers, frames: written, dropped, deltas, trades, gaps });
  else output.out(`${written} frames written to ${path} (${deltas} deltas, ${trades} trades, ${gaps} gaps, ${dropped} dropped)`);
  return ExitCode.ok;
};

const untilStopped = (context: CommandContext): Promise<void> =>
  new Promise((resolve) => {
    const duration = context.options.optionalDuration('duration');
    if (context.signal.aborted) return resolve();
    const timer = duration === null ? null : systemTimers.after(duration, resolve);
    context.signal.addEventListener(
      'abort',
      () => {
        timer?.cancel();
        resolve();
      },
      { once: true },
    );
  });

const openRecorder = (path: string, onProblem: (text: string) => void): Recorder => {
  try {
    return new Recorder({ path, timers: systemTimers, onProblem });
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: error instanceof Error ? error.message : String(error),
      fix: 'name another file with --out',
      cause: error,
    });
  }
};

const sidecar = (path: string, catalog: Catalog): void => {
  const unique = (bodies: readonly unknown[]): unknown[] => [...new Map(bodies.map((body) => [JSON.stringify(body), body])).values()];
  writeSidecar(path, {
    markets: catalog.bodies.map((body) => body.market),
    series: unique(catalog.bodies.map((body) => body.series)),
    events: unique(catalog.bodies.map((body) => body.event)),
  });
};
