/** `kmm bench`: what the program costs on this machine, against references in the same run. */
import { linesOf, isReached, type Report, type Verdict } from '../../../bench/report.js';
import { machine, machineLine } from '../../../bench/machine.js';
import { BENCHES } from '../../../bench/suite.js';
import type { Command, CommandContext } from '../../cli/command.js';
import { ExitCode } from '../../cli/exit-codes.js';
import { Progress } from '../../cli/progress.js';

/** Fewer rounds than this say more about the machine's other work than about ours. */
const ROUNDS = 5;
const FULL = 10;

export const benchCommand: Command = {
  name: 'bench',
  summary: 'Measure what the program costs on this machine.',
  description: [
    'Runs each benchmark against references in the same run, interleaved, and prints the best of several rounds with p50, p99 and p99.9 of single items. Ratios are compared with the goals the project has set itself; a miss is shown and does not fail the command, unless --strict asks for it.',
    'Without names all benchmarks run, which takes some minutes. Read the ratios: absolute times are those of this machine at this moment.',
  ].join('\n\n'),
  positionals: [{ name: 'name', describe: 'Which benchmarks to run.', repeatable: true, choices: BENCHES.map((bench) => bench.name) }],
  options: [
    {
      name: 'rounds',
      value: 'integer',
      default: String(ROUNDS),
      range: { low: 1, high: 100 },
      describe: 'Rounds of each variant; the best one counts.',
    },
    { name: 'full', value: 'flag', describe: 'Ten times the work: for figures to publish.' },
    { name: 'strict', value: 'flag', describe: 'End with a code above 0 where a goal is missed.' },
  ],
  examples: [
    { line: 'bench', describe: 'everything' },
    { line: 'bench decide ingest --rounds 10', describe: 'the path of a delta' },
    { line: 'bench --json', describe: 'one document, for comparing machines' },
  ],
  run: async (context) => {
    const reports = await runAll(context);
    if (context.json) context.output.json({ machine: machine(), rounds: context.options.number('rounds'), reports: reports.map(document) });
    const missed = reports.flatMap((report) => report.verdicts.filter((verdict) => isReached(verdict) === false));
    if (!context.json) context.output.out(ending(reports, missed));
    return missed.length > 0 && context.options.flag('strict') ? ExitCode.unexpected : ExitCode.ok;
  },
};

const runAll = async ({ options, positionals, output, signal, json }: CommandContext): Promise<Report[]> => {
  const chosen = BENCHES.filter((bench) => positionals.length === 0 || positionals.includes(bench.name));
  if (!json) output.out(`${machineLine(machine())}\n`);
  const reports: Report[] = [];
  for (const [i, bench] of chosen.entries()) {
    if (signal.aborted) break;
    const bar = new Progress(output, { label: bench.name, total: chosen.length, nowMs: () => performance.now() });
    bar.update(i);
    const report = await bench.run({
      rounds: options.number('rounds'),
      scale: options.flag('full') ? FULL : 1,
      tick: () => bar.update(i),
    });
    bar.finish();
    reports.push(report);
    if (!json) for (const line of linesOf(report)) output.out(line);
  }
  return reports;
};

const document = (report: Report): object => ({
  ...report,
  verdicts: report.verdicts.map((verdict) => ({ ...verdict, reached: isReached(verdict) })),
});

const ending = (reports: readonly Report[], missed: readonly Verdict[]): string => {
  const goals = reports.flatMap((report) => report.verdicts.filter((verdict) => verdict.goal !== null)).length;
  return `${goals - missed.length} of ${goals} goals reached`;
};
