/** `kmm doctor`: everything that a start stands on, looked at one by one, each with what to do about it. */
import type { Command, CommandContext } from '../../cli/command.js';
import { ExitCode } from '../../cli/exit-codes.js';
import { wrap } from '../../cli/help.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { CONNECT_OPTION, OUT_OPTION } from '../settings-options.js';
import { systemHost } from '../system-host.js';
import { PASSPHRASE_OPTION } from '../system-passphrase.js';
import { ACCOUNT_CHECKS } from './doctor/account-checks.js';
import { countOf, examine, type Check, type Finding, type Status } from './doctor/check.js';
import { CONFIG_CHECKS } from './doctor/config-checks.js';
import { EXCHANGE_CHECKS } from './doctor/exchange-checks.js';
import { MACHINE_CHECKS } from './doctor/machine-checks.js';
import { MARKET_CHECKS } from './doctor/market-checks.js';
import { NETWORK_CHECKS } from './doctor/network-checks.js';
import { Patient } from './doctor/patient.js';
import { STORAGE_CHECKS } from './doctor/storage-checks.js';
import { STREAM_CHECKS } from './doctor/stream-checks.js';

/** In the order in which they are made: each behind those that it needs. */
export const CHECKS: readonly Check<Patient>[] = [
  ...MACHINE_CHECKS,
  ...CONFIG_CHECKS,
  ...STORAGE_CHECKS,
  ...NETWORK_CHECKS,
  ...EXCHANGE_CHECKS,
  ...ACCOUNT_CHECKS,
  ...MARKET_CHECKS,
  ...STREAM_CHECKS,
];

export const doctorCommand: Command = {
  name: 'doctor',
  guardsItself: true,
  summary: 'Look at everything that a start stands on.',
  description: [
    `Makes ${CHECKS.length} checks of machine, configuration, key, disk, network, exchange, account, markets and stream. Each says what it found and, where something is amiss, what to do. It places nothing, cancels nothing and leaves nothing behind.`,
    'Ends with 0 where nothing failed (warnings are for you to judge) and with 11 where something did. What stands on something that failed is skipped and says on what.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    OUT_OPTION,
    { name: 'markets', value: 'text', placeholder: '<a,b>', describe: 'Tickers to look at, separated by commas.' },
  ],
  examples: [
    { line: 'doctor', describe: 'try it on the simulated exchange' },
    { line: 'doctor --env demo --config config.yaml', describe: 'before the first order' },
  ],
  run: async (context) => {
    const patient = new Patient(context, systemHost(), process.env);
    try {
      const findings = await examine({
        checks: CHECKS,
        patient,
        nowMs: () => performance.now(),
        signal: context.signal,
        ...(context.json ? {} : { onFinding: tell(context) }),
      });
      return conclude(context, findings);
    } finally {
      await patient.close();
    }
  },
};

const MARKS: Readonly<Record<Status, string>> = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skipped: 'skip' };
const MARK_WIDTH = 4;
const NAME_WIDTH = Math.max(...CHECKS.map(({ name }) => name.length));
const INDENT = MARK_WIDTH + NAME_WIDTH + 4;
const WIDTH_LEAST = 40;

/** Told as they are found: a check that waits for the network is not a blank screen. */
const tell = ({ output }: CommandContext): ((finding: Finding) => void) => {
  let area: string | null = null;
  return (finding) => {
    if (finding.area !== area) output.out(`${area === null ? '' : '\n'}${finding.area}`);
    area = finding.area;
    const width = Math.max(WIDTH_LEAST, output.columns - INDENT);
    const head = `  ${MARKS[finding.status].padEnd(MARK_WIDTH)} ${finding.name.padEnd(NAME_WIDTH)} `;
    const lines = [...wrap(finding.found, width), ...(finding.fix === null ? [] : wrap(`fix: ${finding.fix}`, width))];
    for (const [i, line] of lines.entries()) output.out(i === 0 ? `${head}${line}` : `${' '.repeat(INDENT)}${line}`);
  };
};

const conclude = ({ json, output }: CommandContext, findings: readonly Finding[]): number => {
  const count = countOf(findings);
  // What was skipped stands on something that failed, or means nothing on this system.
  const well = count.fail === 0;
  if (json) output.json({ ok: well, summary: count, checks: findings });
  else {
    output.out('');
    output.out(`${findings.length} checks: ${count.ok} ok, ${count.warn} with a warning, ${count.fail} failed, ${count.skipped} skipped`);
    output.out(well ? 'nothing stands in the way of a start' : 'put right what failed before a start');
  }
  return well ? ExitCode.ok : ExitCode.preflightFailed;
};
