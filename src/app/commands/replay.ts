/** `kmm replay`: what a run earned, from its records; with `--verify` every decision again. */
import { existsSync } from 'node:fs';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { contractsOf, dollarsOfCash } from '../../domain/units.js';
import { DiskJournal } from '../../logger/journal-files.js';
import { JournalReader } from '../../logger/journal-reader.js';
import type { JournalHeader } from '../../logger/journal-segment.js';
import { JournalDamagedError, JournalVersionError, StorageError } from '../../logger/storage-errors.js';
import type { RunReport, Totals } from '../../replay/equity.js';
import { htmlReport } from '../../replay/html-report.js';
import { itemsOfJournal, reportOf } from '../../replay/run-rows.js';
import { describeDifference, verify, type Verification } from '../../replay/verify.js';
import { BUILD } from '../build.js';
import { makeEngine, type EngineRecipe } from '../engine-recipe.js';
import { systemFiles } from '../system-files.js';

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Show what a run earned; verify its decisions.',
  description: [
    'Reads the journal of a run and prints result, fills, drawdown and markouts per market. --html writes one page with charts that opens without a network.',
    'With --verify every recorded fact goes through the pipeline again and every answer is compared with the recorded one, byte for byte. A difference or a damaged journal ends with a code above 0.',
  ].join('\n\n'),
  positionals: [{ name: 'run-dir', describe: 'Folder of the run, such as runs/2026-11-21T10-00-00-000Z-sim.', required: true, path: true }],
  options: [
    { name: 'verify', value: 'flag', describe: 'Step every fact again and compare every decision.' },
    { name: 'html', value: 'path', describe: 'Write the report as one self-contained HTML file.' },
  ],
  examples: [
    { line: 'replay runs/2026-11-21T10-00-00-000Z-sim --verify', describe: 'check that the run can be replayed' },
    { line: 'replay runs/2026-11-21T10-00-00-000Z-sim --html report.html', describe: 'look at it' },
  ],
  run: async (context) => {
    const folder = context.positionals[0] ?? '';
    if (!existsSync(folder))
      throw new CommandFailure(ExitCode.usage, `there is no folder ${folder}`, {
        fix: 'name the folder of a run; kmm start prints it at its end',
      });
    try {
      if (new DiskJournal(folder).list().length === 0)
        throw new CommandFailure(ExitCode.usage, `${folder} is no folder of a run: it has no journal-000001.bin`, {
          fix: 'name the folder of a run; kmm start prints it at its end',
        });
      return context.options.flag('verify') ? verifyRun(context, folder) : showRun(context, folder);
    } catch (error) {
      if (error instanceof JournalDamagedError || error instanceof JournalVersionError || error instanceof StorageError)
        throw new CommandFailure(ExitCode.storage, 'the journal of this run cannot be read to its end', {
          why: error.message,
          fix: 'restore the file from a copy; what the run did is also in tape.csv and summary.json',
          cause: error,
        });
      throw error;
    }
  },
};

const openJournal = (folder: string): JournalReader => new JournalReader(new DiskJournal(folder));

const engineOf = (header: JournalHeader): ReturnType<typeof makeEngine> => makeEngine(header.settings as EngineRecipe);

const verifyRun = (context: CommandContext, folder: string): number => {
  const reader = openJournal(folder);
  const found = verify(reader.header, reader.records(), engineOf);
  const notes = notesOf(found, reader);
  if (context.json)
    context.output.json({
      verified: agrees(found),
      events: found.events,
      actions: found.actions,
      decisions: found.decisions,
      decision_hash: found.decisionHash,
      states: found.states,
      difference: differenceIn(found),
      notes,
    });
  else {
    for (const note of notes) context.output.out(note);
    context.output.out(`${found.events} events and ${found.decisions} decisions replayed, hash ${found.decisionHash}`);
    if (found.states > 0) context.output.out(`${found.states} digests of the state are the same`);
    const difference = differenceIn(found);
    context.output.out(difference === null ? 'every decision is the same, byte for byte' : `first difference: ${difference}`);
  }
  return agrees(found) ? ExitCode.ok : ExitCode.reconcileFailed;
};

const agrees = (found: Verification): boolean => found.difference === null && found.stateDifference === null && found.gap === null;

const differenceIn = ({ difference, stateDifference }: Verification): string | null => {
  if (difference !== null) return describeDifference(difference);
  if (stateDifference === null) return null;
  const { afterEvent, expected, got } = stateDifference;
  return `the state after event ${afterEvent}: expected ${expected}, got ${got}`;
};

