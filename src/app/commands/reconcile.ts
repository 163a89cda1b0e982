/** `kmm reconcile`: reads the account and holds it against the records of the last run. Never places and never cancels. */
import type { Command } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import type { Settings } from '../../config/settings.js';
import type { RestApi } from '../../connector/rest-api.js';
import type { Balance } from '../../connector/rest-portfolio.js';
import { between, epochUs, formatCash, formatQuantity, toEpochMs, toSeconds, UNKNOWN_TIME, type EpochUs } from '../../domain/units.js';
import { DiskJournal } from '../../logger/journal-files.js';
import { JournalReader } from '../../logger/journal-reader.js';
import { openAccess, type Access } from '../access.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { makeEngine, type EngineRecipe } from '../engine-recipe.js';
import { must, openClient } from '../exchange-client.js';
import { agrees, reconcile, recordedBySnapshot, recordedIn, type Reconciliation, type Recorded, type Told } from '../reconcile.js';
import { CONNECT_OPTION, OUT_OPTION, settingsFor } from '../settings-options.js';
import { openSnapshot, type Snapshot } from '../snapshot.js';
import { accountFolder, StateFiles } from '../state-files.js';
import { orderDocument, orderLines, plural } from '../sweep/sweep-text.js';
import { isOurs } from '../sweep/sweep.js';
import { systemFiles } from '../system-files.js';
import { systemHost } from '../system-host.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'Hold the account against the records of the last run.',
  description: [
    'Reads orders, positions, fills, settlements and balance of the account, and compares them by market with what the last run wrote: its journal, or its snapshot where the journal cannot be read. It never places and never cancels.',
    'Ends with 0 where everything agrees, and with 8 where a position differs or an order of ours rests although no bot runs. A start takes the positions of the exchange over whatever this says.',
  ].join('\n\n'),
  options: [...CONFIG_OPTIONS, CONNECT_OPTION, PASSPHRASE_OPTION, OUT_OPTION],
  examples: [
    { line: 'reconcile --env demo', describe: 'after a crash, before the next start' },
    { line: 'reconcile --env prod --json', describe: 'for a script that watches' },
  ],
  run: async (context) => {
    const { settings } = settingsFor(context, ['out', 'connect'], { credentials: false, markets: false });
    if (settings.environment === 'sim')
      throw new CommandFailure(ExitCode.usage, 'an account of the simulated exchange ends with its run', {
        fix: 'name an environment: --env demo, --env prod, or --env custom with --connect FILE',
      });
    const access = await openAccess(settings, context.options.optionalText('connect'), passphraseSources(context));
    const records = recordsOf(settings, access);
    const client = await openClient(access, settings, systemHost());
    try {
      let told = await tellOf(client.api, settings, records.since);
      let found = reconcile(records.recorded, told, records.bot !== null);
      // Positions and fills are two readings: what rests may trade between them, and shows in the next.
      for (let again = 0; again < READINGS_MORE && found.differences.some(({ explanation }) => explanation === null); again++) {
        told = await tellOf(client.api, settings, records.since);
        found = reconcile(records.recorded, told, records.bot !== null);
      }
      const report = { records, told, found };
      if (context.json) context.output.json(documentOf(report));
      else for (const line of linesOf(report)) context.output.out(line);
      return agrees(found) ? ExitCode.ok : ExitCode.reconcileFailed;
    } finally {
      await client.close();
    }
  },
};

const READINGS_MORE = 3;

interface Records {
  readonly folder: string;
  readonly recorded: Recorded;
  /** Fills are asked for since the run began. */
  readonly since: EpochUs;
  readonly bot: number | null;
  readonly notes: readonly string[];
}

/** @throws CommandFailure (usage) where no run has left records */
const recordsOf = (settings: Settings, access: Access): Records => {
  const { folder: out } = settings.logger;
  const folder = `${out}/state/${accountFolder(access.env, access.keyId, settings.connector.subaccount)}`;
  const nothing = new CommandFailure(ExitCode.usage, `no run of this account has left records in ${out}`, {
    fix: 'name the folder of the runs with --out, or start a bot: it takes over whatever the account holds',
  });
  if (!systemFiles.exists(folder)) throw nothing;
  const state = new StateFiles(folder);
  const last = state.lastRun();
  if (last === null || typeof last.folder !== 'string') throw nothing;
  const bot = state.runningBot()?.pid ?? null;
  const running = bot === null ? [] : [`process ${bot} trades this account: its numbers move while they are read`];
  try {
    const reader = new JournalReader(new DiskJournal(last.folder));
    const recorded = withSnapshot(recordedIn(reader.records(), makeEngine(reader.header.settings as EngineRecipe)), state);
    const { closed, torn } = reader.ending;
    const open = closed || bot !== null ? [] : [`the run did not end in good order${torn === null ? '' : '; its last record is torn'}`];
    return { folder: last.folder, recorded, since: reader.header.created, bot, notes: [...running, ...open] };
  } catch (error) {
    const snapshot = snapshotIn(state);
    if (snapshot === null) throw nothing;
    const why = error instanceof Error ? error.message : String(error);
    const note = `the journal cannot be read (${why}): the snapshot of ${snapshot.at} stands for it, without fills`;
    return { folder: last.folder, recorded: recordedBySnapshot(snapshot), since: UNKNOWN_TIME, bot, notes: [...running, note] };
  }
};

