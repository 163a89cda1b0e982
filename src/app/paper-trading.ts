/** One paper run from its lease to its end: which markets, for how long, under which state folder. */
import { join } from 'node:path';
import type { CommandContext } from '../cli/command.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import type { Catalog } from '../connector/catalog-loader.js';
import { between, later, toEpochMs, toSeconds, type DurationUs, type EpochUs } from '../domain/units.js';
import type { Access } from './access.js';
import type { BotRun } from './bot-run.js';
import { currentMarket, nothingOpen, SpotBoard, type Chosen } from './current-event.js';
import { openClient, type ExchangeClient } from './exchange-client.js';
import type { Host } from './host.js';
import { chooseTickers, describedMarkets } from './market-choice.js';
import { runPaper, type Joining, type PaperResult } from './paper-world.js';
import { makeRunFolder } from './run-files.js';
import { recipeOf } from './run-settings.js';
import { accountFolder, StateFiles } from './state-files.js';

export interface PaperPlan {
  readonly runtime: DurationUs | null;
  /** A series that is followed from event to event; null: the markets of the configuration. */
  readonly follow: string | null;
  readonly onOpen?: (bot: BotRun) => void;
}

/** State of paper runs lies beside that of real ones and is never mixed with it: they share no lease, no latch and no positions. */
export const paperState = (host: Host, settings: Settings, access: Access): StateFiles => {
  const account = accountFolder(access.env, access.keyId, settings.connector.subaccount);
  return new StateFiles(join(settings.logger.folder, 'state', `paper-${account}`), host);
};

/** @throws CommandFailure or StorageError where it cannot begin */
export const tradeOnPaper = async (
  host: Host,
  context: CommandContext,
  given: Settings,
  access: Access,
  plan: PaperPlan,
): Promise<PaperResult> => {
  const settings = withinBalance(given);
  const state = paperState(host, settings, access);
  state.lease(wallTime(host));
  let client: ExchangeClient | null = null;
  try {
    client = await openClient(access, settings, host);
    // Nothing in here sends an order; should anything try, it does not leave.
    client.stopOrders('a paper run sends no order');
    const spots = new SpotBoard(settings.indices);
    const markets = await marketsOf(host, client, settings, spots, plan.follow);
    refuseOutlasting(markets.catalog, plan, host.clock.wall());
    const now = wallTime(host);
    const folder = makeRunFolder(host.files, settings.logger.folder, now, `paper-${access.env}`);
    const run = `p${state.beginRun(folder, now).toString(36)}${now.getTime().toString(36)}${host.runSalt()}`;
    state.prepareLatch();
    return await runPaper({
      context,
      settings,
      client,
      first: markets,
      next: markets.next,
      spots,
      host,
      state,
      recipe: recipeOf(settings, run, state.latch()?.reason ?? null, false),
      folder,
      seed: settings.exchange.seed,
      duration: plan.runtime,
      ...(plan.onOpen === undefined ? {} : { onOpen: plan.onOpen }),
    });
  } finally {
    await client?.close();
    // The simulated exchange ends with the run, and its account with it.
    if (access.env === 'sim') state.remove();
    else state.release();
  }
};

interface Markets extends Joining {
  readonly next: (() => Promise<Joining | null>) | null;
}

const marketsOf = async (
  host: Host,
  client: ExchangeClient,
  settings: Settings,
  spots: SpotBoard,
  series: string | null,
): Promise<Markets> => {
  const { api } = client;
  if (series === null) {
    const tickers = await chooseTickers(api, settings.markets, settings.environment);
    return { catalog: await describedMarkets(api, tickers), why: null, next: null };
  }
  // An event in which nothing is quoted any more is not begun.
  const least = settings.engine.stopBeforeClose;
  const choose = (): Promise<Chosen | null> => currentMarket(api, series, spots, host.clock.wall(), least);
  const join = async ({ ticker, event, why }: Chosen): Promise<Joining> => ({
    catalog: await describedMarkets(api, [ticker]),
    why: `Of event ${event} market ${ticker}: ${why}.`,
  });
  let current = await choose();
  if (current === null) throw nothingOpen(series);
  return {
    ...(await join(current)),
    next: async () => {
      if (current !== null && between(host.clock.wall(), current.closesAt) > least) return null;
      const found = await choose();
      if (found === null || found.event === current?.event) return null;
      const joining = await join(found);
      current = found;
      return joining;
    },
  };
};

/** Whoever asks for one market and a time asks for what cannot be where the market closes first. @throws CommandFailure (usage) */
const refuseOutlasting = ({ markets }: Catalog, { runtime, follow }: PaperPlan, now: EpochUs): void => {
  const [market] = markets;
  if (runtime === null || follow !== null || markets.length !== 1 || market === undefined || market.closesAt === null) return;
  if (later(now, runtime) <= market.closesAt) return;
  const left = Math.max(between(now, market.closesAt), 0) as DurationUs;
  throw new CommandFailure(ExitCode.usage, `the runtime outlasts the market: ${market.ticker} closes in ${Math.floor(toSeconds(left))} s`, {
    why: `the run would last ${toSeconds(runtime)} s, and a market that has closed cannot be traded`,
    fix: `give a shorter --runtime, or follow a series from event to event with --index crypto --series ${market.series}`,
  });
};

/** No limit that the money on paper could not carry. */
const withinBalance = (settings: Settings): Settings => {
  const { balance } = settings.paper;
  return settings.risk.capitalMax <= balance ? settings : { ...settings, risk: { ...settings.risk, capitalMax: balance } };
};

const wallTime = (host: Host): Date => new Date(toEpochMs(host.clock.wall()));