const notesOf = (found: Verification, reader: JournalReader): string[] => {
  const { torn } = reader.ending;
  return [
    ...(reader.header.build === BUILD ? [] : [`this run was made by ${reader.header.build}, this is ${BUILD}`]),
    ...(torn === null ? [] : [`the last record of ${torn.file} is torn (${torn.bytes} bytes at ${torn.offset}): dropped`]),
    ...(found.gap === null ? [] : [`${found.gap.dropped} records after event ${found.gap.afterEvent} were lost while the disk refused`]),
    ...(found.closed ? [] : ['the run did not end in good order']),
    ...(found.unanswered === null ? [] : [`the answer to the last event (${found.unanswered.event.type}) was not recorded`]),
  ];
};

const showRun = (context: CommandContext, folder: string): number => {
  const reader = openJournal(folder);
  const report = reportOf(itemsOfJournal(reader.records()));
  const { header, ending } = reader;
  const warnings = [
    ...(ending.torn === null ? [] : [`The last record of ${ending.torn.file} is torn and was left out.`]),
    ...(ending.closed ? [] : ['The run did not end in good order.']),
  ];
  const html = context.options.optionalText('html');
  if (html !== null) {
    const { strategy } = header.settings as EngineRecipe;
    writePage(
      html,
      htmlReport(report, { run: header.run, environment: header.environment, build: header.build, strategy: strategy.name, warnings }),
    );
  }
  if (context.json) context.output.json({ run: header.run, folder, html, warnings, ...documentOf(report) });
  else {
    for (const line of [...warnings, ...linesOf(report)]) context.output.out(line);
    if (html !== null) context.output.out(`report written to ${html}`);
  }
  return ExitCode.ok;
};

const writePage = (path: string, page: string): void => {
  try {
    // Put in place whole: an older report's looser mode ends, and no link is written through.
    systemFiles.replace(path, page, 'kernel');
  } catch (error) {
    throw new CommandFailure(ExitCode.storage, `${path} cannot be written`, {
      why: error instanceof Error ? error.message : String(error),
      fix: 'name another file with --html',
      cause: error,
    });
  }
};

const totalsDocument = (totals: Totals): Record<string, number> => ({
  rows: totals.rows,
  fills: totals.fills,
  bought: contractsOf(totals.bought),
  sold: contractsOf(totals.sold),
  volume_dollars: dollarsOfCash(totals.volume),
  realized_pnl: dollarsOfCash(totals.realized),
  unrealized_pnl: dollarsOfCash(totals.unrealized),
  fees: dollarsOfCash(totals.fees),
  net_pnl: dollarsOfCash(totals.net),
  spread_earned: dollarsOfCash(totals.spreadEarned),
  price_moves: dollarsOfCash(totals.priceMoves),
  drawdown_max: dollarsOfCash(totals.drawdownMax),
});

const documentOf = (report: RunReport): object => ({
  total: totalsDocument(report.total),
  equity: report.equity.map((sample) => ({ ts_us: sample.at, net_pnl: dollarsOfCash(sample.value.last) })),
  markets: report.markets.map((market) => ({
    ticker: market.ticker,
    ...totalsDocument(market),
    inventory: contractsOf(market.inventory),
    inventory_max: contractsOf(market.inventoryMax),
    quoted_share: market.quotedShare,
    markouts: market.markouts,
  })),
});

const linesOf = (report: RunReport): string[] => {
  const row = (name: string, t: Totals, inventory: string): string =>
    `${name.slice(-28).padEnd(28)} ${String(t.fills).padStart(6)} ${money(t.net)} ${money(t.realized)} ${money(t.unrealized)} ${money(t.fees)} ${money(t.spreadEarned)} ${money(t.drawdownMax)} ${inventory.padStart(9)}`;
  const head = `${'market'.padEnd(28)} ${'fills'.padStart(6)} ${'net $'.padStart(9)} ${'realized'.padStart(9)} ${'open'.padStart(9)} ${'fees'.padStart(9)} ${'spread'.padStart(9)} ${'drawdown'.padStart(9)} ${'position'.padStart(9)}`;
  return [
    head,
    ...report.markets.map((market) => row(market.ticker, market, contractsOf(market.inventory).toFixed(2))),
    row('all', report.total, ''),
  ];
};

const money = (amount: Totals['net']): string => dollarsOfCash(amount).toFixed(2).padStart(9);