const snapshotIn = (state: StateFiles): Snapshot | null => {
  const found = openSnapshot(state.snapshot());
  return found.kind === 'whole' ? found.snapshot : null;
};

/** A run that ended before it knew its positions leaves those of the run before in force. */
const withSnapshot = (recorded: Recorded, state: StateFiles): Recorded => {
  const snapshot = snapshotIn(state);
  return recorded.positions.size > 0 || snapshot === null ? recorded : { ...recorded, positions: recordedBySnapshot(snapshot).positions };
};

interface Account extends Told {
  readonly balance: Balance;
  readonly asOf: EpochUs;
  /** How much older than our question the answers may be, in seconds. */
  readonly behind: number;
}

const READ_PATIENCE_MS = 6000;
const READ_AGAIN_MS = 250;

const tellOf = async (api: RestApi, settings: Settings, since: EpochUs): Promise<Account> => {
  const asked = epochUs(Date.now() * 1000);
  const asOf = await freshSince(api, asked);
  const { account } = api;
  const [orders, positions, fills, settlements, balance] = await Promise.all([
    account.orders('resting'),
    account.positions(),
    account.fills(since === UNKNOWN_TIME ? null : since),
    account.settlements(since === UNKNOWN_TIME ? undefined : since),
    account.balance(),
  ]);
  return {
    resting: must('the resting orders', orders).filter((order) => isOurs(order, settings.engine.clientIdPrefix)),
    positions: must('the positions', positions),
    fills: must('the fills', fills),
    settlements: must('the settlements', settlements),
    balance: must('the balance', balance),
    asOf,
    behind: Math.max(0, toSeconds(between(asOf, asked))),
  };
};

/** Waits until the exchange vouches for this moment; after a while the oldest answer has to do. */
const freshSince = async (api: RestApi, moment: EpochUs): Promise<EpochUs> => {
  const deadline = performance.now() + READ_PATIENCE_MS;
  for (;;) {
    const asOf = must('the age of the readings', await api.account.userDataTimestamp());
    if (asOf >= moment || performance.now() > deadline) return asOf;
    await new Promise<void>((resolve) => void setTimeout(resolve, READ_AGAIN_MS));
  }
};

interface Report {
  readonly records: Records;
  readonly told: Account;
  readonly found: Reconciliation;
}

const linesOf = ({ records, told, found }: Report): readonly string[] => {
  const notes = [
    ...records.notes,
    ...(told.behind > 0 ? [`the exchange vouches for its answers up to ${told.behind.toFixed(1)} s before the question only`] : []),
  ];
  const outside = found.outside.map(({ ticker, position }) => `${formatQuantity(position)} ${ticker}`);
  const before = records.recorded.balance;
  return [
    `records of ${records.folder}`,
    ...notes.map((note) => `note: ${note}`),
    ...found.differences.map(
      (each) =>
        `DIFFERS ${each.ticker}: recorded ${formatQuantity(each.recorded)}, exchange ${formatQuantity(each.exchange)}; ${each.explanation ?? 'nothing that the exchange lists explains it'}`,
    ),
    ...(found.orphans.length === 0
      ? []
      : [`DIFFERS ${plural(found.orphans.length, 'order')} of ours rest although no bot runs:`, ...orderLines(found.orphans)]),
    ...(outside.length === 0 ? [] : [`outside these records: ${outside.join(', ')}`]),
    `balance ${formatCash(told.balance.total)} $${before === null ? '' : `, at the last reading of the run ${formatCash(before)} $`}`,
    agrees(found)
      ? `everything agrees: ${plural(found.agreeing, 'market')}, no order of ours without a bot`
      : `${plural(found.differences.length, 'market')} of ${found.agreeing + found.differences.length} differ; ${plural(found.orphans.length, 'order')} without a bot`,
  ];
};

const documentOf = ({ records, told, found }: Report): object => ({
  agrees: agrees(found),
  run: records.folder,
  bot: records.bot,
  as_of: new Date(toEpochMs(told.asOf)).toISOString(),
  notes: records.notes,
  differences: found.differences.map((each) => ({
    ticker: each.ticker,
    recorded: formatQuantity(each.recorded),
    exchange: formatQuantity(each.exchange),
    unbooked_fills: each.unbooked,
    explanation: each.explanation,
  })),
  agreeing: found.agreeing,
  orders_without_bot: found.orphans.map(orderDocument),
  outside: found.outside.map(({ ticker, position }) => ({ ticker, position: formatQuantity(position) })),
  balance: formatCash(told.balance.total),
  balance_recorded: records.recorded.balance === null ? null : formatCash(records.recorded.balance),
});
